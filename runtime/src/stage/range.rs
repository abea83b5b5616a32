//! Ranges: `a..b`, `a..=b`, `.rev()`, `.step_by(k)` in any nesting, as a start, a count and a stride.

use super::cx::{At, Cx, Out};
use super::value::{Repr, Value};
use super::wide_range::Items;
use crate::dtype::{DType, Literal};
use crate::error::ErrorKind;
use crate::op::{BinaryOp, CmpOp};

/// The values that a `for` runs over: `start + t * stride` for `t` in `0..count`.
#[derive(Clone, Debug)]
pub struct Range {
    pub(super) start: Value,
    pub(super) count: Value,
    pub(super) stride: Stride,
    /// The loop over it is marked `#[parallel]`.
    pub(super) parallel: bool,
    /// The loop over it is marked `#[checkpoint]`.
    pub(super) checkpoint: bool,
    /// The loop over it has a progress bar of this name.
    pub(super) progress: Option<&'static str>,
    /// The loop over it is marked `#[unroll]`.
    pub(super) unroll: bool,
    /// Its last value is staged by itself: it stands for a shorter block.
    pub(super) last_apart: bool,
    /// It runs over positions, and these are what lies there.
    pub(super) items: Option<Items>,
}

#[derive(Clone, Debug)]
pub(super) enum Stride {
    Static(i64),
    /// `.step_by(k)` with a traced `k`; the magnitude, and whether it counts down.
    Traced {
        magnitude: Value,
        down: bool,
    },
}

impl Range {
    /// The range of a loop that is marked `#[parallel]`.
    #[must_use]
    pub fn parallel(self) -> Range {
        Range { parallel: true, ..self }
    }

    /// The range of a loop that is marked `#[checkpoint]`.
    #[must_use]
    pub fn checkpoint(self) -> Range {
        Range { checkpoint: true, ..self }
    }

    /// The range of a loop with a progress bar.
    #[must_use]
    pub fn progress(self, name: &'static str) -> Range {
        Range { progress: Some(name), ..self }
    }

    /// The range of a loop that is marked `#[unroll]`.
    #[must_use]
    pub fn unroll(self) -> Range {
        Range { unroll: true, ..self }
    }

    /// All of its values but the last one, and that one, of a range whose count is known.
    pub(super) fn without_last(self) -> (Range, Range) {
        let dtype = |v: &Value| v.as_static().map_or(DType::Usize, Literal::dtype);
        let known = |v: &Value| v.as_static().and_then(Literal::as_i128).unwrap_or(0);
        let number = |n: i128, like: &Value| {
            Value(Repr::Static { literal: Literal::I64(n as i64).cast(dtype(like)), weak: like.is_weak() })
        };
        let count = known(&self.count);
        let stride = match self.stride {
            Stride::Static(stride) => i128::from(stride),
            Stride::Traced { .. } => 1,
        };
        let last = number(known(&self.start) + (count - 1) * stride, &self.start);
        let one = number(1, &self.count);
        let most = Range { count: number(count - 1, &self.count), last_apart: false, ..self };
        let last = Range { start: last, count: one, ..most.clone() };
        (most, last)
    }

    /// 1 in the dtype of the range.
    fn one(&self, cx: &Cx, at: At) -> Out<Value> {
        Ok(Value::literal(Literal::one(cx.ty(&self.start, at)?.dtype)))
    }
}

impl Cx {
    /// `lo..hi` or `lo..=hi`.
    ///
    /// # Errors
    /// Bounds that are not integers of one type.
    pub fn range(&self, lo: &Value, hi: &Value, inclusive: bool, at: At) -> Out<Range> {
        let (lo, hi, dtype) = self.promote("..", lo, hi, at)?;
        for bound in [&lo, &hi] {
            let ty = self.ty(bound, at)?;
            if !ty.is_scalar() || !dtype.is_int() {
                return Err(self.error(
                    ErrorKind::DType,
                    format!("a range runs over integers, not over {ty}"),
                    at,
                ));
            }
        }
        let plain = |start: Value, count: Value| Range {
            start,
            count,
            stride: Stride::Static(1),
            parallel: false,
            checkpoint: false,
            progress: None,
            unroll: false,
            last_apart: false,
            items: None,
        };
        let weak = lo.is_weak() && hi.is_weak();
        let known = |v: &Value| v.as_static().and_then(Literal::as_i128);
        if let (Some(a), Some(b)) = (known(&lo), known(&hi)) {
            let count =
                Literal::I64(i64::try_from((b - a + i128::from(inclusive)).max(0)).unwrap_or(i64::MAX));
            let count = Value(Repr::Static { literal: count.cast(dtype), weak });
            if known(&count) == Some((b - a + i128::from(inclusive)).max(0)) {
                return Ok(plain(lo, count));
            }
        }
        if let Some(wide) = self.wide(&lo, &hi, inclusive, false, at)? {
            let items = Some(Items { start: lo, stride: Stride::Static(1), last: wide.last });
            return Ok(Range { items, ..plain(Value::usize(0), wide.count) });
        }
        // Where the end is the largest number of its type, there is none behind it.
        let small = dtype.size() < 8;
        let one = Value::literal(Literal::one(dtype));
        let end = if inclusive && !small { self.binary(BinaryOp::Add, &hi, &one, at)? } else { hi.clone() };
        // max(end, lo) - lo never goes below zero.
        let end = self.binary(BinaryOp::Max, &end, &lo, at)?;
        let count = match known(&lo) {
            Some(0) => end,
            _ => self.binary(BinaryOp::Sub, &end, &lo, at)?,
        };
        let count = match inclusive && small {
            true => {
                let last = self.compare_elements(CmpOp::Le, &lo, &hi, at)?;
                self.binary(BinaryOp::Add, &count, &self.cast(&last, dtype, at)?, at)?
            }
            false => count,
        };
        Ok(plain(lo, self.weak_like(count, weak)))
    }

    /// The positions of blocks of `length` along an array, of which the last one may be shorter. Where that is not the last
    /// position, every one is staged by itself.
    ///
    /// # Errors
    /// A length that is not known.
    pub fn range_chunks(&self, r: Range, array: &Value, length: &Value, last: bool, at: At) -> Out<Range> {
        if !self.is_ragged(array, length, at)? {
            return Ok(r);
        }
        self.require_static(&r.count, "the number of blocks, of which the last one is shorter,", at)?;
        Ok(match last {
            true => Range { last_apart: true, ..r },
            false => Range { unroll: true, ..r },
        })
    }

    /// Blocks of that length leave a rest.
    pub(super) fn is_ragged(&self, array: &Value, length: &Value, at: At) -> Out<bool> {
        let length = self.require_usize(length, "the length of a block", at)?;
        let count = self.list_length(array, at)?;
        Ok(length != 0 && count % length != 0)
    }

    /// `range.rev()`
    ///
    /// # Errors
    /// None that the range itself has not.
    pub fn range_rev(&self, r: Range, at: At) -> Out<Range> {
        if let Some(items) = &r.items {
            let items = Some(self.items_rev(items, at)?);
            return Ok(Range { items, ..r });
        }
        let one = r.one(self, at)?;
        // Of an empty range the start does not matter, but it must not underflow.
        let steps = self.binary(BinaryOp::Max, &r.count, &one, at)?;
        let steps = self.binary(BinaryOp::Sub, &steps, &one, at)?;
        let (magnitude, down) = match &r.stride {
            Stride::Static(k) => (Value::weak(Literal::I64(k.abs())), *k < 0),
            Stride::Traced { magnitude, down } => (magnitude.clone(), *down),
        };
        let span = self.binary(BinaryOp::Mul, &steps, &magnitude, at)?;
        let op = if down { BinaryOp::Sub } else { BinaryOp::Add };
        // An index of a type that is still open stays so.
        let start = self.weak_like(self.binary(op, &r.start, &span, at)?, r.start.is_weak());
        Ok(Range { start, count: r.count, stride: r.stride.reversed(), ..r })
    }

    /// `range.step_by(k)`
    ///
    /// # Errors
    /// A step of 0, as in Rust.
    pub fn range_step(&self, r: Range, k: &Value, at: At) -> Out<Range> {
        let dtype = self.ty(&r.start, at)?.dtype;
        let k = self.step_as(k, dtype, at)?;
        let zero = Value::literal(Literal::zero(dtype));
        let one = r.one(self, at)?;
        if k.as_static().and_then(Literal::as_i128) == Some(0) {
            return Err(self.error(ErrorKind::Argument, "`step_by` takes a step that is not 0", at));
        }
        if k.as_static().is_none() {
            let positive = self.compare_elements(CmpOp::Gt, &k, &zero, at)?;
            let message = "`step_by` takes a step that is not 0".into();
            self.push(crate::op::Op::Check { message, user: false }, vec![self.node(&positive, at)?], at)?;
        }
        if let Some(items) = &r.items {
            let (count, items) = self.items_step(items, &r.count, &k, at)?;
            return Ok(Range { count, items: Some(items), ..r });
        }
        let most = if dtype.size() < 8 { 1 << 16 } else { 1 << 40 };
        let large = match k.as_static().and_then(Literal::as_i128) {
            Some(k) => k > most,
            None => dtype.size() < 8,
        };
        let count = match large {
            // ceil(count / k) = (count + (k - 1)) / k
            false => {
                let round = self.binary(BinaryOp::Sub, &k, &one, at)?;
                let count = self.binary(BinaryOp::Add, &r.count, &round, at)?;
                self.binary(BinaryOp::Div, &count, &k, at)?
            }
            // That sum may be more than the type holds.
            true => {
                let some = self.binary(BinaryOp::Min, &r.count, &one, at)?;
                let rest = self.binary(BinaryOp::Sub, &r.count, &some, at)?;
                let rest = self.binary(BinaryOp::Div, &rest, &k, at)?;
                self.binary(BinaryOp::Add, &rest, &some, at)?
            }
        };
        let stride = self.stepped(r.stride.clone(), &k, at)?;
        Ok(Range { start: r.start, count, stride, ..r })
    }

    /// A step in the type of a range: where that is too small for it, only the first value is reached.
    fn step_as(&self, k: &Value, dtype: DType, at: At) -> Out<Value> {
        let Some(most) = largest(dtype).filter(|_| dtype.size() < 8) else { return self.cast(k, dtype, at) };
        let most = Value::literal(Literal::I64(most as i64).cast(DType::Usize));
        let k = self.adopt(k, DType::Usize, at)?.unwrap_or_else(|| k.clone());
        self.cast(&self.binary(BinaryOp::Min, &k, &most, at)?, dtype, at)
    }

    pub(super) fn stepped(&self, stride: Stride, k: &Value, at: At) -> Out<Stride> {
        let known = k.as_static().and_then(Literal::as_i128).and_then(|k| i64::try_from(k).ok());
        Ok(match (stride, known) {
            (Stride::Static(s), Some(k)) => Stride::Static(s.checked_mul(k).ok_or_else(|| {
                self.error(ErrorKind::Arithmetic, "the step of this range does not fit in 64 bits", at)
            })?),
            (Stride::Static(s), None) => {
                let magnitude = self.binary(BinaryOp::Mul, &Value::weak(Literal::I64(s.abs())), k, at)?;
                Stride::Traced { magnitude, down: s < 0 }
            }
            (Stride::Traced { magnitude, down }, _) => {
                Stride::Traced { magnitude: self.binary(BinaryOp::Mul, &magnitude, k, at)?, down }
            }
        })
    }
}

impl Stride {
    pub(super) fn reversed(self) -> Stride {
        match self {
            Stride::Static(k) => Stride::Static(-k),
            Stride::Traced { magnitude, down } => Stride::Traced { magnitude, down: !down },
        }
    }
}

/// The largest number of an integer type.
pub(super) fn largest(dtype: DType) -> Option<i128> {
    Some(match dtype {
        DType::I32 => i32::MAX.into(),
        DType::U32 => u32::MAX.into(),
        DType::I64 => i64::MAX.into(),
        DType::U64 | DType::Usize => u64::MAX.into(),
        _ => return None,
    })
}

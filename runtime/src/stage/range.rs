//! Ranges: `a..b`, `a..=b`, `.rev()`, `.step_by(k)` in any nesting, as a start, a count and a stride.

use super::cx::{At, Cx, Out};
use super::value::{Repr, Value};
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
        if let (Some(a), Some(b)) =
            (lo.as_static().and_then(Literal::as_i128), hi.as_static().and_then(Literal::as_i128))
        {
            let count = (b - a + i128::from(inclusive)).max(0);
            let count = i64::try_from(count)
                .map_err(|_| self.error(ErrorKind::Argument, "the range has too many values", at))?;
            let count =
                self.weak_like(Value::literal(Literal::I64(count).cast(dtype)), lo.is_weak() && hi.is_weak());
            return Ok(Range {
                start: lo,
                count,
                stride: Stride::Static(1),
                parallel: false,
                checkpoint: false,
                progress: None,
                unroll: false,
                last_apart: false,
            });
        }
        let weak = lo.is_weak() && hi.is_weak();
        let one = Value::literal(Literal::one(dtype));
        let end = if inclusive { self.binary(BinaryOp::Add, &hi, &one, at)? } else { hi };
        // max(end, lo) - lo never goes below zero, and has no overflow that the range itself has not.
        let end = self.binary(BinaryOp::Max, &end, &lo, at)?;
        let count = match lo.as_static().and_then(Literal::as_i128) {
            Some(0) => end,
            _ => self.binary(BinaryOp::Sub, &end, &lo, at)?,
        };
        Ok(Range {
            start: lo,
            count: self.weak_like(count, weak),
            stride: Stride::Static(1),
            parallel: false,
            checkpoint: false,
            progress: None,
            unroll: false,
            last_apart: false,
        })
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
        let stride = match r.stride {
            Stride::Static(k) => Stride::Static(-k),
            Stride::Traced { magnitude, down } => Stride::Traced { magnitude, down: !down },
        };
        Ok(Range { start, count: r.count, stride, ..r })
    }

    /// `range.step_by(k)`
    ///
    /// # Errors
    /// A step of 0, as in Rust.
    pub fn range_step(&self, r: Range, k: &Value, at: At) -> Out<Range> {
        let dtype = self.ty(&r.start, at)?.dtype;
        let k = self.cast(k, dtype, at)?;
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
        // ceil(count / k) = (count + (k - 1)) / k
        let round = self.binary(BinaryOp::Sub, &k, &one, at)?;
        let count = self.binary(BinaryOp::Add, &r.count, &round, at)?;
        let count = self.binary(BinaryOp::Div, &count, &k, at)?;
        let stride =
            match (r.stride, k.as_static().and_then(Literal::as_i128).and_then(|k| i64::try_from(k).ok())) {
                (Stride::Static(s), Some(k)) => Stride::Static(s.checked_mul(k).ok_or_else(|| {
                    self.error(ErrorKind::Arithmetic, "the step of this range does not fit in 64 bits", at)
                })?),
                (Stride::Static(s), None) => {
                    let magnitude =
                        self.binary(BinaryOp::Mul, &Value::weak(Literal::I64(s.abs())), &k, at)?;
                    Stride::Traced { magnitude, down: s < 0 }
                }
                (Stride::Traced { magnitude, down }, _) => {
                    Stride::Traced { magnitude: self.binary(BinaryOp::Mul, &magnitude, &k, at)?, down }
                }
            };
        Ok(Range { start: r.start, count, stride, ..r })
    }
}

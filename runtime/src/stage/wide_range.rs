//! Ranges with more values than their type counts, such as `0..=u32::MAX`: loops over positions, with the value that lies there.

use super::cx::{At, Cx, Out};
use super::range::{Stride, largest};
use super::value::Value;
use crate::dtype::{DType, Literal};
use crate::op::BinaryOp;

/// `start + t * stride` at position `t`, in the arithmetic of the type, which may go around.
#[derive(Clone, Debug)]
pub(super) struct Items {
    pub start: Value,
    pub stride: Stride,
    /// The last position, a `u64`, where there is one.
    pub last: Value,
}

/// How many positions there are, and the last one.
pub(super) struct Positions {
    /// A `usize`; more than an `i64` holds nobody counts.
    pub count: Value,
    pub last: Value,
}

impl Cx {
    /// The positions of a range whose own type may not count them; `None` where it does. `always`: also of small types
    /// where that may be.
    pub(super) fn wide(
        &self,
        lo: &Value,
        hi: &Value,
        inclusive: bool,
        always: bool,
        at: At,
    ) -> Out<Option<Positions>> {
        let dtype = self.ty(lo, at)?.dtype;
        let known = |v: &Value| v.as_static().and_then(Literal::as_i128);
        if let (Some(a), Some(b)) = (known(lo), known(hi)) {
            let total = (b - a + i128::from(inclusive)).max(0);
            let count = Value::usize(total.min(i128::from(i64::MAX)) as usize);
            return Ok(Some(Positions { count, last: u64_literal((total - 1).max(0) as u64) }));
        }
        let weak = lo.is_weak() && hi.is_weak();
        match dtype {
            DType::I32 | DType::U32
                if always
                    || inclusive && known(hi) == largest(dtype)
                    || known(lo).is_some_and(|lo| lo < i128::from(i32::MIN / 2)) =>
            {
                let (lo, hi) = (self.cast(lo, DType::I64, at)?, self.cast(hi, DType::I64, at)?);
                let one = Value::literal(Literal::I64(1));
                let end = if inclusive { self.binary(BinaryOp::Add, &hi, &one, at)? } else { hi };
                let end = self.binary(BinaryOp::Max, &end, &lo, at)?;
                let count = self.binary(BinaryOp::Sub, &end, &lo, at)?;
                let last = self.binary(BinaryOp::Max, &count, &one, at)?;
                let last = self.binary(BinaryOp::Sub, &last, &one, at)?;
                let last = self.cast(&last, DType::U64, at)?;
                Ok(Some(Positions { count: self.cast(&count, DType::Usize, at)?, last }))
            }
            _ if inclusive && !weak && known(hi) == largest(dtype) => {
                let last = self.binary(BinaryOp::WrappingSub, hi, lo, at)?;
                let last = self.cast(&last, DType::U64, at)?;
                Ok(Some(Positions { count: self.up_to(&last, at)?, last }))
            }
            _ => Ok(None),
        }
    }

    /// How many positions there are up to this one.
    fn up_to(&self, last: &Value, at: At) -> Out<Value> {
        let most = u64_literal(i64::MAX as u64 - 1);
        let last = self.binary(BinaryOp::Min, last, &most, at)?;
        self.binary(BinaryOp::Add, &self.cast(&last, DType::Usize, at)?, &Value::usize(1), at)
    }

    /// What lies at a position.
    pub(super) fn item(&self, items: &Items, position: &Value, at: At) -> Out<Value> {
        let dtype = self.ty(&items.start, at)?.dtype;
        let k = self.cast(position, dtype, at)?;
        let (op, offset) = match &items.stride {
            Stride::Static(1) => (BinaryOp::WrappingAdd, k),
            Stride::Static(stride) => {
                let stride = Value::literal(Literal::I64(*stride).cast(dtype));
                (BinaryOp::WrappingAdd, self.binary(BinaryOp::WrappingMul, &k, &stride, at)?)
            }
            Stride::Traced { magnitude, down } => {
                let op = if *down { BinaryOp::WrappingSub } else { BinaryOp::WrappingAdd };
                (op, self.binary(BinaryOp::WrappingMul, &k, magnitude, at)?)
            }
        };
        self.binary(op, &items.start, &offset, at)
    }

    /// The same from the end.
    pub(super) fn items_rev(&self, items: &Items, at: At) -> Out<Items> {
        let start = self.item(items, &items.last, at)?;
        Ok(Items { start, stride: items.stride.clone().reversed(), last: items.last.clone() })
    }

    /// Every `k`-th one, and how many there are.
    pub(super) fn items_step(&self, items: &Items, count: &Value, k: &Value, at: At) -> Out<(Value, Items)> {
        let last = self.binary(BinaryOp::Div, &items.last, &self.cast(k, DType::U64, at)?, at)?;
        // Of an empty range nothing is left either.
        let count = self.binary(BinaryOp::Min, count, &self.up_to(&last, at)?, at)?;
        let dtype = self.ty(&items.start, at)?.dtype;
        let step = if k.as_static().is_some() { k.clone() } else { self.cast(k, dtype, at)? };
        let stride = self.stepped(items.stride.clone(), &step, at)?;
        Ok((count, Items { start: items.start.clone(), stride, last }))
    }
}

fn u64_literal(n: u64) -> Value {
    Value::literal(Literal::U64(n))
}

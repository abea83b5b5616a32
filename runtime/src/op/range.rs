//! What integers can be: intervals of the integers, for ops whose operands are known to lie in some.

use super::BinaryOp;
use crate::dtype::DType;

/// The least and the largest value.
pub(crate) type Range = (i128, i128);

/// What the result can be in the integers, where that is known.
pub(crate) fn binary(op: BinaryOp, a: Range, b: Range) -> Option<Range> {
    let ends = |f: fn(i128, i128) -> Option<i128>| {
        let all = [f(a.0, b.0)?, f(a.0, b.1)?, f(a.1, b.0)?, f(a.1, b.1)?];
        Some((*all.iter().min()?, *all.iter().max()?))
    };
    match op {
        BinaryOp::Add => ends(i128::checked_add),
        BinaryOp::Sub => ends(i128::checked_sub),
        BinaryOp::Mul => ends(i128::checked_mul),
        BinaryOp::Min => Some((a.0.min(b.0), a.1.min(b.1))),
        BinaryOp::Max => Some((a.0.max(b.0), a.1.max(b.1))),
        BinaryOp::Div if a.0 >= 0 && b.0 > 0 => Some((a.0 / b.1, a.1 / b.0)),
        BinaryOp::Rem if a.0 >= 0 && b.0 > 0 => Some((0, a.1.min(b.1 - 1))),
        _ => None,
    }
}

/// What the index of a loop can be.
pub(crate) fn index(start: Range, count: Range, step: i64) -> Option<Range> {
    let way = count.1.checked_sub(1)?.max(0).checked_mul(step.into())?;
    Some((start.0.checked_add(way.min(0))?, start.1.checked_add(way.max(0))?))
}

/// One or the other.
pub(crate) fn either(a: Range, b: Range) -> Range {
    (a.0.min(b.0), a.1.max(b.1))
}

/// Every integer of that type.
pub(crate) fn limits(dtype: DType) -> Option<Range> {
    Some(match dtype {
        DType::I32 => (i32::MIN.into(), i32::MAX.into()),
        DType::U32 => (0, u32::MAX.into()),
        DType::I64 => (i64::MIN.into(), i64::MAX.into()),
        DType::U64 | DType::Usize => (0, u64::MAX.into()),
        _ => return None,
    })
}

/// All are integers of that type.
pub(crate) fn fits(range: Range, dtype: DType) -> bool {
    limits(dtype).is_some_and(|(least, most)| range.0 >= least && range.1 <= most)
}

/// Those that are integers of that type: an op that would give another one fails.
pub(crate) fn within(range: Range, dtype: DType) -> Option<Range> {
    let (least, most) = limits(dtype)?;
    Some((range.0.max(least), range.1.min(most))).filter(|(least, most)| least <= most)
}

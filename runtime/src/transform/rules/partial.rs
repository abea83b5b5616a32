//! Partial derivatives of elementwise ops, kept apart from what they multiply: many are not a multiplication.

use super::super::emit::Emit;
use super::Share;
use crate::error::Result;
use crate::graph::ValueId;

/// A partial derivative.
pub(super) enum Partial {
    Zero,
    One,
    MinusOne,
    /// Times this.
    Scale(ValueId),
    /// Divided by this.
    Over(ValueId),
    /// Divided by the first, times the second: an operand beside may share the quotient.
    OverTimes(ValueId, ValueId),
    /// Where the first condition holds; half of it where the second holds too.
    Shared(ValueId, ValueId),
}

impl Partial {
    /// What the product with a cotangent is of it.
    pub fn share(&self) -> Share {
        match *self {
            Partial::One => Share::Same,
            Partial::MinusOne => Share::Opposite,
            Partial::Scale(by) => Share::Times(by),
            _ => Share::Other,
        }
    }

    /// Its product with a tangent or a cotangent, `None` for zero.
    pub fn times(self, w: &mut dyn Emit, d: ValueId) -> Result<Option<ValueId>> {
        Ok(Some(match self {
            Partial::Zero => return Ok(None),
            Partial::One => d,
            Partial::MinusOne => w.neg(d)?,
            Partial::Scale(by) => w.mul(d, by)?,
            Partial::Over(by) => w.div(d, by)?,
            Partial::OverTimes(over, by) => {
                let quotient = w.div(d, over)?;
                w.mul(quotient, by)?
            }
            Partial::Shared(mine, both) => {
                let half = w.scale(0.5, d)?;
                let share = w.select(both, half, d)?;
                w.masked(mine, share)?
            }
        }))
    }
}

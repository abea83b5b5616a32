//! `#[unroll]`: the iterations of a loop one behind the other, each with its index as a number.

use super::cx::{At, Cx, Out};
use super::range::{Range, Stride};
use super::value::Value;
use crate::dtype::Literal;
use crate::error::ErrorKind;

/// From here on a warning says that the graph gets large.
const MANY: i128 = 256;

/// More iterations than that are refused: staging would take minutes.
const MOST: i128 = 65_536;

impl Range {
    /// It can be unrolled where nobody asked for that: its values are known, and few.
    pub(super) fn may_be_unrolled(&self) -> bool {
        let count = self.count.as_static().and_then(Literal::as_i128);
        self.start.as_static().is_some()
            && count.is_some_and(|count| count <= MANY)
            && matches!(self.stride, Stride::Static(_))
            && !self.parallel
            && !self.checkpoint
            && self.progress.is_none()
    }
}

impl Cx {
    pub(super) fn unrolled(
        &self,
        range: &Range,
        init: Vec<Value>,
        body: &mut dyn FnMut(Value, Vec<Value>) -> Out<Vec<Value>>,
        at: At,
    ) -> Out<Vec<Value>> {
        let what = "the range of a loop that is unrolled";
        let start = self.require_static(&range.start, what, at)?;
        let count = self.require_static(&range.count, what, at)?;
        let Stride::Static(stride) = range.stride else {
            return Err(self.error(ErrorKind::Static, format!("{what} is known when it is staged"), at));
        };
        let (Some(first), Some(count)) = (start.as_i128(), count.as_i128()) else {
            return Err(self.error(ErrorKind::DType, "a loop counts in integers", at));
        };
        if count > MOST {
            let message = format!("{count} iterations are too many to unroll: at most {MOST}");
            return Err(self.error(ErrorKind::Argument, message, at));
        }
        if count > MANY {
            let location = self.error(ErrorKind::Argument, "", at);
            tracing::warn!(target: "desc_jit", iterations = count as u64, at = %location, "a large loop is unrolled");
        }
        let mut carry = init;
        for t in 0..count {
            let index = Literal::I64((first + t * i128::from(stride)) as i64).cast(start.dtype());
            let index = self.weak_like(Value::literal(index), range.start.is_weak() && range.count.is_weak());
            carry = body(index, carry)?;
        }
        Ok(carry)
    }
}

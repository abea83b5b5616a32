//! Loops with a progress bar: a loop over parts, each of which is a loop that a kernel runs whole.

use super::cx::{At, Cx, Out};
use super::range::{Range, Stride};
use super::value::Value;
use crate::dtype::Literal;
use crate::op::{BinaryOp, Op};

/// So many parts a loop has at most.
const PARTS: i64 = 100;

/// The body of a loop: the index and the carried variables.
type Body<'a> = &'a mut dyn FnMut(Value, Vec<Value>) -> Out<Vec<Value>>;

impl Cx {
    pub(super) fn for_in_parts(
        &self,
        name: &str,
        range: &Range,
        names: &[&str],
        init: Vec<Value>,
        body: Body<'_>,
        at: At,
    ) -> Out<Vec<Value>> {
        let dtype = self.ty(&range.start, at)?.dtype;
        let number = |n: i64| Value::literal(Literal::I64(n).cast(dtype));
        let total = self.cast(&range.count, dtype, at)?;
        // ceil(total / PARTS), at least 1; written so that it can't overflow.
        let length = self.binary(BinaryOp::Div, &total, &number(PARTS), at)?;
        let length = self.binary(BinaryOp::Add, &length, &number(1), at)?;
        let parts = self.binary(BinaryOp::Div, &total, &length, at)?;
        let rest = self.binary(BinaryOp::Rem, &total, &length, at)?;
        let more = self.binary(BinaryOp::Min, &rest, &number(1), at)?;
        let parts = self.binary(BinaryOp::Add, &parts, &more, at)?;
        let outer = Range { start: number(0), count: parts, stride: Stride::Static(1), ..range.clone() };
        let outer = Range { parallel: false, checkpoint: false, ..outer };
        let mut part = |k: Value, carry: Vec<Value>| {
            let done = self.binary(BinaryOp::Mul, &k, &length, at)?;
            self.push_progress(name, &done, &total, at)?;
            let left = self.binary(BinaryOp::Sub, &total, &done, at)?;
            let count = self.binary(BinaryOp::Min, &length, &left, at)?;
            let start = self.after(range, &done, at)?;
            self.for_dyn(Range { start, count, ..range.clone() }, names, carry, body, at)
        };
        let after = self.for_dyn(outer, names, init, &mut part, at)?;
        self.push_progress(name, &total, &total, at)?;
        Ok(after)
    }

    /// The index after so many iterations.
    fn after(&self, range: &Range, done: &Value, at: At) -> Out<Value> {
        let dtype = self.ty(done, at)?.dtype;
        let (magnitude, down) = match &range.stride {
            Stride::Static(k) => (Value::literal(Literal::I64(k.abs()).cast(dtype)), *k < 0),
            Stride::Traced { magnitude, down } => (magnitude.clone(), *down),
        };
        let offset = self.binary(BinaryOp::Mul, done, &magnitude, at)?;
        let op = if down { BinaryOp::Sub } else { BinaryOp::Add };
        let weak = range.start.is_weak();
        Ok(self.weak_like(self.binary(op, &range.start, &offset, at)?, weak))
    }

    fn push_progress(&self, name: &str, done: &Value, total: &Value, at: At) -> Out<()> {
        let inputs = vec![self.node(done, at)?, self.node(total, at)?];
        self.push(Op::Progress { name: name.into() }, inputs, at).map(drop)
    }
}

//! The iterations of fixed points; the native reading in `implicit/fixed.rs` says the same in Rust.

use super::super::cx::{At, Cx, Out};
use super::super::value::Value;
use super::Solution;
use crate::dtype::DType;
use crate::op::{BinaryOp, CmpOp, Op, ReduceOp, UnaryOp};

/// What ends the iterations, and how they go on.
pub(super) struct Options {
    pub xtol: Value,
    pub maxiter: Value,
    pub del2: bool,
}

impl Cx {
    /// The iterations from `x0` towards the solution of the equation `x - f(x) = 0`.
    pub(super) fn fixed_point_iterations(
        &self,
        f: &mut dyn FnMut(&[Value]) -> Out<Value>,
        x0: &Value,
        options: &Options,
        at: At,
    ) -> Out<Solution> {
        let mut apply = |x: &Value| -> Out<Value> {
            let y = f(std::slice::from_ref(x))?;
            Ok(self.adopt(&y, DType::F64, at)?.unwrap_or(y))
        };
        let [x, _, iterations] = self.while_(
            [""; 3],
            [x0.clone(), self.bool(true), Value::usize(0)],
            |[_, unfinished, k]| {
                let more = self.compare_elements(CmpOp::Lt, &k, &options.maxiter, at)?;
                self.binary(BinaryOp::And, &more, &unfinished, at)
            },
            |[x, _, k]| {
                let once = apply(&x)?;
                let next = if options.del2 {
                    let twice = apply(&once)?;
                    self.extrapolated(&x, &once, &twice, at)?
                } else {
                    once
                };
                let unfinished = self.changes(&x, &next, &options.xtol, at)?;
                Ok([next, unfinished, self.next(&k, at)?])
            },
            at,
        )?;
        let after = apply(&x)?;
        let difference = self.binary(BinaryOp::Sub, &x, &after, at)?;
        Ok(Solution { x, residual: self.size(&difference, at)?, iterations })
    }

    /// Aitken's delta-squared.
    fn extrapolated(&self, p: &Value, p1: &Value, p2: &Value, at: At) -> Out<Value> {
        let twice = self.binary(BinaryOp::Mul, &self.float(2.0), p1, at)?;
        let d = self.binary(BinaryOp::Sub, p2, &twice, at)?;
        let d = self.binary(BinaryOp::Add, &d, p, at)?;
        let vanishes = self.compare_elements(CmpOp::Eq, &d, &self.float(0.0), at)?;
        let step = self.binary(BinaryOp::Sub, p1, p, at)?;
        let square = self.binary(BinaryOp::Mul, &step, &step, at)?;
        let correction = self.binary(BinaryOp::Div, &square, &d, at)?;
        let better = self.binary(BinaryOp::Sub, p, &correction, at)?;
        self.select(&vanishes, p2, &better, at)
    }

    /// Whether an element changes by more than the tolerance, relative to what it was.
    fn changes(&self, p: &Value, new: &Value, xtol: &Value, at: At) -> Out<Value> {
        let from_zero = self.compare_elements(CmpOp::Eq, p, &self.float(0.0), at)?;
        let difference = self.binary(BinaryOp::Sub, new, p, at)?;
        let relative = self.binary(BinaryOp::Div, &difference, p, at)?;
        let change = self.select(&from_zero, new, &relative, at)?;
        let change = self.unary(UnaryOp::Abs, &change, at)?;
        // NaN is not small.
        let small = self.compare_elements(CmpOp::Lt, &change, xtol, at)?;
        let mut all = small;
        let rank = self.ty(&all, at)?.rank();
        if rank > 0 {
            let op = Op::Reduce { op: ReduceOp::All, axes: (0..rank).collect() };
            all = self.push(op, vec![self.node(&all, at)?], at)?;
        }
        self.unary(UnaryOp::Not, &all, at)
    }
}

//! Newton's method with a backtracking line search; the native readings in `implicit/` say the same in Rust.

use super::super::cx::{At, Cx, Out};
use super::super::value::Value;
use super::{Equation, Solution, slope};
use crate::dtype::{Literal, Type};
use crate::error::ErrorKind;
use crate::implicit::linear::least_squares;
use crate::op::{BinaryOp, CmpOp, ReduceOp, UnaryOp};

/// A closure that is staged where it is called.
type Function<'f> = &'f mut dyn FnMut(&[Value]) -> Out<Value>;

/// The optional functions and numbers of a root.
pub(super) struct Options<'f> {
    pub jac: Option<Function<'f>>,
    pub fixup: Option<Function<'f>>,
    pub tol: Value,
    pub maxiter: Value,
    pub maxiter_ls: Value,
    pub alpha: Value,
}

impl Cx {
    /// The step `slope^-1 f` of an equation whose unknown has the type `unknown`, of its shape.
    pub(super) fn newton_step(&self, f: &Value, slope: &Value, unknown: &Type, at: At) -> Out<Value> {
        if unknown.is_scalar() {
            return self.binary(BinaryOp::Div, f, slope, at);
        }
        let equations = self.ty(f, at)?.count();
        let matrix = self.reshape(slope, &[equations, unknown.count()], at)?;
        let flat = self.reshape(f, &[equations], at)?;
        let step = least_squares::stage(self, &mut [matrix, flat], at)?;
        self.reshape(&step, &unknown.shape, at)
    }

    /// The size of a residual: its 2-norm.
    pub(super) fn size(&self, f: &Value, at: At) -> Out<Value> {
        let rank = self.ty(f, at)?.rank();
        if rank == 0 {
            return self.unary(UnaryOp::Abs, f, at);
        }
        let squares = self.binary(BinaryOp::Mul, f, f, at)?;
        let sum = self.reduce(ReduceOp::Sum, &squares, (0..rank).collect(), at)?;
        self.unary(UnaryOp::Sqrt, &sum, at)
    }

    /// The iterations from `x0`.
    pub(super) fn newton(
        &self,
        equation: &Equation,
        x0: &Value,
        options: &mut Options<'_>,
        at: At,
    ) -> Out<Solution> {
        let Options { jac, fixup, tol, maxiter, maxiter_ls, alpha } = options;
        let slope = slope(&equation.graph)?;
        let evaluate = |graph, x: &Value| -> Out<Value> {
            let args = [&[self.node(x, at)?], &equation.captured[..]].concat();
            Ok(self.inlined(graph, &args).swap_remove(0))
        };
        let unknown = &equation.unknown;
        let value = evaluate(&equation.graph, x0)?;
        let count = Value::usize(0);
        let one = Value::literal(Literal::F64(1.0));
        let [x, value, iterations] = self.while_(
            [""; 3],
            [x0.clone(), value, count],
            |[_, value, k]| {
                let size = self.size(&value, at)?;
                let large = self.compare_elements(CmpOp::Gt, &size, tol, at)?;
                let more = self.compare_elements(CmpOp::Lt, &k, maxiter, at)?;
                self.binary(BinaryOp::And, &more, &large, at)
            },
            |[x, value, k]| {
                let slope = match jac {
                    Some(jac) => {
                        self.jacobian_of(equation.name, jac(std::slice::from_ref(&x))?, &value, unknown, at)?
                    }
                    None => evaluate(&slope, &x)?,
                };
                let step = self.newton_step(&value, &slope, unknown, at)?;
                let size = self.size(&value, at)?;
                let [x, value, _, _] = self.while_(
                    [""; 4],
                    [x.clone(), value, one.clone(), Value::usize(0)],
                    |[_, value, _, shorter]| {
                        let new_size = self.size(&value, at)?;
                        let large = self.compare_elements(CmpOp::Ge, &new_size, &size, at)?;
                        let more = self.compare_elements(CmpOp::Le, &shorter, maxiter_ls, at)?;
                        self.binary(BinaryOp::And, &more, &large, at)
                    },
                    |[_, _, scale, shorter]| {
                        let part = self.binary(BinaryOp::Mul, &scale, &step, at)?;
                        let mut next = self.binary(BinaryOp::Sub, &x, &part, at)?;
                        if let Some(fixup) = fixup {
                            next = fixup(&[next])?;
                        }
                        let value = evaluate(&equation.graph, &next)?;
                        let scale = self.binary(BinaryOp::Mul, &scale, alpha, at)?;
                        Ok([next, value, scale, self.next(&shorter, at)?])
                    },
                    at,
                )?;
                Ok([x, value, self.next(&k, at)?])
            },
            at,
        )?;
        Ok(Solution { x, residual: self.size(&value, at)?, iterations })
    }

    /// One more.
    pub(super) fn next(&self, n: &Value, at: At) -> Out<Value> {
        self.binary(BinaryOp::Add, n, &Value::usize(1), at)
    }

    /// The value of a user's Jacobian, if it has the shape of one.
    fn jacobian_of(&self, name: &str, jac: Value, value: &Value, unknown: &Type, at: At) -> Out<Value> {
        let (found, equations) = (self.ty(&jac, at)?, self.ty(value, at)?);
        let expected = [&equations.shape[..], &unknown.shape].concat();
        if found.shape != expected {
            let message = format!(
                "the Jacobian that `{name}` takes gives {found}; {equations} as a function of {unknown} has one of shape {expected:?}"
            );
            return Err(self.error(ErrorKind::Shape, message, at));
        }
        Ok(jac)
    }
}

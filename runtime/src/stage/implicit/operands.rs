//! The implicit functions with what they are given, and DESC's values for what they are not.

use super::super::callable::{Closure, Operand};
use super::super::cx::{At, Cx, Out};
use super::super::value::Value;
use super::{Solution, fixed_point, newton};
use crate::dtype::Literal;
use crate::error::ErrorKind;
use crate::implicit::{Iteration, defaults};
use crate::op::BinaryOp;

impl Cx {
    pub(crate) fn root_scalar_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        let Ok([Operand::Closure(f), Operand::Value(x0)]) = <[Operand<'_>; 2]>::try_from(args) else {
            return Err(self.misuse("root_scalar(|x| .., x0)", at));
        };
        Ok(self.root_of("root_scalar", Some(0), f, &x0, self.root_defaults(defaults::MAXITER_LS), at)?.x)
    }

    pub(crate) fn root_scalar_with_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        let usage = "root_scalar_with(|x| .., x0, jac, fixup, tol, maxiter, maxiter_ls, alpha)";
        Ok(self.root_with("root_scalar", Some(0), args, usage, at)?.full())
    }

    pub(crate) fn root_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        let Ok([Operand::Closure(f), Operand::Value(x0)]) = <[Operand<'_>; 2]>::try_from(args) else {
            return Err(self.misuse("root(|x| .., &x0)", at));
        };
        let options = self.root_defaults(defaults::MAXITER_LS_OF_SYSTEMS);
        Ok(self.root_of("root", Some(1), f, &x0, options, at)?.x)
    }

    pub(crate) fn root_with_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        let usage = "root_with(|x| .., &x0, jac, fixup, tol, maxiter, maxiter_ls, alpha)";
        Ok(self.root_with("root", Some(1), args, usage, at)?.full())
    }

    pub(crate) fn fixed_point_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        let Ok([Operand::Closure(f), Operand::Value(x0)]) = <[Operand<'_>; 2]>::try_from(args) else {
            return Err(self.misuse("fixed_point(|x| .., x0)", at));
        };
        let (xtol, maxiter) = (self.float(defaults::TOL), Value::usize(defaults::MAXITER));
        let options = fixed_point::Options { xtol, maxiter, del2: true };
        Ok(self.fixed_point_of(f, &x0, &options, at)?.x)
    }

    pub(crate) fn fixed_point_with_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        let usage = "fixed_point_with(|x| .., x0, xtol, maxiter, Iteration::Del2)";
        let Ok(
            [
                Operand::Closure(f),
                Operand::Value(x0),
                Operand::Value(xtol),
                Operand::Value(maxiter),
                Operand::Value(iteration),
            ],
        ) = <[Operand<'_>; 5]>::try_from(args)
        else {
            return Err(self.misuse(usage, at));
        };
        let del2 = self.require_usize(&iteration, "the kind of iteration", at)? == Iteration::DEL2;
        let maxiter = self.count(&maxiter, at)?;
        Ok(self.fixed_point_of(f, &x0, &fixed_point::Options { xtol, maxiter, del2 }, at)?.full())
    }

    fn root_defaults(&self, maxiter_ls: usize) -> newton::Options<'static> {
        newton::Options {
            jac: None,
            fixup: None,
            tol: self.float(defaults::TOL),
            maxiter: Value::usize(defaults::MAXITER),
            maxiter_ls: Value::usize(maxiter_ls),
            alpha: self.float(defaults::ALPHA),
        }
    }

    fn root_with(
        &self,
        name: &'static str,
        rank: Option<usize>,
        args: Vec<Operand<'_>>,
        usage: &str,
        at: At,
    ) -> Out<Solution> {
        let Ok(
            [
                Operand::Closure(f),
                Operand::Value(x0),
                Operand::Closures(mut jac),
                Operand::Closures(mut fixup),
                Operand::Value(tol),
                Operand::Value(maxiter),
                Operand::Value(maxiter_ls),
                Operand::Value(alpha),
            ],
        ) = <[Operand<'_>; 8]>::try_from(args)
        else {
            return Err(self.misuse(usage, at));
        };
        let (maxiter, maxiter_ls) = (self.count(&maxiter, at)?, self.count(&maxiter_ls, at)?);
        let options = newton::Options { jac: jac.pop(), fixup: fixup.pop(), tol, maxiter, maxiter_ls, alpha };
        self.root_of(name, rank, f, &x0, options, at)
    }

    fn root_of(
        &self,
        name: &'static str,
        rank: Option<usize>,
        f: Closure<'_>,
        x0: &Value,
        mut options: newton::Options<'_>,
        at: At,
    ) -> Out<Solution> {
        let found = self.ty(x0, at)?;
        if rank.is_some_and(|rank| found.rank() != rank) {
            let what = if rank == Some(0) { "a number" } else { "an array of rank 1" };
            let message = format!("`{name}` starts from {what}, not from {found}");
            return Err(self.error(ErrorKind::Rank, message, at));
        }
        let (equation, x0) = self.equation(name, f, x0, at)?;
        let equations = equation.graph.ty(equation.graph.body.results[0]).clone();
        if equations.rank() != found.rank() {
            let message =
                format!("`{name}` solves for {found}, and the function that it takes gives {equations}");
            return Err(self.error(ErrorKind::Rank, message, at));
        }
        self.implicit(&equation, &mut || self.newton(&equation, &x0, &mut options, at), at)
    }

    fn fixed_point_of(
        &self,
        f: Closure<'_>,
        x0: &Value,
        options: &fixed_point::Options,
        at: At,
    ) -> Out<Solution> {
        let name = "fixed_point";
        let shape = self.ty(x0, at)?.shape;
        let mut residual = |x: &[Value]| -> Out<Value> {
            let y = f(x)?;
            let found = self.ty(&y, at)?;
            if found.shape != shape {
                let message = format!(
                    "`{name}` starts from an array of shape {shape:?}, and the function that it takes gives {found}"
                );
                return Err(self.error(ErrorKind::Shape, message, at));
            }
            self.binary(BinaryOp::Sub, &x[0], &y, at)
        };
        let (equation, x0) = self.equation(name, &mut residual, x0, at)?;
        self.implicit(&equation, &mut || self.fixed_point_iterations(f, &x0, options, at), at)
    }

    /// A number of iterations.
    fn count(&self, n: &Value, at: At) -> Out<Value> {
        match n.as_static().and_then(Literal::as_i128) {
            Some(_) => Ok(Value::usize(self.require_usize(n, "a number of iterations", at)?)),
            None => Ok(n.clone()),
        }
    }
}

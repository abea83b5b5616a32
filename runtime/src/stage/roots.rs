//! `root_scalar`, `root` and `fixed_point`, staged: the closure becomes a graph over its argument and over what it uses
//! from around, and the solution a call with a rule for its derivative.

use super::callable::{Closure, Operand};
use super::cx::{At, Cx, Out};
use super::value::Value;
use crate::dtype::{Literal, Type};
use crate::error::ErrorKind;
use crate::functional::roots as defaults;
use crate::graph::{Graph, Node, Region, SiteId, ValueId, captures};
use crate::op::{BinaryOp, Op, Rule};
use crate::transform::implicit::{Equation, Method, rule, solution};

/// A closure that was staged over a parameter.
struct Staged {
    region: Region,
    captured: Vec<ValueId>,
}

impl Cx {
    pub(crate) fn root_scalar_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        match <[Operand<'_>; 2]>::try_from(args) {
            Ok([Operand::Closure(f), Operand::Value(x0)]) => self.newton_by_default(f, &x0, false, at),
            _ => Err(self.misuse("root_scalar(|x| .., x0)", at)),
        }
    }

    pub(crate) fn root_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        match <[Operand<'_>; 2]>::try_from(args) {
            Ok([Operand::Closure(f), Operand::Value(x0)]) => self.newton_by_default(f, &x0, true, at),
            _ => Err(self.misuse("root(|x| .., &x0)", at)),
        }
    }

    fn newton_by_default(&self, f: Closure<'_>, x0: &Value, array: bool, at: At) -> Out<Value> {
        let numbers = [
            Value::literal(Literal::F64(defaults::TOLERANCE)),
            Value::usize(defaults::MAX_ITERATIONS),
            Value::usize(defaults::MAX_SHORTER),
            Value::literal(Literal::F64(defaults::SHORTER)),
        ];
        let all = self.newton(f, None, x0, &numbers, array, at)?;
        Ok(first(&all))
    }

    pub(crate) fn root_scalar_with_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        self.newton_with(args, false, at)
    }

    pub(crate) fn root_with_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        self.newton_with(args, true, at)
    }

    fn newton_with(&self, args: Vec<Operand<'_>>, array: bool, at: At) -> Out<Value> {
        match <[Operand<'_>; 8]>::try_from(args) {
            Ok(
                [
                    Operand::Closure(f),
                    Operand::Value(x0),
                    Operand::Closure(slope),
                    Operand::Closure(fixup),
                    Operand::Value(tol),
                    Operand::Value(maxiter),
                    Operand::Value(maxiter_ls),
                    Operand::Value(alpha),
                ],
            ) => self.newton(f, Some((slope, fixup)), &x0, &[tol, maxiter, maxiter_ls, alpha], array, at),
            _ => Err(self
                .misuse("root_with(|x| .., x0, |x| slope, |x| fixup, tol, maxiter, maxiter_ls, alpha)", at)),
        }
    }

    fn newton(
        &self,
        f: Closure<'_>,
        more: Option<(Closure<'_>, Closure<'_>)>,
        x0: &Value,
        numbers: &[Value],
        array: bool,
        at: At,
    ) -> Out<Value> {
        let (x0, ty) = self.start_of_root(x0, Some(array), at)?;
        let mut closures = vec![self.over(f, &ty, at)?];
        if let Some((slope, fixup)) = more {
            closures.push(self.over(slope, &ty, at)?);
            closures.push(self.over(fixup, &ty, at)?);
        }
        let (mut graphs, around) = self.close(closures);
        let (fixup, slope) = if graphs.len() > 1 { (graphs.pop(), graphs.pop()) } else { (None, None) };
        let Some(residual) = graphs.pop() else {
            return Err(self.error(ErrorKind::Verify, "a root has an equation", at));
        };
        let rank = usize::from(array);
        let found = residual.ty(residual.body.results[0]).clone();
        if found.dtype != ty.dtype || found.rank() != rank {
            let message = format!("the function of a root gives {found} here, and takes {ty}");
            return Err(self
                .error(ErrorKind::Shape, message, at)
                .note("both are a float, or both are an array of rank 1"));
        }
        if let Some(fixup) = &fixup {
            self.same_type(fixup, &ty, "the fixup of a root", at)?;
        }
        if let Some(slope) = &slope {
            let shape = if array { vec![found.shape[0], ty.shape[0]] } else { Vec::new() };
            self.same_type(
                slope,
                &Type::new(ty.dtype, shape),
                "the derivative of the function of a root",
                at,
            )?;
        }
        self.implicit(&Equation { residual, slope, fixup }, &Method::Newton, x0, &around, numbers, at)
    }

    pub(crate) fn fixed_point_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        match <[Operand<'_>; 2]>::try_from(args) {
            Ok([Operand::Closure(f), Operand::Value(x0)]) => {
                let tol = Value::literal(Literal::F64(defaults::FIXED_POINT_TOLERANCE));
                let numbers = [tol, Value::usize(defaults::FIXED_POINT_ITERATIONS)];
                Ok(first(&self.iteration(f, &x0, true, &numbers, at)?))
            }
            _ => Err(self.misuse("fixed_point(|x| .., x0)", at)),
        }
    }

    pub(crate) fn fixed_point_with_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        match <[Operand<'_>; 5]>::try_from(args) {
            Ok(
                [
                    Operand::Closure(f),
                    Operand::Value(x0),
                    Operand::Value(del2),
                    Operand::Value(xtol),
                    Operand::Value(maxiter),
                ],
            ) => {
                let del2 = self.require_static(&del2, "whether a fixed point is accelerated", at)?;
                self.iteration(f, &x0, del2.as_bool() == Some(true), &[xtol, maxiter], at)
            }
            _ => Err(self.misuse("fixed_point_with(|x| .., x0, del2, xtol, maxiter)", at)),
        }
    }

    fn iteration(&self, f: Closure<'_>, x0: &Value, del2: bool, numbers: &[Value], at: At) -> Out<Value> {
        let (x0, ty) = self.start_of_root(x0, None, at)?;
        let (mut graphs, around) = self.close(vec![self.over(f, &ty, at)?]);
        let Some(function) = graphs.pop() else {
            return Err(self.error(ErrorKind::Verify, "a fixed point has a function", at));
        };
        self.same_type(&function, &ty, "the function of a fixed point", at)?;
        // x - f(x) = 0
        let mut residual = function.clone();
        let result = residual.new_value(ty, None);
        let inputs = vec![residual.body.params[0], residual.body.results[0]];
        let (op, outputs) = (Op::Binary(BinaryOp::Sub), vec![result]);
        residual.body.nodes.push(Node { op, inputs, outputs, regions: Vec::new(), site: SiteId(0) });
        residual.body.results = vec![result];
        let equation = Equation { residual, slope: None, fixup: None };
        self.implicit(&equation, &Method::FixedPoint { function, del2 }, x0, &around, numbers, at)
    }

    /// Where the iteration starts, a float or an array of rank 1.
    fn start_of_root(&self, x0: &Value, array: Option<bool>, at: At) -> Out<(ValueId, Type)> {
        let x0 = self.node(x0, at)?;
        let ty = self.builder.borrow().graph().ty(x0).clone();
        let fits = match array {
            Some(array) => ty.rank() == usize::from(array),
            None => ty.rank() <= 1,
        };
        if ty.dtype.is_float() && fits {
            return Ok((x0, ty));
        }
        let what = match array {
            Some(false) => "a float; for arrays write `root(|x| .., &x0)`",
            Some(true) => "an array of floats of rank 1; for one number write `root_scalar(|x| .., x0)`",
            None => "a float or an array of floats of rank 1",
        };
        Err(self.error(
            ErrorKind::DType,
            format!("the iteration starts at {ty} here, and starts at {what}"),
            at,
        ))
    }

    fn over(&self, f: Closure<'_>, ty: &Type, at: At) -> Out<Staged> {
        self.builder.borrow_mut().open();
        let param = self.builder.borrow_mut().param(ty.clone(), None);
        let value = f(&[Value::traced(param)])?;
        let value = self.adopt(&value, ty.dtype, at)?.unwrap_or(value);
        let result = self.node(&value, at)?;
        let region = self.builder.borrow_mut().close(vec![result]);
        let op = Op::Call { rule: Rule::Stop, name: "".into() };
        let alone = Node {
            op,
            inputs: Vec::new(),
            outputs: Vec::new(),
            regions: vec![region.clone()],
            site: SiteId(0),
        };
        Ok(Staged { region, captured: captures(&alone) })
    }

    /// The closures as graphs over their argument and everything that one of them uses from around.
    fn close(&self, closures: Vec<Staged>) -> (Vec<Graph>, Vec<ValueId>) {
        let mut around: Vec<ValueId> = Vec::new();
        for v in closures.iter().flat_map(|c| &c.captured) {
            if !around.contains(v) {
                around.push(*v);
            }
        }
        let builder = self.builder.borrow();
        let open = builder.graph();
        let graph = |staged: Staged| {
            let mut body = staged.region;
            body.params.extend(around.iter().copied());
            Graph { name: open.name.clone(), values: open.values.clone(), sites: open.sites.clone(), body }
        };
        (closures.into_iter().map(graph).collect(), around)
    }

    fn same_type(&self, graph: &Graph, ty: &Type, what: &str, at: At) -> Out<()> {
        let found = graph.ty(graph.body.results[0]);
        if found == ty {
            return Ok(());
        }
        Err(self.error(ErrorKind::Shape, format!("{what} gives {found} here, and must give {ty}"), at))
    }

    /// The call that solves the equation: `(x, (residual, iterations))`.
    fn implicit(
        &self,
        equation: &Equation,
        method: &Method,
        x0: ValueId,
        around: &[ValueId],
        numbers: &[Value],
        at: At,
    ) -> Out<Value> {
        let located = |e| self.locate_error(e, at);
        let x = equation.residual.ty(equation.residual.body.params[0]).clone();
        let mut inputs = vec![x0];
        inputs.extend(around);
        for (number, ty) in numbers.iter().zip(method.numbers(x.dtype)) {
            let fits = self.ty(number, at)?.is_scalar();
            let number = self.adopt(number, ty.dtype, at)?.filter(|_| fits).ok_or_else(|| {
                let message = format!("an option of a root is {ty} here, not {}", self.describe(number));
                self.error(ErrorKind::DType, message, at)
            })?;
            inputs.push(self.node(&number, at)?);
        }
        let solution = solution(equation, method).map_err(located)?;
        let rule = rule(equation, method).map_err(located)?;
        let types: Vec<Type> = solution.body.results.iter().map(|&v| solution.ty(v).clone()).collect();
        let regions = vec![self.region(&solution), self.region(&rule)];
        let op = Op::Call { rule: Rule::Jvp, name: "root".into() };
        let site = self.site(at);
        let outputs = self.builder.borrow_mut().push_control(op, inputs, regions, types, site);
        let [x, size, count] = [0, 1, 2].map(|k| Value::traced(outputs[k]));
        Ok(Value::tuple(vec![x, Value::tuple(vec![size, count])]))
    }
}

fn first(all: &Value) -> Value {
    all.items().and_then(|items| items.first().cloned()).unwrap_or_else(Value::unit)
}

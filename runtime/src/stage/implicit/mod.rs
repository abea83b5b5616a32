//! Roots and fixed points, staged: the iterations, which count as constants, and behind them the solution as a call
//! whose rule is the implicit function theorem.
//!
//! ```text
//! found, norm, iterations = call stop { the iterations }
//! x = call jvp (found, captured..) { found } { found; -(df/dx)^-1 (df/dcaptured) dcaptured, at x }
//! ```
//!
//! The solution is an argument of the rule, so that reverse mode, which runs the rule again, does not solve again. In
//! the rule `x` is such a call itself: that makes it right for the next derivative.

mod fixed_point;
mod newton;
mod operands;

use super::callable::Closure;
use super::cx::{At, Cx, Out};
use super::value::Value;
use crate::dtype::{DType, Literal, Type};
use crate::error::ErrorKind;
use crate::graph::{Graph, ValueId, closed, inline};
use crate::op::{Op, Rule};
use crate::optimize::simplify;
use crate::transform::{jacfwd, jvp, select_results};

/// How many derivatives of a solution have a rule. Each takes a copy of the equation's derivatives in the graph.
const ORDERS: usize = 4;

/// An equation `f(x) = 0`.
struct Equation {
    /// `(x, captured..) -> f`
    graph: Graph,
    /// What the closure uses from around.
    captured: Vec<ValueId>,
    /// The type of the unknown.
    unknown: Type,
    /// Whose equation it is.
    name: &'static str,
}

/// The solution of an equation, its residual and the number of iterations.
struct Solution {
    x: Value,
    residual: Value,
    iterations: Value,
}

impl Solution {
    /// `(x, (residual, niter))`
    fn full(self) -> Value {
        Value::tuple(vec![self.x, Value::tuple(vec![self.residual, self.iterations])])
    }
}

impl Cx {
    /// The equation that a closure of `x` says, and `x0` in the type of its unknown.
    fn equation(&self, name: &'static str, f: Closure<'_>, x0: &Value, at: At) -> Out<(Equation, Value)> {
        let found = self.ty(x0, at)?;
        let Some(x0) = self.adopt(x0, DType::F64, at)? else {
            let message = format!("`{name}` solves for f64, and its starting point is {found}");
            return Err(self.error(ErrorKind::DType, message, at));
        };
        let unknown = Type { dtype: DType::F64, ..found };
        self.builder.borrow_mut().open();
        let x = self.builder.borrow_mut().param(unknown.clone(), None);
        let value = f(&[Value::traced(x)])?;
        let found = self.ty(&value, at)?;
        let Some(value) = self.adopt(&value, DType::F64, at)? else {
            let message = format!("`{name}` solves for f64, and the function that it takes gives {found}");
            return Err(self.error(ErrorKind::DType, message, at));
        };
        let value = self.node(&value, at)?;
        let region = self.builder.borrow_mut().close(vec![value]);
        let (mut graph, captured) = closed(self.builder.borrow().graph(), &region);
        simplify(&mut graph)?;
        Ok((Equation { graph, captured, unknown, name }, x0))
    }

    /// Adds the nodes of `graph`.
    fn inlined(&self, graph: &Graph, args: &[ValueId]) -> Vec<Value> {
        let results = inline(&mut self.builder.borrow_mut(), graph, args);
        results.into_iter().map(Value::traced).collect()
    }

    /// The solution that `iterate` finds, with its derivatives.
    fn implicit(
        &self,
        equation: &Equation,
        iterate: &mut dyn FnMut() -> Out<Solution>,
        at: At,
    ) -> Out<Solution> {
        let site = self.site(at);
        self.builder.borrow_mut().open();
        let Solution { x, residual, iterations } = iterate()?;
        let results =
            [&x, &residual, &iterations].into_iter().map(|v| self.node(v, at)).collect::<Out<Vec<_>>>()?;
        let mut builder = self.builder.borrow_mut();
        let types = results.iter().map(|&v| builder.graph().ty(v).clone()).collect();
        let region = builder.close(results);
        let op = Op::Call { rule: Rule::Stop, name: equation.name.into() };
        let found = builder.push_control(op, Vec::new(), vec![region], types, site);
        drop(builder);
        let rules = Derivatives::new(self, equation, at)?;
        let x = rules.solution(found[0], &equation.captured, ORDERS)?;
        let (residual, iterations) = (Value::traced(found[1]), Value::traced(found[2]));
        Ok(Solution { x: Value::traced(x), residual, iterations })
    }
}

/// The derivatives of an equation, and with them those of its solution.
struct Derivatives<'a> {
    cx: &'a Cx,
    equation: &'a Equation,
    /// `(x, captured.., dcaptured..) -> df`; `None` where nothing is captured that has a derivative.
    along: Option<Graph>,
    slope: Graph,
    at: At,
}

impl<'a> Derivatives<'a> {
    fn new(cx: &'a Cx, equation: &'a Equation, at: At) -> Out<Derivatives<'a>> {
        let graph = &equation.graph;
        let params = &graph.body.params;
        let moving: Vec<usize> =
            (1..params.len()).filter(|&k| graph.ty(params[k]).dtype.is_float()).collect();
        let along = match moving.is_empty() {
            true => None,
            false => {
                let mut along = select_results(&jvp(graph, &moving)?, &[1]);
                simplify(&mut along)?;
                Some(along)
            }
        };
        Ok(Derivatives { cx, equation, along, slope: slope(graph)?, at })
    }

    /// The solution `found` of the equation, as a value with `orders` derivatives with respect to `captured`.
    fn solution(&self, found: ValueId, captured: &[ValueId], orders: usize) -> Out<ValueId> {
        let Some(along) = &self.along else { return Ok(found) };
        let inputs = [&[found], captured].concat();
        let (cx, unknown) = (self.cx, &self.equation.unknown);
        let types: Vec<Type> = inputs.iter().map(|&v| cx.builder.borrow().graph().ty(v).clone()).collect();
        let parameters = |types: &mut dyn Iterator<Item = &Type>| -> Vec<ValueId> {
            types.map(|ty| cx.builder.borrow_mut().param(ty.clone(), None)).collect()
        };

        cx.builder.borrow_mut().open();
        let same = parameters(&mut types.iter());
        let body = cx.builder.borrow_mut().close(vec![same[0]]);

        cx.builder.borrow_mut().open();
        let args = parameters(&mut types.iter());
        let tangents = parameters(&mut types.iter().filter(|ty| ty.dtype.is_float()));
        let results = if orders == 0 {
            self.beyond(args[0])?
        } else {
            let x = self.solution(args[0], &args[1..], orders - 1)?;
            let at_x = [&[x], &args[1..]].concat();
            let slope = cx.inlined(&self.slope, &at_x);
            let df = cx.inlined(along, &[&at_x[..], &tangents[1..]].concat());
            let dx = cx.newton_step(&df[0], &slope[0], unknown, self.at)?;
            let dx = cx.unary(crate::op::UnaryOp::Neg, &dx, self.at)?;
            vec![x, cx.node(&dx, self.at)?]
        };
        let rule = cx.builder.borrow_mut().close(results);

        let op = Op::Call { rule: Rule::Jvp, name: self.equation.name.into() };
        let (regions, site) = (vec![body, rule], cx.site(self.at));
        let outputs = cx.builder.borrow_mut().push_control(op, inputs, regions, vec![unknown.clone()], site);
        Ok(outputs[0])
    }

    /// The rule of the derivative that is one too many: an error when it runs.
    fn beyond(&self, x: ValueId) -> Out<Vec<ValueId>> {
        let message = format!("the derivatives of `{}` end with number {ORDERS}", self.equation.name);
        let never = self.cx.node(&self.cx.bool(false), self.at)?;
        self.cx.push(Op::Check { message: message.into(), user: false }, vec![never], self.at)?;
        let zeros = self.cx.zeros_like(
            Literal::zero(self.equation.unknown.dtype),
            &self.equation.unknown.shape,
            self.at,
        )?;
        Ok(vec![x, self.cx.node(&zeros, self.at)?])
    }
}

/// The Jacobian with respect to the first parameter: a number, or an array of shape `f.shape ++ x.shape`.
fn slope(graph: &Graph) -> Out<Graph> {
    let mut slope = jacfwd(graph, &[0])?;
    simplify(&mut slope)?;
    Ok(slope)
}

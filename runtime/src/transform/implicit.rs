//! Equations `f(x, c) = 0` as functions `x(c)`: the iteration that solves them, and the rule of their derivative by the
//! theorem of implicit functions, `dx = -(df/dx)^-1 (df/dc) dc`.

use super::emit::Emit;
use super::jacobian::Writer;
use super::{jacfwd, jvp, select_results};
use crate::dtype::{DType, Literal, Type};
use crate::error::Result;
use crate::functional::roots::linear;
use crate::graph::{Builder, Graph, Region, SiteId, ValueId, inline};
use crate::op::{BinaryOp, CmpOp, Op, ReduceOp, Rule, UnaryOp};
use crate::stage::{Argument, Within, stage_root};

/// Graphs over `x` and then what they use from around, the same in the same order for all of them.
pub(crate) struct Equation {
    /// The residual.
    pub residual: Graph,
    /// Its derivative by `x`, where the user gives it.
    pub slope: Option<Graph>,
    /// What is done to each iterate.
    pub fixup: Option<Graph>,
}

/// How it is solved; the graphs take the numbers that each needs behind what is used from around.
pub(crate) enum Method {
    /// `tol, maxiter, maxiter_ls, alpha`
    Newton,
    /// Iterates this function of `x`; `xtol, maxiter`.
    FixedPoint { function: Graph, del2: bool },
}

impl Method {
    /// The types of its numbers.
    pub fn numbers(&self, dtype: DType) -> Vec<Type> {
        let (float, count) = (Type::scalar(dtype), Type::scalar(DType::Usize));
        match self {
            Method::Newton => vec![float.clone(), count.clone(), count, float],
            Method::FixedPoint { .. } => vec![float, count],
        }
    }
}

/// The graph that solves the equation: takes `x0`, what is used from around, and the numbers of the method; gives `x`, the
/// magnitude of the residual or of the last change, and the number of iterations.
pub(crate) fn solution(equation: &Equation, method: &Method) -> Result<Graph> {
    let mut writer = start(equation, method);
    let args: Vec<ValueId> =
        writer.builder.graph().values.iter().enumerate().map(|(k, _)| ValueId(k as u32)).collect();
    let around = equation.residual.body.params.len() - 1;
    let (x0, rest) = (args[0], &args[1..]);
    let (around, numbers) = rest.split_at(around);
    let results = match method {
        Method::Newton => newton(&mut writer, equation, x0, around, numbers)?,
        Method::FixedPoint { function, del2 } => iterate(&mut writer, function, *del2, x0, around, numbers)?,
    };
    Ok(writer.builder.finish(results))
}

/// The rule of the solution's derivative: takes what [`solution`] takes, and a tangent of each float of that; gives the
/// results and the tangents of those that are floats.
pub(crate) fn rule(equation: &Equation, method: &Method) -> Result<Graph> {
    let mut writer = start(equation, method);
    let count = writer.builder.graph().values.len();
    let args: Vec<ValueId> = (0..count).map(|k| ValueId(k as u32)).collect();
    let params = &equation.residual.body.params;
    let around = &args[1..params.len()];
    let floats: Vec<usize> =
        (1..params.len()).filter(|&k| equation.residual.ty(params[k]).dtype.is_float()).collect();
    let mut tangents = Vec::new();
    for &v in &args {
        let ty = writer.builder.graph().ty(v).clone();
        if ty.dtype.is_float() {
            tangents.push((v, writer.builder.param(ty, None)));
        }
    }
    let of_around: Vec<ValueId> =
        tangents.iter().filter(|(v, _)| around.contains(v)).map(|(_, tangent)| *tangent).collect();
    let solved = inline(&mut writer.builder, &solution(equation, method)?, &args);
    let w: &mut dyn Emit = &mut writer;
    let x = stopped(w, solved[0]);
    // A Newton step from the root does not move it, but depends on everything as the root does: so derivatives of
    // this rule are right too.
    let at_root: Vec<ValueId> = std::iter::once(x).chain(around.iter().copied()).collect();
    let residual = inline(w.builder(), &equation.residual, &at_root)[0];
    let step = quotient(w, equation, residual, &at_root)?;
    let fixed = stopped(w, step);
    let way = w.sub(fixed, step)?;
    let x = w.add(x, way)?;
    let at_root: Vec<ValueId> = std::iter::once(x).chain(around.iter().copied()).collect();
    let dx = if floats.is_empty() {
        let ty = w.ty(x);
        w.zeros(&ty)?
    } else {
        let change = select_results(&jvp(&equation.residual, &floats)?, &[1]);
        let change = inline(w.builder(), &change, &[&at_root[..], &of_around].concat())[0];
        let step = quotient(w, equation, change, &at_root)?;
        w.neg(step)?
    };
    let ty = w.ty(solved[1]);
    let zero = w.zeros(&ty)?;
    Ok(writer.builder.finish(vec![x, solved[1], solved[2], dx, zero]))
}

/// A graph whose parameters are those of the equation and then the numbers of the method.
fn start(equation: &Equation, method: &Method) -> Writer {
    let graph = &equation.residual;
    let mut builder = Builder::new(graph.name.clone(), graph.location(SiteId(0)).clone());
    for &p in &graph.body.params {
        builder.param(graph.ty(p).clone(), None);
    }
    for ty in method.numbers(graph.ty(graph.body.params[0]).dtype) {
        builder.param(ty, None);
    }
    Writer { builder }
}

/// `x` as a constant for derivatives.
fn stopped(w: &mut dyn Emit, x: ValueId) -> ValueId {
    let (ty, site) = (w.ty(x), w.site());
    w.builder().open();
    let inside = w.builder().param(ty.clone(), None);
    let body = w.builder().close(vec![inside]);
    let op = Op::Call { rule: Rule::Stop, name: "root".into() };
    w.builder().push_control(op, vec![x], vec![body], vec![ty], site)[0]
}

/// `(df/dx)^-1 y` at a point: `x` and what is used from around.
fn quotient(w: &mut dyn Emit, equation: &Equation, y: ValueId, at: &[ValueId]) -> Result<ValueId> {
    let scalar = w.ty(at[0]).is_scalar();
    let slope = match (&equation.slope, scalar) {
        (Some(slope), _) => inline(w.builder(), slope, at)[0],
        (None, true) => {
            let along = select_results(&jvp(&equation.residual, &[0])?, &[1]);
            let one = w.number(1.0, at[0])?;
            inline(w.builder(), &along, &[at, &[one]].concat())[0]
        }
        (None, false) => inline(w.builder(), &jacfwd(&equation.residual, &[0])?, at)[0],
    };
    if scalar {
        return w.div(y, slope);
    }
    let types = [w.ty(slope), w.ty(y)].map(Argument::Traced);
    let solve = stage_root(linear::least_squares::__function().info(), &types, Within::default())?;
    Ok(inline(w.builder(), &solve, &[slope, y])[0])
}

fn norm(w: &mut dyn Emit, y: ValueId) -> Result<ValueId> {
    if w.ty(y).is_scalar() {
        return w.unary(UnaryOp::Abs, y);
    }
    let squares = w.mul(y, y)?;
    let sum = w.sum(squares, vec![0])?;
    w.unary(UnaryOp::Sqrt, sum)
}

fn newton(
    w: &mut Writer,
    equation: &Equation,
    x0: ValueId,
    around: &[ValueId],
    numbers: &[ValueId],
) -> Result<Vec<ValueId>> {
    let w: &mut dyn Emit = w;
    let &[tol, maxiter, maxiter_ls, alpha] = numbers else { return Ok(Vec::new()) };
    let at = |x: ValueId| -> Vec<ValueId> { std::iter::once(x).chain(around.iter().copied()).collect() };
    let value = |w: &mut dyn Emit, x: ValueId| inline(w.builder(), &equation.residual, &at(x))[0];
    let moved = |w: &mut dyn Emit, x: ValueId, way: ValueId| -> Result<ValueId> {
        let next = w.sub(x, way)?;
        Ok(equation.fixup.as_ref().map_or(next, |fixup| inline(w.builder(), fixup, &at(next))[0]))
    };
    let y0 = value(w, x0);
    let zero = w.usize(0)?;
    let state = while_(
        w,
        &[x0, y0, zero],
        &mut |w, s| {
            let size = norm(w, s[1])?;
            let large = w.compare(CmpOp::Gt, size, tol)?;
            let more = w.compare(CmpOp::Lt, s[2], maxiter)?;
            w.binary(BinaryOp::And, more, large)
        },
        &mut |w, s| {
            let (x, y) = (s[0], s[1]);
            let step = quotient(w, equation, y, &at(x))?;
            let before = norm(w, y)?;
            let next = moved(w, x, step)?;
            let there = value(w, next);
            let zero = w.usize(0)?;
            let tried = while_(
                w,
                &[next, there, alpha, zero],
                &mut |w, s| {
                    let size = norm(w, s[1])?;
                    let worse = w.compare(CmpOp::Ge, size, before)?;
                    let more = w.compare(CmpOp::Lt, s[3], maxiter_ls)?;
                    w.binary(BinaryOp::And, more, worse)
                },
                &mut |w, s| {
                    let shape = w.ty(step).shape;
                    let length = w.broadcast(s[2], &shape)?;
                    let way = w.mul(length, step)?;
                    let next = moved(w, x, way)?;
                    let there = value(w, next);
                    let shorter = w.mul(s[2], alpha)?;
                    let one = w.usize(1)?;
                    Ok(vec![next, there, shorter, w.add(s[3], one)?])
                },
            )?;
            let one = w.usize(1)?;
            Ok(vec![tried[0], tried[1], w.add(s[2], one)?])
        },
    )?;
    let size = norm(w, state[1])?;
    Ok(vec![state[0], size, state[2]])
}

fn iterate(
    w: &mut Writer,
    function: &Graph,
    del2: bool,
    x0: ValueId,
    around: &[ValueId],
    numbers: &[ValueId],
) -> Result<Vec<ValueId>> {
    let w: &mut dyn Emit = w;
    let &[xtol, maxiter] = numbers else { return Ok(Vec::new()) };
    let f = |w: &mut dyn Emit, x: ValueId| {
        let at: Vec<ValueId> = std::iter::once(x).chain(around.iter().copied()).collect();
        inline(w.builder(), function, &at)[0]
    };
    let dtype = w.ty(x0).dtype;
    let infinity = w.full(Literal::F64(f64::INFINITY).cast(dtype), &[])?;
    let zero = w.usize(0)?;
    while_(
        w,
        &[x0, infinity, zero],
        &mut |w, s| {
            let small = w.compare(CmpOp::Lt, s[1], xtol)?;
            let changes = w.unary(UnaryOp::Not, small)?;
            let more = w.compare(CmpOp::Lt, s[2], maxiter)?;
            w.binary(BinaryOp::And, more, changes)
        },
        &mut |w, s| {
            let p0 = s[0];
            let p1 = f(w, p0);
            let mut next = p1;
            let zero = w.number(0.0, p0)?;
            if del2 {
                let p2 = f(w, p1);
                let (twice, way) = (w.scale(2.0, p1)?, w.sub(p1, p0)?);
                let second = w.sub(p2, twice)?;
                let second = w.add(second, p0)?;
                let square = w.mul(way, way)?;
                let quotient = w.div(square, second)?;
                let better = w.sub(p0, quotient)?;
                let arrived = w.compare(CmpOp::Eq, second, zero)?;
                next = w.select(arrived, p2, better)?;
            }
            let way = w.sub(next, p0)?;
            let relative = w.div(way, p0)?;
            let at_zero = w.compare(CmpOp::Eq, p0, zero)?;
            let change = w.select(at_zero, next, relative)?;
            let mut change = w.unary(UnaryOp::Abs, change)?;
            if !w.ty(change).is_scalar() {
                change = w.push(Op::Reduce { op: ReduceOp::Max, axes: vec![0] }, &[change])?;
            }
            let one = w.usize(1)?;
            Ok(vec![next, change, w.add(s[2], one)?])
        },
    )
}

/// Writes a condition.
type Test<'a> = &'a mut dyn FnMut(&mut dyn Emit, &[ValueId]) -> Result<ValueId>;
/// Writes an iteration.
type Body<'a> = &'a mut dyn FnMut(&mut dyn Emit, &[ValueId]) -> Result<Vec<ValueId>>;

/// `while test(state) { state = body(state) }`
fn while_(w: &mut dyn Emit, init: &[ValueId], test: Test<'_>, body: Body<'_>) -> Result<Vec<ValueId>> {
    let types: Vec<Type> = init.iter().map(|&v| w.ty(v)).collect();
    let region = |w: &mut dyn Emit, write: Body<'_>| -> Result<Region> {
        w.builder().open();
        let state: Vec<ValueId> = types.iter().map(|ty| w.builder().param(ty.clone(), None)).collect();
        let results = write(w, &state)?;
        Ok(w.builder().close(results))
    };
    let regions = vec![region(w, &mut |w, s| Ok(vec![test(w, s)?]))?, region(w, body)?];
    let site = w.site();
    Ok(w.builder().push_control(Op::While, init.to_vec(), regions, types.clone(), site))
}

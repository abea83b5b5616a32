//! Calls of functions whose derivative has a rule: they stay calls in the graph.

use super::cx::{Argument, At, Cx, Mode, Out, StageFn, Within, stage_alone};
use super::typed::Ty;
use super::value::{Repr, Value};
use crate::dtype::{Literal, Type};
use crate::error::ErrorKind;
use crate::exec::Function;
use crate::graph::{Graph, ValueId, as_region};
use crate::op::{Op, Rule};

impl Cx {
    /// A call of `function`, whose body stages as `body`, with this rule and the function that it names.
    ///
    /// # Errors
    /// Arguments that do not fit, and a rule whose function takes or gives something else.
    pub fn call_by_rule(
        &self,
        rule: Rule,
        function: &'static Function,
        body: StageFn,
        with: Option<&'static Function>,
        args: &mut [Value],
        at: At,
    ) -> Out<Value> {
        let info = function.info();
        // Checks the arguments, and the depth of calls.
        let inside = self.enter(info, args, at)?;
        let args = &mut args.iter().map(|arg| self.spread(arg, at)).collect::<Out<Vec<_>>>()?[..];
        if self.within.rules_of.iter().any(|f| std::ptr::eq(*f, info)) {
            // A rule may call its function for the result.
            return body(self, args, at);
        }
        let mut params = Vec::with_capacity(args.len());
        for (param, arg) in info.params.iter().zip(args.iter()) {
            debug_assert!(param.mode != Mode::Mut, "the macro refuses those");
            params.push(self.argument(arg, param.is_static, at)?);
        }
        let within = Within { lists_apart: true, ..inside.within.clone() };
        let graph = stage_alone(info, body, &params, within)?;
        let mut leaves = Vec::new();
        for (param, arg) in info.params.iter().zip(args.iter()) {
            self.traced_leaves(arg, param.is_static, at, &mut leaves)?;
        }
        let mut regions = vec![as_region(&mut self.builder.borrow_mut(), &graph)];
        if let Some(with) = with {
            let rule_graph = inside.rule_graph(rule, &graph, params, with, at)?;
            regions.push(as_region(&mut self.builder.borrow_mut(), &rule_graph));
        }
        let types: Vec<Type> = graph.body.results.iter().map(|&v| graph.ty(v).clone()).collect();
        let op = Op::Call { rule, name: info.name.into() };
        let site = self.site(at);
        let outputs = self.builder.borrow_mut().push_control(op, leaves, regions, types, site);
        self.gathered(&tree(info.result, &graph, &outputs), at)
    }

    /// `stop_gradient(x)`
    pub(crate) fn stop_gradient(&self, x: &Value, at: At) -> Out<Value> {
        let leaves = x.leaves();
        let mut stopped = Vec::with_capacity(leaves.len());
        for leaf in leaves {
            if leaf.as_static().is_some() {
                stopped.push(leaf);
                continue;
            }
            let (id, ty, site) = (self.node(&leaf, at)?, self.ty(&leaf, at)?, self.site(at));
            let mut builder = self.builder.borrow_mut();
            builder.open();
            let inside = builder.param(ty.clone(), None);
            let body = builder.close(vec![inside]);
            let op = Op::Call { rule: Rule::Stop, name: "stop_gradient".into() };
            let outputs = builder.push_control(op, vec![id], vec![body], vec![ty], site);
            stopped.push(self.weak_like(Value::traced(outputs[0]), leaf.is_weak()));
        }
        Ok(x.with_leaves(&mut stopped.into_iter()))
    }

    /// An argument as the root of another graph sees it.
    pub(super) fn argument(&self, arg: &Value, is_static: bool, at: At) -> Out<Argument> {
        match (&arg.0, arg.as_static()) {
            (Repr::Struct(info, items), _) => {
                let fields = info.fields.iter().zip(items.iter());
                let parts = fields.map(|(f, item)| self.argument(item, is_static || f.is_static, at));
                Ok(Argument::Tuple(parts.collect::<Out<_>>()?))
            }
            (Repr::List(items), _) => {
                let parts = items.iter().map(|item| self.argument(item, is_static, at));
                Ok(list_argument(items.len(), false, Argument::Tuple(parts.collect::<Out<_>>()?)))
            }
            (Repr::Columns(columns), _) => {
                let all = columns.element(columns.arrays.clone());
                Ok(list_argument(columns.count, true, self.argument(&all, is_static, at)?))
            }
            (Repr::Tuple(items), _) => {
                let parts = items.iter().map(|item| self.argument(item, is_static, at));
                Ok(Argument::Tuple(parts.collect::<Out<_>>()?))
            }
            (_, Some(literal)) if is_static => Ok(Argument::Static(literal)),
            _ if is_static => {
                self.require_static(arg, "a static argument", at)?;
                Err(self.error(ErrorKind::Static, "a static argument is a scalar", at))
            }
            _ => Ok(Argument::Traced(self.ty(arg, at)?)),
        }
    }

    /// The graph values of what an argument becomes a parameter for.
    pub(super) fn traced_leaves(
        &self,
        arg: &Value,
        is_static: bool,
        at: At,
        into: &mut Vec<ValueId>,
    ) -> Out<()> {
        let leaves = arg.leaves();
        for leaf in leaves {
            if !(is_static && leaf.as_static().is_some()) {
                into.push(self.node(&leaf, at)?);
            }
        }
        Ok(())
    }

    /// The graph of a rule's function, checked against the function that it is the rule of.
    fn rule_graph(
        &self,
        rule: Rule,
        graph: &Graph,
        mut params: Vec<Argument>,
        with: &'static Function,
        at: At,
    ) -> Out<Graph> {
        let (name, info) = (self.function.name, with.info());
        let types = |ids: &[ValueId]| ids.iter().map(|&v| graph.ty(v).clone()).collect::<Vec<Type>>();
        let floats =
            |types: &[Type]| types.iter().filter(|t| t.dtype.is_float()).cloned().collect::<Vec<_>>();
        let (inputs, outputs) = (types(&graph.body.params), types(&graph.body.results));
        let (more, wanted, what) = match rule {
            Rule::Jvp => {
                let more = params.iter().filter_map(tangent).collect::<Vec<_>>();
                (more, [&outputs[..], &floats(&outputs)].concat(), "(result, tangent of the result)")
            }
            _ => {
                let more = floats(&outputs).into_iter().map(Argument::Traced).collect();
                (more, floats(&inputs), "one cotangent per float argument")
            }
        };
        let kind = if rule == Rule::Jvp { "tangents" } else { "cotangents" };
        params.extend(more);
        if params.len() != info.params.len() {
            let message = format!(
                "the rule `{}` of `{name}` takes {} arguments: those of `{name}`, and then the {kind}, which is {} in all",
                info.name,
                info.params.len(),
                params.len()
            );
            return Err(self.error(ErrorKind::Argument, message, at));
        }
        let mut within = Within { lists_apart: true, ..self.within.clone() };
        within.rules_of.push(self.function);
        let staged = stage_alone(info, info.stage, &params, within)?;
        let found: Vec<Type> = staged.body.results.iter().map(|&v| staged.ty(v).clone()).collect();
        if found != wanted {
            let message = format!(
                "the rule `{}` of `{name}` gives {found:?}, and a rule for {} gives {what}: {wanted:?}",
                info.name,
                rule.name()
            );
            return Err(self.error(ErrorKind::Shape, message, at));
        }
        Ok(staged)
    }
}

/// A list, as it enters a function.
fn list_argument(count: usize, gathered: bool, items: Argument) -> Argument {
    let statics = [Literal::Usize(count), Literal::Bool(gathered)].map(Argument::Static);
    let parts = statics.into_iter().chain([items]).collect();
    if gathered { Argument::Gathered(parts) } else { Argument::Tuple(parts) }
}

/// The tangent of an argument: its float parts, and what is static in a struct or a list.
fn tangent(arg: &Argument) -> Option<Argument> {
    let parts_of = |parts: &[Argument]| {
        let is_static = |part: &Argument| matches!(part, Argument::Static(_));
        let own = |part: &Argument| if is_static(part) { Some(part.clone()) } else { tangent(part) };
        let own: Vec<Argument> = parts.iter().filter_map(own).collect();
        (!own.iter().all(is_static)).then_some(own)
    };
    match arg {
        Argument::Traced(ty) => ty.dtype.is_float().then(|| Argument::Traced(ty.clone())),
        Argument::Static(_) => None,
        Argument::Tuple(parts) => parts_of(parts).map(Argument::Tuple),
        Argument::Gathered(parts) => parts_of(parts).map(Argument::Gathered),
    }
}

/// The results of `graph`, which are `outputs` here, as a tree of this type.
pub(super) fn tree(ty: Ty, graph: &Graph, outputs: &[ValueId]) -> Value {
    let mut traced = outputs.iter().map(|&id| Value::traced(id));
    let mut known = graph.statics.iter().map(|&literal| Value::literal(literal));
    branch(ty, false, &mut traced, &mut known)
}

fn branch(
    ty: Ty,
    is_static: bool,
    traced: &mut dyn Iterator<Item = Value>,
    known: &mut dyn Iterator<Item = Value>,
) -> Value {
    match ty {
        Ty::Rows(dtype, rank, levels) => {
            Value::rows(branch(Ty::Array(dtype, Some(rank)), is_static, traced, known), levels)
        }
        Ty::Scalar(_) | Ty::Array(..) => {
            let leaf = if is_static { known.next() } else { traced.next() };
            leaf.unwrap_or_else(Value::unit)
        }
        Ty::Tuple(items) => {
            Value::tuple(items.iter().map(|&item| branch(item, is_static, traced, known)).collect())
        }
        Ty::Struct(info) => {
            let fields = info.fields.iter();
            let fields = fields.map(|f| branch(f.ty, is_static || f.is_static, traced, known));
            Value::structure(info, fields.collect())
        }
        Ty::List(&item) => {
            let length = known.next().and_then(|v| v.as_static()).and_then(Literal::as_i128);
            let length = length.and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
            if known.next().and_then(|v| v.as_static()) == Some(Literal::Bool(true)) {
                return Value::rows_like(&branch(item, is_static, traced, known), length);
            }
            Value::list((0..length).map(|_| branch(item, is_static, traced, known)).collect())
        }
        Ty::Unit | Ty::Any => Value::unit(),
    }
}

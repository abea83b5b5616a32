//! Calls of functions that are known by a graph of their own, transforms of annotated functions above all.

use super::cx::{Argument, At, Cx, Out, Param};
use super::typed::Ty;
use super::value::Value;
use crate::dtype::Type;
use crate::error::ErrorKind;
use crate::graph::{Graph, ValueId, inline};

/// What is known of such a function without its graph.
pub(crate) struct Signature<'a> {
    /// As the user writes it: `grad(potential)`.
    pub name: &'a str,
    pub params: &'a [Param],
    /// The types of the parameters, which `params` does not know.
    pub types: &'a [Ty],
    pub result: Ty,
}

impl Cx {
    /// Adds the graph that `make` gives for these arguments, and gives its results as one value.
    pub(crate) fn call_graph(
        &self,
        signature: &Signature<'_>,
        args: &[Value],
        make: impl FnOnce(&[Argument]) -> Out<Graph>,
        at: At,
    ) -> Out<Value> {
        let Signature { name, params, types, result } = *signature;
        if args.len() != params.len() || types.len() != params.len() {
            let message = format!("`{name}` takes {} arguments, not {}", params.len(), args.len());
            return Err(self.error(ErrorKind::Argument, message, at));
        }
        let mut leaves = Vec::new();
        let mut arguments = Vec::new();
        for ((param, &ty), arg) in params.iter().zip(types).zip(args) {
            let arg = self
                .coerce(arg, ty, at)
                .map_err(|e| e.note(format!("this is the argument `{}` of `{name}`", param.name)))?;
            arguments.push(self.argument(param, &arg, &mut leaves, at)?);
        }
        let graph = make(&arguments).map_err(|e| self.locate_error(e, at))?;
        let results = inline(&mut self.builder.borrow_mut(), &graph, &leaves);
        let mut results = results.into_iter();
        let value = tree(result, &mut results);
        match (value, results.next()) {
            (Some(value), None) => Ok(value),
            _ => {
                let message = format!("`{name}` gives other results than its type says");
                Err(self.error(ErrorKind::Verify, message, at))
            }
        }
    }

    /// An argument as it is passed to a function that is staged by itself; `leaves` are the parts that become
    /// parameters of its graph.
    fn argument(&self, param: &Param, arg: &Value, leaves: &mut Vec<ValueId>, at: At) -> Out<Argument> {
        if let Some(items) = arg.items() {
            let parts = items.iter().map(|part| self.argument(param, part, leaves, at));
            return Ok(Argument::Tuple(parts.collect::<Out<_>>()?));
        }
        if param.is_static {
            let what = format!("the static argument `{}`", param.name);
            return Ok(Argument::Static(self.require_static(arg, &what, at)?));
        }
        let ty: Type = self.ty(arg, at)?;
        leaves.push(self.node(arg, at)?);
        Ok(Argument::Traced(ty))
    }
}

/// The results of a graph as a value of this type.
fn tree(ty: Ty, results: &mut impl Iterator<Item = ValueId>) -> Option<Value> {
    match ty {
        Ty::Unit => Some(Value::unit()),
        Ty::Tuple(items) => {
            Some(Value::tuple(items.iter().map(|&ty| tree(ty, results)).collect::<Option<_>>()?))
        }
        Ty::Scalar(_) | Ty::Array(..) => results.next().map(Value::traced),
    }
}

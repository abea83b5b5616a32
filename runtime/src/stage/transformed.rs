//! Calls of functions that are known by a graph of their own, transforms of annotated functions above all.

use super::cx::{Argument, At, Cx, Out, Param, Within};
use super::rules::tree;
use super::typed::Ty;
use super::value::Value;
use crate::error::ErrorKind;
use crate::graph::{Graph, inline};

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
        make: impl FnOnce(&[Argument], &Within) -> Out<Graph>,
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
            arguments.push(self.argument(&arg, param.is_static, at)?);
            self.traced_leaves(&arg, param.is_static, at, &mut leaves)?;
        }
        if self.too_deep() {
            let message = format!("`{name}` is staged inside of itself without end");
            return Err(self.error(ErrorKind::Unsupported, message, at));
        }
        let graph = make(&arguments, &self.within.deeper()).map_err(|e| self.locate_error(e, at))?;
        let results = inline(&mut self.builder.borrow_mut(), &graph, &leaves);
        Ok(tree(result, &graph, &results))
    }
}

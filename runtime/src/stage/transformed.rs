//! Calls of functions that are known by a graph of their own, transforms of annotated functions above all.

use super::cx::{Argument, At, Cx, Out, Param, Within};
use super::rules::tree;
use super::typed::Ty;
use super::value::Value;
use crate::dtype::Type;
use crate::error::ErrorKind;
use crate::graph::{Graph, ValueId, inline};
use crate::transform::{Linearized, other_tangent, types};
use std::rc::Rc;

/// What is known of such a function without its graph.
pub(crate) struct Signature<'a> {
    /// As the user writes it: `grad(potential)`.
    pub name: &'a str,
    pub params: &'a [Param],
    /// The types of the parameters, which `params` does not know.
    pub types: &'a [Ty],
    pub result: Ty,
    /// Lists come element by element.
    pub lists_apart: bool,
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
        let (arguments, leaves) = self.arguments_of(signature, args, at)?;
        let within = Within { lists_apart: signature.lists_apart, ..self.within.deeper() };
        let graph = make(&arguments, &within).map_err(|e| self.locate_error(e, at))?;
        let results = inline(&mut self.builder.borrow_mut(), &graph, &leaves);
        self.gathered(&tree(signature.result, &graph, &results), at)
    }

    /// The arguments of a call, and what is traced of them.
    fn arguments_of(
        &self,
        signature: &Signature<'_>,
        args: &[Value],
        at: At,
    ) -> Out<(Vec<Argument>, Vec<ValueId>)> {
        let Signature { name, params, types, lists_apart, .. } = *signature;
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
            let arg = if lists_apart { self.spread(&arg, at) } else { self.gathered(&arg, at) }?;
            arguments.push(self.argument(&arg, param.is_static, at)?);
            self.traced_leaves(&arg, param.is_static, at, &mut leaves)?;
        }
        if self.too_deep() {
            let message = format!("`{name}` is staged inside of itself without end");
            return Err(self.error(ErrorKind::Recursion, message, at));
        }
        Ok((arguments, leaves))
    }

    /// Adds the function of the two graphs that `make` gives for these arguments. `tangents` are the parameters of its
    /// linear map and their types, and `tangent` is the type of what that gives.
    pub(crate) fn call_linearized(
        &self,
        signature: &Signature<'_>,
        args: &[Value],
        (tangents, types, tangent): (Vec<Param>, &'static [Ty], Ty),
        make: impl FnOnce(&[Argument], &Within) -> Out<Linearized>,
        at: At,
    ) -> Out<StagedMap> {
        let (arguments, leaves) = self.arguments_of(signature, args, at)?;
        let within = Within { lists_apart: signature.lists_apart, ..self.within.deeper() };
        let made = make(&arguments, &within).map_err(|e| self.locate_error(e, at))?;
        let Linearized { primal, linear, residuals } = made;
        let mut results = inline(&mut self.builder.borrow_mut(), &primal, &leaves);
        let residuals = results.split_off(results.len() - residuals);
        let result = self.gathered(&tree(signature.result, &primal, &results), at)?;
        let name = signature.name.into();
        let lists_apart = signature.lists_apart;
        Ok(StagedMap {
            name,
            tangents,
            types,
            tangent,
            linear: Rc::new(linear),
            residuals,
            result,
            lists_apart,
        })
    }
}

/// The derivative at a point in code that is being staged, by `linearize`: its graph, and what that needs of the function.
#[derive(Clone)]
pub struct StagedMap {
    name: Rc<str>,
    tangents: Vec<Param>,
    types: &'static [Ty],
    tangent: Ty,
    linear: Rc<Graph>,
    residuals: Vec<ValueId>,
    result: Value,
    lists_apart: bool,
}

impl StagedMap {
    /// The result of the function.
    pub fn __result(&self) -> Value {
        self.result.clone()
    }

    /// A call of the map.
    pub fn __stage(&self, cx: &Cx, args: &mut [Value], at: At) -> Out<Value> {
        let name = format!("the map of `{}`", self.name);
        let signature = Signature {
            name: &name,
            params: &self.tangents,
            types: self.types,
            result: self.tangent,
            lists_apart: self.lists_apart,
        };
        let (arguments, tangents) = cx.arguments_of(&signature, args, at)?;
        let params = self.linear.body.params.iter().skip(self.residuals.len());
        let mut expected = params.map(|&p| self.linear.ty(p));
        for (param, argument) in self.tangents.iter().zip(&arguments) {
            let found = types(std::slice::from_ref(argument));
            let own: Vec<&Type> = expected.by_ref().take(found.len()).collect();
            if own != found {
                return Err(cx.locate_error(other_tangent(param.name, &found, &own), at));
            }
        }
        let leaves = [&self.residuals[..], &tangents].concat();
        let results = inline(&mut cx.builder.borrow_mut(), &self.linear, &leaves);
        cx.gathered(&tree(self.tangent, &self.linear, &results), at)
    }
}

//! Transforms of annotated functions, `grad(potential)`, as something to call: a recipe with a cache of its own.

use super::args::{ArgValue, Output, Outputs};
use super::cache::{Cache, CacheStats};
use super::call::{self, Callee, Staged};
use super::explain::{Explanation, explain};
use super::function::Function;
use super::linear::{self, LinearMap};
use crate::error::Result;
use crate::graph::Graph;
use crate::stage::{Argument, At, Cx, Mode, Out, Param, Signature, StagedMap, Ty, Value, Within};
use crate::transform::Linearized;
use crate::transform::recipe::{self, Recipe, Transform};

/// A transform of an annotated function; it stays until the program ends.
pub(crate) struct Derived {
    function: &'static Function,
    name: &'static str,
    params: Vec<Param>,
    recipe: Recipe,
    cache: Cache,
}

impl Derived {
    pub(super) fn new(function: &'static Function, recipe: Recipe) -> Derived {
        // The types are those of the graph: nothing is coerced to them once more.
        let param = |p: recipe::Parameter| Param {
            name: p.name.leak(),
            mode: Mode::Value,
            is_static: p.is_static,
            ty: Ty::Unit,
        };
        let params = recipe.params().into_iter().map(param).collect();
        Derived { function, name: recipe.name().leak(), params, recipe, cache: Cache::new() }
    }

    pub(super) fn transforms(&self) -> &[Transform] {
        &self.recipe.transforms
    }

    /// The names of the arguments that the outermost transform linearises by.
    pub(super) fn linearized_by(&self) -> Vec<&'static str> {
        match self.transforms().last() {
            Some(Transform::Linearize { wrt }) => {
                wrt.iter().filter_map(|&k| self.params.get(k)).map(|p| p.name).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Callee for &'static Derived {
    fn name(&self) -> &'static str {
        self.name
    }
    fn params(&self) -> &[Param] {
        &self.params
    }
    fn cache(&self) -> &Cache {
        &self.cache
    }
    fn lists_apart(&self) -> bool {
        self.recipe.lists_apart()
    }
    fn stage(&self, args: &[Argument], tape: usize) -> Result<Staged> {
        let within = Within { lists_apart: self.recipe.lists_apart(), ..Within::tape(tape) };
        if let Some(Transform::Linearize { .. }) = self.transforms().last() {
            let Linearized { primal, linear, .. } = recipe::linearized(&self.recipe, args, &within)?;
            return Ok(Staged { graph: primal, linear: Some(linear) });
        }
        recipe::graph(&self.recipe, args, &within).map(Staged::from)
    }
}

/// What a handle calls.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    Function(&'static Function),
    Derived(&'static Derived),
}

impl Target {
    pub fn name(self) -> &'static str {
        match self {
            Target::Function(f) => f.info().name,
            Target::Derived(d) => d.name,
        }
    }

    /// The name of that argument, if it is static.
    pub fn static_name(self, position: usize) -> Option<&'static str> {
        let params = match self {
            Target::Function(f) => f.info().params,
            Target::Derived(d) => &d.params,
        };
        params.get(position).filter(|param| param.is_static).map(|param| param.name)
    }

    pub fn cache_stats(self) -> CacheStats {
        match self {
            Target::Function(f) => f.cache_stats(),
            Target::Derived(d) => d.cache.stats(),
        }
    }

    pub fn clear_cache(self) {
        match self {
            Target::Function(f) => f.clear_cache(),
            Target::Derived(d) => d.cache.clear(),
        }
    }

    /// The transform of it.
    pub fn derive(self, transform: Transform) -> Target {
        let (function, mut transforms) = match self {
            Target::Function(f) => (f, Vec::new()),
            Target::Derived(d) => (d.function, d.recipe.transforms.clone()),
        };
        transforms.push(transform);
        Target::Derived(function.derived(transforms))
    }

    /// Adds its graph to the one that is being staged; `types` are those of its parameters.
    pub fn stage(self, cx: &Cx, types: &[Ty], result: Ty, args: &mut [Value], at: At) -> Out<Value> {
        match self {
            Target::Function(f) => (f.stage)(cx, args, at),
            Target::Derived(d) => {
                let lists_apart = d.recipe.lists_apart();
                let signature = Signature { name: d.name, params: &d.params, types, result, lists_apart };
                cx.call_graph(&signature, args, |args, within| recipe::graph(&d.recipe, args, within), at)
            }
        }
    }

    /// Adds a linearised function to the graph that is being staged, and what its map takes and gives: of types `tangents`
    /// and `tangent`.
    pub fn stage_linearized(
        self,
        cx: &Cx,
        types: &[Ty],
        result: Ty,
        (tangents, tangent): (&'static [Ty], Ty),
        args: &[Value],
        at: At,
    ) -> Out<StagedMap> {
        let Target::Derived(d) = self else { return Err(linear::no_map()) };
        let Some(Transform::Linearize { wrt }) = d.transforms().last() else { return Err(linear::no_map()) };
        let params =
            wrt.iter().filter_map(|&k| d.params.get(k)).map(|p| Param { is_static: false, ..p.clone() });
        let lists_apart = d.recipe.lists_apart();
        let signature = Signature { name: d.name, params: &d.params, types, result, lists_apart };
        let make = |args: &[_], within: &_| recipe::linearized(&d.recipe, args, within);
        cx.call_linearized(&signature, args, (params.collect(), tangents, tangent), make, at)
    }

    /// Runs its graph for these arguments.
    pub fn call<R: Output>(self, args: &mut [ArgValue<'_>]) -> Result<R> {
        self.call_and(args, R::take)
    }

    /// The same, with the function that takes the result.
    pub fn call_and<R>(
        self,
        args: &mut [ArgValue<'_>],
        take: impl FnOnce(&mut Outputs) -> Result<R>,
    ) -> Result<R> {
        match self {
            Target::Function(f) => call::call(&f, args, take),
            Target::Derived(d) => call::call(&d, args, take),
        }
    }

    /// Runs a linearised function: its result, and the linear map.
    pub fn linearize<R: Output>(self, args: &mut [ArgValue<'_>]) -> Result<(R, LinearMap)> {
        match self {
            Target::Derived(d) => linear::call(d, args),
            Target::Function(_) => Err(linear::no_map()),
        }
    }

    pub fn graph(self, args: &mut [ArgValue<'_>]) -> Result<Graph> {
        match self {
            Target::Function(f) => call::graph(&f, args),
            Target::Derived(d) => call::graph(&d, args),
        }
    }

    pub fn explain(self, args: &mut [ArgValue<'_>]) -> Result<Explanation> {
        match self {
            Target::Function(f) => explain(&f, args),
            Target::Derived(d) => explain(&d, args),
        }
    }
}

//! An annotated function: what the macro knows of it, its cache, and the transforms that were made of it.

use super::cache::{Cache, CacheStats};
use super::call::{Callee, Staged};
use super::derived::Derived;
use super::instances::found_or_made;
use crate::error::Result;
use crate::stage::{Argument, FunctionInfo, Param, Source, StageFn, Ty, Within, stage_root};
use crate::transform::recipe::{Recipe, Transform};
use std::ops::Deref;
use std::sync::RwLock;

/// An annotated function; generated code holds one in a static.
pub struct Function {
    info: FunctionInfo,
    cache: Cache,
    /// Every transform of it that was asked for: equal recipes share one cache, as calls of one function do.
    derived: RwLock<Vec<&'static Derived>>,
}

impl Function {
    /// The function that the macro describes.
    pub const fn new(
        name: &'static str,
        stage: StageFn,
        params: &'static [Param],
        result: Ty,
        source: &'static Source,
    ) -> Function {
        let info = FunctionInfo { name, stage, params, result, fallible: false, source };
        Function { info, cache: Cache::new(), derived: RwLock::new(Vec::new()) }
    }

    /// The same function, which gives a `Result`.
    #[must_use]
    pub const fn fallible(mut self) -> Function {
        self.info.fallible = true;
        self
    }

    /// What staging knows of it.
    pub fn info(&'static self) -> &'static FunctionInfo {
        &self.info
    }

    /// Counters of its cache.
    pub fn cache_stats(&self) -> CacheStats {
        self.cache.stats()
    }

    /// Forgets every compiled graph.
    pub fn clear_cache(&self) {
        self.cache.clear();
    }

    /// The function under these transforms, the innermost first.
    pub(super) fn derived(&'static self, transforms: Vec<Transform>) -> &'static Derived {
        // A program writes down its recipes: there are few of them, and like functions they stay until it ends.
        let make = || {
            let recipe = Recipe { base: &self.info, transforms: transforms.clone() };
            &*Box::leak(Box::new(Derived::new(self, recipe)))
        };
        found_or_made(&self.derived, |known| known.transforms() == transforms, make)
    }
}

impl Deref for Function {
    type Target = FunctionInfo;
    fn deref(&self) -> &FunctionInfo {
        &self.info
    }
}

impl Callee for &'static Function {
    fn name(&self) -> &'static str {
        self.info.name
    }
    fn params(&self) -> &[Param] {
        self.info.params
    }
    fn cache(&self) -> &Cache {
        &self.cache
    }
    fn stage(&self, args: &[Argument], tape: usize) -> Result<Staged> {
        stage_root(self.info(), args, Within::tape(tape)).map(Staged::from)
    }
}

//! The functions that a generic one stands for.

use super::cache::CacheStats;
use super::function::Function;
use std::any::TypeId;
use std::sync::{PoisonError, RwLock};

/// One [`Function`] for each choice of type and const arguments that was called. Generated code holds one in a static,
/// as a static can't be generic itself.
pub struct Instances {
    /// By a type that names the choice.
    known: RwLock<Vec<(TypeId, &'static Function)>>,
}

impl Instances {
    /// None yet.
    #[allow(clippy::new_without_default)] // only statics hold one
    pub const fn new() -> Instances {
        Instances { known: RwLock::new(Vec::new()) }
    }

    /// The function for this choice, made by the first call that asks for it.
    pub fn get(&'static self, choice: TypeId, make: impl FnOnce() -> Function) -> &'static Function {
        let find = |known: &[(TypeId, &'static Function)]| {
            known.iter().find(|(other, _)| *other == choice).map(|(_, function)| *function)
        };
        let known = find(&self.known.read().unwrap_or_else(PoisonError::into_inner));
        if let Some(function) = known {
            return function;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been first.
        if let Some(function) = find(&known) {
            return function;
        }
        // A program has few choices, and like other functions they stay until it ends.
        let function: &'static Function = Box::leak(Box::new(make()));
        known.push((choice, function));
        function
    }

    /// Counters of all caches together.
    pub fn cache_stats(&self) -> CacheStats {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().map(|(_, function)| function.cache_stats()).fold(CacheStats::default(), CacheStats::plus)
    }

    /// Forgets every compiled graph.
    pub fn clear_cache(&self) {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().for_each(|(_, function)| function.clear_cache());
    }
}

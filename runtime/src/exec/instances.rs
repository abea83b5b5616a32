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
        // A program has few choices, and like other functions they stay until it ends.
        let make = || (choice, &*Box::leak(Box::new(make())));
        found_or_made(&self.known, |(other, _)| *other == choice, make).1
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

/// The entry of a list that only grows; the first that asks for one makes it.
pub(super) fn found_or_made<T: Copy>(
    list: &RwLock<Vec<T>>,
    is_it: impl Fn(&T) -> bool,
    make: impl FnOnce() -> T,
) -> T {
    let find = |known: &[T]| known.iter().copied().find(|entry| is_it(entry));
    let known = find(&list.read().unwrap_or_else(PoisonError::into_inner));
    if let Some(entry) = known {
        return entry;
    }
    let mut known = list.write().unwrap_or_else(PoisonError::into_inner);
    // Another thread may have been first.
    find(&known).unwrap_or_else(|| {
        let entry = make();
        known.push(entry);
        entry
    })
}

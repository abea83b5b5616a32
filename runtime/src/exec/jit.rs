//! Handles of annotated functions.

use super::cache::CacheStats;
use super::function::Function;
use std::fmt;
use std::ops::Deref;

/// A handle of an annotated function, `f::jit()`: it is called like the function, and it is what
/// transforms take.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn square(x: f64) -> f64 {
///     x * x
/// }
///
/// let handle = square::jit();
/// assert_eq!(handle(3.0), 9.0);
/// assert_eq!(handle.name(), "square");
/// ```
pub struct Jit<F> {
    call: F,
    function: &'static Function,
}

impl<F> Jit<F> {
    #[doc(hidden)]
    pub const fn __new(call: F, function: &'static Function) -> Jit<F> {
        Jit { call, function }
    }

    /// The function's name.
    pub fn name(&self) -> &'static str {
        self.function.info().name
    }

    /// Counters of its cache of compiled graphs.
    pub fn cache_stats(&self) -> CacheStats {
        self.function.cache_stats()
    }
}

impl<F> Deref for Jit<F> {
    type Target = F;
    fn deref(&self) -> &F {
        &self.call
    }
}

impl<F: Clone> Clone for Jit<F> {
    fn clone(&self) -> Jit<F> {
        Jit { call: self.call.clone(), function: self.function }
    }
}

impl<F> fmt::Debug for Jit<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Jit({})", self.name())
    }
}

//! From a call to its result: cache lookup, staging on a miss, running.

mod args;
mod cache;
mod explain;
mod function;
mod jit;
mod key;
mod plan;
mod run_graph;
mod walk;

pub use args::{ArgValue, IntoArg, Output};
pub use cache::CacheStats;
pub(crate) use explain::explain;
pub use explain::{Explanation, LoopExplanation};
pub use function::Function;
pub(crate) use function::{call, graph};
pub use jit::Jit;

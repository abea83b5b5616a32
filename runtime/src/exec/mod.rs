//! From a call to its result: cache lookup, staging on a miss, running.

mod args;
mod cache;
mod function;
mod jit;
mod plan;
mod run_graph;
mod walk;

pub use args::{ArgValue, IntoArg, Output};
pub use cache::CacheStats;
pub use function::Function;
pub(crate) use function::{call, graph};
pub use jit::Jit;

//! From a call to its result: cache lookup, staging on a miss, running.

mod args;
mod cache;
mod call;
mod derived;
mod explain;
mod floats;
mod function;
mod gather;
mod instances;
mod key;
mod leaf;
mod linear;
mod lists;
mod nans;
mod plan;
mod run_graph;
mod tape;
mod walk;

pub(crate) use args::buffer_of;
pub use args::{ArgValue, IntoArg, Output, Outputs};
pub use cache::CacheStats;
pub(crate) use derived::Target;
pub use explain::{Explanation, LoopExplanation};
pub(crate) use floats::Floats;
pub use function::Function;
pub use instances::Instances;
pub(crate) use leaf::Leaf;
pub(crate) use linear::LinearMap;
pub(crate) use lists::{array, elements, updated};

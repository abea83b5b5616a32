//! Write ordinary Rust loops over arrays; `#[desc_jit]` turns them into a tensor graph that runs on CPU or
//! GPU.
//!
//! ```
//! use desc_jit::prelude::*;
//!
//! #[desc_jit]
//! fn smooth(u: &Array1<f64>, steps: usize) -> Array1<f64> {
//!     let mut u = u.clone();
//!     let mut next = u.clone();
//!     for _ in 0..steps {
//!         for i in 1..u.len() - 1 {
//!             next[i] = 0.25 * u[i - 1] + 0.5 * u[i] + 0.25 * u[i + 1];
//!         }
//!         std::mem::swap(&mut u, &mut next);
//!     }
//!     u
//! }
//!
//! let u = Array1::from_vec(vec![0.0, 0.0, 1.0, 0.0, 0.0]);
//! assert_eq!(smooth(&u, 1).to_vec(), [0.0, 0.25, 0.5, 0.25, 0.0]);
//! assert_eq!(smooth::native(&u, 1), smooth(&u, 1));
//! ```
//!
//! | written | means |
//! | --- | --- |
//! | `f(..)` | staged on the first call per shapes, dtypes, device and static arguments; compiled, cached, run |
//! | `f::native(..)` | the function exactly as written |
//! | `f::try_call(..)` | the same as the call, with errors as `Result` |
//! | `f::graph(..)` | the staged [`Graph`] |
//! | `f::jit()` | a handle, [`Jit`] |
//! | `f::cache_stats()` | [`CacheStats`] |
//! | `f::explain(..)` | what each loop became, [`Explanation`]; [`observe`] tells of every call |

// Generated code names this crate by its own name, here too.
extern crate self as desc_jit;

pub mod array;
pub mod backend;
pub mod differences;
pub mod dtype;
pub mod error;
mod exec;
pub mod functional;
pub mod graph;
pub mod handle;
mod hash;
pub mod implicit;
pub mod jnp;
mod kernel;
pub mod observe;
pub mod op;
mod optimize;
pub mod prelude;
mod progress;
pub mod safe;
mod stage;
mod staged;
mod transform;
pub mod tree;

#[doc(hidden)]
pub mod __private;

pub use array::Float;
pub use backend::{Engine, engine, with_engine, with_threads};
pub use desc_jit_macros::desc_jit;
pub use error::{Error, ErrorKind, Location, Result};
pub use exec::{CacheStats, Explanation, LoopExplanation};
pub use graph::Graph;
pub use handle::{
    Derivative, Jit, checkpoint, grad, grad_with_aux, hessian, hvp, jacfwd, jacrev, jvp, linearize,
    value_and_grad, value_and_grad_with_aux, vjp, vmap,
};
pub use progress::{Progress, progress};
pub use tree::Tree;

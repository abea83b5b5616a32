//! Functions that an equation defines: roots and fixed points, as in DESC's `backend.py`. Inside annotated functions
//! they are part of the graph, and what the closure captures is what their solution is differentiated with respect to.
//! All of them solve for f64.
//!
//! The derivative is that of the implicit function theorem: where `f(x, b) = 0`, `dx = -(df/dx)^-1 (df/db) db` at the
//! solution. The iterations are not differentiated; the starting point, the residual and the number of iterations have
//! no derivative. Rules nest four deep: a fifth derivative is an error.
//!
//! ```
//! use desc_jit::prelude::*;
//!
//! /// Kepler's equation: the eccentric anomaly of a mean anomaly.
//! #[desc_jit]
//! fn anomaly(mean: f64, eccentricity: f64) -> f64 {
//!     root_scalar(|e| e - eccentricity * e.sin() - mean, mean)
//! }
//! let e = anomaly(1.0, 0.3);
//! assert!((e - 0.3 * e.sin() - 1.0).abs() < 1e-6);
//! ```
//!
//! Outside annotated functions, and in their native reading, the same iterations run on plain Rust closures, with
//! Jacobians by [differences](crate::differences) where none is given: solutions of both readings agree to the
//! tolerance, not to the bit.
//!
//! Iterations that do not converge end after `maxiter`, and what they give is the last iterate, as in DESC. Where the
//! Jacobian is zero the step is infinite or NaN, which ends them too: `(x, (residual, niter))` tells.

mod array;
mod fixed;
pub(crate) mod linear;
mod scalar;

pub use array::{root, root_with};
pub use fixed::{Iteration, Unknown, fixed_point, fixed_point_with};
pub use scalar::{root_scalar, root_scalar_with};

/// What DESC takes where nothing is said.
pub(crate) mod defaults {
    /// The residual (or the relative change of fixed points) that is small enough.
    pub const TOL: f64 = 1e-6;
    /// Iterations at most.
    pub const MAXITER: usize = 20;
    /// Shorter steps that the line search of `root_scalar` tries at most.
    pub const MAXITER_LS: usize = 5;
    /// The same of `root`, which takes full steps.
    pub const MAXITER_LS_OF_SYSTEMS: usize = 0;
    /// What each of them is shorter by.
    pub const ALPHA: f64 = 0.1;
}

//! NumPy's functions under NumPy's names, for code that comes from `numpy` or `jax.numpy`. They work outside
//! annotated functions on arrays, and inside as part of the graph. The default float is f64.
//!
//! ```
//! use desc_jit::prelude::*;
//!
//! #[desc_jit]
//! fn gauss(x: &Array1<f64>) -> f64 {
//!     jnp::sum(&jnp::exp(&(-1.0 * &jnp::square(x))))
//! }
//! let x = jnp::linspace(-1.0, 1.0, 5);
//! assert!((gauss(&x) - gauss::native(&x)).abs() < 1e-15);
//! ```

mod create;
mod math;
mod reduce;

pub use create::{arange, eye, full, full_like, linspace, ones, ones_like, zeros, zeros_like};
pub use math::{
    Elementwise, abs, arccos, arcsin, arctan, arctan2, cbrt, ceil, clip, cos, cosh, exp, expm1, floor, hypot,
    log, log1p, log2, log10, maximum, minimum, power, round, sign, sin, sinh, sqrt, square, tan, tanh,
    where_,
};
pub use reduce::{
    all, any, argmax, argmin, concatenate, cumsum, dot, matmul, max, mean, min, prod, reshape, stack, sum,
    transpose,
};

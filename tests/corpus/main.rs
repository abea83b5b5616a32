//! The canon of numerical methods as a textbook would write it in Rust: every program in every reading and on every
//! engine, differentiated and batched where that has a meaning. One file per field.

pub mod adaptive;
pub mod argon;
pub mod automata;
pub mod chance;
pub mod clusters;
pub mod dynamic;
pub mod eigen;
pub mod events;
pub mod integers;
pub mod iterations;
pub mod lattice;
pub mod linear;
pub mod magnets;
pub mod molecules;
pub mod multigrid;
pub mod numbers;
pub mod orbits;
pub mod quadrature;
pub mod roots;
pub mod simplex;
pub mod spectrum;
pub mod splines;
pub mod stepping;
pub mod waves;

use desc_jit::prelude::Array2;
use desc_jit_tests::consistency;

/// Numbers between -1 and 1 that are independent in rows and columns, which waves are not.
pub fn matrix(seed: usize, m: usize, n: usize) -> Array2<f64> {
    let waves = consistency::scattered(seed, m * n);
    Array2::from_shape_vec((m, n), waves.iter().map(|v| (997.0 * v).fract()).collect()).unwrap()
}

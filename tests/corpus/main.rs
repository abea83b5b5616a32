//! The canon of numerical methods as a textbook would write it in Rust: every program in every reading and on every
//! engine, differentiated and batched where that has a meaning. One file per field.

mod adaptive;
mod argon;
mod automata;
mod chance;
mod clusters;
mod dynamic;
mod eigen;
mod events;
mod integers;
mod iterations;
mod lattice;
mod linear;
mod magnets;
mod molecules;
mod multigrid;
mod numbers;
mod orbits;
mod quadrature;
mod roots;
mod simplex;
mod spectrum;
mod splines;
mod stepping;
mod waves;

use desc_jit::prelude::Array2;
use desc_jit_tests::consistency;

/// Numbers between -1 and 1 that are independent in rows and columns, which waves are not.
fn matrix(seed: usize, m: usize, n: usize) -> Array2<f64> {
    let waves = consistency::scattered(seed, m * n);
    Array2::from_shape_vec((m, n), waves.iter().map(|v| (997.0 * v).fract()).collect()).unwrap()
}

//! The graph by itself: textual form, verifier, passes on text files, and the engines against each other on
//! graphs.

mod chains;
mod dot;
mod edges;
mod long_loops;
mod nests;
mod passes;
mod points;
mod random;
mod scatters;
mod sweeps;
mod text;
mod vectors;
mod verifier;

use proptest::test_runner::{Config as ProptestConfig, RngSeed};

/// Reproducible by default; `DESC_JIT_SEED=7` tries other cases.
fn config(cases: u32) -> ProptestConfig {
    let seed = std::env::var("DESC_JIT_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(0);
    ProptestConfig { cases, rng_seed: RngSeed::Fixed(seed), ..ProptestConfig::default() }
}

//! Transforms of handles: derivatives against what analysis says, batches against loops, and how handles compose.

mod batches;
mod by_backend;
mod checkpoints;
mod constructs;
mod directions;
mod gradients;
mod handles;
mod inside;
mod jacobians;
mod jumps;
mod kernels;
mod linear;
mod list_handles;
mod long_lists;
mod overwritten;
mod rules;
mod runs;
mod states;
mod structs;
mod surfaces;
mod tapes;
mod trees;
mod zernike;

use desc_jit_tests::consistency;

/// `found` is `expected` up to rounding.
#[track_caller]
fn close(found: f64, expected: f64) {
    let error = (found - expected).abs() / expected.abs().max(1.0);
    assert!(error <= 1e-12, "{found} is not {expected}");
}

/// Runs a test on each engine.
fn on_every_engine(test: impl Fn()) {
    for engine in desc_jit::Engine::ALL {
        desc_jit::with_engine(engine, &test);
    }
}

/// The same for every element.
#[track_caller]
fn all_close<'a>(found: impl IntoIterator<Item = &'a f64>, expected: &[f64]) {
    let found: Vec<f64> = found.into_iter().copied().collect();
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).for_each(|(&f, &e)| close(f, e));
}

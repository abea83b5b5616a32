//! Random functions of the language, which `generate/programs.rs` writes while the tests are built: every one is accepted
//! and computes the same in every reading and on every engine. `DESC_PROGRAMS=400 DESC_PROGRAMS_SEED=7 cargo test
//! --workspace --test programs` tries others.

#![allow(unused, unreachable_code, clippy::all)]

use desc_jit::prelude::*;
use desc_jit_tests::agree;

/// With arrays of several lengths, numbers and counts.
macro_rules! all_readings_agree {
    ($f:ident) => {
        for (len, n, a) in [(1, 0, 0.5), (3, 2, -1.75), (6, 7, 3.0)] {
            let x = Array1::from_shape_fn(len, |k| ((k * 7 + 3) % 5) as f64 - 1.5);
            agree!($f(&x, n, a));
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/random_programs.rs"));

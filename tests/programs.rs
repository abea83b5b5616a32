//! Random functions of the language, which `generate/programs.rs` writes while the tests are built: every one is accepted
//! and computes the same in every reading and on every engine, its batches what it does alone, and its derivatives by both
//! modes agree. `DESC_PROGRAMS=400 DESC_PROGRAMS_SEED=7 cargo test --workspace --test programs` tries others.

#![allow(unused, unreachable_code, clippy::all)]

use desc_jit::handle::Ref;
use desc_jit::prelude::*;
use desc_jit::{Engine, Jit, with_engine};
use desc_jit_tests::consistency::scattered;
use desc_jit_tests::{Reading, agree};

/// What the programs keep some of their numbers in.
#[derive(Tree, Clone)]
struct Kept {
    number: f64,
    list: Array1<f64>,
    bits: u32,
}

type Result = (f64, i64, Array1<f64>);
type Native = fn(&Array1<f64>, usize, f64) -> Result;
type Program = Jit<(Ref<Array1<f64>>, usize, f64), Result>;

/// With arrays of several lengths, numbers and counts.
macro_rules! all_readings_agree {
    ($f:ident) => {
        for (len, n, a) in [(1, 0, 0.5), (3, 2, -1.75), (6, 7, 3.0)] {
            let x = Array1::from_shape_fn(len, |k| ((k * 7 + 3) % 5) as f64 - 1.5);
            agree!($f(&x, n, a));
        }
    };
}

/// Elements of a batch go ways of their own, and come to the same bits as alone.
fn batches_agree(native: Native, program: Program) {
    let x = Array2::from_shape_fn((4, 5), |(b, k)| ((k * 7 + 3 + 2 * b) % 5) as f64 - 1.5);
    let (n, a) = (Array1::from_vec(vec![0, 2, 7, 3]), Array1::from_vec(vec![0.5, -1.75, 3.0, 0.0]));
    let all = vmap(&program);
    for engine in Engine::ALL {
        let (f, i, u) = with_engine(engine, || all(&x, &n, &a));
        for b in 0..4 {
            let alone = native(&x.row(b).to_owned(), n[b], a[b]);
            let found = (f[b], i[b], u.row(b).to_owned());
            let difference = alone.difference(&found, 0);
            assert!(difference.is_none(), "element {b} on {engine}: {}", difference.unwrap());
        }
    }
}

/// Forward and reverse mode do the same multiplications in another order: `rounding` is what that leaves.
fn derivatives_agree(program: Program, rounding: f64) {
    let f = program.wrt(argnums![0, 2]);
    for (seed, n, a) in [(1, 0, 0.55), (2, 2, -1.77), (3, 7, 0.93)] {
        let list = |seed| Array1::from_vec(scattered(seed, 5));
        let (x, dx, da, weights) = (list(seed) * 1.7, list(seed + 10), 0.7, list(seed + 20));
        for engine in Engine::ALL {
            let (value, (df, (), du)) = with_engine(engine, || jvp(&f)(&x, n, a, &dx, da));
            let (again, (by_x, by_a)) = with_engine(engine, || vjp(&f)(&x, n, a, (0.8, (), &weights)));
            assert_eq!(value.difference(&again, 0), None, "{engine}, {seed}");
            let forward = [vec![0.8 * df], (&du * &weights).to_vec()].concat();
            let reverse = [vec![by_a * da], (&by_x * &dx).to_vec()].concat();
            let size: f64 = forward.iter().chain(&reverse).map(|v| v.abs()).sum();
            let off = (forward.iter().sum::<f64>() - reverse.iter().sum::<f64>()).abs();
            assert!(off <= rounding * size, "{engine}, {seed}: {forward:?} forwards, {reverse:?} backwards");
        }
    }
}

include!(concat!(env!("OUT_DIR"), "/random_programs.rs"));

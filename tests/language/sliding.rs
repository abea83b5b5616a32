//! Chains of stencils run plane by plane.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine, with_threads};

/// Slopes, limited, and what flows in and out of each cell; the second sweep leaves the edges of `limited` alone.
#[desc_jit]
fn flow(u: &Array2<f64>) -> (Array2<f64>, Array2<f64>) {
    let (nx, ny) = u.dim();
    let mut slope = Array2::<f64>::zeros((nx - 1, ny));
    for i in 0..nx - 1 {
        for j in 0..ny {
            slope[[i, j]] = u[[i + 1, j]] - u[[i, j]];
        }
    }
    let mut limited = Array2::<f64>::zeros((nx, ny));
    for i in 1..nx - 1 {
        for j in 1..ny - 1 {
            let (before, after) = (slope[[i - 1, j]], slope[[i, j]]);
            limited[[i, j]] = if before * after > 0.0 { 0.5 * (before + after) } else { 0.0 };
        }
    }
    let mut out = Array2::<f64>::zeros((nx, ny));
    let mut steep = Array2::<f64>::zeros((nx, ny));
    for i in 2..nx - 2 {
        for j in 1..ny - 1 {
            out[[i, j]] = u[[i, j]] - 0.3 * (limited[[i + 1, j]] - limited[[i - 2, j]]) + limited[[i, j - 1]];
            steep[[i, j]] = slope[[i, j]].abs();
        }
    }
    (out, steep)
}

/// The same without a temporary that is gone afterwards.
#[desc_jit]
fn kept(u: &Array2<f64>) -> (Array2<f64>, Array2<f64>) {
    let (nx, ny) = u.dim();
    let mut slope = Array2::<f64>::zeros((nx - 1, ny));
    for i in 0..nx - 1 {
        for j in 0..ny {
            slope[[i, j]] = u[[i + 1, j]] - u[[i, j]];
        }
    }
    let mut out = Array2::<f64>::zeros((nx - 2, ny));
    for i in 0..nx - 2 {
        for j in 0..ny {
            out[[i, j]] = slope[[i + 1, j]] - slope[[i, j]];
        }
    }
    (slope, out)
}

fn field(nx: usize, ny: usize) -> Array2<f64> {
    Array2::from_shape_fn((nx, ny), |(i, j)| ((i * i + 7 * j + i * j) % 101) as f64 * 0.013 - 0.6)
}

#[test]
fn the_bits_are_those_of_whole_sweeps() {
    for (nx, ny) in [(467, 331), (1201, 257)] {
        let u = field(nx, ny);
        let (out, steep) = flow::native(&u);
        for engine in [Engine::Machine, Engine::Cranelift, Engine::C] {
            for threads in [1, 2, 3] {
                let got = with_threads(threads, || with_engine(engine, || flow(&u)));
                let same = |a: &Array2<f64>, b: &Array2<f64>| {
                    a.iter().zip(b.iter()).all(|(a, b)| a.to_bits() == b.to_bits())
                };
                assert!(
                    same(&out, &got.0) && same(&steep, &got.1),
                    "{engine}, {threads} threads, {nx} x {ny}"
                );
            }
        }
    }
}

#[test]
fn explanations_say_so() {
    let u = field(700, 300);
    let text = |explanation: desc_jit::Explanation| explanation.to_string();
    let slid = with_threads(2, || text(flow::explain(&u).unwrap()));
    assert!(slid.contains("runs plane by plane with"), "{slid}");
    // A result is made once, and small temporaries are in a cache anyhow.
    let results = text(kept::explain(&u).unwrap());
    assert!(!results.contains("plane by plane"), "{results}");
    let small = text(flow::explain(&field(70, 30)).unwrap());
    assert!(!small.contains("plane by plane"), "{small}");
}

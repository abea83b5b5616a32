//! The canon of numerical methods of `tests/corpus/`, at sizes that take about a millisecond or more as plain Rust. The
//! functions are those of the tests: there is one definition of each.

use desc_jit::prelude::*;
use desc_jit_tests::consistency::scattered;

use crate::bench::Bench;
use crate::parameters::InOut;

// Checked by the tests, which call every function; here a few are called.
#[allow(dead_code, unused_imports, reason = "what only the tests use")]
#[path = "../../tests/corpus/main.rs"]
mod corpus;

use corpus::adaptive::integrate;
use corpus::argon::verlet;
use corpus::automata::{elementary, life};
use corpus::chance::{metropolis, pi};
use corpus::clusters::k_means;
use corpus::dynamic::{edit_distance, knapsack, longest_common, shortest_paths};
use corpus::eigen::{householder, jacobi};
use corpus::events::bouncing;
use corpus::integers::{crc32, sieve};
use corpus::iterations::gauss_seidel;
use corpus::lattice::periodic;
use corpus::linear::{factors, thomas};
use corpus::magnets::ising;
use corpus::molecules::forces;
use corpus::multigrid::{solved, v_cycles};
use corpus::numbers::{longest_chain, longest_chain_with_memory};
use corpus::orbits::leapfrog;
use corpus::quadrature::{adaptive, simpson};
use corpus::simplex::amoeba;
use corpus::spectrum::fft;
use corpus::splines::interpolated;
use corpus::stepping::{crank_nicolson, gray_scott, pendulum};
use corpus::waves::transformed;

/// `n` numbers between -1 and 1.
fn vector(seed: usize, n: usize) -> Array1<f64> {
    Array1::from_vec(scattered(seed, n))
}

/// A matrix of numbers between -1 and 1.
fn matrix(seed: usize, m: usize, n: usize) -> Array2<f64> {
    corpus::matrix(seed, m, n)
}

/// A matrix whose diagonal outweighs the rest of each row.
fn dominated(n: usize) -> Array2<f64> {
    let m = matrix(2, n, n);
    Array2::from_shape_fn((n, n), |(i, j)| m[[i, j]] + if i == j { 2.0 * n as f64 } else { 0.0 })
}

/// A text of `n` letters of an alphabet of four.
fn text(seed: usize, n: usize) -> Array1<u32> {
    scattered(seed, n).iter().map(|v| (997.0 * v).rem_euclid(4.0) as u32).collect()
}

/// Disturbed places of `n * n` particles, `spacing` apart, with the side of their box.
fn particles(n: usize, spacing: f64) -> (Array2<f64>, f64) {
    let noise = scattered(1, 2 * n * n);
    let places = Array2::from_shape_fn((n * n, 2), |(k, axis)| {
        let place = if axis == 0 { k / n } else { k % n };
        spacing * (place as f64 + 0.3 + 0.1 * noise[2 * k + axis])
    });
    (places, spacing * n as f64)
}

/// Points of increasing coordinates.
fn increasing(n: usize) -> Array1<f64> {
    let gaps = scattered(3, n);
    Array1::from_shape_fn(n, |k| k as f64 + 0.3 * gaps[k])
}

/// Shortest paths: every vertex reaches a few others.
fn roads(n: usize) -> Array2<f64> {
    let lengths = matrix(4, n, n);
    Array2::from_shape_fn((n, n), |(i, j)| match (i == j, lengths[[i, j]]) {
        (true, _) => 0.0,
        (false, v) if v > 0.6 => v,
        _ => f64::INFINITY,
    })
}

/// The rows, in the order of the files.
pub fn all() -> Vec<Bench> {
    [integrals_and_equations(), particles_and_fields(), matrices(), tables_and_integers()].concat()
}

fn integrals_and_equations() -> Vec<Bench> {
    vec![
        bench! {
            integrate(start, rates, end, tolerance),
            |[end]| {
                let rates = Array1::from_vec(vec![1.1, 0.6, 0.5, 0.9]);
                (Array1::from_vec(vec![1.5, 0.8]), rates, end as f64, 1e-8)
            },
            sizes: [("S", [100])],
            tolerance: Relative(1e-6),
        },
        bench! {
            pendulum(angle, end, tolerance),
            |[end]| (1.0, end as f64, 1e-9),
            sizes: [("S", [500])],
            tolerance: Relative(1e-9),
        },
        bench! {
            bouncing(height, restitution, h, steps),
            |[steps]| (10.0, 0.999, 1e-3, steps),
            sizes: [("S", [1_000_000])],
            tolerance: Relative(1e-9),
        },
        bench! {
            simpson(a, b, n, s),
            |[n]| (0.0, 3.0, n, 0.8),
            sizes: [("S", [200_000])],
            tolerance: Relative(1e-12),
        },
        bench! {
            adaptive(a, b, c, tolerance),
            |[digits]| (0.0, 1.0, 0.3, 10.0_f64.powi(-(digits as i32))),
            sizes: [("S", [15])],
            tolerance: Relative(1e-12),
        },
        bench! {
            pi(seed, samples),
            |[samples]| (1_u64, samples),
            sizes: [("S", [300_000])],
            tolerance: Bits,
        },
        bench! {
            metropolis(seed, steps, k),
            |[steps]| (5_u64, steps, 2.0),
            sizes: [("S", [100_000])],
            tolerance: Relative(1e-9),
        },
        bench! {
            amoeba(start, size, tolerance, most),
            |[n, most]| (Array1::from_elem(n, -1.2), 0.5, 0.0, most),
            sizes: [("S", [4, 10_000])],
            tolerance: Bits,
        },
        bench! {
            interpolated(x, y, at),
            |[n, places]| {
                let x = increasing(n);
                let at = vector(5, places).mapv(|v| (0.5 + 0.49 * v) * n as f64);
                (x.clone(), x.mapv(f64::sin), at)
            },
            sizes: [("S", [1000, 20_000])],
            tolerance: Relative(1e-12),
        },
    ]
}

fn particles_and_fields() -> Vec<Bench> {
    vec![
        bench! {
            verlet(position, velocity, side, cells, dt, steps),
            |[n, steps]| {
                let (position, side) = particles(n, 4.0 / 3.0);
                let velocity = matrix(7, n * n, 2);
                (position, velocity, side, (side / 2.5) as usize, 1e-3, steps)
            },
            sizes: [("S", [20, 20])],
            tolerance: Relative(1e-9),
        },
        bench! {
            forces(x, k, side),
            |[n]| {
                let (x, side) = particles(n, 0.9);
                (x, 10.0, side)
            },
            sizes: [("S", [32])],
            tolerance: Relative(1e-11),
        },
        bench! {
            leapfrog(position, velocity, mass, dt, steps),
            |[n, steps]| {
                let radius = |k: usize| 1.0 + 0.3 * k as f64;
                let place = |k: usize, axis: usize| radius(k) * [(k as f64).cos(), (k as f64).sin()][axis];
                let position = Array2::from_shape_fn((n, 2), |(k, axis)| place(k, axis));
                let velocity = Array2::from_shape_fn((n, 2), |(k, axis)| {
                    [-place(k, 1), place(k, 0)][axis] * radius(k).powf(-1.5)
                });
                (InOut(position), InOut(velocity), Array1::from_elem(n, 1e-4), 0.01, steps)
            },
            sizes: [("S", [20, 200])],
            tolerance: Relative(1e-9),
        },
        bench! {
            ising(n, temperature, warm, sweeps, seed),
            |[n, sweeps]| (n, 2.5, 10_usize, sweeps, 12_345_i64),
            sizes: [("S", [32, 100])],
            tolerance: Relative(1e-12),
        },
        bench! {
            life(start, generations),
            |[n, generations]| (matrix(1, n, n).mapv(|v| v > 0.2), generations),
            sizes: [("S", [128, 20])],
            tolerance: Bits,
        },
        bench! {
            periodic(f, tau, steps),
            |[n, steps]| {
                let noise = matrix(1, 9, n * n);
                let f = Array3::from_shape_fn((9, n, n), |(k, x, y)| 0.1 + 0.01 * noise[[k, n * x + y]]);
                (f, 0.8, steps)
            },
            sizes: [("S", [64, 20])],
            tolerance: Relative(1e-12),
        },
        bench! {
            gray_scott(u0, v0, feed, kill, steps),
            |[n, steps]| {
                let u = matrix(1, n, n).mapv(|v| 0.8 + 0.2 * v);
                (u, matrix(2, n, n).mapv(|v| 0.2 + 0.2 * v), 0.035, 0.065, steps)
            },
            sizes: [("S", [128, 50])],
            tolerance: Relative(1e-12),
        },
        bench! {
            crank_nicolson(u0, r, steps),
            |[n, steps]| (vector(1, n), 2.5, steps),
            sizes: [("S", [1000, 100])],
            tolerance: Relative(1e-12),
        },
        bench! {
            v_cycles(f, levels, cycles),
            |[levels, cycles]| (vector(1, (1 << levels) + 1), levels, cycles),
            sizes: [("S", [12, 10])],
            tolerance: Relative(1e-11),
        },
        bench! {
            solved(f, tolerance),
            |[n]| (matrix(3, n + 1, n + 1), 0.0),
            sizes: [("S", [64])],
            tolerance: Relative(1e-11),
        },
    ]
}

fn matrices() -> Vec<Bench> {
    vec![
        bench! {
            householder(a),
            |[m, n]| (matrix(1, m, n),),
            sizes: [("S", [120, 60])],
            tolerance: Relative(1e-10),
        },
        bench! {
            jacobi(a),
            |[n]| {
                let a = matrix(2, n, n);
                (&a + &a.t(),)
            },
            sizes: [("S", [40])],
            tolerance: Relative(1e-11),
        },
        bench! {
            gauss_seidel(a, b, tolerance, most),
            |[n, most]| (dominated(n), vector(3, n), 0.0, most),
            sizes: [("S", [300, 30])],
            tolerance: Relative(1e-11),
        },
        bench! {
            thomas(a, b, c, r),
            |[n]| {
                let part = |seed, middle: f64| vector(seed, n).mapv(|v| 0.3 * v + middle);
                (part(1, -1.0), part(2, 3.0), part(3, -1.0), part(4, 0.5))
            },
            sizes: [("S", [100_000])],
            tolerance: Relative(1e-12),
        },
        bench! {
            factors(a),
            |[n]| (matrix(5, n, n),),
            sizes: [("S", [150])],
            tolerance: Relative(1e-10),
        },
        bench! {
            fft(signal, sign),
            |[n]| (matrix(6, n, 2), -1.0),
            // Each element is staged by itself, so the first call grows with the length.
            sizes: [("S", [256])],
            tolerance: Relative(1e-11),
        },
        bench! {
            transformed(re, im),
            |[n]| (vector(6, n), vector(7, n)),
            sizes: [("S", [16_384])],
            tolerance: Relative(1e-11),
        },
        bench! {
            k_means(points, start),
            |[n, k]| (matrix(1, n, 2), matrix(9, k, 2)),
            sizes: [("S", [3000, 8])],
            tolerance: Relative(1e-11),
        },
    ]
}

fn tables_and_integers() -> Vec<Bench> {
    vec![
        bench! {
            longest_common(x, y),
            |[n]| (text(1, n), text(2, n)),
            sizes: [("S", [1000])],
            tolerance: Bits,
        },
        bench! {
            edit_distance(a, b),
            |[n]| (text(1, n), text(2, n)),
            sizes: [("S", [1000])],
            tolerance: Bits,
        },
        bench! {
            knapsack(weights, values, capacity),
            |[n, capacity]| {
                let weights: Array1<usize> = scattered(1, n).iter().map(|v| (20.0 + 15.0 * v) as usize).collect();
                (weights, vector(2, n).mapv(|v| 2.0 + v), capacity)
            },
            sizes: [("S", [200, 10_000])],
            tolerance: Bits,
        },
        bench! {
            shortest_paths(w),
            |[n]| (roads(n),),
            sizes: [("S", [128])],
            tolerance: Bits,
        },
        bench! {
            sieve(n),
            |[n]| (n,),
            sizes: [("S", [1_000_000])],
            tolerance: Bits,
        },
        bench! {
            crc32(message),
            |[n]| (text(1, n),),
            sizes: [("S", [500_000])],
            tolerance: Bits,
        },
        bench! {
            longest_chain(n),
            |[n]| (n as u64,),
            sizes: [("S", [20_000])],
            tolerance: Bits,
        },
        bench! {
            longest_chain_with_memory(n),
            |[n]| (n,),
            sizes: [("S", [200_000])],
            tolerance: Bits,
        },
        bench! {
            elementary(rule, width, steps),
            |[width, steps]| (30_u32, width, steps),
            sizes: [("S", [1000, 1000])],
            tolerance: Bits,
        },
    ]
}

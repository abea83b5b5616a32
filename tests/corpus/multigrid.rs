//! Poisson's equation by multigrid (Briggs, Henson, McCormick, *A Multigrid Tutorial*, chapters 1 to 3).

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;
use desc_jit_tests::consistency::{Along, largest, product, scattered};

/// V-cycles for `-u'' = f` between 0 and 1 with `u = 0` at both ends, on `2^levels` intervals. The grids lie one behind
/// the other in one array, the finest first, each with both of its ends.
#[desc_jit(static(levels))]
pub fn v_cycles(f: &Array1<f64>, levels: usize, cycles: usize) -> Array1<f64> {
    let finest = 1 << levels;
    let mut start = vec![0; levels + 1];
    for l in 0..levels {
        start[l + 1] = start[l] + (finest >> l) + 1;
    }
    let total = 2 * finest + levels;
    let mut u = Array1::<f64>::zeros(total);
    let mut b = Array1::<f64>::zeros(total);
    let mut r = Array1::<f64>::zeros(total);
    for i in 0..=finest {
        b[i] = f[i];
    }
    for _ in 0..cycles {
        // Down: smooth, and let the coarse grid have the residual.
        for l in 0..levels - 1 {
            let (n, at, coarse) = (finest >> l, start[l], start[l + 1]);
            let h2 = 1.0 / (n * n) as f64;
            for _ in 0..2 {
                for i in 1..n {
                    u[at + i] = 0.5 * (u[at + i - 1] + u[at + i + 1] + h2 * b[at + i]);
                }
            }
            for i in 1..n {
                r[at + i] = b[at + i] - (2.0 * u[at + i] - u[at + i - 1] - u[at + i + 1]) / h2;
            }
            for i in 1..n / 2 {
                b[coarse + i] = 0.25 * (r[at + 2 * i - 1] + 2.0 * r[at + 2 * i] + r[at + 2 * i + 1]);
                u[coarse + i] = 0.0;
            }
        }
        // The coarsest grid has one point inside.
        let at = start[levels - 1];
        u[at + 1] = 0.5 * 0.25 * b[at + 1];
        // Up: add what the coarse grid found, and smooth.
        for l in (0..levels - 1).rev() {
            let (n, at, coarse) = (finest >> l, start[l], start[l + 1]);
            let h2 = 1.0 / (n * n) as f64;
            for i in 0..n / 2 {
                u[at + 2 * i] += u[coarse + i];
                u[at + 2 * i + 1] += 0.5 * (u[coarse + i] + u[coarse + i + 1]);
            }
            for _ in 0..2 {
                for i in 1..n {
                    u[at + i] = 0.5 * (u[at + i - 1] + u[at + i + 1] + h2 * b[at + i]);
                }
            }
        }
    }
    u.slice(s![..finest + 1]).to_owned()
}

/// The largest residual of `-u'' = f`.
#[desc_jit]
fn residual(u: &Array1<f64>, f: &Array1<f64>) -> f64 {
    let n = u.len() - 1;
    let h2 = 1.0 / (n * n) as f64;
    u.windows(3)
        .enumerate()
        .map(|(i, w)| (f[i + 1] - (2.0 * w[1] - w[0] - w[2]) / h2).abs())
        .fold(0.0, f64::max)
}

#[test]
fn cycles_converge_on_every_grid() {
    let pi = std::f64::consts::PI;
    for levels in [1, 2, 4, 7] {
        let n = 1 << levels;
        let f = Array1::from_shape_fn(n + 1, |i| pi * pi * (pi * i as f64 / n as f64).sin());
        let u = agree!(v_cycles(&f, levels, 12));
        assert!(agree!(residual(&u, &f)) < 1e-8, "{}", residual(&u, &f));
        // The error of the differences themselves is pi^2 h^2 / 12.
        let bound = 1.3 * pi * pi / (12 * n * n) as f64;
        for i in 0..=n {
            assert!((u[i] - (pi * i as f64 / n as f64).sin()).abs() < bound);
        }
    }
    // Each cycle takes away the same part of the residual, whatever the grid.
    for levels in [4, 8] {
        let f = Array1::from_vec(scattered(1, (1 << levels) + 1));
        let by_cycles = |cycles| residual(&v_cycles(&f, levels, cycles), &f);
        let factor = by_cycles(5) / by_cycles(4);
        assert!(factor < 0.15, "{factor}");
    }
}

/// The solution is linear in the right side, and so its derivative is itself.
#[test]
fn cycles_are_differentiated() {
    let levels = 4;
    let part = |seed| Array1::from_vec(scattered(seed, (1 << levels) + 1));
    let (f, df, weights) = (part(1), part(2), part(3));
    let g = v_cycles::jit();
    Along {
        value: |t: f64| v_cycles::native(&(&f + &df * t), levels, 3).to_vec(),
        forward: || jvp(&g)(&f, levels, 3, &df).1.to_vec(),
        reverse: || product(&vjp(&g)(&f, levels, 3, &weights).1, &df),
        weights: weights.to_vec(),
    }
    .check();
    let sides = Array2::from_shape_fn((3, 17), |(s, i)| scattered(s + 4, 17)[i]);
    let all = vmap(v_cycles::jit()).in_axes(in_axes![0, _, _]);
    for engine in Engine::ALL {
        let solutions = with_engine(engine, || all(&sides, levels, 3));
        for s in 0..3 {
            let alone = v_cycles::native(&sides.row(s).to_owned(), levels, 3);
            assert_eq!(solutions.row(s).to_vec(), alone.to_vec(), "{s} on {engine}");
        }
    }
}

/// Red and black Gauss-Seidel sweeps for `-(u_xx + u_yy) = f` on a square of mesh `h`.
#[desc_jit]
fn smooth(u: &mut Array2<f64>, f: &Array2<f64>, h: f64, sweeps: usize) {
    let n = u.nrows() - 1;
    for _ in 0..sweeps {
        for colour in 0..2 {
            for i in 1..n {
                for j in (1 + (i + colour) % 2..n).step_by(2) {
                    u[[i, j]] = 0.25
                        * (u[[i - 1, j]] + u[[i + 1, j]] + u[[i, j - 1]] + u[[i, j + 1]] + h * h * f[[i, j]]);
                }
            }
        }
    }
}

/// What is missing, on the grid of twice the mesh, by full weighting.
#[desc_jit]
fn restricted(u: &Array2<f64>, f: &Array2<f64>, h: f64) -> Array2<f64> {
    let n = u.nrows() - 1;
    let mut r = Array2::<f64>::zeros((n + 1, n + 1));
    for i in 1..n {
        for j in 1..n {
            let laplacian = u[[i - 1, j]] + u[[i + 1, j]] + u[[i, j - 1]] + u[[i, j + 1]] - 4.0 * u[[i, j]];
            r[[i, j]] = f[[i, j]] + laplacian / (h * h);
        }
    }
    let mut coarse = Array2::<f64>::zeros((n / 2 + 1, n / 2 + 1));
    for i in 1..n / 2 {
        for j in 1..n / 2 {
            let (p, q) = (2 * i, 2 * j);
            let edges = r[[p - 1, q]] + r[[p + 1, q]] + r[[p, q - 1]] + r[[p, q + 1]];
            let corners = r[[p - 1, q - 1]] + r[[p - 1, q + 1]] + r[[p + 1, q - 1]] + r[[p + 1, q + 1]];
            coarse[[i, j]] = 0.25 * r[[p, q]] + 0.125 * edges + 0.0625 * corners;
        }
    }
    coarse
}

/// Adds what the coarse grid found, by bilinear interpolation.
#[desc_jit]
fn corrected(u: &mut Array2<f64>, coarse: &Array2<f64>) {
    let n = u.nrows() - 1;
    for i in 1..n {
        for j in 1..n {
            let (p, q) = (i / 2, j / 2);
            u[[i, j]] += match (i % 2, j % 2) {
                (0, 0) => coarse[[p, q]],
                (1, 0) => 0.5 * (coarse[[p, q]] + coarse[[p + 1, q]]),
                (0, _) => 0.5 * (coarse[[p, q]] + coarse[[p, q + 1]]),
                _ => {
                    0.25 * (coarse[[p, q]] + coarse[[p + 1, q]] + coarse[[p, q + 1]] + coarse[[p + 1, q + 1]])
                }
            };
        }
    }
}

/// One cycle over three grids, each an array of its own.
#[desc_jit]
fn cycle(u: &Array2<f64>, f: &Array2<f64>) -> Array2<f64> {
    let n = u.nrows() - 1;
    let h = 1.0 / n as f64;
    let mut u = u.clone();
    smooth(&mut u, f, h, 2);
    let f2 = restricted(&u, f, h);
    let mut u2 = Array2::<f64>::zeros((n / 2 + 1, n / 2 + 1));
    smooth(&mut u2, &f2, 2.0 * h, 2);
    let f4 = restricted(&u2, &f2, 2.0 * h);
    let mut u4 = Array2::<f64>::zeros((n / 4 + 1, n / 4 + 1));
    smooth(&mut u4, &f4, 4.0 * h, 20);
    corrected(&mut u2, &u4);
    smooth(&mut u2, &f2, 2.0 * h, 2);
    corrected(&mut u, &u2);
    smooth(&mut u, f, h, 2);
    u
}

/// Cycles until the solution moves no more, and how many.
#[desc_jit]
pub fn solved(f: &Array2<f64>, tolerance: f64) -> (Array2<f64>, usize) {
    let mut u = Array2::<f64>::zeros(f.dim());
    for k in 0..30 {
        let next = cycle(&u, f);
        let change = (&next - &u).iter().fold(0.0, |most: f64, v| most.max(v.abs()));
        u = next;
        if change < tolerance {
            return (u, k + 1);
        }
    }
    (u, 30)
}

#[test]
fn a_square_plate() {
    let n = 16;
    let pi = std::f64::consts::PI;
    let mode = Array2::from_shape_fn((n + 1, n + 1), |(i, j)| {
        (pi * i as f64 / n as f64).sin() * (pi * j as f64 / n as f64).sin()
    });
    // The mode is an eigenvector of the differences.
    let eigenvalue = 4.0 * (n * n) as f64 * (1.0 - (pi / n as f64).cos());
    let (u, cycles) = agree!(solved(&(&mode * eigenvalue), 1e-12));
    assert!(cycles < 15, "{cycles}");
    assert!(largest((&u - &mode).to_vec().as_slice()) < 1e-12);
}

#[test]
fn a_plate_is_differentiated() {
    let part = |seed| Array2::from_shape_vec((9, 9), scattered(seed, 81)).unwrap();
    let (u, f, du, df, weights) = (part(1), part(2), part(3), part(4), part(5));
    let g = cycle::jit().wrt(argnums![0, 1]);
    Along {
        value: |t: f64| cycle::native(&(&u + &du * t), &(&f + &df * t)).to_vec(),
        forward: || jvp(&g)(&u, &f, &du, &df).1.to_vec(),
        reverse: || {
            let (_, (by_u, by_f)) = vjp(&g)(&u, &f, &weights);
            product(&by_u, &du) + product(&by_f, &df)
        },
        weights: weights.to_vec(),
    }
    .check();
}

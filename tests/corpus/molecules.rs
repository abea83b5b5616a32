//! Particles that only see their neighbours.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;
use desc_jit_tests::consistency::{Along, product, scattered};

/// Forces and potential of soft discs, `k (1 - r)² / 2` for `r < 1`, in a periodic box by linked cells (Allen and Tildesley,
/// Computer Simulation of Liquids, section 5.3.2): `first[c]` is a particle of cell `c`, `next[i]` the next one in the cell
/// of `i`, `n` stands for none.
#[desc_jit]
pub fn forces(x: &Array2<f64>, k: f64, side: f64) -> (Array2<f64>, f64) {
    const CELLS: usize = 4;
    let n = x.nrows();
    let cell = side / CELLS as f64;
    let mut first = Array2::<usize>::from_elem((CELLS, CELLS), n);
    let mut next = Array1::<usize>::from_elem(n, n);
    let wrapped = |v: f64| v - side * (v / side).floor();
    for i in 0..n {
        let a = ((wrapped(x[[i, 0]]) / cell) as usize).min(CELLS - 1);
        let b = ((wrapped(x[[i, 1]]) / cell) as usize).min(CELLS - 1);
        next[i] = first[[a, b]];
        first[[a, b]] = i;
    }
    let mut f = Array2::<f64>::zeros((n, 2));
    let mut potential = 0.0;
    for a in 0..CELLS {
        for b in 0..CELLS {
            for (da, db) in [(0, 0), (1, 0), (0, 1), (1, 1), (1, CELLS - 1)] {
                let mut i = first[[a, b]];
                while i != n {
                    let same = da == 0 && db == 0;
                    let mut j = if same { next[i] } else { first[[(a + da) % CELLS, (b + db) % CELLS]] };
                    while j != n {
                        let mut dx = x[[i, 0]] - x[[j, 0]];
                        let mut dy = x[[i, 1]] - x[[j, 1]];
                        dx -= side * (dx / side).round();
                        dy -= side * (dy / side).round();
                        let r2 = dx * dx + dy * dy;
                        if r2 < 1.0 && r2 > 0.0 {
                            let r = r2.sqrt();
                            let pull = k * (1.0 - r) / r;
                            f[[i, 0]] += pull * dx;
                            f[[i, 1]] += pull * dy;
                            f[[j, 0]] -= pull * dx;
                            f[[j, 1]] -= pull * dy;
                            potential += 0.5 * k * (1.0 - r) * (1.0 - r);
                        }
                        j = next[j];
                    }
                    i = next[i];
                }
            }
        }
    }
    (f, potential)
}

/// Velocity Verlet (section 3.2.1): positions, and the total energy.
#[desc_jit]
fn verlet(
    x0: &Array2<f64>,
    v0: &Array2<f64>,
    k: f64,
    side: f64,
    dt: f64,
    steps: usize,
) -> (Array2<f64>, f64) {
    let (mut x, mut v) = (x0.clone(), v0.clone());
    let (mut f, mut potential) = forces(&x, k, side);
    for _ in 0..steps {
        v = &v + &(&f * (0.5 * dt));
        x = &x + &(&v * dt);
        (f, potential) = forces(&x, k, side);
        v = &v + &(&f * (0.5 * dt));
    }
    let mut energy = potential;
    for w in v.iter() {
        energy += 0.5 * w * w;
    }
    (x, energy)
}

/// The same potential by all pairs.
fn all_pairs(x: &Array2<f64>, k: f64, side: f64) -> f64 {
    let mut potential = 0.0;
    for i in 0..x.nrows() {
        for j in 0..i {
            let d = [0, 1].map(|a| {
                let d = x[[i, a]] - x[[j, a]];
                d - side * (d / side).round()
            });
            let r = (d[0] * d[0] + d[1] * d[1]).sqrt();
            if r < 1.0 {
                potential += 0.5 * k * (1.0 - r).powi(2);
            }
        }
    }
    potential
}

fn crowd() -> (Array2<f64>, Array2<f64>) {
    let x = Array2::from_shape_fn(
        (24, 2),
        |(i, a)| if a == 0 { 0.8 * (i % 6) as f64 } else { 0.9 * (i / 6) as f64 },
    );
    let v = Array2::from_shape_fn((24, 2), |(i, a)| 0.3 * ((7 * i + 5 * a) as f64).sin());
    (x, v)
}

#[test]
fn cells_find_every_pair() {
    let (x, v) = crowd();
    let moved = &x + &(&v * 2.0);
    for x in [&x, &moved] {
        let (f, potential) = agree!(forces(x, 10.0, 4.8));
        assert!((potential - all_pairs(x, 10.0, 4.8)).abs() < 1e-12, "{potential}");
        assert!((0..2).all(|a| f.column(a).sum().abs() < 1e-12));
    }
}

#[test]
fn energy_is_kept() {
    let (x, v) = crowd();
    let (_, before) = agree!(verlet(&x, &v, 10.0, 4.8, 0.01, 0));
    let (_, after) = agree!(verlet(&x, &v, 10.0, 4.8, 0.01, 50));
    assert!((before - after).abs() < 1e-3 * before, "{before} and {after}");
}

#[test]
fn forces_are_the_slope_of_the_potential() {
    let (x, v) = crowd();
    let (x, d) = (&x + &(&v * 0.1), &v * 0.01);
    let f = forces::jit();
    Along {
        value: |t: f64| vec![forces::native(&(&x + &d * t), 10.0, 4.8).1],
        forward: || vec![jvp(&f)(&x, 10.0, 4.8, &d).1.1],
        reverse: || {
            let (forces, _) = forces(&x, 10.0, 4.8);
            -forces.iter().zip(d.iter()).map(|(f, d)| f * d).sum::<f64>()
        },
        weights: vec![1.0],
    }
    .check();
}

/// A crowd whose pairs are the same for a while: none of them is at the distance 1.
#[test]
fn where_a_crowd_goes_depends_on_where_it_was() {
    let (x, v) = crowd();
    let table = |seed| Array2::from_shape_vec((24, 2), scattered(seed, 48)).unwrap();
    let (dx, dv, weights) = (table(1) * 1e-3, table(2) * 1e-3, table(3));
    let f = verlet::jit().wrt(argnums![0, 1, 2]);
    let moved = |t: f64| (&x + &dx * t, &v + &dv * t, 10.0 + 0.1 * t);
    Along {
        value: |t: f64| {
            let (x, v, k) = moved(t);
            let (end, energy) = verlet::native(&x, &v, k, 4.8, 0.01, 10);
            [end.to_vec(), vec![energy]].concat()
        },
        forward: || {
            let (_, (end, energy)) = jvp(&f)(&x, &v, 10.0, 4.8, 0.01, 10, &dx, &dv, 0.1);
            [end.to_vec(), vec![energy]].concat()
        },
        reverse: || {
            let (_, (by_x, by_v, by_k)) = vjp(&f)(&x, &v, 10.0, 4.8, 0.01, 10, (&weights, 2.0));
            product(&by_x, &dx) + product(&by_v, &dv) + 0.1 * by_k
        },
        weights: [weights.to_vec(), vec![2.0]].concat(),
    }
    .check();
}

#[test]
fn crowds_side_by_side() {
    let (x, v) = crowd();
    let velocities = Array3::from_shape_fn((3, 24, 2), |(k, i, a)| (1 + k) as f64 * v[[i, a]]);
    let all = vmap(verlet::jit()).in_axes(in_axes![_, 0, _, _, _, _]);
    for engine in Engine::ALL {
        let (ends, energies) = with_engine(engine, || all(&x, &velocities, 10.0, 4.8, 0.01, 20));
        for k in 0..3 {
            let velocity = velocities.index_axis(Axis(0), k).to_owned();
            let (end, energy) = with_engine(engine, || verlet(&x, &velocity, 10.0, 4.8, 0.01, 20));
            assert_eq!(ends.index_axis(Axis(0), k).to_owned().to_vec(), end.to_vec(), "{k} on {engine}");
            assert_eq!(energies[k], energy, "{k} on {engine}");
        }
    }
}

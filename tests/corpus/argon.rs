//! Argon in the plane: atoms of Lennard and Jones, whose pairs are found by linked cells.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;
use desc_jit_tests::consistency::{Along, product, scattered};

/// Beyond this distance atoms don't feel each other.
const CUTOFF: f64 = 2.5;

/// Lennard-Jones, cut off and shifted to 0 there: adds the force between two atoms, in a box with periodic sides, and
/// returns the energy.
#[desc_jit]
fn pair(position: &Array2<f64>, side: f64, i: usize, j: usize, force: &mut Array2<f64>) -> f64 {
    let mut dx = position[[i, 0]] - position[[j, 0]];
    let mut dy = position[[i, 1]] - position[[j, 1]];
    dx -= side * (dx / side).round();
    dy -= side * (dy / side).round();
    let r2 = dx * dx + dy * dy;
    if r2 > CUTOFF * CUTOFF {
        return 0.0;
    }
    let s6 = 1.0 / r2.powi(3);
    let f = 24.0 * (2.0 * s6 * s6 - s6) / r2;
    force[[i, 0]] += f * dx;
    force[[i, 1]] += f * dy;
    force[[j, 0]] -= f * dx;
    force[[j, 1]] -= f * dy;
    let shift = CUTOFF.powi(-12) - CUTOFF.powi(-6);
    4.0 * (s6 * s6 - s6 - shift)
}

/// Every pair of atoms.
#[desc_jit]
fn by_pairs(position: &Array2<f64>, side: f64) -> (f64, Array2<f64>) {
    let n = position.nrows();
    let mut force = Array2::<f64>::zeros((n, 2));
    let mut energy = 0.0;
    for i in 0..n {
        for j in i + 1..n {
            energy += pair(position, side, i, j, &mut force);
        }
    }
    (energy, force)
}

/// Linked lists of the atoms in every cell (Allen and Tildesley, Computer Simulation of Liquids, section 5.3.2): only
/// atoms in the same cell and in half of its neighbours are looked at. Cells must not be smaller than the cutoff, and
/// there must be three of them or more along each side.
#[desc_jit(static(cells))]
fn by_cells(position: &Array2<f64>, side: f64, cells: usize) -> (f64, Array2<f64>) {
    let n = position.nrows();
    // The first atom of each cell and the one behind each atom; `n` is none.
    let mut head = Array2::from_elem((cells, cells), n);
    let mut next = vec![n; n];
    for (i, r) in position.rows().into_iter().enumerate() {
        let cell = |x: f64| (x.rem_euclid(side) / side * cells as f64) as usize % cells;
        let (cx, cy) = (cell(r[0]), cell(r[1]));
        next[i] = head[[cx, cy]];
        head[[cx, cy]] = i;
    }
    let mut force = Array2::<f64>::zeros((n, 2));
    let mut energy = 0.0;
    for cx in 0..cells {
        for cy in 0..cells {
            let mut i = head[[cx, cy]];
            while i != n {
                let mut j = next[i];
                while j != n {
                    energy += pair(position, side, i, j, &mut force);
                    j = next[j];
                }
                for (dx, dy) in [(1, 0), (1, 1), (0, 1), (cells - 1, 1)] {
                    let mut j = head[[(cx + dx) % cells, (cy + dy) % cells]];
                    while j != n {
                        energy += pair(position, side, i, j, &mut force);
                        j = next[j];
                    }
                }
                i = next[i];
            }
        }
    }
    (energy, force)
}

/// Velocity Verlet of atoms of mass 1: positions, kinetic and potential energy.
#[desc_jit(static(cells))]
pub fn verlet(
    position: &Array2<f64>,
    velocity: &Array2<f64>,
    side: f64,
    cells: usize,
    dt: f64,
    steps: usize,
) -> (Array2<f64>, f64, f64) {
    let mut r = position.clone();
    let mut v = velocity.clone();
    let (mut potential, mut force) = by_cells(&r, side, cells);
    for _ in 0..steps {
        for ((x, v), f) in r.iter_mut().zip(v.iter()).zip(force.iter()) {
            *x += dt * (v + 0.5 * dt * f);
        }
        let before = force;
        (potential, force) = by_cells(&r, side, cells);
        v += &(0.5 * dt * (&before + &force));
    }
    (r, 0.5 * v.iter().map(|v| v * v).sum::<f64>(), potential)
}

const SIDE: f64 = 8.0;

/// On a disturbed lattice, so that nobody is too near.
fn atoms() -> Array2<f64> {
    let noise = scattered(1, 72);
    Array2::from_shape_fn((36, 2), |(k, axis)| {
        let place = if axis == 0 { k / 6 } else { k % 6 };
        (place as f64 + 0.3) * SIDE / 6.0 + 0.15 * noise[2 * k + axis]
    })
}

fn largest(a: &Array2<f64>) -> f64 {
    a.iter().fold(0.0, |most, v| f64::max(most, v.abs()))
}

#[test]
fn cells_find_every_pair() {
    let position = atoms();
    let (energy, force) = agree!(by_pairs(&position, SIDE));
    let (in_cells, forces) = agree!(by_cells(&position, SIDE, 3));
    assert!(energy < -30.0 && (energy - in_cells).abs() < 1e-12 * energy.abs(), "{energy} {in_cells}");
    assert!(largest(&(&force - &forces)) < 1e-12 * largest(&force));
    // Two atoms across a corner, at the distance of least energy.
    let r = 2f64.powf(1.0 / 6.0);
    let two = Array2::from_shape_vec((2, 2), vec![0.1, 0.1, 0.1, 0.1 - r + SIDE]).unwrap();
    let (energy, force) = agree!(by_cells(&two, SIDE, 3));
    assert!((energy + 1.0 - 4.0 * (CUTOFF.powi(-6) - CUTOFF.powi(-12))).abs() < 1e-13, "{energy}");
    assert!(largest(&force) < 1e-12, "{force:?}");
    let far = Array2::from_shape_vec((2, 2), vec![1.0, 1.0, 1.0, 4.0]).unwrap();
    assert_eq!(agree!(by_cells(&far, SIDE, 3)).0, 0.0);
}

#[test]
fn energy_is_kept_and_momentum_too() {
    let position = atoms();
    let velocity = Array2::from_shape_vec((36, 2), scattered(2, 72)).unwrap() * 0.5;
    let (end, kinetic, potential) =
        agree!(verlet(&position, &velocity, SIDE, 3, 0.002, 20), ulps = 0, compiled = 1 << 20);
    let before = 0.5 * product(&velocity, &velocity) + by_pairs::native(&position, SIDE).0;
    assert!((kinetic + potential - before).abs() < 2e-4 * before.abs(), "{before} {kinetic} {potential}");
    for axis in 0..2 {
        let moved = end.column(axis).sum() - position.column(axis).sum();
        assert!((moved - 0.04 * velocity.column(axis).sum()).abs() < 1e-12);
    }
}

#[desc_jit(static(cells))]
fn energy_by_cells(position: &Array2<f64>, side: f64, cells: usize) -> f64 {
    let (energy, _) = by_cells(position, side, cells);
    energy
}

#[test]
fn the_force_is_the_slope_of_the_energy() {
    let position = atoms();
    let (_, force) = by_pairs::native(&position, SIDE);
    let direction = Array2::from_shape_vec((36, 2), scattered(3, 72)).unwrap();
    for engine in Engine::ALL {
        with_engine(engine, || {
            let slope = grad(energy_by_cells::jit())(&position, SIDE, 3);
            assert!(largest(&(&slope + &force)) < 1e-12 * largest(&force), "{engine}");
            let (_, along) = jvp(energy_by_cells::jit())(&position, SIDE, 3, &direction);
            let expected = -product(&force, &direction);
            assert!((along - expected).abs() < 1e-12 * largest(&force), "{engine}: {along} {expected}");
        });
    }
}

#[test]
fn boxes_side_by_side() {
    let position = atoms();
    let boxes = Array3::from_shape_fn((3, 36, 2), |(k, i, axis)| position[[i, axis]] + 0.9 * k as f64);
    let all = vmap(by_cells::jit()).in_axes(in_axes![0, _, _]);
    for engine in Engine::ALL {
        let (energies, forces) = with_engine(engine, || all(&boxes, SIDE, 3));
        for k in 0..3 {
            let (energy, force) = by_cells::native(&boxes.index_axis(Axis(0), k).to_owned(), SIDE, 3);
            assert!((energies[k] - energy).abs() < 1e-13 * energy.abs(), "{k} on {engine}");
            let off = &forces.index_axis(Axis(0), k).to_owned() - &force;
            assert!(largest(&off) < 1e-12 * largest(&force), "{k} on {engine}");
        }
    }
}

/// Forces jump at the cutoff, which no pair passes in so few steps.
#[test]
fn a_run_is_differentiated() {
    let table = |seed| Array2::from_shape_vec((36, 2), scattered(seed, 72)).unwrap();
    let (position, velocity) = (atoms(), table(2) * 0.5);
    let (dr, dv, weights) = (table(4) * 1e-3, table(5) * 1e-2, table(6));
    let f = verlet::jit().wrt(argnums![0, 1]);
    Along {
        value: |t: f64| {
            let (r, v) = (&position + &dr * t, &velocity + &dv * t);
            let (end, kinetic, potential) = verlet::native(&r, &v, SIDE, 3, 0.002, 5);
            [end.to_vec(), vec![kinetic, potential]].concat()
        },
        forward: || {
            let (_, (end, kinetic, potential)) = jvp(&f)(&position, &velocity, SIDE, 3, 0.002, 5, &dr, &dv);
            [end.to_vec(), vec![kinetic, potential]].concat()
        },
        reverse: || {
            let (_, (by_r, by_v)) = vjp(&f)(&position, &velocity, SIDE, 3, 0.002, 5, (&weights, 0.5, -1.0));
            product(&by_r, &dr) + product(&by_v, &dv)
        },
        weights: [weights.to_vec(), vec![0.5, -1.0]].concat(),
    }
    .check();
}

#[test]
fn runs_side_by_side() {
    let position = atoms();
    let noise = scattered(2, 72);
    let velocities =
        Array3::from_shape_fn((3, 36, 2), |(k, i, axis)| 0.3 * (k + 1) as f64 * noise[2 * i + axis]);
    let all = vmap(verlet::jit()).in_axes(in_axes![_, 0, _, _, _, _]);
    for engine in Engine::ALL {
        let (ends, kinetic, potential) =
            with_engine(engine, || all(&position, &velocities, SIDE, 3, 0.002, 10));
        for k in 0..3 {
            let velocity = velocities.index_axis(Axis(0), k).to_owned();
            let (end, k1, p1) = with_engine(engine, || verlet(&position, &velocity, SIDE, 3, 0.002, 10));
            assert_eq!(ends.index_axis(Axis(0), k).to_owned().to_vec(), end.to_vec(), "{k} on {engine}");
            assert_eq!((kinetic[k], potential[k]), (k1, p1), "{k} on {engine}");
        }
    }
}

//! Spins against their exact averages.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;

/// L'Ecuyer's combination of two generators by Schrage's products (Numerical Recipes in C, section 7.1, `ran2` without its
/// shuffle): a number between 0 and 1, and the generators' states moved on.
#[desc_jit]
fn uniform(first: &mut i64, second: &mut i64) -> f64 {
    let k = *first / 53668;
    *first = 40014 * (*first - k * 53668) - k * 12211;
    if *first < 0 {
        *first += 2_147_483_563;
    }
    let k = *second / 52774;
    *second = 40692 * (*second - k * 52774) - k * 3791;
    if *second < 0 {
        *second += 2_147_483_399;
    }
    let mut z = *first - *second;
    if z < 1 {
        z += 2_147_483_562;
    }
    z as f64 / 2_147_483_563.0
}

/// The minimal standard generator of Park and Miller, `seed` steps on.
#[desc_jit]
fn minimal_standard(steps: usize) -> i64 {
    let mut state = 1;
    for _ in 0..steps {
        state = 16807 * state % 2_147_483_647;
    }
    state
}

#[test]
fn the_minimal_standard_is_met() {
    // The check that Park and Miller ask for.
    assert_eq!(agree!(minimal_standard(10_000)), 1_043_618_065);
}

/// Ising's model by single spins at random places (Newman and Barkema, section 3.1), the exponentials in a table: mean energy
/// and mean absolute magnetisation per spin after `warm` sweeps, and the share of moves that were accepted.
#[desc_jit(static(n))]
pub fn ising(n: usize, temperature: f64, warm: usize, sweeps: usize, seed: i64) -> (f64, f64, f64) {
    let mut spins = Array2::from_elem((n, n), 1);
    let (mut first, mut second) = (seed, seed + 1);
    let mut table = [1.0; 5];
    for (k, entry) in table.iter_mut().enumerate() {
        *entry = (-2.0 * k as f64 / temperature).exp();
    }
    let mut energy = -2 * (n * n) as i64;
    let mut magnet = (n * n) as i64;
    let (mut energies, mut magnets, mut accepted) = (0.0, 0.0, 0);
    for sweep in 0..warm + sweeps {
        for _ in 0..n * n {
            let i = (uniform(&mut first, &mut second) * n as f64) as usize;
            let j = (uniform(&mut first, &mut second) * n as f64) as usize;
            let mut field = 0;
            for (di, dj) in [(1, 0), (n - 1, 0), (0, 1), (0, n - 1)] {
                field += spins[[(i + di) % n, (j + dj) % n]];
            }
            let cost = spins[[i, j]] * field;
            let flips = match cost {
                ..=0 => true,
                c => uniform(&mut first, &mut second) < table[c as usize],
            };
            if !flips {
                continue;
            }
            accepted += 1;
            spins[[i, j]] *= -1;
            energy += 2 * cost;
            magnet += 2 * spins[[i, j]];
        }
        if sweep < warm {
            continue;
        }
        energies += energy as f64;
        magnets += magnet.abs() as f64;
    }
    let samples = (sweeps * n * n) as f64;
    (energies / samples, magnets / samples, accepted as f64 / ((warm + sweeps) * n * n) as f64)
}

/// All states one by one, weighted by Boltzmann's factor.
fn exact(n: usize, temperature: f64) -> (f64, f64) {
    let (mut partition, mut energies, mut magnets) = (0.0, 0.0, 0.0);
    for state in 0..1_u32 << (n * n) {
        let spin = |i: usize, j: usize| 1 - 2 * (state >> ((i % n) * n + j % n) & 1) as i64;
        let (mut energy, mut magnet) = (0, 0);
        for i in 0..n {
            for j in 0..n {
                energy -= spin(i, j) * (spin(i + 1, j) + spin(i, j + 1));
                magnet += spin(i, j);
            }
        }
        let weight = (-energy as f64 / temperature).exp();
        partition += weight;
        energies += weight * energy as f64;
        magnets += weight * magnet.abs() as f64;
    }
    let all = partition * (n * n) as f64;
    (energies / all, magnets / all)
}

#[test]
fn averages_are_those_of_boltzmann() {
    for temperature in [1.5, 2.5, 4.0] {
        let (energy, magnet, accepted) = agree!(ising(3, temperature, 20, 2000, 12_345));
        let (exact_energy, exact_magnet) = exact(3, temperature);
        assert!((energy - exact_energy).abs() < 0.05, "{temperature}: {energy} {exact_energy}");
        assert!((magnet - exact_magnet).abs() < 0.03, "{temperature}: {magnet} {exact_magnet}");
        assert!((0.0..1.0).contains(&accepted));
    }
}

#[test]
fn temperatures_and_seeds_side_by_side() {
    let temperatures = Array1::linspace(1.0, 4.0, 4);
    let seeds = Array1::from_vec(vec![1_i64, 77, 4242, 9]);
    let all = vmap(ising::jit()).in_axes(in_axes![_, 0, _, _, 0]);
    for engine in Engine::ALL {
        let (energy, magnet, accepted) = with_engine(engine, || all(4, &temperatures, 2, 10, &seeds));
        for k in 0..4 {
            let alone = ising::native(4, temperatures[k], 2, 10, seeds[k]);
            assert_eq!((energy[k], magnet[k], accepted[k]), alone, "{k} on {engine}");
        }
    }
}

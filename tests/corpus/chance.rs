//! Monte Carlo: numbers that look random, and what is estimated with them.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;
use desc_jit_tests::consistency::Along;

/// Knuth's linear congruential generator of 64 bits (*The Art of Computer Programming* 2, section 3.3.4): the next state.
#[desc_jit]
fn next_state(state: u64) -> u64 {
    state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407)
}

/// A number in `[0, 1)` of the upper 53 bits, and the state moves on.
#[desc_jit]
fn uniform(state: &mut u64) -> f64 {
    *state = next_state(*state);
    (*state >> 11) as f64 / (1u64 << 53) as f64
}

/// How much of a quarter of the circle's square is hit, times 4.
#[desc_jit]
pub fn pi(seed: u64, samples: usize) -> f64 {
    let mut state = seed;
    let mut hits = 0;
    for _ in 0..samples {
        let x = uniform(&mut state);
        let y = uniform(&mut state);
        if x * x + y * y < 1.0 {
            hits += 1;
        }
    }
    4.0 * hits as f64 / samples as f64
}

/// The "minimal standard" of Park and Miller (Communications of the ACM 31, 1192, 1988) by Schrage's method, which needs
/// 32 bits with a sign.
#[desc_jit]
fn minimal_standard(seed: i32, steps: usize) -> i32 {
    const A: i32 = 16_807;
    const M: i32 = i32::MAX;
    const Q: i32 = M / A;
    const R: i32 = M % A;
    let mut z = seed;
    for _ in 0..steps {
        let k = z / Q;
        z = A * (z - k * Q) - R * k;
        if z < 0 {
            z += M;
        }
    }
    z
}

#[test]
fn generators_of_numbers() {
    // What Park and Miller give as the test of an implementation.
    assert_eq!(agree!(minimal_standard(1, 10_000)), 1_043_618_065);
    let states: Vec<u64> = std::iter::successors(Some(1), |s| Some(next_state::native(*s))).take(4).collect();
    assert_eq!(states[1], 7_806_831_264_735_756_412);
    assert_eq!(states[2], 9_396_908_728_118_811_419);
    assert_eq!(agree!(next_state(states[2])), states[3]);
}

#[test]
fn pi_by_chance() {
    for seed in [1, 2, u64::MAX] {
        let estimate = agree!(pi(seed, 20_000));
        // Four standard deviations.
        assert!((estimate - std::f64::consts::PI).abs() < 4.0 * 1.64 / 20_000.0_f64.sqrt(), "{estimate}");
    }
    let seeds = Array1::from_vec(vec![1_u64, 2, 3]);
    let all = vmap(pi::jit()).in_axes(in_axes![0, _]);
    let alone = [1, 2, 3].map(|seed| pi::native(seed, 1000));
    for engine in Engine::ALL {
        assert_eq!(with_engine(engine, || all(&seeds, 1000)).to_vec(), alone, "{engine}");
    }
}

/// The mean of `exp(-s |x|^2)` over the unit cube, with its standard error (Numerical Recipes, section 7.6).
#[desc_jit]
fn mean_over_cube(seed: u64, samples: usize, s: f64) -> (f64, f64) {
    let mut state = seed;
    let (mut sum, mut squares) = (0.0, 0.0);
    for _ in 0..samples {
        let point = [uniform(&mut state), uniform(&mut state), uniform(&mut state)];
        let r2: f64 = point.iter().map(|x| x * x).sum();
        let f = (-s * r2).exp();
        sum += f;
        squares += f * f;
    }
    let mean = sum / samples as f64;
    let variance = squares / samples as f64 - mean * mean;
    (mean, (variance / samples as f64).sqrt())
}

/// The mean alone.
#[desc_jit]
fn mean(seed: u64, samples: usize, s: f64) -> f64 {
    mean_over_cube(seed, samples, s).0
}

#[test]
fn an_integral_by_chance() {
    let (estimate, deviation) = agree!(mean_over_cube(7, 4000, 1.0), ulps = 0, compiled = 1 << 12);
    let exact = 0.746_824_132_812_427_f64.powi(3);
    assert!((estimate - exact).abs() < 4.0 * deviation, "{estimate} {exact} {deviation}");
    let f = mean::jit().wrt(argnums![2]);
    Along {
        value: |t: f64| vec![mean::native(7, 500, 1.0 + t)],
        forward: || vec![jvp(&f)(7, 500, 1.0, 1.0).1],
        reverse: || grad(&f)(7, 500, 1.0),
        weights: vec![1.0],
    }
    .check();
}

/// Metropolis's walk (J. Chem. Phys. 21, 1087, 1953) in the potential `k x^2 / 2`: the mean of `x^2`, and how many moves
/// were accepted.
#[desc_jit]
pub fn metropolis(seed: u64, steps: usize, k: f64) -> (f64, usize) {
    let mut state = seed;
    let mut x = 0.0;
    let mut energy = 0.0;
    let (mut sum, mut accepted) = (0.0, 0);
    for _ in 0..steps {
        let trial = x + 3.0 * (uniform(&mut state) - 0.5);
        let trial_energy = 0.5 * k * trial * trial;
        let change = trial_energy - energy;
        if change <= 0.0 || uniform(&mut state) < (-change).exp() {
            x = trial;
            energy = trial_energy;
            accepted += 1;
        }
        sum += x * x;
    }
    (sum / steps as f64, accepted)
}

#[test]
fn a_walk_in_a_potential() {
    let (mean, accepted) = agree!(metropolis(5, 20_000, 2.0), ulps = 0, compiled = 1 << 12);
    assert!((mean - 0.5).abs() < 0.05, "{mean}");
    assert!((8_000..18_000).contains(&accepted), "{accepted}");
}

#[test]
fn walks_side_by_side_meet_chances_of_their_own() {
    let seeds = Array1::from_vec(vec![5_u64, 6, 1 << 60, u64::MAX]);
    let strengths = Array1::from_vec(vec![2.0, 0.5, 1.0, 4.0]);
    let all = vmap(metropolis::jit()).in_axes(in_axes![0, _, 0]);
    for engine in Engine::ALL {
        with_engine(engine, || {
            let (means, accepted) = all(&seeds, 300, &strengths);
            for k in 0..4 {
                let alone = metropolis(seeds[k], 300, strengths[k]);
                assert_eq!((means[k], accepted[k]), alone, "{k} on {engine}");
                assert_eq!(accepted[k], metropolis::native(seeds[k], 300, strengths[k]).1, "{k} on {engine}");
            }
        });
    }
}

/// A shuffle (Fisher and Yates; Knuth 2, section 3.4.2, algorithm P).
#[desc_jit]
fn shuffled(seed: u64, x: &Array1<i64>) -> Array1<i64> {
    let mut state = seed;
    let mut x = x.clone();
    for i in (1..x.len()).rev() {
        let j = (uniform(&mut state) * (i + 1) as f64) as usize;
        x.swap(i, j);
    }
    x
}

#[test]
fn a_shuffle_keeps_what_there_is() {
    let x = Array1::from_shape_fn(20, |i| i as i64);
    let mut y = agree!(shuffled(3, &x)).to_vec();
    assert_ne!(y, x.to_vec());
    y.sort_unstable();
    assert_eq!(y, x.to_vec());
}

//! The fast Fourier transform by loops, and spins that flip.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

/// The transform of Cooley and Tukey in place (Numerical Recipes, section 12.2): elements in the order of their reversed
/// bits, then butterflies of growing length. The length is a power of 2.
#[desc_jit]
fn fft(re: &mut Array1<f64>, im: &mut Array1<f64>) {
    let n = re.len();
    assert!(n.is_power_of_two(), "the length {n} is no power of 2");
    let mut j = 0;
    for i in 1..n {
        let mut bit = n >> 1;
        while j & bit != 0 {
            j ^= bit;
            bit >>= 1;
        }
        j ^= bit;
        if i < j {
            re.swap(i, j);
            im.swap(i, j);
        }
    }
    let mut length = 2;
    while length <= n {
        let angle = -2.0 * std::f64::consts::PI / length as f64;
        for start in (0..n).step_by(length) {
            for k in 0..length / 2 {
                let (s, c) = (angle * k as f64).sin_cos();
                let (a, b) = (start + k, start + k + length / 2);
                let (x, y) = (c * re[b] - s * im[b], c * im[b] + s * re[b]);
                re[b] = re[a] - x;
                im[b] = im[a] - y;
                re[a] += x;
                im[a] += y;
            }
        }
        length *= 2;
    }
}

/// The transform in arrays of its own.
#[desc_jit]
pub fn transformed(re: &Array1<f64>, im: &Array1<f64>) -> (Array1<f64>, Array1<f64>) {
    let (mut re, mut im) = (re.clone(), im.clone());
    fft(&mut re, &mut im);
    (re, im)
}

#[test]
fn a_wave_has_one_frequency() {
    let n = 16;
    let phase = |i: usize| 2.0 * std::f64::consts::PI * (3 * i) as f64 / n as f64;
    let re = Array1::from_shape_fn(n, |i| phase(i).cos());
    let im = Array1::from_shape_fn(n, |i| phase(i).sin());
    for engine in desc_jit::Engine::ALL {
        let (a, b) = desc_jit::with_engine(engine, || transformed(&re, &im));
        for k in 0..n {
            let expected = if k == 3 { n as f64 } else { 0.0 };
            assert!(
                (a[k] - expected).abs() < 1e-13 && b[k].abs() < 1e-13,
                "{k} on {engine}: {} {}",
                a[k],
                b[k]
            );
        }
        let error =
            desc_jit::with_engine(engine, || transformed::try_call(&Array1::zeros(6), &Array1::zeros(6)));
        assert!(error.unwrap_err().to_string().contains("the length 6 is no power of 2"));
    }
}

/// The transform is linear: its derivative along a direction is the transform of the direction.
#[test]
fn the_derivative_of_a_transform_is_the_transform() {
    let n = 8;
    let x = Array1::from_shape_fn(n, |i| ((i * i) % 5) as f64 - 2.0);
    let y = Array1::from_shape_fn(n, |i| ((i * 3) % 7) as f64 - 3.0);
    let f = transformed::jit().wrt(argnums![0, 1]);
    for engine in desc_jit::Engine::ALL {
        desc_jit::with_engine(engine, || {
            let (_, (a, b)) = jvp(&f)(&(&x * 3.0), &y, &y, &x);
            let (re, im) = transformed(&y, &x);
            assert!((&a - &re).iter().chain((&b - &im).iter()).all(|d| d.abs() < 1e-12), "{engine}");
        });
    }
}

/// Sweeps of Metropolis over Ising's spins on a torus (Landau and Binder, section 4.2), with Knuth's congruential generator:
/// the spins, the magnetisation after each sweep, and the generator's state.
#[desc_jit(static(sweeps))]
fn ising(spins: &Array2<i32>, beta: f64, sweeps: usize, seed: u64) -> (Array2<i32>, Array1<i32>, u64) {
    let (n, m) = spins.dim();
    let mut s = spins.clone();
    let mut state = seed;
    let mut magnetisation = Array1::<i32>::zeros(sweeps);
    for sweep in 0..sweeps {
        for i in 0..n {
            for j in 0..m {
                let around = s[[(i + 1) % n, j]]
                    + s[[(i + n - 1) % n, j]]
                    + s[[i, (j + 1) % m]]
                    + s[[i, (j + m - 1) % m]];
                let cost = 2 * s[[i, j]] * around;
                if cost > 0 {
                    state =
                        state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    let chance = (state >> 11) as f64 / (1_u64 << 53) as f64;
                    if chance >= (-beta * cost as f64).exp() {
                        continue;
                    }
                }
                s[[i, j]] = -s[[i, j]];
            }
        }
        magnetisation[sweep] = s.iter().sum::<i32>();
    }
    (s, magnetisation, state)
}

#[test]
fn spins_align_in_the_cold() {
    let spins = Array2::from_shape_fn((8, 8), |(i, j)| if (i * 5 + j * 3) % 4 == 0 { -1 } else { 1 });
    let (_, cold, _) = agree!(ising(&spins, 2.0, 12, 42));
    assert_eq!(cold[11], 64, "{cold:?}");
    let (_, hot, _) = agree!(ising(&spins, 0.01, 12, 42));
    assert!(hot[11].abs() < 32, "{hot:?}");
}

#[test]
fn spins_side_by_side_meet_chances_of_their_own() {
    let spins = Array2::from_shape_fn((5, 6), |(i, j)| if (i * 5 + j * 3) % 4 == 0 { -1 } else { 1 });
    let seeds = Array1::from_vec(vec![1_u64, 42, u64::MAX, 1 << 63]);
    let betas = Array1::linspace(0.1, 1.0, 4);
    let all = vmap(ising::jit()).in_axes(in_axes![_, 0, _, 0]);
    for engine in desc_jit::Engine::ALL {
        let (ends, magnetisation, states) = desc_jit::with_engine(engine, || all(&spins, &betas, 5, &seeds));
        for k in 0..4 {
            let (end, course, state) = ising::native(&spins, betas[k], 5, seeds[k]);
            assert_eq!(ends.index_axis(Axis(0), k).to_owned().to_vec(), end.to_vec(), "{k} on {engine}");
            assert_eq!(magnetisation.row(k).to_vec(), course.to_vec(), "{k} on {engine}");
            assert_eq!(states[k], state, "{k} on {engine}");
        }
    }
}

#[test]
fn waves_side_by_side_and_backwards() {
    let re = Array2::from_shape_fn((3, 8), |(k, i)| ((3 * k + i * i) % 7) as f64 - 3.0);
    let im = Array2::from_shape_fn((3, 8), |(k, i)| ((5 * k + i) % 4) as f64);
    let all = vmap(transformed::jit());
    let f = transformed::jit().wrt(argnums![0, 1]);
    for engine in desc_jit::Engine::ALL {
        desc_jit::with_engine(engine, || {
            let (a, b) = all(&re, &im);
            for k in 0..3 {
                let (x, y) = (re.row(k).to_owned(), im.row(k).to_owned());
                let (a1, b1) = transformed::native(&x, &y);
                let off = (&a.row(k).to_owned() - &a1)
                    .iter()
                    .chain((&b.row(k).to_owned() - &b1).iter())
                    .copied()
                    .fold(0.0, |m: f64, d: f64| m.max(d.abs()));
                assert!(off < 1e-13, "{k} on {engine}: {off}");
                // The adjoint is the transform with the other sign: of the conjugate, conjugated.
                let (_, (by_re, by_im)) = vjp(&f)(&x, &y, (&x, &y));
                let (c, d) = transformed::native(&x, &(-&y));
                let off = (&by_re - &c)
                    .iter()
                    .chain((&by_im + &d).iter())
                    .copied()
                    .fold(0.0, |m: f64, d: f64| m.max(d.abs()));
                assert!(off < 1e-12, "{k} on {engine}: {off}");
            }
        });
    }
}

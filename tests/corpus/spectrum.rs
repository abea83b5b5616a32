//! The fast Fourier transform of complex numbers, which are a struct.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;
use desc_jit_tests::consistency::{product, scattered};
use std::f64::consts::TAU;

#[derive(Tree, Clone, Copy, Debug)]
struct Complex {
    re: f64,
    im: f64,
}

#[desc_jit]
impl Complex {
    fn plus(self, other: Complex) -> Complex {
        Complex { re: self.re + other.re, im: self.im + other.im }
    }

    fn minus(self, other: Complex) -> Complex {
        Complex { re: self.re - other.re, im: self.im - other.im }
    }

    fn times(self, other: Complex) -> Complex {
        Complex { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }
}

/// Radix 2, in place (Numerical Recipes, section 12.2; Cormen et al., section 30.3): bits are reversed by swaps, and the roots
/// of unity come from a recurrence. Forwards with the sign -1; backwards with 1, and divided by the length.
#[desc_jit]
pub fn fft(signal: &Array2<f64>, sign: f64) -> Array2<f64> {
    let n = signal.nrows();
    let zero = Complex { re: 0.0, im: 0.0 };
    let mut x = vec![zero; n];
    for i in 0..n {
        x[i] = Complex { re: signal[[i, 0]], im: signal[[i, 1]] };
    }
    let mut j = 0;
    for i in 0..n {
        if i < j {
            x.swap(i, j);
        }
        let mut bit = n / 2;
        while bit >= 1 && j >= bit {
            j -= bit;
            bit /= 2;
        }
        j += bit;
    }
    let mut half = 1;
    while half < n {
        let angle = sign * TAU / (2 * half) as f64;
        let root = Complex { re: angle.cos(), im: angle.sin() };
        let mut w = Complex { re: 1.0, im: 0.0 };
        for k in 0..half {
            for a in (k..n).step_by(2 * half) {
                let b = a + half;
                let t = w.times(x[b]);
                x[b] = x[a].minus(t);
                x[a] = x[a].plus(t);
            }
            w = w.times(root);
        }
        half *= 2;
    }
    let scale = match sign {
        1.0 => 1.0 / n as f64,
        _ => 1.0,
    };
    let mut out = Array2::<f64>::zeros((n, 2));
    for (i, z) in x.iter().enumerate() {
        out[[i, 0]] = scale * z.re;
        out[[i, 1]] = scale * z.im;
    }
    out
}

fn signal(seed: usize, n: usize) -> Array2<f64> {
    Array2::from_shape_vec((n, 2), scattered(seed, 2 * n)).unwrap()
}

/// By its definition.
fn transform(x: &Array2<f64>) -> Array2<f64> {
    let n = x.nrows();
    Array2::from_shape_fn((n, 2), |(k, part)| {
        (0..n).fold(0.0, |sum, j| {
            let (s, c) = (-TAU * ((j * k) % n) as f64 / n as f64).sin_cos();
            sum + if part == 0 { x[[j, 0]] * c - x[[j, 1]] * s } else { x[[j, 0]] * s + x[[j, 1]] * c }
        })
    })
}

fn largest(a: &Array2<f64>) -> f64 {
    a.iter().fold(0.0, |most, v| f64::max(most, v.abs()))
}

#[test]
fn the_fast_transform_is_the_transform_and_has_an_inverse() {
    for n in [1, 2, 8, 32] {
        let x = signal(n, n);
        let y = fft::native(&x, -1.0);
        assert!(largest(&(&y - &transform(&x))) < 1e-13 * n as f64, "{n}");
        for engine in Engine::ALL {
            let (there, back) = with_engine(engine, || {
                let there = fft(&x, -1.0);
                let back = fft(&there, 1.0);
                (there, back)
            });
            assert!(largest(&(&there - &y)) < 1e-13 * n as f64, "{n} on {engine}");
            assert!(largest(&(&back - &x)) < 1e-14 * n as f64, "{n} on {engine}");
        }
    }
    // The roots of unity of 4 and 8 elements are exact or nearly so.
    agree!(fft(&signal(1, 2), -1.0), ulps = 0);
}

#[test]
fn its_derivative_is_itself_and_its_adjoint_the_inverse() {
    let (x, d, w) = (signal(1, 16), signal(2, 16), signal(3, 16));
    let expected = transform(&d);
    for engine in [Engine::Candle, Engine::Cranelift, Engine::C] {
        with_engine(engine, || {
            let along = jvp(fft::jit())(&x, -1.0, &d).1;
            assert!(largest(&(&along - &expected)) < 1e-13, "{engine}");
            let back = vjp(fft::jit())(&x, -1.0, &w).1;
            assert!((product(&back, &d) - product(&w, &expected)).abs() < 1e-13, "{engine}");
            let inverse = 16.0 * &fft(&w, 1.0);
            assert!(largest(&(&back - &inverse)) < 1e-12, "{engine}");
        });
    }
}

#[test]
fn signals_side_by_side() {
    let signals = Array3::from_shape_fn((3, 8, 2), |(k, i, j)| ((7 * k + 3 * i + j) as f64).sin());
    let all = vmap(fft::jit()).in_axes(in_axes![0, _]);
    for engine in Engine::ALL {
        let spectra = with_engine(engine, || all(&signals, -1.0));
        for k in 0..3 {
            let alone = transform(&signals.index_axis(Axis(0), k).to_owned());
            assert!(
                largest(&(&spectra.index_axis(Axis(0), k).to_owned() - &alone)) < 1e-13,
                "{k} on {engine}"
            );
        }
    }
}

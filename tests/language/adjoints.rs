//! Derivatives of stencils as loops that add to several elements in an iteration, from the last one to the first.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine, with_threads};
use desc_jit_tests::agree;

#[desc_jit]
fn heat_1d(bu: &Array1<f64>, bnext: &Array1<f64>, a: f64) -> (Array1<f64>, Array1<f64>) {
    let (mut bu, mut bnext) = (bu.clone(), bnext.clone());
    let n = bu.len();
    for i in (1..n - 1).rev() {
        let d = bnext[i];
        bnext[i] = 0.0;
        bu[i - 1] += a * d;
        bu[i] += d;
        bu[i] -= 2.0 * a * d;
        bu[i + 1] += a * d;
    }
    (bu, bnext)
}

#[desc_jit]
fn heat_2d(bu: &Array2<f64>, bnext: &Array2<f64>, a: f64) -> (Array2<f64>, Array2<f64>) {
    let (mut bu, mut bnext) = (bu.clone(), bnext.clone());
    let (n, m) = bu.dim();
    for i in (1..n - 1).rev() {
        for j in (1..m - 1).rev() {
            let d = bnext[[i, j]];
            bnext[[i, j]] = 0.0;
            bu[[i, j]] += d;
            bu[[i + 1, j]] += a * d;
            bu[[i, j + 1]] += a * d;
            bu[[i, j]] -= 4.0 * a * d;
            bu[[i, j - 1]] += a * d;
            bu[[i - 1, j]] += a * d;
        }
    }
    (bu, bnext)
}

/// Six neighbours, each with a factor of its own.
#[desc_jit]
fn box_3d(bu: &Array3<f64>, bnext: &Array3<f64>) -> Array3<f64> {
    let mut bu = bu.clone();
    let (n, m, l) = bu.dim();
    for i in (1..n - 1).rev() {
        for j in (1..m - 1).rev() {
            for k in (1..l - 1).rev() {
                let d = 0.1 * bnext[[i, j, k]];
                bu[[i - 1, j, k]] += d;
                bu[[i, j - 1, k]] += d * 0.7;
                bu[[i, j, k - 1]] += d * d;
                bu[[i, j, k]] -= 6.0 * d;
                bu[[i, j, k + 1]] += d;
                bu[[i, j + 1, k]] += d * 1.1;
                bu[[i + 1, j, k]] -= d;
            }
        }
    }
    bu
}

/// Fisher's equation: the time loop, the tape of what it went through, and both rates.
#[desc_jit]
fn fisher(bu: &Array1<f64>, tape: &Array2<f64>, a: f64, r: f64) -> (Array1<f64>, Array1<f64>, f64, f64) {
    let (steps, n) = tape.dim();
    let mut bu = bu.clone();
    let mut bnext = Array1::<f64>::zeros(n);
    let mut ba = 0.0;
    let mut br = 0.0;
    for t in (0..steps).rev() {
        std::mem::swap(&mut bu, &mut bnext);
        for i in (1..n - 1).rev() {
            let d = bnext[i];
            bnext[i] = 0.0;
            let u = tape[[t, i]];
            ba += d * (tape[[t, i - 1]] - 2.0 * u + tape[[t, i + 1]]);
            br += d * u * (1.0 - u);
            bu[i] += d * (1.0 + r * (1.0 - 2.0 * u));
            bu[i - 1] += a * d;
            bu[i] -= 2.0 * a * d;
            bu[i + 1] += a * d;
        }
    }
    (bu, bnext, ba, br)
}

/// Diffusion that depends on what diffuses, in `f32`; upwards, with its second field.
#[desc_jit]
fn coupled(u: &Array1<f32>, d: &Array1<f32>, bu: &Array1<f32>) -> (Array1<f32>, Array1<f32>) {
    let n = u.len();
    let (mut bu, mut bv) = (bu.clone(), Array1::<f32>::ones(n));
    for i in 0..n - 2 {
        let flux = d[i] * (u[i + 2] - u[i]).abs().sqrt();
        bu[i + 2] += flux;
        bv[i + 1] -= flux * u[i + 1];
        bu[i] -= flux / (1.0 + u[i] * u[i]);
        bv[i] += flux;
    }
    (bu, bv)
}

/// A flux that several neighbours take, through an expensive factor; rows apart, and rows that meet.
#[desc_jit]
fn flux(bu: &Array2<f64>, d: &Array2<f64>) -> (Array2<f64>, Array2<f64>) {
    let (n, m) = bu.dim();
    let (mut bu, mut bv) = (bu.clone(), bu.clone());
    for i in (1..n - 1).rev() {
        for j in (1..m - 1).rev() {
            let f = d[[i, j]] / (1.0 + d[[i, j + 1]].abs()).sqrt();
            bu[[i, j - 1]] += f;
            bu[[i, j + 1]] -= f / 3.0;
        }
    }
    for i in (1..n - 1).rev() {
        for j in (1..m - 1).rev() {
            let f = d[[i, j]] / (1.0 + d[[i, j + 1]].abs()).sqrt();
            bv[[i - 1, j]] += f;
            bv[[i, j + 1]] -= f * f;
            bu[[i, j]] *= f;
        }
        bv[[i, 0]] = 0.0;
    }
    (bu, bv)
}

/// Counted upwards, with an index that goes down.
#[desc_jit]
fn counted_back(bu: &Array2<f64>, d: &Array2<f64>) -> (Array2<f64>, f64) {
    let mut bu = bu.clone();
    let (n, m) = bu.dim();
    let mut total = 0.0;
    for i in 0..n - 1 {
        for k in 0..m - 2 {
            let j = m - 2 - k;
            total += d[[i, j - 1]] * 0.5;
            bu[[i, j - 1]] += d[[i, j]];
            bu[[i + 1, j + 1]] *= d[[i, j - 1]];
            bu[[i, j]] -= 0.3 * d[[i, j]];
        }
    }
    (bu, total)
}

fn wave(n: usize, by: usize) -> Array1<f64> {
    Array1::from_shape_fn(n, |i| ((i * by) % 101) as f64 * 0.037 - 1.3)
}

#[test]
fn one_axis() {
    for n in [1, 2, 3, 4, 5, 17, 18, 19, 20, 21, 100, 1001] {
        agree!(heat_1d(&wave(n, 37), &wave(n, 53), 0.17), ulps = 0, compiled = 0);
    }
}

#[test]
fn two_axes() {
    let field = |n, m, by| Array2::from_shape_fn((n, m), |(i, j)| ((i * by + 7 * j * j) % 97) as f64 * 0.021);
    for (n, m) in [(1, 1), (2, 40), (3, 40), (4, 40), (5, 21), (9, 5), (30, 33), (3, 2), (257, 301)] {
        agree!(heat_2d(&field(n, m, 3), &field(n, m, 31), 0.17), ulps = 0, compiled = 0);
    }
}

#[test]
fn three_axes() {
    let field = |s: (usize, usize, usize), by| {
        Array3::from_shape_fn(s, |(i, j, k)| ((i * by + 7 * j * j + 11 * k) % 97) as f64 * 0.021 - 0.7)
    };
    for shape in [(3, 3, 3), (3, 4, 30), (5, 3, 20), (8, 9, 31)] {
        agree!(box_3d(&field(shape, 3), &field(shape, 31)), ulps = 0, compiled = 0);
    }
}

#[test]
fn nonlinear_over_time() {
    for n in [1, 2, 3, 4, 5, 19, 20, 300] {
        for steps in [0, 1, 2, 5] {
            // The sums are of few numbers, or exact: multiples of a power of two.
            let tape = Array2::from_shape_fn((steps, n), |(t, i)| ((i * 7 + 3 * t) % 9) as f64 * 0.25);
            let bu = Array1::from_shape_fn(n, |i| ((i * 5) % 7) as f64 - 3.0);
            agree!(fisher(&bu, &tape, 0.5, 0.25), ulps = 0, compiled = 0);
        }
    }
    let tape = Array2::from_shape_fn((4, 300), |(t, i)| ((i * 7 + 3 * t) % 19) as f64 * 0.03);
    let (bu, bnext, ..) = fisher::native(&wave(300, 5), &tape, 0.3, 0.2);
    for engine in Engine::ALL {
        let got = with_engine(engine, || fisher(&wave(300, 5), &tape, 0.3, 0.2));
        assert_eq!((&bu, &bnext), (&got.0, &got.1), "{engine}");
    }
}

#[test]
fn two_fields_upwards() {
    for n in [2, 3, 4, 5, 18, 19, 20, 21, 40, 999] {
        let field = |by: usize| Array1::from_shape_fn(n, |i| ((i * by) % 101) as f32 * 0.037 - 1.3);
        agree!(coupled(&field(37), &field(53), &field(11)), ulps = 0, compiled = 0);
    }
}

#[test]
fn indices_that_count_back() {
    let field = |n, m, by| Array2::from_shape_fn((n, m), |(i, j)| ((i * by + 7 * j * j) % 97) as f64 * 0.25);
    for (n, m) in [(1, 30), (2, 30), (3, 2), (4, 19), (5, 20), (9, 70)] {
        agree!(counted_back(&field(n, m, 3), &field(n, m, 31)), ulps = 0, compiled = 0);
    }
}

#[test]
fn expensive_values_that_are_shared() {
    let field = |n, m, by| Array2::from_shape_fn((n, m), |(i, j)| ((i * by + 7 * j * j) % 97) as f64 * 0.03);
    for (n, m) in [(1, 30), (3, 4), (3, 30), (4, 19), (5, 20), (9, 70), (90, 400)] {
        agree!(flux(&field(n, m, 3), &field(n, m, 31)), ulps = 0, compiled = 0);
    }
}

#[test]
fn without_an_inner_element_there_is_an_error() {
    for engine in Engine::ALL {
        let empty = Array1::zeros(0);
        let error = with_engine(engine, || heat_1d::try_call(&empty, &empty, 0.1)).unwrap_err();
        assert!(error.to_string().contains("n - 1"), "{engine}: {error}");
    }
}

#[test]
fn explanations_say_so() {
    let words = |explanation: desc_jit::Explanation, line: &str| {
        let text = explanation.to_string();
        let at = text.find(line).unwrap_or_else(|| panic!("{text}"));
        text[at..].lines().nth(1).unwrap_or_default().trim().to_string()
    };
    with_threads(1, || {
        with_engine(Engine::C, || {
            let shifted = "shifted so that an iteration makes all changes of one element";
            let one = heat_1d::explain(&wave(500, 3), &wave(500, 5), 0.1).unwrap();
            let what = words(one, "for i in (1..n - 1).rev()");
            assert_eq!(what, format!("vector, {shifted}, in 2 loops one after the other"));
            let u = Array2::from_elem((70, 60), 0.5);
            let back = counted_back::explain(&u, &u).unwrap();
            let what = words(back, "for i in 0..n - 1");
            assert!(what.contains(shifted), "{what}");
            let u = Array1::from_elem(500, 0.5f32);
            let two = coupled::explain(&u, &u, &u).unwrap();
            let what = words(two, "for i in 0..n - 2");
            assert_eq!(what, format!("vector, {shifted}, in 3 loops one after the other"));
        });
    });
}

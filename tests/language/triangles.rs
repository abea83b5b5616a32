//! Products of which only a triangle is used, and sums into an array over a loop around it. The values are whole
//! numbers, so that no order of summation rounds.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine, with_threads};
use desc_jit_tests::{agree, refuse};

#[desc_jit]
fn upper(a: &Array2<f64>, b: &Array2<f64>, c: &mut Array2<f64>) {
    let (n, depth) = a.dim();
    for i in 0..n {
        for j in i..n {
            let mut sum = 0.0;
            for k in 0..depth {
                sum += a[[i, k]] * b[[k, j]];
            }
            c[[i, j]] += 2.0 * sum;
        }
    }
}

#[desc_jit]
fn lower(a: &Array2<f64>, b: &Array2<f64>, c: &mut Array2<f64>) {
    let (n, depth) = a.dim();
    for i in 0..n {
        for j in 0..=i {
            for k in 0..depth {
                c[[i, j]] -= a[[i, k]] * b[[k, j]];
            }
        }
    }
}

#[desc_jit]
fn strict(a: &Array2<f64>, b: &Array2<f64>, c: &mut Array2<f64>) {
    let (n, depth) = a.dim();
    for i in 0..n {
        for k in 0..depth {
            for j in i + 1..n {
                c[[i, j]] += a[[i, k]] * b[[k, j]];
            }
        }
    }
    for i in 0..n {
        for j in 0..i {
            let mut sum = 0.0;
            for k in 0..depth {
                sum += b[[k, i]] * a[[j, k]];
            }
            c[[i, j]] = sum;
        }
    }
}

#[desc_jit]
fn offset(a: &Array2<f64>, b: &Array2<f64>, c: &mut Array2<f64>) {
    let (n, depth) = a.dim();
    for i in 0..n {
        for j in i + 3..n {
            let mut sum = 0.0;
            for k in 0..depth {
                sum += a[[i, k]] * b[[k, j]];
            }
            c[[i, j]] = sum;
        }
        for j in 0..(i + 3).min(n) {
            let mut sum = 1.0;
            for k in 0..depth {
                sum += a[[i, k]] * a[[j, k]];
            }
            c[[i, j]] += sum;
        }
    }
}

/// The covariance without its division: the lower triangle is a copy of the upper one.
#[desc_jit]
fn symmetric(a: &Array2<f64>) -> Array2<f64> {
    let (depth, n) = a.dim();
    let mut c = Array2::<f64>::zeros((n, n));
    for i in 0..n {
        for k in 0..depth {
            for j in i..n {
                c[[i, j]] += a[[k, i]] * a[[k, j]];
            }
        }
        for j in i..n {
            c[[i, j]] *= 2.0;
            c[[j, i]] = c[[i, j]];
        }
    }
    c
}

fn whole(m: usize, n: usize) -> Array2<f64> {
    Array2::from_shape_fn((m, n), |(i, j)| ((i * 7 + j * 3) % 11) as f64 - 4.0)
}

/// Where no strip begins or ends, and where one does.
const SIZES: [usize; 10] = [0, 1, 7, 63, 64, 65, 97, 131, 193, 290];

/// The first column of `b` counts for the first row alone, the last row of `a` for the last column.
fn special(n: usize, depth: usize) -> (Array2<f64>, Array2<f64>) {
    let (mut a, mut b) = (whole(n, depth), whole(depth, n));
    if n > 3 {
        b[[1, 0]] = f64::NAN;
        b[[2, n / 2]] = f64::INFINITY;
        a[[n - 1, 3]] = f64::INFINITY;
        a[[n / 2, 0]] = f64::NAN;
    }
    (a, b)
}

const DEPTH: usize = 12;

macro_rules! compiled {
    ($f:ident, $n:expr, $a:expr, $b:expr) => {{
        let mut native = whole($n, $n);
        $f::native($a, $b, &mut native);
        for engine in Engine::ALL.into_iter().filter(|&engine| engine != Engine::Candle || $n < 64) {
            for threads in [1, 2, 5] {
                let mut found = whole($n, $n);
                let call = || with_threads(threads, || $f::try_call($a, $b, &mut found));
                with_engine(engine, call).unwrap();
                let same = |(x, y): (&f64, &f64)| x == y || (x.is_nan() && y.is_nan());
                let same = native.iter().zip(found.iter()).all(same);
                assert!(same, "{} of {} on {engine}, {threads} threads", stringify!($f), $n);
            }
        }
    }};
}

#[test]
fn triangles_of_products() {
    for n in SIZES {
        let (a, b) = (whole(n, DEPTH), whole(DEPTH, n));
        compiled!(upper, n, &a, &b);
        compiled!(lower, n, &a, &b);
        compiled!(strict, n, &a, &b);
        compiled!(offset, n, &a, &b);
    }
    for n in [0, 1, 7, 40] {
        agree!(symmetric(&whole(DEPTH, n)));
    }
    for n in [96, 131, 290] {
        let (a, mut found) = (whole(DEPTH, n), Vec::new());
        for engine in [Engine::Machine, Engine::Cranelift, Engine::C] {
            found.push(with_engine(engine, || symmetric::try_call(&a)).unwrap());
        }
        assert!(found.iter().all(|c| *c == symmetric::native(&a)), "{n}");
    }
}

#[test]
fn what_is_outside_of_the_triangle_stays_there() {
    for n in [7, 65, 131, 290] {
        let (a, b) = special(n, DEPTH);
        compiled!(upper, n, &a, &b);
        compiled!(lower, n, &a, &b);
        compiled!(strict, n, &a, &b);
        compiled!(offset, n, &a, &b);
    }
}

#[test]
fn an_index_out_of_range_in_a_triangle() {
    let (n, depth) = (131, DEPTH);
    let (a, b) = (whole(n, depth), whole(depth, n));
    refuse!(upper(&a, &b, &mut whole(n, n - 1)), Index, "index 130 is out of range");
    refuse!(lower(&a, &whole(depth, n - 20), &mut whole(n, n)), Index, "index 111 is out of range");
}

/// Every row adds to the same elements, and to one of its own.
#[desc_jit]
fn both_ways(a: &Array2<f64>, x: &Array1<f64>, r: &Array1<f64>) -> (Array1<f64>, Array1<f64>) {
    let (m, n) = a.dim();
    let mut down = Array1::<f64>::ones(n);
    let mut along = Array1::<f64>::zeros(m);
    for i in 0..m {
        let mut row = 0.0;
        for j in 0..n {
            row += a[[i, j]] * x[j];
        }
        along[i] = row;
        for j in 0..n {
            down[j] += a[[i, j]] * r[i];
        }
    }
    (down, along)
}

#[test]
fn sums_into_an_array() {
    for (m, n) in [(0, 5), (1, 5), (7, 9), (300, 1800), (4100, 130)] {
        let a = whole(m, n);
        let x = Array1::from_shape_fn(n, |j| (j % 5) as f64 - 2.0);
        let r = Array1::from_shape_fn(m, |i| (i % 3) as f64 - 1.0);
        let native = both_ways::native(&a, &x, &r);
        for engine in Engine::ALL.into_iter().filter(|&engine| engine != Engine::Candle || m < 64) {
            for threads in [1, 2, 5] {
                let call = || with_threads(threads, || both_ways::try_call(&a, &x, &r));
                let found = with_engine(engine, call).unwrap();
                assert!(found == native, "{m} x {n} on {engine}, {threads} threads");
            }
        }
    }
}

#[test]
fn the_order_of_sums_does_not_depend_on_threads() {
    let (m, n) = (1000, 600);
    let a = Array2::from_shape_fn((m, n), |(i, j)| ((i * n + j) as f64 * 0.37).sin());
    let (x, r) = (Array1::from_shape_fn(n, |j| 0.1 * j as f64), Array1::from_shape_fn(m, |i| 0.3 * i as f64));
    let run = |engine, threads| {
        let sums = || with_threads(threads, || both_ways::try_call(&a, &x, &r).unwrap());
        let triangle = || with_threads(threads, || symmetric::try_call(&a).unwrap());
        (with_engine(engine, sums), with_engine(engine, triangle))
    };
    let one = run(Engine::Cranelift, 1);
    for (engine, threads) in [(Engine::Cranelift, 2), (Engine::Cranelift, 7), (Engine::C, 1), (Engine::C, 3)]
    {
        assert!(run(engine, threads) == one, "{engine}, {threads} threads");
    }
    let explanation = with_engine(Engine::C, || both_ways::explain(&a, &x, &r)).unwrap();
    assert!(explanation.loops()[0].became().contains("parallel"), "{explanation}");
    assert!(explanation.to_string().contains("adds to `down` in 16 parts"), "{explanation}");
    let explanation = with_engine(Engine::C, || symmetric::explain(&a)).unwrap();
    assert!(explanation.to_string().contains("in strips of 100 rows"), "{explanation}");
}

//! Fused multiply-adds on request: the kernel engines fuse the same pairs, and only when asked.

use desc_jit::backend::{fma, with_fma};
use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};

const ENGINES: [Engine; 3] = [Engine::Machine, Engine::Cranelift, Engine::C];

/// Runs `f` fused on every kernel engine; the bits must be those of `expected`.
fn fused<const N: usize>(f: impl Fn() -> Vec<f64>, expected: [f64; N]) {
    for engine in ENGINES {
        let found: Vec<u64> =
            with_engine(engine, || with_fma(true, &f)).iter().map(|x| x.to_bits()).collect();
        assert_eq!(found, expected.map(f64::to_bits), "{engine}");
    }
}

/// Every engine gives the same bits fused; they are returned.
fn agree(f: impl Fn() -> Vec<f64>) -> Vec<u64> {
    let run = |engine| -> Vec<u64> {
        with_engine(engine, || with_fma(true, &f)).iter().map(|x| x.to_bits()).collect()
    };
    let expected = run(ENGINES[0]);
    for engine in &ENGINES[1..] {
        assert_eq!(run(*engine), expected, "{engine}");
    }
    expected
}

/// Not representable products: their squares and each other's.
fn data(n: usize, seed: u64) -> Array1<f64> {
    Array1::from_shape_fn(n, |i| 1.0 + ((i as u64 * 7919 + seed * 104_729) % 10_007) as f64 / 3e4)
}

#[desc_jit]
fn add(a: &Array1<f64>, b: &Array1<f64>, c: &Array1<f64>) -> Array1<f64> {
    let mut y = Array1::zeros(a.len());
    for i in 0..a.len() {
        y[i] = a[i] * b[i] + c[i];
    }
    y
}

#[desc_jit]
fn subtract(a: &Array1<f64>, b: &Array1<f64>, c: &Array1<f64>) -> Array1<f64> {
    let mut y = Array1::zeros(a.len());
    for i in 0..a.len() {
        y[i] = a[i] * b[i] - c[i];
    }
    y
}

#[desc_jit]
fn subtract_from(a: &Array1<f64>, b: &Array1<f64>, c: &Array1<f64>) -> Array1<f64> {
    let mut y = Array1::zeros(a.len());
    for i in 0..a.len() {
        y[i] = c[i] - a[i] * b[i];
    }
    y
}

#[test]
fn fusing_is_exact_where_two_roundings_are_not() {
    // (1 + e)(1 - e) - 1 = -e * e, which the rounded product loses.
    let e = f64::powi(2.0, -30);
    let (a, b, c) = (Array1::from_elem(1, 1.0 + e), Array1::from_elem(1, 1.0 - e), Array1::from_elem(1, 1.0));
    let minus = Array1::from_elem(1, -1.0);
    for engine in ENGINES {
        let rounded = with_engine(engine, || with_fma(false, || subtract(&a, &b, &c)[0]));
        assert_eq!(rounded, 0.0, "{engine}");
    }
    fused(|| subtract(&a, &b, &c).to_vec(), [-e * e]);
    fused(|| add(&a, &b, &minus).to_vec(), [-e * e]);
    fused(|| subtract_from(&a, &b, &c).to_vec(), [e * e]);
}

#[test]
fn signs_of_zeros_are_those_of_the_separate_operations() {
    let zeros = [0.0, -0.0, 0.0, -0.0, 0.0, -0.0, 0.0, -0.0];
    let ones = [1.0, 1.0, -1.0, -1.0, 1.0, 1.0, -1.0, -1.0];
    let others = [0.0, 0.0, 0.0, 0.0, -0.0, -0.0, -0.0, -0.0];
    let (a, b, c) =
        (Array1::from(zeros.to_vec()), Array1::from(ones.to_vec()), Array1::from(others.to_vec()));
    let at = |f: &dyn Fn(usize) -> f64| -> [f64; 8] { std::array::from_fn(f) };
    fused(|| add(&a, &b, &c).to_vec(), at(&|i| zeros[i] * ones[i] + others[i]));
    fused(|| subtract(&a, &b, &c).to_vec(), at(&|i| zeros[i] * ones[i] - others[i]));
    fused(|| subtract_from(&a, &b, &c).to_vec(), at(&|i| others[i] - zeros[i] * ones[i]));
}

#[test]
fn long_arrays_have_the_bits_of_mul_add() {
    for n in [1, 7, 33, 1000] {
        let (a, b, c) = (data(n, 1), data(n, 2), data(n, 3));
        let bits = |f: &dyn Fn(usize) -> f64| -> Vec<u64> { (0..n).map(|i| f(i).to_bits()).collect() };
        assert_eq!(agree(|| add(&a, &b, &c).to_vec()), bits(&|i| a[i].mul_add(b[i], c[i])));
        assert_eq!(agree(|| subtract(&a, &b, &c).to_vec()), bits(&|i| a[i].mul_add(b[i], -c[i])));
        assert_eq!(agree(|| subtract_from(&a, &b, &c).to_vec()), bits(&|i| (-a[i]).mul_add(b[i], c[i])));
    }
}

#[desc_jit]
fn narrow(a: &Array1<f32>, b: &Array1<f32>, c: &Array1<f32>) -> Array1<f32> {
    let mut y = Array1::zeros(a.len());
    for i in 0..a.len() {
        y[i] = c[i] - a[i] * b[i];
    }
    y
}

#[test]
fn of_f32_too() {
    let (a, b, c) =
        (data(50, 1).mapv(|x| x as f32), data(50, 2).mapv(|x| x as f32), data(50, 3).mapv(|x| x as f32));
    let expected: Vec<u32> = (0..50).map(|i| (-a[i]).mul_add(b[i], c[i]).to_bits()).collect();
    let native: Vec<u32> = narrow::native(&a, &b, &c).iter().map(|x| x.to_bits()).collect();
    assert_ne!(expected, native);
    for engine in ENGINES {
        let found = with_engine(engine, || with_fma(true, || narrow(&a, &b, &c)));
        assert_eq!(found.iter().map(|x| x.to_bits()).collect::<Vec<u32>>(), expected, "{engine}");
    }
}

#[desc_jit]
fn whole(a: &Array1<f64>, b: &Array1<f64>, c: &Array1<f64>) -> Array1<f64> {
    a * b + c
}

#[test]
fn expressions_of_whole_arrays_agree_too() {
    // Long ones keep the product in memory, rounded; elements of short ones are scalars.
    for n in [5, 100] {
        let (a, b, c) = (data(n, 1), data(n, 2), data(n, 3));
        let found = agree(|| whole(&a, &b, &c).to_vec());
        if n == 100 {
            let native: Vec<u64> = whole::native(&a, &b, &c).iter().map(|x| x.to_bits()).collect();
            assert_eq!(found, native);
        }
    }
}

#[desc_jit]
fn twice(a: &Array1<f64>, b: &Array1<f64>, c: &Array1<f64>) -> Array1<f64> {
    let mut y = Array1::zeros(a.len());
    for i in 0..a.len() {
        let p = a[i] * b[i];
        y[i] = (p + c[i]) / p;
    }
    y
}

#[desc_jit]
fn dot(a: &Array1<f64>, b: &Array1<f64>) -> f64 {
    let mut s = 0.0;
    for i in 0..a.len() {
        s += a[i] * b[i];
    }
    s
}

#[test]
fn products_used_twice_and_carried_sums_stay() {
    let (a, b, c) = (data(20, 1), data(20, 2), data(20, 3));
    let bits = |x: Array1<f64>| -> Vec<u64> { x.iter().map(|x| x.to_bits()).collect() };
    assert_eq!(agree(|| twice(&a, &b, &c).to_vec()), bits(twice::native(&a, &b, &c)));
    assert_eq!(agree(|| vec![dot(&a, &b)]), [dot::native(&a, &b).to_bits()]);
}

/// Branches, a product whose factor a loop changes before the sum, and sums of sums.
#[desc_jit]
fn mixed(x: &Array1<f64>, steps: usize) -> Array1<f64> {
    let mut u = x.clone();
    for _ in 0..steps {
        for i in 1..x.len() - 1 {
            let mut t = u[i];
            let p = t * x[i];
            for k in 0..i % 3 {
                t = t * 0.5 - x[k] * x[k];
            }
            let q = if t > 0.2 { p + t } else { t - p };
            u[i] = 0.25 * q + 0.125 * (x[i - 1] * x[i + 1] - t * t);
        }
    }
    u
}

#[test]
fn mixed_code_has_the_same_bits_on_every_engine() {
    for (n, steps) in [(3, 1), (10, 3), (200, 2)] {
        let x = data(n, n as u64);
        let found = agree(|| mixed(&x, steps).to_vec());
        let native: Vec<u64> = mixed::native(&x, steps).iter().map(|x| x.to_bits()).collect();
        assert!(n < 10 || found != native);
        let plain = with_fma(false, || with_engine(Engine::Cranelift, || mixed(&x, steps)));
        assert_eq!(plain.iter().map(|x| x.to_bits()).collect::<Vec<_>>(), native);
    }
}

#[test]
fn each_choice_is_compiled_once() {
    #[desc_jit]
    fn line(a: &Array1<f64>, k: f64) -> Array1<f64> {
        a * k + 1.0
    }
    let a = data(5, 1);
    let before = fma();
    with_engine(Engine::Cranelift, || {
        for _ in 0..3 {
            for on in [false, true] {
                let y = with_fma(on, || line(&a, 1.1));
                let expected = |i| if on { f64::mul_add(a[i], 1.1, 1.0) } else { a[i] * 1.1 + 1.0 };
                assert!((0..5).all(|i| y[i].to_bits() == expected(i).to_bits()), "{on}");
            }
        }
    });
    assert_eq!(fma(), before);
    let stats = line::cache_stats();
    assert_eq!((stats.entries, stats.misses, stats.hits), (2, 2, 4));
}

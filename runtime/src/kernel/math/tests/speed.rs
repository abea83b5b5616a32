//! Time per element, beside std in the same run:
//! `DESC_MEASURE=1 cargo test --release -p desc-jit --lib kernel::math -- --nocapture`

use super::super::reduce::{Combine, fold32, fold64};
use super::special::{std_binary, std_unary};
use super::{Level, Random, binary_ops, unary_ops};
use crate::op::{BinaryOp, UnaryOp};
use std::hint::black_box;

const N: usize = 512;

/// Nanoseconds per element: the best of several runs.
fn time(mut run: impl FnMut()) -> f64 {
    let repeat = || {
        let start = std::time::Instant::now();
        for _ in 0..500 {
            run();
        }
        start.elapsed().as_secs_f64() * 1e9 / (500 * N) as f64
    };
    std::iter::repeat_with(repeat).take(20).fold(f64::INFINITY, f64::min)
}

/// Usual arguments.
fn arguments(op: UnaryOp) -> Vec<f64> {
    let (low, high) = match op {
        UnaryOp::Acosh => (1.0, 20.0),
        UnaryOp::Asin | UnaryOp::Acos | UnaryOp::Atanh => (-0.99, 0.99),
        UnaryOp::Ln | UnaryOp::Log2 | UnaryOp::Log10 | UnaryOp::Ln1p => (0.01, 20.0),
        _ => (-10.0, 10.0),
    };
    uniform(low, high)
}

fn uniform(low: f64, high: f64) -> Vec<f64> {
    let mut random = Random(9);
    (0..N).map(|_| random.uniform(low, high)).collect()
}

/// A call of std on one element that is not inlined into the loop, as compiled code calls a function.
fn std_unary_of(op: UnaryOp, x: &[f64], y: &mut [f64]) {
    macro_rules! run {
        ($($name:ident)*) => {
            match op {
                $(UnaryOp::$name => for (y, &x) in y.iter_mut().zip(x) { *y = std_unary(UnaryOp::$name, x) },)*
                other => panic!("{} is not of this library", other.name()),
            }
        };
    }
    run!(Cbrt Exp Exp2 ExpM1 Ln Log2 Log10 Ln1p Sin Cos Tan Asin Acos Atan Sinh Cosh Tanh Asinh Acosh Atanh);
}

fn std_binary_of(op: BinaryOp, a: &[f64], b: &[f64], y: &mut [f64]) {
    macro_rules! run {
        ($($name:ident)*) => {
            match op {
                $(BinaryOp::$name => for ((y, &a), &b) in y.iter_mut().zip(a).zip(b) {
                    *y = std_binary(BinaryOp::$name, a, b);
                },)*
                other => panic!("{} is not of this library", other.name()),
            }
        };
    }
    run!(Pow Atan2 Hypot);
}

/// Measurements take seconds, and run only where they are asked for.
fn measure() -> bool {
    std::env::var_os("DESC_MEASURE").is_some()
}

#[test]
fn time_per_element() {
    if !measure() {
        return;
    }
    println!("ns per element; tiles of {N}");
    println!("            std  scalar  f64 tiles and f32 tiles for {:?}", Level::available());
    let mut y = vec![0.0; N];
    let mut y32 = vec![0.0f32; N];
    for op in unary_ops() {
        let x = arguments(op);
        let x32: Vec<f32> = x.iter().map(|&x| x as f32).collect();
        print!("{:8} {:6.2}", op.name(), time(|| std_unary_of(op, black_box(&x), black_box(&mut y))));
        let scalar = black_box(super::super::scalar_unary64(op).unwrap());
        print!("  {:6.2}", time(|| y.iter_mut().zip(&x).for_each(|(y, &x)| *y = scalar(x))));
        for &level in Level::available() {
            let (f, g) = (level.unary64(op).unwrap(), level.unary32(op).unwrap());
            // SAFETY: a level of this CPU, `N` elements.
            print!("  {:6.2}", time(|| unsafe { f(y.as_mut_ptr(), x.as_ptr(), N) }));
            // SAFETY: as above.
            print!(" {:5.2}", time(|| unsafe { g(y32.as_mut_ptr(), x32.as_ptr(), N) }));
        }
        println!();
    }
    let (a, b) = (uniform(0.1, 10.0), uniform(-5.0, 5.0));
    let a32: Vec<f32> = a.iter().map(|&x| x as f32).collect();
    let b32: Vec<f32> = b.iter().map(|&x| x as f32).collect();
    for op in binary_ops() {
        print!("{:8} {:6.2}", op.name(), time(|| std_binary_of(op, black_box(&a), &b, black_box(&mut y))));
        let scalar = black_box(super::super::scalar_binary64(op).unwrap());
        print!(
            "  {:6.2}",
            time(|| y.iter_mut().zip(a.iter().zip(&b)).for_each(|(y, (&a, &b))| *y = scalar(a, b)))
        );
        for &level in Level::available() {
            let (f, g) = (level.binary64(op).unwrap(), level.binary32(op).unwrap());
            // SAFETY: a level of this CPU, `N` elements.
            print!("  {:6.2}", time(|| unsafe { f(y.as_mut_ptr(), a.as_ptr(), b.as_ptr(), N) }));
            // SAFETY: as above.
            print!(" {:5.2}", time(|| unsafe { g(y32.as_mut_ptr(), a32.as_ptr(), b32.as_ptr(), N) }));
        }
        println!();
    }
    for op in [Combine::Add, Combine::Mul, Combine::Min, Combine::Max] {
        let (double, single) = (fold64(op), fold32(op));
        let double = time(|| {
            // SAFETY: `N` elements.
            black_box(unsafe { double(a.as_ptr(), N) });
        });
        let single = time(|| {
            // SAFETY: `N` elements.
            black_box(unsafe { single(a32.as_ptr(), N) });
        });
        println!("fold {op:?}: {double:.3}, f32 {single:.3}");
    }
}

/// How far std (the system's libm) and this library are apart: two functions below 1 unit differ by at most 1.
#[test]
fn distance_from_std() {
    if !measure() {
        return;
    }
    let mut random = Random(10);
    let mut points = |count: usize| -> Vec<f64> { (0..count).map(|_| random.number()).collect() };
    let (a, b) = (points(1_000_000), points(1_000_000));
    let distance = |y: f64, std: f64| match (y.is_nan(), std.is_nan()) {
        (true, true) => 0,
        (false, false) => {
            let ordered =
                |x: f64| if x < 0.0 { -((x.to_bits() & !(1 << 63)) as i64) } else { x.to_bits() as i64 };
            ordered(y + 0.0).abs_diff(ordered(std + 0.0))
        }
        _ => u64::MAX,
    };
    for op in unary_ops() {
        let far = a.iter().map(|&x| (distance(super::unary(op, x), std_unary(op, x)), x));
        let (most, x) = far.fold((0, 0.0), |worst, next| if next.0 > worst.0 { next } else { worst });
        println!("{:8} at most {most} doubles from std, at {x:e}", op.name());
    }
    for op in binary_ops() {
        let far =
            a.iter().zip(&b).map(|(&a, &b)| (distance(super::binary(op, a, b), std_binary(op, a, b)), a, b));
        let (most, a, b) = far.fold((0, 0.0, 0.0), |worst, next| if next.0 > worst.0 { next } else { worst });
        println!("{:8} at most {most} doubles from std, at ({a:e}, {b:e})", op.name());
    }
}

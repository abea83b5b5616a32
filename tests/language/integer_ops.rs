//! Every operation of integers on the values where something happens, of every integer type: the value is Rust's in
//! every reading, and what panics there is an error that names the operation and the line.

use desc_jit::prelude::*;
use desc_jit::{Engine, ErrorKind, with_engine};
use desc_jit_tests::Reading;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Native and staged on every engine give the same value, or fail alike; the message contains `text`.
macro_rules! same {
    ($f:ident ( $($arg:expr),* ), $text:expr) => {{
        let native = catch_unwind(AssertUnwindSafe(|| $f::native($($arg),*))).ok();
        for engine in Engine::ALL {
            let what = || format!("{}{:?} on {engine}", stringify!($f), ($($arg,)*));
            match (&native, with_engine(engine, || $f::try_call($($arg),*))) {
                (Some(expected), Ok(got)) => {
                    assert_eq!(Reading::difference(expected, &got, 0), None, "{}: {expected:?}", what());
                }
                (None, Err(error)) => {
                    assert_eq!(error.kind(), ErrorKind::Arithmetic, "{}: {error}", what());
                    assert!(error.to_string().contains($text), "{} lacks {:?}: {error}", what(), $text);
                    assert!(error.location().is_some_and(|at| at.line > 0), "{}: {error}", what());
                }
                (Some(expected), Err(error)) => panic!("{} is {expected:?}, not {error}", what()),
                (None, Ok(got)) => panic!("{} is an error, not {got:?}", what()),
            }
        }
    }};
}

/// Tests of one integer type. `signed` ones have more operations.
macro_rules! of_type {
    ($module:ident, $t:ident, [$($value:expr),*]) => {
        mod $module {
            use super::*;

            const VALUES: &[$t] = &[$($value),*];

            #[desc_jit]
            fn bits(a: $t, b: $t) -> ($t, $t, $t, $t) {
                (a & b, a | b, a ^ b, !a)
            }

            #[desc_jit]
            fn wrapping(a: $t, b: $t) -> ($t, $t, $t, $t) {
                (a.wrapping_add(b), a.wrapping_sub(b), a.wrapping_mul(b), a.wrapping_neg())
            }

            #[desc_jit]
            fn saturating(a: $t, b: $t) -> ($t, $t, $t) {
                (a.saturating_add(b), a.saturating_sub(b), a.saturating_mul(b))
            }

            #[desc_jit]
            fn order(a: $t, b: $t) -> (($t, $t), (bool, bool, bool), (bool, bool, bool)) {
                ((a.min(b), a.max(b)), (a < b, a <= b, a == b), (a > b, a >= b, a != b))
            }

            #[desc_jit]
            fn counts(a: $t) -> ((u32, u32), (u32, u32), (u32, u32)) {
                (
                    (a.count_ones(), a.count_zeros()),
                    (a.leading_zeros(), a.leading_ones()),
                    (a.trailing_zeros(), a.trailing_ones()),
                )
            }

            #[desc_jit]
            fn mirrors(a: $t) -> ($t, $t, $t) {
                (a.swap_bytes(), a.reverse_bits(), a.swap_bytes().reverse_bits())
            }

            #[desc_jit]
            fn turned(a: $t, n: u32) -> (($t, $t), ($t, $t, $t)) {
                (
                    (a.rotate_left(n), a.rotate_right(n)),
                    (a.wrapping_shl(n), a.wrapping_shr(n), a.wrapping_pow(n)),
                )
            }

            #[desc_jit]
            fn turned_by_constants(a: $t) -> (($t, $t, $t), ($t, $t, $t)) {
                (
                    (a.rotate_left(7), a.rotate_right(11), a << 3),
                    (a >> 3, a.wrapping_shl(65), a.wrapping_shr(31)),
                )
            }

            #[desc_jit]
            fn constants() -> (($t, $t, u32), ($t, $t)) {
                (($t::MIN, $t::MAX, $t::BITS), (0x7f, 0b1010_0101))
            }

            #[test]
            fn what_never_fails() {
                same!(constants(), "");
                for &a in VALUES {
                    same!(counts(a), "");
                    same!(mirrors(a), "");
                    same!(turned_by_constants(a), "");
                    for n in [0, 1, 31, 32, 63, 64, u32::MAX] {
                        same!(turned(a, n), "");
                    }
                    for &b in VALUES {
                        same!(bits(a, b), "");
                        same!(wrapping(a, b), "");
                        same!(saturating(a, b), "");
                        same!(order(a, b), "");
                    }
                }
            }

            #[desc_jit]
            fn casts(a: $t) -> ((i32, u32), (i64, usize), (f32, f64), bool) {
                ((a as i32, a as u32), (a as i64, a as usize), (a as f32, a as f64), a != 0)
            }

            #[desc_jit]
            fn of_floats(x: f64, y: f32) -> ($t, $t) {
                (x as $t, y as $t)
            }

            #[test]
            fn casts_wrap_and_saturate() {
                for &a in VALUES {
                    same!(casts(a), "");
                }
                for x in [0.0, -0.5, 1.9, -1.9, 3e9, -3e9, 9.3e18, 1.9e19, -1e30, f64::INFINITY, f64::NAN] {
                    same!(of_floats(x, x as f32), "");
                }
            }

            failing! { $t; add(a: $t in VALUES, b: $t in VALUES) -> $t { a + b } "attempt to add with overflow" }
            failing! { $t; sub(a: $t in VALUES, b: $t in VALUES) -> $t { a - b } "attempt to subtract with overflow" }
            failing! { $t; mul(a: $t in VALUES, b: $t in VALUES) -> $t { a * b } "attempt to multiply with overflow" }
            failing! { $t; div(a: $t in VALUES, b: $t in VALUES) -> $t { a / b } "attempt to divide" }
            failing! { $t; rem(a: $t in VALUES, b: $t in VALUES) -> $t { a % b } "attempt to calculate the remainder" }
            failing! { $t; div_euclid(a: $t in VALUES, b: $t in VALUES) -> $t { a.div_euclid(b) } "attempt to divide" }
            failing! { $t; rem_euclid(a: $t in VALUES, b: $t in VALUES) -> $t { a.rem_euclid(b) } "attempt to calculate the remainder" }
            failing! { $t; pow(a: $t in VALUES, b: u32 in &[0, 1, 2, 31, 32, 63, u32::MAX]) -> $t { a.pow(b) } "attempt to raise to a power" }
            failing! { $t; shl(a: $t in VALUES, b: u32 in &[0, 1, 31, 32, 63, 64, u32::MAX]) -> $t { a << b } "attempt to shift left" }
            failing! { $t; shr(a: $t in VALUES, b: u32 in &[0, 1, 31, 32, 63, 64, u32::MAX]) -> $t { a >> b } "attempt to shift right" }
            failing! { $t; shl_i32(a: $t in VALUES, b: i32 in &[0, 31, 64, -1, i32::MIN]) -> $t { a << b } "attempt to shift left" }
            failing! { $t; shr_i64(a: $t in VALUES, b: i64 in &[0, 63, -1, 1 << 32]) -> $t { a >> b } "attempt to shift right" }
            failing! { $t; shl_usize(a: $t in VALUES, b: usize in &[0, 63, 1 << 32]) -> $t { a << b } "attempt to shift left" }
            failing! { $t; ilog2(a: $t in VALUES, b: u32 in &[0]) -> u32 { a.ilog2() + b } "attempt to take the logarithm" }
            failing! { $t; isqrt(a: $t in VALUES, b: u32 in &[0]) -> $t { a.isqrt() + b as $t } "attempt to take the square root" }
        }
    };
}

/// A function of two operands that fails for some: of scalars, and where it runs in a loop over arrays.
macro_rules! failing {
    (
        $t:ident;
        $name:ident($a:ident: $ta:ident in $va:expr, $b:ident: $tb:ident in $vb:expr) -> $r:ident { $($value:tt)* }
        $text:literal
    ) => {
        mod $name {
            use super::*;

            #[desc_jit]
            fn scalar($a: $ta, $b: $tb) -> $r {
                $($value)*
            }

            #[desc_jit]
            fn each(x: &Array1<$ta>, y: &Array1<$tb>) -> Array1<$r> {
                let mut out = Array1::<$r>::zeros(x.len());
                for k in 0..x.len() {
                    let ($a, $b) = (x[k], y[k]);
                    out[k] = $($value)*;
                }
                out
            }

            #[test]
            fn scalars() {
                for &a in $va {
                    for &b in $vb {
                        same!(scalar(a, b), $text);
                    }
                }
            }

            #[test]
            fn loops() {
                // Where every element has a value there is one for all, and the first that has none is an error.
                let pairs: Vec<($ta, $tb)> = $va.iter().flat_map(|&a| $vb.iter().map(move |&b| (a, b))).collect();
                let fine = |p: &&($ta, $tb)| catch_unwind(AssertUnwindSafe(|| scalar::native(p.0, p.1))).is_ok();
                let good: Vec<_> = pairs.iter().filter(fine).cycle().take(100).collect();
                let x = Array1::from_vec(good.iter().map(|p| p.0).collect());
                let y = Array1::from_vec(good.iter().map(|p| p.1).collect());
                same!(each(&x, &y), $text);
                for bad in pairs.iter().filter(|p| !fine(p)).take(2) {
                    let (mut x, mut y) = (x.clone(), y.clone());
                    (x[77], y[77]) = *bad;
                    same!(each(&x, &y), $text);
                }
            }
        }
    };
}

of_type!(of_i32, i32, [i32::MIN, i32::MAX, 0, -1, 1, 2, -7, 46_341, 0x1234_5678]);
of_type!(of_u32, u32, [0, 1, 2, 7, 65_536, 1 << 31, u32::MAX, 0xdead_beef]);
of_type!(of_i64, i64, [i64::MIN, i64::MAX, 0, -1, 1, 2, -7, 3_037_000_500, 0x0123_4567_89ab_cdef]);
of_type!(of_u64, u64, [0, 1, 2, 7, 1 << 32, 1 << 63, u64::MAX, 0xcbf2_9ce4_8422_2325]);
of_type!(of_usize, usize, [0, 1, 2, 7, 1 << 32, 1 << 63, usize::MAX]);

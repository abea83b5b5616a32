//! How the behaviour tests compare the readings of one function: native, op by op on Candle, and the
//! register machine.

pub mod consistency;
pub mod generate;

use desc_jit::array::{Array, Dimension, Element};
use desc_jit::dtype::{DType, Literal};

/// Values that can be compared across readings.
pub trait Reading: std::fmt::Debug {
    /// What differs, if anything. Floats agree when their bits do, or both are NaN; `tolerance` (in units in
    /// the last place) is for sums whose order is not fixed.
    fn difference(&self, other: &Self, tolerance: u64) -> Option<String>;
}

fn ulps(a: f64, b: f64, single: bool) -> u64 {
    if a == b || (a.is_nan() && b.is_nan()) {
        return 0;
    }
    if a.is_nan() || b.is_nan() {
        return u64::MAX;
    }
    if single {
        let key = |x: f64| {
            let bits = (x as f32).to_bits() as i32;
            i64::from(if bits < 0 { i32::MIN - bits } else { bits })
        };
        return key(a).abs_diff(key(b));
    }
    let key = |x: f64| {
        let bits = x.to_bits() as i64;
        i128::from(if bits < 0 { i64::MIN.wrapping_sub(bits) } else { bits })
    };
    u64::try_from(key(a).abs_diff(key(b))).unwrap_or(u64::MAX)
}

/// What differs between two scalars.
fn scalar_difference(a: Literal, b: Literal, tolerance: u64) -> Option<String> {
    let same = match a.dtype() {
        DType::F64 | DType::F32 => {
            let signs = tolerance > 0
                || a.as_f64().is_nan()
                || a.as_f64().is_sign_negative() == b.as_f64().is_sign_negative();
            signs && ulps(a.as_f64(), b.as_f64(), a.dtype() == DType::F32) <= tolerance
        }
        _ => a == b,
    };
    (!same).then(|| format!("{a} and {b}"))
}

macro_rules! scalars {
    ($($t:ty)*) => { $(impl Reading for $t {
        fn difference(&self, other: &Self, tolerance: u64) -> Option<String> {
            scalar_difference(self.to_literal(), other.to_literal(), tolerance)
        }
    })* };
}
scalars!(f64 f32 i64 i32 u32 u64 usize bool);

impl<T: Element, D: Dimension> Reading for Array<T, D> {
    fn difference(&self, other: &Self, tolerance: u64) -> Option<String> {
        if self.shape() != other.shape() {
            return Some(format!("shapes {:?} and {:?}", self.shape(), other.shape()));
        }
        self.iter().zip(other.iter()).enumerate().find_map(|(k, (a, b))| {
            let difference = scalar_difference(a.to_literal(), b.to_literal(), tolerance)?;
            Some(format!("element {k} in row-major order: {difference}"))
        })
    }
}

impl Reading for () {
    fn difference(&self, (): &Self, _: u64) -> Option<String> {
        None
    }
}

macro_rules! tuples {
    ($($($t:ident $k:tt)+;)*) => { $(impl<$($t: Reading),+> Reading for ($($t,)+) {
        fn difference(&self, other: &Self, tolerance: u64) -> Option<String> {
            $(if let Some(d) = self.$k.difference(&other.$k, tolerance) {
                return Some(format!("part {}: {d}", $k));
            })+
            None
        }
    })* };
}
tuples! { A 0; A 0 B 1; A 0 B 1 C 2; A 0 B 1 C 2 D 3; A 0 B 1 C 2 D 3 E 4; }

/// How far a compiled kernel may be from the native reading where it uses transcendental functions (2 units in
/// the last place at most, std's own error besides) or reductions (another, fixed order).
pub const COMPILED_ULPS: u64 = 4;

/// Programs and their arguments: `name(x: f64) -> f64 { .. } of (1.0) (2.0);`. Each is a test that every engine gives what the
/// function as written does, of types that can be compared.
#[macro_export]
macro_rules! as_written {
    ($($name:ident($($x:ident: $t:ty),*) -> $r:ty $body:block of $(($($v:expr),*))*;)*) => {
        mod programs {
            use super::*;
            $(
                #[desc_jit]
                #[allow(clippy::nonminimal_bool, clippy::eq_op, clippy::explicit_counter_loop)]
                pub fn $name($($x: $t),*) -> $r $body
            )*
        }
        $(
            #[test]
            fn $name() {
                for engine in desc_jit::Engine::ALL {
                    $(
                        let found = desc_jit::with_engine(engine, || programs::$name($($v),*));
                        assert_eq!(found, programs::$name::native($($v),*), "{engine}");
                    )*
                }
            }
        )*
    };
}

/// Runs a function natively and staged on every engine with the same arguments, checks that all agree to
/// the bit (or to `ulps = n` units in the last place, compiled kernels to `compiled = n`), that the compiled
/// engines agree with each other to the bit, and gives the native result.
#[macro_export]
macro_rules! agree {
    ($f:ident ( $($arg:expr),* $(,)? )) => { $crate::agree!($f($($arg),*), ulps = 0) };
    ($f:ident ( $($arg:expr),* $(,)? ), ulps = $ulps:expr) => {
        $crate::agree!($f($($arg),*), ulps = $ulps, compiled = $crate::COMPILED_ULPS)
    };
    ($f:ident ( $($arg:expr),* $(,)? ), ulps = $ulps:expr, compiled = $compiled:expr) => {{
        let expected = $f::native($($arg),*);
        let mut cranelift = None;
        for engine in desc_jit::Engine::ALL {
            let got = desc_jit::with_engine(engine, || $f::try_call($($arg),*));
            let got = got.unwrap_or_else(|e| panic!("{} on {engine}: {e}", stringify!($f)));
            // The vector mathematics and the reductions of compiled kernels are their own.
            let compiled = matches!(engine, desc_jit::Engine::Cranelift | desc_jit::Engine::C);
            let ulps: u64 = if compiled { u64::max($ulps, $compiled) } else { $ulps };
            if let Some(difference) = $crate::Reading::difference(&expected, &got, ulps) {
                panic!(
                    "{} on {engine} differs from native: {difference}\nnative {expected:?}\nstaged {got:?}",
                    stringify!($f)
                );
            }
            match engine {
                desc_jit::Engine::Cranelift => cranelift = Some(got),
                desc_jit::Engine::C => {
                    if let Some(difference) =
                        cranelift.as_ref().and_then(|other| $crate::Reading::difference(other, &got, 0))
                    {
                        panic!("{}: C differs from Cranelift: {difference}", stringify!($f));
                    }
                }
                _ => {}
            }
        }
        expected
    }};
}

/// A call that is an error in every reading: native panics, staged gives an error of that kind whose text
/// contains `text`.
#[macro_export]
macro_rules! refuse {
    ($f:ident ( $($arg:expr),* $(,)? ), $kind:ident, $text:expr) => {{
        let native = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| $f::native($($arg),*)));
        assert!(native.is_err(), "{} is accepted natively", stringify!($f));
        for engine in desc_jit::Engine::ALL {
            match desc_jit::with_engine(engine, || $f::try_call($($arg),*)) {
                Ok(value) => panic!("{} on {engine} is accepted: {value:?}", stringify!($f)),
                Err(error) => {
                    assert_eq!(error.kind(), desc_jit::ErrorKind::$kind, "{error}");
                    assert!(error.to_string().contains($text), "the message lacks {:?}:\n{error}", $text);
                    let at = error.location().unwrap_or_else(|| panic!("no place in\n{error}"));
                    assert!(at.file.ends_with(".rs") && at.line > 0, "{error}");
                }
            }
        }
    }};
}

/// The README's programs run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

/// The examples of `docs/observing.md` run.
#[cfg(doctest)]
#[doc = include_str!("../docs/observing.md")]
pub struct Observing;

/// The examples of `docs/derivatives.md` run.
#[cfg(doctest)]
#[doc = include_str!("../docs/derivatives.md")]
pub struct Derivatives;

//! Errors in units of the last place of the exact result. `DESC_MATH_REFERENCE` names another folder of
//! references, made by `make_reference.py --out`; `--nocapture` prints the table.

use super::{binary, unary};
use crate::op::{BinaryOp, UnaryOp};

/// What the library promises.
const LIMIT: f64 = 1.0;

struct Reference {
    name: &'static str,
    points: &'static [u8],
}

macro_rules! references {
    ($($op:path = $name:literal,)*) => {
        [$(($op, Reference { name: $name, points: include_bytes!(concat!("reference/", $name, ".bin")) }),)*]
    };
}

impl Reference {
    /// The records of `N` arguments, the rounded result and the residual.
    fn each<const N: usize>(&self, mut test: impl FnMut([f64; N], f64, f64)) -> usize {
        let other = std::env::var_os("DESC_MATH_REFERENCE")
            .map(|folder| std::path::Path::new(&folder).join(format!("{}.bin", self.name)))
            .map(|path| std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())));
        let points = other.as_deref().unwrap_or(self.points);
        let size = 8 * (N + 1) + 2;
        assert!(!points.is_empty() && points.len().is_multiple_of(size), "{}: not whole records", self.name);
        for record in points.chunks_exact(size) {
            let number = |k: usize| f64::from_le_bytes(record[8 * k..8 * k + 8].try_into().unwrap());
            let residual = i16::from_le_bytes(record[size - 2..].try_into().unwrap());
            test(std::array::from_fn(number), number(N), f64::from(residual) / 65536.0);
        }
        points.len() / size
    }

    /// The largest error over all points, asserted and printed.
    fn check<const N: usize>(&self, function: impl Fn([f64; N]) -> f64) {
        let (mut worst, mut at, mut rounded) = (0.0, [f64::NAN; N], 0);
        let count = self.each::<N>(|x, result, residual| {
            let found = error(function(x), result, residual);
            if found > worst {
                (worst, at) = (found, x);
            }
            rounded += usize::from(function(x).to_bits() == result.to_bits());
        });
        let right = 100.0 * rounded as f64 / count as f64;
        println!(
            "{:6}  {count:7} points  error at most {worst:.3} ulp at {at:?}, {right:.2} % correctly rounded",
            self.name
        );
        assert!(worst <= LIMIT, "{}{at:?}: {worst} ulp", self.name);
    }
}

/// The distance of `y` from `result + residual` units, in units of the last place of the exact result.
fn error(y: f64, result: f64, residual: f64) -> f64 {
    if y.is_nan() || y.is_sign_negative() != result.is_sign_negative() {
        return f64::INFINITY;
    }
    let residual =
        residual.copysign(1.0) * if (residual < 0.0) == result.is_sign_negative() { 1.0 } else { -1.0 };
    let (y, result) = (y.abs(), result.abs());
    // Infinity is where the next double would be.
    let steps = |y: f64| if y == f64::INFINITY { 1.0 } else { 0.0 };
    let top = |y: f64| if y == f64::INFINITY { f64::MAX } else { y };
    if y == result && result == f64::INFINITY {
        return 0.0;
    }
    // Below a power of two the exact result has half its unit.
    let bits = top(result).to_bits();
    let below = residual < 0.0 && bits & ((1 << 52) - 1) == 0 && bits > 0;
    let exponent = ((bits - u64::from(below)) >> 52).max(1);
    let unit = f64::from_bits(if exponent > 52 { (exponent - 52) << 52 } else { 1 << (exponent - 1) });
    (((top(y) - top(result)) / unit + (steps(y) - steps(result))) - residual).abs()
}

/// Sanity of the measure itself.
#[test]
fn errors_are_measured_in_units_of_the_exact_result() {
    assert_eq!(error(1.0 + f64::EPSILON, 1.0, 0.0), 1.0);
    assert_eq!(error(1.0 + f64::EPSILON, 1.0, 0.25), 0.75);
    assert_eq!(error(1.0 - f64::EPSILON / 2.0, 1.0, -0.25), 0.75);
    assert_eq!(error(-3.0, -3.0, 0.5), 0.5);
    assert_eq!(error(5e-324, 0.0, 0.25), 0.75);
    assert_eq!(error(f64::INFINITY, f64::MAX, 0.25), 0.75);
    assert_eq!(error(f64::MAX, f64::INFINITY, 0.0), 1.0);
    assert_eq!(error(1.0, -1.0, 0.0), f64::INFINITY);
}

#[test]
fn errors_are_below_one_unit_of_the_last_place() {
    let references = references! {
        UnaryOp::Exp = "exp",
        UnaryOp::Exp2 = "exp2",
        UnaryOp::ExpM1 = "exp_m1",
        UnaryOp::Ln = "ln",
        UnaryOp::Log2 = "log2",
        UnaryOp::Log10 = "log10",
        UnaryOp::Ln1p = "ln_1p",
        UnaryOp::Sin = "sin",
        UnaryOp::Cos = "cos",
        UnaryOp::Tan = "tan",
        UnaryOp::Asin = "asin",
        UnaryOp::Acos = "acos",
        UnaryOp::Atan = "atan",
        UnaryOp::Sinh = "sinh",
        UnaryOp::Cosh = "cosh",
        UnaryOp::Tanh = "tanh",
        UnaryOp::Asinh = "asinh",
        UnaryOp::Acosh = "acosh",
        UnaryOp::Atanh = "atanh",
        UnaryOp::Cbrt = "cbrt",
    };
    assert_eq!(references.len(), super::unary_ops().count());
    for (op, reference) in references {
        reference.check(|[x]| unary(op, x));
    }
    let references = references! {
        BinaryOp::Pow = "pow",
        BinaryOp::Atan2 = "atan2",
        BinaryOp::Hypot = "hypot",
    };
    assert_eq!(references.len(), super::binary_ops().count());
    for (op, reference) in references {
        reference.check(|[a, b]| binary(op, a, b));
    }
}

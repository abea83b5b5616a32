//! Elementwise functions, of numbers and of arrays.

use crate::array::{Array, ArrayRef, ArrayView, ArrayViewMut, Element, Float, Number, Operand};
use crate::op::{BinaryOp, UnaryOp};
use crate::staged::staged;
use ndarray::{DimMax, Dimension};

/// What elementwise functions take: a float, or an array of floats by reference or value.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a float or an array of floats")]
pub trait Elementwise {
    /// The element type.
    type Elem: Float;
    /// The result: of the same shape.
    type Out;
    /// Applies a function to every element.
    fn each(self, f: impl Fn(Self::Elem) -> Self::Elem) -> Self::Out;
}

macro_rules! scalars {
    ($($t:ty)*) => { $(
        impl Elementwise for $t {
            type Elem = $t;
            type Out = $t;
            fn each(self, f: impl Fn($t) -> $t) -> $t { f(self) }
        }
        impl Elementwise for &$t {
            type Elem = $t;
            type Out = $t;
            fn each(self, f: impl Fn($t) -> $t) -> $t { f(*self) }
        }
    )* };
}
scalars!(f64 f32);

macro_rules! arrays {
    ($([$($g:tt)*] $t:ty;)*) => { $(
        impl<$($g)* T: Float, D: Dimension> Elementwise for $t {
            type Elem = T;
            type Out = Array<T, D>;
            fn each(self, f: impl Fn(T) -> T) -> Array<T, D> { self.mapv(f) }
        }
    )* };
}
arrays! {
    [] Array<T, D>;
    [] &Array<T, D>;
    [] &ArrayRef<T, D>;
    ['a,] ArrayView<'a, T, D>;
    ['a, 'b,] &'b ArrayView<'a, T, D>;
    ['a, 'b,] &'b ArrayViewMut<'a, T, D>;
}

macro_rules! unary {
    ($($(#[$doc:meta])* $name:ident = $method:ident, $op:ident;)*) => { $(
        $(#[$doc])*
        #[must_use]
        pub fn $name<X: Elementwise>(x: X) -> X::Out {
            x.each(<X::Elem as num_traits::Float>::$method)
        }
        staged!($name(cx, [x], at) { cx.unary(UnaryOp::$op, x, at) });
    )* };
}
unary! {
    /// e to the power of x.
    exp = exp, Exp;
    /// `exp(x) - 1`, accurate near 0.
    expm1 = exp_m1, ExpM1;
    /// The natural logarithm.
    log = ln, Ln;
    /// `log(1 + x)`, accurate near 0.
    log1p = ln_1p, Ln1p;
    /// The logarithm to base 2.
    log2 = log2, Log2;
    /// The logarithm to base 10.
    log10 = log10, Log10;
    /// The square root.
    sqrt = sqrt, Sqrt;
    /// The cube root.
    cbrt = cbrt, Cbrt;
    /// The sine of radians.
    sin = sin, Sin;
    /// The cosine of radians.
    cos = cos, Cos;
    /// The tangent of radians.
    tan = tan, Tan;
    /// The inverse sine, in radians.
    arcsin = asin, Asin;
    /// The inverse cosine, in radians.
    arccos = acos, Acos;
    /// The inverse tangent, in radians.
    arctan = atan, Atan;
    /// The hyperbolic sine.
    sinh = sinh, Sinh;
    /// The hyperbolic cosine.
    cosh = cosh, Cosh;
    /// The hyperbolic tangent.
    tanh = tanh, Tanh;
    /// The absolute value.
    abs = abs, Abs;
    /// The largest integer not above x.
    floor = floor, Floor;
    /// The smallest integer not below x.
    ceil = ceil, Ceil;
}

/// The nearest integer, halves to even, as in NumPy.
#[must_use]
pub fn round<X: Elementwise>(x: X) -> X::Out {
    x.each(|v| Number::of_f64(v.as_f64().round_ties_even()))
}
staged!(round(cx, [x], at) { cx.unary(UnaryOp::RoundTiesEven, x, at) });

/// x times x.
#[must_use]
pub fn square<X: Elementwise>(x: X) -> X::Out {
    x.each(|v| v * v)
}
staged!(square(cx, [x], at) { cx.binary(BinaryOp::Mul, x, x, at) });

/// -1, 0 or 1 by the sign, 0 of 0, as in NumPy (`f64::signum` gives 1 for 0); NaN of NaN.
#[must_use]
pub fn sign<X: Elementwise>(x: X) -> X::Out {
    x.each(|v| if v == <X::Elem as Element>::ZERO { v } else { num_traits::Float::signum(v) })
}
staged!(sign(cx, [x], at) {
    let zero = cx.float(0.0);
    let is_zero = cx.compare_elements(crate::op::CmpOp::Eq, x, &zero, at)?;
    let sign = cx.unary(UnaryOp::Signum, x, at)?;
    cx.select(&is_zero, x, &sign, at)
});

/// Limits every element to `lo..=hi`.
#[must_use]
pub fn clip<X: Elementwise>(x: X, lo: X::Elem, hi: X::Elem) -> X::Out {
    x.each(|v| {
        if v < lo {
            lo
        } else if v > hi {
            hi
        } else {
            v
        }
    })
}
staged!(clip(cx, [x, lo, hi], at) {
    let below = cx.compare_elements(crate::op::CmpOp::Lt, x, lo, at)?;
    let out = cx.select(&below, lo, x, at)?;
    let above = cx.compare_elements(crate::op::CmpOp::Gt, &out, hi, at)?;
    cx.select(&above, hi, &out, at)
});

type Wider<D, E> = <D as DimMax<E>>::Output;

/// Applies a function to two operands that broadcast to one shape.
#[track_caller]
fn pairwise<T: Element, D, A: Operand<T, Dim = D>, B: Operand<T>>(
    a: A,
    b: B,
    f: impl Fn(T, T) -> T,
) -> Array<T, Wider<D, B::Dim>>
where
    D: Dimension + DimMax<B::Dim>,
{
    let (a, b) = (a.operand(), b.operand());
    let shape = crate::op::shape::broadcast_shapes(a.shape(), b.shape())
        .unwrap_or_else(|| panic!("shapes {:?} and {:?} do not broadcast to one", a.shape(), b.shape()));
    let mut dim = <Wider<D, B::Dim>>::zeros(shape.len());
    dim.slice_mut().copy_from_slice(&shape);
    let both = a.broadcast(dim.clone()).zip(b.broadcast(dim));
    let (a, b) = both.unwrap_or_else(|| unreachable!("both broadcast to the shape computed from them"));
    let result = ndarray::Zip::from(a).and(b).map_collect(|&a, &b| f(a, b));
    Array::from(result)
}

macro_rules! binary {
    ($($(#[$doc:meta])* $name:ident, $op:ident, |$a:ident, $b:ident| $f:expr;)*) => { $(
        $(#[$doc])*
        #[track_caller]
        #[must_use]
        pub fn $name<T: Float, A: Operand<T>, B: Operand<T>>(a: A, b: B) -> Array<T, Wider<A::Dim, B::Dim>>
        where
            A::Dim: DimMax<B::Dim>,
        {
            pairwise(a, b, |$a, $b| $f)
        }
        staged!($name(cx, [a, b], at) { cx.binary(BinaryOp::$op, a, b, at) });
    )* };
}
binary! {
    /// The smaller of two elements; the other one where one is NaN (`f64::min`).
    minimum, Min, |a, b| if a < b || b.is_nan_value() { a } else { b };
    /// The larger of two elements; the other one where one is NaN (`f64::max`).
    maximum, Max, |a, b| if a > b || b.is_nan_value() { a } else { b };
    /// a to the power of b.
    power, Pow, |a, b| a.powf(b);
    /// The angle of the point (b, a), in radians.
    arctan2, Atan2, |a, b| a.atan2(b);
    /// `sqrt(a^2 + b^2)` without overflow.
    hypot, Hypot, |a, b| a.hypot(b);
}

/// Elementwise `if condition { a } else { b }`; `a` and `b` are arrays that broadcast to the condition's
/// shape, or numbers.
///
/// ```
/// use desc_jit::array::Array1;
/// use desc_jit::jnp;
/// let x = Array1::from_vec(vec![-1.0, 4.0]);
/// let positive = x.mapv(|v| v > 0.0);
/// assert_eq!(jnp::where_(&positive, &x, 0.0).to_vec(), [0.0, 4.0]);
/// ```
#[track_caller]
#[must_use]
pub fn where_<T: Element, D: Dimension>(
    condition: &ArrayRef<bool, D>,
    a: impl Operand<T>,
    b: impl Operand<T>,
) -> Array<T, D> {
    let condition = condition.nd();
    let dim = condition.raw_dim();
    let (a, b) = (a.operand(), b.operand());
    let fits = |shape: &[usize]| -> ! {
        panic!("{shape:?} does not broadcast to {:?}, the shape of the condition", condition.shape())
    };
    let wide_a = a.broadcast(dim.clone()).unwrap_or_else(|| fits(a.shape()));
    let wide_b = b.broadcast(dim).unwrap_or_else(|| fits(b.shape()));
    let result = ndarray::Zip::from(&condition)
        .and(wide_a)
        .and(wide_b)
        .map_collect(|&c, &a, &b| if c { a } else { b });
    Array::from(result)
}
staged!(where_(cx, [condition, a, b], at) { cx.select(condition, a, b, at) });

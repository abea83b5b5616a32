//! `+ - * / %`, `& | ^`, `-` and `!` between arrays, views and numbers, with broadcasting.

use super::element::Element;
use super::view::{ArrayRef, ArrayView, ArrayViewMut};
use super::{Array, Dimension};
use ndarray as nd;
use ndarray::{DimMax, Ix0, Zip};
use std::ops::{
    Add, AddAssign, BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Div, DivAssign, Mul,
    MulAssign, Neg, Not, Rem, RemAssign, Shl, ShlAssign, Shr, ShrAssign, Sub, SubAssign,
};

/// What can stand on the right of an operator and be assigned to an array of `T`: an array, a view, an array
/// of ndarray, or a number; by value or by reference.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an array of {T}, nor a {T}",
    note = "element types are never converted silently; write `x as {T}` for numbers and `a.mapv(|x| x as {T})` for arrays"
)]
pub trait Operand<T> {
    /// Its axes; none for a number.
    type Dim: Dimension;
    /// Its elements.
    #[doc(hidden)]
    fn operand(&self) -> nd::ArrayView<'_, T, Self::Dim>;
}

impl<T, A: Operand<T> + ?Sized> Operand<T> for &A {
    type Dim = A::Dim;
    #[inline]
    fn operand(&self) -> nd::ArrayView<'_, T, Self::Dim> {
        (**self).operand()
    }
}

macro_rules! array_operands {
    ($([$($generics:tt)*] $ty:ty;)*) => {$(
        impl<$($generics)* T: Element, D: Dimension> Operand<T> for $ty {
            type Dim = D;
            #[inline]
            fn operand(&self) -> nd::ArrayView<'_, T, D> {
                self.nd()
            }
        }
    )*};
}

array_operands! {
    [] Array<T, D>;
    [] ArrayRef<T, D>;
    ['a,] ArrayView<'a, T, D>;
    ['a,] ArrayViewMut<'a, T, D>;
}

impl<T: Element, D: Dimension, S: nd::Data<Elem = T>> Operand<T> for nd::ArrayBase<S, D> {
    type Dim = D;
    #[inline]
    fn operand(&self) -> nd::ArrayView<'_, T, D> {
        self.view()
    }
}

macro_rules! number_operands {
    ($($ty:ident)*) => {$(
        impl Operand<$ty> for $ty {
            type Dim = Ix0;
            #[inline]
            fn operand(&self) -> nd::ArrayView<'_, $ty, Ix0> {
                nd::aview0(self)
            }
        }
    )*};
}

number_operands!(f64 f32 i64 i32 u32 u64 usize bool);

/// The result's axes when arrays with the axes `D` and `E` meet.
type Broadcast<D, E> = <D as DimMax<E>>::Output;

/// The common shape of two arrays: aligned at the last axis; lengths agree, or one of them is 1.
#[track_caller]
fn common_shape<D: Dimension + DimMax<E>, E: Dimension>(
    a: &[usize],
    b: &[usize],
    verb: &str,
) -> Broadcast<D, E> {
    let rank = a.len().max(b.len());
    let mut dim = Broadcast::<D, E>::zeros(rank);
    for k in 0..rank {
        let from_end = rank - k;
        let length = |s: &[usize]| s.len().checked_sub(from_end).map_or(1, |at| s[at]);
        dim[k] = match (length(a), length(b)) {
            (x, y) if x == y => x,
            (1, y) => y,
            (x, 1) => x,
            _ => cannot_broadcast(a, b, verb),
        };
    }
    dim
}

#[cold]
#[inline(never)]
#[track_caller]
fn cannot_broadcast(a: &[usize], b: &[usize], verb: &str) -> ! {
    panic!(
        "arrays of shapes {a:?} and {b:?} can't be {verb}: counted from the last axis, lengths must be equal \
         or one of them 1"
    );
}

/// `view` repeated along axes of length 1 and new leading axes.
#[track_caller]
pub(super) fn broadcast_to<'v, T, D: Dimension, E: Dimension>(
    view: &'v nd::ArrayView<'_, T, D>,
    dim: &E,
    verb: &str,
) -> nd::ArrayView<'v, T, E> {
    match view.broadcast(dim.clone()) {
        Some(wide) => wide,
        None => panic!(
            "an array of shape {:?} can't be {verb} to one of shape {:?}: counted from the last axis, its \
             lengths must be the same or 1",
            view.shape(),
            dim.slice()
        ),
    }
}

/// `f` of the pairs of elements, as a new array.
#[track_caller]
fn combine<T: Element, D: Dimension + DimMax<E>, E: Dimension>(
    a: nd::ArrayView<'_, T, D>,
    b: nd::ArrayView<'_, T, E>,
    verb: &str,
    f: impl Fn(T, T) -> T,
) -> Array<T, Broadcast<D, E>> {
    let dim = common_shape::<D, E>(a.shape(), b.shape(), verb);
    match (a.as_slice(), b.as_slice()) {
        (Some(x), Some(y)) if a.shape() == b.shape() => {
            Array::collected(x.iter().zip(y).map(|(&x, &y)| f(x, y)), dim)
        }
        (Some(x), Some(&[y])) if a.shape() == dim.slice() => {
            Array::collected(x.iter().map(|&x| f(x, y)), dim)
        }
        _ => {
            let (a, b) = (broadcast_to(&a, &dim, verb), broadcast_to(&b, &dim, verb));
            // ndarray chooses the order of the result by that of the operands; ours is row-major.
            Array::from(Zip::from(a).and(b).map_collect(|&x, &y| f(x, y)))
        }
    }
}

/// The same in the memory of `a`, where the result has its shape.
#[track_caller]
fn combine_into<T: Element, D: Dimension + DimMax<E>, E: Dimension>(
    mut a: Array<T, D>,
    b: nd::ArrayView<'_, T, E>,
    verb: &str,
    f: impl Fn(T, T) -> T,
) -> Array<T, Broadcast<D, E>> {
    let dim = common_shape::<D, E>(a.shape(), b.shape(), verb);
    if dim.slice() != a.shape() {
        return combine(a.nd(), b, verb, f);
    }
    combine_assign(&mut a, b, verb, f);
    // The same number of axes under the other name for them: nothing is moved.
    Array::of(Ok(a.into_buffer()), dim)
}

/// The same, changing `a`.
#[track_caller]
fn combine_assign<T: Element, D: Dimension, E: Dimension>(
    a: &mut ArrayRef<T, D>,
    b: nd::ArrayView<'_, T, E>,
    verb: &str,
    f: impl Fn(T, T) -> T,
) {
    if let Some(&[y]) = b.as_slice()
        && b.ndim() <= a.ndim()
    {
        return a.map_inplace(|x| *x = f(*x, y));
    }
    let b = broadcast_to(&b, &a.raw_dim(), verb);
    a.zip_mut_with(b, |x, &y| *x = f(*x, y));
}

/// All forms of one operator: on arrays and views by value and by reference, and the assigning form.
macro_rules! operators {
    ($($op:ident $method:ident $assign:ident $assign_method:ident $verb:literal;)*) => {$(
        operators! { @new $op $method $verb; [] &Array<T, D>; [] ArrayView<'_, T, D>; [] &ArrayView<'_, T, D>;
            [] ArrayViewMut<'_, T, D>; [] &ArrayViewMut<'_, T, D>; [] &ArrayRef<T, D>; }

        /// Element by element, in the memory of the left side where its shape is that of the result.
        impl<T, D, R> $op<R> for Array<T, D>
        where
            T: Element + $op<Output = T>,
            R: Operand<T>,
            D: Dimension + DimMax<R::Dim>,
        {
            type Output = Array<T, Broadcast<D, R::Dim>>;
            #[track_caller]
            fn $method(self, rhs: R) -> Self::Output {
                combine_into(self, rhs.operand(), $verb, T::$method)
            }
        }

        operators! { @assign $op $method $assign $assign_method $verb;
            Array<T, D>; ArrayViewMut<'_, T, D>; ArrayRef<T, D>; }
    )*};
    (@new $op:ident $method:ident $verb:literal; $([] $ty:ty;)*) => {$(
        /// Element by element, as a new array.
        impl<T, D, R> $op<R> for $ty
        where
            T: Element + $op<Output = T>,
            R: Operand<T>,
            D: Dimension + DimMax<R::Dim>,
        {
            type Output = Array<T, Broadcast<D, R::Dim>>;
            #[track_caller]
            fn $method(self, rhs: R) -> Self::Output {
                combine(self.nd(), rhs.operand(), $verb, T::$method)
            }
        }
    )*};
    (@assign $op:ident $method:ident $assign:ident $assign_method:ident $verb:literal; $($ty:ty;)*) => {$(
        /// Element by element; the right side is broadcast to the shape of the left.
        impl<T, D, R> $assign<R> for $ty
        where
            T: Element + $op<Output = T>,
            R: Operand<T>,
            D: Dimension,
        {
            #[track_caller]
            fn $assign_method(&mut self, rhs: R) {
                combine_assign(self, rhs.operand(), $verb, T::$method);
            }
        }
    )*};
}

operators! {
    Add add AddAssign add_assign "added";
    Sub sub SubAssign sub_assign "subtracted";
    Mul mul MulAssign mul_assign "multiplied";
    Div div DivAssign div_assign "divided";
    Rem rem RemAssign rem_assign "combined by `%`";
    BitAnd bitand BitAndAssign bitand_assign "combined by `&`";
    BitOr bitor BitOrAssign bitor_assign "combined by `|`";
    BitXor bitxor BitXorAssign bitxor_assign "combined by `^`";
    Shl shl ShlAssign shl_assign "shifted left";
    Shr shr ShrAssign shr_assign "shifted right";
}

/// A number on the left: `2.0 * &a`.
macro_rules! number_on_the_left {
    ($($number:ident: $($op:ident $method:ident)*;)*) => {$($(
        number_on_the_left! { @one $number $op $method; &Array<$number, D>; ArrayView<'_, $number, D>;
            &ArrayView<'_, $number, D>; ArrayViewMut<'_, $number, D>; &ArrayViewMut<'_, $number, D>;
            &ArrayRef<$number, D>; }

        /// Element by element, in the memory of the array.
        impl<D: Dimension> $op<Array<$number, D>> for $number {
            type Output = Array<$number, D>;
            #[track_caller]
            fn $method(self, rhs: Array<$number, D>) -> Array<$number, D> {
                rhs.mapv_into(|x| $op::$method(self, x))
            }
        }
    )*)*};
    (@one $number:ident $op:ident $method:ident; $($ty:ty;)*) => {$(
        /// Element by element, as a new array.
        impl<D: Dimension> $op<$ty> for $number {
            type Output = Array<$number, D>;
            #[track_caller]
            fn $method(self, rhs: $ty) -> Array<$number, D> {
                rhs.mapv(|x| $op::$method(self, x))
            }
        }
    )*};
}

number_on_the_left! {
    f64: Add add Sub sub Mul mul Div div Rem rem;
    f32: Add add Sub sub Mul mul Div div Rem rem;
    i64: Add add Sub sub Mul mul Div div Rem rem BitAnd bitand BitOr bitor BitXor bitxor;
    i32: Add add Sub sub Mul mul Div div Rem rem BitAnd bitand BitOr bitor BitXor bitxor;
    u32: Add add Sub sub Mul mul Div div Rem rem BitAnd bitand BitOr bitor BitXor bitxor;
    u64: Add add Sub sub Mul mul Div div Rem rem BitAnd bitand BitOr bitor BitXor bitxor;
    usize: Add add Sub sub Mul mul Div div Rem rem BitAnd bitand BitOr bitor BitXor bitxor;
    bool: BitAnd bitand BitOr bitor BitXor bitxor;
}

macro_rules! unary_operators {
    ($($op:ident $method:ident;)*) => {$(
        /// Element by element, in the memory of the array.
        impl<T: Element + $op<Output = T>, D: Dimension> $op for Array<T, D> {
            type Output = Array<T, D>;
            #[track_caller]
            fn $method(self) -> Array<T, D> {
                self.mapv_into(T::$method)
            }
        }
        unary_operators! { @new $op $method; &Array<T, D>; ArrayView<'_, T, D>; &ArrayView<'_, T, D>;
            &ArrayViewMut<'_, T, D>; }
    )*};
    (@new $op:ident $method:ident; $($ty:ty;)*) => {$(
        /// Element by element, as a new array.
        impl<T: Element + $op<Output = T>, D: Dimension> $op for $ty {
            type Output = Array<T, D>;
            #[track_caller]
            fn $method(self) -> Array<T, D> {
                self.mapv(T::$method)
            }
        }
    )*};
}

unary_operators! {
    Neg neg;
    Not not;
}

/// Same shape and equal elements (a NaN equals nothing).
macro_rules! equality {
    ($([$($generics:tt)*] $left:ty, $right:ty;)*) => {$(
        impl<$($generics)* T: Element, D: Dimension> PartialEq<$right> for $left {
            fn eq(&self, other: &$right) -> bool {
                self.nd() == other.operand()
            }
        }
    )*};
}

equality! {
    [] Array<T, D>, Array<T, D>;
    [] Array<T, D>, ArrayView<'_, T, D>;
    [] Array<T, D>, ArrayViewMut<'_, T, D>;
    [] Array<T, D>, &Array<T, D>;
    [] &Array<T, D>, Array<T, D>;
    [] ArrayView<'_, T, D>, Array<T, D>;
    [] ArrayView<'_, T, D>, ArrayView<'_, T, D>;
    [] ArrayViewMut<'_, T, D>, Array<T, D>;
    [] ArrayRef<T, D>, ArrayRef<T, D>;
    [S: nd::Data<Elem = T>,] Array<T, D>, nd::ArrayBase<S, D>;
}

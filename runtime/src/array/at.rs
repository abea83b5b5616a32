//! Functional updates: a new array with some elements changed, the old one as it was.

use super::element::{Element, Number};
use super::operators::{Operand, broadcast_to};
use super::view::{ArrayRef, ArrayView};
use super::{Array, Dimension, Ix1, IxDyn, axes};

/// A place in an array, to make a changed copy from: see [`ArrayRef::at`].
#[must_use = "`a.at(i)` alone does nothing; write `a.at(i).set(value)`, `.add(value)`, ..."]
pub struct At<'a, T, D, I> {
    array: &'a ArrayRef<T, D>,
    index: I,
}

/// Which blocks of an array an index names.
pub struct Places {
    /// How many of the first axes the index takes.
    taken: usize,
    /// The index of each block, flattened: `taken` numbers each.
    indices: Vec<usize>,
    /// Several blocks, so that the value has an axis for them.
    listed: bool,
}

/// What `at` takes: the index of an element (`[i, j]`, `(i, j)`), of a row or subarray (`i`), or a list of
/// positions along the first axis (`&[usize]`, `&Array1<usize>`, `&Array1<i64>`).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an index for `at`",
    note = "write `i`, `[i, j]`, or a list of positions along the first axis: `&[0, 2]` or `&indices`"
)]
pub trait AtIndex {
    #[doc(hidden)]
    fn places(&self) -> Places;
}

fn single(index: &[usize]) -> Places {
    Places { taken: index.len(), indices: index.to_vec(), listed: false }
}

fn listed(indices: Vec<usize>) -> Places {
    Places { taken: 1, indices, listed: true }
}

macro_rules! at_indices {
    ($($([$($generics:tt)*])? $self:ident: $ty:ty => $places:expr;)*) => {$(
        impl $(<$($generics)*>)? AtIndex for $ty {
            fn places(&self) -> Places {
                let $self = self;
                $places
            }
        }
    )*};
}

at_indices! {
    i: usize => single(&[*i]);
    [const N: usize] i: [usize; N] => single(i);
    i: (usize, usize) => single(&[i.0, i.1]);
    i: (usize, usize, usize) => single(&[i.0, i.1, i.2]);
    list: &[usize] => listed(list.to_vec());
    [const N: usize] list: &[usize; N] => listed(list.to_vec());
    list: &Vec<usize> => listed(list.to_vec());
    list: &Array<usize, Ix1> => listed(list.to_vec());
    list: ArrayView<'_, usize, Ix1> => listed(list.to_vec());
    list: &ArrayView<'_, usize, Ix1> => listed(list.to_vec());
    list: &Array<i64, Ix1> => listed(list.iter().map(|&i| position(i)).collect());
}

/// A negative position is kept as one that is out of range of every array.
fn position(i: i64) -> usize {
    i as usize
}

impl<T: Element, D: Dimension> ArrayRef<T, D> {
    /// Names a place, for a copy of the array that differs there, as in NumPy and JAX. The array itself stays
    /// as it is.
    ///
    /// A list of positions names several rows; they are changed in order, so a position that is there twice is
    /// changed twice (`set`: the last value stays). The value is broadcast to the place.
    ///
    /// ```
    /// use desc_jit::array;
    ///
    /// let a = array![1.0, 2.0, 3.0];
    /// assert_eq!(a.at(1).set(9.0), array![1.0, 9.0, 3.0]);
    /// assert_eq!(a.at(&[0, 2, 0]).add(10.0), array![21.0, 2.0, 13.0]);
    /// assert_eq!(a, array![1.0, 2.0, 3.0]);
    ///
    /// let m = array![[1.0, 2.0], [3.0, 4.0]];
    /// assert_eq!(m.at([0, 1]).mul(5.0), array![[1.0, 10.0], [3.0, 4.0]]);
    /// assert_eq!(m.at(1).set(&array![7.0, 8.0]), array![[1.0, 2.0], [7.0, 8.0]]);
    /// ```
    ///
    /// The methods of the result panic when the place is out of range (nothing is clamped or dropped) or the
    /// value can't be broadcast to it.
    pub fn at<I: AtIndex>(&self, index: I) -> At<'_, T, D, I> {
        At { array: self, index }
    }
}

impl<T: Element, D: Dimension, I: AtIndex> At<'_, T, D, I> {
    /// A copy of the array with `value` there.
    #[must_use = "this returns a changed copy and leaves the array as it is"]
    #[track_caller]
    pub fn set<V: Operand<T>>(self, value: V) -> Array<T, D> {
        self.update(value, |_, new| new)
    }

    /// A copy of the array with the smaller of the old value and `value` there; the other one where one
    /// is NaN, as in `f64::min`.
    #[must_use = "this returns a changed copy and leaves the array as it is"]
    #[track_caller]
    pub fn min<V: Operand<T>>(self, value: V) -> Array<T, D> {
        self.update(value, |old, new| if old < new || new.is_nan_value() { old } else { new })
    }

    /// A copy of the array with the larger of the old value and `value` there; the other one where one
    /// is NaN, as in `f64::max`.
    #[must_use = "this returns a changed copy and leaves the array as it is"]
    #[track_caller]
    pub fn max<V: Operand<T>>(self, value: V) -> Array<T, D> {
        self.update(value, |old, new| if old > new || new.is_nan_value() { old } else { new })
    }

    #[track_caller]
    fn update<V: Operand<T>>(self, value: V, f: impl Fn(T, T) -> T) -> Array<T, D> {
        let Places { taken, indices, listed } = self.index.places();
        let shape = self.array.shape();
        assert!(
            taken <= shape.len(),
            "the index {indices:?} does not fit an array of shape {shape:?}, which has {}",
            axes(shape.len())
        );
        let (lead, block) = shape.split_at(taken);
        let size: usize = block.iter().product();
        let mut starts = Vec::with_capacity(indices.len());
        for index in blocks(&indices, taken) {
            let mut start = 0;
            for (k, (&i, &n)) in index.iter().zip(lead).enumerate() {
                let shown = i as isize; // a negative index of a list shows as it was written
                assert!(i < n, "index {shown} is out of range for axis {k} of an array of shape {shape:?}");
                start = start * n + i;
            }
            starts.push(start * size);
        }
        let mut place = block.to_vec();
        if listed {
            place.insert(0, starts.len());
        }
        let value = value.operand().into_dyn();
        let values = broadcast_to(&value, &IxDyn(&place), "written");
        let mut result = self.array.to_owned();
        if let Some(elements) = result.as_slice_mut() {
            let mut values = values.iter();
            for start in starts {
                for (old, &new) in elements[start..start + size].iter_mut().zip(&mut values) {
                    *old = f(*old, new);
                }
            }
        }
        result
    }
}

/// The indices of the blocks. (An index into an array without axes takes none of them, once.)
fn blocks(indices: &[usize], taken: usize) -> Vec<&[usize]> {
    if taken == 0 { vec![indices] } else { indices.chunks(taken).collect() }
}

impl<T: Number, D: Dimension, I: AtIndex> At<'_, T, D, I> {
    /// A copy of the array with `value` added there.
    #[must_use = "this returns a changed copy and leaves the array as it is"]
    #[track_caller]
    #[allow(clippy::should_implement_trait, reason = "the name that NumPy and JAX use")]
    pub fn add<V: Operand<T>>(self, value: V) -> Array<T, D> {
        self.update(value, |old, new| old + new)
    }

    /// A copy of the array with `value` multiplied there.
    #[must_use = "this returns a changed copy and leaves the array as it is"]
    #[track_caller]
    #[allow(clippy::should_implement_trait, reason = "the name that NumPy and JAX use")]
    pub fn mul<V: Operand<T>>(self, value: V) -> Array<T, D> {
        self.update(value, |old, new| old * new)
    }
}

/// A copy of `array` with `value` at `index`: `array.at(index).set(value)`.
///
/// ```
/// use desc_jit::array;
/// use desc_jit::array::put;
///
/// let a = array![1.0, 2.0, 3.0];
/// assert_eq!(put(&a, 0, 5.0), array![5.0, 2.0, 3.0]);
/// ```
///
/// # Panics
///
/// When the index is out of range or the value can't be broadcast to the place.
#[must_use = "this returns a changed copy and leaves the array as it is"]
#[track_caller]
pub fn put<T: Element, D: Dimension, I: AtIndex, V: Operand<T>>(
    array: &ArrayRef<T, D>,
    index: I,
    value: V,
) -> Array<T, D> {
    array.at(index).set(value)
}

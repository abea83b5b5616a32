//! What `scan` and `map` go through and what they give: arrays by their leading axis, and tuples of them.

use crate::array::{Array, Array1, Array2, Array3, Axis, Element, Ix1, Ix2, Ix3};
use crate::jnp;

/// What [`scan`](super::scan) and [`map`](super::map) go through along the leading axis: an array of up to three
/// axes, or a tuple of such arrays of one length.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no leading axis to go through",
    label = "not an array, nor a tuple of arrays",
    note = "`scan` and `map` go through an `Array1`, `Array2` or `Array3`, or a tuple of them"
)]
pub trait Leading {
    /// One position: a scalar, an array with one axis less, or a tuple of those.
    type Item;
    /// How many there are.
    fn count(&self) -> usize;
    /// The one at `k`.
    fn item(&self, k: usize) -> Self::Item;
}

/// What one step of [`scan`](super::scan) or [`map`](super::map) gives: a scalar, an array of up to two axes, `()`,
/// or a tuple of those.
#[diagnostic::on_unimplemented(
    message = "values of type `{Self}` can't be stacked",
    label = "not a scalar, an array, or a tuple of them",
    note = "a step of `scan` or `map` gives a scalar, an `Array1` or `Array2`, `()`, or a tuple of those"
)]
pub trait Stack: Sized {
    /// All of them along a new leading axis.
    type Stacked;
    /// Joins them.
    fn stack(items: Vec<Self>) -> Self::Stacked;
}

impl<L: Leading + ?Sized> Leading for &L {
    type Item = L::Item;
    fn count(&self) -> usize {
        L::count(self)
    }
    fn item(&self, k: usize) -> L::Item {
        L::item(self, k)
    }
}

impl<T: Element> Leading for Array<T, Ix1> {
    type Item = T;
    fn count(&self) -> usize {
        self.len()
    }
    fn item(&self, k: usize) -> T {
        self[k]
    }
}

macro_rules! arrays {
    ($($many:ident => $one:ident, $stacked:ident;)*) => { $(
        impl<T: Element> Leading for Array<T, $many> {
            type Item = $one<T>;
            fn count(&self) -> usize {
                self.shape()[0]
            }
            fn item(&self, k: usize) -> $one<T> {
                self.index_axis(Axis(0), k).to_owned()
            }
        }
        impl<T: Element> Stack for $one<T> {
            type Stacked = $stacked<T>;
            #[track_caller]
            fn stack(items: Vec<$one<T>>) -> $stacked<T> {
                // Without an element nothing tells the other axes.
                if items.is_empty() { $stacked::default() } else { jnp::stack(&items.iter().collect::<Vec<_>>()) }
            }
        }
    )* };
}
arrays! { Ix2 => Array1, Array2; Ix3 => Array2, Array3; }

macro_rules! scalars {
    ($($t:ty)*) => { $(impl Stack for $t {
        type Stacked = Array1<$t>;
        fn stack(items: Vec<$t>) -> Array1<$t> {
            Array1::from_vec(items)
        }
    })* };
}
scalars!(f64 f32 i64 i32 u32 u64 usize bool);

impl Stack for () {
    type Stacked = ();
    fn stack(_: Vec<()>) {}
}

macro_rules! tuples {
    ($($($t:ident $k:tt $v:ident)+;)*) => { $(
        impl<$($t: Leading),+> Leading for ($($t,)+) {
            type Item = ($($t::Item,)+);
            #[track_caller]
            fn count(&self) -> usize {
                let counts = [$(self.$k.count()),+];
                assert!(
                    counts.iter().all(|n| *n == counts[0]),
                    "arrays of different lengths {counts:?} can't be gone through together"
                );
                counts[0]
            }
            fn item(&self, k: usize) -> Self::Item {
                ($(self.$k.item(k),)+)
            }
        }
        impl<$($t: Stack),+> Stack for ($($t,)+) {
            type Stacked = ($($t::Stacked,)+);
            #[track_caller]
            fn stack(items: Vec<Self>) -> Self::Stacked {
                $(let mut $v = Vec::with_capacity(items.len());)+
                for item in items {
                    $($v.push(item.$k);)+
                }
                ($($t::stack($v),)+)
            }
        }
    )* };
}
tuples! { A 0 a; A 0 a B 1 b; A 0 a B 1 b C 2 c; A 0 a B 1 b C 2 c D 3 d; A 0 a B 1 b C 2 c D 3 d E 4 e; }

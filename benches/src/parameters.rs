//! What a kernel is called with: a tuple of arrays and scalars.

use std::path::Path;

use anyhow::Result;
use desc_jit::array::{Array, Dimension, Element};
use serde_json::{Value, json};

use crate::values::{Results, Values};

/// An array that the kernel takes as `&mut` and changes. It is one of the results, and is put back before
/// every call.
#[derive(Clone)]
pub struct InOut<A>(pub A);

/// Arrays that are not row-major, from which the library makes its own.
#[cfg(test)]
#[derive(Clone, Copy, Debug)]
pub enum Layout {
    /// An `ndarray` in column-major order, with the last element first.
    Transposed,
    /// A view of an `ndarray`: every second element along each axis, backwards.
    Strided,
    /// A slice of an array of this library, likewise.
    Sliced,
}

#[cfg(test)]
fn through<T: Element, D: Dimension>(array: &Array<T, D>, layout: Layout) -> Array<T, D> {
    use ndarray::{self as nd, ShapeBuilder};
    let values = array.to_ndarray();
    let mut shape = values.raw_dim();
    let backwards = nd::Slice::new(0, None, -2);
    match layout {
        Layout::Transposed => {
            let mut other = nd::Array::from_elem(shape.f(), T::ZERO);
            (0..other.ndim()).for_each(|k| other.invert_axis(nd::Axis(k)));
            other.assign(&values);
            Array::from(other)
        }
        Layout::Strided | Layout::Sliced => {
            shape.slice_mut().iter_mut().for_each(|n| *n *= 2);
            let mut wide = nd::Array::from_elem(shape, T::ZERO);
            wide.slice_each_axis_mut(|_| backwards).assign(&values);
            if let Layout::Strided = layout {
                return Array::from(wide.slice_each_axis(|_| backwards));
            }
            let sliced = |a: Array<T, D>, k| a.slice_axis(nd::Axis(k), backwards).to_owned();
            (0..wide.ndim()).fold(Array::from(wide), sliced)
        }
    }
}

/// One argument of a kernel.
pub trait Parameter: Clone + 'static {
    /// What the kernel's signature says: `&Array`, `&mut Array` or the scalar itself.
    type Lent<'a>;

    /// The kernel changes it.
    const IN_PLACE: bool = false;

    /// The argument as the kernel takes it.
    fn lend(&mut self) -> Self::Lent<'_>;

    /// Undoes what a call changed.
    fn restore(&mut self, _fresh: &Self) {}

    /// Its size in bytes.
    fn bytes(&self) -> usize;

    /// Its value, if the kernel changes it.
    fn changed(&self) -> Vec<Values> {
        Vec::new()
    }

    /// The same value in memory laid out in another way, and from there back.
    #[cfg(test)]
    fn through(&self, _layout: Layout) -> Self {
        self.clone()
    }

    /// What `python/peer.py` reads: the number, or where the array lies. `path` is where it may be written.
    fn describe(&self, path: &Path) -> Result<Value>;
}

macro_rules! scalar_parameters {
    ($($t:ty)*) => { $(impl Parameter for $t {
        type Lent<'a> = $t;
        fn lend(&mut self) -> $t {
            *self
        }
        fn bytes(&self) -> usize {
            size_of::<$t>()
        }
        fn describe(&self, _: &Path) -> Result<Value> {
            Ok(json!({ "scalar": *self }))
        }
    })* };
}
scalar_parameters!(f64 f32 i64 i32 u32 u64 usize bool);

impl<T: Element, D: Dimension + 'static> Parameter for Array<T, D> {
    type Lent<'a> = &'a Array<T, D>;
    fn lend(&mut self) -> &Self {
        self
    }
    #[cfg(test)]
    fn through(&self, layout: Layout) -> Self {
        through(self, layout)
    }
    fn bytes(&self) -> usize {
        self.len() * size_of::<T>()
    }
    fn describe(&self, path: &Path) -> Result<Value> {
        self.write_npy(path)?;
        Ok(json!({ "array": path, "in_place": false }))
    }
}

impl<T: Element, D: Dimension + 'static> Parameter for InOut<Array<T, D>> {
    type Lent<'a> = &'a mut Array<T, D>;
    const IN_PLACE: bool = true;
    fn lend(&mut self) -> &mut Array<T, D> {
        &mut self.0
    }
    fn restore(&mut self, fresh: &Self) {
        match (self.0.as_slice_mut(), fresh.0.as_slice()) {
            (Some(mine), Some(fresh)) if mine.len() == fresh.len() => mine.copy_from_slice(fresh),
            _ => self.0 = fresh.0.clone(),
        }
    }
    #[cfg(test)]
    fn through(&self, layout: Layout) -> Self {
        InOut(through(&self.0, layout))
    }
    fn bytes(&self) -> usize {
        self.0.bytes()
    }
    fn changed(&self) -> Vec<Values> {
        self.0.values()
    }
    fn describe(&self, path: &Path) -> Result<Value> {
        self.0.write_npy(path)?;
        Ok(json!({ "array": path, "in_place": true }))
    }
}

/// All arguments of a kernel.
pub trait Parameters: Clone + 'static {
    /// The kernel changes one of them.
    const IN_PLACE: bool;

    /// Undoes what a call changed.
    fn restore(&mut self, fresh: &Self);

    /// The same values, by way of memory laid out in another way.
    #[cfg(test)]
    fn through(&self, layout: Layout) -> Self;

    /// The size of all together in bytes.
    fn bytes(&self) -> usize;

    /// Those that the kernel changes, in order.
    fn changed(&self) -> Vec<Values>;

    /// What `python/peer.py` reads, one entry per argument; arrays are written into `folder`.
    fn describe(&self, folder: &Path) -> Result<Vec<Value>>;
}

macro_rules! tuple_parameters {
    ($($($t:ident $k:tt)+;)*) => { $(impl<$($t: Parameter),+> Parameters for ($($t,)+) {
        const IN_PLACE: bool = $($t::IN_PLACE)||+;
        fn restore(&mut self, fresh: &Self) {
            $(self.$k.restore(&fresh.$k);)+
        }
        #[cfg(test)]
        fn through(&self, layout: Layout) -> Self {
            ($(self.$k.through(layout),)+)
        }
        fn bytes(&self) -> usize {
            0 $(+ self.$k.bytes())+
        }
        fn changed(&self) -> Vec<Values> {
            [$(self.$k.changed()),+].concat()
        }
        fn describe(&self, folder: &Path) -> Result<Vec<Value>> {
            Ok(vec![$(self.$k.describe(&folder.join(concat!("argument_", $k, ".npy")))?),+])
        }
    })* };
}
tuple_parameters! {
    A 0;
    A 0 B 1;
    A 0 B 1 C 2;
    A 0 B 1 C 2 D 3;
    A 0 B 1 C 2 D 3 E 4;
    A 0 B 1 C 2 D 3 E 4 F 5;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12 N 13;
}

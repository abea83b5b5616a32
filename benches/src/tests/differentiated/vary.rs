//! Arguments and results as vectors: what can be moved in a direction.

use desc_jit::array::{Array, Dimension, Element};
use desc_jit_tests::consistency::{largest, scattered};

/// What is passed to a handle.
pub trait Lend {
    /// Arrays by reference, scalars by value, tuples part by part.
    type Lent<'a>
    where
        Self: 'a;

    /// It, as it is passed.
    fn lend(&self) -> Self::Lent<'_>;
}

/// Floats, arrays of them, and tuples of those.
pub trait Vary: Lend {
    /// A direction without a pattern, another for every `seed`: `scale` times as large as the value, or as 1 if that
    /// is zero.
    fn direction(&self, seed: usize, scale: f64) -> Self;

    /// It, `t` times the direction away.
    fn moved(&self, direction: &Self, t: f64) -> Self;

    /// All elements.
    fn flat(&self) -> Vec<f64>;
}

macro_rules! scalars {
    ($($t:ty)*) => { $(impl Lend for $t {
        type Lent<'a> = $t;
        fn lend(&self) -> $t {
            *self
        }
    })* };
}
scalars!(f64 i64 usize);

impl<T: Element, D: Dimension + 'static> Lend for Array<T, D> {
    type Lent<'a> = &'a Array<T, D>;
    fn lend(&self) -> &Self {
        self
    }
}

fn scale_of(values: &[f64]) -> f64 {
    let size = largest(values);
    if size == 0.0 { 1.0 } else { size }
}

impl Vary for f64 {
    fn direction(&self, seed: usize, scale: f64) -> f64 {
        scattered(seed, 1)[0] * scale * scale_of(&[*self])
    }
    fn moved(&self, direction: &f64, t: f64) -> f64 {
        self + t * direction
    }
    fn flat(&self) -> Vec<f64> {
        vec![*self]
    }
}

impl<D: Dimension + 'static> Vary for Array<f64, D> {
    fn direction(&self, seed: usize, scale: f64) -> Self {
        let size = scale * scale_of(&self.flat());
        let values = scattered(seed, self.len()).into_iter().map(|x| x * size).collect();
        Array::from_shape_vec(self.raw_dim(), values).unwrap()
    }
    fn moved(&self, direction: &Self, t: f64) -> Self {
        self + &(direction * t)
    }
    fn flat(&self) -> Vec<f64> {
        self.iter().copied().collect()
    }
}

macro_rules! tuples {
    ($($($t:ident $k:tt)+;)*) => { $(
        impl<$($t: Lend),+> Lend for ($($t,)+) {
            type Lent<'a> = ($($t::Lent<'a>,)+) where Self: 'a;
            fn lend(&self) -> Self::Lent<'_> {
                ($(self.$k.lend(),)+)
            }
        }
        impl<$($t: Vary),+> Vary for ($($t,)+) {
            fn direction(&self, seed: usize, scale: f64) -> Self {
                ($(self.$k.direction(10 * seed + $k, scale),)+)
            }
            fn moved(&self, direction: &Self, t: f64) -> Self {
                ($(self.$k.moved(&direction.$k, t),)+)
            }
            fn flat(&self) -> Vec<f64> {
                [$(self.$k.flat()),+].concat()
            }
        }
    )* };
}
tuples! {
    A 0; A 0 B 1; A 0 B 1 C 2; A 0 B 1 C 2 D 3; A 0 B 1 C 2 D 3 E 4; A 0 B 1 C 2 D 3 E 4 F 5;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6;
}

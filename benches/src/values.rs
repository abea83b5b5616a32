//! Results of a kernel, whoever computed them, in a form that can be compared.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use desc_jit::array::{Array, ArrayD, Dimension, Element, read_npy};
use desc_jit::dtype::DType;

/// The elements of one result in row-major order.
#[derive(Clone, Debug, PartialEq)]
enum Elements {
    Floats(Vec<f64>),
    Integers(Vec<i64>),
}

/// One result: an array, or a scalar (which has no axes).
#[derive(Clone, Debug)]
pub struct Values {
    shape: Vec<usize>,
    elements: Elements,
}

impl Values {
    fn new<T: Element>(shape: &[usize], elements: impl Iterator<Item = T>) -> Values {
        let literals = elements.map(Element::to_literal);
        let elements = match T::DTYPE {
            DType::F64 | DType::F32 => Elements::Floats(literals.map(|x| x.as_f64()).collect()),
            // As NumPy's `astype(int64)`.
            _ => Elements::Integers(literals.map(|x| x.cast(DType::I64).bits() as i64).collect()),
        };
        Values { shape: shape.to_vec(), elements }
    }

    /// A result that a peer wrote: float64 or int64, see `python/peer.py`.
    pub fn read(path: &Path) -> Result<Values> {
        let floats = read_npy::<f64, _>(path).map(|a: ArrayD<f64>| Values::new(a.shape(), a.iter().copied()));
        floats
            .or_else(|_| {
                read_npy::<i64, _>(path).map(|a: ArrayD<i64>| Values::new(a.shape(), a.iter().copied()))
            })
            .with_context(|| format!("a result in {}", path.display()))
    }

    /// Shape and bits are the same, those of NaN and the signs of zeros too.
    #[cfg(test)]
    pub fn has_bits_of(&self, other: &Values) -> bool {
        let bits = |values: &Values| match &values.elements {
            Elements::Floats(x) => x.iter().map(|x| x.to_bits()).collect::<Vec<u64>>(),
            Elements::Integers(x) => x.iter().map(|&x| x as u64).collect(),
        };
        self.shape == other.shape && bits(self) == bits(other)
    }

    /// The largest difference of two elements over the largest magnitude of `self`; 0 where the bits agree or
    /// both are NaN, infinite where only one is. Of integers: the share of those that differ.
    pub fn relative_error(&self, other: &Values) -> Result<f64> {
        ensure!(self.shape == other.shape, "shapes {:?} and {:?}", self.shape, other.shape);
        let (a, b) = match (&self.elements, &other.elements) {
            (Elements::Integers(a), Elements::Integers(b)) => {
                let differ = a.iter().zip(b).filter(|(x, y)| x != y).count();
                return Ok(differ as f64 / a.len().max(1) as f64);
            }
            (Elements::Floats(a), Elements::Floats(b)) => (a, b),
            _ => return Ok(f64::INFINITY),
        };
        let largest = a.iter().map(|x| x.abs()).filter(|x| x.is_finite()).fold(0.0, f64::max);
        let scale = if largest == 0.0 { 1.0 } else { largest };
        let difference = |(&x, &y): (&f64, &f64)| match x == y || (x.is_nan() && y.is_nan()) {
            true => 0.0,
            false if x.is_finite() && y.is_finite() => (x - y).abs() / scale,
            false => f64::INFINITY,
        };
        Ok(a.iter().zip(b).map(difference).fold(0.0, f64::max))
    }
}

/// What a kernel may return: nothing, scalars, arrays, and tuples of them.
pub trait Results {
    /// One entry per array or scalar, in order.
    fn values(&self) -> Vec<Values>;
}

macro_rules! scalar_results {
    ($($t:ty)*) => { $(impl Results for $t {
        fn values(&self) -> Vec<Values> {
            vec![Values::new(&[], std::iter::once(*self))]
        }
    })* };
}
scalar_results!(f64 f32 i64 i32 u32 u64 usize bool);

impl<T: Element, D: Dimension> Results for Array<T, D> {
    fn values(&self) -> Vec<Values> {
        vec![Values::new(self.shape(), self.iter().copied())]
    }
}

impl Results for () {
    fn values(&self) -> Vec<Values> {
        Vec::new()
    }
}

macro_rules! tuple_results {
    ($($($t:ident $k:tt)+;)*) => { $(impl<$($t: Results),+> Results for ($($t,)+) {
        fn values(&self) -> Vec<Values> {
            [$(self.$k.values()),+].concat()
        }
    })* };
}
tuple_results! { A 0 B 1; A 0 B 1 C 2; A 0 B 1 C 2 D 3; A 0 B 1 C 2 D 3 E 4; A 0 B 1 C 2 D 3 E 4 F 5; }

#[cfg(test)]
mod unit_tests {
    use super::*;

    fn error(a: &[f64], b: &[f64]) -> f64 {
        let values = |x: &[f64]| Values::new(&[x.len()], x.iter().copied());
        values(a).relative_error(&values(b)).unwrap()
    }

    #[test]
    fn errors_are_relative_to_the_largest_element() {
        assert_eq!(error(&[4.0, 1.0], &[4.0, 0.0]), 0.25);
        assert_eq!(error(&[0.0], &[0.5]), 0.5);
    }

    #[test]
    fn only_a_nan_agrees_with_a_nan() {
        assert_eq!(error(&[f64::NAN, f64::INFINITY], &[f64::NAN, f64::INFINITY]), 0.0);
        assert_eq!(error(&[f64::NAN, 1.0], &[1.0, 1.0]), f64::INFINITY);
        assert_eq!(error(&[1.0], &[f64::NAN]), f64::INFINITY);
    }

    #[test]
    fn integers_differ_in_a_share_of_their_places_and_shapes_agree_or_do_not() {
        let (a, b) = (Values::new(&[], [3_i64].into_iter()), Values::new(&[], [4_i64].into_iter()));
        assert_eq!(a.relative_error(&b).unwrap(), 1.0);
        let values = |x: [i64; 4]| Values::new(&[4], x.into_iter());
        assert_eq!(values([1, 2, 3, 4]).relative_error(&values([1, 9, 3, 4])).unwrap(), 0.25);
        assert_eq!(a.relative_error(&a).unwrap(), 0.0);
        assert!(a.relative_error(&Values::new(&[1], [3_i64].into_iter())).is_err());
    }
}

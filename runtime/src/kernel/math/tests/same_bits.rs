//! An element has the same bits in a tile of any length and alone, at any place, whatever its neighbours, and
//! compiled for any instruction set.

use super::{Level, Random, binary_ops, unary_ops};

/// A number type whose bits are compared.
trait Bits: Copy {
    fn random(random: &mut Random) -> Self;
    /// One pattern for all NaN: what a NaN carries is not promised.
    fn bits(self) -> u64;
}

impl Bits for f64 {
    fn random(random: &mut Random) -> f64 {
        random.number()
    }
    fn bits(self) -> u64 {
        if self.is_nan() { f64::NAN.to_bits() } else { self.to_bits() }
    }
}

impl Bits for f32 {
    fn random(random: &mut Random) -> f32 {
        random.number() as f32
    }
    fn bits(self) -> u64 {
        f64::from(self).bits()
    }
}

fn bits<T: Bits>(x: &[T]) -> Vec<u64> {
    x.iter().map(|x| x.bits()).collect()
}

/// The tile form at every length, also in place, against the scalar form.
fn check_unary<T: Bits>(
    name: &str,
    tile: unsafe extern "C" fn(*mut T, *const T, usize),
    scalar: unsafe extern "C" fn(T) -> T,
) {
    let mut random = Random(1);
    for n in 0..=40 {
        let x: Vec<T> = (0..n + 2).map(|_| T::random(&mut random)).collect();
        let mut expected = x.clone();
        for y in &mut expected[1..=n] {
            // SAFETY: a level of this CPU.
            *y = unsafe { scalar(*y) };
        }
        let mut y = x.clone();
        // SAFETY: a level of this CPU; elements 1..=n of both.
        unsafe { tile(y.as_mut_ptr().add(1), x.as_ptr().add(1), n) };
        assert_eq!(bits(&y), bits(&expected), "{name} of {n} elements");
        let mut y = x.clone();
        // SAFETY: as above, in place.
        unsafe { tile(y.as_mut_ptr().add(1), y.as_ptr().add(1), n) };
        assert_eq!(bits(&y), bits(&expected), "{name} of {n} elements in place");
    }
}

/// As [`check_unary`].
fn check_binary<T: Bits>(
    name: &str,
    tile: unsafe extern "C" fn(*mut T, *const T, *const T, usize),
    scalar: unsafe extern "C" fn(T, T) -> T,
) {
    let mut random = Random(2);
    for n in 0..=40 {
        let mut draw = || -> Vec<T> { (0..n + 2).map(|_| T::random(&mut random)).collect() };
        let (a, b) = (draw(), draw());
        let mut expected = a.clone();
        for (y, &b) in expected[1..=n].iter_mut().zip(&b[1..]) {
            // SAFETY: a level of this CPU.
            *y = unsafe { scalar(*y, b) };
        }
        let mut y = a.clone();
        // SAFETY: a level of this CPU; elements 1..=n of all.
        unsafe { tile(y.as_mut_ptr().add(1), a.as_ptr().add(1), b.as_ptr().add(1), n) };
        assert_eq!(bits(&y), bits(&expected), "{name} of {n} elements");
        let mut y = a.clone();
        // SAFETY: as above, in place.
        unsafe { tile(y.as_mut_ptr().add(1), y.as_ptr().add(1), b.as_ptr().add(1), n) };
        assert_eq!(bits(&y), bits(&expected), "{name} of {n} elements in place");
    }
}

#[test]
fn every_form_gives_the_bits_of_the_scalar_baseline() {
    for &level in Level::available() {
        for op in unary_ops() {
            let name = format!("{} ({level:?})", op.name());
            let scalar64 = Level::Baseline.scalar_unary64(op).unwrap();
            let scalar32 = Level::Baseline.scalar_unary32(op).unwrap();
            check_unary(&name, level.unary64(op).unwrap(), scalar64);
            check_unary(&name, level.unary32(op).unwrap(), scalar32);
        }
        for op in binary_ops() {
            let name = format!("{} ({level:?})", op.name());
            let scalar64 = Level::Baseline.scalar_binary64(op).unwrap();
            let scalar32 = Level::Baseline.scalar_binary32(op).unwrap();
            check_binary(&name, level.binary64(op).unwrap(), scalar64);
            check_binary(&name, level.binary32(op).unwrap(), scalar32);
        }
    }
}

#[test]
fn every_level_has_the_same_scalars() {
    let mut random = Random(3);
    for &level in Level::available() {
        for op in unary_ops() {
            let (f, g) = (level.scalar_unary64(op).unwrap(), Level::Baseline.scalar_unary64(op).unwrap());
            for _ in 0..500 {
                let x = random.number();
                // SAFETY: levels of this CPU.
                let (y, expected) = unsafe { (f(x), g(x)) };
                assert_eq!(y.bits(), expected.bits(), "{}({x:e}), {level:?}", op.name());
            }
        }
        for op in binary_ops() {
            let (f, g) = (level.scalar_binary64(op).unwrap(), Level::Baseline.scalar_binary64(op).unwrap());
            for _ in 0..500 {
                let (a, b) = (random.number(), random.number());
                // SAFETY: levels of this CPU.
                let (y, expected) = unsafe { (f(a, b), g(a, b)) };
                assert_eq!(y.bits(), expected.bits(), "{}({a:e}, {b:e}), {level:?}", op.name());
            }
        }
    }
}

/// Scalars of small arguments need no reduction: around where that begins and ends, and where the exact one takes over.
#[test]
fn shortcuts_of_scalars_give_the_bits_of_tiles() {
    use crate::op::UnaryOp;
    let quarter = std::f64::consts::FRAC_PI_4;
    let mut numbers =
        vec![0.0, f64::MIN_POSITIVE, 5e-324, 1e-300, 1e-30, 1e-9, 1e-5, 0.1, 0.5, f64::INFINITY];
    for border in [0.785, quarter, 3.725290298461914e-9, 1099511627776.0, 2.0 * quarter, 3.0 * quarter] {
        let bits = f64::to_bits(border);
        numbers.extend((bits - 3..=bits + 3).map(f64::from_bits));
    }
    numbers.extend((0..2000).map(|k| f64::from(k) * 4e-4));
    let numbers: Vec<f64> = numbers.iter().flat_map(|&x| [x, -x]).collect();
    for &level in Level::available() {
        for op in [UnaryOp::Sin, UnaryOp::Cos] {
            let (tile, scalar) = (level.unary64(op).unwrap(), level.scalar_unary64(op).unwrap());
            let mut y = numbers.clone();
            // SAFETY: a level of this CPU; as many elements as both have.
            unsafe { tile(y.as_mut_ptr(), numbers.as_ptr(), y.len()) };
            for (x, y) in numbers.iter().zip(y) {
                // SAFETY: as above.
                let alone = unsafe { scalar(*x) };
                assert_eq!(alone.bits(), y.bits(), "{}({x:e}), {level:?}", op.name());
            }
        }
    }
}

/// `f32` is the `f64` result rounded once.
#[test]
fn single_precision_is_rounded_once() {
    let mut random = Random(4);
    for op in unary_ops() {
        let (double, single) =
            (super::super::scalar_unary64(op).unwrap(), super::super::scalar_unary32(op).unwrap());
        for _ in 0..500 {
            let x = f32::random(&mut random);
            assert_eq!(single(x).bits(), (double(f64::from(x)) as f32).bits(), "{}({x:e})", op.name());
        }
    }
    for op in binary_ops() {
        let (double, single) =
            (super::super::scalar_binary64(op).unwrap(), super::super::scalar_binary32(op).unwrap());
        for _ in 0..500 {
            let (a, b) = (f32::random(&mut random), f32::random(&mut random));
            let expected = double(f64::from(a), f64::from(b)) as f32;
            assert_eq!(single(a, b).bits(), expected.bits(), "{}({a:e}, {b:e})", op.name());
        }
    }
}

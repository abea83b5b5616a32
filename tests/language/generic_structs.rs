//! Generic structs, and generic `impl` blocks.

use desc_jit::backend::{Backend, with_backend};
use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};

/// Every reading gives the same.
fn same<R: PartialEq + std::fmt::Debug>(f: impl Fn() -> R) -> R {
    let native = with_backend(Backend::Native, &f);
    for engine in Engine::ALL {
        assert_eq!(with_engine(engine, &f), native, "{engine}");
    }
    native
}

#[derive(Tree, Clone, Debug, PartialEq)]
struct Complex<T> {
    re: T,
    im: T,
}

#[desc_jit]
impl<T: Float> Complex<T> {
    fn new(re: T, im: T) -> Self {
        Self { re, im }
    }

    fn times(&self, other: &Complex<T>) -> Complex<T> {
        Complex { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }

    fn norm(&self) -> T {
        (self.re * self.re + self.im * self.im).sqrt()
    }

    fn unit() -> Self {
        Complex { re: T::zero(), im: T::one() }
    }

    fn scale(&mut self, k: T) {
        self.re *= k;
        self.im *= k;
    }
}

#[desc_jit]
fn power<T: Float>(z: &Complex<T>, n: usize) -> Complex<T> {
    let mut result = Complex::<T>::new(T::one(), T::zero());
    for _ in 0..n {
        result = result.times(z);
    }
    result
}

#[desc_jit]
fn spun(x: f32) -> (Complex<f32>, f32) {
    let mut z = Complex { re: x, im: 2.0 };
    z.scale(2.0);
    let i = Complex::<f32>::unit();
    let turned = z.times(&i);
    let Complex { re, im } = &turned;
    let more = Complex { im: *im, ..z.clone() };
    (more, *re + power(&turned, 2).norm())
}

#[test]
fn numbers_of_either_type() {
    let z = same(|| power(&Complex { re: 0.0, im: 2.0 }, 3));
    assert_eq!(z, Complex { re: 0.0, im: -8.0 });
    let z = same(|| power(&Complex { re: 0.0_f32, im: 2.0 }, 3));
    assert_eq!(z, Complex { re: 0.0, im: -8.0 });
    assert_eq!(same(|| spun(1.0)), (Complex { re: 2.0, im: 2.0 }, -4.0 + 20.0));
    assert_eq!(same(|| Complex::new(3.0, 4.0).norm()), 5.0);
    assert_eq!(same(|| Complex::new(3.0_f32, 4.0).norm()), 5.0);
    assert!(Complex::<f32>::norm_cache_stats().entries > 0);
}

#[derive(Tree, Clone, Debug)]
struct Gas<T: Float, const D: usize> {
    x: Array2<T>,
    box_length: [T; D],
    #[tree(static)]
    periodic: bool,
}

trait Measured {
    fn volume(&self) -> f64;
}

#[desc_jit]
impl<T: Float, const D: usize> Gas<T, D> {
    fn wrapped(&self) -> Gas<T, D> {
        let mut x = self.x.clone();
        for i in 0..x.nrows() {
            for d in 0..D {
                if self.periodic {
                    let boxes = (x[[i, d]] / self.box_length[d]).floor();
                    x[[i, d]] -= self.box_length[d] * boxes;
                }
            }
        }
        Self { x, ..self.clone() }
    }

    fn degrees_of_freedom(&self) -> usize {
        D * self.x.nrows()
    }
}

#[desc_jit]
impl<T: Float, const D: usize> Measured for Gas<T, D> {
    fn volume(&self) -> f64 {
        let mut volume = T::one();
        for d in 0..D {
            volume *= self.box_length[d];
        }
        volume.to_f64().unwrap()
    }
}

#[desc_jit]
fn density<T: Float>(gas: &Gas<T, 3>) -> f64 {
    let count = gas.wrapped().degrees_of_freedom() / 3;
    count as f64 / gas.volume()
}

#[test]
fn const_parameters_of_structs() {
    let x = array![[1.5, -0.5, 2.25], [0.5, 3.0, -4.0]];
    let gas = Gas { x: x.clone(), box_length: [1.0, 2.0, 4.0], periodic: true };
    let wrapped = same(|| gas.wrapped().x);
    assert_eq!(wrapped, array![[0.5, 1.5, 2.25], [0.5, 1.0, 0.0]]);
    assert_eq!(same(|| gas.degrees_of_freedom()), 6);
    assert_eq!(same(|| gas.volume()), 8.0);
    assert_eq!(same(|| density(&gas)), 0.25);
    let flat = Gas { x: array![[1.5_f32, -0.5]], box_length: [2.0_f32, 2.0], periodic: false };
    assert_eq!(same(|| flat.wrapped().x), array![[1.5, -0.5]]);
    assert_eq!(same(|| flat.volume()), 4.0);
    assert_eq!(same(|| flat.degrees_of_freedom()), 2);
}

#[desc_jit]
fn energy<T: Float>(z: &Complex<T>) -> T {
    z.norm() * z.norm()
}

#[test]
fn derivatives_and_batches() {
    let gradient = grad(energy::jit::<f64>())(&Complex { re: 3.0, im: -1.0 });
    assert!((gradient.re - 6.0).abs() < 1e-14 && (gradient.im + 2.0).abs() < 1e-14, "{gradient:?}");
    let gradient = grad(energy::jit::<f32>())(&Complex { re: 3.0, im: -1.0 });
    assert!((gradient.re - 6.0).abs() < 1e-5, "{gradient:?}");
    let many = tree_stack(&[Complex { re: 3.0, im: 4.0 }, Complex { re: 0.0, im: 1.0 }]);
    let energies = vmap(energy::jit::<f64>())(&many);
    assert_eq!(energies.to_vec(), [25.0, 1.0]);
    let gradients = vmap(grad(energy::jit::<f64>()))(&many);
    assert_eq!(gradients.re.to_vec(), [6.0, 0.0]);
    let leaves: Vec<ArrayD<f32>> = tree_leaves(&Complex { re: 1.0_f32, im: 2.0 });
    assert_eq!(leaves.len(), 2);
}

#[derive(Tree, Clone, Debug, PartialEq)]
struct Pair<A, B>(A, B);

#[desc_jit]
fn mixed(x: f32, y: f64) -> Pair<f64, f32> {
    let p = Pair(x, y);
    Pair(p.1 * 2.0, p.0)
}

#[test]
fn parameters_of_both_types() {
    assert_eq!(same(|| mixed(1.5, 2.5)), Pair(5.0, 1.5));
}

#[desc_jit]
impl Complex<f64> {
    fn arg(&self) -> f64 {
        self.im.atan2(self.re)
    }
}

#[desc_jit]
impl Complex<f32> {
    fn half_arg(&self) -> f32 {
        0.5 * self.im.atan2(self.re)
    }
}

#[desc_jit]
fn angles(z: &Complex<f64>, w: &Complex<f32>) -> f64 {
    z.arg() + w.half_arg() as f64 + z.norm()
}

#[test]
fn blocks_of_one_choice_are_found() {
    let (z, w) = (Complex { re: 3.0, im: 4.0 }, Complex { re: 0.0, im: 1.0 });
    let angle = with_backend(Backend::Native, || angles(&z, &w));
    for engine in Engine::ALL {
        let staged = with_engine(engine, || angles(&z, &w));
        assert!((staged - angle).abs() < 1e-7, "{engine}: {staged} is not {angle}");
    }
}

#[desc_jit]
fn imaginary(n: usize) -> Complex<f32> {
    Complex { re: 0.0, im: if n > 0 { 1.0 } else { 2.0 } }
}

#[desc_jit]
fn squared(n: usize) -> f32 {
    let i = Complex { re: 0.1, im: 0.2 };
    let z = imaginary(n).times(&i);
    z.re + z.im
}

#[test]
fn unsuffixed_fields_take_the_type_that_they_meet() {
    assert_eq!(same(|| imaginary(1)), Complex { re: 0.0, im: 1.0 });
    assert_eq!(same(|| squared(1)), -0.2 + 0.1);
}

#[derive(Tree, Clone, Debug, PartialEq)]
struct Poly<T: Float, const N: usize> {
    c: [T; N],
}

const SIZE: usize = 2;

#[desc_jit]
fn scaled<T: Float, const N: usize>(c: [T; N], by: T) -> Poly<T, N> {
    let mut c = c;
    for k in 0..N {
        c[k] *= by;
    }
    Poly::<T, N> { c }
}

#[desc_jit]
fn constant<T: Float>(p: &Poly<T, SIZE>) -> T {
    p.c[0] * T::from(2.0).unwrap()
}

#[desc_jit]
fn doubled(p: &Poly<f32, SIZE>) -> f32 {
    constant(p)
}

#[test]
fn lengths_that_are_arguments_of_structs() {
    assert_eq!(same(|| scaled([1.0, 2.0], 3.0)), Poly { c: [3.0, 6.0] });
    assert_eq!(same(|| doubled(&Poly { c: [0.1, 2.0] })), 0.2);
}

#[derive(Tree, Clone, Copy, Debug, PartialEq)]
struct Dual<T> {
    value: T,
    slope: T,
}

type Single = Dual<f32>;

#[desc_jit]
impl<T: Float> Dual<T> {
    fn new(value: T, slope: T) -> Self {
        Dual { value, slope }
    }

    fn one() -> Self {
        Self::new(T::one(), T::zero())
    }

    fn times(&self, other: Dual<T>) -> Dual<T> {
        Dual::new(self.value * other.value, self.slope * other.value + self.value * other.slope)
    }

    fn power(base: Dual<T>, n: usize) -> Dual<T> {
        let mut product = Dual::one();
        for _ in 0..n {
            product = base.times(product);
        }
        product
    }

    fn root(value: T) -> desc_jit::Result<Dual<T>> {
        if value < T::zero() {
            return Err(Error::msg("no root"));
        }
        Ok(Dual::new(value.sqrt(), T::one() / (T::one() + T::one()) / value.sqrt()))
    }
}

#[desc_jit]
fn of_doubles(x: f64, n: usize) -> desc_jit::Result<(f64, f64)> {
    let a = Dual::new(x, 1.0);
    let b: Dual<f64> = Dual::one();
    let c = Dual::<f64>::new(0.5, x);
    let d = Dual::power(a, n).times(b).times(c).times(Dual::root(x)?);
    Ok((d.value, d.slope))
}

#[desc_jit]
fn of_singles(x: f32, n: usize) -> (f32, f32) {
    let d = Dual::power(Dual::new(x, 1.0), n).times(Single::new(0.1, 0.2));
    (d.value, d.slope)
}

/// rustc takes the type of the struct from the values; in staged code nothing did, and the expansion had an E0282.
#[test]
fn associated_functions_take_the_type_of_their_arguments() {
    for engine in Engine::ALL {
        for x in [1.25, 3.0, -1.0] {
            let found = with_engine(engine, || of_doubles(x, 3)).map_err(|e| e.message().to_string());
            let expected = of_doubles::native(x, 3).map_err(|e| e.message().to_string());
            assert_eq!(found, expected, "{engine}");
            let found = with_engine(engine, || of_singles(x as f32, 3));
            assert_eq!(found, of_singles::native(x as f32, 3), "{engine}");
        }
    }
}

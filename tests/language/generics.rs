//! Type parameters, const parameters and `where`.

use desc_jit::prelude::*;
use desc_jit::{Engine, ErrorKind, with_engine};

/// Every reading gives the same.
macro_rules! same {
    ($f:ident $(::<$($of:tt),*>)? ( $($arg:expr),* )) => {{
        let native = $f::native $(::<$($of),*>)? ($($arg),*);
        for engine in Engine::ALL {
            let staged = with_engine(engine, || $f $(::<$($of),*>)? ($($arg),*));
            assert_eq!(native, staged, "{engine}");
        }
        native
    }};
}

#[desc_jit]
fn axpy<T: Float>(a: T, x: &Array1<T>, y: &mut Array1<T>) {
    for i in 0..x.len() {
        y[i] = a * x[i] + y[i];
    }
}

#[test]
fn one_function_for_both_float_types() {
    for engine in Engine::ALL {
        with_engine(engine, || {
            let mut y = Array1::from_vec(vec![1.0_f64, 2.0]);
            axpy(2.0, &Array1::from_vec(vec![10.0, 20.0]), &mut y);
            assert_eq!(y.to_vec(), [21.0, 42.0]);
            let mut y = Array1::from_vec(vec![1.0_f32, 2.0]);
            axpy(2.0, &Array1::from_vec(vec![10.0, 20.0]), &mut y);
            assert_eq!(y.to_vec(), [21.0, 42.0]);
        });
    }
    let before = axpy::cache_stats();
    assert!(before.misses >= 2, "{before:?}");
    axpy::clear_cache();
    assert_eq!(axpy::cache_stats().entries, 0);
}

#[desc_jit]
fn lennard_jones<T>(r: T, epsilon: T, sigma: T) -> T
where
    T: Float,
{
    let s = (sigma / r).powi(6);
    let four = T::from(4.0).unwrap();
    four * epsilon * (s * s - s)
}

#[desc_jit]
fn norm<T: Float>(x: &Array1<T>) -> T {
    let mut sum = T::zero();
    for v in x {
        sum += *v * *v;
    }
    T::sqrt(sum)
}

#[desc_jit]
fn unit<T: Float>(x: &Array1<T>) -> Array1<T> {
    let n = norm(x);
    let n = if n > T::epsilon() { n } else { T::one() };
    let mut u = Array1::<T>::zeros(x.len());
    for i in 0..x.len() {
        let part: T = x[i] / n;
        u[i] = part.max(-T::one()).min(T::infinity());
    }
    u
}

#[test]
fn generic_functions_call_each_other() {
    assert_eq!(same!(lennard_jones(1.5, 1.0, 1.0)), -0.32033659427857464);
    assert_eq!(same!(lennard_jones(1.5_f32, 1.0, 1.0)), lennard_jones::<f32>(1.5, 1.0, 1.0));
    assert_eq!(same!(unit(&Array1::from_vec(vec![3.0, 4.0]))).to_vec(), [0.6, 0.8]);
    assert_eq!(same!(unit(&Array1::from_vec(vec![3.0_f32, 4.0]))).to_vec(), [0.6_f32, 0.8]);
    assert_eq!(same!(unit::<f64>(&Array1::zeros(3))).to_vec(), [0.0; 3]);
}

#[desc_jit]
fn constants<T: Float>(x: T) -> [T; 6] {
    [
        T::PI() * x,
        T::ZERO + T::ONE,
        T::from(0.1).unwrap(),
        T::from(3_usize).unwrap(),
        T::max(x, T::min_positive_value()),
        T::from(x.to_f64().unwrap() * 3.0).expect("a float"),
    ]
}

#[test]
fn numbers_of_the_type() {
    use std::f64::consts::PI;
    assert_eq!(same!(constants(2.0)), [2.0 * PI, 1.0, 0.1, 3.0, 2.0, 6.0]);
    assert_eq!(same!(constants(2.0_f32)), [2.0 * PI as f32, 1.0, 0.1, 3.0, 2.0, 6.0]);
}

#[desc_jit]
fn oscillator<const N: usize>(y: [f64; N]) -> [f64; N] {
    let mut rates = [0.0; N];
    for i in 0..N {
        let left = if i > 0 { y[i - 1] } else { 0.0 };
        let right = if i + 1 < N { y[i + 1] } else { 0.0 };
        rates[i] = left - 2.0 * y[i] + right;
    }
    rates
}

/// Classical Runge-Kutta: calls with what N is left to be inferred, and with it.
#[desc_jit]
fn rk4<const N: usize>(y: [f64; N], dt: f64) -> [f64; N] {
    let k1 = oscillator(y);
    let mut at = y;
    for i in 0..N {
        at[i] = y[i] + 0.5 * dt * k1[i];
    }
    let k2 = oscillator::<N>(at);
    for i in 0..N {
        at[i] = y[i] + 0.5 * dt * k2[i];
    }
    let k3 = oscillator::<{ N }>(at);
    for i in 0..N {
        at[i] = y[i] + dt * k3[i];
    }
    let k4 = oscillator(at);
    let mut next = y;
    for i in 0..N {
        next[i] += dt / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
    }
    next
}

#[test]
fn the_length_of_an_argument() {
    same!(rk4([1.0, 0.5], 0.1));
    same!(rk4([1.0, 0.5, -0.25, 2.0], 0.1));
    assert_eq!(same!(oscillator([3.0])), [-6.0]);
}

#[desc_jit]
fn product<T: Float, const N: usize, const M: usize, const K: usize>(
    a: [[T; M]; N],
    b: &[[T; K]; M],
) -> [[T; K]; N] {
    let mut c = [[T::zero(); K]; N];
    for i in 0..N {
        for j in 0..K {
            for k in 0..M {
                c[i][j] += a[i][k] * b[k][j];
            }
        }
    }
    c
}

#[desc_jit]
fn square<T: Float, const N: usize>(a: [[T; N]; N]) -> [[T; N]; N] {
    product(a, &a)
}

#[test]
fn small_matrices() {
    let a = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
    let b = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]];
    assert_eq!(same!(product(a, &b)), [[4.0, 5.0], [10.0, 11.0]]);
    assert_eq!(same!(square([[1.0_f32, 1.0], [0.0, 1.0]])), [[1.0, 2.0], [0.0, 1.0]]);
    assert_eq!(same!(square([[3.0]])), [[9.0]]);
}

#[desc_jit]
fn power<const K: u32, const NEGATIVE: bool>(x: f64) -> f64 {
    let mut result = 1.0;
    for _ in 0..K {
        result *= x;
    }
    if NEGATIVE { 1.0 / result } else { result }
}

#[desc_jit]
fn cubes(x: f64) -> f64 {
    power::<3, false>(x) + power::<2, true>(x)
}

#[test]
fn const_parameters_that_no_argument_has() {
    assert_eq!(same!(power::<3, false>(2.0)), 8.0);
    assert_eq!(same!(power::<3, true>(2.0)), 0.125);
    assert_eq!(same!(power::<0, true>(2.0)), 1.0);
    assert_eq!(same!(cubes(2.0)), 8.25);
}

trait Unit {
    const FACTOR: f64;
    fn offset() -> f64;
}
struct Kelvin;
struct Celsius;
impl Unit for Kelvin {
    const FACTOR: f64 = 1.0;
    fn offset() -> f64 {
        0.0
    }
}
impl Unit for Celsius {
    const FACTOR: f64 = 1.0;
    fn offset() -> f64 {
        273.15
    }
}

#[desc_jit]
fn energy<U: Unit>(t: f64) -> f64 {
    1.380649e-23 * (t * U::FACTOR + U::offset())
}

#[desc_jit]
fn both(t: f64) -> f64 {
    energy::<Kelvin>(t) + energy::<Celsius>(t)
}

#[test]
fn traits_of_the_users() {
    assert!(same!(energy::<Celsius>(0.0)) > same!(energy::<Kelvin>(1.0)));
    same!(both(10.0));
}

#[desc_jit]
fn pair<T: Float>(p: (T, T), list: &[T], count: &mut T) -> (T, usize) {
    *count += T::one();
    let mut sum = p.0 * p.1;
    for v in list {
        sum = sum + *v;
    }
    (sum, list.len())
}

#[desc_jit]
fn pairs(x: f32) -> f32 {
    let mut count = 0.0;
    let (a, _) = pair((x, 2.0), &[1.0, 2.0], &mut count);
    let (b, _) = pair((1.0, 2.0), &[1.0, x], &mut count);
    a + b + count
}

#[test]
fn types_are_inferred_from_any_argument() {
    assert_eq!(same!(pairs(3.0)), 9.0 + 6.0 + 2.0);
    let mut count = 1.0;
    assert_eq!(pair((1.0, 2.0), &[3.0], &mut count), (5.0, 1));
    assert_eq!(count, 2.0);
}

#[desc_jit]
fn forgetful<T: Float>(n: usize) -> T {
    T::from(n).unwrap()
}

#[desc_jit]
fn told(n: usize) -> f32 {
    forgetful::<f32>(n) / forgetful::<f32>(2)
}

#[test]
fn a_type_that_no_argument_has() {
    assert_eq!(same!(told(3)), 1.5);
    assert_eq!(same!(forgetful::<f64>(3)), 3.0);
}

#[desc_jit]
fn not_told(n: usize) -> f64 {
    forgetful(n)
}

#[test]
fn a_type_that_staging_cannot_infer_is_an_error() {
    let error = not_told::try_call(3).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("`T` of `forgetful`"), "{error}");
    assert!(error.to_string().contains("forgetful::<..>(..)"), "{error}");
}

#[desc_jit]
fn widths<const N: usize, const M: usize>(_x: &[[f64; M]; N]) -> usize {
    N * M
}

#[test]
fn the_length_of_items_of_nothing() {
    assert_eq!(same!(widths(&[[1.0, 2.0]; 3])), 6);
    assert_eq!(same!(widths::<0, 2>(&[])), 0);
}

#[test]
fn derivatives_of_generic_functions() {
    let slope = grad(lennard_jones::jit::<f64>());
    let exact = 4.0 * (-12.0 * 1.5_f64.powi(-13) + 6.0 * 1.5_f64.powi(-7));
    assert!((slope(1.5, 1.0, 1.0) - exact).abs() < 1e-14);
    let slope = grad(lennard_jones::jit::<f32>());
    assert!((slope(1.5, 1.0, 1.0) - exact as f32).abs() < 1e-6);
    let gradient = grad(norm::jit::<f64>());
    let gradient = gradient(&Array1::from_vec(vec![3.0, 4.0]));
    assert!((gradient[0] - 0.6).abs() < 2e-16 && gradient[1] == 0.8, "{gradient}");
    let many = vmap(lennard_jones::jit::<f64>()).in_axes(in_axes![0, _, _]);
    let many = many(&Array1::from_vec(vec![1.0, 1.5]), 1.0, 1.0);
    assert_eq!(many[1], lennard_jones(1.5, 1.0, 1.0));
    let jacobian = jacfwd(unit::jit::<f64>())(&Array1::from_vec(vec![3.0, 4.0]));
    assert!((jacobian[[0, 0]] - 0.128).abs() < 1e-15);
}

#[desc_jit]
fn force<T: Float>(r: T) -> T {
    let slope = grad(lennard_jones::<T>)(r, T::one(), T::one());
    -slope
}

#[desc_jit(checkpoint)]
fn kept<T: Float>(x: T) -> T {
    (x * x).sin()
}

#[desc_jit(jvp = cube_jvp)]
fn cube<T: Float>(x: T) -> T {
    x * x * x
}

#[desc_jit]
fn cube_jvp<T: Float>(x: T, dx: T) -> (T, T) {
    (x * x * x, T::from(3.0).unwrap() * x * x * dx)
}

#[desc_jit]
fn ruled<T: Float>(x: T) -> T {
    kept(x) + cube(x)
}

#[test]
fn derivatives_inside_and_rules() {
    assert!((same!(force(1.5)) + grad(lennard_jones::jit::<f64>())(1.5, 1.0, 1.0)).abs() < 1e-15);
    same!(force(1.5_f32));
    let exact = 3.0_f64.mul_add(4.0, 4.0 * 4.0_f64.cos());
    assert!((grad(ruled::jit::<f64>())(2.0) - exact).abs() < 1e-14);
    assert!((grad(ruled::jit::<f32>())(2.0) - exact as f32).abs() < 1e-5);
}

#[desc_jit]
fn halves<T: Float>(x: T) -> desc_jit::Result<T> {
    if x < T::zero() {
        return Err(Error::msg(format!("{x} is negative")));
    }
    Ok(x / T::from(2.0).unwrap())
}

#[desc_jit]
fn quarter<T: Float>(x: T) -> desc_jit::Result<T> {
    let half = halves::<T>(x)?;
    Ok(halves(half)?)
}

#[test]
fn generic_functions_with_errors() {
    for engine in Engine::ALL {
        with_engine(engine, || {
            assert_eq!(quarter(2.0_f32).unwrap(), 0.5);
            assert_eq!(quarter(2.0).unwrap(), 0.5);
            assert_eq!(quarter(-2.0).unwrap_err().message(), halves::native(-2.0).unwrap_err().message());
        });
    }
}

#[desc_jit]
fn counted<const N: usize>(x: [f64; N]) -> f64 {
    let half = const { N / 2 };
    let weights = [1.0 / N as f64; N];
    let mut sum = 0.0;
    for i in half..N {
        sum += x[i] * weights[i];
    }
    sum
}

#[test]
fn lengths_are_numbers() {
    assert_eq!(same!(counted([1.0, 2.0, 3.0, 4.0])), 1.75);
}

#[test]
fn threads_may_ask_for_the_first_instance_at_once() {
    let results: Vec<f32> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| lennard_jones(1.25_f32, 1.0, 1.0))).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert!(results.iter().all(|r| *r == results[0]));
}

macro_rules! weighted {
    ($name:ident, $t:ident, $n:ident) => {
        #[desc_jit]
        fn $name<$t: Float, const $n: usize>(x: [$t; $n], value: $t) -> $t {
            let mut stage = $t::zero();
            for args in 0..$n {
                stage += value * x[args];
            }
            stage / $t::from($n).unwrap()
        }
    };
}
weighted!(of_a_macro, Value, CX);
weighted!(of_a_macro_too, Float64, __N);

#[test]
fn names_of_parameters_are_free() {
    assert_eq!(same!(of_a_macro([1.0, 2.0], 2.0)), 3.0);
    assert_eq!(same!(of_a_macro_too([1.0_f32, 2.0], 2.0)), 3.0);
}

#[test]
fn generic_code_calls_generic_functions() {
    fn direction<T: Float>(x: &Array1<T>) -> Array1<T> {
        unit(x)
    }
    assert_eq!(direction(&Array1::from_vec(vec![0.0, 4.0])).to_vec(), [0.0, 1.0]);
    fn slope<T: Float>(x: &Array1<T>) -> Array1<T> {
        grad(norm::jit::<T>())(x)
    }
    assert_eq!(slope(&Array1::from_vec(vec![0.0_f32, 4.0])).to_vec(), [0.0, 1.0]);
}

#[desc_jit]
fn weigh<T: Float, const M: usize>(ids: [usize; M], k: T) -> T {
    k * T::from(ids[0]).unwrap()
}

#[desc_jit]
fn zeros_like<T: Float, const M: usize>(ids: [usize; M]) -> T {
    T::from(M + ids[0]).unwrap()
}

#[desc_jit]
fn written_out<const N: usize>(ids: [usize; N]) -> f64 {
    weigh::<f32, N>(ids, 0.1) as f64 + zeros_like::<f32, N>(ids) as f64
}

#[test]
fn type_arguments_beside_a_length_are_kept() {
    assert_eq!(same!(written_out([1])), 0.1_f32 as f64 + 2.0);
}

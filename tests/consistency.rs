//! Derivatives against each other and against differences of the function as plain Rust.

use desc_jit::{Engine, with_engine};

/// Forward and reverse mode do the same multiplications in another order: some dozens of roundings.
const ROUNDING: f64 = 2e-14;

/// What Romberg's differences leave of a smooth function: h^6 of truncation at h = 1/100, and the rounding of
/// the function over the smallest step, 1/400.
const DIFFERENCES: f64 = 2e-11;

/// A function along a line, with its derivatives at one point in one direction.
pub struct Along<V, F, R> {
    /// The function, flattened, `t` times the direction away from the point.
    pub value: V,
    /// The product of the Jacobian and the direction, by `jvp`.
    pub forward: F,
    /// The product of the direction and the gradient of `weights` times the function, by `vjp`.
    pub reverse: R,
    /// One per element of the function.
    pub weights: Vec<f64>,
}

impl<V, F, R> Along<V, F, R>
where
    V: Fn(f64) -> Vec<f64>,
    F: Fn() -> Vec<f64>,
    R: Fn() -> f64,
{
    /// On every engine, forward mode gives what differences give and reverse mode what forward mode gives.
    #[track_caller]
    pub fn check(&self) {
        let differences = romberg(&self.value);
        for engine in Engine::ALL {
            let (forward, reverse) = with_engine(engine, || ((self.forward)(), (self.reverse)()));
            assert_eq!(forward.len(), differences.len(), "on {engine}");
            let size = largest(&differences);
            assert!(size > 0.0, "the function does not change in this direction");
            let off = largest(&difference(&forward, &differences)) / size;
            assert!(off < DIFFERENCES, "jvp on {engine} is {off:e} from\n{differences:?}\n{forward:?}");
            let products: Vec<f64> = self.weights.iter().zip(&forward).map(|(w, f)| w * f).collect();
            let size: f64 = products.iter().map(|p| p.abs()).sum();
            let off = (products.iter().sum::<f64>() - reverse).abs() / size;
            assert!(off < ROUNDING, "vjp on {engine} is {off:e} from jvp: {reverse} for {products:?}");
        }
    }
}

/// The derivative at 0 by central differences of steps 1/100, 1/200 and 1/400, extrapolated to the step 0.
pub fn romberg(value: impl Fn(f64) -> Vec<f64>) -> Vec<f64> {
    let central =
        |h: f64| -> Vec<f64> { difference(&value(h), &value(-h)).iter().map(|d| d / (2.0 * h)).collect() };
    let extrapolated = |coarse: &[f64], fine: &[f64], factor: f64| -> Vec<f64> {
        coarse.iter().zip(fine).map(|(c, f)| f + (f - c) / (factor - 1.0)).collect()
    };
    let [first, second, third] = [0.01, 0.005, 0.0025].map(central);
    extrapolated(&extrapolated(&first, &second, 4.0), &extrapolated(&second, &third, 4.0), 16.0)
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// The largest magnitude.
pub fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most, v| f64::max(most, v.abs()))
}

/// The scalar product.
pub fn product<'a>(a: impl IntoIterator<Item = &'a f64>, b: impl IntoIterator<Item = &'a f64>) -> f64 {
    a.into_iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `n` numbers between -1 and 1 without a pattern, others for every `seed`.
pub fn scattered(seed: usize, n: usize) -> Vec<f64> {
    (0..n).map(|k| (1.0 + 12.9898 * k as f64 + 78.233 * seed as f64).sin()).collect()
}

//! `Derivative`: automatic derivatives of staged functions, finite differences of functions as they are written.

mod compute;
mod differences;
mod moved;

pub use moved::{Again, Moved, OneArgument};

use super::argnums::Argnums;
use super::args::Pure;
use super::derivatives::IntoJit;
use super::jacobian::Jacobian;
use super::signature::Signature;
use super::tangent::ScalarResult;
use crate::backend::native_selected;
use crate::differences::Scheme;
use crate::error::{Error, ErrorKind, Result};
use crate::exec::{Output, Target};
use crate::transform::recipe::Transform;
use crate::transform::static_argument;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

/// A derivative by one argument that is the same on every backend: automatic where functions are staged, by finite
/// differences of the function as written where the native backend is selected, so that a program's derivatives can be
/// checked, or its functions debugged, by changing the backend alone. `K` says which derivative.
///
/// By default it is taken by the first argument; [`Derivative::wrt`] chooses another. That is a float or an array of
/// floats. A handle without native reading, `vmap(f::jit())` for one, has automatic derivatives on every backend.
///
/// ```
/// use desc_jit::backend::{Backend, with_backend};
/// use desc_jit::differences::Scheme;
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn energy(x: &Array1<f64>, k: f64) -> f64 {
///     (x * x * x).sum() * k
/// }
///
/// let x = Array1::from_vec(vec![1.0, 2.0]);
/// let force = Derivative::grad(energy::jit()).scheme(Scheme::Richardson);
/// assert_eq!(force.compute(&x, 2.0).to_vec(), [6.0, 24.0]);
/// with_backend(Backend::Native, || {
///     let differences = force.compute(&x, 2.0);
///     assert!((differences[1] - 24.0).abs() < 1e-9);
/// });
/// let by_k = Derivative::grad(energy::jit()).wrt(argnums![1]);
/// assert_eq!(by_k.compute(&x, 2.0), 9.0);
/// let second: Array2<f64> = Derivative::hessian(energy::jit()).compute(&x, 1.0);
/// assert_eq!(second.to_vec(), [6.0, 0.0, 0.0, 12.0]);
/// ```
pub struct Derivative<A: Signature, R: 'static, W, K> {
    native: Option<Arc<A::Call<R>>>,
    function: Target,
    derived: OnceLock<Target>,
    settings: Settings,
    types: PhantomData<fn() -> (W, K)>,
}

/// How finite differences are taken.
#[derive(Clone, Copy, Debug)]
struct Settings {
    scheme: Scheme,
    step: Option<f64>,
}

/// Which derivative.
#[doc(hidden)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    Gradient,
    Jacobian,
    Hessian,
}

/// The kind of [`Derivative::grad`].
pub struct OfNumber;

/// The kind of [`Derivative::jacobian`].
pub struct OfResults;

/// The kind of [`Derivative::hessian`].
pub struct SecondOfNumber;

/// A kind of derivative of functions that return `R`, by an argument of the owned type `G`.
pub trait Kind<R, G> {
    /// What it gives.
    type Of: Output + 'static;
    #[doc(hidden)]
    const ORDER: Order;
}

// That the result is a number the constructors ask for.
impl<R, G: Output + 'static> Kind<R, G> for OfNumber {
    type Of = G;
    const ORDER: Order = Order::Gradient;
}

impl<R: Jacobian<G>, G> Kind<R, G> for OfResults {
    type Of = R::Of;
    const ORDER: Order = Order::Jacobian;
}

impl<R, G: Jacobian<G>> Kind<R, G> for SecondOfNumber {
    type Of = G::Of;
    const ORDER: Order = Order::Hessian;
}

impl<A: Signature + Pure, R: ScalarResult, W> Derivative<A, R, W, OfNumber> {
    /// The gradient of a function that returns one float, of the owned type of the argument, as
    /// [`grad`](crate::grad) gives it.
    pub fn grad<H: IntoJit<Args = A, Result = R, Wrt = W>>(handle: H) -> Self {
        Derivative::new(handle.__native(), handle.__target().0)
    }
}

impl<A: Signature + Pure, R: Output + 'static, W> Derivative<A, R, W, OfResults> {
    /// The derivatives of all results: of the shape of the result, then that of the argument, as
    /// [`jacfwd`](crate::jacfwd) gives them.
    ///
    /// ```
    /// use desc_jit::prelude::*;
    ///
    /// #[desc_jit]
    /// fn squares(x: &Array1<f64>) -> Array1<f64> {
    ///     x * x
    /// }
    ///
    /// let x = Array1::from_vec(vec![1.0, 2.0]);
    /// let jacobian: Array2<f64> = Derivative::jacobian(squares::jit()).compute(&x);
    /// assert_eq!(jacobian.to_vec(), [2.0, 0.0, 0.0, 4.0]);
    /// ```
    pub fn jacobian<H: IntoJit<Args = A, Result = R, Wrt = W>>(handle: H) -> Self {
        Derivative::new(handle.__native(), handle.__target().0)
    }
}

impl<A: Signature + Pure, R: ScalarResult, W> Derivative<A, R, W, SecondOfNumber> {
    /// The second derivatives of a function that returns one float: of the shape of the argument, twice, as
    /// [`hessian`](crate::hessian) gives them.
    pub fn hessian<H: IntoJit<Args = A, Result = R, Wrt = W>>(handle: H) -> Self {
        Derivative::new(handle.__native(), handle.__target().0)
    }
}

impl<A: Signature, R: 'static, W, K> Derivative<A, R, W, K> {
    fn new(native: Option<Arc<A::Call<R>>>, function: Target) -> Self {
        let settings = Settings { scheme: Scheme::Central, step: None };
        Derivative { native, function, derived: OnceLock::new(), settings, types: PhantomData }
    }

    /// Chooses the argument that the derivative is taken by: `argnums![1]`, counted from 0.
    #[must_use = "the choice is that of the derivative returned"]
    pub fn wrt<V>(self, argnums: Argnums<V>) -> Derivative<A, R, Argnums<V>, K> {
        let Argnums(_) = argnums;
        Derivative { settings: self.settings, ..Derivative::new(self.native, self.function) }
    }

    /// Chooses how finite differences are taken; without it they are central ones.
    #[must_use = "the choice is that of the derivative returned"]
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.settings.scheme = scheme;
        self
    }

    /// Chooses the step of finite differences, the same for every element. Without it each element has the one that
    /// the scheme takes for its value and dtype ([`Scheme::step`]), for second derivatives a larger one.
    ///
    /// # Errors
    /// Of a call: a step that is not a positive number.
    #[must_use = "the choice is that of the derivative returned"]
    pub fn step(mut self, step: f64) -> Self {
        self.settings.step = Some(step);
        self
    }

    /// The function as written, if that is what the backend runs.
    fn native(&self) -> Option<&A::Call<R>> {
        self.native.as_deref().filter(|_| native_selected())
    }

    /// The automatic derivative.
    fn derived(&self, order: Order, position: usize) -> Target {
        let wrt = vec![position];
        let transform = match order {
            Order::Gradient => Transform::Grad { wrt, value: false },
            Order::Jacobian => Transform::Jacobian { wrt, reverse: false },
            Order::Hessian => Transform::Hessian { wrt },
        };
        *self.derived.get_or_init(|| self.function.derive(transform))
    }

    fn check(&self, position: usize) -> Result<()> {
        if let Some(name) = self.function.static_name(position) {
            return Err(static_argument(self.function.name(), name));
        }
        match self.settings.step {
            Some(step) if !(step.is_finite() && step > 0.0) => {
                let message = format!("the step of a derivative of `{}` is {step}", self.function.name());
                Err(Error::new(ErrorKind::Argument, message).note("a step is a positive number"))
            }
            _ => Ok(()),
        }
    }
}

impl<A: Signature, R: 'static, W, K> Clone for Derivative<A, R, W, K> {
    fn clone(&self) -> Self {
        Derivative { settings: self.settings, ..Derivative::new(self.native.clone(), self.function) }
    }
}

impl<A: Signature, R: 'static, W, K> fmt::Debug for Derivative<A, R, W, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Derivative({}, {:?})", self.function.name(), self.settings)
    }
}

//! `linearize`: a function at one point, and its derivative there as a linear map.

use super::argnums::Wrt;
use super::args::Pure;
use super::derivatives::{IntoJit, wrt};
use super::directions::TangentOf;
use super::signature::Signature;
use super::tangent::Tangent;
use crate::error::Result;
use crate::exec::{ArgValue, CacheStats, LinearMap, Output, Target};
use crate::graph::Graph;
use crate::stage::{At, Cx, Out, StagedMap, Value};
use crate::transform::recipe::Transform;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A function that takes `A` and returns `R`.
type Shared<A, R> = Arc<<A as Signature>::Call<R>>;

/// A linearised function, made by [`linearize`]: takes the arguments `A`; gives the result `R`, and the derivative
/// there, which takes the tangents `D` and gives the tangent `T`. No transform takes it.
pub struct Linearize<A: Signature, R: 'static, D: Signature, T: 'static> {
    call: Shared<A, (R, Linear<D, T>)>,
    target: Target,
}

/// The derivative of a function at one point, made by a call of what [`linearize`] gives: a linear map that is called
/// with one tangent per differentiated argument, passed as that is, and gives the tangent of the result. `D` is the
/// tuple of the tangents, `T` what the map gives.
///
/// It keeps what it needs of the function's run, in memory that its clones share, and computes nothing of the function
/// again. The compiled map stays even where the caches are cleared.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn area(width: f64, height: f64) -> f64 {
///     width * height
/// }
///
/// let (value, map) = linearize(area::jit().wrt(argnums![0, 1]))(2.0, 3.0);
/// assert_eq!((value, map(1.0, 0.0), map(0.0, 1.0)), (6.0, 3.0, 2.0));
/// let again = map.clone();
/// assert_eq!(std::thread::spawn(move || again(1.0, 10.0)).join().ok(), Some(23.0));
/// assert_eq!(map.try_call(1.0, 1.0)?, 5.0);
/// # Ok::<(), desc_jit::Error>(())
/// ```
pub struct Linear<D: Signature, T: 'static> {
    call: Shared<D, T>,
    map: Arc<LinearMap>,
}

/// The tangents that the linear map of a handle's derivative takes.
pub type TangentsOf<H> = <<H as IntoJit>::Wrt as Wrt<<H as IntoJit>::Args>>::Tangents;

/// The function and its derivative at a point, as a linear map: takes the arguments; gives the result, and a
/// [`Linear`] that takes one tangent per differentiated argument, passed as that is, and gives the tangent of the
/// result. What is no float has the tangent `()`. For one direction [`jvp`](crate::jvp) computes the same in one run;
/// for many at one point this computes the function once.
///
/// The map is that of reverse mode, transposed: loops whose trip count is known only at run time are recorded as far
/// as they ran.
///
/// # Errors
/// Of a call: what the function raises, what has no derivative, a differentiated static argument. Of a call of the
/// map: a tangent of another shape than its argument.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn squares(x: &Array1<f64>, k: f64) -> Array1<f64> {
///     k * x * x
/// }
///
/// let x = Array1::from_vec(vec![1.0, 2.0]);
/// let (y, map) = linearize(squares::jit())(&x, 3.0);
/// assert_eq!(y.to_vec(), [3.0, 12.0]);
/// for (dx, dy) in [([1.0, 0.0], [6.0, 0.0]), ([0.5, 1.0], [3.0, 12.0])] {
///     assert_eq!(map(&Array1::from_vec(dx.to_vec())).to_vec(), dy);
/// }
/// ```
pub fn linearize<H>(handle: H) -> Linearize<H::Args, H::Result, TangentsOf<H>, TangentOf<H>>
where
    H: IntoJit,
    H::Args: Pure,
    H::Wrt: Wrt<H::Args>,
    H::Result: Tangent,
{
    let target = handle.__target().0.derive(Transform::Linearize { wrt: wrt::<H>() });
    let call = H::Args::__call(move |args: &mut [ArgValue<'_>]| run(target, args));
    Linearize { call, target }
}

/// A call of a linearised function.
pub(super) fn run<R: Output, D: Signature, T: Output + 'static>(
    target: Target,
    args: &mut [ArgValue<'_>],
) -> Result<(R, Linear<D, T>)> {
    let (result, map) = target.linearize(args)?;
    let map = Arc::new(map);
    let own = map.clone();
    let call = D::__call::<T>(move |tangents: &mut [ArgValue<'_>]| own.apply(tangents));
    Ok((result, Linear { call, map }))
}

impl<A: Signature, R: 'static, D: Signature, T: 'static> Linearize<A, R, D, T> {
    /// The function's name as it is written with its transforms, `linearize(area)`.
    pub fn name(&self) -> &'static str {
        self.target.name()
    }

    /// Counters of its cache of compiled graphs: an entry holds the function and its linear map.
    pub fn cache_stats(&self) -> CacheStats {
        self.target.cache_stats()
    }

    /// Forgets the compiled graphs; maps that were made stay as they are.
    pub fn clear_cache(&self) {
        self.target.clear_cache();
    }

    pub(super) fn target(&self) -> Target {
        self.target
    }
}

impl<A: Signature, R: Output, D: Signature, T: Output> Linearize<A, R, D, T> {
    /// It goes into the graph that is being staged.
    #[doc(hidden)]
    pub fn __linearize(&self, cx: &Cx, args: &[Value], at: At) -> Out<StagedMap> {
        self.target.stage_linearized(cx, A::__TYPES, R::TY, (D::__TYPES, T::TY), args, at)
    }
}

impl<D: Signature, T: 'static> Linear<D, T> {
    /// The graph of the map: its first parameters are what it needs of the function, the last ones the tangents.
    ///
    /// # Errors
    /// None, of a map that `linearize` has made.
    pub fn graph(&self) -> Result<Graph> {
        self.map.graph()
    }

    pub(super) fn map(&self) -> &LinearMap {
        &self.map
    }
}

impl<A: Signature, R: 'static, D: Signature, T: 'static> Deref for Linearize<A, R, D, T> {
    type Target = A::Call<(R, Linear<D, T>)>;
    fn deref(&self) -> &Self::Target {
        &self.call
    }
}

impl<D: Signature, T: 'static> Deref for Linear<D, T> {
    type Target = D::Call<T>;
    fn deref(&self) -> &Self::Target {
        &self.call
    }
}

impl<A: Signature, R: 'static, D: Signature, T: 'static> Clone for Linearize<A, R, D, T> {
    fn clone(&self) -> Self {
        Linearize { call: self.call.clone(), target: self.target }
    }
}

impl<D: Signature, T: 'static> Clone for Linear<D, T> {
    fn clone(&self) -> Self {
        Linear { call: self.call.clone(), map: self.map.clone() }
    }
}

impl<A: Signature, R: 'static, D: Signature, T: 'static> fmt::Debug for Linearize<A, R, D, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Linearize({})", self.name())
    }
}

impl<D: Signature, T: 'static> fmt::Debug for Linear<D, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Linear({})", self.map.name())
    }
}

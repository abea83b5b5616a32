//! The handle.

use super::argnums::{Argnum, Argnums};
use super::derivatives::IntoJit;
use super::signature::Signature;
use crate::backend::native_selected;
use crate::exec::{ArgValue, CacheStats, Function, Output, Target};
use crate::stage::{At, Cx, Out, Value};
use crate::transform::recipe::Transform;
use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

/// A handle of an annotated function, `f::jit()`, or of a transform of one: it is called like the function, and it
/// is what transforms take.
///
/// `A` is the tuple of the arguments ([`Ref<T>`](crate::handle::Ref) for `&T`), `R` the result, and `W` says which
/// arguments derivatives are taken by: the first one, or those of [`wrt`](Jit::wrt).
///
/// `f::jit()` itself runs as `f` does, and so does [`checkpoint`](crate::checkpoint) of it: as written where the native
/// backend is selected. Other transforms have no native reading; they always run their graphs.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn square(x: f64) -> f64 {
///     x * x
/// }
///
/// let handle = square::jit();
/// assert_eq!(handle(3.0), 9.0);
/// assert_eq!(handle.try_call(3.0)?, 9.0);
/// assert_eq!(handle.name(), "square");
/// # Ok::<(), desc_jit::Error>(())
/// ```
pub struct Jit<A, R, W = Argnums<Argnum<0>>> {
    /// An `Arc<A::Call<R>>`. Written without that type the handle can be named for whatever `A` is, so that a
    /// function whose types are wrong is reported once.
    call: Arc<dyn Any + Send + Sync>,
    target: Target,
    /// `call` is the function as written where the native backend is selected.
    has_native: bool,
    types: PhantomData<Types<A, R, W>>,
}

/// A handle holds none of them.
type Types<A, R, W> = fn() -> (A, R, W);

impl<A, R> Jit<A, R> {
    /// `call`: an `Arc<A::Call<R>>`, which the macro writes out.
    #[doc(hidden)]
    pub const fn __new(call: Arc<dyn Any + Send + Sync>, function: &'static Function) -> Jit<A, R> {
        Jit { call, target: Target::Function(function), has_native: true, types: PhantomData }
    }
}

impl<A: Signature, R: Output + 'static> Jit<A, R> {
    /// The handle of a transform of `inner`, whose types the caller vouches for.
    pub(super) fn derive(inner: Target, transform: Transform) -> Jit<A, R> {
        let target = inner.derive(transform);
        let call = A::__call::<R>(move |args: &mut [ArgValue<'_>]| target.call(args));
        Jit { call: Arc::new(call), target, has_native: false, types: PhantomData }
    }
}

impl<A: Signature, R: Output + 'static, W> Jit<A, R, W> {
    /// The handle of a transform of `inner` that computes the same, as written too.
    pub(super) fn alike<H>(inner: &H, transform: Transform) -> Jit<A, R, W>
    where
        H: IntoJit<Args = A, Result = R, Wrt = W>,
    {
        let target = inner.__target().0.derive(transform);
        let run = move |args: &mut [ArgValue<'_>]| target.call(args);
        let native = inner.__native();
        let has_native = native.is_some();
        let call = match native {
            Some(native) => A::__native_or::<R>(native, run),
            None => A::__call::<R>(run),
        };
        Jit { call: Arc::new(call), target, has_native, types: PhantomData }
    }
}

impl<A: Signature, R: Output + 'static, W> Jit<A, R, W> {
    /// Its graph goes into the one that is being staged.
    #[doc(hidden)]
    pub fn __stage(&self, cx: &Cx, args: &mut [Value], at: At) -> Out<Value> {
        self.target.stage(cx, A::__TYPES, R::TY, args, at)
    }
}

impl<A, R, W> Jit<A, R, W> {
    /// The function's name; of a transform as it is written, `grad(square)`.
    pub fn name(&self) -> &'static str {
        self.target.name()
    }

    /// Counters of its cache of compiled graphs. Equal transforms of one function share a cache.
    pub fn cache_stats(&self) -> CacheStats {
        self.target.cache_stats()
    }

    /// Forgets the compiled graphs.
    pub fn clear_cache(&self) {
        self.target.clear_cache();
    }

    /// Chooses the arguments that the next transform differentiates by, counted from 0: one
    /// gives a bare gradient, several give a tuple in that order. The handle that the transform makes starts with
    /// argument 0 again.
    ///
    /// ```
    /// use desc_jit::prelude::*;
    ///
    /// #[desc_jit]
    /// fn area(width: f64, height: f64) -> f64 {
    ///     width * height
    /// }
    ///
    /// assert_eq!(grad(area::jit().wrt(argnums![1]))(2.0, 3.0), 2.0);
    /// assert_eq!(grad(area::jit().wrt(argnums![0, 1]))(2.0, 3.0), (3.0, 2.0));
    /// ```
    #[must_use = "the choice is that of the handle returned"]
    pub fn wrt<V>(self, argnums: Argnums<V>) -> Jit<A, R, Argnums<V>> {
        let Argnums(_) = argnums;
        Jit { call: self.call, target: self.target, has_native: self.has_native, types: PhantomData }
    }

    pub(super) fn target(&self) -> Target {
        self.target
    }
}

impl<A: Signature, R: 'static, W> Jit<A, R, W> {
    /// The function as written, if that is what a call runs.
    pub(super) fn native(&self) -> Option<&A::Call<R>> {
        (self.has_native && native_selected()).then(|| &**self)
    }

    fn function(&self) -> &Arc<A::Call<R>> {
        match self.call.downcast_ref::<Arc<A::Call<R>>>() {
            Some(call) => call,
            None => unreachable!("a handle is made with a function of its own type"),
        }
    }

    /// The function that is as written where the native backend is selected.
    pub(super) fn with_native(&self) -> Option<Arc<A::Call<R>>> {
        self.has_native.then(|| self.function().clone())
    }
}

impl<A: Signature, R: 'static, W> Deref for Jit<A, R, W> {
    type Target = A::Call<R>;
    fn deref(&self) -> &A::Call<R> {
        self.function()
    }
}

impl<A, R, W> Clone for Jit<A, R, W> {
    fn clone(&self) -> Jit<A, R, W> {
        Jit { call: self.call.clone(), target: self.target, has_native: self.has_native, types: PhantomData }
    }
}

impl<A, R, W> fmt::Debug for Jit<A, R, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Jit({})", self.name())
    }
}

// A call that panics leaves no function half changed: its caches hold finished graphs only.
impl<A, R, W> UnwindSafe for Jit<A, R, W> {}
impl<A, R, W> RefUnwindSafe for Jit<A, R, W> {}

//! Jit or native: whether a call runs the compiled graph or the function as written.

use crate::error::{Error, ErrorKind};
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::atomic::{AtomicU8, Ordering};

/// What a call of an annotated function runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Backend {
    /// The staged, compiled function.
    Jit,
    /// The function as written, compiled by rustc: for debuggers and for comparison.
    Native,
}

/// `jit`, `native`.
impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Backend::Jit => "jit",
            Backend::Native => "native",
        })
    }
}

impl FromStr for Backend {
    type Err = Error;
    fn from_str(name: &str) -> Result<Backend, Error> {
        match name.trim().to_ascii_lowercase().as_str() {
            "jit" => Ok(Backend::Jit),
            "native" => Ok(Backend::Native),
            _ => Err(Error::new(
                ErrorKind::Argument,
                format!("there is no backend called \"{name}\"; write \"jit\" or \"native\""),
            )),
        }
    }
}

const UNSET: u8 = 0;
const JIT: u8 = 1;
const NATIVE: u8 = 2;

impl Backend {
    const fn code(self) -> u8 {
        match self {
            Backend::Jit => JIT,
            Backend::Native => NATIVE,
        }
    }
}

/// The choice for the whole process; unset until the environment was read.
static CHOSEN: AtomicU8 = AtomicU8::new(UNSET);

thread_local! {
    /// The choice for a piece of code on this thread, unset outside of one.
    static SCOPED: Cell<u8> = const { Cell::new(UNSET) };
}

/// The functions as written are to run: one thread-local read when a scope says so, one atomic more otherwise.
#[inline]
pub fn native_selected() -> bool {
    match SCOPED.get() {
        UNSET => match CHOSEN.load(Ordering::Relaxed) {
            UNSET => read_environment() == NATIVE,
            chosen => chosen == NATIVE,
        },
        scoped => scoped == NATIVE,
    }
}

/// The backend in use on this thread.
pub fn backend() -> Backend {
    if native_selected() { Backend::Native } else { Backend::Jit }
}

/// `DESC_BACKEND=native` or `jit`, read once.
#[cold]
fn read_environment() -> u8 {
    let backend = match std::env::var("DESC_BACKEND") {
        Err(_) => Backend::Jit,
        Ok(name) if name.trim().is_empty() => Backend::Jit,
        Ok(name) => name.parse().unwrap_or_else(|e: Error| {
            eprintln!("desc-jit: warning: DESC_BACKEND: {e}\ndesc-jit: warning: using the jit backend");
            Backend::Jit
        }),
    };
    // Another thread, or `set_backend`, may have been first: then that stands.
    match CHOSEN.compare_exchange(UNSET, backend.code(), Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => backend.code(),
        Err(chosen) => chosen,
    }
}

/// Chooses the backend for the whole process. It outranks `DESC_BACKEND`; [`with_backend`] outranks it.
pub fn set_backend(backend: Backend) {
    CHOSEN.store(backend.code(), Ordering::Relaxed);
}

/// Puts the choice of the scope around it back when it is dropped: see [`enter_native`].
#[must_use = "the choice ends when the guard is dropped"]
pub struct NativeGuard {
    before: u8,
    /// The choice is this thread's: the guard must not be dropped on another.
    thread: PhantomData<*const ()>,
}

impl Drop for NativeGuard {
    #[inline]
    fn drop(&mut self) {
        SCOPED.set(self.before);
    }
}

fn enter(backend: Backend) -> NativeGuard {
    NativeGuard { before: SCOPED.replace(backend.code()), thread: PhantomData }
}

/// Chooses the native backend on this thread until the guard is dropped, so that the annotated functions that
/// a native function calls run natively too. Generated code calls it.
#[inline]
pub fn enter_native() -> NativeGuard {
    enter(Backend::Native)
}

/// Runs `f` with that backend chosen, on this thread only; also functions that `f` calls. The choice before
/// comes back at the end, and when `f` panics.
///
/// ```
/// use desc_jit::backend::{Backend, backend, with_backend};
///
/// let inside = with_backend(Backend::Native, backend);
/// assert_eq!(inside, Backend::Native);
/// ```
pub fn with_backend<R>(backend: Backend, f: impl FnOnce() -> R) -> R {
    let _guard = enter(backend);
    f()
}

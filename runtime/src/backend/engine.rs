//! Which engine runs a graph: op by op on Candle, an interpreter of kernels, or compiled kernels.

use crate::error::{Error, ErrorKind};
use std::cell::Cell;
use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

/// What runs a staged graph on the CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Engine {
    /// Compiled kernels: [`Engine::Cranelift`] at once, replaced by [`Engine::C`] as soon as the system's C
    /// compiler has built it in the background, where there is one. The results have the same bits. The
    /// default.
    Auto,
    /// Every op by itself, on Candle: the portable reference. Loops over elements are slow.
    Candle,
    /// Loops and branches made of scalars and elements run in a register machine over the raw buffers, the
    /// other ops on Candle. Needs no code generator.
    Machine,
    /// Kernels compiled in the process, in about a millisecond.
    Cranelift,
    /// Kernels compiled by the system's C compiler; the first call waits for it. Without a C compiler:
    /// [`Engine::Cranelift`].
    C,
}

impl Engine {
    /// Every engine that can be told from the others by its code ([`Engine::Auto`] is two of them).
    pub const ALL: [Engine; 4] = [Engine::Candle, Engine::Machine, Engine::Cranelift, Engine::C];

    /// It makes kernels of whole graphs.
    pub(crate) fn compiles(self) -> bool {
        matches!(self, Engine::Auto | Engine::Cranelift | Engine::C)
    }
}

/// `auto`, `candle`, `machine`, `cranelift`, `c`.
impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Engine::Auto => "auto",
            Engine::Candle => "candle",
            Engine::Machine => "machine",
            Engine::Cranelift => "cranelift",
            Engine::C => "c",
        })
    }
}

impl FromStr for Engine {
    type Err = Error;
    fn from_str(name: &str) -> Result<Engine, Error> {
        let wanted = name.trim().to_ascii_lowercase();
        let engines = [&[Engine::Auto][..], &Engine::ALL].concat();
        engines.iter().copied().find(|e| e.to_string() == wanted).ok_or_else(|| {
            let names: Vec<String> = engines.iter().map(|e| format!("\"{e}\"")).collect();
            let message = format!("there is no engine called \"{name}\"; write {}", names.join(" or "));
            Error::new(ErrorKind::Argument, message)
        })
    }
}

thread_local! {
    static SCOPED: Cell<Option<Engine>> = const { Cell::new(None) };
}

/// The engine in use on this thread: that of [`with_engine`], else `DESC_ENGINE` (read once), else
/// [`Engine::Auto`].
pub fn engine() -> Engine {
    static FROM_ENVIRONMENT: OnceLock<Engine> = OnceLock::new();
    SCOPED.get().unwrap_or_else(|| {
        *FROM_ENVIRONMENT.get_or_init(|| match std::env::var("DESC_ENGINE") {
            Ok(name) if !name.trim().is_empty() => name.parse().unwrap_or_else(|e: Error| {
                eprintln!("desc-jit: warning: DESC_ENGINE: {e}\ndesc-jit: warning: using the default engine");
                Engine::Auto
            }),
            _ => Engine::Auto,
        })
    })
}

/// Runs `f` with that engine, on this thread only. The choice before comes back at the end, and when `f`
/// panics.
///
/// ```
/// use desc_jit::{Engine, engine, with_engine};
/// assert_eq!(with_engine(Engine::Candle, engine), Engine::Candle);
/// ```
pub fn with_engine<R>(engine: Engine, f: impl FnOnce() -> R) -> R {
    struct Restore(Option<Engine>);
    impl Drop for Restore {
        fn drop(&mut self) {
            SCOPED.set(self.0);
        }
    }
    let _restore = Restore(SCOPED.replace(Some(engine)));
    f()
}

/// Runs `f` with at most that many threads for the kernels that this thread starts. Results do not depend on the
/// number of threads.
///
/// ```
/// use desc_jit::{jnp, with_threads};
/// let x = jnp::linspace(0.0, 1.0, 1000);
/// assert_eq!(with_threads(1, || jnp::sum(&x)), with_threads(2, || jnp::sum(&x)));
/// ```
pub fn with_threads<R>(threads: usize, f: impl FnOnce() -> R) -> R {
    crate::kernel::with_threads(threads, f)
}

/// Waits until the C compiler has built every kernel that it was asked for in the background, or failed to. A
/// program never needs this; a measurement does.
pub fn wait_for_compiler() {
    crate::kernel::wait_for_compiler();
}

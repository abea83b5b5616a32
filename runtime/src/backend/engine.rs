//! Which engine runs a graph: everything op by op on Candle, or loops over elements in the register machine.

use crate::error::{Error, ErrorKind};
use std::cell::Cell;
use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

/// What runs a staged graph on the CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Engine {
    /// Every op by itself, on Candle: the portable reference. Loops over elements are slow.
    Candle,
    /// Loops and branches made of scalars and elements run in a register machine over the raw buffers, the
    /// other ops on Candle. The default.
    Machine,
}

impl Engine {
    /// Every engine of this build.
    pub const ALL: [Engine; 2] = [Engine::Candle, Engine::Machine];
}

/// `candle`, `machine`.
impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Engine::Candle => "candle",
            Engine::Machine => "machine",
        })
    }
}

impl FromStr for Engine {
    type Err = Error;
    fn from_str(name: &str) -> Result<Engine, Error> {
        let wanted = name.trim().to_ascii_lowercase();
        Engine::ALL.into_iter().find(|e| e.to_string() == wanted).ok_or_else(|| {
            let names: Vec<String> = Engine::ALL.iter().map(|e| format!("\"{e}\"")).collect();
            let message = format!("there is no engine called \"{name}\"; write {}", names.join(" or "));
            Error::new(ErrorKind::Argument, message)
        })
    }
}

thread_local! {
    static SCOPED: Cell<Option<Engine>> = const { Cell::new(None) };
}

/// The engine in use on this thread: that of [`with_engine`], else `DESC_ENGINE` (read once), else
/// [`Engine::Machine`].
pub fn engine() -> Engine {
    static FROM_ENVIRONMENT: OnceLock<Engine> = OnceLock::new();
    SCOPED.get().unwrap_or_else(|| {
        *FROM_ENVIRONMENT.get_or_init(|| match std::env::var("DESC_ENGINE") {
            Ok(name) if !name.trim().is_empty() => name.parse().unwrap_or_else(|e: Error| {
                eprintln!("desc-jit: warning: DESC_ENGINE: {e}\ndesc-jit: warning: using the default engine");
                Engine::Machine
            }),
            _ => Engine::Machine,
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

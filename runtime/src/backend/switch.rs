//! A choice between on and off: for a thread while something runs, else for the process, else by the environment.

use std::cell::Cell;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread::LocalKey;

const UNSET: u8 = 0;
const OFF: u8 = 1;
const ON: u8 = 2;

/// What one thread has chosen for as long as something runs.
pub(super) type Scoped = LocalKey<Cell<Option<bool>>>;

/// One choice.
pub(super) struct Switch {
    /// The choice for the whole process; unset until the environment was read.
    chosen: AtomicU8,
    scoped: &'static Scoped,
    /// The variable of the environment: 0 or 1.
    variable: &'static str,
}

impl Switch {
    /// Off, unless the variable or somebody says otherwise.
    pub const fn new(variable: &'static str, scoped: &'static Scoped) -> Switch {
        Switch { chosen: AtomicU8::new(UNSET), scoped, variable }
    }

    /// How it stands on this thread.
    #[inline]
    pub fn is_on(&self) -> bool {
        self.scoped.get().unwrap_or_else(|| match self.chosen.load(Ordering::Relaxed) {
            UNSET => self.read_environment(),
            chosen => chosen == ON,
        })
    }

    /// The variable, read once.
    #[cold]
    fn read_environment(&self) -> bool {
        let name = self.variable;
        let on = match std::env::var(name) {
            Err(_) => false,
            Ok(value) => match value.trim() {
                "1" => true,
                "" | "0" => false,
                other => {
                    eprintln!(
                        "desc-jit: warning: {name} is \"{other}\"; write 0 or 1\ndesc-jit: warning: using 0"
                    );
                    false
                }
            },
        };
        // Another thread, or a choice for the process, may have been first: then that stands.
        let on_or_off = if on { ON } else { OFF };
        match self.chosen.compare_exchange(UNSET, on_or_off, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => on,
            Err(chosen) => chosen == ON,
        }
    }

    /// Chooses for the whole process.
    pub fn set(&self, on: bool) {
        self.chosen.store(if on { ON } else { OFF }, Ordering::Relaxed);
    }

    /// Runs `f` with this choice on this thread. The one before comes back at the end, and when `f` panics.
    pub fn with<R>(&self, on: bool, f: impl FnOnce() -> R) -> R {
        struct Restore(&'static Scoped, Option<bool>);
        impl Drop for Restore {
            fn drop(&mut self) {
                self.0.set(self.1);
            }
        }
        let _restore = Restore(self.scoped, self.scoped.replace(Some(on)));
        f()
    }
}

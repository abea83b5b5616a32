//! Whether runs look for the first operation that makes a NaN.

use std::cell::Cell;
use std::sync::atomic::{AtomicU8, Ordering};

const UNSET: u8 = 0;
const OFF: u8 = 1;
const ON: u8 = 2;

/// The choice for the whole process; unset until the environment was read.
static CHOSEN: AtomicU8 = AtomicU8::new(UNSET);

thread_local! {
    static SCOPED: Cell<Option<bool>> = const { Cell::new(None) };
}

/// Runs look for NaN: that of [`with_debug_nans`], else of [`set_debug_nans`], else `DESC_DEBUG_NANS=1`, else not.
#[inline]
pub fn debug_nans() -> bool {
    SCOPED.get().unwrap_or_else(|| match CHOSEN.load(Ordering::Relaxed) {
        UNSET => read_environment(),
        chosen => chosen == ON,
    })
}

/// `DESC_DEBUG_NANS`, read once.
#[cold]
fn read_environment() -> bool {
    let on = match std::env::var("DESC_DEBUG_NANS") {
        Err(_) => false,
        Ok(value) => match value.trim() {
            "1" => true,
            "" | "0" => false,
            other => {
                eprintln!(
                    "desc-jit: warning: DESC_DEBUG_NANS is \"{other}\"; write 0 or 1\ndesc-jit: warning: using 0"
                );
                false
            }
        },
    };
    // Another thread, or `set_debug_nans`, may have been first: then that stands.
    match CHOSEN.compare_exchange(UNSET, if on { ON } else { OFF }, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => on,
        Err(chosen) => chosen == ON,
    }
}

/// Chooses for the whole process whether runs look for NaN. It outranks `DESC_DEBUG_NANS`; [`with_debug_nans`] outranks
/// it.
pub fn set_debug_nans(on: bool) {
    CHOSEN.store(if on { ON } else { OFF }, Ordering::Relaxed);
}

/// Runs `f` looking for NaN or not, on this thread only. The choice before comes back at the end, and when `f` panics.
///
/// While it looks, functions run op by op, whatever engine is chosen, and the first operation that makes a NaN of
/// operands without one is an error ([`ErrorKind::NotANumber`](crate::ErrorKind::NotANumber)) at its line. NaN that comes
/// from arguments or constants is none. The native reading looks for nothing.
///
/// ```
/// use desc_jit::backend::with_debug_nans;
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn root(x: f64) -> f64 {
///     x.sqrt() + 1.0
/// }
///
/// assert!(root(-1.0).is_nan());
/// let error = with_debug_nans(true, || root::try_call(-1.0)).unwrap_err();
/// assert!(error.to_string().contains("x.sqrt() + 1.0"));
/// ```
pub fn with_debug_nans<R>(on: bool, f: impl FnOnce() -> R) -> R {
    struct Restore(Option<bool>);
    impl Drop for Restore {
        fn drop(&mut self) {
            SCOPED.set(self.0);
        }
    }
    let _restore = Restore(SCOPED.replace(Some(on)));
    f()
}

//! Whether runs look for the first operation that makes a NaN.

use super::switch::Switch;
use std::cell::Cell;

thread_local! {
    static SCOPED: Cell<Option<bool>> = const { Cell::new(None) };
}

static SWITCH: Switch = Switch::new("DESC_DEBUG_NANS", &SCOPED);

/// Runs look for NaN: that of [`with_debug_nans`], else of [`set_debug_nans`], else `DESC_DEBUG_NANS=1`, else not.
#[inline]
pub fn debug_nans() -> bool {
    SWITCH.is_on()
}

/// Chooses for the whole process whether runs look for NaN. It outranks `DESC_DEBUG_NANS`; [`with_debug_nans`] outranks
/// it.
pub fn set_debug_nans(on: bool) {
    SWITCH.set(on);
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
    SWITCH.with(on, f)
}

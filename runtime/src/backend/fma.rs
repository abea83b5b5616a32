//! Whether kernels may fuse a product and a sum.

use super::switch::Switch;
use std::cell::Cell;

thread_local! {
    static SCOPED: Cell<Option<bool>> = const { Cell::new(None) };
}

static SWITCH: Switch = Switch::new("DESC_FMA", &SCOPED);

/// Kernels compute `a * b + c` with one rounding: that of [`with_fma`], else of [`set_fma`], else `DESC_FMA=1`,
/// else not.
#[inline]
pub fn fma() -> bool {
    SWITCH.is_on()
}

/// Chooses for the whole process whether kernels fuse multiplications and additions. It outranks `DESC_FMA`;
/// [`with_fma`] outranks it.
pub fn set_fma(on: bool) {
    SWITCH.set(on);
}

/// Runs `f` with fused multiply-adds on or off, on this thread only. The choice before comes back at the end, and
/// when `f` panics.
///
/// With them, the kernel engines compute `a * b + c`, `a * b - c` and `c - a * b` with one rounding where the
/// product is used nowhere else, so that results are a little more accurate, and no longer have the bits of the
/// native reading. Sums that a loop carries keep their separate products, and so do
/// expressions of whole arrays, whose products are arrays. The op-by-op engine fuses nothing.
/// Functions are compiled once for each choice.
///
/// ```
/// use desc_jit::backend::{fma, with_fma};
/// assert!(with_fma(true, fma));
/// assert!(!with_fma(false, fma));
/// ```
pub fn with_fma<R>(on: bool, f: impl FnOnce() -> R) -> R {
    SWITCH.with(on, f)
}

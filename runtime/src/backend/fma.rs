//! Whether kernels may fuse a product and a sum.

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

/// Kernels compute `a * b + c` with one rounding: that of [`with_fma`], else of [`set_fma`], else `DESC_FMA=1`,
/// else not.
#[inline]
pub fn fma() -> bool {
    SCOPED.get().unwrap_or_else(|| match CHOSEN.load(Ordering::Relaxed) {
        UNSET => read_environment(),
        chosen => chosen == ON,
    })
}

/// `DESC_FMA`, read once.
#[cold]
fn read_environment() -> bool {
    let on = match std::env::var("DESC_FMA") {
        Err(_) => false,
        Ok(value) => match value.trim() {
            "1" => true,
            "" | "0" => false,
            other => {
                eprintln!(
                    "desc-jit: warning: DESC_FMA is \"{other}\"; write 0 or 1\ndesc-jit: warning: using 0"
                );
                false
            }
        },
    };
    // Another thread, or `set_fma`, may have been first: then that stands.
    match CHOSEN.compare_exchange(UNSET, if on { ON } else { OFF }, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => on,
        Err(chosen) => chosen == ON,
    }
}

/// Chooses for the whole process whether kernels fuse multiplications and additions. It outranks `DESC_FMA`;
/// [`with_fma`] outranks it.
pub fn set_fma(on: bool) {
    CHOSEN.store(if on { ON } else { OFF }, Ordering::Relaxed);
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
    struct Restore(Option<bool>);
    impl Drop for Restore {
        fn drop(&mut self) {
            SCOPED.set(self.0);
        }
    }
    let _restore = Restore(SCOPED.replace(Some(on)));
    f()
}

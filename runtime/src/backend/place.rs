//! The device in use.

use crate::array::Device;
use crate::error::{ErrorKind, Result};
use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

/// The choice for the whole process.
static CHOSEN: RwLock<Device> = RwLock::new(Device::cpu());
/// The choice is the CPU: the usual case, answered without the lock.
static CHOSEN_CPU: AtomicBool = AtomicBool::new(true);

thread_local! {
    /// The choice for a piece of code on this thread.
    static SCOPED: RefCell<Option<Device>> = const { RefCell::new(None) };
}

/// The device that staged functions run on: of the innermost [`with_device`] or [`execute_on_cpu`] on this
/// thread, else of [`set_device`], else the CPU.
pub fn device() -> Device {
    if let Some(device) = SCOPED.with_borrow(Clone::clone) {
        return device;
    }
    if CHOSEN_CPU.load(Ordering::Acquire) {
        return Device::cpu();
    }
    CHOSEN.read().unwrap_or_else(PoisonError::into_inner).clone()
}

fn choose(device: Device) {
    let mut chosen = CHOSEN.write().unwrap_or_else(PoisonError::into_inner);
    CHOSEN_CPU.store(device.is_cpu(), Ordering::Release);
    *chosen = device;
}

/// Chooses the device for the whole process: `"cpu"`, `"gpu"` or `"cuda"` (the first GPU), `"cuda:N"`.
///
/// When there is no such GPU, or this build can't use GPUs, the CPU is chosen instead, with one warning on the
/// standard error output that says which of the two it was. [`require_device`] does not fall back.
///
/// Returns the device chosen. Arrays are made on the CPU and stay where they are; a staged function brings
/// its arguments to the chosen device.
///
/// # Errors
///
/// [`ErrorKind::Argument`] for any other name.
pub fn set_device(name: &str) -> Result<Device> {
    let device = match Device::open(name) {
        Ok(device) => device,
        Err(e) if e.kind() == ErrorKind::Device => {
            warn_once(&format!("desc-jit: warning: {e}\ndesc-jit: warning: falling back to the CPU"));
            Device::cpu()
        }
        Err(e) => return Err(e),
    };
    choose(device.clone());
    Ok(device)
}

fn warn_once(text: &str) {
    static WARNED: AtomicBool = AtomicBool::new(false);
    if !WARNED.swap(true, Ordering::Relaxed) {
        eprintln!("{text}");
    }
}

/// Chooses the device for the whole process as [`set_device`] does, and insists on it.
///
/// # Errors
///
/// [`ErrorKind::Argument`] for a name that is none, [`ErrorKind::Device`] when there is no such device (the
/// choice is unchanged then).
pub fn require_device(name: &str) -> Result<()> {
    choose(Device::open(name)?);
    Ok(())
}

/// Puts the choice of the scope around it back, also when the code in the scope panics.
struct Restore(Option<Device>);

impl Drop for Restore {
    fn drop(&mut self) {
        SCOPED.set(self.0.take());
    }
}

/// Runs `f` with another device chosen, on this thread only.
pub fn with_device<R>(device: &Device, f: impl FnOnce() -> R) -> R {
    let _restore = Restore(SCOPED.replace(Some(device.clone())));
    f()
}

/// Runs `f` with the CPU chosen, on this thread only.
///
/// ```
/// use desc_jit::backend::{device, execute_on_cpu};
///
/// assert_eq!(execute_on_cpu(|| device().to_string()), "cpu");
/// ```
pub fn execute_on_cpu<R>(f: impl FnOnce() -> R) -> R {
    with_device(&Device::cpu(), f)
}

/// Waits until the chosen device has finished all work that was started. See also
/// [`Array::block_until_ready`](crate::array::Array::block_until_ready).
///
/// # Errors
///
/// What the device reports about work that failed.
pub fn block_until_ready() -> Result<()> {
    device().synchronize()
}

//! Which device and which reading of a function are used: the facade of DESC's `backend.py`.
//!
//! * [`set_device`] picks the device that staged functions run on, [`require_device`] insists on it.
//! * [`Backend`] says whether a call runs the compiled graph or the function as written; from the variable
//!   `DESC_BACKEND`, [`set_backend`], or [`with_backend`] for one thread and one piece of code.
//! * [`set_fma`], [`with_fma`] and the variable `DESC_FMA` let kernels fuse products with sums.
//! * [`set_debug_nans`], [`with_debug_nans`] and the variable `DESC_DEBUG_NANS` look for the first operation that makes
//!   a NaN.
//! * [`capture_prints`] takes what staged code prints.
//! * [`print_backend_info`] shows what is in use.
//!
//! ```
//! use desc_jit::backend::{Backend, backend, device, set_device, with_backend};
//!
//! set_device("cpu").unwrap();
//! assert_eq!(device().to_string(), "cpu");
//! with_backend(Backend::Native, || assert_eq!(backend(), Backend::Native));
//! ```

mod engine;
mod fma;
mod info;
mod memory;
mod mode;
mod nans;
mod place;
mod prints;
mod switch;

pub use crate::array::Device;
pub use engine::{Engine, engine, wait_for_compiler, with_engine, with_threads};
pub use fma::{fma, set_fma, with_fma};
pub use info::{BackendInfo, backend_info, print_backend_info};
pub use memory::release_memory;
pub use mode::{Backend, NativeGuard, backend, enter_native, native_selected, set_backend, with_backend};
pub use nans::{debug_nans, set_debug_nans, with_debug_nans};
pub use place::{block_until_ready, device, execute_on_cpu, require_device, set_device, with_device};
pub(crate) use prints::emit;
pub use prints::{Stream, capture_prints};

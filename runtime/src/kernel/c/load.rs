//! Loaded libraries.

use super::print::ENTRY;
use crate::kernel::library::Context;
use libloading::Library;
use std::ffi::CStr;
use std::path::Path;
use std::sync::Arc;

/// The entry of a library, see `print/`.
pub(super) type Entry = unsafe extern "C" fn(
    registers: *mut u64,
    slots: *mut *mut u8,
    owner: *mut u64,
    context: *const Context,
    trap: *mut u64,
) -> i64;

/// A library that stays loaded until this is dropped.
#[derive(Debug)]
pub(super) struct Loaded {
    pub entry: Entry,
    _library: Arc<Library>,
}

/// The name of the text that says what a library was made of.
pub(super) const KEY: &str = "desc_key";

impl Loaded {
    /// Loads a library that must have been made for this key.
    ///
    /// # Safety
    /// The file is a library that this engine made, or one that has no `key` like that.
    pub unsafe fn open(path: &Path, key: &str) -> Result<Loaded, String> {
        let text = |e: libloading::Error| e.to_string();
        // SAFETY: the caller's promise; libraries of this engine do nothing when they are loaded.
        let library = unsafe { Library::new(path) }.map_err(text)?;
        // SAFETY: it is an array of bytes that ends with 0.
        let found = unsafe { library.get::<*const std::ffi::c_char>(KEY) }.map_err(text)?;
        // SAFETY: as above.
        let found = unsafe { CStr::from_ptr(found.try_as_raw_ptr().unwrap_or_default().cast()) };
        if found.to_bytes() != key.as_bytes() {
            return Err("a library that was made of something else".into());
        }
        // SAFETY: a library with that key has an entry of that type.
        let entry = *unsafe { library.get::<Entry>(ENTRY) }.map_err(text)?;
        Ok(Loaded { entry, _library: Arc::new(library) })
    }

    /// Another entry of a library.
    ///
    /// # Safety
    /// It has an entry of that name.
    #[cfg(test)]
    pub unsafe fn of_batch(library: &Arc<Library>, name: &str) -> Loaded {
        // SAFETY: the caller's promise.
        let entry = *unsafe { library.get::<Entry>(name) }.expect("the entry");
        Loaded { entry, _library: library.clone() }
    }
}

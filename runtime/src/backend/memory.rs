//! Memory that is kept between calls.

/// Gives the memory back that dropped arrays left for the next call. At most a sixteenth of the machine's memory is
/// kept, in blocks of at least 128 KiB, and each only for a while; this is for programs that have done their last
/// call with large arrays and go on.
///
/// ```
/// desc_jit::backend::release_memory();
/// ```
pub fn release_memory() {
    crate::array::pool::release();
}

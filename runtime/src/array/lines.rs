//! Where arrays begin relative to a cache line.
//!
//! A loop over several arrays has aligned loads of all of them, or of none, where they begin at the same place modulo a cache
//! line. A large block comes from the system with the allocator's header in front, 16 bytes behind a page; smaller ones come from
//! a heap, where two neighbours of 16,000 bytes differ by 16 bytes modulo 64. Such arrays are put where the large ones are.

use std::collections::TryReserveError;

/// Where an array begins modulo a line.
const PLACE: usize = 16;

/// The length of a cache line in bytes.
const LINE: usize = 64;

/// Shorter arrays gain less than the search takes.
const SHORTEST: usize = 8 << 10;

/// Longer ones come from the system as a rule, and trying would show in the peak of the memory that is used.
const LONGEST: usize = 128 << 10;

/// What is tried takes no more than so many bytes together, which nobody touches.
const TRIED: usize = 256 << 10;

/// An empty vector with room for so many elements, which begins at the same place of a line as others, if that is easy.
/// The pool keeps those that do.
pub(super) fn reserve<T>(count: usize) -> Result<Vec<T>, TryReserveError> {
    let mut data = Vec::new();
    data.try_reserve_exact(count)?;
    let bytes = count * size_of::<T>();
    if !(SHORTEST..LONGEST).contains(&bytes) || is_placed(&data) {
        return Ok(data);
    }
    // Neighbours of a heap that allocates by 16 bytes come by all four places in turn, but before them come gaps.
    let mut others = Vec::with_capacity(TRIED / bytes);
    for _ in 0..TRIED / bytes {
        let mut other = Vec::new();
        if other.try_reserve_exact(count).is_err() {
            break;
        }
        if is_placed(&other) {
            return Ok(other);
        }
        others.push(other);
    }
    Ok(data)
}

fn is_placed<T>(data: &[T]) -> bool {
    data.as_ptr().addr() % LINE == PLACE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_all_elements() {
        for count in [0, 1, SHORTEST / 8, 2000, LONGEST / 8 - 1, LONGEST / 8] {
            let data = reserve::<f64>(count).expect("room");
            assert!(data.is_empty() && data.capacity() >= count);
        }
        assert!(reserve::<f64>(usize::MAX / 4).is_err());
    }

    /// glibc allocates by 16 bytes.
    #[cfg(all(target_env = "gnu", target_pointer_width = "64"))]
    #[test]
    fn arrays_that_live_together_begin_alike() {
        let arrays: Vec<_> = (0..6).map(|_| reserve::<f64>(2000).expect("room")).collect();
        let alike = arrays.iter().filter(|array| is_placed(array)).count();
        assert!(alike >= 5, "{alike} of 6");
    }
}

//! Large blocks of memory that results and temporaries of kernels lay in, kept for the next ones.
//!
//! The system's allocator gives a large block back to the system when it is freed and gets it anew, page by page and
//! each page filled with zeros, at the next call: on a matrix of 288 MB that takes twice as long as adding a number to
//! it. Blocks here wait for a request of exactly their size, as the next call of the same kernel makes it. What is
//! kept is bounded, and a block that nobody asked for during [`PATIENCE`] requests goes back.

use std::alloc::{Layout, dealloc};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// Smaller blocks are left to the system's allocator, which keeps those itself, and `lines.rs` puts no smaller one in place.
pub(super) const LARGE: usize = 8 << 10;

/// A block is kept for so many requests.
const PATIENCE: u64 = 256;

/// A block that nobody uses. It was allocated by a vector, with this layout.
struct Block {
    start: *mut u8,
    layout: Layout,
    /// When it came here, in requests.
    since: u64,
}

// SAFETY: nobody else has the address.
unsafe impl Send for Block {}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: a vector with this layout was taken apart for the block, and nobody took it since.
        unsafe { dealloc(self.start, self.layout) };
    }
}

struct Pool {
    blocks: Vec<Block>,
    held: usize,
    requests: u64,
}

static POOL: Mutex<Pool> = Mutex::new(Pool { blocks: Vec::new(), held: 0, requests: 0 });

fn pool() -> MutexGuard<'static, Pool> {
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The most bytes that are kept: a sixteenth of the machine's memory, and no more than 1 GiB.
fn limit() -> usize {
    static LIMIT: OnceLock<usize> = OnceLock::new();
    *LIMIT.get_or_init(|| {
        let total = crate::backend::backend_info().total_memory.unwrap_or(4 << 30);
        usize::try_from(total / 16).unwrap_or(usize::MAX).min(1 << 30)
    })
}

impl Pool {
    fn remove(&mut self, k: usize) -> Block {
        let block = self.blocks.remove(k);
        self.held -= block.layout.size();
        block
    }
}

/// An array of that layout, its elements as somebody left them; `None` where no such block waits.
pub(super) fn take<T>(count: usize) -> Option<Vec<T>> {
    let layout = Layout::array::<T>(count).ok()?;
    if layout.size() < LARGE {
        return None;
    }
    let mut old = Vec::new();
    let found = {
        let mut pool = pool();
        pool.requests += 1;
        let now = pool.requests;
        while pool.blocks.first().is_some_and(|block| now - block.since > PATIENCE) {
            old.push(pool.remove(0));
        }
        // The one that came last is the likeliest to be in a cache.
        let found = pool.blocks.iter().rposition(|block| block.layout == layout);
        found.map(|k| pool.remove(k))
    };
    // Giving pages back takes time; the lock is free by now.
    drop(old);
    let block = std::mem::ManuallyDrop::new(found?);
    // SAFETY: the block was allocated with the layout of a vector of that capacity, and is nobody else's. It has
    // no elements yet.
    Some(unsafe { Vec::from_raw_parts(block.start.cast::<T>(), 0, count) })
}

/// Keeps the memory of an array for later, or frees it where it is small or there is too much already.
pub(super) fn give<T: Copy>(array: Vec<T>) {
    let Ok(layout) = Layout::array::<T>(array.capacity()) else { return };
    if layout.size() < LARGE || layout.size() > limit() {
        return;
    }
    let mut array = std::mem::ManuallyDrop::new(array);
    let mut block = Block { start: array.as_mut_ptr().cast(), layout, since: 0 };
    let mut old = Vec::new();
    {
        let mut pool = pool();
        while pool.held + layout.size() > limit() {
            old.push(pool.remove(0));
        }
        pool.held += layout.size();
        block.since = pool.requests;
        pool.blocks.push(block);
    }
    drop(old);
}

/// Frees every block that is kept for later. See [`crate::backend::release_memory`].
pub(crate) fn release() {
    let blocks = {
        let mut pool = pool();
        pool.held = 0;
        std::mem::take(&mut pool.blocks)
    };
    drop(blocks);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a size that no other test asks for.
    const COUNT: usize = LARGE / 8 + 4321;

    #[test]
    fn a_block_comes_back_for_the_same_size_only() {
        let array = vec![1.0f64; COUNT];
        let start = array.as_ptr();
        give(array);
        assert!(take::<f64>(COUNT + 1).is_none());
        let again: Vec<f64> = take(COUNT).unwrap();
        assert_eq!((again.as_ptr(), again.len(), again.capacity()), (start, 0, COUNT));
        assert!(take::<f64>(COUNT).is_none());
    }

    #[test]
    fn a_block_that_nobody_asks_for_is_freed() {
        give(vec![1.0f64; COUNT + 1]);
        for _ in 0..=PATIENCE {
            assert!(take::<f64>(COUNT + 2).is_none());
        }
        assert!(take::<f64>(COUNT + 1).is_none());
    }

    #[test]
    fn small_arrays_are_not_kept() {
        give(vec![1.0f64; 10]);
        assert!(take::<f64>(10).is_none());
    }
}

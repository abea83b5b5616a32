//! What the protocol of launches is made of: shared words, waiting, and time. Kernels run on [`Threads`]; the tests
//! put a model in its place, which tries every order in which threads can meet (`model.rs`).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A word of memory that threads share, as std's atomics.
pub(super) trait Word: Send + Sync {
    fn new(value: usize) -> Self;
    fn load(&self, order: Ordering) -> usize;
    fn store(&self, value: usize, order: Ordering);
    fn compare_exchange(
        &self,
        current: usize,
        new: usize,
        success: Ordering,
        failure: Ordering,
    ) -> Result<usize, usize>;
    fn fetch_add(&self, value: usize, order: Ordering) -> usize;
    fn fetch_sub(&self, value: usize, order: Ordering) -> usize;
}

/// How long a helper has been without work.
pub(super) trait Rest {
    /// It begins now.
    fn begin() -> Self;
    /// It has been long enough to fall asleep. Asked again and again.
    fn is_long(&mut self) -> bool;
}

/// Where the protocol runs.
pub(super) trait Platform {
    type Word: Word;
    type Rest: Rest;

    /// Waits a moment, after so many such moments.
    fn pause(moments: u32);
}

/// Makes a type of atomics a [`Word`].
macro_rules! word {
    ($ty:ty) => {
        impl $crate::kernel::launch::platform::Word for $ty {
            #[inline]
            fn new(value: usize) -> Self {
                Self::new(value)
            }
            #[inline]
            fn load(&self, order: Ordering) -> usize {
                self.load(order)
            }
            #[inline]
            fn store(&self, value: usize, order: Ordering) {
                self.store(value, order);
            }
            #[inline]
            fn compare_exchange(
                &self,
                current: usize,
                new: usize,
                success: Ordering,
                failure: Ordering,
            ) -> Result<usize, usize> {
                self.compare_exchange(current, new, success, failure)
            }
            #[inline]
            fn fetch_add(&self, value: usize, order: Ordering) -> usize {
                self.fetch_add(value, order)
            }
            #[inline]
            fn fetch_sub(&self, value: usize, order: Ordering) -> usize {
                self.fetch_sub(value, order)
            }
        }
    };
}
#[cfg(test)]
pub(super) use word;

word!(AtomicUsize);

/// The threads of this process.
pub(super) enum Threads {}

impl Platform for Threads {
    type Word = AtomicUsize;
    type Rest = Idle;

    #[inline]
    fn pause(moments: u32) {
        match moments < 4096 {
            true => std::hint::spin_loop(),
            false => std::thread::yield_now(),
        }
    }
}

/// How long a helper stays awake without work.
const LINGER: Duration = Duration::from_micros(60);

/// See [`Rest`].
pub(super) struct Idle {
    since: Instant,
    asked: u32,
}

impl Rest for Idle {
    fn begin() -> Idle {
        Idle { since: Instant::now(), asked: 0 }
    }

    #[inline]
    fn is_long(&mut self) -> bool {
        self.asked = self.asked.wrapping_add(1);
        self.asked.is_multiple_of(64) && self.since.elapsed() > LINGER
    }
}

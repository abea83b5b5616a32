//! The chunks of a job that nobody has taken yet.

use super::platform::{Platform, Word};
use std::sync::atomic::Ordering;

/// The chunks that are left: a stretch of them for each thread.
///
/// A thread takes its own stretch from the front and then what others have left from the back. So the same part
/// of an array comes to the same thread in every sweep of a time loop, and stays in that core's cache.
pub(super) struct Chunks<P: Platform> {
    pub count: usize,
    /// Of each thread: the first chunk, and the one behind the last in the upper half.
    stretches: Box<[P::Word]>,
}

/// Two numbers in a word.
const HALF: u32 = usize::BITS / 2;

impl<P: Platform> Chunks<P> {
    pub fn new(count: usize, threads: usize) -> Chunks<P> {
        let bound = |k: usize| count * k / threads;
        let stretch = |k: usize| P::Word::new(bound(k) | (bound(k + 1) << HALF));
        Chunks { count, stretches: (0..threads).map(stretch).collect() }
    }

    /// Takes a chunk for the thread that launched (`None`) or for a helper with a number.
    pub fn take(&self, helper: Option<usize>) -> Option<usize> {
        let own = helper.map_or(0, |k| 1 + k % (self.stretches.len() - 1).max(1));
        take(&self.stretches[own], true)
            .or_else(|| self.stretches.iter().find_map(|stretch| take(stretch, false)))
    }
}

/// Takes one from the front or from the back of a stretch. Nothing but the word itself is handed over, so no order
/// with other memory is needed.
fn take(stretch: &impl Word, front: bool) -> Option<usize> {
    let mut both = stretch.load(Ordering::Relaxed);
    loop {
        let (first, end) = (both & ((1 << HALF) - 1), both >> HALF);
        if first >= end {
            return None;
        }
        let (taken, left) = match front {
            true => (first, (first + 1) | (end << HALF)),
            false => (end - 1, first | ((end - 1) << HALF)),
        };
        match stretch.compare_exchange(both, left, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => return Some(taken),
            Err(now) => both = now,
        }
    }
}

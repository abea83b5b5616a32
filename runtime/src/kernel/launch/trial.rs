//! Whether a loop is faster on one thread or on several. Neither the time of an iteration nor what a second core gains is
//! known well beforehand: it took a third off a sweep of 10 microseconds on one day and nothing on another, on one
//! machine. So both are tried, and the faster one is taken; the results have the same bits either way.

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Instant;

/// Loops that take longer, in nanoseconds, run on several threads without a trial.
pub(super) const LONG: u64 = 1_000_000;

/// So many launches try both.
const FIRST: u32 = 8;

/// From then on one of so many tries what was slower, since that may change.
const AGAIN: u32 = 256;

/// What is known of a loop. Threads that launch it at once may overwrite each other's figures, which is harmless.
struct Record {
    /// The address of the loop's code, 0 for none.
    body: AtomicUsize,
    launches: AtomicU32,
    /// Picoseconds for a nanosecond of the estimate, on one thread and on several, the least of late. By the estimate,
    /// because matrix products of all sizes are one loop.
    best: [AtomicU64; 2],
}

/// Loops share these by their addresses.
const RECORDS: usize = 256;

static RECORD: [Record; RECORDS] = [const {
    Record {
        body: AtomicUsize::new(0),
        launches: AtomicU32::new(0),
        best: [const { AtomicU64::new(u64::MAX) }; 2],
    }
}; RECORDS];

/// A launch whose time is taken.
pub(super) struct Trial {
    record: &'static Record,
    /// It is to run on several threads.
    pub several: bool,
    start: Instant,
}

impl Trial {
    /// Of the loop with its code at that address.
    pub fn begin(body: usize) -> Trial {
        // The low bits are those of an aligned address.
        let record = &RECORD[(body >> 4) % RECORDS];
        if record.body.swap(body, Relaxed) != body {
            record.launches.store(0, Relaxed);
            record.best.iter().for_each(|best| best.store(u64::MAX, Relaxed));
        }
        let launch = record.launches.fetch_add(1, Relaxed);
        Trial {
            record,
            several: several(launch, record.best.each_ref().map(|best| best.load(Relaxed))),
            start: Instant::now(),
        }
    }

    /// It has run; that was estimated to take so many nanoseconds.
    pub fn end(self, estimate: u64) {
        let time = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let best = &self.record.best[usize::from(self.several)];
        let old = best.load(Relaxed);
        // What was fast once fades away.
        let faded = old.saturating_add(old / 32);
        best.store(faded.min(time.saturating_mul(1000) / estimate.max(1)), Relaxed);
    }
}

/// Whether a launch goes to several threads, after so many others with these best times.
fn several(launch: u32, [one, many]: [u64; 2]) -> bool {
    let faster = many <= one;
    match launch {
        0..FIRST => launch.is_multiple_of(2),
        _ if launch.is_multiple_of(AGAIN) => !faster,
        _ => faster,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_are_tried_and_the_faster_one_is_taken() {
        assert!(several(0, [u64::MAX; 2]) && !several(1, [u64::MAX, 5]));
        assert!(several(FIRST, [7, 5]) && !several(FIRST, [5, 7]));
        assert!(several(AGAIN, [5, 7]) && !several(AGAIN, [7, 5]));
    }

    #[test]
    fn what_was_fast_once_fades() {
        let mut trial = Trial::begin(0x1230);
        trial.several = true;
        let best = &trial.record.best[1];
        best.store(0, Relaxed);
        trial.end(1);
        assert_eq!(best.load(Relaxed), 0);
        // Nothing is over in 320 picoseconds.
        best.store(320, Relaxed);
        let start = Instant::now();
        while start.elapsed().as_nanos() < 100 {}
        Trial { record: &RECORD[0x123 % RECORDS], several: true, start }.end(1);
        assert_eq!(best.load(Relaxed), 330);
    }
}

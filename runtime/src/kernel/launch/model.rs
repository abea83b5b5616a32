//! The protocol of launches in every order in which threads can meet, with every value that the memory model lets
//! them see: `loom` runs the code of `crew.rs` and `chunks.rs` again and again, on words of its own.
//!
//! Found are chunks that are done twice or never, a launch that returns while a helper works, results that are not
//! visible to the one who launched, and threads that wait for ever.

use super::chunks::Chunks;
use super::crew::{Crew, Job};
use super::platform::{Platform, Rest, word};
use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

enum Model {}

word!(AtomicUsize);

impl Platform for Model {
    type Word = AtomicUsize;
    type Rest = Polls;

    fn pause(_: u32) {
        loom::thread::yield_now();
    }
}

/// A helper looks twice. It can be held up before each look for as long as anything else takes, so looking more
/// often finds nothing new.
struct Polls(u32);

impl Rest for Polls {
    fn begin() -> Polls {
        Polls(0)
    }

    fn is_long(&mut self) -> bool {
        self.0 += 1;
        self.0 >= 2
    }
}

/// A loop: its chunks, and how often each was done.
struct Work {
    left: Chunks<Model>,
    done: Vec<UnsafeCell<u32>>,
}

// SAFETY: a chunk is written by the one thread that took it, and read when all threads have left; that this is so
// is what the model checks.
unsafe impl Sync for Work {}

impl Work {
    fn new(chunks: usize, threads: usize) -> Work {
        Work { left: Chunks::new(chunks, threads), done: (0..chunks).map(|_| UnsafeCell::new(0)).collect() }
    }

    fn work(&self, helper: Option<usize>) {
        while let Some(chunk) = self.left.take(helper) {
            // SAFETY: the pointer is valid, and nobody else has the chunk: the cell panics where somebody does.
            self.done[chunk].with_mut(|done| unsafe { *done += 1 });
        }
    }
}

impl Job for Work {
    fn help(&self, helper: usize) {
        self.work(Some(helper));
    }
}

/// Shares a loop and looks at what was done.
fn launch(crew: &Arc<Crew<Model>>, chunks: usize, helpers: usize) {
    let work = Work::new(chunks, helpers + 1);
    let wake = |k: usize| {
        let crew = crew.clone();
        loom::thread::spawn(move || crew.stay(k));
    };
    crew.share(&work, helpers, wake, || work.work(None));
    for done in &work.done {
        // SAFETY: the pointer is valid, and everybody has left: the cell panics where somebody has not.
        assert_eq!(done.with(|done| unsafe { *done }), 1);
    }
}

/// Every order with at most so many threads held up in the middle of something (`None`: however many).
fn every_order(held_up: Option<usize>, run: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = held_up;
    builder.check(run);
}

#[test]
fn one_helper_and_one_launch() {
    every_order(None, || launch(&Arc::new(Crew::new(1)), 2, 1));
}

/// The helper may still be awake, fall asleep in between, or come late for the first one.
#[test]
fn one_helper_and_two_launches_in_a_row() {
    every_order(Some(3), || {
        let crew = Arc::new(Crew::new(1));
        launch(&crew, 2, 1);
        launch(&crew, 2, 1);
    });
}

#[test]
fn two_helpers_and_one_launch() {
    every_order(Some(2), || launch(&Arc::new(Crew::new(2)), 3, 2));
}

/// Both want the same helper.
#[test]
fn one_helper_and_two_launches_at_once() {
    every_order(Some(3), || {
        let crew = Arc::new(Crew::new(1));
        let other = crew.clone();
        let second = loom::thread::spawn(move || launch(&other, 2, 1));
        launch(&crew, 2, 1);
        second.join().unwrap();
    });
}

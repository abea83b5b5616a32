//! Parallel loops at run time: cuts the iterations into chunks and shares them among threads.
//!
//! The chunks depend on the number of threads, the results do not: iterations are independent, chunks of
//! loops with folds are whole subtrees of the fixed reduction, and of several failures that of the first
//! iteration counts.
//!
//! | file | holds |
//! | --- | --- |
//! | `crew.rs` | the helpers |
//! | `chunks.rs` | what is left to do of a loop |
//! | `trial.rs` | whether one thread is faster |
//! | `platform.rs` | the atomics, the waiting and the time of both |
//! | `model.rs` | tests: every order in which threads can meet |

mod chunks;
mod crew;
#[cfg(test)]
mod model;
mod platform;
mod trial;

use super::engine::OPERANDS;
use super::library::Context;
use super::math::reduce::{BLOCK, Cascade32, Cascade64, Combine};
use chunks::Chunks;
use crew::Job;
use platform::Threads;
use std::cell::{Cell, UnsafeCell};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use trial::Trial;

/// The iterations `first .. first + count` of a loop, compiled.
///
/// `frame` holds the captured registers, `partial` takes the combined value of each fold over these
/// iterations (`first` is a multiple of the block length), `trap` the operands of a failed instruction.
/// Gives 0, or the trap's number plus one.
pub(super) type Body = unsafe extern "C" fn(
    frame: *const u64,
    slots: *const *mut u8,
    context: *const Context,
    first: i64,
    count: i64,
    partial: *mut u64,
    trap: *mut u64,
) -> i64;

/// A parallel loop to run; made on the stack of compiled code.
#[repr(C)]
pub(super) struct Task {
    pub body: Body,
    pub frame: *const u64,
    pub slots: *const *mut u8,
    pub context: *const Context,
    /// How many iterations.
    pub trips: i64,
    /// Estimated nanoseconds per iteration.
    pub cost: u64,
    /// How many folds; at most [`MAX_FOLDS`].
    pub folds: u64,
    /// Of each fold: 0 add, 1 multiply, 2 minimum, 3 maximum; plus 4 for `f32`.
    pub combines: *const u64,
    /// Of each fold: takes the total (without the carry's old value).
    pub totals: *mut u64,
    /// The operands of a failed instruction.
    pub trap: *mut u64,
}

/// Loops with more folds are not parallel.
pub(super) const MAX_FOLDS: usize = 8;

/// Work below this many nanoseconds stays on one thread.
pub(super) const WORTH: u64 = 15_000;

/// A chunk should take this many nanoseconds at least.
const CHUNK: u64 = 20_000;

thread_local! {
    static LIMIT: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// Runs `f` with at most `threads` threads for every kernel that this thread starts.
pub(crate) fn with_threads<R>(threads: usize, f: impl FnOnce() -> R) -> R {
    struct Restore(usize);
    impl Drop for Restore {
        fn drop(&mut self) {
            LIMIT.set(self.0);
        }
    }
    let _restore = Restore(LIMIT.replace(threads.max(1)));
    f()
}

/// Which loops a test runs from the last iteration to the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backwards {
    /// The outermost ones that are marked independent.
    Outer,
    /// The innermost ones.
    Inner,
}

thread_local! {
    static BACKWARDS: Cell<Option<Backwards>> = const { Cell::new(None) };
}

/// Kernels that `f` compiles and runs on this thread share out every independent loop, however short, in
/// chunks as small as can be, and run the last chunk first: what is wrongly taken for independent gives other
/// numbers.
pub(crate) fn with_backwards<R>(which: Backwards, f: impl FnOnce() -> R) -> R {
    struct Restore(Option<Backwards>);
    impl Drop for Restore {
        fn drop(&mut self) {
            BACKWARDS.set(self.0);
        }
    }
    let _restore = Restore(BACKWARDS.replace(Some(which)));
    f()
}

/// See [`with_backwards`].
pub(super) fn backwards() -> Option<Backwards> {
    BACKWARDS.get()
}

/// How many threads a kernel may use.
pub(crate) fn threads() -> usize {
    rayon::current_num_threads().min(LIMIT.get())
}

/// A parallel loop in progress.
struct Shared<'t> {
    task: &'t Task,
    chunk: i64,
    /// The last chunk first.
    backwards: bool,
    left: Chunks<Threads>,
    /// The lowest chunk that failed.
    failed: AtomicUsize,
    /// Its number again, the failure's code, its operands.
    failure: Mutex<Option<(usize, i64, [u64; OPERANDS])>>,
    /// The folds of each chunk.
    partials: Box<[Partial]>,
}

/// The folds of a chunk; written by the one thread that took the chunk.
struct Partial(UnsafeCell<[u64; MAX_FOLDS]>);

// SAFETY: what the task points to is only read, or belongs to the iterations of one chunk, and a chunk is taken by
// one thread; so is a `Partial`, which is read when all threads have left. The rest is atomic or locked.
unsafe impl Sync for Shared<'_> {}

impl Shared<'_> {
    /// Takes chunks until there are none left.
    ///
    /// # Safety
    /// The kernel that launched the task promises what [`Body`] needs.
    unsafe fn work(&self, helper: Option<usize>) {
        let task = self.task;
        let mut nothing = [0; MAX_FOLDS];
        while let Some(taken) = self.left.take(helper) {
            let chunk = if self.backwards { self.left.count - 1 - taken } else { taken };
            if !self.backwards && chunk > self.failed.load(Ordering::Relaxed) {
                continue;
            }
            let first = chunk as i64 * self.chunk;
            let count = self.chunk.min(task.trips - first);
            let mut trap = [0; OPERANDS];
            let partial = self.partials.get(chunk).map_or(nothing.as_mut_ptr(), |p| p.0.get().cast());
            // SAFETY: promised; the chunk lies within the trips, and its folds are ours to write.
            let code = unsafe {
                (task.body)(task.frame, task.slots, task.context, first, count, partial, trap.as_mut_ptr())
            };
            if code != 0 {
                self.failed.fetch_min(chunk, Ordering::Relaxed);
                let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
                if failure.is_none_or(|(earlier, ..)| chunk < earlier) {
                    *failure = Some((chunk, code, trap));
                }
            }
        }
    }
}

impl Job for Shared<'_> {
    fn help(&self, helper: usize) {
        // SAFETY: `launch` makes one of these only of a task that keeps the promises.
        unsafe { self.work(Some(helper)) };
    }
}

/// How many iterations make a chunk; `None`: all of them at once, here.
fn chunk(trips: u64, cost: u64, folds: usize, threads: usize, backwards: bool) -> Option<u64> {
    let total = trips.saturating_mul(cost);
    if trips < 2 || (!backwards && (threads <= 1 || total < WORTH)) {
        return None;
    }
    // The same number for each thread: one for little work, four for much, so that a thread that is held up does
    // not hold up the others.
    let each = (total / (CHUNK * threads as u64)).clamp(1, 4);
    let mut chunk = if backwards { 1 } else { trips.div_ceil(threads as u64 * each) };
    if folds > 0 {
        chunk = chunk.div_ceil(BLOCK as u64).next_power_of_two() * BLOCK as u64;
    }
    Some(chunk)
}

/// How many threads a loop is divided among that runs at most so many times (`None`: nobody knows).
pub(super) fn threads_of(trips: Option<u64>, cost: u64, folds: usize) -> usize {
    let threads = threads();
    let Some(trips) = trips else { return threads };
    let chunks = chunk(trips, cost, folds, threads, false).map_or(1, |chunk| trips.div_ceil(chunk));
    usize::try_from(chunks).unwrap_or(usize::MAX).min(threads)
}

/// Runs a parallel loop; gives 0, or the number plus one of the trap of the first iteration that fails.
///
/// # Safety
/// The task and what it points to live until this returns; its body may be called for any part of the
/// iterations, by several threads at once for different parts.
pub(super) unsafe extern "C" fn launch(task: *const Task) -> i64 {
    // SAFETY: promised.
    let t = unsafe { &*task };
    let threads = threads();
    let folds = t.folds as usize;
    let backwards = backwards().is_some();
    let trips = t.trips.max(0) as u64;
    let chunk = chunk(trips, t.cost, folds, threads, backwards);
    // Whoever asks for a number of threads is to get them.
    let estimate = trips.saturating_mul(t.cost);
    let short = !backwards && LIMIT.get() == usize::MAX && estimate < trial::LONG;
    let trial = (chunk.is_some() && short).then(|| Trial::begin(t.body as usize));
    let Some(chunk) = chunk.filter(|_| trial.as_ref().is_none_or(|trial| trial.several)) else {
        let mut partial = [0; MAX_FOLDS];
        // SAFETY: promised.
        let code = unsafe { (t.body)(t.frame, t.slots, t.context, 0, t.trips, partial.as_mut_ptr(), t.trap) };
        // SAFETY: there is room for each total.
        unsafe { std::ptr::copy_nonoverlapping(partial.as_ptr(), t.totals, folds) };
        if let Some(trial) = trial {
            trial.end(estimate);
        }
        return code;
    };
    let chunks = (t.trips as u64).div_ceil(chunk) as usize;
    let alone = chunks < 2 || backwards;
    let partials = if folds > 0 { chunks } else { 0 };
    let shared = Shared {
        task: t,
        chunk: chunk as i64,
        backwards,
        left: Chunks::new(chunks, if alone { 1 } else { threads }),
        failed: AtomicUsize::new(usize::MAX),
        failure: Mutex::new(None),
        partials: (0..partials).map(|_| Partial(UnsafeCell::new([0; MAX_FOLDS]))).collect(),
    };
    // SAFETY: promised.
    let own = || unsafe { shared.work(None) };
    if alone {
        own();
    } else {
        crew::share(&shared, (threads - 1).min(chunks - 1), own);
    }
    let failure = shared.failure.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, code, trap)) = failure {
        // SAFETY: there is room for the operands.
        unsafe { std::ptr::copy_nonoverlapping(trap.as_ptr(), t.trap, trap.len()) };
        return code;
    }
    let level = (chunk / BLOCK as u64).trailing_zeros();
    let partials: Vec<[u64; MAX_FOLDS]> = shared.partials.into_iter().map(|p| p.0.into_inner()).collect();
    for k in 0..folds {
        let values = partials.iter().map(|p| p[k]);
        // SAFETY: there is a combine and room for a total of each fold.
        unsafe { *t.totals.add(k) = combine(*t.combines.add(k), level, values) };
    }
    if let Some(trial) = trial {
        trial.end(estimate);
    }
    0
}

/// Joins the folds of the chunks as the sequential loop would have.
fn combine(code: u64, level: u32, values: impl Iterator<Item = u64>) -> u64 {
    let op = [Combine::Add, Combine::Mul, Combine::Min, Combine::Max][(code & 3) as usize];
    if code & 4 == 0 {
        let mut cascade = Cascade64::new();
        values.for_each(|bits| cascade.push_level(op, f64::from_bits(bits), level));
        cascade.finish(op).to_bits()
    } else {
        let mut cascade = Cascade32::new();
        values.for_each(|bits| cascade.push_level(op, f32::from_bits(bits as u32), level));
        cascade.finish(op).to_bits().into()
    }
}

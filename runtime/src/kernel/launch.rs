//! Parallel loops at run time: cuts the iterations into chunks and shares them among threads.
//!
//! The chunks depend on the number of threads, the results do not: iterations are independent, chunks of
//! loops with folds are whole subtrees of the fixed reduction, and of several failures that of the first
//! iteration counts.
//!
//! Whoever launches never waits for a thread to wake up: helpers that come late find the job closed. A
//! helper that finished its part stays awake for a moment, because a time loop launches again soon.

use super::library::Context;
use super::math::reduce::{BLOCK, Cascade32, Cascade64, Combine};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

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
    /// Three operands of a failed instruction.
    pub trap: *mut u64,
}

/// Loops with more folds are not parallel.
pub(super) const MAX_FOLDS: usize = 8;

/// Work below this many nanoseconds stays on one thread.
pub(super) const WORTH: u64 = 15_000;

/// A chunk should take this many nanoseconds at least.
const CHUNK: u64 = 5_000;

/// How long a helper stays awake without work.
const LINGER: Duration = Duration::from_micros(60);

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

/// A job in progress.
struct Job {
    task: *const Task,
    chunk: i64,
    chunks: usize,
    /// The last chunk first.
    backwards: bool,
    next: AtomicUsize,
    /// Helpers inside; `CLOSED` is added when nobody may enter any more.
    inside: AtomicI64,
    /// The lowest chunk that failed.
    failed: AtomicUsize,
    /// Of each chunk: the failure's code, its operands.
    failure: Mutex<Option<(usize, i64, [u64; 3])>>,
    /// Of each chunk: its folds.
    partials: Mutex<Vec<(usize, [u64; MAX_FOLDS])>>,
}

const CLOSED: i64 = i64::MIN / 2;

// SAFETY: `task` is only read by threads that are `inside`, and `launch` does not return before they left.
unsafe impl Send for Job {}
// SAFETY: as above; what is shared is atomic or locked.
unsafe impl Sync for Job {}

impl Job {
    /// Takes chunks until there are none left.
    ///
    /// # Safety
    /// The task is alive, and the kernel that launched it promises what [`Body`] needs.
    unsafe fn work(&self) {
        // SAFETY: promised.
        let task = unsafe { &*self.task };
        loop {
            let mut chunk = self.next.fetch_add(1, Ordering::Relaxed);
            if chunk >= self.chunks {
                return;
            }
            if self.backwards {
                chunk = self.chunks - 1 - chunk;
            } else if chunk > self.failed.load(Ordering::Relaxed) {
                return;
            }
            let first = chunk as i64 * self.chunk;
            let count = self.chunk.min(task.trips - first);
            let (mut partial, mut trap) = ([0; MAX_FOLDS], [0; 3]);
            // SAFETY: promised; the chunk lies within the trips.
            let code = unsafe {
                (task.body)(
                    task.frame,
                    task.slots,
                    task.context,
                    first,
                    count,
                    partial.as_mut_ptr(),
                    trap.as_mut_ptr(),
                )
            };
            if code != 0 {
                self.failed.fetch_min(chunk, Ordering::Relaxed);
                let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
                if failure.is_none_or(|(earlier, ..)| chunk < earlier) {
                    *failure = Some((chunk, code, trap));
                }
            } else if task.folds > 0 {
                self.partials.lock().unwrap_or_else(PoisonError::into_inner).push((chunk, partial));
            }
        }
    }

    /// For a helper: does its part unless the job is closed.
    fn help(&self) {
        if self.inside.fetch_add(1, Ordering::AcqRel) >= 0 {
            // SAFETY: `launch` waits for those inside before the task goes away.
            unsafe { self.work() };
        }
        self.inside.fetch_sub(1, Ordering::AcqRel);
    }

    fn open(&self) -> bool {
        self.next.load(Ordering::Relaxed) < self.chunks && self.inside.load(Ordering::Relaxed) >= 0
    }
}

/// The jobs that want help, and how many helpers are awake.
struct Board {
    jobs: Mutex<Vec<Arc<Job>>>,
    posted: AtomicUsize,
    awake: AtomicUsize,
    /// Set while a job is posted: what helpers look at while they linger.
    waiting: AtomicBool,
}

static BOARD: Board = Board {
    jobs: Mutex::new(Vec::new()),
    posted: AtomicUsize::new(0),
    awake: AtomicUsize::new(0),
    waiting: AtomicBool::new(false),
};

impl Board {
    fn jobs(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn post(&self, job: &Arc<Job>, helpers: usize) {
        {
            let mut jobs = self.jobs();
            jobs.push(job.clone());
            self.waiting.store(true, Ordering::Release);
        }
        self.posted.fetch_add(1, Ordering::Release);
        let awake = self.awake.load(Ordering::Acquire);
        for _ in awake..helpers {
            self.awake.fetch_add(1, Ordering::AcqRel);
            rayon::spawn(|| BOARD.help());
        }
    }

    fn remove(&self, job: &Arc<Job>) {
        let mut jobs = self.jobs();
        jobs.retain(|j| !Arc::ptr_eq(j, job));
        self.waiting.store(!jobs.is_empty(), Ordering::Release);
    }

    /// A helper's life.
    fn help(&self) {
        let mut idle = Instant::now();
        let mut seen = usize::MAX;
        let mut spins = 0u32;
        loop {
            let posted = self.posted.load(Ordering::Acquire);
            if self.waiting.load(Ordering::Acquire) && posted != seen {
                let job = self.jobs().iter().find(|j| j.open()).cloned();
                match job {
                    Some(job) => job.help(),
                    None => seen = posted,
                }
                idle = Instant::now();
                continue;
            }
            std::hint::spin_loop();
            spins += 1;
            if spins.is_multiple_of(64) && idle.elapsed() > LINGER {
                self.awake.fetch_sub(1, Ordering::AcqRel);
                return;
            }
        }
    }
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
    let total = (t.trips.max(0) as u64).saturating_mul(t.cost);
    let folds = t.folds as usize;
    let backwards = backwards().is_some();
    if t.trips < 2 || (!backwards && (threads <= 1 || total < WORTH)) {
        let mut partial = [0; MAX_FOLDS];
        // SAFETY: promised.
        let code = unsafe { (t.body)(t.frame, t.slots, t.context, 0, t.trips, partial.as_mut_ptr(), t.trap) };
        // SAFETY: there is room for each total.
        unsafe { std::ptr::copy_nonoverlapping(partial.as_ptr(), t.totals, folds) };
        return code;
    }
    // About four chunks per thread, so that a thread that is held up does not hold up the others.
    let wanted = (t.trips as u64).div_ceil(threads as u64 * 4);
    let least = CHUNK.div_ceil(t.cost.max(1));
    let mut chunk = if backwards { 1 } else { wanted.max(least).min(t.trips as u64) };
    if folds > 0 {
        chunk = chunk.div_ceil(BLOCK as u64).next_power_of_two() * BLOCK as u64;
    }
    let chunks = (t.trips as u64).div_ceil(chunk) as usize;
    let job = Arc::new(Job {
        task,
        chunk: chunk as i64,
        chunks,
        backwards,
        next: AtomicUsize::new(0),
        inside: AtomicI64::new(0),
        failed: AtomicUsize::new(usize::MAX),
        failure: Mutex::new(None),
        partials: Mutex::new(Vec::new()),
    });
    let shared = chunks > 1 && !backwards;
    if shared {
        BOARD.post(&job, (threads - 1).min(chunks - 1));
    }
    // SAFETY: promised.
    unsafe { job.work() };
    if shared {
        BOARD.remove(&job);
        let mut inside = job.inside.fetch_add(CLOSED, Ordering::AcqRel) + CLOSED;
        let mut spins = 0u32;
        while inside != CLOSED {
            spins += 1;
            if spins < 4096 {
                std::hint::spin_loop()
            } else {
                std::thread::yield_now()
            }
            inside = job.inside.load(Ordering::Acquire);
        }
    }
    let failure = job.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some((_, code, trap)) = failure {
        // SAFETY: there is room for the operands.
        unsafe { std::ptr::copy_nonoverlapping(trap.as_ptr(), t.trap, trap.len()) };
        return code;
    }
    if folds > 0 {
        let mut partials = std::mem::take(&mut *job.partials.lock().unwrap_or_else(PoisonError::into_inner));
        partials.sort_unstable_by_key(|p| p.0);
        let level = (chunk / BLOCK as u64).trailing_zeros();
        for k in 0..folds {
            let values = partials.iter().map(|p| p.1[k]);
            // SAFETY: there is a combine and room for a total of each fold.
            unsafe { *t.totals.add(k) = combine(*t.combines.add(k), level, values) };
        }
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

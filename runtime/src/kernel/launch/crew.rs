//! The helpers: threads of rayon's pool that stay awake for a moment after a job, because a time loop launches
//! again soon.
//!
//! Each helper has a post, a word of memory. Whoever launches puts a pointer to its job there, does its own part,
//! and takes back what nobody has picked up: it never waits for a thread to wake up, only for those that work.
//! A launch to an awake helper costs two exchanges of a cache line, and neither a lock nor an allocation.

use super::platform::{Platform, Rest, Threads, Word};
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

/// Nobody is here.
const ASLEEP: usize = 0;
/// The helper waits for a job, or is about to.
const IDLE: usize = 1;
/// The helper works.
const BUSY: usize = 2;
// Any other value is the address of a job to do.

/// A helper's post, on cache lines of its own.
#[repr(align(128))]
struct Post<P: Platform>(P::Word);

/// What can be shared among threads.
pub(super) trait Job: Sync {
    /// Does a part of it: whatever is left to take. `helper` tells helpers apart.
    fn help(&self, helper: usize);
}

/// A job as helpers see it.
struct Posted<'j, P: Platform> {
    job: &'j dyn Job,
    /// Helpers that may still touch this.
    inside: P::Word,
}

impl<P: Platform> Posted<'_, P> {
    fn address(&self) -> usize {
        std::ptr::from_ref(self) as usize
    }

    /// Puts this on a post that is in that state.
    fn put(&self, post: &P::Word, state: usize) -> bool {
        // Counted before the helper can see it.
        self.inside.fetch_add(1, Ordering::Relaxed);
        let put = post.compare_exchange(state, self.address(), Ordering::Release, Ordering::Relaxed).is_ok();
        if !put {
            self.inside.fetch_sub(1, Ordering::Relaxed);
        }
        put
    }
}

/// All helpers.
pub(super) struct Crew<P: Platform> {
    posts: Box<[Post<P>]>,
}

/// Does `own` here, while up to `helpers` helpers of this process do their parts of the job; returns when all of
/// them left it.
pub(super) fn share(job: &dyn Job, helpers: usize, own: impl FnOnce()) {
    static CREW: OnceLock<Crew<Threads>> = OnceLock::new();
    // Whoever launches works as well.
    let crew = CREW.get_or_init(|| Crew::new(rayon::current_num_threads().saturating_sub(1).max(1)));
    crew.share(job, helpers, |k| rayon::spawn(move || crew.stay(k)), own);
}

impl<P: Platform> Crew<P> {
    pub fn new(helpers: usize) -> Crew<P> {
        Crew { posts: (0..helpers).map(|_| Post(P::Word::new(ASLEEP))).collect() }
    }

    /// See [`share`]. `wake(k)` has some thread call `stay(k)`, soon or late.
    pub fn share(&self, job: &dyn Job, helpers: usize, wake: impl Fn(usize), own: impl FnOnce()) {
        let posted: Posted<'_, P> = Posted { job, inside: P::Word::new(0) };
        let mut called = 0;
        // Those who are awake first.
        for state in [IDLE, ASLEEP] {
            for (k, post) in self.posts.iter().enumerate() {
                if called < helpers && posted.put(&post.0, state) {
                    called += 1;
                    if state == ASLEEP {
                        wake(k);
                    }
                }
            }
        }
        /// Also when `own` panics, nobody may be left inside.
        struct Leave<'c, 'j, P: Platform>(&'c Crew<P>, &'c Posted<'j, P>);
        impl<P: Platform> Drop for Leave<'_, '_, P> {
            fn drop(&mut self) {
                self.0.take_back(self.1);
            }
        }
        let _leave = Leave(self, &posted);
        own();
    }

    /// Takes the job from the posts where it still lies, and waits for those who work on it.
    fn take_back(&self, posted: &Posted<'_, P>) {
        let address = posted.address();
        for post in &self.posts {
            // Only this launch puts this address anywhere.
            if post.0.compare_exchange(address, IDLE, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
                posted.inside.fetch_sub(1, Ordering::Relaxed);
            }
        }
        let mut moments = 0u32;
        // Pairs with the helper's last touch.
        while posted.inside.load(Ordering::Acquire) > 0 {
            moments = moments.saturating_add(1);
            P::pause(moments);
        }
    }

    /// A helper's life, from waking up to falling asleep.
    pub fn stay(&self, helper: usize) {
        let post = &self.posts[helper].0;
        let mut rest = P::Rest::begin();
        loop {
            let seen = post.load(Ordering::Relaxed);
            if seen > BUSY {
                // Taken back meanwhile: somebody else's turn.
                if post.compare_exchange(seen, BUSY, Ordering::Acquire, Ordering::Relaxed).is_ok() {
                    // SAFETY: an address on a post is that of a `Posted` whose owner waits in `take_back` until
                    // `inside`, which counts us, was brought down below; we picked it up, so it was not taken back.
                    let posted = unsafe { &*(seen as *const Posted<'_, P>) };
                    posted.job.help(helper);
                    // Free before it is seen to have left: the next launch is to find this helper, not to wake
                    // another one.
                    post.store(IDLE, Ordering::Relaxed);
                    posted.inside.fetch_sub(1, Ordering::Release);
                    rest = P::Rest::begin();
                }
                continue;
            }
            P::pause(0);
            if rest.is_long()
                && post.compare_exchange(IDLE, ASLEEP, Ordering::Relaxed, Ordering::Relaxed).is_ok()
            {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU64;

    struct Count {
        left: AtomicU64,
        done: AtomicU64,
    }

    impl Count {
        fn work(&self) {
            while self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_ok() {
                self.done.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    impl Job for Count {
        fn help(&self, _: usize) {
            self.work();
        }
    }

    #[test]
    fn every_job_is_done_once_when_several_threads_launch() {
        std::thread::scope(|scope| {
            for t in 0..4 {
                scope.spawn(move || {
                    for round in 0..2000 {
                        let n = (round + t) % 50;
                        let job = Count { left: AtomicU64::new(n), done: AtomicU64::new(0) };
                        share(&job, 3, || job.work());
                        assert_eq!(job.done.load(Ordering::Relaxed), n);
                    }
                });
            }
        });
    }
}

//! The cache of compiled graphs of one function: keyed by what specialises a graph, bounded, and shared by
//! threads. No lock is held while staging or running, and none is taken for the entry that a thread used last.

use super::args::ArgValue;
use super::key::{Key, Target};
use super::plan::Plan;
use crate::error::{Error, ErrorKind, Result};
use crate::observe::TARGET;
use crate::stage::Param;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak};
use std::time::{Duration, Instant};
use tracing::{Level, debug, enabled, trace};

/// Graphs that one function keeps; the one that was not used for longest makes room.
const CAPACITY: usize = 64;

/// Counters of the cache of one function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CacheStats {
    /// Calls that found their graph.
    pub hits: u64,
    /// Calls that had to stage it.
    pub misses: u64,
    /// Graphs that had to make room for others.
    pub evictions: u64,
    /// Graphs in the cache now.
    pub entries: usize,
    /// How many it keeps at most.
    pub capacity: usize,
    /// The time that staging and compiling took in all misses; what is compiled in the background is not in it.
    pub compile_time: Duration,
}

impl CacheStats {
    /// Both together.
    pub(super) fn plus(self, other: CacheStats) -> CacheStats {
        CacheStats {
            hits: self.hits + other.hits,
            misses: self.misses + other.misses,
            evictions: self.evictions + other.evictions,
            entries: self.entries + other.entries,
            capacity: self.capacity + other.capacity,
            compile_time: self.compile_time + other.compile_time,
        }
    }
}

struct Entry {
    key: Key,
    /// Filled by the first call; others with the same key wait for it instead of staging too.
    plan: OnceLock<Result<Plan>>,
    last_use: AtomicU64,
    /// It is in its cache.
    live: AtomicBool,
}

/// An entry that has a plan.
pub(super) struct Planned(Arc<Entry>);

impl Planned {
    fn of(entry: Arc<Entry>) -> Result<Planned> {
        match entry.plan.get() {
            Some(Ok(_)) => Ok(Planned(entry)),
            Some(Err(error)) => Err(error.clone()),
            None => Err(Error::new(ErrorKind::Verify, "a graph was not compiled")),
        }
    }
}

impl Deref for Planned {
    type Target = Plan;
    fn deref(&self) -> &Plan {
        match self.0.plan.get() {
            Some(Ok(plan)) => plan,
            _ => unreachable!("a plan stays in its entry"),
        }
    }
}

/// The entry that a function used last on this thread.
struct Recent {
    /// The address of the function's cache, which stays where it is until the program ends.
    cache: usize,
    entry: Weak<Entry>,
}

/// Functions share these places by their addresses.
const PLACES: usize = 16;

thread_local! {
    static RECENT: RefCell<[Option<Recent>; PLACES]> = const { RefCell::new([const { None }; PLACES]) };
}

/// Why a graph is not in the cache any more.
#[derive(Clone, Copy)]
enum Gone {
    Evicted,
    Cleared,
    Failed,
    TooShort,
}

struct Entries {
    live: Vec<Arc<Entry>>,
    /// Those that were in it last, the newest at the end, at most [`CAPACITY`]: to say why they are staged again.
    gone: VecDeque<(Key, Gone)>,
    evictions: u64,
}

impl Entries {
    fn remember(&mut self, entry: &Entry, why: Gone) {
        entry.live.store(false, Release);
        let key = &entry.key;
        self.gone.retain(|(known, _)| known != key);
        if self.gone.len() >= CAPACITY {
            self.gone.pop_front();
        }
        self.gone.push_back((key.clone(), why));
    }

    /// Why there is no graph with this key: what differs from the most similar one, of several from the one
    /// used last.
    fn why_missing(&self, key: &Key, params: &[Param]) -> String {
        if let Some((_, why)) = self.gone.iter().find(|(known, _)| known == key) {
            return match why {
                Gone::Evicted => format!("evicted: the cache keeps {CAPACITY} graphs"),
                Gone::Cleared => "the cache was cleared".into(),
                Gone::Failed => "it failed the last time".into(),
                Gone::TooShort => "its loops ran more iterations than the reverse pass had room for".into(),
            };
        }
        let mut live: Vec<&Arc<Entry>> = self.live.iter().collect();
        live.sort_by_key(|e| std::cmp::Reverse(e.last_use.load(Relaxed)));
        let known = live.iter().map(|e| &e.key).chain(self.gone.iter().rev().map(|g| &g.0));
        let nearest = known.map(|before| key.changes(before, params)).min_by_key(Vec::len);
        nearest.map_or("first call".into(), |changes| changes.join("; "))
    }
}

/// The cache of one function.
pub(super) struct Cache {
    entries: RwLock<Entries>,
    clock: AtomicU64,
    hits: AtomicU64,
    misses: AtomicU64,
    compile_nanoseconds: AtomicU64,
}

impl Cache {
    pub const fn new() -> Cache {
        let entries = Entries { live: Vec::new(), gone: VecDeque::new(), evictions: 0 };
        Cache {
            entries: RwLock::new(entries),
            clock: AtomicU64::new(0),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
            compile_nanoseconds: AtomicU64::new(0),
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Entries> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Entries> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The plan for these arguments; `make` stages it where there is none. An error is not kept.
    pub fn get(
        &self,
        function: &'static str,
        params: &[Param],
        args: &[ArgValue<'_>],
        target: Target<'_>,
        make: impl FnOnce() -> Result<Plan>,
    ) -> Result<Planned> {
        let recent = self.recent(params, args, target);
        let known = recent.is_some();
        let entry = match recent.or_else(|| self.find(params, args, target)) {
            Some(entry) => entry,
            None => self.insert(Key::of(params, args, target), function, params),
        };
        // The last use of all needs no new date.
        if entry.last_use.load(Relaxed) + 1 != self.clock.load(Relaxed) {
            entry.last_use.store(self.clock.fetch_add(1, Relaxed), Relaxed);
        }
        if let Some(Ok(_)) = entry.plan.get() {
            self.hits.fetch_add(1, Relaxed);
            trace!(target: TARGET, function, "cache hit");
            if !known {
                self.set_recent(&entry);
            }
            return Ok(Planned(entry));
        }
        let timed = || {
            let start = Instant::now();
            let plan = make();
            self.compile_nanoseconds.fetch_add(start.elapsed().as_nanos() as u64, Relaxed);
            plan
        };
        let failed = entry.plan.get_or_init(timed).is_err();
        self.misses.fetch_add(1, Relaxed);
        if failed {
            let mut entries = self.write();
            entries.live.retain(|e| !Arc::ptr_eq(e, &entry));
            entries.remember(&entry, Gone::Failed);
        }
        Planned::of(entry)
    }

    fn place(&self) -> (usize, usize) {
        let address = std::ptr::from_ref(self).addr();
        // Some bits of the address, those that differ between neighbours too.
        (address, (address >> 4 ^ address >> 8 ^ address >> 12) % PLACES)
    }

    /// The entry that this thread used last, if it fits: found without a lock.
    fn recent(&self, params: &[Param], args: &[ArgValue<'_>], target: Target<'_>) -> Option<Arc<Entry>> {
        let (cache, place) = self.place();
        let entry = RECENT.try_with(|recent| {
            let recent = recent.try_borrow().ok()?;
            let recent = recent[place].as_ref().filter(|recent| recent.cache == cache)?;
            recent.entry.upgrade()
        });
        let entry = entry.ok().flatten()?;
        (entry.live.load(Acquire) && entry.key.matches(params, args, target)).then_some(entry)
    }

    fn set_recent(&self, entry: &Arc<Entry>) {
        let (cache, place) = self.place();
        let new = Recent { cache, entry: Arc::downgrade(entry) };
        // A thread that ends has no such places any more.
        let _ =
            RECENT.try_with(|recent| recent.try_borrow_mut().map(|mut recent| recent[place].replace(new)));
    }

    fn find(&self, params: &[Param], args: &[ArgValue<'_>], target: Target<'_>) -> Option<Arc<Entry>> {
        self.read().live.iter().find(|e| e.key.matches(params, args, target)).cloned()
    }

    /// The plan for these arguments if it is there; that is not counted as a use.
    pub fn peek(&self, params: &[Param], args: &[ArgValue<'_>], target: Target<'_>) -> Option<Planned> {
        Planned::of(self.find(params, args, target)?).ok()
    }

    fn insert(&self, key: Key, function: &'static str, params: &[Param]) -> Arc<Entry> {
        // A subscriber is code of the user: it is called without the lock.
        let listening = enabled!(target: TARGET, Level::DEBUG, reason);
        let (entry, reason) = {
            let mut entries = self.write();
            if let Some(entry) = entries.live.iter().find(|e| e.key == key) {
                return entry.clone();
            }
            let reason = listening.then(|| entries.why_missing(&key, params));
            if entries.live.len() >= CAPACITY {
                let oldest = (0..entries.live.len()).min_by_key(|&k| entries.live[k].last_use.load(Relaxed));
                if let Some(oldest) = oldest {
                    let oldest = entries.live.swap_remove(oldest);
                    entries.remember(&oldest, Gone::Evicted);
                    entries.evictions += 1;
                }
            }
            entries.gone.retain(|(known, _)| *known != key);
            let now = self.clock.fetch_add(1, Relaxed);
            let entry = Arc::new(Entry {
                key,
                plan: OnceLock::new(),
                last_use: AtomicU64::new(now),
                live: AtomicBool::new(true),
            });
            entries.live.push(entry.clone());
            (entry, reason)
        };
        if let Some(reason) = reason {
            debug!(target: TARGET, function, reason, "cache miss");
        }
        entry
    }

    /// Forgets a plan whose loops ran more iterations than its tape holds.
    pub fn forget(&self, plan: &Planned) {
        let mut entries = self.write();
        let before = entries.live.len();
        entries.live.retain(|e| !Arc::ptr_eq(e, &plan.0));
        // Another thread may have been first.
        if entries.live.len() < before {
            entries.remember(&plan.0, Gone::TooShort);
        }
    }

    pub fn clear(&self) {
        let mut entries = self.write();
        for entry in std::mem::take(&mut entries.live) {
            entries.remember(&entry, Gone::Cleared);
        }
    }

    pub fn stats(&self) -> CacheStats {
        let entries = self.read();
        CacheStats {
            hits: self.hits.load(Relaxed),
            misses: self.misses.load(Relaxed),
            evictions: entries.evictions,
            entries: entries.live.len(),
            capacity: CAPACITY,
            compile_time: Duration::from_nanos(self.compile_nanoseconds.load(Relaxed)),
        }
    }
}

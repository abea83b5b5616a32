//! The cache of compiled graphs of one function: keyed by what specialises a graph, bounded, and shared by
//! threads. No lock is held while staging or running.

use super::args::ArgValue;
use super::plan::Plan;
use crate::array::Device;
use crate::backend::Engine;
use crate::dtype::{DType, Literal};
use crate::error::Result;
use crate::stage::Param;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

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

/// Where and how a graph runs.
pub(super) type Target<'a> = (&'a Device, Engine);

/// What specialises a graph.
#[derive(Clone, PartialEq, Eq)]
struct Key {
    device: Device,
    engine: Engine,
    args: Vec<ArgKey>,
}

#[derive(Clone, PartialEq, Eq)]
enum ArgKey {
    Traced(DType, Vec<usize>),
    Static(Literal),
    Tuple(Vec<ArgKey>),
}

impl ArgKey {
    fn of(is_static: bool, arg: &ArgValue<'_>) -> ArgKey {
        match (arg.parts(), arg.literal()) {
            (Some(parts), _) => ArgKey::Tuple(parts.iter().map(|p| ArgKey::of(is_static, p)).collect()),
            (None, Some(literal)) if is_static => ArgKey::Static(literal),
            _ => ArgKey::Traced(arg.dtype(), arg.shape().to_vec()),
        }
    }

    fn matches(&self, is_static: bool, arg: &ArgValue<'_>) -> bool {
        match self {
            ArgKey::Static(literal) => is_static && arg.literal() == Some(*literal),
            ArgKey::Traced(dtype, shape) => {
                arg.parts().is_none() && arg.dtype() == *dtype && arg.shape() == shape
            }
            ArgKey::Tuple(keys) => arg.parts().is_some_and(|parts| {
                keys.len() == parts.len() && keys.iter().zip(parts).all(|(k, p)| k.matches(is_static, p))
            }),
        }
    }
}

impl Key {
    fn of(params: &[Param], args: &[ArgValue<'_>], (device, engine): Target<'_>) -> Key {
        let args = params.iter().zip(args).map(|(param, arg)| ArgKey::of(param.is_static, arg));
        Key { device: device.clone(), engine, args: args.collect() }
    }

    /// Equality without building a key: this is on the path of every call.
    fn matches(&self, params: &[Param], args: &[ArgValue<'_>], (device, engine): Target<'_>) -> bool {
        self.device == *device
            && self.engine == engine
            && self.args.len() == args.len()
            && self.args.iter().zip(params).zip(args).all(|((key, p), arg)| key.matches(p.is_static, arg))
    }
}

struct Entry {
    key: Key,
    /// Filled by the first call; others with the same key wait for it instead of staging too.
    plan: OnceLock<Result<Arc<Plan>>>,
    last_use: AtomicU64,
}

/// The cache of one function.
pub(super) struct Cache {
    entries: RwLock<Vec<Arc<Entry>>>,
    clock: AtomicU64,
    hits: AtomicU64,
    misses: AtomicU64,
    evictions: Mutex<u64>,
    compile_nanoseconds: AtomicU64,
}

impl Cache {
    pub const fn new() -> Cache {
        Cache {
            entries: RwLock::new(Vec::new()),
            clock: AtomicU64::new(0),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
            evictions: Mutex::new(0),
            compile_nanoseconds: AtomicU64::new(0),
        }
    }

    /// The plan for these arguments; `make` stages it where there is none. An error is not kept.
    pub fn get(
        &self,
        params: &[Param],
        args: &[ArgValue<'_>],
        target: Target<'_>,
        make: impl FnOnce() -> Result<Plan>,
    ) -> Result<Arc<Plan>> {
        let found = {
            let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
            entries.iter().find(|e| e.key.matches(params, args, target)).cloned()
        };
        let entry = match found {
            Some(entry) => entry,
            None => self.insert(Key::of(params, args, target)),
        };
        entry.last_use.store(self.clock.fetch_add(1, Relaxed), Relaxed);
        if let Some(Ok(plan)) = entry.plan.get() {
            self.hits.fetch_add(1, Relaxed);
            return Ok(plan.clone());
        }
        let timed = || {
            let start = Instant::now();
            let plan = make().map(Arc::new);
            self.compile_nanoseconds.fetch_add(start.elapsed().as_nanos() as u64, Relaxed);
            plan
        };
        let plan = entry.plan.get_or_init(timed).clone();
        self.misses.fetch_add(1, Relaxed);
        if plan.is_err() {
            let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
            entries.retain(|e| !Arc::ptr_eq(e, &entry));
        }
        plan
    }

    fn insert(&self, key: Key) -> Arc<Entry> {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = entries.iter().find(|e| e.key == key) {
            return entry.clone();
        }
        if entries.len() >= CAPACITY {
            let oldest = (0..entries.len()).min_by_key(|&k| entries[k].last_use.load(Relaxed));
            if let Some(oldest) = oldest {
                entries.swap_remove(oldest);
                *self.evictions.lock().unwrap_or_else(PoisonError::into_inner) += 1;
            }
        }
        let now = self.clock.fetch_add(1, Relaxed);
        let entry = Arc::new(Entry { key, plan: OnceLock::new(), last_use: AtomicU64::new(now) });
        entries.push(entry.clone());
        entry
    }

    pub fn clear(&self) {
        self.entries.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub fn stats(&self) -> CacheStats {
        CacheStats {
            hits: self.hits.load(Relaxed),
            misses: self.misses.load(Relaxed),
            evictions: *self.evictions.lock().unwrap_or_else(PoisonError::into_inner),
            entries: self.entries.read().unwrap_or_else(PoisonError::into_inner).len(),
            capacity: CAPACITY,
            compile_time: Duration::from_nanos(self.compile_nanoseconds.load(Relaxed)),
        }
    }
}

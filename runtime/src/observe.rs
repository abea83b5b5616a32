//! What happens inside a call, through the [`tracing`](https://docs.rs/tracing) crate.
//!
//! Everything is at the target [`TARGET`]. Where nobody listens, a call pays for a few loads of one atomic.
//!
//! | level | span | says |
//! | --- | --- | --- |
//! | trace | `call` | `function`: one call from its arguments to its results; the others are inside |
//! | debug | `stage` | `function`: the body is traced to a graph |
//! | debug | `optimise` | `function`: passes over the graph |
//! | debug | `compile` | `kernel`, `engine`: code for a graph, or for a loop of a graph that runs op by op |
//! | trace | `run` | `kernel`, `engine`: one run of compiled code |
//!
//! Each of the last four ends with an event, which carries `elapsed`:
//!
//! | level | event | fields |
//! | --- | --- | --- |
//! | trace | `cache hit` | `function` |
//! | debug | `cache miss` | `function`, `reason`: why the function is staged again, see below |
//! | debug | `staged`, `optimised` | `nodes` of the graph, `elapsed` |
//! | debug | `compiled` | `instructions` of the kernel, `elapsed`; the `engine` that took it |
//! | debug | `not compiled` | it runs op by op, or in parts |
//! | trace | `ran` | `elapsed`, `failed` |
//! | debug | `C asked for` | `kernel`, `spent`: it turned out to be hot |
//! | debug | `C ready`, `no C` | `kernel`, `elapsed`: on the thread that builds |
//! | debug | `C swapped in` | `kernel`: its first run |
//!
//! The `reason` of a miss names what differs from the most similar call before: `first call`;
//! ``other shape of argument `u`: (64, 64) -> (128, 128)``; ``other dtype of argument `u`: f64 -> f32``;
//! ``other static value `n`: 3 -> 4``; `other device: cpu -> cuda:0`; `other engine: cranelift -> c`;
//! `evicted: the cache keeps 64 graphs`; `the cache was cleared`; `it failed the last time`.
//!
//! ```
//! use desc_jit::observe::TARGET;
//! use desc_jit::prelude::*;
//! use std::sync::{Arc, Mutex};
//! use tracing::field::{Field, Visit};
//! use tracing::{Event, Metadata, Subscriber, span};
//!
//! /// Keeps the reasons of cache misses; `tracing-subscriber` prints everything in one line of code.
//! #[derive(Clone, Default)]
//! struct Misses(Arc<Mutex<Vec<String>>>);
//!
//! impl Visit for Misses {
//!     fn record_str(&mut self, field: &Field, value: &str) {
//!         if field.name() == "reason" {
//!             self.0.lock().unwrap().push(value.to_string());
//!         }
//!     }
//!     fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
//! }
//!
//! impl Subscriber for Misses {
//!     fn enabled(&self, metadata: &Metadata<'_>) -> bool {
//!         metadata.target() == TARGET && *metadata.level() <= tracing::Level::DEBUG
//!     }
//!     fn event(&self, event: &Event<'_>) {
//!         event.record(&mut self.clone());
//!     }
//!     fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
//!         span::Id::from_u64(1)
//!     }
//!     fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
//!     fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
//!     fn enter(&self, _: &span::Id) {}
//!     fn exit(&self, _: &span::Id) {}
//! }
//!
//! #[desc_jit]
//! fn twice(u: &Array1<f64>) -> Array1<f64> {
//!     u * 2.0
//! }
//!
//! let misses = Misses::default();
//! tracing::subscriber::with_default(misses.clone(), || {
//!     for n in [3, 3, 5] {
//!         twice(&Array1::ones(n));
//!     }
//! });
//! assert_eq!(*misses.0.lock().unwrap(), ["first call", "other shape of argument `u`: (3,) -> (5,)"]);
//! ```

use std::time::{Duration, Instant};
use tracing::Span;
use tracing::span::EnteredSpan;

/// The target of every span and event of this library.
pub const TARGET: &str = "desc_jit";

/// A part of a call that is being watched: inside its span, with the time that it takes. Where nobody listens
/// the clock is not read.
pub(crate) struct Watch(Option<(EnteredSpan, Instant)>);

impl Watch {
    pub fn new(span: Span) -> Watch {
        Watch((!span.is_disabled()).then(|| (span.entered(), Instant::now())))
    }

    /// Ends it; `report` makes its event.
    pub fn done(self, report: impl FnOnce(Duration)) {
        if let Some((_span, start)) = self.0 {
            report(start.elapsed());
        }
    }
}

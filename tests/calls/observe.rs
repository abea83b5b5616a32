//! What a subscriber of `tracing` sees of calls.

use desc_jit::observe::TARGET;
use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Once, OnceLock};
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

/// Everything at our target, a line for each event: the spans around it, its level, its text, its fields.
#[derive(Default)]
struct Collector {
    lines: Mutex<Vec<String>>,
    spans: Mutex<HashMap<u64, String>>,
    next: AtomicU64,
}

thread_local! {
    static INSIDE: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// The fields as text; how long something took is not the same every time.
#[derive(Default)]
struct Fields {
    message: String,
    others: String,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            "elapsed" | "spent" => write!(self.others, " {}", field.name()),
            name => write!(self.others, " {name}={value:?}"),
        };
    }
}

impl Subscriber for &'static Collector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == TARGET
    }
    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let id = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let text = format!("{}{{{}}}", attributes.metadata().name(), fields.others.trim());
        self.spans.lock().unwrap().insert(id, text);
        span::Id::from_u64(id)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let spans = self.spans.lock().unwrap();
        let inside = INSIDE.with_borrow(|ids| ids.iter().map(|id| spans[id].clone()).collect::<Vec<_>>());
        let level = event.metadata().level();
        let line = format!("{} | {level} {}:{}", inside.join(" "), fields.message, fields.others);
        self.lines.lock().unwrap().push(line);
    }
    fn enter(&self, id: &span::Id) {
        INSIDE.with_borrow_mut(|ids| ids.push(id.into_u64()));
    }
    fn exit(&self, _: &span::Id) {
        INSIDE.with_borrow_mut(|ids| ids.pop());
    }
    fn try_close(&self, id: span::Id) -> bool {
        self.spans.lock().unwrap().remove(&id.into_u64());
        true
    }
}

/// The collector of this process: code is also built on a thread of its own.
fn collector() -> &'static Collector {
    static COLLECTOR: OnceLock<Collector> = OnceLock::new();
    static SET: Once = Once::new();
    let collector = COLLECTOR.get_or_init(Collector::default);
    SET.call_once(|| tracing::subscriber::set_global_default(collector).unwrap());
    collector
}

/// The lines about a function so far.
fn about(function: &str) -> Vec<String> {
    let lines = collector().lines.lock().unwrap();
    lines.iter().filter(|line| line.contains(function)).cloned().collect()
}

/// The reasons of its cache misses.
fn reasons(function: &str) -> Vec<String> {
    let reason = |line: &String| Some(line.split_once("cache miss:")?.1.split_once("reason=")?.1.to_string());
    about(function).iter().filter_map(reason).collect()
}

#[test]
fn a_call_is_followed_from_its_arguments_to_its_results() {
    #[desc_jit]
    fn followed(x: &Array1<f64>) -> f64 {
        let mut s = 0.0;
        for i in 0..x.len() {
            s += x[i];
        }
        s
    }
    collector();
    with_engine(Engine::Cranelift, || {
        let _ = followed(&Array1::ones(3));
        let _ = followed(&Array1::ones(3));
    });
    let call = "call{function=followed}";
    let compile = "compile{kernel=followed engine=cranelift}";
    let run = "run{kernel=followed engine=cranelift}";
    let lines = about("followed");
    let instructions = lines.iter().find_map(|line| line.split_once("instructions=")?.1.split(' ').next());
    let instructions: usize = instructions.expect("a count of instructions").parse().unwrap();
    assert!((2..20).contains(&instructions), "{lines:#?}");
    assert_eq!(
        lines,
        [
            format!("{call} | DEBUG cache miss: function=followed reason=first call"),
            format!("{call} stage{{function=followed}} | DEBUG staged: nodes=6 elapsed"),
            format!("{call} optimise{{function=followed}} | DEBUG optimised: nodes=6 elapsed"),
            format!(
                "{call} {compile} | DEBUG compiled: kernel=followed engine=cranelift instructions={instructions} elapsed"
            ),
            format!("{call} {run} | TRACE ran: elapsed failed=false"),
            format!("{call} | TRACE cache hit: function=followed"),
            format!("{call} {run} | TRACE ran: elapsed failed=false"),
        ]
    );
}

#[test]
fn a_miss_says_what_is_new() {
    #[desc_jit(static(n))]
    fn renewed(u: &Array2<f64>, n: usize, pair: (f64, &Array1<i64>)) -> f64 {
        let (k, v) = pair;
        let mut s = k;
        for i in 0..n {
            s += u[[i, 0]] * v[0] as f64;
        }
        s
    }
    collector();
    let u = |n: usize| Array2::ones((n, n));
    let v = |n: usize| Array1::ones(n);
    let cranelift = |n: usize, m: usize, k: usize| {
        with_engine(Engine::Cranelift, || renewed(&u(n), k, (1.0, &v(m))));
    };
    cranelift(4, 1, 3);
    cranelift(8, 1, 3);
    cranelift(8, 1, 4);
    cranelift(8, 2, 4);
    // Nearest to the last but one.
    cranelift(4, 1, 2);
    with_engine(Engine::Machine, || renewed(&u(4), 2, (1.0, &v(1))));
    renewed::clear_cache();
    cranelift(8, 1, 4);
    // Forgotten, but known: nearest to the second.
    cranelift(9, 1, 3);
    assert_eq!(
        reasons("renewed"),
        [
            "first call",
            "other shape of argument `u`: (4, 4) -> (8, 8)",
            "other static value `n`: 3 -> 4",
            "other shape of argument `pair.1`: (1,) -> (2,)",
            "other static value `n`: 3 -> 2",
            "other engine: cranelift -> machine",
            "the cache was cleared",
            "other shape of argument `u`: (8, 8) -> (9, 9)",
        ]
    );
}

#[test]
fn what_failed_is_staged_again() {
    #[desc_jit]
    fn failing(x: &Array1<f64>) -> f64 {
        x[10]
    }
    collector();
    for n in [2, 2, 11, 2] {
        let _ = failing::try_call(&Array1::ones(n));
    }
    assert_eq!(
        reasons("failing"),
        [
            "first call",
            "it failed the last time",
            "other shape of argument `x`: (2,) -> (11,)",
            "it failed the last time",
        ]
    );
}

#[test]
fn what_made_room_for_others_is_staged_again() {
    #[desc_jit]
    fn crowded(x: &Array1<f64>) -> f64 {
        x[0]
    }
    collector();
    let capacity = crowded::cache_stats().capacity;
    for n in 1..=capacity + 1 {
        let _ = crowded(&Array1::ones(n));
    }
    let _ = crowded(&Array1::ones(1));
    let reasons = reasons("crowded");
    assert_eq!(reasons[1], "other shape of argument `x`: (1,) -> (2,)");
    assert_eq!(reasons[capacity + 1], format!("evicted: the cache keeps {capacity} graphs"));
    assert_eq!(reasons.len(), capacity + 2);
}

#[test]
fn an_error_at_run_time_is_a_run_that_failed() {
    #[desc_jit]
    fn broken(x: &Array1<f64>, i: usize) -> f64 {
        x[i]
    }
    collector();
    assert!(broken::try_call(&Array1::ones(2), 5).is_err());
    let lines = about("broken");
    assert!(lines.last().unwrap().ends_with("TRACE ran: elapsed failed=true"), "{lines:#?}");
}

#[test]
fn a_hot_kernel_is_followed_to_its_c() {
    #[desc_jit]
    fn heated(x: f64, n: usize) -> f64 {
        let mut x = x;
        for _ in 0..n {
            x = 3.7 * x * (1.0 - x);
        }
        x
    }
    collector();
    with_engine(Engine::Auto, || {
        while !about("heated").iter().any(|line| line.contains("C asked for")) {
            let _ = heated(0.5, 1_000_000);
        }
        desc_jit::backend::wait_for_compiler();
        let _ = heated(0.5, 10);
        let _ = heated(0.5, 10);
    });
    let wanted = ["C asked for", "C ready", "C swapped in"];
    let lines = about("heated");
    let found: Vec<&String> = lines.iter().filter(|l| wanted.iter().any(|w| l.contains(w))).collect();
    assert_eq!(found.len(), 3, "{lines:#?}");
    for (line, wanted) in found.iter().zip(wanted) {
        assert!(line.contains(&format!("DEBUG {wanted}: kernel=heated")), "{line}");
    }
    let last = lines.last().unwrap();
    assert!(last.contains("run{kernel=heated engine=c}"), "{last}");
}

#[test]
fn events_are_not_lost_on_other_threads() {
    #[desc_jit]
    fn shared(x: f64) -> f64 {
        x + 1.0
    }
    collector();
    let results = Arc::new(Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for t in 0..4 {
            let results = results.clone();
            scope.spawn(move || results.lock().unwrap().push(shared(t as f64)));
        }
    });
    let lines = about("shared");
    assert_eq!(lines.iter().filter(|l| l.contains("ran:")).count(), 4, "{lines:#?}");
    assert_eq!(reasons("shared"), ["first call"]);
}

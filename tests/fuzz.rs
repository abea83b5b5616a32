//! Looks for differences between engines: random graphs, for as long as one wants.
//!
//! ```sh
//! cargo run --release -p desc-jit-tests --bin fuzz -- --seconds 60            # a new seed, which is printed
//! cargo run --release -p desc-jit-tests --bin fuzz -- --seconds 60 --seed 7   # the same graphs every time
//! cargo run --release -p desc-jit-tests --bin fuzz -- --seed 7 --case 123     # one of them
//! ```
//!
//! `DESC_JIT_SEED` stands for `--seed`. Every graph runs op by op, and on the other engines forwards and backwards
//! on some number of threads: the bits, or the error, must be the same. A difference is printed with its seed and
//! its graph, and the program ends with 1. C is compiled for one graph in sixteen, since that takes as long
//! as everything else together; `DESC_CACHE=off` keeps these libraries off the disk.

use desc_jit::__private::{Backwards, with_backwards, with_native_arithmetic};
use desc_jit::observe::TARGET;
use desc_jit::{Engine, Graph, with_threads};
use desc_jit_tests::generate::{Outcome, chains, edges, long_loops, nests, points, random, scatters, sweeps};
use std::hash::{BuildHasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber, span};

/// Splitmix: every seed is as good as any other.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// Runs a graph on an engine.
type Run = Box<dyn Fn(&Graph, Engine) -> Outcome>;

/// A graph, and how it runs on an engine.
struct Case {
    kind: &'static str,
    text: String,
    run: Run,
    /// Too long to be run op by op.
    long: bool,
}

/// Long enough for several threads and several blocks of a reduction.
const LONG: usize = 70_000;

fn case(rng: &mut Rng) -> Case {
    let kind = rng.pick(&[
        "random",
        "nests",
        "chains",
        "points",
        "points",
        "edges",
        "edges",
        "scatters",
        "f64",
        "f32",
        "i64",
        "long f64",
        "long f32",
        "long i64",
        "sweep f64",
        "sweep f32",
        "sweep i64",
    ]);
    let length = match kind {
        "random" | "nests" | "points" | "chains" | "scatters" | "edges" => 20 + rng.below(180),
        _ => 10 + rng.below(90),
    };
    let choices: Vec<u32> = (0..length).map(|_| rng.below(1000) as u32).collect();
    let long = kind.starts_with("long");
    let len = if long { LONG } else { long_loops::LEN };
    let trips = match rng.below(4) {
        0 => rng.pick(&[0, 1, 63, 64, 65]),
        1 => len - 2,
        _ => rng.below(len - 1),
    };
    let n = rng.below(5);
    let [rows, columns] = sweeps::SHAPE;
    let shape = [rng.pick(&[rows, rows, 1, 3]), rng.pick(&[columns, columns, columns - 1, 600, 31])];
    let dtype = kind.strip_prefix("long ").unwrap_or(kind);
    let (text, run): (String, Run) = match dtype {
        "random" => (random::program(choices), Box::new(move |g, e| random::run(g, e, n))),
        "nests" => (nests::program(choices), Box::new(nests::run)),
        "scatters" => (scatters::program(choices), Box::new(scatters::run)),
        "chains" => {
            let shape = chains::shape(&choices);
            (chains::program(choices), Box::new(move |g, e| chains::run(g, e, shape)))
        }
        "edges" => (edges::program(choices), Box::new(edges::run)),
        "points" => {
            let trips = rng.pick(&[points::LEN, points::LEN, 1, 8, 9, 16]);
            (points::program(choices), Box::new(move |g, e| points::run(g, e, trips)))
        }
        "sweep f64" => {
            (sweeps::program(choices, "f64"), Box::new(move |g, e| sweeps::run::<f64>(g, e, shape)))
        }
        "sweep f32" => {
            (sweeps::program(choices, "f32"), Box::new(move |g, e| sweeps::run::<f32>(g, e, shape)))
        }
        "sweep i64" => {
            (sweeps::program(choices, "i64"), Box::new(move |g, e| sweeps::run::<i64>(g, e, shape)))
        }
        "f64" => (
            long_loops::program(choices, "f64", len),
            Box::new(move |g, e| long_loops::run::<f64>(g, e, len, trips)),
        ),
        "f32" => (
            long_loops::program(choices, "f32", len),
            Box::new(move |g, e| long_loops::run::<f32>(g, e, len, trips)),
        ),
        _ => (
            long_loops::program(choices, "i64", len),
            Box::new(move |g, e| long_loops::run::<i64>(g, e, len, trips)),
        ),
    };
    Case { kind, text, run, long: long || kind.starts_with("sweep") }
}

fn difference(expected: &Outcome, got: &Outcome) -> Option<String> {
    match (expected, got) {
        (Ok(a), Ok(b)) if a == b => None,
        (Ok(a), Ok(b)) => {
            let elements = |outcome: &[Vec<u64>]| outcome.concat();
            let (a, b) = (elements(a), elements(b));
            let k = a.iter().zip(&b).position(|(a, b)| a != b);
            Some(match k {
                Some(k) => format!("element {k} of all results: bits {:#x} and {:#x}", a[k], b[k]),
                None => format!("{} and {} elements", a.len(), b.len()),
            })
        }
        (Err(a), Err(b)) if a.message() == b.message() => None,
        (Err(a), Err(b)) => Some(format!("the errors {:?} and {:?}", a.message(), b.message())),
        (Ok(_), Err(b)) => Some(format!("a result and the error {:?}", b.message())),
        (Err(a), Ok(_)) => Some(format!("the error {:?} and a result", a.message())),
    }
}

/// What differs between the engines on one graph.
fn check(case: &Case, rng: &mut Rng) -> Result<(), String> {
    let graph: Graph = case.text.parse().map_err(|e| format!("it can't be read: {e}"))?;
    let mut optimised = graph.clone();
    for pass in ["fold", "dce", "compact"] {
        optimised.run_pass(pass).map_err(|e| format!("{pass}: {e}"))?;
    }
    let run = |graph: &Graph, engine| {
        let outcome = catch_unwind(AssertUnwindSafe(|| (case.run)(graph, engine)));
        outcome.map_err(|_| format!("{engine} panics"))
    };
    let reference = run(&graph, if case.long { Engine::Machine } else { Engine::Candle })?;
    let compare = |what: String, expected: &Outcome, got: Outcome| {
        difference(expected, &got).map_or(Ok(()), |d| Err(format!("{what}: {d}")))
    };
    compare("machine".into(), &reference, run(&optimised, Engine::Machine)?)?;
    // C takes long to compile, but only it runs points side by side.
    let by_c = if matches!(case.kind, "points" | "edges") { 2 } else { 16 };
    let engines: &[Engine] =
        if rng.below(by_c) == 0 { &[Engine::Cranelift, Engine::C] } else { &[Engine::Cranelift] };
    let mut plain: Option<Outcome> = None;
    for &engine in engines {
        let graph = if rng.below(2) == 0 { &graph } else { &optimised };
        let threads = rng.pick(&[1, 2, 3, 7]);
        // In the order of the text: the bits of the reference.
        let order = rng.pick(&[None, None, Some(Backwards::Outer), Some(Backwards::Inner)]);
        let got = with_threads(threads, || {
            with_native_arithmetic(|| match order {
                None => run(graph, engine),
                Some(which) => with_backwards(which, || run(graph, engine)),
            })
        })?;
        compare(format!("{engine}, {order:?}, {threads} threads, native arithmetic"), &reference, got)?;
        // With reductions of our own: the same on any number of threads and on every engine.
        let one = with_threads(1, || run(graph, engine))?;
        let several = with_threads(threads, || run(graph, engine))?;
        compare(format!("{engine}, 1 and {threads} threads"), &one, several)?;
        if let (Err(_), _) | (_, Err(_)) = (&reference, &one) {
            compare(format!("{engine}"), &reference, one.clone())?;
        }
        match &plain {
            Some(first) => compare(format!("cranelift and {engine}"), first, one)?,
            None => plain = Some(one),
        }
        if NO_C.swap(false, Ordering::Relaxed) {
            return Err("the C compiler does not take the C".into());
        }
    }
    Ok(())
}

/// A C text was refused: without this the fallback would hide it.
static NO_C: AtomicBool = AtomicBool::new(false);

struct Watcher;

impl Visit for Watcher {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" && format!("{value:?}") == "no C code for a kernel" {
            NO_C.store(true, Ordering::Relaxed);
        }
    }
}

impl Subscriber for Watcher {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == TARGET && *metadata.level() <= Level::DEBUG && metadata.is_event()
    }
    fn event(&self, event: &Event<'_>) {
        event.record(&mut Watcher);
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// What the command line asks for.
struct Options {
    seconds: u64,
    seed: u64,
    case: Option<u64>,
}

fn options() -> Result<Options, String> {
    let given = std::env::var("DESC_JIT_SEED").ok().and_then(|text| text.parse().ok());
    let fresh = || RandomState::new().hash_one(std::process::id()) % 1_000_000_000;
    let mut found = Options { seconds: 60, seed: given.unwrap_or_else(fresh), case: None };
    let mut words = std::env::args().skip(1);
    while let Some(name) = words.next() {
        let number = words.next().and_then(|text| text.parse().ok());
        let number = number.ok_or_else(|| format!("a number is missing after {name}"))?;
        match name.as_str() {
            "--seconds" => found.seconds = number,
            "--seed" => found.seed = number,
            "--case" => found.case = Some(number),
            _ => return Err(format!("{name}: write --seconds N, --seed N or --case N")),
        }
    }
    Ok(found)
}

fn main() -> ExitCode {
    let Options { seconds, seed, case: only } = match options() {
        Ok(options) => options,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::from(2);
        }
    };
    // More than there are processors, on purpose.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(7).build_global();
    tracing::subscriber::set_global_default(Watcher).expect("the only subscriber");
    println!("seed {seed}{}", if pool.is_ok() { "" } else { " (threads as they are)" });
    let (start, limit) = (Instant::now(), Duration::from_secs(seconds));
    let mut graphs = 0u64;
    for k in only.unwrap_or(0).. {
        let mut rng = Rng(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ k);
        let case = case(&mut rng);
        if let Err(what) = check(&case, &mut rng) {
            println!("{}\n{} graph, --seed {seed} --case {k}: {what}", case.text, case.kind);
            return ExitCode::FAILURE;
        }
        graphs += 1;
        if only.is_some() || start.elapsed() > limit {
            break;
        }
    }
    println!("{graphs} graphs, no difference");
    ExitCode::SUCCESS
}

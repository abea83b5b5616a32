//! One kernel with its sizes, inputs and the ways to compute it in this process.

use std::hint::black_box;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use serde_json::Value;

use crate::memory;
use crate::parameters::Parameters;
use crate::values::{Results, Values};

/// How far a staged kernel may be from its native reading.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tolerance {
    /// Not at all.
    Bits,
    /// The largest difference over the largest magnitude: for reductions and transcendental functions.
    Relative(f64),
    /// Not at all; but peers, which fuse products and sums, may decide otherwise in this share of the points, which lie
    /// so close to an edge that one rounding decides.
    Edges(f64),
}

impl Tolerance {
    /// What [`Values::relative_error`] may be.
    pub fn bound(self) -> f64 {
        match self {
            Tolerance::Bits | Tolerance::Edges(_) => 0.0,
            Tolerance::Relative(bound) => bound,
        }
    }
}

/// The ways to compute a kernel in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `f(..)`.
    Ours,
    /// `f::native(..)`, or the derivative that was written by hand.
    Native,
    /// The hand-written parallel code.
    Limit,
}

/// The functions of one kernel over its arguments `P`.
struct Calls<P, R> {
    ours: fn(&mut P) -> desc_jit::Result<R>,
    native: fn(&mut P) -> R,
    limit: Option<fn(&mut P) -> Result<R>>,
    forget: fn(),
    compile_time: fn() -> Duration,
}

impl<P, R> Calls<P, R> {
    fn call(&self, way: Way, arguments: &mut P) -> Result<R> {
        match way {
            Way::Ours => Ok((self.ours)(arguments)?),
            Way::Native => Ok((self.native)(arguments)),
            Way::Limit => self.limit.context("there is no hand-written version")?(arguments),
        }
    }
}

/// A kernel and everything that the runner and the tests want of it. Made by `bench!`.
#[derive(Clone)]
pub struct Bench {
    name: &'static str,
    tolerance: Tolerance,
    has_limit: bool,
    has_steps: bool,
    primal: Option<&'static str>,
    /// The number of steps of each size.
    steps: Vec<Option<usize>>,
    cases: Vec<(&'static str, String, CaseMaker)>,
    /// The numbers of the smallest size, and a case of any others.
    #[cfg(test)]
    any: (Vec<usize>, AnyCaseMaker),
}

/// Makes the inputs of one size with so many times its number of steps.
type CaseMaker = Rc<dyn Fn(usize) -> Box<dyn Case>>;

/// Makes the inputs of any numbers.
#[cfg(test)]
type AnyCaseMaker = Rc<dyn Fn(&[usize]) -> Box<dyn Case>>;

impl Bench {
    /// What `bench!` expands to. `inputs` makes the arguments of the kernel from the numbers of a size.
    #[expect(clippy::too_many_arguments, reason = "called by one macro, which names them")]
    pub fn new<P: Parameters, R: Results + 'static, const N: usize>(
        name: &'static str,
        inputs: fn([usize; N]) -> P,
        sizes: &[(&'static str, [usize; N])],
        tolerance: Tolerance,
        ours: fn(&mut P) -> desc_jit::Result<R>,
        native: fn(&mut P) -> R,
        limit: Option<fn(&mut P) -> Result<R>>,
        forget: fn(),
        compile_time: fn() -> Duration,
        steps: Option<usize>,
    ) -> Bench {
        let calls = Rc::new(Calls { ours, native, limit, forget, compile_time });
        #[cfg(test)]
        let any = {
            let calls = calls.clone();
            let make: AnyCaseMaker = Rc::new(move |numbers| {
                let numbers = numbers.try_into().expect("as many numbers as a size has");
                Box::new(Inputs::new(inputs(numbers), calls.clone()))
            });
            (sizes[0].1.to_vec(), make)
        };
        let cases = sizes.iter().map(|&(size, numbers)| {
            let calls = calls.clone();
            let make: CaseMaker = Rc::new(move |factor| {
                let mut numbers = numbers;
                if let Some(k) = steps {
                    numbers[k] *= factor;
                }
                Box::new(Inputs::new(inputs(numbers), calls.clone()))
            });
            (size, numbers.map(|n| n.to_string()).join(" x "), make)
        });
        let (has_limit, has_steps) = (limit.is_some(), steps.is_some());
        Bench {
            name,
            tolerance,
            has_limit,
            has_steps,
            primal: None,
            steps: sizes.iter().map(|(_, numbers)| Some(numbers[steps?])).collect(),
            cases: cases.collect(),
            #[cfg(test)]
            any,
        }
    }

    /// It computes derivatives of the kernel of that name, with which its times and memory are compared.
    pub fn derivative_of(self, primal: &'static str) -> Bench {
        Bench { primal: Some(primal), ..self }
    }

    /// The kernel whose derivatives it computes.
    pub fn primal(&self) -> Option<&'static str> {
        self.primal
    }

    /// The kernel's name: of the function, of its files, and in the results.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How far staged results may be from native ones.
    pub fn tolerance(&self) -> Tolerance {
        self.tolerance
    }

    /// There is a hand-written version.
    pub fn has_limit(&self) -> bool {
        self.has_limit
    }

    /// One of the numbers of a size is a number of steps: see [`Bench::longer`].
    pub fn has_steps(&self) -> bool {
        self.has_steps
    }

    /// The names of the sizes.
    pub fn sizes(&self) -> Vec<&'static str> {
        self.cases.iter().map(|(size, ..)| *size).collect()
    }

    /// The numbers of a size, as text.
    pub fn extent(&self, size: &str) -> &str {
        self.cases.iter().find(|(name, ..)| *name == size).map_or("", |(_, extent, _)| extent)
    }

    /// `factor` times the number of steps of a size.
    pub fn steps(&self, size: &str, factor: usize) -> Option<usize> {
        let k = self.cases.iter().position(|(name, ..)| *name == size)?;
        Some(self.steps[k]? * factor)
    }

    /// The numbers of the size for tests.
    #[cfg(test)]
    pub fn tiny(&self) -> &[usize] {
        &self.any.0
    }

    /// The kernel with its inputs at any numbers.
    #[cfg(test)]
    pub fn at_numbers(&self, numbers: &[usize]) -> Box<dyn Case> {
        (self.any.1)(numbers)
    }

    /// The kernel with its inputs at that size.
    #[cfg(test)]
    pub fn at(&self, size: &str) -> Result<Box<dyn Case>> {
        self.longer(size, 1)
    }

    /// The kernel with its inputs at that size, but so many times as many steps.
    pub fn longer(&self, size: &str, factor: usize) -> Result<Box<dyn Case>> {
        let case = self.cases.iter().find(|(name, ..)| *name == size);
        let (.., make) = case.ok_or_else(|| anyhow!("{} has no size {size}", self.name))?;
        Ok(make(factor))
    }
}

/// One call of a kernel.
pub struct Call {
    /// What it returned, then what it changed.
    pub results: Vec<Values>,
    /// The time that it took.
    pub time: Duration,
    /// By how many bytes the memory in use grew at most.
    pub growth: usize,
}

/// A kernel with its inputs.
pub trait Case {
    /// Calls the kernel once on the fresh inputs.
    fn call(&mut self, way: Way) -> Result<Call>;

    /// The time of `calls` calls together. Inputs that a call changes are put back before each one, off the
    /// clock; freeing the result is on it.
    fn time(&mut self, way: Way, calls: usize) -> Result<Duration>;

    /// Forgets what was compiled.
    fn forget(&self);

    /// Takes the inputs through memory laid out in another way.
    #[cfg(test)]
    fn take_through(&mut self, layout: crate::parameters::Layout);

    /// The time that staging and compiling took in all calls so far.
    fn compile_time(&self) -> Duration;

    /// The bytes of the arguments.
    fn input_bytes(&self) -> usize;

    /// What `python/peer.py` reads, one entry per argument; arrays are written into `folder`.
    fn describe(&self, folder: &Path) -> Result<Vec<Value>>;
}

struct Inputs<P, R> {
    arguments: P,
    /// As they were before any call; kept only where calls change them.
    fresh: Option<P>,
    calls: Rc<Calls<P, R>>,
}

impl<P: Parameters, R> Inputs<P, R> {
    fn new(arguments: P, calls: Rc<Calls<P, R>>) -> Inputs<P, R> {
        let fresh = P::IN_PLACE.then(|| arguments.clone());
        Inputs { arguments, fresh, calls }
    }

    fn restore(&mut self) {
        if let Some(fresh) = &self.fresh {
            self.arguments.restore(fresh);
        }
    }
}

impl<P: Parameters, R: Results> Case for Inputs<P, R> {
    fn call(&mut self, way: Way) -> Result<Call> {
        self.restore();
        let ((result, time), growth) = memory::peak(|| {
            let start = Instant::now();
            let result = self.calls.call(way, &mut self.arguments);
            (result, start.elapsed())
        });
        Ok(Call { results: [result?.values(), self.arguments.changed()].concat(), time, growth })
    }

    fn time(&mut self, way: Way, calls: usize) -> Result<Duration> {
        if !P::IN_PLACE {
            let start = Instant::now();
            for _ in 0..calls {
                black_box(self.calls.call(way, black_box(&mut self.arguments))?);
            }
            return Ok(start.elapsed());
        }
        let mut total = Duration::ZERO;
        for _ in 0..calls {
            self.restore();
            let start = Instant::now();
            black_box(self.calls.call(way, black_box(&mut self.arguments))?);
            total += start.elapsed();
        }
        Ok(total)
    }

    fn forget(&self) {
        (self.calls.forget)();
    }

    #[cfg(test)]
    fn take_through(&mut self, layout: crate::parameters::Layout) {
        self.arguments = self.arguments.through(layout);
        self.fresh = self.fresh.as_ref().map(|fresh| fresh.through(layout));
    }

    fn compile_time(&self) -> Duration {
        (self.calls.compile_time)()
    }

    fn input_bytes(&self) -> usize {
        self.arguments.bytes()
    }

    fn describe(&self, folder: &Path) -> Result<Vec<Value>> {
        self.fresh.as_ref().unwrap_or(&self.arguments).describe(folder)
    }
}

/// `bench! { kernel(a, b, n), inputs, sizes: [("tiny", [3]), ..], tolerance: Bits, limit: by_hand }`: the
/// kernel `kernel` with its arguments in order, the function `inputs` from the numbers of a size to the tuple
/// of arguments, and optionally a function with the arguments of the kernel that returns its result in an
/// `anyhow::Result`, and which of the numbers of a size is a number of steps. A derivative has no native reading of
/// its own: `native: by_hand` names the function that takes its place.
macro_rules! bench {
    (
        $kernel:ident ( $($argument:ident),+ $(,)? ),
        $inputs:expr,
        sizes: $sizes:expr,
        tolerance: $tolerance:expr
        $(, native: $native:expr)?
        $(, limit: $limit:expr)?
        $(, steps: $steps:expr)? $(,)?
    ) => {
        $crate::bench::Bench::new(
            stringify!($kernel),
            $inputs,
            &$sizes,
            {
                use $crate::bench::Tolerance::*;
                $tolerance
            },
            |($($argument,)+)| $kernel::try_call($($crate::parameters::Parameter::lend($argument)),+),
            bench!(@native $kernel ($($argument)+) $($native)?),
            bench!(@limit ($($argument)+) $($limit)?),
            $kernel::clear_cache,
            || $kernel::cache_stats().compile_time,
            [$($steps,)?].first().copied(),
        )
    };
    (@native $kernel:ident ($($argument:ident)+)) => {
        |($($argument,)+)| $kernel::native($($crate::parameters::Parameter::lend($argument)),+)
    };
    (@native $kernel:ident ($($argument:ident)+) $native:expr) => {
        |($($argument,)+)| $native($($crate::parameters::Parameter::lend($argument)),+)
    };
    (@limit ($($argument:ident)+)) => { None };
    (@limit ($($argument:ident)+) $limit:expr) => {
        Some(|($($argument,)+)| $limit($($crate::parameters::Parameter::lend($argument)),+))
    };
}

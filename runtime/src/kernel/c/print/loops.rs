//! Counted loops.

use super::folds::cascades;
use super::ordered::Iteration;
use super::unit::{Result, Unit, is_parallel};
use crate::dtype::{DType, Literal};
use crate::kernel::ahead::Ahead;
use crate::kernel::ahead::FEW;
use crate::kernel::inst::{Inst, Reg};
use crate::kernel::invariant::can_fail;
use crate::kernel::ir::{Item, Loop, Mark, SHORT_FOLD};
use crate::kernel::ranges::Interval;
use crate::kernel::tile::{self, Tiled};

/// How often a loop runs, and the index of its first iteration.
#[derive(Clone)]
pub(super) struct Trips {
    /// An expression for the number.
    pub count: String,
    /// Where it is known.
    pub known: Option<u64>,
    /// An expression for the first index.
    pub start: String,
    /// The type of a variable that counts iterations.
    pub counter: &'static str,
    /// Totals of reductions go to `partial`, not to the carries.
    pub partial: bool,
}

/// What the index was set to right before the loop.
fn start(before: &[Item], iv: Reg) -> Option<Reg> {
    let mut set = Vec::new();
    for item in before.iter().rev() {
        match item {
            Item::Inst(Inst::Mov { dst, a }, _) if *dst == iv => return (!set.contains(a)).then_some(*a),
            Item::Inst(inst, _) => set.extend(inst.dst()),
            _ => return None,
        }
    }
    None
}

impl<'k> Unit<'k> {
    /// A loop; `before` is the code in front of it.
    pub fn counted(&mut self, l: &'k Loop, before: &[Item]) -> Result<()> {
        let iv = l.iv.0;
        let around = std::mem::take(&mut self.f.scalar);
        if let Some((count, dtype)) = l.guard {
            let test = match dtype {
                DType::I32 | DType::I64 => format!("{} > 0", self.e.int(count)),
                _ => format!("{} != 0", self.e.int(count)),
            };
            self.line(format!("if ({test}) {{"));
        } else {
            self.line("{");
        }
        if is_parallel(&self.f, l) || l.mark.vector || l.mark.simt || !l.mark.folds.is_empty() {
            let trips = self.trips(l, before);
            if is_parallel(&self.f, l) {
                self.parallel(l, &trips)?;
            } else {
                self.iterations(l, &trips)?;
            }
        } else if let Some((ahead, tiled)) = self.can_be_ahead(l) {
            let trips = self.trips(l, before);
            self.ahead(l, &trips, &ahead, &tiled)?;
        } else {
            self.f.scalar = true;
            self.plain(l)?;
        }
        self.f.scalar = around;
        let end = self.e.int(l.end);
        self.line(format!("r{iv} = {end};"));
        self.line("}");
        Ok(())
    }

    /// All iterations, here, with what was marked.
    pub fn iterations(&mut self, l: &'k Loop, trips: &Trips) -> Result<()> {
        if l.mark.simt {
            return if l.mark.folds.is_empty() { self.in_order(l, trips) } else { self.folded(l, trips) };
        }
        let folds = cascades(l).next().is_some();
        if l.mark.vector && !folds && !l.mark.folds.is_empty() {
            // Integers are added where they are computed.
            let alone = Loop { mark: Mark { vector: true, ..Mark::default() }, ..l.clone() };
            if tile::tiles(self.kernel, &alone).is_some_and(|t| t.plain().is_some()) {
                self.line("INDEPENDENT");
                return self.in_order(l, trips);
            }
        }
        if l.mark.vector
            && let Some(tiled) =
                tile::tiles(self.kernel, l).filter(|t| t.buffers.len() <= super::tiles::BUFFERS)
        {
            if let Some(insts) = tiled.plain() {
                return match self.front(l, trips, insts) {
                    Some(front) => self.by_lines(l, trips, &front),
                    None => self.one_by_one(l, trips, "0", true),
                };
            }
            // A tile of a few values takes longer than they do one by one, with the same bits.
            if l.mark.folds.is_empty() && trips.known.is_none_or(|n| n < FEW) {
                self.line(format!("if ({} < {FEW}) {{", trips.count));
                self.in_order(l, trips)?;
                self.line("} else {");
                self.in_tiles_or_lanes(l, trips, &tiled)?;
                self.line("}");
                return Ok(());
            }
            if folds && !trips.partial && trips.known.is_none_or(|n| n < SHORT_FOLD) {
                self.line(format!("if ({} < {SHORT_FOLD}) {{", trips.count));
                self.in_order(l, trips)?;
                self.line("} else {");
                self.in_tiles_or_lanes(l, trips, &tiled)?;
                self.line("}");
                return Ok(());
            }
            return self.in_tiles_or_lanes(l, trips, &tiled);
        }
        if l.mark.folds.is_empty() { self.one_by_one(l, trips, "0", false) } else { self.folded(l, trips) }
    }

    fn in_tiles_or_lanes(&mut self, l: &'k Loop, trips: &Trips, tiled: &Tiled) -> Result<()> {
        match self.terms_by_lanes(l, tiled) {
            Some(terms) => self.laned(l, trips, &terms),
            None => self.tiled(l, trips, tiled),
        }
    }

    /// Declares the number of iterations and the first index.
    fn trips(&mut self, l: &Loop, before: &[Item]) -> Trips {
        let iv = l.iv.0;
        let number = |r: Reg| self.kernel.constant(r).and_then(Literal::as_i128);
        let start = start(before, l.iv);
        let known = match (l.guard, start.and_then(number), number(l.end)) {
            (Some((count, _)), ..) => number(count),
            (None, Some(start), Some(end)) => Some((end - start) / i128::from(l.stride)),
            _ => None,
        };
        let known = known.and_then(|n| u64::try_from(n).ok());
        let count = match (known, l.guard) {
            (Some(n), _) => n.to_string(),
            (None, Some((count, _))) => self.e.int(count),
            (None, None) => {
                let end = self.e.int(l.end);
                match l.stride {
                    1 => format!("{end} - s{iv}"),
                    -1 => format!("s{iv} - {end}"),
                    stride => format!("({end} - s{iv}) / {stride}ll"),
                }
            }
        };
        let few = l.max_trips.is_some_and(|n| i64::try_from(n).is_ok());
        let counter = if few { "int64_t" } else { "uint64_t" };
        let start = start.map_or_else(|| format!("r{iv}"), |r| self.e.int(r));
        self.line(format!("const int64_t s{iv} = {start};"));
        self.line(format!("const {counter} n{iv} = {count};"));
        Trips { count: format!("n{iv}"), known, start: format!("s{iv}"), counter, partial: false }
    }

    /// What a loop that runs in order computes ahead of its iterations, and how.
    fn can_be_ahead(&self, l: &Loop) -> Option<(Ahead, Tiled)> {
        let ahead = self.finder.ahead(l)?;
        let tiled = tile::tiles_with(self.kernel, &ahead.alone, &ahead.values)?;
        (tiled.buffers.len() <= super::tiles::BUFFERS).then_some((ahead, tiled))
    }

    /// A loop that runs in order and reduces nothing.
    fn plain(&mut self, l: &'k Loop) -> Result<()> {
        let iv = l.iv.0;
        let iteration = Iteration::of(l);
        self.f.first.extend(iteration.takes_in_later());
        let range = self.kernel.ranges[l.iv.index()];
        let counts_up = Interval::new(i64::MIN.into(), i128::from(i64::MAX) - i128::from(l.stride));
        if l.stride > 0 && range.within(counts_up) && l.stride < 1 << 31 {
            // The end is a whole number of strides away, so less is as good as not equal.
            let (end, step) = (self.e.int(l.end), l.stride);
            self.line(format!("const int64_t s{iv} = r{iv};"));
            let next = if step == 1 { format!("r{iv}++") } else { format!("r{iv} += {step}") };
            self.line(format!("for (int64_t r{iv} = s{iv}; r{iv} < {end}; {next}) {{"));
            self.list(&l.body)?;
            self.carries(&iteration);
            self.line("}");
            return Ok(());
        }
        // Counts until the index is the end, whatever it passes on the way.
        let (end, step) = (self.e.int(l.end), l.stride);
        self.line("do {");
        self.list(&l.body)?;
        self.carries(&iteration);
        self.line(format!("r{iv} += {step}ll;"));
        self.line(format!("}} while (r{iv} != {end});"));
        Ok(())
    }

    /// The start of a loop over iterations `from .. to` counted by `k`; sets the index.
    pub fn open(&mut self, l: &Loop, trips: &Trips, k: &str, from: &str, to: &str) {
        let ty = trips.counter;
        self.line(format!("for ({ty} {k} = {from}; {k} < {to}; {k}++) {{"));
        self.index(l, trips, k);
    }

    /// Sets the index of iteration `k`.
    pub fn index(&mut self, l: &Loop, trips: &Trips, k: &str) {
        let step = match l.stride {
            1 => format!("(int64_t){k}"),
            -1 => format!("-(int64_t){k}"),
            step => format!("(int64_t){k} * {step}ll"),
        };
        self.line(format!("const int64_t r{} = {} + {step};", l.iv.0, trips.start));
    }

    /// Iterations from `from` on, without reductions.
    pub fn one_by_one(&mut self, l: &'k Loop, trips: &Trips, from: &str, independent: bool) -> Result<()> {
        let k = format!("k{}", l.iv.0);
        if independent {
            self.line("INDEPENDENT");
        }
        if independent && from == "0" && l.stride < 0 && !can_fail(&l.body) {
            // Through memory upwards: GCC makes no vectors of pairs that it meets backwards.
            let (ty, n) = (trips.counter, &trips.count);
            let up = format!("u{}", l.iv.0);
            self.line(format!("for ({ty} {up} = {from}; {up} < {n}; {up}++) {{"));
            self.line(format!("const {ty} {k} = {n} - 1 - {up};"));
            self.index(l, trips, &k);
        } else {
            self.open(l, trips, &k, from, &trips.count);
        }
        self.list(&l.body)?;
        self.carries(&Iteration::of(l));
        self.line("}");
        Ok(())
    }
}

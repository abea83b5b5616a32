//! Sums and products whose terms the compiler can keep in vector registers: the lanes of the fixed reduction are
//! variables of the loop, where tiles would write every term to memory and call the library for each block. Integers
//! that are counted or added beside them have lanes as well.

use super::expr::{constant_of, variable_type};
use super::folds::{cascade, cascades, is_cascade, number};
use super::loops::Trips;
use super::simt::{LANES, Side};
use super::unit::{Result, Unit, Unsupported};
use crate::dtype::DType;
use crate::kernel::inst::{Inst, Reg};
use crate::kernel::ir::{Fold, Loop};
use crate::kernel::library::Function;
use crate::kernel::math::reduce::{BLOCK, Combine, LANES_32, LANES_64};
use crate::kernel::tile::{Step, Tiled, growth};
use std::collections::{BTreeSet, HashMap};

/// An instruction on vectors: the register that it sets, and the text.
type Statement = (Reg, String);

/// How a loop takes its terms in by lanes.
pub(super) enum Terms<'t> {
    /// Instructions that the compiler makes vectors of: nothing but arithmetic of floats.
    Plain(&'t [Inst]),
    /// Conditions and counts, which it leaves alone: vectors of 8 lanes are written out, a statement each.
    Vectors { insts: &'t [Inst], statements: Vec<Statement>, values: Vec<String> },
}

/// The lanes that a fold has in a block.
fn lanes_of(dtype: DType) -> usize {
    if dtype == DType::F32 { LANES_32 } else { LANES_64 }
}

impl<'k> Unit<'k> {
    /// The terms of a loop that can take them in by lanes.
    pub(super) fn terms_by_lanes<'t>(&mut self, l: &Loop, tiled: &'t Tiled) -> Option<Terms<'t>> {
        let [Step::Compute { reads, insts, .. }] = &tiled.steps[..] else { return None };
        let dtype = cascades(l).next()?.1.dtype;
        // A NaN among the terms of a minimum needs a second look, which the library takes.
        let plain = |f: &Fold| f.dtype == dtype && matches!(f.combine, Combine::Add | Combine::Mul);
        if !reads.is_empty() || !cascades(l).all(|(_, fold)| plain(fold)) {
            return None;
        }
        let chooses = |inst: &Inst| matches!(inst, Inst::Select { .. });
        // Nor does the compiler make vectors of loads that go backwards.
        if l.mark.folds.iter().all(is_cascade) && !insts.iter().any(chooses) && l.stride != -1 {
            return Some(Terms::Plain(insts));
        }
        match self.on_vectors(l, insts) {
            Some((statements, values)) if dtype == DType::F64 => {
                Some(Terms::Vectors { insts, statements, values })
            }
            _ => l.mark.folds.iter().all(is_cascade).then_some(Terms::Plain(insts)),
        }
    }

    /// The instructions on vectors, and the terms of each fold; `None` where one of them has no such form.
    fn on_vectors(&mut self, l: &Loop, insts: &[Inst]) -> Option<(Vec<Statement>, Vec<String>)> {
        let mut side = Side {
            iv: l.iv,
            lanes: BTreeSet::new(),
            growth: HashMap::from([(l.iv, l.stride)]),
            fails: false,
            alone: String::new(),
        };
        let mut statements = Vec::new();
        for inst in insts {
            let dst = inst.dst().filter(|_| !inst.is_store())?;
            let dtype = self.e.dtype(dst);
            let of = |r: Reg| match side.lanes.contains(&r) {
                true => None,
                false => Some(side.growth.get(&r).copied().unwrap_or(0)),
            };
            if let Some(growth) = growth(self.kernel, &of, inst)
                && (growth == 0 || matches!(dtype, DType::I64 | DType::U64 | DType::Usize))
            {
                let value = self.value(inst).ok()?;
                statements.push((dst, constant_of(dtype, dst, &value)));
                side.growth.insert(dst, growth);
                continue;
            }
            let value = match *inst {
                Inst::Load8 { buf, base, idx, off, .. } => {
                    let load = match of(base)?.checked_add(of(idx)?)? {
                        1 => "load",
                        -1 => "load_back",
                        _ => return None,
                    };
                    let kind = if dtype == DType::F64 { "f64" } else { "i64" };
                    let element = self.e.element(buf, base, idx, off);
                    let same = self.kernel.slots[buf.index()].dtype == dtype;
                    same.then(|| format!("{load}_{kind}(&{element})"))?
                }
                _ => self.lanes_value(&side, inst)?,
            };
            statements.push((dst, format!("const {} x{} = {value};", self.lanes_type(dst), dst.0)));
            side.lanes.insert(dst);
        }
        let values = l.mark.folds.iter().map(|fold| self.lanes_as(&side, fold.value, fold.dtype)).collect();
        Some((statements, values))
    }

    /// All iterations, block by block, each block by lanes.
    pub fn laned(&mut self, l: &'k Loop, trips: &Trips, terms: &Terms<'_>) -> Result<()> {
        let iv = l.iv.0;
        let (ty, n) = (trips.counter, &trips.count);
        let Some((_, &Fold { dtype, .. })) = cascades(l).next() else { return Err(Unsupported) };
        let (lanes, bits) = (lanes_of(dtype), if dtype == DType::F32 { 32 } else { 64 });
        let most = trips.known.or(l.max_trips);
        let one_block = !trips.partial && most.is_some_and(|n| n <= BLOCK as u64);
        if !one_block {
            self.open_cascades(l);
        }
        self.line(format!("for ({ty} at{iv} = 0; at{iv} < {n}; at{iv} += {BLOCK}) {{"));
        self.line(format!("const {ty} m{iv} = {n} - at{iv} < {BLOCK} ? {n} - at{iv} : {BLOCK};"));
        let whole = format!("m{iv} / {lanes} * {lanes}");
        self.line(format!("const {ty} w{iv} = {whole};"));
        for (k, fold) in l.mark.folds.iter().enumerate() {
            let start = match fold.combine {
                _ if !is_cascade(fold) => "0",
                Combine::Add => "-0.0",
                _ => "1.0",
            };
            let (element, start) = (variable_type(fold.dtype), vec![start; lanes].join(", "));
            self.line(format!("{element} q{k}[{lanes}] __attribute__((aligned(64))) = {{{start}}};"));
        }
        let insts = match terms {
            Terms::Plain(insts) => {
                self.line(format!("for ({ty} j{iv} = 0; j{iv} < w{iv}; j{iv} += {lanes}) {{"));
                self.line("INDEPENDENT");
                if l.stride > 0 {
                    self.line(format!("for ({ty} l{iv} = 0; l{iv} < {lanes}; l{iv}++) {{"));
                } else {
                    // Through memory upwards: GCC makes no vectors of pairs that it meets backwards.
                    self.line(format!("for ({ty} b{iv} = 0; b{iv} < {lanes}; b{iv}++) {{"));
                    self.line(format!("const {ty} l{iv} = {} - b{iv};", lanes - 1));
                }
                self.terms(l, trips, insts, &format!("(at{iv} + j{iv} + l{iv})"))?;
                self.line("}");
                self.line("}");
                insts
            }
            Terms::Vectors { insts, statements, values } => {
                self.whole_vectors(l, trips, statements, values);
                insts
            }
        };
        self.line(format!("for ({ty} l{iv} = 0; l{iv} < m{iv} - w{iv}; l{iv}++) {{"));
        self.terms(l, trips, insts, &format!("(at{iv} + w{iv} + l{iv})"))?;
        self.line("}");
        for (k, fold) in l.mark.folds.iter().enumerate() {
            if !is_cascade(fold) {
                self.line(format!("for (int l = 0; l < {lanes}; l++) {{"));
                self.take_in(fold, &format!("q{k}[l]"));
                self.line("}");
                continue;
            }
            let op = if fold.combine == Combine::Add { "add" } else { "mul" };
            let block = format!("{op}_lanes{bits}(q{k})");
            if one_block {
                self.take_in(fold, &block);
                continue;
            }
            let push = if bits == 64 { Function::CascadePush64 } else { Function::CascadePush32 };
            let push = self.library(push);
            let push = format!("{push}(&{}, {}, {block});", cascade(k), number(fold.combine));
            if trips.partial {
                self.line(push);
                continue;
            }
            // The total of one block is that block's.
            self.line(format!("if ({n} <= {BLOCK}) {{"));
            self.take_in(fold, &block);
            self.line("} else {");
            self.line(push);
            self.line("}");
        }
        self.line("}");
        if one_block {
            return Ok(());
        }
        if trips.partial {
            self.close_cascades(l, trips);
            return Ok(());
        }
        self.line(format!("if ({n} > {BLOCK}) {{"));
        self.close_cascades(l, trips);
        self.line("}");
        Ok(())
    }

    /// The iterations of a block that fill vectors.
    fn whole_vectors(&mut self, l: &Loop, trips: &Trips, statements: &[Statement], values: &[String]) {
        let (iv, ty) = (l.iv.0, trips.counter);
        for (k, fold) in l.mark.folds.iter().enumerate() {
            let (ty, name) =
                if fold.dtype == DType::F64 { ("lanes_f64", "f64") } else { ("lanes_i64", "i64") };
            self.line(format!("{ty} z{k} = load_{name}(q{k});"));
        }
        self.line(format!("for ({ty} j{iv} = 0; j{iv} < w{iv}; j{iv} += {LANES}) {{"));
        self.index(l, trips, &format!("(at{iv} + j{iv})"));
        let take_in = |(k, fold): (usize, &Fold)| {
            let op = if fold.combine == Combine::Mul { "mul" } else { "add" };
            let kind = if fold.dtype == DType::F64 { "f64" } else { "i64" };
            format!("z{k} = {op}_{kind}(z{k}, {});", values[k])
        };
        // Each as soon as its term is known, so that terms need no registers.
        let of = |made: Option<Reg>| {
            let folds = l.mark.folds.iter().enumerate();
            let is_made = |value: Reg| statements.iter().any(|&(r, _)| r == value);
            folds.filter(move |(_, fold)| made.map_or(!is_made(fold.value), |r| r == fold.value)).map(take_in)
        };
        for (made, statement) in statements {
            self.line(statement);
            of(Some(*made)).for_each(|taken| self.line(taken));
        }
        of(None).for_each(|taken| self.line(taken));
        self.line("}");
        for k in 0..l.mark.folds.len() {
            self.line(format!("__builtin_memcpy(q{k}, &z{k}, sizeof q{k});"));
        }
    }

    /// One iteration, its terms taken in by lane `l`.
    fn terms(&mut self, l: &Loop, trips: &Trips, insts: &[Inst], k: &str) -> Result<()> {
        self.index(l, trips, k);
        for inst in insts {
            match self.e.store(inst) {
                Some(statement) => self.line(statement),
                None => self.local(inst)?,
            }
        }
        for (k, fold) in l.mark.folds.iter().enumerate() {
            let op = if fold.combine == Combine::Mul { '*' } else { '+' };
            let value = self.e.var(fold.value);
            self.line(format!("q{k}[l{}] {op}= {value};", l.iv.0));
        }
        Ok(())
    }
}

//! Sums and products whose terms the compiler can keep in vector registers: the lanes of the fixed reduction are
//! variables of the loop, where tiles would write every term to memory and call the library for each block.

use super::expr::variable_type;
use super::folds::{cascade, cascades, number};
use super::loops::Trips;
use super::unit::{Result, Unit};
use crate::dtype::DType;
use crate::kernel::inst::Inst;
use crate::kernel::ir::{Fold, Loop};
use crate::kernel::library::Function;
use crate::kernel::math::reduce::{BLOCK, Combine, LANES_32, LANES_64};
use crate::kernel::tile::{Step, Tiled};

/// The instructions of a loop that takes its terms in by lanes.
pub(super) fn body<'t>(l: &Loop, tiled: &'t Tiled) -> Option<&'t [Inst]> {
    let [Step::Compute { reads, insts, .. }] = &tiled.steps[..] else { return None };
    let dtype = l.mark.folds.first()?.dtype;
    // A NaN among the terms of a minimum needs a second look, which the library takes.
    let plain =
        |f: &Fold| f.dtype == dtype && dtype.is_float() && matches!(f.combine, Combine::Add | Combine::Mul);
    (reads.is_empty() && l.mark.folds.iter().all(plain)).then_some(insts)
}

impl<'k> Unit<'k> {
    /// All iterations, block by block, each block by lanes.
    pub fn laned(&mut self, l: &'k Loop, trips: &Trips, insts: &[Inst]) -> Result<()> {
        let iv = l.iv.0;
        let (ty, n) = (trips.counter, &trips.count);
        let dtype = l.mark.folds[0].dtype;
        let (lanes, bits) = if dtype == DType::F64 { (LANES_64, 64) } else { (LANES_32, 32) };
        let element = variable_type(dtype);
        let most = trips.known.or(l.max_trips);
        let one_block = !trips.partial && most.is_some_and(|n| n <= BLOCK as u64);
        if !one_block {
            self.open_cascades(l);
        }
        self.line(format!("for ({ty} at{iv} = 0; at{iv} < {n}; at{iv} += {BLOCK}) {{"));
        self.line(format!("const {ty} m{iv} = {n} - at{iv} < {BLOCK} ? {n} - at{iv} : {BLOCK};"));
        for (k, fold) in cascades(l) {
            let start = if fold.combine == Combine::Add { "-0.0" } else { "1.0" };
            let start = vec![start; lanes].join(", ");
            self.line(format!("{element} q{k}[{lanes}] __attribute__((aligned(64))) = {{{start}}};"));
        }
        let whole = format!("m{iv} / {lanes} * {lanes}");
        self.line(format!("const {ty} w{iv} = {whole};"));
        self.line(format!("for ({ty} j{iv} = 0; j{iv} < w{iv}; j{iv} += {lanes}) {{"));
        self.line("INDEPENDENT");
        self.line(format!("for ({ty} l{iv} = 0; l{iv} < {lanes}; l{iv}++) {{"));
        self.terms(l, trips, insts, &format!("(at{iv} + j{iv} + l{iv})"))?;
        self.line("}");
        self.line("}");
        self.line(format!("for ({ty} l{iv} = 0; l{iv} < m{iv} - w{iv}; l{iv}++) {{"));
        self.terms(l, trips, insts, &format!("(at{iv} + w{iv} + l{iv})"))?;
        self.line("}");
        for (k, fold) in cascades(l) {
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
            let op = if fold.combine == Combine::Add { '+' } else { '*' };
            let value = self.e.var(fold.value);
            self.line(format!("q{k}[l{}] {op}= {value};", l.iv.0));
        }
        Ok(())
    }
}

//! Vector loops in tiles: every step runs for a whole tile before the next one.

use super::check::{self, Flag};
use super::code::NO_TRAP;
use super::expr::{constant_of, variable_type};
use super::folds::is_cascade;
use super::loops::Trips;
use super::ordered::Iteration;
use super::unit::{Result, Unit, Unsupported};
use crate::kernel::ahead::{Ahead, FEW};
use crate::kernel::inst::{Inst, Reg};
use crate::kernel::ir::Loop;
use crate::kernel::math::reduce::BLOCK;
use crate::kernel::tile::{Step, Tiled};

/// A loop that needs more buffers than this stays a plain loop: they are on the stack.
pub(super) const BUFFERS: usize = 64;

/// Tiles of values that the iterations behind take one by one: they stay in the first cache.
const AHEAD: usize = 128;

impl<'k> Unit<'k> {
    /// All iterations of a vector loop in tiles.
    pub fn tiled(&mut self, l: &'k Loop, trips: &Trips, tiled: &Tiled) -> Result<()> {
        let iv = l.iv.0;
        let ty = trips.counter;
        self.open_tiles(l, trips, tiled, BLOCK);
        for step in &tiled.steps {
            match step {
                Step::Check { insts } => self.test(l, trips, insts)?,
                step => self.step(l, trips, step)?,
            }
        }
        for (k, fold) in l.mark.folds.iter().enumerate() {
            let values = format!("t{}", fold.value.0);
            if is_cascade(fold) {
                self.push(fold, k, &values, &format!("m{iv}"));
            } else {
                self.line(format!("for ({ty} j{iv} = 0; j{iv} < m{iv}; j{iv}++) {{"));
                self.take_in(fold, &format!("{values}[j{iv}]"));
                self.line("}");
            }
        }
        self.line("}");
        self.close_cascades(l, trips);
        Ok(())
    }

    /// A step that tests nothing.
    fn step(&mut self, l: &Loop, trips: &Trips, step: &Step) -> Result<()> {
        match step {
            Step::Check { .. } => Err(Unsupported),
            Step::Compute { reads, insts, writes } => self.compute(l, trips, reads, insts, writes),
            Step::Call { function, dst, args } => {
                let name = self.library(*function);
                let args: String = args.iter().map(|r| format!("t{}, ", r.0)).collect();
                self.line(format!("{name}(t{}, {args}m{});", dst.0, l.iv.0));
                Ok(())
            }
        }
    }

    /// The iterations of a loop in their order, a tile at a time: each tile after the values that it takes from `ahead`.
    pub fn ahead(&mut self, l: &'k Loop, trips: &Trips, ahead: &Ahead, tiled: &Tiled) -> Result<()> {
        let short = trips.known.is_none_or(|n| n < FEW);
        if short {
            self.line(format!("if ({} < {FEW}) {{", trips.count));
            self.one_by_one(l, trips, "0", false)?;
            self.line("} else {");
        }
        self.open_tiles(l, trips, tiled, AHEAD);
        for step in &tiled.steps {
            self.step(&ahead.alone, trips, step)?;
        }
        self.open_step(l, trips);
        self.take(&ahead.values, l);
        self.f.given.extend(&ahead.made);
        self.list(&l.body)?;
        self.carries(&Iteration::of(l));
        self.f.given.clear();
        self.line("}");
        self.line("}");
        if short {
            self.line("}");
        }
        Ok(())
    }

    /// Declares the buffers and starts a loop over tiles.
    fn open_tiles(&mut self, l: &Loop, trips: &Trips, tiled: &Tiled, longest: usize) {
        let iv = l.iv.0;
        let (ty, n) = (trips.counter, &trips.count);
        for &r in &tiled.buffers {
            let ty = variable_type(self.e.dtype(r));
            self.line(format!("{ty} t{}[{longest}] __attribute__((aligned(64)));", r.0));
        }
        self.open_cascades(l);
        self.line(format!("for ({ty} at{iv} = 0; at{iv} < {n}; at{iv} += {longest}) {{"));
        self.line(format!("const {ty} m{iv} = {n} - at{iv} < {longest} ? {n} - at{iv} : {longest};"));
    }

    /// Reads registers from their buffers.
    fn take(&mut self, registers: &[Reg], l: &Loop) {
        for &r in registers {
            let ty = variable_type(self.e.dtype(r));
            self.line(format!("const {ty} r{0} = t{0}[j{1}];", r.0, l.iv.0));
        }
    }

    /// The start of a loop over the iterations of a tile.
    fn open_step(&mut self, l: &Loop, trips: &Trips) {
        let iv = l.iv.0;
        let ty = trips.counter;
        self.line(format!("for ({ty} j{iv} = 0; j{iv} < m{iv}; j{iv}++) {{"));
        self.index(l, trips, &format!("(at{iv} + j{iv})"));
    }

    /// Leaves the rest of the loop to plain iterations when a check of this tile fails: they report it.
    fn test(&mut self, l: &'k Loop, trips: &Trips, insts: &[Inst]) -> Result<()> {
        let iv = l.iv.0;
        self.line(format!("uint64_t bad{iv} = 0;"));
        self.line(format!("int32_t sign32_{iv} = 0;"));
        self.line(format!("int64_t sign64_{iv} = 0;"));
        self.line("INDEPENDENT");
        self.open_step(l, trips);
        for inst in insts {
            let plain = check::wrapped(inst).or((!inst.may_fail()).then_some(*inst));
            if let Some(plain) = plain {
                self.local(&plain)?;
            }
            if inst.may_fail() {
                let value = inst.dst().map(|dst| self.e.var(dst)).unwrap_or_default();
                match check::flag(&self.e, inst, &value).ok_or(Unsupported)? {
                    Flag::Sign(bits, word) => {
                        self.line(format!("sign{bits}_{iv} |= (int{bits}_t)({word});"));
                    }
                    Flag::Condition(text) => self.line(format!("bad{iv} |= {text};")),
                }
            }
        }
        self.line("}");
        self.line(format!("if (UNLIKELY(bad{iv} || sign32_{iv} < 0 || sign64_{iv} < 0)) {{"));
        self.one_by_one(l, trips, &format!("at{iv}"), false)?;
        self.line(format!("return {NO_TRAP};"));
        self.line("}");
        Ok(())
    }

    /// Sets a register that lives in this step only.
    pub fn local(&mut self, inst: &Inst) -> Result<()> {
        let dst = inst.dst().ok_or(Unsupported)?;
        let value = self.value(inst)?;
        let constant = constant_of(self.e.dtype(dst), dst, &value);
        self.line(constant);
        Ok(())
    }

    fn compute(
        &mut self,
        l: &Loop,
        trips: &Trips,
        reads: &[Reg],
        insts: &[Inst],
        writes: &[Reg],
    ) -> Result<()> {
        let j = format!("j{}", l.iv.0);
        self.line("INDEPENDENT");
        self.open_step(l, trips);
        self.take(reads, l);
        for inst in insts {
            match self.e.store(inst) {
                Some(statement) => self.line(statement),
                None => self.local(inst)?,
            }
        }
        for &r in writes {
            let value = self.e.var(r);
            self.line(format!("t{}[{j}] = {value};", r.0));
        }
        self.line("}");
        Ok(())
    }
}

//! Short steps through an array, four at a time. `while m <= n { prime[m] = false; m += p; }` stores once in a cycle: each
//! address waits for the one before, and each iteration ends in a jump. While there is room for three more steps, four
//! elements are stored without either; the loop as written does the rest.

use super::unit::{Result, Unit, Unsupported};
use crate::kernel::inst::{Inst, Reg};
use crate::kernel::ir::{Item, While};
use std::collections::BTreeSet;

/// With more instructions in an iteration the step is not what it waits for.
const FEW: usize = 6;

/// Steps at a time.
const STEPS: usize = 4;

/// A loop that steps up to a bound.
struct Stride {
    index: Reg,
    step: Reg,
    bound: Reg,
    /// The bound itself is behind the last element.
    open: bool,
    /// What an iteration does, but for the step.
    insts: Vec<Inst>,
}

impl Stride {
    fn of(w: &While) -> Option<Stride> {
        let ([Item::Inst(head, None)], [(index, next)]) = (w.head.as_slice(), w.moves.as_slice()) else {
            return None;
        };
        let (a, bound, open) = match *head {
            Inst::LeU { dst, a, b } | Inst::LeS { dst, a, b } if dst == w.cond => (a, b, false),
            Inst::LtU { dst, a, b } | Inst::LtS { dst, a, b } if dst == w.cond => (a, b, true),
            _ => return None,
        };
        let inst = |item: &Item| match item {
            Item::Inst(inst, None) if inst.is_store() || (inst.is_pure() && !inst.is_load()) => Some(*inst),
            _ => None,
        };
        let mut insts: Vec<Inst> = w.body.iter().map(inst).collect::<Option<_>>()?;
        let at = insts.iter().position(|inst| inst.dst() == Some(*next))?;
        let step = match insts.remove(at) {
            Inst::AddI { a, b, .. } if a == *index => b,
            Inst::AddI { a, b, .. } if b == *index => a,
            _ => return None,
        };
        let mut set: BTreeSet<Reg> = insts.iter().filter_map(Inst::dst).collect();
        set.extend([*index, *next, w.cond]);
        let stores = insts.iter().any(Inst::is_store);
        let apart = !insts.iter().any(|inst| inst.reads().any(|r| r == *next || r == w.cond));
        let known = a == *index && !set.contains(&step) && !set.contains(&bound);
        (known && stores && apart && insts.len() < FEW).then_some(Stride {
            index: *index,
            step,
            bound,
            open,
            insts,
        })
    }
}

impl<'k> Unit<'k> {
    /// In front of a loop that steps up to a bound: most of it.
    pub(super) fn strides(&mut self, w: &'k While) -> Result<()> {
        let Some(Stride { index, step, bound, open, insts }) = Stride::of(w) else { return Ok(()) };
        let Item::Inst(head, _) = &w.head[0] else { return Err(Unsupported) };
        let (n, more) = (self.fresh(), STEPS - 1);
        let (condition, room) = (self.value(head)?, if open { ">" } else { ">=" });
        let (start, end) = (self.e.unsigned(index), self.e.unsigned(bound));
        self.line("{");
        self.line(format!("const uint64_t d{n} = {};", self.e.unsigned(step)));
        // A step of zero stays where it is, a negative one is a large number here.
        self.line(format!(
            "while (d{n} - 1 < 1ull << 60 && ({condition}) && {end} - {start} {room} {more} * d{n}) {{"
        ));
        self.line(format!("const uint64_t x{n} = {start};"));
        for k in 0..STEPS {
            self.line("{");
            self.line(format!("const int64_t r{} = (int64_t)(x{n} + {k} * d{n});", index.0));
            for inst in &insts {
                match self.e.store(inst) {
                    Some(statement) => self.line(statement),
                    None => self.local(inst)?,
                }
            }
            self.line("}");
        }
        self.line(format!("r{} = (int64_t)(x{n} + {STEPS} * d{n});", index.0));
        self.line("}");
        self.line("}");
        Ok(())
    }
}

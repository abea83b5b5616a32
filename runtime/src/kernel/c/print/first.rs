//! The first iteration of an inner loop apart. `let mut rest = h; loop { .. break; .. rest -= t; }` inside of a time loop mostly
//! ends in its first iteration, where `rest` is `h`: what is computed of it there is the same in every step, and the compiler
//! takes it out of the loop around once that iteration is written by itself.

use super::unit::Unit;
use crate::kernel::inst::{Inst, Reg};
use crate::kernel::ir::{Code, Item, While, for_each_code};
use std::collections::BTreeSet;

/// Larger bodies are not written twice.
const LONG: usize = 60;

/// Fewer operations are not worth it.
const MANY: usize = 2;

impl<'k> Unit<'k> {
    /// Some of the first iteration is the same whenever the loop runs; `before` is the code in front of it.
    pub(super) fn begins_alike(&self, w: &While, before: &[Item]) -> bool {
        let mut code: Code = w.head.iter().chain(&w.body).cloned().collect();
        let (mut insts, mut plain) = (Vec::new(), true);
        for_each_code(&mut code, &mut |list| {
            for item in list {
                match item {
                    Item::Inst(inst, _) => insts.push(*inst),
                    Item::Branch(_) => {}
                    Item::Loop(_) | Item::While(_) => plain = false,
                }
            }
        });
        if !plain || insts.len() > LONG {
            return false;
        }
        // Parameters and constants are the same for the whole kernel.
        let fixed = |r: Reg| self.kernel.constant(r).is_some() || self.finder.sets(r) == 0;
        let start = |carry: Reg| {
            before.iter().rev().find_map(|item| match item {
                Item::Inst(inst, _) if inst.dst() == Some(carry) => Some(*inst),
                _ => None,
            })
        };
        let starts = w.moves.iter().map(|m| m.0).filter(|&carry| {
            let from = start(carry);
            self.e.dtype(carry).is_float() && matches!(from, Some(Inst::Mov { a, .. }) if fixed(a))
        });
        let mut alike: BTreeSet<Reg> = starts.collect();
        let mut found = 0;
        // What is set in a list comes before those inside, and arms know nothing of each other.
        for inst in &insts {
            let reads: Vec<Reg> = inst.reads().collect();
            let computes =
                inst.is_pure() && !inst.is_load() && inst.dst().is_some_and(|r| self.e.dtype(r).is_float());
            if computes
                && reads.iter().any(|r| alike.contains(r))
                && reads.iter().all(|&r| alike.contains(&r) || fixed(r))
            {
                found += 1;
                alike.extend(inst.dst());
            }
        }
        found >= MANY
    }
}

//! Loop alignment: a nest whose iterations write elements that others touch too, but always at fixed distances, runs
//! with each of its stores shifted by its distance, so that one iteration makes all changes of one element.
//!
//! The derivative of a stencil scatters: `for i { bu[i - 1] += a * d[i]; bu[i] += b * d[i]; bu[i + 1] += a * d[i] }`.
//! Aligned it gathers: `for j { bu[j] = bu[j] + a * d[j + 1] + b * d[j] + a * d[j - 1] }`, terms in the order in which
//! the original iterations came to `j`, so that the bits are the same. The iterations are independent, and an element is
//! read and written once. What the ends of the shifted ranges do not have in common is done store by store. Arrays that
//! are stored to, and sums over the nest, get a nest each, in an order in which each access still meets what it met
//! before (loop distribution; both are in Kennedy and Allen, *Optimizing Compilers for Modern Architectures*, ch. 6).
//!
//! | file | holds |
//! | --- | --- |
//! | `nest.rs` | perfect nests with fixed bounds |
//! | `place.rs` | elements as the iteration plus a distance, and which of two accesses comes first |
//! | `statement.rs` | stores with what they need, in groups and their order |
//! | `keep.rs` | expensive values that several distances need |
//! | `write.rs` | the new nests |

mod keep;
mod nest;
mod place;
mod statement;
mod write;

use super::copies::REGISTERS;
use super::forms::Forms;
use super::inst::{Inst, Reg};
use super::invariant;
use super::ir::{Code, Item, Kernel, Loop, for_each_code};
use super::marks::{self, accesses, cost};
use nest::Nest;
use statement::{Part, Schedule};
use std::collections::BTreeSet;

/// Where the inner loop could not be a vector, so many times the work are worth it (a store computes what it needs by
/// itself); where it could, so many.
const AGAIN: f64 = 4.0;
const AGAIN_IN_VECTORS: f64 = 2.0;

/// Aligns nests everywhere in the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    let mut code = std::mem::take(&mut kernel.code);
    kernel.code = code.clone();
    let reads = marks::reads_of(&mut kernel.code.clone(), kernel);
    let mut aligner = Aligner { forms: Forms::of(kernel), kernel, reads, threads: false };
    let found = aligner.list(&mut code);
    kernel.code = code;
    if found {
        // What depends on outer counters alone was written where it is used.
        invariant::run(kernel);
    }
}

struct Aligner<'k> {
    kernel: &'k mut Kernel,
    forms: Forms,
    reads: Vec<u32>,
    /// A loop around has independent iterations, which can't share a temporary.
    threads: bool,
}

impl Aligner<'_> {
    /// Aligns the outermost nests of the list that can be; whether there were any.
    fn list(&mut self, code: &mut Code) -> bool {
        let mut found = false;
        let mut k = 0;
        while k < code.len() {
            let (before, rest) = code.split_at_mut(k);
            match &mut rest[0] {
                Item::Inst(..) => {}
                Item::While(w) => found |= self.list(&mut w.head) | self.list(&mut w.body),
                Item::Branch(b) => found = b.arms.iter_mut().fold(found, |f, (arm, _)| f | self.list(arm)),
                Item::Loop(l) => match self.aligned(before, l) {
                    Some(new) => {
                        let (n, iv) = (new.len(), l.iv);
                        code.splice(k..=k, new);
                        k += n - 1;
                        // The index is set where it is still needed.
                        let stale =
                            |item: &Item| matches!(item, Item::Inst(inst, _) if inst.dst() == Some(iv));
                        if let Some(at) = code[..k + 1 - n].iter().rposition(stale) {
                            code.remove(at);
                            k -= 1;
                        }
                        found = true;
                    }
                    None => {
                        let around = self.threads;
                        self.threads |= self.independent(l);
                        found |= self.list(&mut l.body);
                        self.threads = around;
                    }
                },
            }
            k += 1;
        }
        found
    }

    /// What takes the place of the nest that starts with a loop.
    fn aligned(&mut self, before: &[Item], l: &Loop) -> Option<Code> {
        let nest = Nest::of(self.kernel, &self.forms, before, l)?;
        let mut schedule = Schedule::of(self.kernel, &self.forms, &nest)?;
        if self.kernel.regs.len() > REGISTERS
            || nest.axes.iter().all(|axis| self.independent(axis.l))
            || marks::leak(&self.reads, l).is_some()
            || !self.pays(&nest, &schedule)
        {
            return None;
        }
        if !self.threads {
            keep::expensive(self.kernel, &nest, &mut schedule);
        }
        let mut code = Code::new();
        for part in &schedule.parts {
            match part {
                Part::Aligned(statements) => code.extend(write::aligned(self.kernel, &nest, statements)?),
                Part::Rest(unused) => {
                    code.push(Inst::Mov { dst: l.iv, a: nest.axes[0].start }.into());
                    code.push(Item::Loop(Box::new(only_carried(l, unused))));
                }
            }
        }
        let parts = match schedule.parts.len() {
            1 => String::new(),
            n => format!(", in {n} loops one after the other"),
        };
        let note = format!("shifted so that an iteration makes all changes of one element{parts}");
        self.kernel.notes.extend(l.site.map(|site| (site, note)));
        Some(code)
    }

    fn independent(&self, l: &Loop) -> bool {
        l.max_trips.is_some_and(|trips| accesses::independent(self.kernel, &self.forms, l, trips))
    }

    /// Not too much is computed again.
    fn pays(&self, nest: &Nest<'_>, schedule: &Schedule) -> bool {
        let cost = |insts: &[Inst]| insts.iter().map(|inst| cost::of_inst(self.kernel, inst)).sum::<f64>();
        let of_part = |part: &Part| match part {
            Part::Aligned(statements) => statements.iter().map(|s| cost(&s.insts)).sum(),
            Part::Rest(_) => cost(&nest.insts),
        };
        let vector = nest.axes.last().is_some_and(|axis| self.independent(axis.l));
        let most = if vector { AGAIN_IN_VECTORS } else { AGAIN };
        schedule.parts.iter().map(of_part).sum::<f64>() <= most * cost(&nest.insts)
    }
}

/// The nest without its stores, and what sets these registers.
fn only_carried(l: &Loop, unused: &BTreeSet<Reg>) -> Loop {
    let mut l = l.clone();
    for_each_code(&mut l.body, &mut |list| {
        list.retain(|item| match item {
            Item::Inst(inst, _) => inst.dst().is_some_and(|dst| !unused.contains(&dst)),
            _ => true,
        });
    });
    l
}

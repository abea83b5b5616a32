//! Checks that never fail, by the bounds of loop counters in terms of each other, are left out: in
//! `for i in 0..k { .. r[k - 1 - i] .. }` nothing underflows.
//!
//! Ranges of single registers, which the lowering goes by, do not tell: here `k` may be 1 and `i` as large as `k - 1`
//! ever is, but not at once.

use super::forms::Forms;
use super::inst::{Inst, Reg};
use super::ir::{Code, Item, Kernel};
use super::ranges::{Form, Interval};
use crate::dtype::DType;

/// Everywhere in the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    let mut code = std::mem::take(&mut kernel.code);
    if fails_somewhere(&code) {
        kernel.code = code;
        let forms = Forms::of(kernel);
        code = std::mem::take(&mut kernel.code);
        Prover { kernel, forms, counters: Vec::new() }.list(&mut code);
    }
    kernel.code = code;
}

fn fails_somewhere(code: &Code) -> bool {
    code.iter().any(|item| match item {
        Item::Inst(inst, _) => inst.may_fail(),
        Item::Loop(l) => fails_somewhere(&l.body),
        Item::While(w) => fails_somewhere(&w.head) || fails_somewhere(&w.body),
        Item::Branch(b) => b.arms.iter().any(|arm| fails_somewhere(&arm.0)),
    })
}

struct Prover<'k> {
    kernel: &'k Kernel,
    forms: Forms,
    /// Of the loops around.
    counters: Vec<Reg>,
}

impl Prover<'_> {
    fn list(&mut self, code: &mut Code) {
        code.retain_mut(|item| {
            match item {
                Item::Inst(inst, trap) if trap.is_some() => {
                    if let Inst::CheckIndex { idx, len } = *inst {
                        return !self.inside(idx, len);
                    }
                    if let Some(unchecked) = self.unchecked(inst) {
                        (*inst, *trap) = (unchecked, None);
                    }
                }
                Item::Inst(..) => {}
                Item::Loop(l) => {
                    self.counters.push(l.iv);
                    self.list(&mut l.body);
                    self.counters.pop();
                }
                Item::While(w) => {
                    self.list(&mut w.head);
                    self.list(&mut w.body);
                }
                Item::Branch(b) => b.arms.iter_mut().for_each(|(arm, _)| self.list(arm)),
            }
            true
        });
    }

    /// `0 <= idx < len`
    fn inside(&self, idx: Reg, len: Reg) -> bool {
        let (idx, len) = (self.forms.form(self.kernel, idx), self.forms.form(self.kernel, len));
        self.values(&idx).is_some_and(|x| x.lo >= 0)
            && len.sub(&idx).and_then(|room| self.values(&room)).is_some_and(|room| room.lo > 0)
    }

    /// The same operation where the result is one of its type.
    fn unchecked(&self, inst: &Inst) -> Option<Inst> {
        use Inst::*;
        let form = |r: Reg| self.forms.form(self.kernel, r);
        let (dtype, value, unchecked) = match *inst {
            AddI32 { dst, a, b } => (DType::I32, form(a).add(&form(b))?, AddI { dst, a, b }),
            AddU32 { dst, a, b } => (DType::U32, form(a).add(&form(b))?, AddI { dst, a, b }),
            AddI64 { dst, a, b } => (DType::I64, form(a).add(&form(b))?, AddI { dst, a, b }),
            AddUsize { dst, a, b } => (DType::Usize, form(a).add(&form(b))?, AddI { dst, a, b }),
            SubI32 { dst, a, b } => (DType::I32, form(a).sub(&form(b))?, SubI { dst, a, b }),
            SubU32 { dst, a, b } => (DType::U32, form(a).sub(&form(b))?, SubI { dst, a, b }),
            SubI64 { dst, a, b } => (DType::I64, form(a).sub(&form(b))?, SubI { dst, a, b }),
            SubUsize { dst, a, b } => (DType::Usize, form(a).sub(&form(b))?, SubI { dst, a, b }),
            _ => return None,
        };
        // A negative number that is cast to an unsigned type is another number there, whatever its form says.
        let exact = |r: Reg| {
            self.kernel.regs[r.index()].is_signed() == dtype.is_signed()
                || self.values(&form(r)).is_some_and(|x| x.within(Interval::of(dtype)))
        };
        if !unchecked.reads().all(exact) {
            return None;
        }
        self.values(&value)?.within(Interval::of(dtype)).then_some(unchecked)
    }

    /// Every value that the form has here.
    fn values(&self, form: &Form) -> Option<Interval> {
        self.forms.values_inside(form, &self.counters)
    }
}

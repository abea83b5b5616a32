//! Loops of a few iterations inside of other loops are written out: what other passes leave of the ends of arrays is mostly
//! one element or two, and a loop for them takes longer than they do.

use super::copies::REGISTERS;
use super::flatten::for_each_inst;
use super::forms::Forms;
use super::ir::{Code, Item, Kernel, Loop};
use super::marks::folds;
use super::parts;
use super::ranges::Interval;
use crate::dtype::Literal;

/// At most so many iterations ..
const TRIPS: u64 = 4;

/// .. and instructions in all of them.
const LONG: u64 = 64;

/// Everywhere in the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    let forms = Forms::of(kernel);
    let mut code = std::mem::take(&mut kernel.code);
    list(kernel, &forms, &mut code, false);
    kernel.code = code;
}

fn list(kernel: &mut Kernel, forms: &Forms, code: &mut Code, inside: bool) {
    for item in std::mem::take(code) {
        match item {
            Item::Loop(l) if inside && is_short(kernel, forms, &l) => write_out(kernel, code, &l),
            mut item => {
                match &mut item {
                    Item::Inst(..) => {}
                    Item::Loop(l) => list(kernel, forms, &mut l.body, true),
                    Item::While(w) => {
                        list(kernel, forms, &mut w.head, true);
                        list(kernel, forms, &mut w.body, true);
                    }
                    Item::Branch(b) => {
                        b.arms.iter_mut().for_each(|(arm, _)| list(kernel, forms, arm, inside));
                    }
                }
                code.push(item);
            }
        }
    }
}

/// It runs a known number of times, a small one, and only computes, loads and stores.
fn is_short(kernel: &Kernel, forms: &Forms, l: &Loop) -> bool {
    let Some(trips) = l.max_trips.filter(|&n| n <= TRIPS) else { return false };
    let constant = forms.bounds(l.iv).is_some_and(|(first, end)| {
        first.terms.is_empty() && end.terms.is_empty() && end.constant - first.constant == trips as i64
    });
    let plain = l.body.iter().all(|item| matches!(item, Item::Inst(_, None)));
    let mut length = 0;
    for_each_inst(&mut l.body.clone(), &mut |_| length += 1);
    constant
        && plain
        && l.stride == 1
        && l.guard.is_none()
        && trips * length <= LONG
        && kernel.regs.len() <= REGISTERS
}

fn write_out(kernel: &mut Kernel, code: &mut Code, l: &Loop) {
    let Interval { lo, hi } = kernel.ranges[l.iv.index()];
    for k in lo..=hi {
        let at = Literal::I64(k as i64).cast(kernel.regs[l.iv.index()]);
        let at = folds::constant(kernel, at);
        parts::single(kernel, code, l, at);
    }
}

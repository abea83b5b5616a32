//! Rows of a tape that are written once: a time loop that puts its state on a tape and makes the next state in another
//! array works on the tape itself. The state is row `k`, the next one becomes row `k + 1`, and nothing is copied:
//!
//! ```text
//! for k in 0..n { tape[k] = u; next = step(u); swap(u, next); }
//! tape[0] = u; for k in 0..n { tape[k + 1] = step(tape[k]); } u = tape[n];
//! ```

use super::copies::REGISTERS;
use super::edges::Written;
use super::forms::Forms;
use super::inst::{Buf, Inst, Reg};
use super::invariant::set_by;
use super::ir::{Code, Item, Kernel, Loop, Origin, for_each_code};
use super::liveness::is_dead_behind;
use super::lower::{Address, load_inst, with_dst};
use super::marks::folds;
use super::memory::{filled, insts, reads, touches};
use super::parts;
use super::promote::new_reg;
use super::ranges::{Form, Interval};
use super::relocate::{self, relocate};
use crate::dtype::{DType, Literal};

/// Lists of structs that a loop carries element by element are no states of a simulation: each pair would be looked for in all
/// of the code.
const MOST_SWAPS: usize = 16;

/// Everywhere in the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    let mut code = std::mem::take(&mut kernel.code);
    kernel.code = code.clone();
    let forms = Forms::of(kernel);
    let all = code.clone();
    for_each_code(&mut code, &mut |list| {
        let mut k = 0;
        while k < list.len() {
            let plan = match &list[k] {
                Item::Loop(l) if kernel.regs.len() <= REGISTERS => Plan::of(kernel, &forms, l, &all),
                _ => None,
            };
            if let (Some(plan), Item::Loop(l)) = (plan, &mut list[k]) {
                let (before, after) = plan.apply(kernel, &forms, l);
                let n = before.len();
                list.splice(k + 1..k + 1, after);
                list.splice(k..k, before);
                // What the tape's loop copies besides is another plan.
                k += n;
            } else {
                k += 1;
            }
        }
    });
    kernel.code = code;
}

struct Plan {
    tape: Buf,
    state: Buf,
    next: Buf,
    /// The elements of a state.
    row: usize,
    /// Where the row of an iteration begins.
    offset: Form,
    /// How many iterations there are.
    trips: Form,
    /// What puts the state on the tape.
    store: Inst,
    /// The state behind the loop is read.
    needed: bool,
}

impl Plan {
    fn of(kernel: &Kernel, forms: &Forms, l: &Loop, all: &Code) -> Option<Plan> {
        let swaps: Vec<(Buf, Buf)> = l.body.iter().filter_map(swap).collect();
        if swaps.len() > MOST_SWAPS {
            return None;
        }
        swaps.iter().flat_map(|&(a, b)| [(a, b), (b, a)]).find_map(|(state, next)| {
            let mut plan = Plan::with(kernel, forms, l, state, next)?;
            let here = |item: &Item| matches!(item, Item::Loop(other) if other.iv == l.iv);
            plan.needed = !is_dead_behind(kernel, forms, all, (&here, 0), state);
            // What the other array holds when the loop has run nobody reads.
            let fits = plan.is_all_of_the_state(kernel, forms, l)
                && plan.moves_on(kernel, forms, l)
                && is_dead_behind(kernel, forms, all, (&here, 0), plan.next);
            fits.then_some(plan)
        })
    }

    /// The state is stored to a tape of which the loop knows nothing else, to row `k` in iteration `k`.
    fn with(kernel: &Kernel, forms: &Forms, l: &Loop, state: Buf, next: Buf) -> Option<Plan> {
        let slot = |buf: Buf| &kernel.slots[buf.index()];
        let row = slot(state).count();
        let (first, end) = forms.bounds(l.iv)?;
        let trips = end.sub(first)?;
        if l.stride != 1 || l.max_trips.is_some_and(|n| n < 4) || row == 0 {
            return None;
        }
        // Row 0 for the first iteration, and one after the other, whatever the loop sets besides.
        let set = set_by(l);
        let starts = |offset: &Form| {
            let first = first.scale(row as i64)?;
            let others = offset.sub(&Form::leaf(l.iv).scale(row as i64)?)?;
            let fixed = others.terms.iter().all(|t| t.0 != l.iv && !set.contains(&t.0));
            (fixed && others.add(&first)? == Form::constant(0)).then_some(())
        };
        let mut stores = Vec::new();
        for_each_code(&mut l.body.clone(), &mut |list| {
            for item in list.iter() {
                let Item::Inst(inst, _) = item else { continue };
                let loaded = |val: Reg| {
                    list.iter().find_map(|item| match item {
                        Item::Inst(load, _) if load.is_load() && load.dst() == Some(val) => Some(*load),
                        _ => None,
                    })
                };
                if inst.is_store()
                    && let Some(tape) = inst.bufs()[0].filter(|&tape| tape != state && tape != next)
                    && let Some(load) = inst.reads().next().and_then(loaded)
                    && load.bufs()[0] == Some(state)
                {
                    stores.push((tape, load, *inst));
                }
            }
        });
        let (tape, offset, store) = stores.into_iter().find_map(|(tape, load, store)| {
            let shape = &slot(tape).shape;
            let offset = forms.address(kernel, &store)?.sub(&forms.address(kernel, &load)?)?;
            let mut touched = 0;
            l.body.iter().for_each(|item| {
                insts(item, &mut |inst| touched += usize::from(inst.bufs().contains(&Some(tape))));
            });
            let fits = slot(tape).origin == Origin::Temporary
                && !kernel.returned.contains(&tape)
                && slot(tape).dtype == slot(state).dtype
                && slot(next).shape == slot(state).shape
                && slot(next).dtype == slot(state).dtype
                && shape.len() > 1
                && shape[1..].iter().product::<usize>() == row
                && l.max_trips.is_some_and(|n| n <= shape[0] as u64)
                && starts(&offset).is_some()
                && touched == 1;
            fits.then_some((tape, offset, store))
        })?;
        Some(Plan { tape, state, next, row, offset, trips, store, needed: true })
    }

    /// Every element of the state is stored in every iteration.
    fn is_all_of_the_state(&self, kernel: &Kernel, forms: &Forms, l: &Loop) -> bool {
        fn covers<'l>(
            (plan, kernel, forms): (&Plan, &Kernel, &Forms),
            code: &'l Code,
            nest: &mut Vec<&'l Loop>,
            counter: Reg,
        ) -> bool {
            code.iter().any(|item| match item {
                Item::Inst(inst, _) if *inst == plan.store => {
                    let Some(form) = forms.address(kernel, inst) else { return false };
                    let terms = form.terms.iter().copied().filter(|t| t.0 != counter);
                    let terms = terms.filter(|t| plan.offset.terms.iter().all(|o| o.0 != t.0));
                    forms.elements(kernel, nest, terms) == Some(plan.row as i128)
                }
                Item::Loop(l) if l.guard.is_none() && l.stride == 1 => {
                    nest.push(l);
                    let found = covers((plan, kernel, forms), &l.body, nest, counter);
                    nest.pop();
                    found
                }
                _ => false,
            })
        }
        covers((self, kernel, forms), &l.body, &mut Vec::new(), l.iv)
    }

    /// The state is only read, all of the next one is written before any of it is read, and then they change places.
    fn moves_on(&self, kernel: &Kernel, forms: &Forms, l: &Loop) -> bool {
        let (mut written, mut swapped) = (Written::new(kernel, forms, self.next), false);
        for item in &l.body {
            let known = touches(item, self.state) || touches(item, self.next);
            if let Some(pair) = swap(item) {
                if !known {
                    continue;
                }
                let ours = pair == (self.state, self.next) || pair == (self.next, self.state);
                if swapped || !ours || !written.is_complete() {
                    return false;
                }
                swapped = true;
                continue;
            }
            if swapped && known {
                return false;
            }
            let mut fine = true;
            insts(item, &mut |inst| {
                let plain = relocate::base(inst).is_some();
                fine &= !inst.bufs().contains(&Some(self.state)) || (plain && !inst.is_store());
                fine &= !inst.bufs().contains(&Some(self.next)) || plain;
            });
            if !fine || (reads(item, self.next) && !written.is_complete()) {
                return false;
            }
            written.add(item);
        }
        swapped
    }

    /// Rewrites the loop; gives the code before and after it.
    fn apply(self, kernel: &mut Kernel, forms: &Forms, l: &mut Loop) -> (Code, Code) {
        let Plan { tape, state, next, row, offset, trips, store, needed } = self;
        let rows = kernel.slots[tape.index()].shape[0] as i128;
        // The state behind the last iteration.
        kernel.slots[tape.index()].shape[0] += 1;
        let row = row as i128;
        let length = folds::constant(kernel, Literal::I64(row as i64));
        let address = |kernel: &mut Kernel, range: Interval| {
            let r = new_reg(kernel, DType::I64);
            kernel.ranges[r.index()] = range;
            r
        };
        let this = address(kernel, Interval::new(0, (rows - 1) * row));
        let that = address(kernel, Interval::new(row, rows * row));
        let last = address(kernel, Interval::new(0, rows * row));
        // A loop that did nothing else goes as well.
        let copied = l.body.iter().position(|item| filled(item) == Some(tape));
        for_each_code(&mut l.body, &mut |list| {
            list.retain(|item| !matches!(item, Item::Inst(inst, _) if *inst == store));
        });
        copied.into_iter().for_each(|k| _ = l.body.remove(k));
        l.body.retain(|item| swap(item).is_none_or(|(a, b)| ![a, b].contains(&state)));
        relocate(kernel, &mut l.body, state, tape, this);
        relocate(kernel, &mut l.body, next, tape, that);
        let mut places = Code::new();
        let a = parts::value(kernel, forms, &mut places, &offset);
        places.push(Inst::Mov { dst: this, a }.into());
        places.push(Inst::AddI { dst: that, a: this, b: length }.into());
        l.body.splice(0..0, places);
        let zero = kernel.zero;
        let before = copy(kernel, (state, zero), (tape, zero), row);
        let mut after = Code::new();
        if needed {
            let trips = parts::value(kernel, forms, &mut after, &trips);
            after.push(Inst::MulI { dst: last, a: trips, b: length }.into());
            after.extend(copy(kernel, (tape, last), (state, zero), row));
        }
        (before, after)
    }
}

fn swap(item: &Item) -> Option<(Buf, Buf)> {
    match item {
        Item::Inst(Inst::SwapBuf { a, b }, _) => Some((*a, *b)),
        _ => None,
    }
}

/// A loop that copies so many elements.
fn copy(kernel: &mut Kernel, from: (Buf, Reg), to: (Buf, Reg), count: i128) -> Code {
    let dtype = kernel.slots[to.0.index()].dtype;
    let iv = new_reg(kernel, DType::I64);
    kernel.ranges[iv.index()] = Interval::new(0, count - 1);
    let value = new_reg(kernel, dtype);
    let (idx, off) = (iv, 0);
    let load = with_dst(load_inst(dtype, from.0, Address { base: from.1, idx, off }), value);
    let (val, (buf, base)) = (value, to);
    let store = match dtype.size() {
        8 => Inst::Store8 { val, buf, base, idx, off },
        4 => Inst::Store4 { val, buf, base, idx, off },
        _ => Inst::Store1 { val, buf, base, idx, off },
    };
    let mut number = |x: i128| folds::constant(kernel, Literal::I64(x as i64));
    let (start, end, step) = (number(0), number(count), number(1));
    let l = Loop::counted(iv, [end, step], count as u64, vec![load.into(), store.into()]);
    vec![Inst::Mov { dst: iv, a: start }.into(), Item::Loop(Box::new(l))]
}

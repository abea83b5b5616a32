//! Rows of a tape that are written once: a time loop that puts its state on a tape and makes the next state in another
//! array works on the tape itself. The state is row `k`, the next one becomes row `k + 1`, and nothing is copied:
//!
//! ```text
//! for k in 0..n { tape[k] = u; next = step(u); swap(u, next); }
//! tape[0] = u; for k in 0..n { tape[k + 1] = step(tape[k]); } u = tape[n];
//! ```

use super::copies::REGISTERS;
use super::edges::{Block, accesses, overwritten};
use super::forms::Forms;
use super::inst::{Buf, Inst, Reg};
use super::ir::{Code, Item, Kernel, Loop, Origin, for_each_code};
use super::lower::{Address, load_inst, with_dst};
use super::marks::folds;
use super::memory::{insts, overwrites, reads, touches};
use super::promote::new_reg;
use super::ranges::{Form, Interval};
use super::relocate::{self, relocate};
use crate::dtype::{DType, Literal};

/// Everywhere in the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    let mut code = std::mem::take(&mut kernel.code);
    kernel.code = code.clone();
    let forms = Forms::of(kernel);
    for_each_code(&mut code, &mut |list| {
        let mut k = 0;
        while k < list.len() {
            let plan = match &list[k] {
                Item::Loop(l) if kernel.regs.len() <= REGISTERS => {
                    Plan::of(kernel, &forms, l, &list[k + 1..])
                }
                _ => None,
            };
            if let (Some(plan), Item::Loop(l)) = (plan, &mut list[k]) {
                let (before, after) = plan.apply(kernel, l);
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
    /// What puts the state on the tape.
    store: Inst,
}

impl Plan {
    fn of(kernel: &Kernel, forms: &Forms, l: &Loop, behind: &[Item]) -> Option<Plan> {
        let swaps: Vec<(Buf, Buf)> = l.body.iter().filter_map(swap).collect();
        swaps.iter().flat_map(|&(a, b)| [(a, b), (b, a)]).find_map(|(state, next)| {
            let plan = Plan::with(kernel, forms, l, state, next)?;
            let fits = plan.is_all_of_the_state(kernel, forms, l)
                && plan.moves_on(kernel, forms, l)
                && plan.is_forgotten(kernel, forms, behind);
            fits.then_some(plan)
        })
    }

    /// The state is stored to a tape of which the loop knows nothing else, to row `k` in iteration `k`.
    fn with(kernel: &Kernel, forms: &Forms, l: &Loop, state: Buf, next: Buf) -> Option<Plan> {
        let slot = |buf: Buf| &kernel.slots[buf.index()];
        let row = slot(state).count();
        let zero = forms.bounds(l.iv).is_some_and(|(first, _)| *first == Form::constant(0));
        if l.stride != 1 || !zero || l.max_trips.is_some_and(|n| n < 4) || row == 0 {
            return None;
        }
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
        let (tape, load, store) = stores.into_iter().find(|&(tape, load, store)| {
            let shape = &slot(tape).shape;
            let offset = || forms.address(kernel, &store)?.sub(&forms.address(kernel, &load)?);
            let mut touched = 0;
            l.body.iter().for_each(|item| {
                insts(item, &mut |inst| touched += usize::from(inst.bufs().contains(&Some(tape))));
            });
            slot(tape).origin == Origin::Temporary
                && !kernel.returned.contains(&tape)
                && slot(tape).dtype == slot(state).dtype
                && slot(next).shape == slot(state).shape
                && slot(next).dtype == slot(state).dtype
                && shape.len() > 1
                && shape[1..].iter().product::<usize>() == row
                && forms.range(l.iv).hi < shape[0] as i128
                && offset().is_some_and(|o| o.constant == 0 && o.terms == [(l.iv, row as i64)])
                && touched == 1
        })?;
        let _ = load;
        Some(Plan { tape, state, next, row, store })
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
        let shape = &kernel.slots[self.state.index()].shape;
        let (mut written, mut swapped): (Vec<Block>, bool) = (Vec::new(), false);
        for item in &l.body {
            let known = touches(item, self.state) || touches(item, self.next);
            if let Some(pair) = swap(item) {
                if !known {
                    continue;
                }
                let ours = pair == (self.state, self.next) || pair == (self.next, self.state);
                if swapped || !ours || !self.is_complete(&written) {
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
            if !fine || (reads(item, self.next) && !self.is_complete(&written)) {
                return false;
            }
            if touches(item, self.next) {
                let one = || match item {
                    Item::Inst(inst, _) if inst.is_store() => {
                        accesses(kernel, forms, item, self.next, shape)?.pop().map(|a| a.block)
                    }
                    item => overwritten(kernel, forms, item, self.next, shape),
                };
                let one = match overwrites(kernel, forms, item, self.next) {
                    true => Some(Block::whole(shape)),
                    false => one(),
                };
                // Of boxes that overlap the larger ones count.
                if let Some(one) = one
                    && !written.iter().any(|block| block.contains(&one))
                {
                    written.retain(|block| !one.contains(block));
                    written.push(one);
                }
            }
        }
        swapped
    }

    /// These boxes are all elements of a state.
    fn is_complete(&self, written: &[Block]) -> bool {
        let apart = (0..written.len()).all(|k| written[..k].iter().all(|block| !block.meets(&written[k])));
        apart && written.iter().map(Block::count).sum::<usize>() == self.row
    }

    /// What the other array holds when the loop has run nobody reads.
    fn is_forgotten(&self, kernel: &Kernel, forms: &Forms, behind: &[Item]) -> bool {
        let next = behind.iter().find(|item| touches(item, self.next));
        next.is_some_and(|item| overwrites(kernel, forms, item, self.next))
    }

    /// Rewrites the loop; gives the code before and after it.
    fn apply(self, kernel: &mut Kernel, l: &mut Loop) -> (Code, Code) {
        let Plan { tape, state, next, row, store } = self;
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
        for_each_code(&mut l.body, &mut |list| {
            list.retain(|item| !matches!(item, Item::Inst(inst, _) if *inst == store));
        });
        l.body.retain(|item| swap(item).is_none_or(|(a, b)| ![a, b].contains(&state)) && !is_empty(item));
        relocate(kernel, &mut l.body, state, tape, this);
        relocate(kernel, &mut l.body, next, tape, that);
        let places = [
            Inst::MulI { dst: this, a: l.iv, b: length }.into(),
            Inst::AddI { dst: that, a: this, b: length }.into(),
        ];
        l.body.splice(0..0, places);
        let trips = l.guard.map_or(l.end, |(count, _)| count);
        let zero = kernel.zero;
        let before = copy(kernel, (state, zero), (tape, zero), row);
        let mut after: Code = vec![Inst::MulI { dst: last, a: trips, b: length }.into()];
        after.extend(copy(kernel, (tape, last), (state, zero), row));
        (before, after)
    }
}

fn swap(item: &Item) -> Option<(Buf, Buf)> {
    match item {
        Item::Inst(Inst::SwapBuf { a, b }, _) => Some((*a, *b)),
        _ => None,
    }
}

/// A loop nest that does nothing.
fn is_empty(item: &Item) -> bool {
    let Item::Loop(l) = item else { return false };
    l.moves.is_empty()
        && l.body.iter().all(|item| match item {
            Item::Inst(inst, _) => inst.is_pure() && inst.bufs()[0].is_none_or(|_| inst.is_load()),
            item => is_empty(item),
        })
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

//! Copies that are only read are not made: the reverse pass of a time loop takes a row of its tape and looks at it, which
//! it can do where the row lies.

use super::copies::REGISTERS;
use super::forms::Forms;
use super::inst::{Buf, Inst, Reg, Role};
use super::ir::{Code, Item, Kernel, for_each_code, for_each_reg};
use super::liveness::is_dead_behind;
use super::memory::{covers, filled, insts, overwrites, touches};
use super::parts;
use super::ranges::Form;
use super::relocate::{self, relocate};

/// Everywhere in the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    let forms = Forms::of(kernel);
    let mut code = std::mem::take(&mut kernel.code);
    while kernel.regs.len() <= REGISTERS
        && let Some((copy, read)) = find(kernel, &forms, &code)
    {
        for_each_code(&mut code, &mut |list| {
            let Some(k) = list.iter().position(|item| copy.is(item)) else { return };
            let mut before = Code::new();
            let at = base(kernel, &forms, &mut before, &copy.offset);
            let mut behind = list.split_off(k + 1);
            let rest = behind.split_off(read);
            relocate(kernel, &mut behind, copy.to, copy.from, at);
            list.pop();
            list.extend(before.into_iter().chain(behind).chain(rest));
        });
    }
    kernel.code = code;
}

/// A copy that is only read, and the number of items behind it in which it is.
fn find(kernel: &Kernel, forms: &Forms, code: &Code) -> Option<(Copy, usize)> {
    let mut found = None;
    for_each_code(&mut code.clone(), &mut |list| {
        for k in 0..list.len() {
            if found.is_none()
                && let Some(copy) = Copy::of(kernel, forms, &list[k])
            {
                found = copy.only_read(kernel, forms, code, &list[k + 1..]).map(|read| (copy, read));
            }
        }
    });
    found
}

/// Element `x` of `to` becomes element `x + offset` of `from`, for all of `to`.
struct Copy {
    to: Buf,
    from: Buf,
    offset: Form,
    /// The counter of its loop.
    counter: Reg,
}

impl Copy {
    fn is(&self, item: &Item) -> bool {
        matches!(item, Item::Loop(l) if l.iv == self.counter)
    }

    fn of(kernel: &Kernel, forms: &Forms, item: &Item) -> Option<Copy> {
        let (to, Item::Loop(l)) = (filled(item)?, item) else { return None };
        let (mut loads, mut stores, mut floats) = (Vec::new(), Vec::new(), 0);
        insts(item, &mut |inst| {
            floats += usize::from(inst.dst().is_some_and(|dst| kernel.regs[dst.index()].is_float()));
            if inst.is_store() {
                stores.push(*inst);
            } else if inst.bufs()[0].is_some() {
                loads.push(*inst);
            }
        });
        let ([load], [store]) = (&loads[..], &stores[..]) else { return None };
        let value = store.parts()?.1.regs;
        let from =
            load.bufs()[0].filter(|&from| from != to && value == [load.dst().unwrap_or(kernel.zero)])?;
        let dtype = kernel.slots[to.index()].dtype;
        // Nothing is computed on the way.
        let same = kernel.slots[from.index()].dtype == dtype && floats == usize::from(dtype.is_float());
        let offset = forms.address(kernel, load)?.sub(&forms.address(kernel, store)?)?;
        // It is the same for all iterations.
        let fixed = !sets(std::slice::from_ref(item), &offset);
        let all = same && fixed && plain(load) && covers(kernel, forms, l, &mut Vec::new(), to);
        all.then_some(Copy { to, from, offset, counter: l.iv })
    }

    /// Until something else is written to all of it, it is only read, while the original stays as it is. Gives the number
    /// of items behind the copy in which it is read.
    fn only_read(&self, kernel: &Kernel, forms: &Forms, all: &Code, behind: &[Item]) -> Option<usize> {
        let here = |item: &Item| self.is(item);
        let mut read = None;
        for (k, item) in behind.iter().enumerate() {
            if overwrites(kernel, forms, item, self.to) {
                return read;
            }
            let mut fine = !sets(std::slice::from_ref(item), &self.offset);
            insts(item, &mut |inst| {
                let known = inst.bufs().iter().flatten().any(|buf| [self.to, self.from].contains(buf));
                fine &= !known || plain(inst);
            });
            if !fine {
                return None;
            }
            if touches(item, self.to) {
                read = Some(k + 1);
                if is_dead_behind(kernel, forms, all, (&here, k + 1), self.to) {
                    return read;
                }
            }
        }
        None
    }
}

/// The code sets a register of the form.
fn sets(code: &[Item], form: &Form) -> bool {
    let mut found = false;
    for_each_reg(&mut code.to_vec(), &mut |role, r| {
        found |= role != Role::Read && form.terms.iter().any(|t| t.0 == *r);
    });
    found
}

/// A register that holds the form.
fn base(kernel: &mut Kernel, forms: &Forms, code: &mut Code, form: &Form) -> Reg {
    if form.terms.is_empty() && form.constant == 0 {
        return kernel.zero;
    }
    parts::value(kernel, forms, code, form)
}

/// A load that can be made one of another array.
fn plain(inst: &Inst) -> bool {
    !inst.is_store() && relocate::base(inst).is_some()
}

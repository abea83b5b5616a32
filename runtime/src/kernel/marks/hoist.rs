//! Loads that are the same in every iteration of a loop with independent iterations: whatever the loop stores,
//! it is not that element (or else iterations would depend on each other).

use crate::kernel::forms::Forms;
use crate::kernel::inst::Role;
use crate::kernel::ir::{Code, Item, Kernel, Loop, for_each_reg};
use crate::kernel::ranges::Interval;
use std::collections::BTreeSet;

/// Takes such loads out of a vector loop; gives them, to be put before it.
pub(super) fn invariant_loads(kernel: &Kernel, forms: &Forms, l: &mut Loop) -> Code {
    let mut hoisted = Code::new();
    if !l.mark.vector {
        return hoisted;
    }
    let mut set = BTreeSet::from([l.iv]);
    for_each_reg(&mut l.body, &mut |role, r| {
        if role != Role::Read {
            set.insert(*r);
        }
    });
    let mut stored = BTreeSet::new();
    l.body.retain(|item| {
        let Item::Inst(inst, None) = item else { return true };
        if inst.is_store() {
            stored.extend(inst.bufs());
        }
        // The same iteration may store that element (the only one, if there is one), before the load.
        if !inst.is_load() || stored.contains(&inst.bufs()[0]) || inst.reads().any(|r| set.contains(&r)) {
            return true;
        }
        // The loop may not run at all: the address is to be valid all the same.
        let Some(buf) = inst.bufs()[0] else { return true };
        let last = kernel.slots[buf.index()].count() as i128 - 1;
        let valid = forms
            .address(kernel, inst)
            .is_some_and(|form| forms.interval(&form).within(Interval::new(0, last)));
        if valid {
            hoisted.push(item.clone());
        }
        !valid
    });
    hoisted
}

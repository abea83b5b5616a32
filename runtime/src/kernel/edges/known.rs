//! Loads of what was just filled: a cotangent begins as zeros, and a step backwards that adds to it would load them.

use super::boxes::{Access, Block, accesses, exact, only_store};
use crate::hash::HashMap;
use crate::kernel::copies::rename_reads;
use crate::kernel::flatten::writes;
use crate::kernel::forms::Forms;
use crate::kernel::inst::{Buf, Inst, Reg};
use crate::kernel::ir::{Code, Item, Kernel, for_each_code};
use crate::kernel::memory::{filled, touches};

/// A nest that sets a box of elements to the same constant.
pub(super) struct Fill {
    pub buf: Buf,
    pub block: Block,
    pub value: Reg,
}

impl Fill {
    pub fn of(kernel: &Kernel, forms: &Forms, item: &Item) -> Option<Fill> {
        let buf = filled(item)?;
        let (mut nest, list) = (Vec::new(), std::slice::from_ref(item).to_vec());
        let inst = only_store(&list, &mut nest)?;
        let value = inst.reads().next()?;
        let slot = &kernel.slots[buf.index()];
        let literal = kernel.constant(value)?;
        let block = exact(kernel, forms, &nest, inst, &slot.shape)?;
        (literal.dtype() == slot.dtype).then_some(Fill { buf, block, value })
    }
}

/// Everywhere in the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    let forms = Forms::of(kernel);
    let mut code = std::mem::take(&mut kernel.code);
    let writes = writes(&mut code, kernel.regs.len());
    let mut renamed = HashMap::default();
    for_each_code(&mut code, &mut |list| {
        let mut k = 0;
        while k < list.len() {
            if let Some(fill) = Fill::of(kernel, &forms, &list[k]) {
                for (item, loads) in loads(kernel, &forms, &writes, &fill, &list[k + 1..]) {
                    loads.iter().filter_map(Inst::dst).for_each(|dst| _ = renamed.insert(dst, fill.value));
                    let mut one = vec![std::mem::replace(&mut list[k + 1 + item], Inst::Halt.into())];
                    drop(&mut one, &loads);
                    list.splice(k + 1 + item..k + 2 + item, one);
                }
            }
            k += 1;
        }
    });
    rename_reads(&mut code, &mut kernel.results, &renamed);
    kernel.code = code;
}

/// The loads behind a fill that find what it left, by the item that they stand in, the last one first.
fn loads(
    kernel: &Kernel,
    forms: &Forms,
    writes: &[u32],
    fill: &Fill,
    behind: &[Item],
) -> Vec<(usize, Vec<Inst>)> {
    let slot = &kernel.slots[fill.buf.index()];
    let (mut found, mut stored) = (Vec::new(), Vec::<Block>::new());
    for (k, item) in behind.iter().enumerate() {
        if !touches(item, fill.buf) {
            continue;
        }
        let Some(accesses) = accesses(kernel, forms, item, fill.buf, &slot.shape) else { break };
        let stores: Vec<&Access> = accesses.iter().filter(|a| a.inst.is_store()).collect();
        // The store comes later in the same iteration, and no other iteration stores there.
        let later = |load: &Access, store: &Access| {
            let same = forms.address(kernel, &load.inst) == forms.address(kernel, &store.inst);
            same && store.distinct && load.place.0 == store.place.0 && load.place.1 < store.place.1
        };
        let loads = accesses.iter().filter(|load| {
            let dst = load.inst.dst().filter(|dst| {
                !load.inst.is_store() && kernel.regs[dst.index()] == slot.dtype && writes[dst.index()] == 1
            });
            dst.is_some()
                && fill.block.contains(&load.block)
                && stored.iter().all(|block| !block.meets(&load.block))
                && stores.iter().all(|store| !store.block.meets(&load.block) || later(load, store))
        });
        let loads: Vec<Inst> = loads.map(|load| load.inst).collect();
        if !loads.is_empty() {
            found.push((k, loads));
        }
        stored.extend(stores.into_iter().map(|store| store.block.clone()));
    }
    found.reverse();
    found
}

fn drop(code: &mut Code, loads: &[Inst]) {
    for_each_code(code, &mut |list| {
        list.retain(|item| !matches!(item, Item::Inst(inst, _) if loads.contains(inst)));
    });
}

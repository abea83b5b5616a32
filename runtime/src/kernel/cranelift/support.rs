//! What this engine takes: every kernel but those with instructions that only the machine has.

use super::super::inst::Inst;
use super::super::ir::{Code, Item, Kernel};

pub(super) fn takes(kernel: &Kernel) -> bool {
    code(&kernel.code)
}

fn code(list: &Code) -> bool {
    list.iter().all(|item| match item {
        Item::Inst(i, _) => inst(i),
        Item::Loop(l) => l.stride != 0 && code(&l.body),
        Item::While(w) => code(&w.head) && code(&w.body),
        Item::Branch(b) => b.arms.iter().all(|(arm, _)| code(arm)),
    })
}

/// Jumps and fused instructions are made by the machine, for itself.
fn inst(inst: &Inst) -> bool {
    use Inst::*;
    let mut copy = *inst;
    copy.target().is_none()
        && !matches!(
            inst,
            JumpTable { .. }
                | Halt
                | AddTo8 { .. }
                | AddLoad8 { .. }
                | SubLoad8 { .. }
                | MulLoad8 { .. }
                | RsubLoad8 { .. }
                | MulAddF64 { .. }
                | MulSubF64 { .. }
                | RsubMulF64 { .. }
        )
}

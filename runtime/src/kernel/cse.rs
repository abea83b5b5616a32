//! Equal computations on every path to each other are made once, and an equal check is made once; then what nobody
//! reads is dropped.
//!
//! Everything is numbered: each register and each slot gets a new number wherever it may change, so that equal
//! instructions with operands of equal numbers give the same value. What a list computes is known in the lists
//! inside it and behind it, not outside.

use super::flatten::writes;
use super::inst::{Inst, Reg, Role};
use super::ir::{Code, Item, Kernel, for_each_code, for_each_reg};
use super::passes;
use std::collections::HashMap;

/// Joins equal computations everywhere in the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    let mut code = std::mem::take(&mut kernel.code);
    let mut joiner = Joiner {
        writes: writes(&mut code, kernel.regs.len()),
        regs: vec![0; kernel.regs.len()],
        slots: vec![0; kernel.slots.len()],
        last: 0,
        made: HashMap::new(),
        renamed: HashMap::new(),
        kernel,
    };
    joiner.list(&mut code);
    let renamed = joiner.renamed;
    for_each_reg(&mut code, &mut |role, r| {
        if role == Role::Read {
            *r = renamed.get(r).copied().unwrap_or(*r);
        }
    });
    kernel.results.iter_mut().for_each(|r| *r = renamed.get(r).copied().unwrap_or(*r));
    kernel.code = code;
}

/// Drops what only computes and loads values that nobody reads; checks stay.
pub(super) fn drop_dead(kernel: &mut Kernel) {
    let mut code = std::mem::take(&mut kernel.code);
    passes::drop_dead(&mut code, kernel.regs.len(), &kernel.results);
    kernel.code = code;
}

/// An instruction without its result, with the numbers of what it reads.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    inst: Inst,
    regs: [u32; 5],
    slot: u32,
}

struct Joiner<'k> {
    kernel: &'k Kernel,
    writes: Vec<u32>,
    /// The numbers now.
    regs: Vec<u32>,
    slots: Vec<u32>,
    last: u32,
    /// Where a value is; checks have none.
    made: HashMap<Key, Option<Reg>>,
    /// Registers that another one stands for.
    renamed: HashMap<Reg, Reg>,
}

impl Joiner<'_> {
    fn list(&mut self, code: &mut Code) {
        let outside = std::mem::take(&mut self.made);
        // What is known here and outside: looked up from the inside out.
        let mut scopes = vec![outside];
        self.inside(code, &mut scopes);
        self.made = scopes.swap_remove(0);
    }

    fn inside(&mut self, code: &mut Code, scopes: &mut Vec<HashMap<Key, Option<Reg>>>) {
        scopes.push(HashMap::new());
        code.retain_mut(|item| match item {
            Item::Inst(inst, _) => self.inst(inst, scopes),
            Item::Loop(l) => {
                self.change(std::slice::from_ref(&Item::Loop(l.clone())));
                self.inside(&mut l.body, scopes);
                true
            }
            Item::While(w) => {
                self.change(std::slice::from_ref(&Item::While(w.clone())));
                self.inside(&mut w.head, scopes);
                self.inside(&mut w.body, scopes);
                true
            }
            Item::Branch(b) => {
                b.arms.iter_mut().for_each(|(arm, _)| self.inside(arm, scopes));
                for (_, moves) in &b.arms {
                    moves.iter().for_each(|m| self.renumber(m.0));
                }
                true
            }
        });
        scopes.pop();
    }
}

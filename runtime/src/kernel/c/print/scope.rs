//! Where each register is declared: in the innermost block that has all its uses.

use crate::kernel::inst::{Reg, Role};
use crate::kernel::ir::{Code, Item, Kernel, Loop, Selector};
use std::collections::{HashMap, HashSet};

/// A block: the address of the list of code that it is made of, 0 for the function's own.
pub(super) type Block = usize;

/// The block that a list of code becomes.
pub(super) fn block_of(code: &Code) -> Block {
    std::ptr::from_ref(code) as usize
}

/// Where the registers of a function are declared.
#[derive(Default)]
pub(super) struct Scopes {
    /// Those declared at the start of a block.
    at_start: HashMap<Block, Vec<Reg>>,
    /// Those declared where they are set first, in that block, which is the only place if `true`.
    at_set: HashMap<Reg, (Block, bool)>,
}

impl Scopes {
    /// Of a function made of these items. What is in `known` is declared already.
    pub fn of(kernel: &Kernel, items: &[Item], known: &HashSet<Reg>) -> Scopes {
        let mut uses = Uses { kernel, path: vec![0], found: HashMap::new() };
        uses.items(items);
        uses.scopes(known)
    }

    /// Of a function that runs iterations of this loop.
    pub fn of_loop(kernel: &Kernel, l: &Loop, known: &HashSet<Reg>) -> Scopes {
        let mut uses = Uses { kernel, path: vec![0], found: HashMap::new() };
        uses.counted(l);
        uses.scopes(known)
    }

    /// What to declare at the start of a block.
    pub fn at_start(&self, block: Block) -> &[Reg] {
        self.at_start.get(&block).map_or(&[], Vec::as_slice)
    }

    /// The register is declared by the instruction that sets it, in that block, and never set again if `true`.
    pub fn at_set(&self, r: Reg) -> Option<(Block, bool)> {
        self.at_set.get(&r).copied()
    }
}

struct Use {
    /// The blocks around all uses, outermost first.
    path: Vec<Block>,
    /// The block of its first use, where that is an instruction that sets it.
    first_set: Option<Block>,
    sets: usize,
}

struct Uses<'k> {
    kernel: &'k Kernel,
    path: Vec<Block>,
    found: HashMap<Reg, Use>,
}

impl Uses<'_> {
    fn scopes(self, known: &HashSet<Reg>) -> Scopes {
        let mut scopes = Scopes::default();
        let mut found: Vec<_> = self.found.into_iter().filter(|(r, _)| !known.contains(r)).collect();
        found.sort_unstable_by_key(|f| f.0);
        for (r, use_) in found {
            let block = use_.path.last().copied().unwrap_or(0);
            if use_.first_set == Some(block) {
                scopes.at_set.insert(r, (block, use_.sets == 1));
            } else {
                scopes.at_start.entry(block).or_default().push(r);
            }
        }
        scopes
    }

    fn touch(&mut self, r: Reg, sets: bool) {
        if self.kernel.constant(r).is_some() {
            return;
        }
        let block = self.path.last().copied();
        let use_ = self.found.entry(r).or_insert_with(|| Use {
            path: self.path.clone(),
            first_set: block.filter(|_| sets),
            sets: 0,
        });
        use_.sets += usize::from(sets);
        let common = use_.path.iter().zip(&self.path).take_while(|(a, b)| a == b).count();
        use_.path.truncate(common);
    }

    fn read(&mut self, r: Reg) {
        self.touch(r, false);
    }

    /// A variable that outlives the block where it is set.
    fn carried(&mut self, r: Reg) {
        self.touch(r, false);
        self.touch(r, true);
    }

    fn inside(&mut self, code: &Code, f: impl FnOnce(&mut Self)) {
        self.path.push(block_of(code));
        f(self);
        self.path.pop();
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Inst(inst, _) => {
                    let mut copy = *inst;
                    copy.for_each_reg(|role, r| match role {
                        Role::Read => self.read(*r),
                        Role::Write => self.touch(*r, true),
                        Role::Update => self.carried(*r),
                    });
                }
                Item::Loop(l) => self.counted(l),
                Item::While(w) => {
                    w.moves.iter().for_each(|m| self.carried(m.0));
                    self.inside(&w.head, |this| {
                        this.items(&w.head);
                        this.read(w.cond);
                        this.inside(&w.body, |this| {
                            this.items(&w.body);
                            this.moves(&w.moves);
                        });
                    });
                }
                Item::Branch(b) => {
                    let (Selector::Bool(r) | Selector::Index { idx: r, .. }) = b.selector;
                    self.read(r);
                    for (code, moves) in &b.arms {
                        moves.iter().for_each(|m| self.carried(m.0));
                        self.inside(code, |this| {
                            this.items(code);
                            this.moves(moves);
                        });
                    }
                }
            }
        }
    }

    fn counted(&mut self, l: &Loop) {
        self.carried(l.iv);
        self.read(l.end);
        if let Some((count, _)) = l.guard {
            self.read(count);
        }
        l.moves.iter().for_each(|m| self.carried(m.0));
        l.mark.folds.iter().for_each(|f| self.carried(f.carry));
        self.inside(&l.body, |this| {
            this.items(&l.body);
            this.moves(&l.moves);
            l.mark.folds.iter().for_each(|f| this.read(f.value));
        });
    }

    fn moves(&mut self, moves: &[(Reg, Reg)]) {
        moves.iter().for_each(|m| self.read(m.1));
    }
}

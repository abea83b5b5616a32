//! Sums and products over iterations, in registers or in an element, that a compiler is kept from making vectors of
//! (`ORDERED` and `IN_ORDER` in the prelude).

use crate::kernel::inst::{Buf, Inst, Reg};
use crate::kernel::ir::{Item, Loop, While};
use std::collections::{BTreeMap, BTreeSet};

/// An iteration of a loop: its code, and what the next one finds changed.
pub(super) struct Iteration<'k> {
    code: Vec<&'k [Item]>,
    index: Option<Reg>,
    pub moves: &'k [(Reg, Reg)],
    /// No other iteration finds what it leaves in memory.
    independent: bool,
}

impl<'k> Iteration<'k> {
    pub fn of(l: &'k Loop) -> Self {
        let independent = l.mark.vector || l.mark.simt || l.mark.parallel.is_some();
        Self { code: vec![&l.body], index: Some(l.iv), moves: &l.moves, independent }
    }

    pub fn of_while(w: &'k While) -> Self {
        Self { code: vec![&w.head, &w.body], index: None, moves: &w.moves, independent: false }
    }

    /// Carries whose next value is the one before with terms or factors taken in, one behind the other: here, by loops
    /// and branches inside, and through copies.
    ///
    /// One term is enough where it is that of an inner loop, which GCC writes out first.
    pub fn chains(&self) -> Vec<Reg> {
        let mut moves = self.moves.iter().filter(|m| m.0 != m.1).peekable();
        if moves.peek().is_none() {
            return Vec::new();
        }
        let terms = self.found(Flow::of_terms());
        // What is read is what GCC forgets the order of.
        if terms.loads.is_empty() {
            return Vec::new();
        }
        moves.filter(|&&(carry, next)| terms.reach(next, carry)).map(|m| m.0).collect()
    }

    /// An element of floats that is the same one in every iteration is read and written: a compiler keeps it in a
    /// register.
    pub fn updates_an_element(&self, is_float: impl Fn(Buf) -> bool) -> bool {
        if self.independent {
            return false;
        }
        let flow = self.found(Flow::default());
        let of_floats = |buf: Buf| is_float(buf) && flow.loads.contains(&buf);
        let mut stores = flow.stores.iter().filter(|store| of_floats(store.0)).peekable();
        if stores.peek().is_none() {
            return false;
        }
        let changed = flow.made_of(self.index.into_iter().chain(self.moves.iter().map(|m| m.0)));
        stores.any(|(_, address)| !address.iter().any(|r| changed.contains(r)))
    }

    /// Values that one carry is taken into after another one, because it is known later ([`late`](crate::kernel::late)): a
    /// compiler that sees both would take them in at once.
    pub fn takes_in_later(&self) -> Vec<Reg> {
        let carries = |r: Reg| self.moves.iter().any(|m| m.0 == r);
        let mut first = BTreeSet::new();
        let mut found = Vec::new();
        for item in self.code.iter().copied().flatten() {
            if let Item::Inst(Inst::XorI { dst, a, b }, _) = *item {
                if first.contains(&a) && carries(b) {
                    found.push(a);
                }
                if carries(a) {
                    first.insert(dst);
                }
            }
        }
        found
    }

    fn found(&self, mut flow: Flow) -> Flow {
        self.code.iter().for_each(|code| flow.code(code));
        flow
    }
}

/// What each register is made of, wherever it is set.
#[derive(Default)]
struct Flow {
    /// Only sums, products and choices of them count.
    terms: bool,
    sources: BTreeMap<Reg, Vec<Reg>>,
    /// Each with the registers that its address is made of.
    stores: Vec<(Buf, [Reg; 2])>,
    loads: BTreeSet<Buf>,
}

impl Flow {
    fn of_terms() -> Self {
        Self { terms: true, ..Self::default() }
    }

    fn code(&mut self, code: &[Item]) {
        for item in code {
            match item {
                Item::Inst(inst, _) => self.inst(inst),
                Item::Loop(l) => {
                    self.code(&l.body);
                    self.moves(&l.moves);
                    l.mark.folds.iter().for_each(|fold| self.moves(&[(fold.carry, fold.value)]));
                }
                Item::While(w) => {
                    self.code(&w.head);
                    self.code(&w.body);
                    self.moves(&w.moves);
                }
                Item::Branch(b) => b.arms.iter().for_each(|(arm, moves)| {
                    self.code(arm);
                    self.moves(moves);
                }),
            }
        }
    }

    fn inst(&mut self, inst: &Inst) {
        match *inst {
            Inst::Store8 { buf, base, idx, .. } | Inst::Store4 { buf, base, idx, .. } => {
                self.stores.push((buf, [base, idx]));
            }
            _ if inst.is_load() => self.loads.extend(inst.bufs().into_iter().flatten()),
            _ => {}
        }
        if let Some(dst) = inst.dst()
            && (!self.terms || is_term(inst))
        {
            self.sources.entry(dst).or_default().extend(inst.reads());
        }
    }

    fn moves(&mut self, moves: &[(Reg, Reg)]) {
        moves.iter().for_each(|&(to, from)| self.sources.entry(to).or_default().push(from));
    }

    /// One register is made of the other, or is it.
    fn reach(&self, from: Reg, to: Reg) -> bool {
        let (mut todo, mut seen) = (vec![from], BTreeSet::new());
        while let Some(r) = todo.pop() {
            if r == to {
                return true;
            }
            if seen.insert(r) {
                todo.extend(self.sources.get(&r).into_iter().flatten());
            }
        }
        false
    }

    /// The registers, and all that are made of them.
    fn made_of(&self, registers: impl Iterator<Item = Reg>) -> BTreeSet<Reg> {
        let mut made: BTreeSet<Reg> = registers.collect();
        loop {
            let before = made.len();
            for (&r, sources) in &self.sources {
                if sources.iter().any(|source| made.contains(source)) {
                    made.insert(r);
                }
            }
            if made.len() == before {
                return made;
            }
        }
    }
}

fn is_term(inst: &Inst) -> bool {
    use Inst::*;
    matches!(
        inst,
        AddF64 { .. }
            | SubF64 { .. }
            | MulF64 { .. }
            | FmaF64 { .. }
            | AddF32 { .. }
            | SubF32 { .. }
            | MulF32 { .. }
            | FmaF32 { .. }
            | Select { .. }
            | Mov { .. }
    )
}

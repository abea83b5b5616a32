//! Vector loops in tiles: what an engine emits for a loop whose iterations can run at once.
//!
//! A tile is a run of at most [`BLOCK`](super::math::reduce::BLOCK) iterations. The body is cut into steps,
//! each of which runs for a whole tile before the next one starts: checks first (a tile in which one fails is
//! left to the plain loop, which reports the right iteration), then stretches of plain instructions, with
//! calls of the vector mathematics between them. Values that one step hands to another, and those that a fold
//! takes in, are kept in buffers with one element per iteration.

use super::inst::{Inst, Reg};
use super::ir::{Call, Item, Kernel, Loop};
use super::library::Function;
use crate::dtype::{DType, Literal};
use crate::hash::HashMap;
use std::collections::BTreeSet;

/// The body of a vector loop, cut into steps.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tiled {
    pub steps: Vec<Step>,
    /// Registers that have a buffer: `F64` or `F32`, or an integer in 64 bits.
    pub buffers: Vec<Reg>,
}

/// What runs for a whole tile.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// Only evaluates; the tile fails when any of the checks fails in any iteration. A checked operation
    /// counts as a check, and its result is that of the wrapping one.
    Check { insts: Vec<Inst> },
    /// Runs instructions. `reads` are taken from buffers before them, `writes` are put into buffers after
    /// them. None of the instructions fails.
    Compute { reads: Vec<Reg>, insts: Vec<Inst>, writes: Vec<Reg> },
    /// Calls a tile function on buffers.
    Call { function: Function, dst: Reg, args: Vec<Reg> },
}

impl Tiled {
    /// The instructions, where the whole body is one stretch that needs no buffer: such a loop needs no tiles.
    pub fn plain(&self) -> Option<&[Inst]> {
        match &self.steps[..] {
            [Step::Compute { insts, .. }] if self.buffers.is_empty() => Some(insts),
            _ => None,
        }
    }
}

/// The call of the vector mathematics that an instruction is, with its arguments.
pub(super) fn tile_call(kernel: &Kernel, inst: &Inst) -> Option<(Function, Reg, Vec<Reg>)> {
    let (call, dst, args) = match *inst {
        Inst::Math { dst, a, op } => (Call::Unary(op, DType::F64), dst, vec![a]),
        Inst::Math2 { dst, a, b, op } => {
            (Call::Binary(op, DType::F64, kernel.regs[b.index()]), dst, vec![a, b])
        }
        Inst::CallPure { dst, a, b, id } => match kernel.calls[id as usize] {
            call @ Call::Unary(..) => (call, dst, vec![a]),
            call @ Call::Binary(..) => (call, dst, vec![a, b]),
        },
        _ => return None,
    };
    Some((Function::tile_of(call)?, dst, args))
}

/// The instruction without its check, where it is one that fails and that a tile can test.
fn unchecked(inst: Inst) -> Option<Option<Inst>> {
    use Inst::*;
    Some(match inst {
        CheckIndex { .. } | Check { .. } => None,
        AddI32 { dst, a, b } | AddU32 { dst, a, b } | AddI64 { dst, a, b } | AddUsize { dst, a, b } => {
            Some(AddI { dst, a, b })
        }
        SubI32 { dst, a, b } | SubU32 { dst, a, b } | SubI64 { dst, a, b } | SubUsize { dst, a, b } => {
            Some(SubI { dst, a, b })
        }
        MulI32 { dst, a, b } | MulU32 { dst, a, b } | MulI64 { dst, a, b } | MulUsize { dst, a, b } => {
            Some(MulI { dst, a, b })
        }
        _ => return None,
    })
}

/// Cuts the body of a vector loop; `None` where a check depends on memory that another check guards, or the
/// body has an instruction that tiles do not test.
pub(super) fn tiles(kernel: &Kernel, l: &Loop) -> Option<Tiled> {
    let folded: Vec<Reg> = l.mark.folds.iter().map(|f| f.value).collect();
    tiles_with(kernel, l, &folded)
}

/// The same, with buffers of these registers too.
pub(super) fn tiles_with(kernel: &Kernel, l: &Loop, kept: &[Reg]) -> Option<Tiled> {
    let mut insts = Vec::new();
    for item in &l.body {
        match item {
            Item::Inst(inst, _) => insts.push(*inst),
            _ => return None,
        }
    }
    let mut steps = Vec::new();
    if let Some(checks) = checks(&insts)? {
        steps.push(Step::Check { insts: checks });
    }
    let insts: Vec<Inst> = insts
        .into_iter()
        .filter_map(|inst| if inst.may_fail() { unchecked(inst).flatten() } else { Some(inst) })
        .collect();
    let mut cutter = Cutter { kernel, insts: &insts, definition: HashMap::default(), levels: Vec::new() };
    cutter.levels();
    let tiled = cutter.cut(steps, kept);
    Some(tiled)
}

/// The instructions that the checks need, in order; `Some(None)` when nothing fails.
fn checks(insts: &[Inst]) -> Option<Option<Vec<Inst>>> {
    if !insts.iter().any(Inst::may_fail) {
        return Some(None);
    }
    let mut needed: BTreeSet<Reg> = BTreeSet::new();
    let mut slice = Vec::new();
    for inst in insts.iter().rev() {
        if inst.may_fail() {
            unchecked(*inst)?;
        } else if !inst.dst().is_some_and(|dst| needed.contains(&dst)) {
            continue;
        }
        needed.extend(inst.reads());
        slice.push(*inst);
    }
    slice.reverse();
    // A load behind a check may rely on it.
    let first = slice.iter().position(Inst::may_fail)?;
    if slice[first..].iter().any(Inst::is_load) {
        return None;
    }
    Some(Some(slice))
}

/// By how much the result of an instruction grows from one iteration to the next, where that is a number: 0 for what is
/// the same in all. `of` says it of the operands.
pub(super) fn growth(kernel: &Kernel, of: &dyn Fn(Reg) -> Option<i64>, inst: &Inst) -> Option<i64> {
    let number = |r: Reg| kernel.constant(r).and_then(Literal::as_i128).and_then(|n| n.try_into().ok());
    match *inst {
        Inst::AddI { a, b, .. } => of(a)?.checked_add(of(b)?),
        Inst::SubI { a, b, .. } => of(a)?.checked_sub(of(b)?),
        Inst::MulI { a, b, .. } => match (of(a)?, of(b)?) {
            (0, 0) => Some(0),
            (c, 0) => number(b).and_then(|n: i64| c.checked_mul(n)),
            (0, c) => number(a).and_then(|n: i64| c.checked_mul(n)),
            _ => None,
        },
        Inst::Mov { a, .. } => of(a),
        _ => inst.reads().all(|r| of(r) == Some(0)).then_some(0),
    }
}

struct Cutter<'a> {
    kernel: &'a Kernel,
    insts: &'a [Inst],
    /// Where a register of the body is set.
    definition: HashMap<Reg, usize>,
    /// The stretch of each instruction; calls stand between theirs and the next.
    levels: Vec<usize>,
}

impl Cutter<'_> {
    /// The level of an instruction is the number of calls in a row before it. Accesses to an array that the
    /// body writes keep their order.
    fn levels(&mut self) {
        let stored: BTreeSet<_> =
            self.insts.iter().filter(|i| i.is_store()).flat_map(|i| i.bufs().into_iter().flatten()).collect();
        let mut available: HashMap<Reg, usize> = HashMap::default();
        let mut touched = HashMap::default();
        for (k, inst) in self.insts.iter().enumerate() {
            let mut level = inst.reads().filter_map(|r| available.get(&r).copied()).max().unwrap_or(0);
            for buf in inst.bufs().into_iter().flatten().filter(|b| stored.contains(b)) {
                let last = touched.entry(buf).or_insert(0);
                level = level.max(*last);
                *last = level;
            }
            self.levels.push(level);
            if let Some(dst) = inst.dst() {
                self.definition.insert(dst, k);
                let after = usize::from(tile_call(self.kernel, inst).is_some());
                available.insert(dst, level + after);
            }
        }
    }

    /// An integer that is made of the index and of values from outside costs nothing to make again.
    fn cheap(&self, r: Reg) -> bool {
        let Some(&k) = self.definition.get(&r) else { return true };
        let inst = &self.insts[k];
        !self.kernel.regs[r.index()].is_float()
            && inst.is_pure()
            && !inst.is_load()
            && !matches!(inst, Inst::Math { .. } | Inst::Math2 { .. } | Inst::CallPure { .. })
            && inst.reads().all(|r| self.kernel.regs[r.index()] != DType::F32)
            && inst.reads().all(|r| !self.kernel.regs[r.index()].is_float() && self.cheap(r))
    }

    /// Adds what makes a cheap register to `into`.
    fn remake(&self, r: Reg, into: &mut BTreeSet<usize>) {
        if let Some(&k) = self.definition.get(&r)
            && into.insert(k)
        {
            self.insts[k].reads().for_each(|r| self.remake(r, into));
        }
    }

    fn cut(&self, mut steps: Vec<Step>, folded: &[Reg]) -> Tiled {
        let last = self.levels.iter().copied().max().unwrap_or(0);
        let is_call = |k: usize| tile_call(self.kernel, &self.insts[k]);
        // Who needs a buffer: arguments and results of calls, folded values, and what a later stretch reads.
        let mut buffered: BTreeSet<Reg> = folded.iter().copied().collect();
        for (k, inst) in self.insts.iter().enumerate() {
            if let Some((_, dst, args)) = is_call(k) {
                buffered.insert(dst);
                buffered.extend(args);
                continue;
            }
            for r in inst.reads() {
                let earlier = self.definition.get(&r).is_some_and(|&d| self.levels[d] < self.levels[k]);
                if earlier && !self.cheap(r) {
                    buffered.insert(r);
                }
            }
        }
        for level in 0..=last {
            let own = |k: usize| self.levels[k] == level && is_call(k).is_none();
            let mut members: BTreeSet<usize> = (0..self.insts.len()).filter(|&k| own(k)).collect();
            let mut reads: BTreeSet<Reg> = BTreeSet::new();
            for k in members.clone() {
                for r in self.insts[k].reads() {
                    match self.definition.get(&r) {
                        Some(&d) if !own(d) && self.cheap(r) => self.remake(r, &mut members),
                        Some(&d) if !own(d) => {
                            reads.insert(r);
                        }
                        _ => {}
                    }
                }
            }
            // Buffers of values from outside the loop, or of its index, are filled at the start.
            let outside = |r: &Reg| level == 0 && !self.definition.contains_key(r);
            let made = |r: &Reg| self.definition.get(r).is_some_and(|&d| own(d));
            let writes: Vec<Reg> = buffered.iter().copied().filter(|r| made(r) || outside(r)).collect();
            if !members.is_empty() || !writes.is_empty() {
                let insts = members.iter().map(|&k| self.insts[k]).collect();
                steps.push(Step::Compute { reads: reads.into_iter().collect(), insts, writes });
            }
            for k in (0..self.insts.len()).filter(|&k| self.levels[k] == level) {
                if let Some((function, dst, args)) = is_call(k) {
                    steps.push(Step::Call { function, dst, args });
                }
            }
        }
        Tiled { steps, buffers: buffered.into_iter().collect() }
    }
}

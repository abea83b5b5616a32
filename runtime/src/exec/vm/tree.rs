//! The program between lowering and bytecode: instructions in nested loops and branches.

use super::bytecode::{Inst, Reg, Role};
use super::strip::StripPlan;
use crate::dtype::DType;
use crate::graph::SiteId;
use crate::op::{BinaryOp, UnaryOp};
use std::sync::Arc;

/// An index into the table of traps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct TrapId(pub u32);

/// What to report when an instruction fails. Operands are read from the instruction's registers.
#[derive(Clone, Debug)]
pub(super) struct Trap {
    pub site: SiteId,
    pub kind: TrapKind,
}

#[derive(Clone, Debug)]
pub(super) enum TrapKind {
    /// `CheckIndex`: an index, or the first of `window` indices, along an axis.
    Index { name: Option<Arc<str>>, axis: usize, len: usize, window: usize, dtype: DType },
    /// Arithmetic, reported by `op::scalar`.
    Binary { op: BinaryOp, dtype: DType },
    /// A scalar op called through the table.
    Call,
    /// `Check`
    Check { message: Arc<str> },
    /// `CheckLoop`
    Loop { dtype: DType, step: i64 },
}

/// A scalar op that has no instruction of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Call {
    Unary(UnaryOp, DType),
    /// The dtypes of both operands.
    Binary(BinaryOp, DType, DType),
}

/// A list of instructions and structures.
pub(super) type Code = Vec<Item>;

#[derive(Clone, Debug)]
pub(super) enum Item {
    Inst(Inst, Option<TrapId>),
    Loop(Box<Loop>),
    While(Box<While>),
    Branch(Box<Branch>),
}

impl From<Inst> for Item {
    fn from(inst: Inst) -> Item {
        Item::Inst(inst, None)
    }
}

/// A counted loop; `iv` and `end` are set before it.
#[derive(Clone, Debug)]
pub(super) struct Loop {
    pub iv: Reg,
    pub end: Reg,
    pub step: Reg,
    /// The stride as a number.
    pub stride: i64,
    /// The trip count and its type, where it can be zero.
    pub guard: Option<(Reg, DType)>,
    /// How often it runs at most, where that is known.
    pub max_trips: Option<u64>,
    pub body: Code,
    /// Scalars carried to the next iteration: `(carry, new value)`, all at once.
    pub moves: Vec<(Reg, Reg)>,
    /// The same loop in strips, which runs first.
    pub strip: Option<Box<StripPlan>>,
}

#[derive(Clone, Debug)]
pub(super) struct While {
    /// Computes `cond`.
    pub head: Code,
    pub cond: Reg,
    pub body: Code,
    pub moves: Vec<(Reg, Reg)>,
}

#[derive(Clone, Debug)]
pub(super) struct Branch {
    pub selector: Selector,
    /// Each with its scalar results: `(result, value)`, all at once.
    pub arms: Vec<(Code, Vec<(Reg, Reg)>)>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Selector {
    /// Two arms: true, false.
    Bool(Reg),
    /// The arm's number, clamped.
    Index { idx: Reg, signed: bool },
}

/// A slot of the buffer table.
#[derive(Clone, Debug)]
pub(super) struct SlotInfo {
    pub dtype: DType,
    pub shape: Vec<usize>,
    pub origin: Origin,
}

impl SlotInfo {
    pub fn count(&self) -> usize {
        self.shape.iter().product()
    }
}

impl SlotInfo {
    /// The machine may write to it.
    pub fn writable(&self) -> bool {
        !matches!(self.origin, Origin::Input { taken: false, .. })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// An argument; `owned` when the machine may overwrite it, `taken` when it does.
    Input { owned: bool, taken: bool },
    /// Allocated for the run.
    Temporary,
}

/// Moves that happen at once, as a sequence of `Mov`s; `scratch` breaks cycles.
pub(super) fn parallel_moves(moves: &[(Reg, Reg)], mut scratch: impl FnMut() -> Reg) -> Vec<Inst> {
    let mut todo: Vec<(Reg, Reg)> = moves.iter().copied().filter(|(d, s)| d != s).collect();
    let mut out = Vec::new();
    while !todo.is_empty() {
        // A destination that nobody else reads can be written now.
        let ready = todo.iter().position(|&(d, _)| todo.iter().all(|&(_, s)| s != d));
        match ready {
            Some(k) => {
                let (dst, a) = todo.swap_remove(k);
                out.push(Inst::Mov { dst, a });
            }
            None => {
                // Only cycles are left: save one source.
                let source = todo[0].1;
                let saved = scratch();
                out.push(Inst::Mov { dst: saved, a: source });
                for (_, s) in &mut todo {
                    if *s == source {
                        *s = saved;
                    }
                }
            }
        }
    }
    out
}

/// Calls `f` for every register in the code; in an instruction, reads come before the write.
pub(super) fn for_each_reg(code: &mut [Item], f: &mut dyn FnMut(Role, &mut Reg)) {
    fn moves(moves: &mut [(Reg, Reg)], f: &mut dyn FnMut(Role, &mut Reg)) {
        moves.iter_mut().for_each(|(_, s)| f(Role::Read, s));
        moves.iter_mut().for_each(|(d, _)| f(Role::Write, d));
    }
    for item in code {
        match item {
            Item::Inst(inst, _) => inst.for_each_reg(&mut *f),
            Item::Loop(l) => {
                f(Role::Read, &mut l.end);
                f(Role::Read, &mut l.step);
                if let Some((count, _)) = &mut l.guard {
                    f(Role::Read, count);
                }
                if let Some(plan) = &mut l.strip {
                    plan.for_each_reg(f);
                }
                for_each_reg(&mut l.body, f);
                moves(&mut l.moves, f);
                f(Role::Update, &mut l.iv);
            }
            Item::While(w) => {
                for_each_reg(&mut w.head, f);
                f(Role::Read, &mut w.cond);
                for_each_reg(&mut w.body, f);
                moves(&mut w.moves, f);
            }
            Item::Branch(b) => {
                match &mut b.selector {
                    Selector::Bool(r) | Selector::Index { idx: r, .. } => f(Role::Read, r),
                }
                for (code, m) in &mut b.arms {
                    for_each_reg(code, f);
                    moves(m, f);
                }
            }
        }
    }
}

/// Calls `f` for this list of code and every one inside it.
pub(super) fn for_each_code(code: &mut Code, f: &mut dyn FnMut(&mut Code)) {
    f(code);
    for item in code {
        match item {
            Item::Inst(..) => {}
            Item::Loop(l) => for_each_code(&mut l.body, f),
            Item::While(w) => {
                for_each_code(&mut w.head, f);
                for_each_code(&mut w.body, f);
            }
            Item::Branch(b) => b.arms.iter_mut().for_each(|(code, _)| for_each_code(code, f)),
        }
    }
}

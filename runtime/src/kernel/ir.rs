//! The kernel: scalar instructions in nested loops and branches, over a table of buffers.

use super::inst::{Buf, Inst, Reg, Role};
use super::machine::strip::StripPlan;
use super::math::reduce::Combine;
use super::ranges::Interval;
use crate::dtype::{DType, Literal};
use crate::graph::SiteId;
use crate::op::{BinaryOp, UnaryOp};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A part of a graph as loops. Everything an engine needs to make code.
#[derive(Clone, Debug)]
pub(super) struct Kernel {
    /// The function that it comes from.
    pub name: Arc<str>,
    pub code: Code,
    /// The dtype of every register.
    pub regs: Vec<DType>,
    /// What is known of every register's value wherever it is set (of floats: nothing).
    pub ranges: Vec<Interval>,
    /// The value of registers that nobody sets.
    pub constants: Vec<Option<Literal>>,
    /// A register that holds 0.
    pub zero: Reg,
    /// Registers that hold the scalar arguments at the start.
    pub arguments: Vec<Reg>,
    /// Registers that hold the scalar results at the end.
    pub results: Vec<Reg>,
    /// Buffers that hold results at the end.
    pub returned: Vec<Buf>,
    /// The table of buffers.
    pub slots: Vec<SlotInfo>,
    pub calls: Vec<Call>,
    pub traps: Vec<Trap>,
    /// Matrix products, by the `id` of their instruction.
    pub matmuls: Vec<Matmul>,
    /// The user's names of scalars that loops carry.
    pub names: Vec<(Reg, Arc<str>)>,
    /// The user's names of arrays that a loop changes.
    pub array_names: Vec<(SiteId, Buf, Arc<str>)>,
    /// What passes did to loops of the user: a clause each.
    pub notes: Vec<(SiteId, String)>,
}

/// `dst[r, c] = sum over t of left[r, t] * right[t, c]`; `dst` is row-major, with rows of `row` elements, and no operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Matmul {
    pub dst: Buf,
    /// `F64` or `F32`.
    pub dtype: DType,
    pub m: i64,
    pub k: i64,
    /// Holds the number of columns, at most `row`; where there are none, nothing is done. The same register as in
    /// the instruction.
    pub n: Reg,
    pub row: i64,
    pub left: Operand,
    pub right: Operand,
}

/// A matrix inside a buffer: element `[r, c]` is at `offset + r * row + c * column`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Operand {
    pub buf: Buf,
    /// Holds the offset; the same register as in the instruction.
    pub offset: Reg,
    pub row: i64,
    pub column: i64,
}

impl Kernel {
    /// The value that a register always holds.
    pub fn constant(&self, r: Reg) -> Option<Literal> {
        self.constants.get(r.index()).copied().flatten()
    }

    /// The exponent that a register always holds, of a power that is written out as products.
    pub fn short_power(&self, r: Reg) -> Option<i64> {
        let n = i64::try_from(self.constant(r)?.as_i128()?).ok()?;
        (-64..=64).contains(&n).then_some(n)
    }
}

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
    Call(Call),
    /// `Check`, with the dtypes of the values that its message shows.
    Check { message: Arc<str>, user: bool, values: Vec<DType> },
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
    /// The user's loop that it comes from; none for loops of whole-array operations.
    pub site: Option<SiteId>,
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
    /// The same loop in strips, which runs first. Only of the machine.
    pub strip: Option<Box<StripPlan>>,
    /// What was proven of the loop. Only of the compiled engines.
    pub mark: Mark,
}

/// What was proven of a loop.
#[derive(Clone, Debug, Default)]
pub(super) struct Mark {
    /// The iterations can run in any order, also at once on several threads: the value is the estimated cost
    /// of one iteration in nanoseconds. Nothing but the folds leaves the loop in a register, and `moves` is
    /// empty.
    pub parallel: Option<u64>,
    /// The body is a plain list of instructions, and the iterations are independent but for the folds: many
    /// of them can run at once, instruction by instruction. Instructions that fail do so before the first
    /// store.
    pub vector: bool,
    /// The body has loops whose trip counts differ, and else only computes, loads and stores; the iterations are
    /// independent but for what they carry: several can run side by side, those that have finished masked, up to the
    /// first item that reads a carry ([`Loop::in_order_from`]). From there on they run one after the other.
    pub simt: bool,
    /// Carried scalars that take in one value per iteration. The combining instruction is not in the body,
    /// and the carry is not in `moves`.
    pub folds: Vec<Fold>,
    /// Why the iterations depend on each other, where they do.
    pub blocked: Option<Blocked>,
}

/// Why the iterations of a loop depend on each other, or are not known not to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blocked {
    /// One iteration writes an element that another one may read (or write).
    Element { buf: Buf, written_twice: bool },
    /// Whole arrays are copied or exchanged in the body.
    Whole,
    /// A scalar that an iteration leaves for the next one, and that is no reduction.
    Carried(Reg),
    /// The last iteration's value of a scalar is needed after the loop.
    Last(Reg),
}

/// A reduction: at the end of the loop, `carry` has taken in `value` of every iteration.
///
/// The order is fixed. With less than [`SHORT_FOLD`] iterations: `carry = carry op value`, one after the
/// other. Otherwise the values are cut into blocks of [`BLOCK`](super::math::reduce::BLOCK); each is combined
/// by [`fold64`](super::math::reduce::fold64), the blocks by a [`Cascade64`](super::math::reduce::Cascade64),
/// and `carry = carry op total`. Integers are added in any order: these additions never overflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fold {
    pub carry: Reg,
    pub value: Reg,
    pub combine: Combine,
    /// `F64`, `F32`, or an integer (then `combine` is `Add`).
    pub dtype: DType,
}

/// Loops with fewer iterations fold one value after the other.
pub(super) const SHORT_FOLD: u64 = 32;

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
    /// The user's name of the (first) array in it.
    pub name: Option<Arc<str>>,
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

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Origin::Input { taken: true, .. } => "updated",
            Origin::Input { taken: false, .. } => "read",
            Origin::Temporary => "made",
        })
    }
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
                for fold in &mut l.mark.folds {
                    f(Role::Read, &mut fold.value);
                    f(Role::Update, &mut fold.carry);
                }
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

impl Loop {
    /// A loop of our own over `trips` values from the one that `iv` holds; `step` holds 1.
    pub fn counted(iv: Reg, [end, step]: [Reg; 2], trips: u64, body: Code) -> Loop {
        Loop {
            site: None,
            iv,
            end,
            step,
            stride: 1,
            guard: None,
            max_trips: Some(trips),
            body,
            moves: Vec::new(),
            strip: None,
            mark: Mark::default(),
        }
    }

    /// The first item of the body that has to do with what the loop carries; without carries its end.
    pub fn in_order_from(&self) -> usize {
        let carried = |item: &Item| {
            let mut found = false;
            for_each_reg(&mut [item.clone()], &mut |_, r| found |= self.moves.iter().any(|m| m.0 == *r));
            found
        };
        self.body.iter().position(carried).unwrap_or(self.body.len())
    }

    /// The registers that the body reads and does not set itself, the index aside; constants are not among
    /// them. For a parallel loop this is all that its iterations need to know.
    pub fn captured(&self, kernel: &Kernel) -> Vec<Reg> {
        let mut body = self.body.clone();
        let (mut read, mut set) = (BTreeSet::new(), BTreeSet::from([self.iv]));
        for_each_reg(&mut body, &mut |role, r| {
            if role != Role::Write {
                read.insert(*r);
            }
            if role != Role::Read {
                set.insert(*r);
            }
        });
        for fold in &self.mark.folds {
            read.insert(fold.value);
        }
        read.into_iter().filter(|r| !set.contains(r) && kernel.constant(*r).is_none()).collect()
    }
}

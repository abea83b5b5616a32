//! The verifier of kernels: what every pass may rely on and has to leave behind. It runs before the first pass
//! and after each one in debug builds; what it finds is a mistake of ours.

use super::inst::{Buf, Inst, Reg};
use super::ir::{
    Branch, Call, Code, Fold, Item, Kernel, Loop, Operand, Origin, Selector, SlotInfo, TrapId, While,
};
use super::marks::simt;
use super::math::reduce::Combine;
use crate::dtype::{DType, Literal};

type Check = Result<(), String>;

/// Checks every invariant of a kernel; the error names the instruction.
pub(super) fn verify(kernel: &Kernel) -> Check {
    let verifier = Verifier { kernel };
    verifier.tables()?;
    let mut set = Set::of(kernel);
    verifier.list(&kernel.code, &mut set)?;
    kernel.returned.iter().try_for_each(|&b| verifier.slot(b).map(drop))?;
    kernel.results.iter().try_for_each(|&r| verifier.read(r, &set)).map_err(|e| format!("the results: {e}"))
}

/// Panics with the name of the pass and the kernel's text where a kernel is broken. Nothing in release builds.
pub(super) fn check(kernel: &Kernel, after: &str) {
    if cfg!(debug_assertions)
        && let Err(problem) = verify(kernel)
    {
        panic!("broken kernel after `{after}`: {problem}\n{kernel}");
    }
}

/// Registers that hold a value on every path so far.
#[derive(Clone)]
struct Set(Vec<u64>);

impl Set {
    fn of(kernel: &Kernel) -> Set {
        let mut set = Set(vec![0; kernel.regs.len().div_ceil(64)]);
        let constants = (0..kernel.regs.len()).filter(|&k| kernel.constants[k].is_some());
        constants.for_each(|k| set.insert(Reg(k as u16)));
        kernel.arguments.iter().for_each(|&r| set.insert(r));
        set
    }

    fn insert(&mut self, r: Reg) {
        self.0[r.index() / 64] |= 1 << (r.index() % 64);
    }

    fn contains(&self, r: Reg) -> bool {
        self.0[r.index() / 64] >> (r.index() % 64) & 1 == 1
    }

    fn keep_common(&mut self, other: &Set) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
    }
}

/// What registers may stand for each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Class {
    F64,
    F32,
    /// Integers and bools: all are kept in 64 bits.
    Int,
}

fn class(dtype: DType) -> Class {
    match dtype {
        DType::F64 => Class::F64,
        DType::F32 => Class::F32,
        _ => Class::Int,
    }
}

fn fail(condition: bool, message: impl FnOnce() -> String) -> Check {
    if condition { Err(message()) } else { Ok(()) }
}

struct Verifier<'k> {
    kernel: &'k Kernel,
}

impl Verifier<'_> {
    fn tables(&self) -> Check {
        let k = self.kernel;
        let n = k.regs.len();
        fail(n > 1 << 16 || k.ranges.len() != n || k.constants.len() != n, || "tables of registers".into())?;
        for (at, constant) in k.constants.iter().enumerate() {
            let fits = constant.is_none_or(|c| c.dtype() == k.regs[at]);
            fail(!fits, || format!("the constant of r{at} has another dtype"))?;
        }
        k.arguments.iter().try_for_each(|&r| self.writable(r)).map_err(|e| format!("the arguments: {e}"))?;
        for (at, slot) in k.slots.iter().enumerate() {
            let lent = matches!(slot.origin, Origin::Input { owned: false, taken: true });
            fail(lent, || format!("b{at} is updated, but not given away"))?;
        }
        let zero = self.register(k.zero).is_ok() && k.constant(k.zero) == Some(Literal::I64(0));
        fail(!zero, || "the register of 0 holds something else".into())
    }

    fn register(&self, r: Reg) -> Check {
        fail(r.index() >= self.kernel.regs.len(), || format!("there is no r{}", r.0))
    }

    fn read(&self, r: Reg, set: &Set) -> Check {
        self.register(r)?;
        fail(!set.contains(r), || format!("r{} is read but not set on every path", r.0))
    }

    fn writable(&self, r: Reg) -> Check {
        self.register(r)?;
        fail(self.kernel.constant(r).is_some(), || format!("r{} is a constant and is set", r.0))
    }

    fn class(&self, r: Reg) -> Class {
        class(self.kernel.regs[r.index()])
    }

    fn same_class(&self, a: Reg, b: Reg) -> Check {
        let differ = self.class(a) != self.class(b);
        fail(differ, || format!("r{} and r{} are of different kinds", a.0, b.0))
    }

    fn moves(&self, moves: &[(Reg, Reg)], set: &Set) -> Check {
        for (k, &(to, from)) in moves.iter().enumerate() {
            self.writable(to)?;
            self.read(from, set)?;
            self.same_class(to, from)?;
            fail(moves[..k].iter().any(|m| m.0 == to), || format!("r{} is set twice at once", to.0))?;
        }
        Ok(())
    }

    /// Moves to carries, which have a value before the loop.
    fn carries(&self, moves: &[(Reg, Reg)], before: &Set) -> Check {
        moves.iter().try_for_each(|m| {
            self.register(m.0)?;
            fail(!before.contains(m.0), || format!("the carry r{} is not set before the loop", m.0.0))
        })
    }

    fn list(&self, code: &Code, set: &mut Set) -> Check {
        code.iter().try_for_each(|item| match item {
            Item::Inst(inst, trap) => {
                self.inst(inst, *trap, set).map_err(|e| format!("{e} in `{}`", self.kernel.print_inst(inst)))
            }
            Item::Loop(l) => self.counted(l, set),
            Item::While(w) => self.conditional(w, set),
            Item::Branch(b) => self.branch(b, set),
        })
    }

    fn counted(&self, l: &Loop, set: &mut Set) -> Check {
        let here = |e: String| format!("{e} in the loop over r{}", l.iv.0);
        self.head(l, set).map_err(here)?;
        let before = l.guard.is_some().then(|| set.clone());
        self.list(&l.body, set)?;
        self.moves(&l.moves, set).map_err(here)?;
        l.mark.folds.iter().try_for_each(|f| self.read(f.value, set)).map_err(here)?;
        if let Some(before) = before {
            *set = before;
        }
        Ok(())
    }

    fn head(&self, l: &Loop, set: &Set) -> Check {
        self.writable(l.iv)?;
        [l.iv, l.end, l.step].into_iter().try_for_each(|r| self.read(r, set))?;
        let integers = [l.iv, l.end, l.step].into_iter().all(|r| self.kernel.regs[r.index()].is_int());
        fail(!integers, || "the index, its end or its step is no integer".into())?;
        fail(l.stride == 0, || "the stride is 0".into())?;
        let step = self.kernel.constant(l.step).and_then(Literal::as_i128);
        let wrapped = |x: i128| x as i64 == l.stride;
        fail(step.is_some_and(|s| !wrapped(s)), || "the step is not the stride".into())?;
        if let Some((count, dtype)) = l.guard {
            self.read(count, set)?;
            let fits = dtype.is_int() && self.class(count) == Class::Int;
            fail(!fits, || "the number of trips is no integer".into())?;
        }
        self.carries(&l.moves, set)?;
        let mark = &l.mark;
        let marked = mark.parallel.is_some() || mark.vector || !mark.folds.is_empty();
        fail(marked && !l.moves.is_empty(), || "a marked loop carries scalars".into())?;
        let aside = !mark.simt || simt::fits(self.kernel, l);
        fail(!aside, || "iterations side by side do what they can't".into())?;
        let straight = l.body.iter().all(|item| {
            matches!(item, Item::Inst(inst, _)
                if !matches!(inst, Inst::CopyBuf { .. } | Inst::SwapBuf { .. } | Inst::Matmul { .. }))
        });
        fail(mark.vector && !straight, || "a vector loop is no plain list of instructions".into())?;
        mark.folds.iter().try_for_each(|fold| self.fold(fold, set))
    }

    fn fold(&self, fold: &Fold, before: &Set) -> Check {
        self.writable(fold.carry)?;
        self.carries(&[(fold.carry, fold.value)], before)?;
        self.register(fold.value)?;
        let dtype = |r: Reg| self.kernel.regs[r.index()];
        let kind = class(fold.dtype);
        let fits = dtype(fold.carry) == fold.dtype && class(dtype(fold.value)) == kind;
        let combines = kind != Class::Int || (fold.combine == Combine::Add && fold.dtype.is_int());
        fail(!fits || !combines, || format!("the reduction of r{} does not fit its dtype", fold.carry.0))
    }

    fn conditional(&self, w: &While, set: &mut Set) -> Check {
        let here = |e: String| format!("{e} in the loop while r{}", w.cond.0);
        self.carries(&w.moves, set).map_err(here)?;
        self.list(&w.head, set)?;
        self.read(w.cond, set).map_err(here)?;
        fail(self.class(w.cond) != Class::Int, || here("the condition is no bool".into()))?;
        // The head has always run, the body perhaps not.
        let mut inside = set.clone();
        self.list(&w.body, &mut inside)?;
        self.moves(&w.moves, &inside).map_err(here)
    }

    fn branch(&self, b: &Branch, set: &mut Set) -> Check {
        let (Selector::Bool(selector) | Selector::Index { idx: selector, .. }) = b.selector;
        let here = |e: String| format!("{e} in the branch on r{}", selector.0);
        self.read(selector, set).map_err(here)?;
        fail(self.class(selector) != Class::Int, || here("the selector is a float".into()))?;
        let arms = match b.selector {
            Selector::Bool(_) => b.arms.len() == 2,
            Selector::Index { .. } => !b.arms.is_empty(),
        };
        fail(!arms, || here(format!("{} arms", b.arms.len())))?;
        let mut after: Option<Set> = None;
        for (code, moves) in &b.arms {
            let mut inside = set.clone();
            self.list(code, &mut inside)?;
            self.moves(moves, &inside).map_err(here)?;
            moves.iter().for_each(|m| inside.insert(m.0));
            match &mut after {
                Some(after) => after.keep_common(&inside),
                None => after = Some(inside),
            }
        }
        *set = after.unwrap_or_else(|| set.clone());
        Ok(())
    }

    fn inst(&self, inst: &Inst, trap: Option<TrapId>, set: &mut Set) -> Check {
        inst.reads().try_for_each(|r| self.read(r, set))?;
        inst.bufs().into_iter().flatten().try_for_each(|b| self.slot(b).map(drop))?;
        fail(inst.is_bytecode(), || "an instruction of the machine only".into())?;
        match trap {
            Some(id) => {
                let known = (id.0 as usize) < self.kernel.traps.len();
                fail(!known, || format!("there is no trap {}", id.0))?;
            }
            None => fail(inst.may_fail(), || "it can fail and has no trap".into())?,
        }
        if let Some(dst) = inst.dst() {
            self.writable(dst)?;
            set.insert(dst);
        }
        self.operands(inst)
    }

    fn slot(&self, b: Buf) -> Result<&SlotInfo, String> {
        self.kernel.slots.get(b.index()).ok_or_else(|| format!("there is no b{}", b.0))
    }

    fn stored(&self, b: Buf) -> Check {
        fail(!self.slot(b)?.writable(), || format!("b{} is only read, and written here", b.0))
    }

    /// A load or a store of `size` bytes from or to register `r`.
    fn element(&self, b: Buf, size: usize, r: Reg) -> Check {
        let dtype = self.slot(b)?.dtype;
        fail(dtype.size() != size, || format!("an element of b{} has {} bytes", b.0, dtype.size()))?;
        let fits = class(dtype) == self.class(r);
        fail(!fits, || format!("r{} is not of the kind of b{}", r.0, b.0))
    }

    /// Two slots that stand for each other.
    fn alike(&self, a: Buf, b: Buf) -> Check {
        let (x, y) = (self.slot(a)?, self.slot(b)?);
        let alike = x.dtype == y.dtype && x.shape == y.shape;
        fail(!alike, || format!("b{} and b{} are of different types", a.0, b.0))
    }

    /// Kinds of registers, sizes of elements, entries of tables.
    fn operands(&self, inst: &Inst) -> Check {
        use Inst::*;
        let all = |kind: Class, regs: &[Reg]| {
            let wrong = regs.iter().find(|&&r| self.class(r) != kind);
            wrong.map_or(Ok(()), |r| Err(format!("r{} is no {kind:?}", r.0)))
        };
        match *inst {
            Mov { dst, a } => self.same_class(dst, a),
            Select { dst, a, b, c } => {
                all(Class::Int, &[a])?;
                self.same_class(dst, b)?;
                self.same_class(dst, c)
            }
            AddF64 { dst, a, b }
            | SubF64 { dst, a, b }
            | MulF64 { dst, a, b }
            | DivF64 { dst, a, b }
            | MinF64 { dst, a, b }
            | MaxF64 { dst, a, b } => all(Class::F64, &[dst, a, b]),
            AddF32 { dst, a, b }
            | SubF32 { dst, a, b }
            | MulF32 { dst, a, b }
            | DivF32 { dst, a, b }
            | MinF32 { dst, a, b }
            | MaxF32 { dst, a, b } => all(Class::F32, &[dst, a, b]),
            EqF64 { dst, a, b } | NeF64 { dst, a, b } | LtF64 { dst, a, b } | LeF64 { dst, a, b } => {
                all(Class::Int, &[dst])?;
                all(Class::F64, &[a, b])
            }
            EqF32 { dst, a, b } | NeF32 { dst, a, b } | LtF32 { dst, a, b } | LeF32 { dst, a, b } => {
                all(Class::Int, &[dst])?;
                all(Class::F32, &[a, b])
            }
            NegF64 { dst, a } | AbsF64 { dst, a } | SqrtF64 { dst, a } => all(Class::F64, &[dst, a]),
            NegF32 { dst, a } | AbsF32 { dst, a } | SqrtF32 { dst, a } => all(Class::F32, &[dst, a]),
            FmaF64 { dst, a, b, c } => all(Class::F64, &[dst, a, b, c]),
            FmaF32 { dst, a, b, c } => all(Class::F32, &[dst, a, b, c]),
            Load8 { dst: r, buf, base, idx, .. } => {
                all(Class::Int, &[base, idx])?;
                self.element(buf, 8, r)
            }
            Load4 { dst: r, buf, base, idx, .. } | Load4S { dst: r, buf, base, idx, .. } => {
                all(Class::Int, &[base, idx])?;
                self.element(buf, 4, r)
            }
            Load1 { dst: r, buf, base, idx, .. } => {
                all(Class::Int, &[base, idx])?;
                self.element(buf, 1, r)
            }
            Store8 { val, buf, base, idx, .. } => {
                all(Class::Int, &[base, idx])?;
                self.stored(buf)?;
                self.element(buf, 8, val)
            }
            Store4 { val, buf, base, idx, .. } => {
                all(Class::Int, &[base, idx])?;
                self.stored(buf)?;
                self.element(buf, 4, val)
            }
            Store1 { val, buf, base, idx, .. } => {
                all(Class::Int, &[base, idx])?;
                self.stored(buf)?;
                self.element(buf, 1, val)
            }
            CopyBuf { dst, src } => {
                self.stored(dst)?;
                self.alike(dst, src)
            }
            SwapBuf { a, b } => {
                self.stored(a)?;
                self.stored(b)?;
                self.alike(a, b)
            }
            Math { dst, a, .. } => all(Class::F64, &[dst, a]),
            Math2 { dst, a, .. } => all(Class::F64, &[dst, a]),
            Call { dst, a, b, id } | CallPure { dst, a, b, id } => self.call(id, dst, a, b),
            CheckIndex { idx, len } => all(Class::Int, &[idx, len]),
            Check { cond, .. } => all(Class::Int, &[cond]),
            CheckLoop { dtype, start, count, step } => {
                fail(!dtype.is_int(), || "the index is no integer".into())?;
                all(Class::Int, &[start, count, step])
            }
            Matmul { id, n, left, right, dst, a, b } => {
                all(Class::Int, &[n, left, right])?;
                self.product(id, [n, left, right], [dst, a, b])
            }
            _ => Ok(()),
        }
    }

    fn call(&self, id: u32, dst: Reg, a: Reg, b: Reg) -> Check {
        let call = self.kernel.calls.get(id as usize).ok_or_else(|| format!("there is no call {id}"))?;
        let (result, operands) = match *call {
            Call::Unary(op, x) => (op.result(x), [(x, a), (x, a)]),
            Call::Binary(op, x, y) => (op.result(x), [(x, a), (y, b)]),
        };
        let fits = result.is_some_and(|d| class(d) == self.class(dst))
            && operands.iter().all(|&(d, r)| class(d) == self.class(r));
        fail(!fits, || format!("the registers are not what call {id} takes"))
    }

    fn product(&self, id: u16, regs: [Reg; 3], bufs: [Buf; 3]) -> Check {
        let known = self.kernel.matmuls.get(usize::from(id));
        let m = known.ok_or_else(|| format!("there is no product {id}"))?;
        let same = [m.dst, m.left.buf, m.right.buf] == bufs && [m.n, m.left.offset, m.right.offset] == regs;
        fail(!same, || format!("the operands are not those of product {id}"))?;
        self.stored(m.dst)?;
        fail(bufs[1..].contains(&m.dst), || "an operand is the result".into())?;
        let sizes = [m.m, m.row, m.k].iter().all(|&x| x > 0);
        let columns = self.kernel.constant(m.n).and_then(Literal::as_i128);
        let fits = columns.unwrap_or(self.kernel.ranges[m.n.index()].hi) <= m.row.into();
        let all = m.m.checked_mul(m.row).and_then(|all| usize::try_from(all).ok());
        let room = fits && all.is_some_and(|all| all <= self.slot(m.dst).map_or(0, |s| s.count()));
        fail(!sizes || !room, || "the result has no room".into())?;
        let of_dtype = |o: &Operand| self.slot(o.buf).is_ok_and(|s| s.dtype == m.dtype);
        let fits = of_dtype(&m.left) && of_dtype(&m.right) && self.slot(m.dst)?.dtype == m.dtype;
        fail(!fits, || "the arrays have different dtypes".into())
    }
}

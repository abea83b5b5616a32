//! From a kernel to text.

use crate::dtype::{DType, Literal};
use crate::kernel::inst::{Inst, Reg};
use crate::kernel::ir::{
    Blocked, Branch, Call, Code, Item, Kernel, Loop, Operand, Origin, Selector, SlotInfo, TrapId, TrapKind,
};
use crate::kernel::ranges::Interval;
use std::collections::{BTreeSet, HashSet};
use std::fmt::{self, Display};

impl Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printer =
            Printer { kernel: self, out: String::new(), declared: HashSet::new(), traps: BTreeSet::new() };
        printer.kernel();
        f.write_str(&printer.out)
    }
}

impl Kernel {
    /// One instruction as text.
    pub(in crate::kernel) fn print_inst(&self, inst: &Inst) -> String {
        self.inst(inst, &|r| self.name_of(r))
    }

    /// A register, or the constant that it holds.
    fn name_of(&self, r: Reg) -> String {
        match self.constant(r) {
            Some(literal) => constant(literal),
            None => format!("r{}", r.0),
        }
    }

    /// `dst` writes the register that the instruction sets.
    fn inst(&self, inst: &Inst, dst: &dyn Fn(Reg) -> String) -> String {
        let name = |r: Reg| self.name_of(r);
        let left = |set: Option<Reg>| set.map(|r| format!("{} = ", dst(r))).unwrap_or_default();
        if let Some((mnemonic, parts)) = inst.parts() {
            let address = parts
                .address
                .map(|(b, base, idx, off)| format!("b{}[{} + {} + {off}]", b.0, name(base), name(idx)));
            if inst.is_store() {
                let address = address.unwrap_or_default();
                return format!("{mnemonic} {address} = {}", list(&parts.regs, " ", name));
            }
            let operands: Vec<String> = parts.regs.iter().map(|&r| name(r)).chain(address).collect();
            return format!("{}{mnemonic} {}", left(parts.dst), operands.join(" "));
        }
        let left = left(inst.dst());
        let call = |id: u32| self.calls.get(id as usize).map_or(format!("?{id}"), call_text);
        match *inst {
            Inst::Math { op, a, .. } => format!("{left}{} {}", op.name(), name(a)),
            Inst::Math2 { op, a, b, .. } => format!("{left}{} {} {}", op.name(), name(a), name(b)),
            Inst::Call { a, b, id, .. } => format!("{left}Call {} {} {}", call(id), name(a), name(b)),
            Inst::CallPure { a, b, id, .. } => format!("{left}CallPure {} {} {}", call(id), name(a), name(b)),
            Inst::CheckIndex { idx, len } => format!("CheckIndex {} {}", name(idx), name(len)),
            Inst::Check { cond, shown, values } => {
                let regs = [cond].into_iter().chain(values.into_iter().take(shown.into()));
                format!("Check {}", regs.map(name).collect::<Vec<_>>().join(" "))
            }
            Inst::CheckLoop { dtype, start, count, step } => {
                format!("CheckLoop {dtype} {} {} {}", name(start), name(count), name(step))
            }
            Inst::CopyBuf { dst, src } => format!("b{} = b{}", dst.0, src.0),
            Inst::SwapBuf { a, b } => format!("b{} <-> b{}", a.0, b.0),
            Inst::Matmul { id, .. } => match self.matmuls.get(id as usize) {
                Some(m) => {
                    let operand = |o: Operand| {
                        format!("b{}[{} + {} r + {} c]", o.buf.0, name(o.offset), o.row, o.column)
                    };
                    let (left, right) = (operand(m.left), operand(m.right));
                    format!("b{} = product {}x{}x{} of {left} and {right}", m.dst.0, m.m, m.k, name(m.n))
                }
                None => format!("{inst:?}"),
            },
            _ => format!("{inst:?}"),
        }
    }
}

/// The value of a register that nobody sets.
fn constant(literal: Literal) -> String {
    let dtype = literal.dtype();
    let suffix = if matches!(dtype, DType::I64 | DType::F64 | DType::Bool) { "" } else { dtype.name() };
    // There are many NaNs.
    if literal.as_f64().is_nan() && literal != Literal::F64(f64::NAN).cast(dtype) {
        return format!("0x{:x}{dtype}", literal.bits());
    }
    format!("{literal}{suffix}")
}

pub(super) fn call_text(call: &Call) -> String {
    match call {
        Call::Unary(op, x) => format!("{}[{x}]", op.name()),
        Call::Binary(op, x, y) => format!("{}[{x}, {y}]", op.name()),
    }
}

fn list<T: Copy>(items: &[T], between: &str, text: impl Fn(T) -> String) -> String {
    items.iter().map(|&item| text(item)).collect::<Vec<_>>().join(between)
}

/// What is known of a register whose dtype tells less.
fn range_text(dtype: DType, range: Interval) -> String {
    if range == Interval::of(dtype) { String::new() } else { format!(" in {}..={}", range.lo, range.hi) }
}

struct Printer<'k> {
    kernel: &'k Kernel,
    out: String,
    declared: HashSet<Reg>,
    /// Those that instructions name.
    traps: BTreeSet<u32>,
}

impl Printer<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        self.out.extend(std::iter::repeat_n("  ", depth));
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    fn kernel(&mut self) {
        let k = self.kernel;
        let arguments: Vec<String> = k.arguments.iter().map(|&r| self.set(r)).collect();
        self.line(0, &format!("kernel {}({}) {{", crate::graph::title(&k.name), arguments.join(", ")));
        for (at, slot) in k.slots.iter().enumerate() {
            self.line(1, &format!("b{at}{}", slot_text(slot)));
        }
        self.list(&k.code, 1);
        let scalars = k.results.iter().map(|&r| k.name_of(r));
        let results: Vec<String> = scalars.chain(k.returned.iter().map(|b| format!("b{}", b.0))).collect();
        self.line(1, &format!("return {}", results.join(", ")));
        self.line(0, "}");
        for id in std::mem::take(&mut self.traps) {
            if let Some(trap) = k.traps.get(id as usize) {
                self.line(0, &format!("trap !{id} = {}", trap_text(&trap.kind)));
            }
        }
    }

    /// A register that is set: where that is the first place in the text, with what is known of it.
    fn set(&mut self, r: Reg) -> String {
        let declaration = self.declaration(r);
        self.declared.insert(r);
        declaration
    }

    fn declaration(&self, r: Reg) -> String {
        let k = self.kernel;
        let name = k.name_of(r);
        match k.regs.get(r.index()).zip(k.ranges.get(r.index())) {
            Some((dtype, range)) if k.constant(r).is_none() && !self.declared.contains(&r) => {
                format!("{name}: {dtype}{}", range_text(*dtype, *range))
            }
            _ => name,
        }
    }

    fn list(&mut self, code: &Code, depth: usize) {
        for item in code {
            match item {
                Item::Inst(inst, trap) => self.inst(inst, *trap, depth),
                Item::Loop(l) => {
                    let head = self.head(l);
                    self.line(depth, &format!("{head} {{"));
                    self.list(&l.body, depth + 1);
                    self.moves(&l.moves, depth + 1);
                    self.line(depth, "}");
                }
                Item::While(w) => {
                    self.line(depth, "loop {");
                    self.list(&w.head, depth + 1);
                    self.line(depth + 1, &format!("while {}", self.kernel.name_of(w.cond)));
                    self.list(&w.body, depth + 1);
                    self.moves(&w.moves, depth + 1);
                    self.line(depth, "}");
                }
                Item::Branch(b) => self.branch(b, depth),
            }
        }
    }

    fn inst(&mut self, inst: &Inst, trap: Option<TrapId>, depth: usize) {
        let mut text = self.kernel.inst(inst, &|r| self.declaration(r));
        self.declared.extend(inst.dst());
        if let Some(TrapId(id)) = trap {
            text.push_str(&format!(" !{id}"));
            self.traps.insert(id);
        }
        self.line(depth, &text);
    }

    fn head(&self, l: &Loop) -> String {
        let k = self.kernel;
        let name = |r: Reg| k.name_of(r);
        let mut head = format!("for {} until {} step {}", name(l.iv), name(l.end), name(l.step));
        let mut clause = |text: String| head.extend([" ", &text]);
        let step = k.constant(l.step).and_then(Literal::as_i128);
        if step.is_none_or(|s| s as i64 != l.stride) {
            clause(format!("stride {}", l.stride));
        }
        if let Some((count, dtype)) = l.guard {
            clause(format!("if {dtype} {} > 0", name(count)));
        }
        if let Some(n) = l.max_trips {
            clause(format!("at most {n}"));
        }
        if let Some(cost) = l.mark.parallel {
            clause(format!("parallel {cost}"));
        }
        if l.mark.vector {
            clause("vector".to_string());
        }
        if l.mark.simt {
            clause("simt".to_string());
        }
        for fold in &l.mark.folds {
            clause(format!("{:?}({} <- {})", fold.combine, name(fold.carry), name(fold.value)));
        }
        match l.mark.blocked {
            Some(Blocked::Element { buf, written_twice: false }) => clause(format!("blocked b{}", buf.0)),
            Some(Blocked::Element { buf, written_twice: true }) => {
                clause(format!("blocked twice b{}", buf.0))
            }
            Some(Blocked::Whole) => clause("blocked whole".to_string()),
            Some(Blocked::Carried(r)) => clause(format!("blocked carried {}", name(r))),
            Some(Blocked::Last(r)) => clause(format!("blocked last {}", name(r))),
            None => {}
        }
        if let Some(site) = l.site {
            clause(format!("@{}", site.0));
        }
        head
    }

    fn branch(&mut self, b: &Branch, depth: usize) {
        let name = |r: Reg| self.kernel.name_of(r);
        let selector = match b.selector {
            Selector::Bool(r) => format!("if {} {{", name(r)),
            Selector::Index { idx, signed: true } => format!("switch signed {} {{", name(idx)),
            Selector::Index { idx, signed: false } => format!("switch {} {{", name(idx)),
        };
        self.line(depth, &selector);
        for (k, (code, moves)) in b.arms.iter().enumerate() {
            if k > 0 {
                self.line(depth, "} else {");
            }
            self.list(code, depth + 1);
            self.moves(moves, depth + 1);
        }
        self.line(depth, "}");
    }

    fn moves(&mut self, moves: &[(Reg, Reg)], depth: usize) {
        if !moves.is_empty() {
            let to: Vec<String> = moves.iter().map(|m| self.set(m.0)).collect();
            let from = list(moves, ", ", |m| self.kernel.name_of(m.1));
            self.line(depth, &format!("{} <- {from}", to.join(", ")));
        }
    }
}

fn slot_text(slot: &SlotInfo) -> String {
    let name = slot.name.as_ref().map(|name| format!(" {name:?}")).unwrap_or_default();
    let shape = list(&slot.shape, ", ", |n| n.to_string());
    let owned = match slot.origin {
        Origin::Input { owned: true, taken: false } => " owned",
        _ => "",
    };
    format!("{name}: {}[{shape}] {}{owned}", slot.dtype, slot.origin)
}

fn trap_text(kind: &TrapKind) -> String {
    match kind {
        TrapKind::Index { name, axis, len, window, dtype } => {
            let name = name.as_ref().map(|name| format!(" {name:?}")).unwrap_or_default();
            format!("index {dtype} axis {axis} of {len} window {window}{name}")
        }
        TrapKind::Binary { op, dtype } => format!("binary {} {dtype}", op.name()),
        TrapKind::Call(call) => format!("call {}", call_text(call)),
        TrapKind::Check { message, user, values } => {
            let user = if *user { " user" } else { "" };
            let values: String = values.iter().map(|dtype| format!(" {dtype}")).collect();
            format!("check {message:?}{user}{values}")
        }
        TrapKind::Loop { dtype, step } => format!("loop {dtype} step {step}"),
    }
}

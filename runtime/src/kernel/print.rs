//! The textual form of a kernel: what tests of passes compare, and what `explain` can show.

use super::inst::{Inst, Reg, Role};
use super::ir::{Code, Item, Kernel, Selector};
use std::fmt::{self, Display, Write};

impl Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "kernel {}", self.name)?;
        for (k, slot) in self.slots.iter().enumerate() {
            let shape: Vec<String> = slot.shape.iter().map(usize::to_string).collect();
            writeln!(f, "  b{k}: {}[{}] {}", slot.dtype, shape.join(", "), slot.origin)?;
        }
        let mut text = String::new();
        Printer { kernel: self, out: &mut text }.list(&self.code, 1)?;
        f.write_str(&text)?;
        let results: Vec<String> = self.results.iter().map(|&r| self.name_of(r)).collect();
        if !results.is_empty() {
            writeln!(f, "  return {}", results.join(", "))?;
        }
        Ok(())
    }
}

impl Kernel {
    /// One instruction as text.
    pub(super) fn print_inst(&self, inst: &Inst) -> String {
        format!("{inst:?}")
    }

    /// A register, or the constant that it holds.
    fn name_of(&self, r: Reg) -> String {
        match self.constant(r) {
            Some(literal) => literal.to_string(),
            None => format!("r{}", r.0),
        }
    }
}

struct Printer<'k, 'o> {
    kernel: &'k Kernel,
    out: &'o mut String,
}

impl Printer<'_, '_> {
    fn list(&mut self, code: &Code, depth: usize) -> fmt::Result {
        code.iter().try_for_each(|item| self.item(item, depth))
    }

    fn line(&mut self, depth: usize, text: &str) -> fmt::Result {
        writeln!(self.out, "{:width$}{text}", "", width = 2 * depth)
    }

    fn moves(&mut self, moves: &[(Reg, Reg)], depth: usize) -> fmt::Result {
        if moves.is_empty() {
            return Ok(());
        }
        let to: Vec<String> = moves.iter().map(|m| self.kernel.name_of(m.0)).collect();
        let from: Vec<String> = moves.iter().map(|m| self.kernel.name_of(m.1)).collect();
        self.line(depth, &format!("{} <- {}", to.join(", "), from.join(", ")))
    }

    fn item(&mut self, item: &Item, depth: usize) -> fmt::Result {
        let name = |r: Reg| self.kernel.name_of(r);
        match item {
            Item::Inst(inst, trap) => {
                let text = self.inst(inst);
                let fails = if trap.is_some() { "  !" } else { "" };
                self.line(depth, &format!("{text}{fails}"))
            }
            Item::Loop(l) => {
                let mut head = format!("for {} until {} step {}", name(l.iv), name(l.end), l.stride);
                if let Some((count, _)) = l.guard {
                    write!(head, " if {} > 0", name(count))?;
                }
                if l.mark.parallel.is_some() {
                    head.push_str(" parallel");
                }
                if l.mark.vector {
                    head.push_str(" vector");
                }
                if l.mark.simt {
                    head.push_str(" simt");
                }
                for fold in &l.mark.folds {
                    write!(head, " {:?}({} <- {})", fold.combine, name(fold.carry), name(fold.value))?;
                }
                self.line(depth, &head)?;
                self.list(&l.body, depth + 1)?;
                self.moves(&l.moves, depth + 1)
            }
            Item::While(w) => {
                self.line(depth, "loop")?;
                self.list(&w.head, depth + 1)?;
                let cond = self.kernel.name_of(w.cond);
                self.line(depth, &format!("while {cond}"))?;
                self.list(&w.body, depth + 1)?;
                self.moves(&w.moves, depth + 1)
            }
            Item::Branch(b) => {
                let selector = match b.selector {
                    Selector::Bool(r) => format!("if {}", name(r)),
                    Selector::Index { idx, .. } => format!("switch {}", name(idx)),
                };
                self.line(depth, &selector)?;
                for (k, (code, moves)) in b.arms.iter().enumerate() {
                    if k > 0 {
                        self.line(depth, "else")?;
                    }
                    self.list(code, depth + 1)?;
                    self.moves(moves, depth + 1)?;
                }
                Ok(())
            }
        }
    }

    fn inst(&self, inst: &Inst) -> String {
        let debug = format!("{inst:?}");
        let op = debug.split([' ', '{']).next().unwrap_or_default();
        let name = |r: Reg| self.kernel.name_of(r);
        let (mut reads, mut dst) = (Vec::new(), None);
        let mut copy = *inst;
        copy.for_each_reg(|role, r| match role {
            Role::Write => dst = Some(*r),
            _ => reads.push(name(*r)),
        });
        let left = dst.map(|r| format!("{} = ", name(r))).unwrap_or_default();
        match *inst {
            Inst::Load8 { buf, off, .. }
            | Inst::Load4 { buf, off, .. }
            | Inst::Load4S { buf, off, .. }
            | Inst::Load1 { buf, off, .. } => {
                format!("{left}{op} b{}[{} + {} + {off}]", buf.0, reads[0], reads[1])
            }
            Inst::Store8 { buf, off, .. } | Inst::Store4 { buf, off, .. } | Inst::Store1 { buf, off, .. } => {
                format!("{op} b{}[{} + {} + {off}] = {}", buf.0, reads[1], reads[2], reads[0])
            }
            Inst::CopyBuf { dst, src } => format!("b{} = b{}", dst.0, src.0),
            Inst::SwapBuf { a, b } => format!("b{} <-> b{}", a.0, b.0),
            Inst::Matmul { id, .. } => {
                let m = self.kernel.matmuls[id as usize];
                let operand = |o: super::ir::Operand| {
                    format!("b{}[{} + {} r + {} c]", o.buf.0, name(o.offset), o.row, o.column)
                };
                format!(
                    "b{} = product {}x{}x{} of {} and {}",
                    m.dst.0,
                    m.m,
                    m.k,
                    m.n,
                    operand(m.left),
                    operand(m.right)
                )
            }
            Inst::Math { op, .. } => format!("{left}{} {}", op.name(), reads.join(" ")),
            Inst::Math2 { op, .. } => format!("{left}{} {}", op.name(), reads.join(" ")),
            Inst::Call { id, .. } | Inst::CallPure { id, .. } => {
                format!("{left}{:?} {}", self.kernel.calls[id as usize], reads.join(" "))
            }
            _ => format!("{left}{op} {}", reads.join(" ")),
        }
    }
}

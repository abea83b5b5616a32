//! Loops and labelled blocks that are left early.
//!
//! A `for` keeps its trip count: iterations after a `break` find the flag set and do nothing. A `while` tests the flag
//! before its condition, which is not evaluated once more.

use super::flags::{Flags, forget};
use super::jumps::leaving_block;
use super::{Desugar, function_of};
use crate::ast::{Block, Callable, Expr, ExprKind, Frame, Jump, Spot, Stmt, While};
use crate::build::{and, boolean, branch, expression, let_, not, read};
use crate::diag::control_flow::ENDLESS;

impl Desugar<'_> {
    /// A loop or a labelled block; what is around its body has been seen to.
    pub fn frame(&mut self, e: &mut Expr) {
        let at = e.at;
        let kind = std::mem::replace(&mut e.kind, ExprKind::Never);
        e.kind = match kind {
            ExprKind::For(mut l) => {
                let flags = self.body(l.frame, &mut l.body, at);
                if flags.stops {
                    let body = std::mem::take(&mut l.body);
                    l.body.value =
                        Some(Box::new(branch(read(&flags.stop, at), Block::default(), Some(body), at)));
                }
                declared(&flags, ExprKind::For(l), at)
            }
            ExprKind::While(mut l) => {
                let flags = self.body(l.frame, &mut l.body, at);
                if flags.stops {
                    let condition = std::mem::replace(&mut l.condition, expression(ExprKind::Never, at));
                    l.condition = and(going(&flags, at), condition);
                }
                declared(&flags, ExprKind::While(l), at)
            }
            ExprKind::Loop(mut l) => {
                let flags = self.body(l.frame, &mut l.body, at);
                if !flags.stops {
                    self.sink.report_at(at.span, &ENDLESS, &[]);
                }
                let condition = going(&flags, at);
                let whole = While { frame: l.frame, condition, body: l.body, carried: Vec::new() };
                declared(&flags, ExprKind::While(Box::new(whole)), at)
            }
            ExprKind::Labelled(frame, mut block) => {
                let flags = self.flags(Some(frame), false, None);
                self.open.push(flags);
                self.block(&mut block, &[Jump::Break(frame)]);
                if let Some(flags) = self.open.pop() {
                    block.stmts.splice(0..0, flags.declared(at));
                }
                ExprKind::Block(block)
            }
            kind => kind,
        };
    }

    fn body(&mut self, frame: Frame, body: &mut Block, at: Spot) -> Flags {
        let continues = leaving_block(body).contains(&Jump::Continue(frame));
        let flags = self.flags(Some(frame), continues, None);
        self.open.push(flags);
        self.block(body, &[Jump::Continue(frame)]);
        let flags = self.open.pop().unwrap_or_else(|| unreachable!("it was pushed"));
        if continues {
            match flags.skips {
                true => body.stmts.insert(0, let_(&flags.skip, boolean(false, at))),
                false => forget(body, &flags.skip),
            }
        }
        flags
    }

    /// A closure is a function of its own.
    pub fn callable(&mut self, f: &mut Callable) {
        if let Callable::Closure(_, body) = f {
            let around = std::mem::take(&mut self.open);
            let at = body.at;
            let value = std::mem::replace(&mut **body, expression(ExprKind::Never, at));
            let mut block = Block { value: Some(Box::new(value)), ..Block::default() };
            function_of(self, &mut block, None, at);
            **body = match block {
                Block { stmts, value: Some(value), .. } if stmts.is_empty() => *value,
                block => expression(ExprKind::Block(block), at),
            };
            self.open = around;
        }
    }
}

/// `!stop`
fn going(flags: &Flags, at: Spot) -> Expr {
    not(read(&flags.stop, at))
}

/// The loop with its flags before it, and its value behind it.
fn declared(flags: &Flags, kind: ExprKind, at: Spot) -> ExprKind {
    let mut stmts = flags.declared(at);
    if stmts.is_empty() {
        return kind;
    }
    stmts.push(Stmt::Expr(expression(kind, at)));
    let value = flags.has_value.then(|| Box::new(read(&flags.value, at)));
    ExprKind::Block(Block { items: Vec::new(), stmts, value })
}

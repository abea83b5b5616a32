//! `break`, `continue` and `return`: where they go.
//!
//! A label that does not exist, or a jump where there is nothing to leave, is an error that rustc reports on the
//! function as written: here it only must not do any harm.

use super::{Parser, expression, rejected};
use crate::ast::{Expr, ExprKind, Frame, Jump, Spot};
use syn::{Label, Lifetime};

/// A loop or a labelled block around the current point.
pub(super) struct Open {
    frame: Frame,
    /// What `break` leaves: the frame itself, or that of the loops which make one iterator together.
    leaves: Frame,
    kind: Kind,
    label: Option<Lifetime>,
}

/// What `break` without a label leaves: not a block.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Loop,
    Block,
    /// A closure whose body stands where it is applied: `return` leaves it.
    Closure,
}

impl Parser<'_> {
    /// Reads the body of one of the loops that make one iterator together: `leaves` is around them all.
    pub(super) fn within_nest<R>(
        &mut self,
        label: Option<&Label>,
        leaves: Option<Frame>,
        read: impl FnOnce(&mut Self) -> R,
    ) -> (Frame, R) {
        self.opened(Kind::Loop, label, leaves, read)
    }

    /// Reads the body of a loop or a labelled block.
    pub(super) fn within<R>(
        &mut self,
        kind: Kind,
        label: Option<&Label>,
        read: impl FnOnce(&mut Self) -> R,
    ) -> (Frame, R) {
        self.opened(kind, label, None, read)
    }

    fn opened<R>(
        &mut self,
        kind: Kind,
        label: Option<&Label>,
        leaves: Option<Frame>,
        read: impl FnOnce(&mut Self) -> R,
    ) -> (Frame, R) {
        let frame = self.fresh_frame();
        let label = label.map(|l| l.name.clone());
        self.frames.push(Open { frame, leaves: leaves.unwrap_or(frame), kind, label });
        let result = read(self);
        self.frames.pop();
        (frame, result)
    }

    /// The frame that is being read.
    pub(super) fn frame_inside(&self) -> Option<Frame> {
        self.frames.last().map(|f| f.frame)
    }

    /// A frame that nothing jumps out of.
    pub(super) fn fresh_frame(&mut self) -> Frame {
        self.frame_count += 1;
        Frame(self.frame_count - 1)
    }

    fn goes_to(&self, label: Option<&Lifetime>) -> Option<&Open> {
        let mut open = self.frames.iter().rev();
        match label {
            Some(label) => open.find(|f| f.label.as_ref().is_some_and(|l| l.ident == label.ident)),
            None => open.find(|f| f.kind == Kind::Loop),
        }
    }

    pub(super) fn break_(&mut self, e: &syn::ExprBreak) -> Expr {
        let value = e.expr.as_ref().map(|e| Box::new(self.moved(e)));
        let at = Spot::of(&e.break_token);
        match self.goes_to(e.label.as_ref()) {
            Some(open) => expression(ExprKind::Jump(Jump::Break(open.leaves), value), at),
            None => rejected(at),
        }
    }

    pub(super) fn continue_(&mut self, e: &syn::ExprContinue) -> Expr {
        let at = Spot::of(&e.continue_token);
        match self.goes_to(e.label.as_ref()) {
            Some(open) => expression(ExprKind::Jump(Jump::Continue(open.frame), None), at),
            None => rejected(at),
        }
    }

    pub(super) fn return_(&mut self, e: &syn::ExprReturn) -> Expr {
        let value = e.expr.as_ref().map(|e| Box::new(self.expr(e)));
        let closure = self.frames.iter().rev().find(|f| f.kind == Kind::Closure);
        let jump = closure.map_or(Jump::Return, |f| Jump::Break(f.frame));
        expression(ExprKind::Jump(jump, value), Spot::of(&e.return_token))
    }
}

//! The variables by which jumps are told to the code that they pass over.

use super::Desugar;
use crate::ast::{Block, Expr, ExprKind, Frame, Jump, Spot, Stmt, Target, own};
use crate::build::{assign, boolean, expression, let_, read};
use crate::scope::Variable;
use proc_macro2::TokenStream;

/// Of a function or closure, a loop or a labelled block.
pub struct Flags {
    /// `None` for the function.
    pub frame: Option<Frame>,
    /// It has been left.
    pub stop: Variable,
    /// What is left of this iteration is passed over. The same as `stop` where no `continue` needs it.
    pub skip: Variable,
    /// The value that it was left with.
    pub value: Variable,
    /// Something assigns `stop`.
    pub stops: bool,
    /// Something reads `skip`.
    pub skips: bool,
    /// Something assigns `value`.
    pub has_value: bool,
}

impl Desugar<'_> {
    /// The flags of a frame; `continues` tells that iterations may end early, `ty` the type of its value.
    pub fn flags(&mut self, frame: Option<Frame>, continues: bool, ty: Option<TokenStream>) -> Flags {
        let stop = self.variable("stop", None);
        let skip = if continues { self.variable("skip", None) } else { stop.clone() };
        let value = self.variable("value", ty);
        Flags { frame, stop, skip, value, stops: false, skips: false, has_value: false }
    }

    /// A variable of ours.
    pub fn variable(&mut self, name: &str, ty: Option<TokenStream>) -> Variable {
        let number = self.variables;
        self.variables += 1;
        Variable::own(own(&format!("{name}{number}")), ty, number)
    }

    /// What a jump does to all frames that it leaves: their flags are set, and the value is kept.
    pub fn set(&mut self, jump: Jump, value: Option<Expr>, at: Spot, out: &mut Vec<Stmt>) {
        let target = match jump {
            Jump::Break(frame) | Jump::Continue(frame) => {
                self.open.iter().rposition(|f| f.frame == Some(frame))
            }
            Jump::Return => self.open.iter().rposition(|f| f.frame.is_none()),
        };
        let Some(target) = target else { return };
        if let Some(value) = value {
            self.open[target].has_value = true;
            out.push(assign(&self.open[target].value, value));
        }
        for k in (target..self.open.len()).rev() {
            let flags = &mut self.open[k];
            let stops = k > target || !matches!(jump, Jump::Continue(_));
            if stops {
                flags.stops = true;
                out.push(assign(&flags.stop, boolean(true, at)));
            }
            if !flags.skip.is(&flags.stop) {
                out.push(assign(&flags.skip, boolean(true, at)));
            }
        }
    }

    /// What is true once a jump has passed over the code that follows.
    pub fn passed_over(&mut self, at: Spot) -> Expr {
        match self.open.last_mut() {
            Some(flags) => {
                flags.skips = true;
                read(&flags.skip, at)
            }
            None => boolean(false, at),
        }
    }

    /// The value of what a jump has passed over: that of the jump, where it is the value of the whole frame. `has_one`: what is
    /// passed over has one, or never ends, so that the jump has gone further where it left none.
    pub fn passed_value(&mut self, tail: &[Jump], has_one: bool, at: Spot) -> Option<Box<Expr>> {
        let never = Some(Box::new(expression(ExprKind::Never, at)));
        let Some(flags) = self.open.last() else { return never };
        let is_whole = match flags.frame {
            None => tail.contains(&Jump::Return),
            Some(frame) => tail.contains(&Jump::Break(frame)),
        };
        match is_whole && flags.has_value {
            true => Some(Box::new(read(&flags.value, at))),
            false if is_whole && !has_one => None,
            false => never,
        }
    }
}

impl Flags {
    /// The statements that must stand before the frame.
    pub fn declared(&self, at: Spot) -> Vec<Stmt> {
        let mut stmts = Vec::new();
        if self.stops {
            stmts.push(let_(&self.stop, boolean(false, at)));
        }
        if self.has_value {
            stmts.push(Stmt::Declare(self.value.clone()));
        }
        stmts
    }
}

/// Takes assignments of a variable that nobody reads out of a block.
pub fn forget(b: &mut Block, variable: &Variable) {
    b.stmts.retain(|s| !assigns(s, variable));
    for value in b.stmts.iter_mut().filter_map(|s| s.value()).chain(b.value.as_deref_mut()) {
        forget_in(value, variable);
    }
}

fn forget_in(e: &mut Expr, variable: &Variable) {
    use crate::walk::Child;
    e.children(&mut |child| match child {
        Child::Expr(e) => forget_in(e, variable),
        Child::Block(b) => forget(b, variable),
        // Jumps stand in neither.
        Child::Written(_) | Child::Callable(_) => {}
    });
}

fn assigns(stmt: &Stmt, variable: &Variable) -> bool {
    let Stmt::Expr(e) = stmt else { return false };
    let ExprKind::Assign(target, _) = &e.kind else { return false };
    matches!(&**target, Target::Place(place) if place.root.is(variable))
}

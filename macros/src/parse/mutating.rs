//! Closures in variables that assign what is around them: their bodies stand where they are called.
//!
//! What they only read is borrowed as long as they live, so it has one value, which is kept where they are written; so is
//! what `move` copies. What they assign is the variable itself.

use super::{Parser, rejected};
use crate::ast::{Block, Callable, Expr, ExprKind, Frame, Jump, Pattern, Spot, Stmt};
use crate::build::{block, expression, let_, read};
use crate::diag::statements::HIDDEN;
use crate::scope::{Seen, Variable};
use crate::walk::{self, Child};
use std::collections::BTreeSet;
use syn::Ident;

/// A closure that assigns what is around it.
#[derive(Clone)]
pub(super) struct Mutating {
    params: Vec<Pattern>,
    body: Expr,
    /// What `return` leaves.
    frame: Frame,
    /// Variables of the code around it that it assigns.
    assigned: Vec<Variable>,
    /// Closures and handles around it that it calls.
    called: Vec<Variable>,
    /// Names of constants and functions that it uses.
    outside: BTreeSet<String>,
    /// What could be named where it is written.
    seen: Seen,
}

impl Parser<'_> {
    /// Keeps a closure that assigns `assigned`, for the calls of `variable`.
    pub(super) fn keep_closure(
        &mut self,
        variable: &Variable,
        (params, body): (Vec<Pattern>, Expr),
        mut assigned: Vec<Variable>,
        by_value: bool,
        stmts: &mut Vec<Stmt>,
    ) {
        let frame = self.fresh_frame();
        let at = body.at;
        let closure = Callable::Closure(params.clone(), Box::new(body.clone()));
        let mut inside = Inside { frame, renamed: Vec::new() };
        let mut called = Vec::new();
        for captured in walk::captured(&closure) {
            if captured.is_closure || captured.is_handle {
                called.push(captured.clone());
            }
            let is_value = !captured.is_closure && !captured.is_handle && !captured.is_own;
            if is_value && (by_value || !assigned.iter().any(|v| v.is(&captured))) {
                let own = self.scopes.own(|number| crate::ast::own(&format!("captured{number}")));
                stmts.push(let_(&own, read(&captured, at)));
                inside.renamed.push((captured, own));
            }
        }
        assigned = assigned.iter().map(|v| inside.name(v)).collect();
        let mut body = body;
        inside.expr(&mut body);
        let (outside, seen) = (walk::outside(&body), self.scopes.seen());
        let closure = Mutating { params, body, frame, assigned, called, outside, seen };
        self.mutating.insert(variable.number(), closure);
    }

    /// The variable that the closure of another one assigns, if it does.
    pub(super) fn assigned_by(&self, closure: &Variable) -> Option<&Variable> {
        self.mutating.get(&closure.number())?.assigned.first()
    }

    /// A call of a closure that is kept like this; `None` for others.
    pub(super) fn inlined(&mut self, name: &Ident, closure: &Variable, arguments: Vec<Expr>) -> Option<Expr> {
        let Mutating { params, body, frame, assigned, called, outside, seen } =
            self.mutating.get(&closure.number())?.clone();
        let at = Spot::at(name.span());
        // Another number of arguments is rustc's error.
        if params.len() != arguments.len() {
            return Some(rejected(at));
        }
        let is_hidden = |v: &&Variable| {
            !v.is_own && !self.scopes.variable(&v.spelled).is_some_and(|visible| visible.is(v))
        };
        if let Some(hidden) = assigned.iter().chain(&called).find(is_hidden) {
            self.sink.report(name, &HIDDEN, &[name, &hidden.spelled]);
            return Some(rejected(at));
        }
        // Constants and functions of blocks in between.
        if let Some(hidden) = self.scopes.items_since(seen).find(|item| outside.contains(*item)) {
            self.sink.report(name, &HIDDEN, &[name, &hidden]);
            return Some(rejected(at));
        }
        assigned.iter().for_each(|variable| self.scopes.assign(variable, name.span()));
        let mut stmts = Vec::new();
        let kept: Vec<Expr> = arguments.into_iter().map(|a| self.kept(a, &mut stmts)).collect();
        stmts.extend(params.into_iter().zip(kept).map(|(param, value)| Stmt::Let(param, value)));
        Some(expression(ExprKind::Labelled(frame, block(stmts, body)), at))
    }
}

/// The body of a closure where it is called.
struct Inside {
    frame: Frame,
    /// Variables around it, and those that stand for them.
    renamed: Vec<(Variable, Variable)>,
}

impl Inside {
    fn name(&self, variable: &Variable) -> Variable {
        let renamed = self.renamed.iter().find(|(v, _)| v.is(variable));
        renamed.map_or(variable, |(_, own)| own).clone()
    }

    fn expr(&self, e: &mut Expr) {
        self.parts(e, true);
    }

    /// `return` means the closure, unless there is another one around it.
    fn parts(&self, e: &mut Expr, returns: bool) {
        match &mut e.kind {
            ExprKind::Variable(variable) => *variable = self.name(variable),
            ExprKind::Jump(jump @ Jump::Return, _) if returns => *jump = Jump::Break(self.frame),
            _ => {}
        }
        e.children(&mut |child| match child {
            Child::Expr(e) => self.parts(e, returns),
            Child::Block(b) => self.block(b, returns),
            Child::Written(place) => {
                place.root = self.name(&place.root);
                place.indices(&mut |e| self.parts(e, returns));
            }
            Child::Callable(f) => self.callable(f),
        });
    }

    fn block(&self, b: &mut Block, returns: bool) {
        for stmt in &mut b.stmts {
            if let Stmt::Closure(_, f, _) = stmt {
                self.callable(f);
            }
            stmt.value().into_iter().for_each(|e| self.parts(e, returns));
        }
        b.value.iter_mut().for_each(|e| self.parts(e, returns));
    }

    fn callable(&self, f: &mut Callable) {
        if let Callable::Closure(_, body) = f {
            self.parts(body, false);
        }
    }
}

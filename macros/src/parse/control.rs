//! `if`, `for`, `while`, `loop`, blocks and closures.

use super::jump::Kind;
use super::{Parser, bare, expression, rejected};
use crate::ast::{
    Adapter, Block, Callable, Expr, ExprKind, For, Jump, Loop, Pattern, Range, Spot, Stmt, While,
};
use crate::build::{branch, leave, unless};
use crate::diag::{control_flow::*, expressions};
use syn::{Expr as Rust, Pat, RangeLimits};

impl Parser<'_> {
    pub(super) fn block_expr(&mut self, e: &syn::ExprBlock) -> Expr {
        let at = Spot::of(&e.block);
        let Some(label) = &e.label else {
            return expression(ExprKind::Block(self.block(&e.block)), at);
        };
        let (frame, block) = self.within(Kind::Block, Some(label), |p| p.block(&e.block));
        expression(ExprKind::Labelled(frame, block), at)
    }

    pub(super) fn branch(&mut self, e: &syn::ExprIf) -> Expr {
        if let Rust::Let(condition) = bare(&e.cond) {
            return self.if_let(e, condition);
        }
        let condition = self.expr(&e.cond);
        let then = self.block(&e.then_branch);
        let otherwise = e.else_branch.as_ref().map(|(_, e)| self.otherwise(e));
        let at = Spot::of(&e.if_token);
        // What is wrong with the value of a branch is reported once.
        let was_reported = |block: &Block| {
            block.value.as_ref().is_some_and(|value| matches!(value.kind, ExprKind::Rejected))
        };
        if was_reported(&then) || otherwise.as_ref().is_some_and(was_reported) {
            return rejected(at);
        }
        branch(condition, then, otherwise, at)
    }

    pub(super) fn for_loop(&mut self, e: &syn::ExprForLoop) -> Expr {
        if !is_plain_range(&e.expr) {
            return self.for_items(e).unwrap_or_else(|| rejected(Spot::of(&e.for_token)));
        }
        let range = self.range(&e.expr);
        self.scopes.open();
        let mut pat = &*e.pat;
        while let Pat::Paren(inner) = pat {
            pat = &inner.pat;
        }
        let index = match pat {
            Pat::Ident(p) if p.subpat.is_none() => Some(self.named(p, false)),
            Pat::Wild(_) => None,
            other => {
                // Any other pattern is rustc's error.
                match other {
                    Pat::Ident(_) => drop(self.pattern(other, false)),
                    other => self.pattern_names(other),
                }
                None
            }
        };
        let (frame, body) = self.within(Kind::Loop, e.label.as_ref(), |p| p.block(&e.body));
        self.scopes.close();
        let carried = Vec::new();
        let at = Spot::of(&e.for_token);
        let parallel = e.attrs.iter().any(super::loop_attributes::is_parallel);
        let checkpoint = e.attrs.iter().any(super::loop_attributes::is_checkpoint);
        let unroll = e.attrs.iter().any(super::loop_attributes::is_unroll);
        match range {
            Some(range) => expression(
                ExprKind::For(Box::new(For {
                    frame,
                    index,
                    range,
                    body,
                    carried,
                    parallel,
                    checkpoint,
                    unroll,
                })),
                at,
            ),
            None => rejected(at),
        }
    }

    /// Declares the names of a pattern that was reported.
    pub(super) fn pattern_names(&mut self, pat: &Pat) {
        match pat {
            Pat::Ident(p) => {
                self.scopes.declare(&p.ident, false, None);
            }
            Pat::Tuple(p) => p.elems.iter().for_each(|p| self.pattern_names(p)),
            Pat::Slice(p) => p.elems.iter().for_each(|p| self.pattern_names(p)),
            Pat::Reference(p) => self.pattern_names(&p.pat),
            Pat::Paren(p) => self.pattern_names(&p.pat),
            Pat::TupleStruct(p) => p.elems.iter().for_each(|p| self.pattern_names(p)),
            Pat::Struct(p) => p.fields.iter().for_each(|f| self.pattern_names(&f.pat)),
            Pat::Type(p) => self.pattern_names(&p.pat),
            Pat::Guard(p) => self.pattern_names(&p.pat),
            _ => {}
        }
    }

    /// `a..b`, `a..=b`
    pub(super) fn written_range(&mut self, r: &syn::ExprRange) -> Option<Range> {
        let (at, inclusive) = match &r.limits {
            RangeLimits::HalfOpen(token) => (Spot::of(token), false),
            RangeLimits::Closed(token) => (Spot::of(token), true),
        };
        let start = r.start.as_ref().map(|e| self.expr(e));
        let end = r.end.as_ref().map(|e| self.expr(e));
        // One without a start is no iterator, which rustc says.
        let (start, end) = (start?, end?);
        Some(Range { start, end, inclusive, progress: None, adapters: Vec::new(), at })
    }

    /// The header of a `for` loop: `a..b`, `a..=b`, with `.rev()` and `.step_by(k)` in any order.
    fn range(&mut self, e: &Rust) -> Option<Range> {
        match bare(e) {
            Rust::Range(r) => self.written_range(r),
            Rust::MethodCall(m) if is_range(&m.receiver) => {
                let mut range = self.range(&m.receiver)?;
                let name = m.method.to_string();
                let at = Spot::at(m.method.span());
                match (name.as_str(), m.args.len()) {
                    ("rev", 0) => range.adapters.push((Adapter::Rev, at)),
                    ("step_by", 1) => {
                        let step = self.expr(&m.args[0]);
                        range.adapters.push((Adapter::StepBy(step), at));
                    }
                    ("into_iter", 0) => {}
                    // rustc's error: another number of arguments.
                    _ => return None,
                }
                Some(range)
            }
            Rust::Call(call) if is_progress(call) => {
                let (Some(name), Some(range)) = (call.args.first(), call.args.get(1)) else { return None };
                let name = match bare(name) {
                    Rust::Lit(syn::ExprLit { lit: syn::Lit::Str(name), .. }) => name.value(),
                    other => {
                        self.sink.report(other, &PROGRESS_NAME, &[]);
                        return None;
                    }
                };
                Some(Range { progress: Some(name), ..self.range(range)? })
            }
            other => {
                self.sink.report(other, &FOR_OVER, &[]);
                None
            }
        }
    }

    pub(super) fn while_loop(&mut self, e: &syn::ExprWhile) -> Expr {
        let at = Spot::of(&e.while_token);
        if let Rust::Let(condition) = bare(&e.cond) {
            let (frame, value) = self.within(Kind::Loop, e.label.as_ref(), |p| {
                let stmts = vec![leave(p.frame_inside()?, at)];
                let otherwise = Block { stmts, ..Block::default() };
                Some(p.matched(condition, &e.body, Some(|_: &mut Self| otherwise), at))
            });
            let Some(value) = value else { return rejected(at) };
            let body = Block { stmts: vec![Stmt::Expr(value)], ..Block::default() };
            return expression(ExprKind::Loop(Box::new(Loop { frame, body })), at);
        }
        let since = self.scopes.mark();
        let condition = self.expr(&e.cond);
        let assigns = self.scopes.outer_assignments(since).next().is_some();
        let (frame, mut body) = self.within(Kind::Loop, e.label.as_ref(), |p| p.block(&e.body));
        if !assigns {
            let whole = While { frame, condition, body, carried: Vec::new() };
            return expression(ExprKind::While(Box::new(whole)), at);
        }
        // A condition of the graph only reads: one that assigns is where an endless loop is left.
        body.stmts.insert(0, unless(condition, Jump::Break(frame), at));
        expression(ExprKind::Loop(Box::new(Loop { frame, body })), at)
    }

    /// `loop`, whose `break`s may have a value.
    pub(super) fn endless_loop(&mut self, e: &syn::ExprLoop) -> Expr {
        let (frame, body) = self.within(Kind::Loop, e.label.as_ref(), |p| p.block(&e.body));
        expression(ExprKind::Loop(Box::new(Loop { frame, body })), Spot::of(&e.loop_token))
    }

    /// A closure that is passed to something that takes one. It may run more than once or not at all, so it
    /// can't assign what is around it.
    pub(super) fn closure(&mut self, c: &syn::ExprClosure) -> Callable {
        let since = self.scopes.mark();
        let (params, body) = self.closure_parts(c, false);
        self.refuse_assignments(since);
        Callable::Closure(params, Box::new(body))
    }

    /// The parameters and the body of a closure, which may assign what is around it or not.
    pub(super) fn closure_parts(&mut self, c: &syn::ExprClosure, assigns: bool) -> (Vec<Pattern>, Expr) {
        if let Some(token) = &c.asyncness {
            self.sink.report(token, &expressions::ASYNC, &[]);
        }
        self.scopes.open();
        let around = std::mem::take(&mut self.frames);
        let params = c.inputs.iter().map(|p| self.closure_parameter(p)).collect();
        self.closures += 1;
        self.read_only += usize::from(!assigns);
        let mut body = self.moved(&c.body);
        self.read_only -= usize::from(!assigns);
        self.closures -= 1;
        if let syn::ReturnType::Type(_, ty) = &c.output
            && let Some(declared) = super::types::ascription(ty)
        {
            let at = Spot::of(ty);
            let variable = self.scopes.own(|number| crate::ast::own(&format!("result{number}")));
            let pattern = Pattern::Typed(Box::new(Pattern::Name(variable.clone())), declared, at);
            let value = Some(Box::new(expression(ExprKind::Variable(variable), at)));
            let stmts = vec![Stmt::Let(pattern, body)];
            body = expression(ExprKind::Block(Block { items: Vec::new(), stmts, value }), at);
        }
        self.frames = around;
        self.scopes.close();
        (params, body)
    }
}

fn is_progress(call: &syn::ExprCall) -> bool {
    match bare(&call.func) {
        Rust::Path(path) => path.path.segments.last().is_some_and(|s| s.ident == "progress"),
        _ => false,
    }
}

/// A range whose index is the item, forwards or backwards, perhaps with a progress bar.
fn is_plain_range(e: &Rust) -> bool {
    match bare(e) {
        Rust::Range(r) => r.end.is_some() || r.start.is_none(),
        Rust::Call(call) => is_progress(call),
        Rust::MethodCall(m) => {
            let plain = m.method == "rev" || m.method == "step_by" || m.method == "into_iter";
            plain && is_plain_range(&m.receiver)
        }
        _ => false,
    }
}

/// A range, or a method of one.
fn is_range(e: &Rust) -> bool {
    match bare(e) {
        Rust::Range(_) => true,
        Rust::MethodCall(m) => is_range(&m.receiver),
        _ => false,
    }
}

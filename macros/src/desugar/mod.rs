//! `break`, `continue` and `return` become branches and flags.
//!
//! Most of them need no flag: what follows `if condition { .. break; }` becomes its `else`, and the value of a `return`
//! at the end of all that happens is the value of the function. Where something else follows, the jump sets a flag
//! for each loop, labelled block or function that it leaves, and what it passes over is put under the flag of
//! whatever is around it.

mod flags;
mod frames;
mod jumps;

use crate::ast::{Block, Expr, ExprKind, Function, Jump, Pattern, Spot, Stmt};
use crate::build::{branch, expression, read};
use crate::diag::Sink;
use crate::diag::control_flow::JUMP_INSIDE;
use crate::walk::Child;
use flags::Flags;
use jumps::{block_diverges, diverges, first, leaving, leaving_block};
use proc_macro2::TokenStream;
use std::collections::VecDeque;

/// Takes the jumps of a function away.
pub fn function(function: &mut Function, sink: &mut Sink) {
    let mut desugar = Desugar { variables: function.variables, open: Vec::new(), sink };
    function_of(&mut desugar, &mut function.body, function.result.clone(), function.result_at);
    function.variables = desugar.variables;
}

/// One function or closure, with the type of its result.
fn function_of(desugar: &mut Desugar, body: &mut Block, result: Option<TokenStream>, at: Spot) {
    let flags = desugar.flags(None, false, result);
    desugar.open.push(flags);
    desugar.block(body, &[Jump::Return]);
    if let Some(flags) = desugar.open.pop() {
        body.stmts.splice(0..0, flags.declared(at));
    }
}

/// Rewrites one function.
struct Desugar<'a> {
    /// How many variables there are.
    variables: usize,
    /// The function and the frames around the current point.
    open: Vec<Flags>,
    sink: &'a mut Sink,
}

/// What is left of a block.
#[derive(Default)]
struct Rest {
    stmts: VecDeque<Stmt>,
    value: Option<Box<Expr>>,
}

impl Rest {
    fn is_empty(&self) -> bool {
        self.stmts.is_empty() && self.value.is_none()
    }
}

impl Desugar<'_> {
    /// `tail`: jumps that go where the end of the block goes anyway, with its value.
    fn block(&mut self, block: &mut Block, tail: &[Jump]) {
        let rest = Rest { stmts: std::mem::take(&mut block.stmts).into(), value: block.value.take() };
        let Block { stmts, value, .. } = self.sequence(rest, tail);
        (block.stmts, block.value) = (stmts, value);
    }

    fn sequence(&mut self, mut rest: Rest, tail: &[Jump]) -> Block {
        let mut out = Vec::new();
        while let Some(mut stmt) = rest.stmts.pop_front() {
            match stmt.value().map(|e| leaving(e).is_empty()) {
                None => {
                    if let Stmt::Closure(_, f, _) = &mut stmt {
                        self.callable(f);
                    }
                    out.push(stmt);
                }
                Some(true) => {
                    stmt.value().into_iter().for_each(|e| self.inside(e));
                    out.push(stmt);
                }
                Some(false) => match stmt {
                    Stmt::Let(pattern, e) => return self.then(out, e, Some(pattern), rest, tail),
                    Stmt::Expr(e) => return self.then(out, e, None, rest, tail),
                    stmt => out.push(stmt),
                },
            }
        }
        let Some(mut value) = rest.value else { return Block { stmts: out, ..Block::default() } };
        if leaving(&mut value).is_empty() {
            self.inside(&mut value);
            return Block { stmts: out, value: Some(value), ..Block::default() };
        }
        self.last(out, *value, tail)
    }

    /// The value of a block, which jumps.
    fn last(&mut self, out: Vec<Stmt>, mut e: Expr, tail: &[Jump]) -> Block {
        let at = e.at;
        let goes_on = !diverges(&mut e);
        match &mut e.kind {
            ExprKind::If(branch) => {
                self.no_jump(&mut branch.condition);
                self.block(&mut branch.then, tail);
                branch.otherwise.iter_mut().for_each(|b| self.block(b, tail));
            }
            ExprKind::Block(block) => self.block(block, tail),
            ExprKind::Labelled(..) | ExprKind::Loop(_) if goes_on => {
                let value = self.variable("value", None);
                let rest = Rest { value: Some(Box::new(read(&value, at))), ..Rest::default() };
                return self.then(out, e, Some(Pattern::Name(value)), rest, tail);
            }
            _ => return self.then(out, e, None, Rest::default(), tail),
        }
        Block { stmts: out, value: Some(Box::new(e)), ..Block::default() }
    }

    /// `e;` or `let pattern = e;`, which jumps, and what follows it.
    fn then(
        &mut self,
        mut out: Vec<Stmt>,
        mut e: Expr,
        pattern: Option<Pattern>,
        mut rest: Rest,
        tail: &[Jump],
    ) -> Block {
        let at = e.at;
        match e.kind {
            // `match`: what it compares is no variable of the user's.
            ExprKind::Block(block) if binds_ours(&block) => {
                let Some(value) = block.value else { unreachable!("it has one") };
                out.extend(block.stmts.into_iter().map(|mut stmt| {
                    stmt.value().into_iter().for_each(|e| self.no_jump(e));
                    stmt
                }));
                return self.then(out, *value, pattern, rest, tail);
            }
            ExprKind::Jump(jump, value) => return self.jump(out, jump, value, at, tail),
            ExprKind::If(mut branch) => {
                let ends =
                    (block_diverges(&mut branch.then), branch.otherwise.as_mut().is_some_and(block_diverges));
                let goes_on = match ends {
                    (true, true) => {
                        return self.last(out, expression(ExprKind::If(branch), at), tail);
                    }
                    (true, false) => branch.otherwise.get_or_insert_default(),
                    (false, _) => &mut branch.then,
                };
                // What follows belongs to the one branch that gets there.
                if (ends.0 || ends.1) && leaving_block(goes_on).is_empty() {
                    let block = std::mem::take(goes_on);
                    let is_empty = block.stmts.is_empty() && block.value.is_none();
                    let block = expression(ExprKind::Block(block), at);
                    match pattern {
                        Some(pattern) => rest.stmts.push_front(Stmt::Let(pattern, block)),
                        None if is_empty => {}
                        None => rest.stmts.push_front(Stmt::Expr(block)),
                    }
                    (goes_on.stmts, goes_on.value) = (rest.stmts.into(), rest.value);
                    return self.last(out, expression(ExprKind::If(branch), at), tail);
                }
                e.kind = ExprKind::If(branch);
            }
            ExprKind::Assign(target, value) if pattern.is_none() => {
                return self.bound(out, *value, rest, tail, |v| ExprKind::Assign(target, v), at);
            }
            ExprKind::Update(op, target, value) if pattern.is_none() => {
                return self.bound(out, *value, rest, tail, |v| ExprKind::Update(op, target, v), at);
            }
            kind => e.kind = kind,
        }
        let ends = diverges(&mut e);
        self.jumping(&mut e);
        out.push(match pattern {
            Some(pattern) if !ends => Stmt::Let(pattern, e),
            _ => Stmt::Expr(e),
        });
        if ends {
            let value = self.passed_value(tail, true, at);
            return Block { stmts: out, value, ..Block::default() };
        }
        if rest.is_empty() {
            return Block { stmts: out, ..Block::default() };
        }
        let condition = self.passed_over(at);
        let has_value = rest.value.is_some();
        let then = Block { value: self.passed_value(tail, has_value, at), ..Block::default() };
        let otherwise = Some(self.sequence(rest, tail));
        let value = Some(Box::new(branch(condition, then, otherwise, at)));
        Block { stmts: out, value, ..Block::default() }
    }

    /// An assignment whose value jumps: the value is computed before.
    fn bound(
        &mut self,
        out: Vec<Stmt>,
        value: Expr,
        mut rest: Rest,
        tail: &[Jump],
        make: impl FnOnce(Box<Expr>) -> ExprKind,
        at: Spot,
    ) -> Block {
        let variable = self.variable("value", None);
        let mut assignment = expression(make(Box::new(read(&variable, value.at))), at);
        if let Some((spot, word)) = first(&mut assignment) {
            self.sink.report_at(spot.span, &JUMP_INSIDE, &[&word]);
        }
        rest.stmts.push_front(Stmt::Expr(assignment));
        self.then(out, value, Some(Pattern::Name(variable)), rest, tail)
    }

    fn jump(
        &mut self,
        mut out: Vec<Stmt>,
        jump: Jump,
        mut value: Option<Box<Expr>>,
        at: Spot,
        tail: &[Jump],
    ) -> Block {
        if let Some(value) = &mut value {
            self.no_jump(value);
        }
        if tail.contains(&jump) {
            return Block { stmts: out, value, ..Block::default() };
        }
        self.set(jump, value.map(|v| *v), at, &mut out);
        let value = Some(Box::new(expression(ExprKind::Never, at)));
        Block { stmts: out, value, ..Block::default() }
    }

    /// An expression that jumps, where something follows.
    fn jumping(&mut self, e: &mut Expr) {
        match &mut e.kind {
            ExprKind::If(branch) => {
                self.no_jump(&mut branch.condition);
                self.block(&mut branch.then, &[]);
                branch.otherwise.iter_mut().for_each(|b| self.block(b, &[]));
            }
            ExprKind::Block(block) => self.block(block, &[]),
            ExprKind::For(l) => {
                l.range.children(&mut |child| self.no_jump_inside(child));
                self.frame(e);
            }
            ExprKind::While(l) => {
                self.no_jump(&mut l.condition);
                self.frame(e);
            }
            ExprKind::Loop(_) | ExprKind::Labelled(..) => self.frame(e),
            _ => self.no_jump(e),
        }
    }

    /// An expression without jumps that leave it.
    fn inside(&mut self, e: &mut Expr) {
        match &mut e.kind {
            ExprKind::For(_) | ExprKind::While(_) | ExprKind::Loop(_) | ExprKind::Labelled(..) => {
                self.jumping(e)
            }
            _ => e.children(&mut |child| self.no_jump_inside(child)),
        }
    }

    fn no_jump_inside(&mut self, child: Child) {
        match child {
            Child::Expr(e) => self.no_jump(e),
            Child::Block(b) => self.block(b, &[]),
            Child::Written(place) => place.indices(&mut |e| self.no_jump(e)),
            Child::Callable(f) => self.callable(f),
        }
    }

    /// An expression that must not jump.
    fn no_jump(&mut self, e: &mut Expr) {
        if leaving(e).is_empty() {
            return self.inside(e);
        }
        if let Some((spot, word)) = first(e) {
            self.sink.report_at(spot.span, &JUMP_INSIDE, &[&word]);
        }
    }
}

/// A block that does nothing but bind variables of ours for the branch at its end.
fn binds_ours(block: &Block) -> bool {
    let ours = |s: &Stmt| matches!(s, Stmt::Let(Pattern::Name(v), _) if v.is_own);
    let branches = block.value.as_ref().is_some_and(|v| matches!(v.kind, ExprKind::If(_)));
    branches && block.items.is_empty() && block.stmts.iter().all(ours)
}

//! Closures that give an item or none: those of `scan`, `filter_map`, `map_while` and `find_map`. `Some(v)` is `v`, and
//! where there is none the loop goes on elsewhere.

use super::Item;
use crate::ast::{Block, Expr, ExprKind, Spot, Stmt};
use crate::build::{block, branch, expression, let_, read};
use crate::diag::iterators::OPTION_BODY;
use crate::parse::jump::Kind;
use crate::parse::{Parser, bare, rejected};
use syn::visit::{self, Visit};
use syn::{Expr as Rust, ExprCall, ExprMethodCall, ExprPath};

impl Parser<'_> {
    /// The item that a closure makes of others; `none` is what happens where it makes none.
    pub(super) fn apply_option(
        &mut self,
        f: &Rust,
        items: Vec<Item>,
        none: &[Stmt],
        out: &mut Vec<Stmt>,
    ) -> Option<Expr> {
        let Rust::Closure(c) = bare(f) else {
            self.sink.report(f, &OPTION_BODY, &[]);
            return None;
        };
        // Another number of parameters is rustc's error.
        if c.inputs.len() != items.len() {
            return None;
        }
        self.scopes.open();
        let mut stmts = Vec::new();
        for (pat, item) in c.inputs.iter().zip(items) {
            self.bind_item(pat, item, &mut stmts);
        }
        let around = std::mem::take(&mut self.frames);
        let (frame, value) = self.within(Kind::Closure, None, |p| p.option(&c.body, none));
        self.frames = around;
        self.scopes.close();
        let at = value.at;
        let whole = expression(ExprKind::Labelled(frame, block(stmts, value)), at);
        let item = self.own("item");
        out.push(let_(&item, whole));
        Some(read(&item, at))
    }

    /// The value inside of an `Option` that is written as one.
    fn option(&mut self, e: &Rust, none: &[Stmt]) -> Expr {
        let at = Spot::of(e);
        let missing = || {
            let value = Some(Box::new(expression(ExprKind::Never, at)));
            Block { items: Vec::new(), stmts: none.to_vec(), value }
        };
        match bare(e) {
            Rust::Call(c) if is_some(c) => self.moved(&c.args[0]),
            Rust::Path(p) if p.path.is_ident("None") => expression(ExprKind::Block(missing()), at),
            Rust::Block(b) if b.label.is_none() => {
                let block = self.option_block(&b.block, none);
                expression(ExprKind::Block(block), at)
            }
            Rust::If(i) if !matches!(bare(&i.cond), Rust::Let(_)) && i.else_branch.is_some() => {
                let condition = self.expr(&i.cond);
                let then = self.option_block(&i.then_branch, none);
                let otherwise = i.else_branch.as_ref().map(|(_, e)| block(Vec::new(), self.option(e, none)));
                branch(condition, then, otherwise, Spot::of(&i.if_token))
            }
            Rust::Match(m) => self.matching(m, |p, body| p.option(body, none)),
            Rust::MethodCall(m) if m.args.len() == 1 && m.method == "then_some" => {
                let mut stmts = Vec::new();
                let condition = self.expr(&m.receiver);
                let condition = self.kept(condition, &mut stmts);
                let value = self.expr(&m.args[0]);
                let value = self.kept(value, &mut stmts);
                let whole = branch(condition, block(Vec::new(), value), Some(missing()), at);
                expression(ExprKind::Block(block(stmts, whole)), at)
            }
            Rust::MethodCall(m)
                if m.method == "then"
                    && let Some(Rust::Closure(c)) = m.args.first().map(bare)
                    && c.inputs.is_empty() =>
            {
                let condition = self.expr(&m.receiver);
                let around = std::mem::take(&mut self.frames);
                let (frame, value) = self.within(Kind::Closure, None, |p| p.expr(&c.body));
                self.frames = around;
                let value = expression(ExprKind::Labelled(frame, block(Vec::new(), value)), at);
                branch(condition, block(Vec::new(), value), Some(missing()), at)
            }
            other => {
                self.sink.report(other, &OPTION_BODY, &[]);
                rejected(at)
            }
        }
    }

    fn option_block(&mut self, b: &syn::Block, none: &[Stmt]) -> Block {
        self.scopes.open();
        let (stmts, tail) = tail(&b.stmts);
        let mut block = self.statements(stmts);
        block.stmts.extend(block.value.take().map(|e| Stmt::Expr(*e)));
        match tail {
            Some(tail) => block.value = Some(Box::new(self.option(tail, none))),
            None => self.sink.report(b, &OPTION_BODY, &[]),
        }
        self.scopes.close();
        block
    }
}

/// The statements of a block before its value, and its value.
pub(super) fn tail(stmts: &[syn::Stmt]) -> (&[syn::Stmt], Option<&Rust>) {
    match stmts {
        [before @ .., syn::Stmt::Expr(value, None)] => (before, Some(value)),
        stmts => (stmts, None),
    }
}

fn is_some(c: &ExprCall) -> bool {
    matches!(bare(&c.func), Rust::Path(p) if p.path.is_ident("Some")) && c.args.len() == 1
}

/// The closure may give `None`.
pub(super) fn may_end(f: &Rust) -> bool {
    struct Nones(bool);
    impl<'ast> Visit<'ast> for Nones {
        fn visit_expr_path(&mut self, e: &'ast ExprPath) {
            self.0 |= e.path.is_ident("None");
        }

        fn visit_expr_method_call(&mut self, e: &'ast ExprMethodCall) {
            self.0 |= e.method == "then" || e.method == "then_some";
            visit::visit_expr_method_call(self, e);
        }
    }
    let mut nones = Nones(false);
    nones.visit_expr(f);
    nones.0
}

/// There is a `return` in a closure's body that leaves it.
pub(super) fn returns(body: &Rust) -> bool {
    struct Returns(bool);
    impl<'ast> Visit<'ast> for Returns {
        fn visit_expr_return(&mut self, _: &'ast syn::ExprReturn) {
            self.0 = true;
        }

        fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}

        fn visit_item(&mut self, _: &'ast syn::Item) {}
    }
    let mut returns = Returns(false);
    returns.visit_expr(body);
    returns.0
}

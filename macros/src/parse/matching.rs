//! `match`, `if let`, `let .. else` and `matches!`: comparisons in order, which `refutable.rs` makes of the patterns.
//!
//! rustc has seen that the arms of the function as written leave nothing out, so the last one needs no comparison.

use super::refutable::compare;
use super::{Parser, bare, expression, rejected, types};
use crate::ast::{Block, Expr, ExprKind, Pattern, Place, Spot, Stmt, own};
use crate::build;
use std::rc::Rc;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr as Rust, Pat, Token};

impl Parser<'_> {
    pub(super) fn match_expr(&mut self, e: &syn::ExprMatch) -> Expr {
        self.matching(e, |p, body| p.moved(body))
    }

    /// `match`, whose arms are read by `read`.
    pub(super) fn matching(&mut self, e: &syn::ExprMatch, read: impl Fn(&mut Self, &Rust) -> Expr) -> Expr {
        let at = Spot::of(&e.match_token);
        let (subject, stmt) = self.subject(&e.expr);
        let mut arms = Vec::new();
        for arm in &e.arms {
            for pat in alternatives(&arm.pat) {
                let (condition, block) = self.arm(&pat, &subject, |p| read(p, &arm.body));
                arms.push((condition, block));
            }
        }
        let mut chain: Option<Block> = None;
        for (condition, block) in arms.into_iter().rev() {
            chain = Some(match (chain, condition) {
                (Some(otherwise), Some(condition)) => {
                    build::block(Vec::new(), build::branch(condition, block, Some(otherwise), at))
                }
                _ => block,
            });
        }
        match chain {
            Some(mut block) => {
                block.stmts.insert(0, stmt);
                expression(ExprKind::Block(block), at)
            }
            // Of a type without values.
            None => rejected(at),
        }
    }

    /// `if let pattern = subject { .. }`
    pub(super) fn if_let(&mut self, e: &syn::ExprIf, condition: &syn::ExprLet) -> Expr {
        let otherwise = e.else_branch.as_ref().map(|(_, e)| move |p: &mut Self| p.otherwise(e));
        self.matched(condition, &e.then_branch, otherwise, Spot::of(&e.if_token))
    }

    /// `if let`, whose `else` is read after it.
    pub(super) fn matched(
        &mut self,
        condition: &syn::ExprLet,
        then: &syn::Block,
        otherwise: Option<impl FnOnce(&mut Self) -> Block>,
        at: Spot,
    ) -> Expr {
        let (subject, stmt) = self.subject(&condition.expr);
        let (condition, then) = self.arm(&condition.pat, &subject, |p| {
            let block = p.block(then);
            expression(ExprKind::Block(block), Spot::of(then))
        });
        let otherwise = otherwise.map(|read| read(self));
        let condition = condition.unwrap_or_else(|| build::boolean(true, at));
        let value = build::branch(condition, then, otherwise, at);
        expression(ExprKind::Block(build::block(vec![stmt], value)), at)
    }

    /// `let pattern = subject else { .. };`
    pub(super) fn let_else(&mut self, pat: &Pat, subject: &Rust, otherwise: &Rust, stmts: &mut Vec<Stmt>) {
        let (value, mut stmt) = self.subject(subject);
        let mut pat = pat;
        if let Pat::Type(typed) = pat {
            if let (Stmt::Let(whole, _), Some(ty)) = (&mut stmt, types::ascription(&typed.ty)) {
                *whole = Pattern::Typed(Box::new(whole.clone()), ty, Spot::of(&typed.ty));
            }
            pat = &typed.pat;
        }
        stmts.push(stmt);
        // It does not see what the pattern binds.
        let otherwise = self.otherwise(otherwise);
        let at = value.at;
        let test = self.test_of(pat, None, &value);
        stmts.extend(
            test.condition
                .map(|condition| Stmt::Expr(build::branch(build::not(condition), otherwise, None, at))),
        );
        stmts.extend(test.bindings);
    }

    /// `matches!(subject, pattern if guard)`
    pub(super) fn matches(&mut self, mac: &syn::Macro) -> Expr {
        let at = Spot::of(&mac.path);
        let parser = |input: ParseStream| {
            let subject = input.parse::<Rust>()?;
            input.parse::<Token![,]>()?;
            let pattern = Pat::parse_multi_with_leading_vert(input)?;
            let guard = input.parse::<Option<Token![if]>>()?.map(|_| input.parse::<Rust>()).transpose()?;
            input.parse::<Option<Token![,]>>()?;
            Ok((subject, pattern, guard))
        };
        let Ok((subject, pattern, guard)) = parser.parse2(mac.tokens.clone()) else {
            // rustc says what is wrong with it.
            return rejected(at);
        };
        let (subject, stmt) = self.subject(&subject);
        // The guard is evaluated for each alternative.
        let cases = match (pattern, &guard) {
            (Pat::Or(or), Some(_)) => or.cases.into_iter().collect(),
            (pattern, _) => vec![pattern],
        };
        let conditions = cases.iter().map(|case| {
            self.scopes.open();
            let test = self.test_of(case, guard.as_ref(), &subject);
            self.scopes.close();
            test.condition
        });
        let value =
            conditions.reduce(|a, b| Some(expression(ExprKind::Lazy(false, Box::new(a?), Box::new(b?)), at)));
        let value = value.flatten().unwrap_or_else(|| build::boolean(true, at));
        expression(ExprKind::Block(build::block(vec![stmt], value)), at)
    }

    /// A variable of ours for what is matched.
    fn subject(&mut self, e: &Rust) -> (Expr, Stmt) {
        let referred = self.matched_place(e);
        let value = match bare(e) {
            Rust::MethodCall(m) if m.method == "cmp" && m.args.len() == 1 => self.ordering(m),
            e => referred.as_ref().map_or_else(|| self.expr(e), Place::value),
        };
        let at = value.at;
        let mut variable = self.scopes.own(|number| own(&format!("matched{number}")));
        variable.alias = referred.map(Rc::new);
        let read = expression(ExprKind::Variable(variable.clone()), at);
        (read, Stmt::Let(Pattern::Name(variable), value))
    }

    /// `a.cmp(&b)`, which is matched with the variants of `Ordering`: -1, 0 or 1, as `Ordering as i32` is.
    fn ordering(&mut self, m: &syn::ExprMethodCall) -> Expr {
        let at = Spot::at(m.method.span());
        let mut stmts = Vec::new();
        let [a, b] = [&*m.receiver, &m.args[0]].map(|e| {
            let value = self.expr(e);
            self.kept(value, &mut stmts)
        });
        let choose = |condition, then, otherwise| {
            let [then, otherwise] = [then, otherwise].map(|value| build::block(Vec::new(), value));
            build::branch(condition, then, Some(otherwise), at)
        };
        let above = choose(compare("Gt", a.clone(), b.clone()), build::int(1, at), build::int(0, at));
        let value = choose(compare("Lt", a, b), build::int(-1, at), above);
        expression(ExprKind::Block(build::block(stmts, value)), at)
    }

    fn arm(
        &mut self,
        pat: &Pat,
        subject: &Expr,
        body: impl FnOnce(&mut Self) -> Expr,
    ) -> (Option<Expr>, Block) {
        self.scopes.open();
        let (pat, guard) = match pat {
            Pat::Guard(p) => (&*p.pat, Some(&*p.guard)),
            pat => (pat, None),
        };
        let test = self.test_of(pat, guard, subject);
        let value = Some(Box::new(body(self)));
        self.scopes.close();
        (test.condition, Block { items: Vec::new(), stmts: test.bindings, value })
    }

    /// The `else` of a branch.
    pub(super) fn otherwise(&mut self, e: &Rust) -> Block {
        match bare(e) {
            Rust::Block(b) if b.label.is_none() => self.block(&b.block),
            e => Block { value: Some(Box::new(self.moved(e))), ..Block::default() },
        }
    }
}

/// The alternatives of an arm, each with the guard, where it has one: it is evaluated for each of them.
fn alternatives(pat: &Pat) -> Vec<Pat> {
    match pat {
        Pat::Guard(guarded) => match &*guarded.pat {
            Pat::Or(or) => or
                .cases
                .iter()
                .map(|case| Pat::Guard(syn::PatGuard { pat: Box::new(case.clone()), ..guarded.clone() }))
                .collect(),
            _ => vec![pat.clone()],
        },
        pat => vec![pat.clone()],
    }
}

//! `match`, `if let` and `matches!` on numbers, bools, ranges, constants and tuples of them: comparisons in order.
//!
//! rustc has seen that the arms of the function as written leave nothing out, so the last one needs no comparison.

use super::{Parser, bare, expression, rejected};
use crate::ast::{Block, Expr, ExprKind, FieldName, Pattern, Spot, Stmt, own};
use crate::build;
use crate::diag::control_flow::{MATCH_BINDING, MATCH_PATTERN};
use quote::quote;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr as Rust, Pat, RangeLimits, Token};

/// What a pattern asks for.
#[derive(Default)]
struct Test {
    /// `None` where it always matches.
    condition: Option<Expr>,
    /// What it binds.
    bindings: Vec<Stmt>,
}

impl Test {
    fn and(&mut self, other: Option<Expr>) {
        self.condition = both("And", self.condition.take(), other);
    }
}

/// The comparison of two conditions, of which one may be missing.
fn both(op: &'static str, a: Option<Expr>, b: Option<Expr>) -> Option<Expr> {
    match (a, b) {
        (Some(a), Some(b)) => {
            let at = a.at;
            Some(expression(ExprKind::Binary(op, Box::new(a), Box::new(b)), at))
        }
        (a, b) => a.or(b),
    }
}

impl Parser<'_> {
    pub(super) fn match_expr(&mut self, e: &syn::ExprMatch) -> Expr {
        self.matching(e, |p, body| p.expr(body))
    }

    /// `match`, whose arms are read by `read`.
    pub(super) fn matching(&mut self, e: &syn::ExprMatch, read: impl Fn(&mut Self, &Rust) -> Expr) -> Expr {
        let at = Spot::of(&e.match_token);
        let (subject, stmt) = self.subject(&e.expr);
        let mut arms = Vec::new();
        for arm in &e.arms {
            let (condition, block) = self.arm(&arm.pat, &subject, |p| read(p, &arm.body));
            arms.push((condition, block));
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
        self.scopes.open();
        let test = self.guarded(&pattern, guard.as_ref(), &subject);
        self.scopes.close();
        let value = test.condition.unwrap_or_else(|| expression(ExprKind::Bool(true), at));
        let value = Some(Box::new(value));
        expression(ExprKind::Block(Block { items: Vec::new(), stmts: vec![stmt], value }), at)
    }

    /// A variable of ours for what is matched.
    fn subject(&mut self, e: &Rust) -> (Expr, Stmt) {
        let value = match bare(e) {
            Rust::MethodCall(m) if m.method == "cmp" && m.args.len() == 1 => self.ordering(m),
            e => self.expr(e),
        };
        let at = value.at;
        let variable = self.scopes.own(|number| own(&format!("matched{number}")));
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
        let test = self.guarded(pat, guard, subject);
        let value = Some(Box::new(body(self)));
        self.scopes.close();
        (test.condition, Block { items: Vec::new(), stmts: test.bindings, value })
    }

    fn guarded(&mut self, pat: &Pat, guard: Option<&Rust>, subject: &Expr) -> Test {
        let mut test = Test::default();
        self.test(pat, subject.clone(), &mut test);
        let Some(guard) = guard else { return test };
        let guard = self.expr(guard);
        let at = guard.at;
        // It sees what the pattern binds, and is evaluated only where that matches.
        let guard = Block { items: Vec::new(), stmts: test.bindings.clone(), value: Some(Box::new(guard)) };
        let guard = Box::new(expression(ExprKind::Block(guard), at));
        test.condition = Some(match test.condition.take() {
            Some(condition) => expression(ExprKind::Lazy(true, Box::new(condition), guard), at),
            None => *guard,
        });
        test
    }

    /// Adds what a pattern asks of `subject`.
    fn test(&mut self, pat: &Pat, subject: Expr, into: &mut Test) {
        match pat {
            Pat::Wild(_) => {}
            Pat::Paren(p) => self.test(&p.pat, subject, into),
            Pat::Reference(p) => self.test(&p.pat, subject, into),
            Pat::Ident(p) if p.subpat.is_none() && p.by_ref.is_none() && is_constant(&p.ident) => {
                let name = &p.ident;
                let constant = expression(ExprKind::Constant(quote!(#name)), Spot::of(name));
                into.and(Some(compare("Eq", subject, constant)));
            }
            Pat::Ident(p) => {
                if let Some((_, inner)) = &p.subpat {
                    self.test(inner, subject.clone(), into);
                }
                let variable = self.scopes.declare(&p.ident, false, None);
                into.bindings.push(Stmt::Let(Pattern::Name(variable), subject));
            }
            Pat::Path(p) if let Some(sign) = ordering(&p.path) => {
                into.and(Some(compare("Eq", subject, build::int(sign, Spot::of(p)))));
            }
            Pat::Path(p) => {
                let constant = self.expr(&Rust::Path(p.clone()));
                into.and(Some(compare("Eq", subject, constant)));
            }
            Pat::Lit(p) => {
                let literal = self.literal(&p.lit);
                into.and(Some(compare("Eq", subject, literal)));
            }
            Pat::Range(p) => {
                if let Some(start) = &p.start {
                    let start = self.expr(start);
                    into.and(Some(compare("Ge", subject.clone(), start)));
                }
                if let Some(end) = &p.end {
                    let end = self.expr(end);
                    let op = if matches!(p.limits, RangeLimits::Closed(_)) { "Le" } else { "Lt" };
                    into.and(Some(compare(op, subject, end)));
                }
            }
            Pat::Or(p) => {
                let mut any = None;
                let mut always = false;
                let mut bound = None;
                for case in &p.cases {
                    let mut test = Test::default();
                    self.test(case, subject.clone(), &mut test);
                    if !test.bindings.is_empty() {
                        bound = bound.or(Some(case));
                    }
                    always |= test.condition.is_none();
                    any = both("Or", any, test.condition);
                }
                if let Some(case) = bound {
                    self.sink.report(case, &MATCH_BINDING, &[]);
                }
                into.and(any.filter(|_| !always));
            }
            Pat::Tuple(p) if !p.elems.iter().any(|p| matches!(p, Pat::Rest(_))) => {
                for (k, part) in p.elems.iter().enumerate() {
                    let at = subject.at;
                    let field =
                        expression(ExprKind::Field(Box::new(subject.clone()), FieldName::Number(k)), at);
                    self.test(part, field, into);
                }
            }
            other => {
                self.sink.report(other, &MATCH_PATTERN, &[]);
                self.pattern_names(other);
            }
        }
    }

    /// The `else` of a branch.
    pub(super) fn otherwise(&mut self, e: &Rust) -> Block {
        match bare(e) {
            Rust::Block(b) if b.label.is_none() => self.block(&b.block),
            e => Block { value: Some(Box::new(self.expr(e))), ..Block::default() },
        }
    }
}

/// What `Ordering::Less` and the like are as numbers.
fn ordering(path: &syn::Path) -> Option<i128> {
    let names: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
    match &names.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [.., "Ordering", "Less"] => Some(-1),
        [.., "Ordering", "Equal"] => Some(0),
        [.., "Ordering", "Greater"] => Some(1),
        _ => None,
    }
}

fn compare(op: &'static str, a: Expr, b: Expr) -> Expr {
    let at = b.at;
    expression(ExprKind::Compare(op, Box::new(a), Box::new(b)), at)
}

/// Named as constants are: Rust itself would look whether there is one. If there is none, rustc says so at this name.
fn is_constant(name: &syn::Ident) -> bool {
    let name = name.to_string();
    name.contains(|c: char| c.is_ascii_uppercase()) && !name.contains(|c: char| c.is_ascii_lowercase())
}

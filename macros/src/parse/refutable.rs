//! Patterns that may not match: numbers, bools, ranges, constants, and tuples, lists and structs of them.

use super::pattern::rest_name;
use super::{Parser, expression};
use crate::ast::{Expr, ExprKind, FieldName, Part, Pattern, Place, SliceArg, Spot, Stmt};
use crate::build::{self, and, block, branch, int, method};
use crate::diag::control_flow::{MATCH_BINDING, MATCH_PATTERN};
use crate::diag::statements::MUTABLE_REFERENCE;
use crate::scope::Variable;
use quote::quote;
use syn::{Expr as Rust, Member, Pat, PatOr, RangeLimits};

/// What a pattern asks for.
#[derive(Default)]
pub(super) struct Test {
    /// `None` where it always matches.
    pub condition: Option<Expr>,
    /// What it binds.
    pub bindings: Vec<Stmt>,
    /// It has alternatives that bind something.
    has_choices: bool,
}

impl Test {
    fn and(&mut self, other: Option<Expr>) {
        self.condition = match (self.condition.take(), other) {
            (Some(a), Some(b)) => Some(build::binary("And", a, b)),
            (a, b) => a.or(b),
        };
    }
}

impl Parser<'_> {
    /// What a pattern with its guard asks of `subject`; its names are declared.
    pub(super) fn test_of(&mut self, pat: &Pat, guard: Option<&Rust>, subject: &Expr) -> Test {
        let mut test = Test::default();
        self.test(pat, subject.clone(), &mut test);
        let Some(guard) = guard else { return test };
        if test.has_choices {
            self.sink.report(pat, &MATCH_BINDING, &[]);
        }
        let guard = self.expr(guard);
        let at = guard.at;
        // It sees what the pattern binds, and is evaluated only where that matches.
        let guard = expression(ExprKind::Block(block(test.bindings.clone(), guard)), at);
        test.condition = Some(match test.condition.take() {
            Some(condition) => and(condition, guard),
            None => guard,
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
            Pat::Ident(p) if rest_name(pat).is_none() => {
                if let Some((_, inner)) = &p.subpat {
                    self.test(inner, subject.clone(), into);
                }
                if let Some(place) = referred(&subject) {
                    return self.scopes.declare_alias(&p.ident, place);
                }
                let variable = self.named(p, false);
                into.bindings.push(Stmt::Let(Pattern::Name(variable), subject));
            }
            Pat::Path(p) if let Some(sign) = ordering(&p.path) => {
                into.and(Some(compare("Eq", subject, int(sign, Spot::of(p)))));
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
            Pat::Or(p) => self.choices(p, &subject, into),
            Pat::Tuple(p) if !is_rest_before_parts(p.elems.iter()) => {
                let parts = p.elems.iter().filter(|p| !matches!(p, Pat::Rest(_)));
                for (k, part) in parts.enumerate() {
                    self.test(part, field(&subject, FieldName::Number(k)), into);
                }
            }
            Pat::Slice(p) => self.list_parts(p, &subject, into),
            Pat::Struct(p) if !is_option(&p.path) => {
                for part in &p.fields {
                    self.test(&part.pat, field(&subject, FieldName::of(&part.member)), into);
                }
            }
            Pat::TupleStruct(p) if !is_option(&p.path) && !is_rest_before_parts(p.elems.iter()) => {
                let parts = p.elems.iter().filter(|p| !matches!(p, Pat::Rest(_)));
                for (k, part) in parts.enumerate() {
                    self.test(part, field(&subject, FieldName::of(&Member::from(k))), into);
                }
            }
            other => {
                self.sink.report(other, &MATCH_PATTERN, &[]);
                self.pattern_names(other);
            }
        }
    }

    /// `[a, 0]`, `[first, .., last]`: a list of that length, or at least that.
    fn list_parts(&mut self, p: &syn::PatSlice, subject: &Expr, into: &mut Test) {
        let at = Spot::of(p);
        let is_rest = |p: &Pat| matches!(p, Pat::Rest(_)) || rest_name(p).is_some();
        let rest = p.elems.iter().position(is_rest);
        let parts = p.elems.len() - usize::from(rest.is_some());
        let length = method("len", subject.clone(), Vec::new());
        let op = if rest.is_some() { "Ge" } else { "Eq" };
        let fits = compare(op, length.clone(), int(parts as i128, at));
        let mut inside = Test::default();
        for (k, part) in p.elems.iter().enumerate() {
            if let Some(name) = rest_name(part)
                && referred(subject).is_some()
            {
                self.sink.report(name, &MUTABLE_REFERENCE, &[]);
                self.pattern_names(part);
            } else if let Some(name) = rest_name(part) {
                let back = int((p.elems.len() - k - 1) as i128, at);
                let range = SliceArg::Range {
                    start: Some(Box::new(int(k as i128, at))),
                    end: Some(Box::new(build::binary("Sub", length.clone(), back))),
                    inclusive: false,
                    step: None,
                };
                let kind = ExprKind::Slice(Box::new(subject.clone()), vec![range]);
                let variable = self.named(name, false);
                let value = expression(kind, Spot::of(&name.ident));
                inside.bindings.push(Stmt::Let(Pattern::Name(variable), value));
            }
            if is_rest(part) {
                continue;
            }
            let index = match rest {
                Some(rest) if k > rest => {
                    build::binary("Sub", length.clone(), int((p.elems.len() - k) as i128, at))
                }
                _ => int(k as i128, at),
            };
            let part_at = Spot::of(part);
            let item = expression(ExprKind::Index(Box::new(subject.clone()), vec![index]), part_at);
            self.test(part, item, &mut inside);
        }
        // Parts are looked at where there are as many.
        into.and(Some(match inside.condition {
            Some(condition) => and(fits, condition),
            None => fits,
        }));
        into.bindings.extend(inside.bindings);
        into.has_choices |= inside.has_choices;
    }

    /// `0 | 1`, `(0, x) | (x, 0)`: what is bound is that of the first alternative that matches.
    fn choices(&mut self, p: &PatOr, subject: &Expr, into: &mut Test) {
        let mut cases = Vec::new();
        for case in &p.cases {
            let mut test = Test::default();
            self.test(case, subject.clone(), &mut test);
            into.has_choices |= test.has_choices || !test.bindings.is_empty();
            let always = test.condition.is_none();
            cases.push(test);
            if always {
                break;
            }
        }
        let conditions = cases.iter().map(|case| case.condition.clone());
        let any = conditions.reduce(|a, b| Some(build::binary("Or", a?, b?))).flatten();
        into.and(any);
        // Names mean the variables that were declared last.
        let Some(Test { bindings, .. }) = cases.pop() else { return };
        for binding in bindings {
            into.bindings.push(match binding {
                Stmt::Let(Pattern::Name(variable), last) => {
                    let value = cases.iter().rev().fold(last, |otherwise, case| {
                        match (&case.condition, bound(case, &variable)) {
                            (Some(condition), Some(value)) => {
                                let at = value.at;
                                let otherwise = Some(block(Vec::new(), otherwise));
                                branch(condition.clone(), block(Vec::new(), value), otherwise, at)
                            }
                            _ => otherwise,
                        }
                    });
                    Stmt::Let(Pattern::Name(variable), value)
                }
                other => other,
            });
        }
    }
}

/// What an alternative gives to a name; rustc sees to it that all of them bind the same.
fn bound(case: &Test, variable: &Variable) -> Option<Expr> {
    case.bindings.iter().find_map(|binding| match binding {
        Stmt::Let(Pattern::Name(v), value) if v.name() == variable.name() => Some(value.clone()),
        _ => None,
    })
}

fn field(subject: &Expr, name: FieldName) -> Expr {
    expression(ExprKind::Field(Box::new(subject.clone()), name), subject.at)
}

/// Behind `..` parts are counted from an end that is not known here.
fn is_rest_before_parts<'p>(mut parts: impl Iterator<Item = &'p Pat>) -> bool {
    parts.any(|p| matches!(p, Pat::Rest(_))) && parts.next().is_some()
}

/// `Some(..)` and the like.
fn is_option(path: &syn::Path) -> bool {
    path.segments.last().is_some_and(|s| s.ident == "Some" || s.ident == "Ok" || s.ident == "Err")
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

pub(super) fn compare(op: &'static str, a: Expr, b: Expr) -> Expr {
    let at = b.at;
    expression(ExprKind::Compare(op, Box::new(a), Box::new(b)), at)
}

/// Named as constants are: Rust itself would look whether there is one. If there is none, rustc says so at this name.
fn is_constant(name: &syn::Ident) -> bool {
    let name = name.to_string();
    name.contains(|c: char| c.is_ascii_uppercase()) && !name.contains(|c: char| c.is_ascii_lowercase())
}

/// What a pattern binds of what a mutable reference refers to: another name for a part of that.
fn referred(subject: &Expr) -> Option<Place> {
    let (of, part) = match &subject.kind {
        ExprKind::Variable(variable) => return variable.alias.as_deref().cloned(),
        ExprKind::Field(of, name) => (of, Part::Field(name.clone())),
        ExprKind::Index(of, index) => (of, Part::Index(index.clone())),
        _ => return None,
    };
    let mut place = referred(of)?;
    place.parts.push(part);
    Some(place)
}

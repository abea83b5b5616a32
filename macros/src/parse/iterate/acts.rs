//! Which closures do something besides giving an item: how often they are called can be seen.

use super::{Counted, Each, Source};
use crate::names::{self, Method};
use crate::parse::{Parser, bare};
use std::collections::BTreeSet;
use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{
    BinOp, Expr as Rust, ExprAssign, ExprBinary, ExprCall, ExprMethodCall, ExprReference, Macro, PatIdent,
};

/// Macros that print, or end the program.
const ACTING: &[&str] = &["print", "println", "eprint", "eprintln", "dbg", "panic", "todo", "unreachable"];

impl Parser<'_> {
    /// A closure of the source does something that is seen outside of it.
    pub(super) fn acts(&self, source: &Source) -> bool {
        source.has(&|s| match s {
            Source::Each(_, inner, f) | Source::Scan(inner, _, f) | Source::Nested(inner, Some(f)) => {
                self.closure_acts(f, inner.has_places())
            }
            _ => false,
        })
    }

    /// Rust surely takes the items one by one: how many there are of lists and ranges it knows before, and what it calls of a
    /// closure then depends on who asks.
    pub(super) fn one_by_one_in_rust(&self, e: &Rust) -> bool {
        match bare(e) {
            Rust::MethodCall(m) => {
                ONE_BY_ONE.contains(&m.method.to_string().as_str())
                    || self.one_by_one_in_rust(&m.receiver)
                    || ((m.method == "zip" || m.method == "chain")
                        && m.args.iter().any(|e| self.one_by_one_in_rust(e)))
            }
            Rust::Reference(r) => self.one_by_one_in_rust(&r.expr),
            Rust::Path(p) => p
                .path
                .get_ident()
                .and_then(|name| self.scopes.variable(name))
                .is_some_and(|variable| self.arrays.contains(&variable.number())),
            _ => false,
        }
    }

    fn closure_acts(&self, f: &Rust, on_places: bool) -> bool {
        match bare(f) {
            Rust::Reference(r) => self.closure_acts(&r.expr, on_places),
            Rust::Path(p) => p
                .path
                .get_ident()
                .and_then(|i| self.scopes.variable(i))
                .is_some_and(|closure| self.assigned_by(closure).is_some()),
            Rust::Closure(c) => {
                let mut acts = Acts { parser: self, on_places, bound: BTreeSet::new(), found: false };
                // Names first: what is bound inside belongs to the closure.
                c.inputs.iter().for_each(|p| acts.visit_pat(p));
                acts.visit_expr(&c.body);
                acts.found
            }
            _ => false,
        }
    }
}

/// Methods of arrays alone, and adapters that the standard library does not look through.
const ONE_BY_ONE: &[&str] = &[
    "rows",
    "columns",
    "outer_iter",
    "axis_iter",
    "indexed_iter",
    "indexed_iter_mut",
    "inspect",
    "scan",
    "filter",
    "filter_map",
    "take_while",
    "skip_while",
    "map_while",
    "flat_map",
];

struct Acts<'p, 'a> {
    parser: &'p Parser<'a>,
    /// Its parameters may be elements that are written.
    on_places: bool,
    bound: BTreeSet<String>,
    found: bool,
}

impl Acts<'_, '_> {
    /// A place is written: that of a variable from outside counts.
    fn written(&mut self, e: &Rust) {
        match bare(e) {
            Rust::Path(p) => {
                if let Some(name) = p.path.get_ident() {
                    self.found |= self.on_places || !self.bound.contains(&name.unraw().to_string());
                }
            }
            Rust::Field(f) => self.written(&f.base),
            Rust::Index(x) => self.written(&x.expr),
            Rust::Unary(u) => self.written(&u.expr),
            Rust::MethodCall(m) => self.written(&m.receiver),
            Rust::Tuple(t) => t.elems.iter().for_each(|e| self.written(e)),
            _ => {}
        }
    }
}

impl<'ast> Visit<'ast> for Acts<'_, '_> {
    fn visit_pat_ident(&mut self, p: &'ast PatIdent) {
        self.bound.insert(p.ident.unraw().to_string());
        visit::visit_pat_ident(self, p);
    }

    fn visit_expr_assign(&mut self, e: &'ast ExprAssign) {
        visit::visit_expr_assign(self, e);
        self.written(&e.left);
    }

    fn visit_expr_binary(&mut self, e: &'ast ExprBinary) {
        visit::visit_expr_binary(self, e);
        let assigns = matches!(
            e.op,
            BinOp::AddAssign(_)
                | BinOp::SubAssign(_)
                | BinOp::MulAssign(_)
                | BinOp::DivAssign(_)
                | BinOp::RemAssign(_)
                | BinOp::BitXorAssign(_)
                | BinOp::BitAndAssign(_)
                | BinOp::BitOrAssign(_)
                | BinOp::ShlAssign(_)
                | BinOp::ShrAssign(_)
        );
        if assigns {
            self.written(&e.left);
        }
    }

    fn visit_expr_reference(&mut self, e: &'ast ExprReference) {
        visit::visit_expr_reference(self, e);
        if e.mutability.is_some() {
            self.written(&e.expr);
        }
    }

    fn visit_expr_method_call(&mut self, m: &'ast ExprMethodCall) {
        visit::visit_expr_method_call(self, m);
        match names::method(&m.method.to_string()) {
            Some(Method::Assign | Method::Update(_) | Method::Swap) => self.written(&m.receiver),
            // One of the user's, which may take `&mut self`.
            None => {
                let root = match bare(&m.receiver) {
                    Rust::Path(p) => p.path.get_ident(),
                    _ => None,
                };
                let variable = root.and_then(|i| self.parser.scopes.variable(i));
                if variable.is_some_and(|v| v.mutable) {
                    self.written(&m.receiver);
                }
            }
            _ => {}
        }
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        visit::visit_expr_call(self, call);
        self.found |= self.parser.closure_acts(&call.func, false);
    }

    fn visit_macro(&mut self, mac: &'ast Macro) {
        let name = mac.path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
        self.found |= ACTING.contains(&name.as_str()) || name.starts_with("assert");
    }
}

impl Source<'_> {
    /// Its items have no position only because a `zip` calls the closure before it as often as Rust does.
    pub(super) fn is_only_zipped(&self) -> bool {
        !self.has(&|s| match s {
            Source::Each(each, ..) => !matches!(each, Each::Map | Each::Inspect),
            Source::Counted(counted, ..) => !matches!(counted, Counted::Zip(..)),
            Source::Scan(_, _, f) => super::options::may_end(f),
            Source::Nested(..) => true,
            _ => false,
        })
    }
}

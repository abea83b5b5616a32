//! `let r = &mut x;` and `let mut row = x.row_mut(i);`: another name for (a part of) a variable.

use super::{Parser, bare};
use crate::ast::{Part, Place, Stmt};
use crate::diag::statements::HIDDEN;
use proc_macro2::Ident;
use syn::{Expr as Rust, Pat};

impl Parser<'_> {
    /// Binds a name to a place; `false` where this is no reference to one.
    pub(super) fn reference_binding(&mut self, pat: &Pat, e: &Rust, stmts: &mut Vec<Stmt>) -> bool {
        let target = match bare(e) {
            Rust::Reference(r) if r.mutability.is_some() => bare(&r.expr),
            Rust::MethodCall(m) if m.method == "row_mut" => e,
            _ => return false,
        };
        let name = match pat {
            Pat::Ident(p) if p.by_ref.is_none() && p.subpat.is_none() => &p.ident,
            _ => return false,
        };
        let is_place = matches!(bare(target), Rust::Path(_) | Rust::Field(_) | Rust::Index(_))
            || matches!(bare(target), Rust::Unary(_) | Rust::MethodCall(_));
        if !is_place {
            return false;
        }
        let Some(mut place) = self.place_parts(target) else {
            let since = self.scopes.mark();
            self.scopes.declare(name, true, None);
            self.scopes.reject(since);
            return true;
        };
        // The indices are those of now.
        for part in &mut place.parts {
            if let Part::Index(index) = part {
                for e in index {
                    let value = std::mem::replace(e, super::rejected(e.at));
                    *e = self.kept(value, stmts);
                }
            }
        }
        self.scopes.declare_alias(name, place);
        true
    }

    /// The place that a name stands for, as long as its variable can still be named.
    pub(super) fn alias(&mut self, name: &Ident, place: &Place) -> Option<Place> {
        let root = &place.root;
        if !root.is_own && !self.scopes.variable(&root.spelled).is_some_and(|v| v.is(root)) {
            self.sink.report(name, &HIDDEN, &[name, &root.spelled]);
            return None;
        }
        Some(place.clone())
    }
}

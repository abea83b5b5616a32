//! Mutable references. `let r = &mut x;`, `let (a, b) = &mut pair;` and `let mut row = x.row_mut(i);` give (parts of) a
//! variable other names. There are no references in a graph: one that could go anywhere else would be a copy there, and
//! what is written through it lost, so it is reported.

use super::assign::is_place_view;
use super::iterate::Item;
use super::{Parser, bare, rejected};
use crate::ast::{Expr, Part, Pattern, Place, Stmt};
use crate::diag::statements::{
    COPIED_REFERENCE, HIDDEN, MOVED_REFERENCE, REBOUND_REFERENCE, REFERENCE_PARAMETER,
};
use proc_macro2::Ident;
use syn::{Expr as Rust, Pat, Type};

impl Parser<'_> {
    /// Binds names to a place; `false` where this is no reference to one.
    pub(super) fn reference_binding(&mut self, pat: &Pat, e: &Rust, stmts: &mut Vec<Stmt>) -> bool {
        if !self.is_reference(e) {
            return false;
        }
        match self.referred(e, stmts) {
            Some(item) => self.bind_item(pat, item, stmts),
            None => {
                let since = self.scopes.mark();
                self.pattern_names(pat);
                self.scopes.reject(since);
            }
        }
        true
    }

    /// What it refers to can have a name, or that of a part of a tuple.
    fn is_reference(&self, e: &Rust) -> bool {
        match bare(e) {
            Rust::Reference(r) => r.mutability.is_some() && is_place(&r.expr),
            Rust::Tuple(t) => t.elems.iter().any(|e| self.is_reference(e)),
            e => is_place_view(e) || self.reference_named(e).is_some(),
        }
    }

    /// The place that a reference stands for. Of a tuple that has one, every part.
    fn referred(&mut self, e: &Rust, stmts: &mut Vec<Stmt>) -> Option<Item> {
        let target = match bare(e) {
            Rust::Tuple(t) => {
                let items: Vec<_> = t.elems.iter().map(|e| self.referred(e, stmts)).collect();
                return Some(Item::Tuple(items.into_iter().collect::<Option<_>>()?));
            }
            e if !self.is_reference(e) => {
                let value = self.expr(e);
                return Some(Item::Value(self.kept(value, stmts)));
            }
            Rust::Reference(r) => &r.expr,
            e => e,
        };
        let place = self.place_parts(target)?;
        Some(Item::Place(self.fixed(place, stmts)))
    }

    /// The place with the indices of now.
    pub(super) fn fixed(&mut self, mut place: Place, stmts: &mut Vec<Stmt>) -> Place {
        for part in &mut place.parts {
            // There is no slice behind a name.
            if let Part::Index(index) = part {
                for e in index {
                    let value = std::mem::replace(e, rejected(e.at));
                    *e = self.kept(value, stmts);
                }
            }
        }
        place
    }

    /// The place that a name stands for, as long as its variable can still be named.
    pub(super) fn alias(&mut self, name: &Ident, place: &Place) -> Option<Place> {
        let root = &place.root;
        if !root.is_own && !self.scopes.is_visible(root) {
            self.sink.report(name, &HIDDEN, &[name, &root.spelled]);
            return None;
        }
        Some(place.clone())
    }

    /// The mutable reference that the expression names.
    pub(super) fn reference_named<'e>(&self, e: &'e Rust) -> Option<&'e Ident> {
        let Rust::Path(path) = bare(e) else { return None };
        let name = path.path.get_ident()?;
        self.scopes.variable(name).filter(|v| v.by_mut_ref && !v.rejected).map(|_| name)
    }

    /// What `match x` looks at where `x` is a mutable reference: its patterns bind references.
    pub(super) fn matched_place(&mut self, e: &Rust) -> Option<Place> {
        match bare(e) {
            Rust::Reference(r) if r.mutability.is_some() => match bare(&r.expr) {
                Rust::Path(_) | Rust::Field(_) => self.place_parts(&r.expr),
                _ => None,
            },
            Rust::Path(_) if self.reference_named(e).is_some() => self.place_parts(e),
            _ => None,
        }
    }

    /// Reads an expression whose value goes somewhere else: into a variable, a tuple, out of a block.
    pub(super) fn moved(&mut self, e: &Rust) -> Expr {
        match self.reference_named(e) {
            Some(name) => self.reject(name, &MOVED_REFERENCE, &[name]),
            None => self.expr(e),
        }
    }

    /// Reports `r = ..`, where `r` is a mutable reference.
    pub(super) fn rebinds(&mut self, target: &Rust) -> bool {
        let name = self.reference_named(target);
        if let Some(name) = name {
            self.sink.report(name, &REBOUND_REFERENCE, &[name]);
        }
        name.is_some()
    }

    /// Reports `*v = ..`, where `v` (or what it is a part of) is a variable that has a value of its own: it would be a
    /// reference in Rust.
    pub(super) fn is_copy(&mut self, target: &Rust) -> bool {
        let Some(name) = super::method::place_root(target) else { return false };
        let copied = self.scopes.variable(name).is_some_and(|v| !v.by_mut_ref && !v.rejected);
        if copied {
            self.sink.report(name, &COPIED_REFERENCE, &[name]);
        }
        copied
    }

    /// An argument of a closure. One whose types are written out takes no mutable reference, or was reported.
    pub(super) fn closure_argument(&mut self, e: &Rust, infers: bool) -> Expr {
        match bare(e) {
            e if infers => self.moved(e),
            Rust::Reference(r) => self.expr(&r.expr),
            e => self.expr(e),
        }
    }

    /// A parameter of a closure, which is bound to a value.
    pub(super) fn closure_parameter(&mut self, pat: &Pat) -> Pattern {
        if let Pat::Type(typed) = pat
            && let Type::Reference(r) = super::types::bare(&typed.ty)
            && r.mutability.is_some()
        {
            self.sink.report(&typed.ty, &REFERENCE_PARAMETER, &[]);
            let since = self.scopes.mark();
            self.pattern_names(pat);
            self.scopes.reject(since);
            return Pattern::Wild;
        }
        self.pattern(pat, false)
    }
}

/// By its look, (a part of) a variable.
fn is_place(e: &Rust) -> bool {
    match bare(e) {
        Rust::Index(x) => !matches!(bare(&x.index), Rust::Range(_)),
        e => matches!(e, Rust::Path(_) | Rust::Field(_) | Rust::Unary(_)) || is_place_view(e),
    }
}

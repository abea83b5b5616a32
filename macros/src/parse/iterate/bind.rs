//! What is done with items: functions are applied to them, patterns bind them.

use super::Item;
use crate::ast::{Argument, Block, Callable, Expr, ExprKind, FieldName, Part, Pattern, Place, Spot, Stmt};
use crate::build::{binary, int, method};
use crate::diag::statements::{COPIED_REFERENCE, MUTABLE_REFERENCE, PATTERN_REST, REFERENCE_PARAMETER};
use crate::parse::jump::Kind;
use crate::parse::pattern::rest_name;
use crate::parse::{Parser, bare, expression, rejected};
use syn::punctuated::Punctuated;
use syn::{Expr as Rust, Pat, PatSlice, PatTuple, Token};

impl Parser<'_> {
    /// A function applied to items where it stands: a closure's body may jump and assign what is around it.
    pub(super) fn apply(&mut self, f: &Rust, items: Vec<Item>, taker: &str) -> Option<Expr> {
        match bare(f) {
            Rust::Closure(c) if c.inputs.len() == items.len() => {
                self.scopes.open();
                let mut stmts = Vec::new();
                for (pat, item) in c.inputs.iter().zip(items) {
                    self.bind_item(pat, item, &mut stmts);
                }
                let around = std::mem::take(&mut self.frames);
                let (frame, value) = self.within(Kind::Closure, None, |p| p.moved(&c.body));
                self.frames = around;
                self.scopes.close();
                let at = value.at;
                let block = Block { items: Vec::new(), stmts, value: Some(Box::new(value)) };
                Some(expression(ExprKind::Labelled(frame, block), at))
            }
            Rust::Reference(r) => self.apply(&r.expr, items, taker),
            _ => {
                if items.iter().any(Item::has_place)
                    && let Rust::Path(p) = bare(f)
                    && let Some(name) = p.path.get_ident()
                    && self.scopes.variable(name).is_some_and(|v| v.infers)
                {
                    self.sink.report(name, &REFERENCE_PARAMETER, &[]);
                    return None;
                }
                let values = || items.iter().map(Item::value).collect::<Vec<Expr>>();
                if let Rust::Path(p) = bare(f)
                    && let Some(name) = p.path.get_ident()
                    && let Some(variable) = self.scopes.variable(name).cloned()
                    && self.assigned_by(&variable).is_some()
                {
                    return self.inlined(name, &variable, values());
                }
                Some(match self.callable(f, taker)? {
                    Callable::Path(path, spot) => {
                        // It may change an item that can be written.
                        let arguments = items.into_iter().map(|item| match item {
                            Item::Place(place) => Argument::Mut(place),
                            item => Argument::Value(item.value()),
                        });
                        expression(ExprKind::Call(path, arguments.collect()), spot)
                    }
                    Callable::TypeFn(function, spot) => {
                        expression(ExprKind::TypeFn(Box::new(function), values(), None), spot)
                    }
                    Callable::Variable(variable) => {
                        expression(ExprKind::CallClosure(variable, values()), Spot::of(f))
                    }
                    // With another number of parameters, which rustc reports.
                    Callable::Closure(..) => rejected(Spot::of(f)),
                })
            }
        }
    }

    /// `let pattern = item;`
    pub(in crate::parse) fn bind_item(&mut self, pat: &Pat, item: Item, out: &mut Vec<Stmt>) {
        match (pat, item) {
            (Pat::Paren(p), item) => self.bind_item(&p.pat, item, out),
            (Pat::Reference(p), item) => self.bind_item(&p.pat, item, out),
            (Pat::Type(p), item) => self.bind_item(&p.pat, item, out),
            (Pat::Tuple(p), Item::Tuple(items)) if let Some(parts) = parts_of(p, items.len()) => {
                for (pat, k) in parts {
                    self.bind_item(pat, items[k].clone(), out);
                }
            }
            // Parts of what may be written may be written.
            (Pat::Tuple(p), Item::Place(place)) => self.bind_places(&p.elems, &place, out),
            (Pat::Struct(p), Item::Place(place)) => {
                for field in &p.fields {
                    let mut place = place.clone();
                    place.parts.push(Part::Field(FieldName::of(&field.member)));
                    self.bind_item(&field.pat, Item::Place(place), out);
                }
            }
            (Pat::TupleStruct(p), Item::Place(place)) => self.bind_places(&p.elems, &place, out),
            (Pat::Slice(p), Item::Place(place)) => self.bind_elements(p, &place, out),
            (Pat::Ident(p), Item::Place(place)) if p.by_ref.is_none() && p.subpat.is_none() => {
                self.scopes.declare_alias(&p.ident, place);
            }
            (pat, item) => {
                if let (Pat::Ident(p), Item::Tuple(_)) = (pat, &item)
                    && item.has_place()
                {
                    self.sink.report(&p.ident, &COPIED_REFERENCE, &[&p.ident]);
                    let since = self.scopes.mark();
                    self.pattern_names(pat);
                    return self.scopes.reject(since);
                }
                let value = item.value();
                let since = self.scopes.mark();
                let pattern = self.pattern(pat, false);
                if matches!(value.kind, ExprKind::Rejected) {
                    self.scopes.reject(since);
                }
                if !matches!(pattern, Pattern::Wild) {
                    out.push(Stmt::Let(pattern, value));
                }
            }
        }
    }

    /// The parts of a tuple, of which only the value says how many there are.
    fn bind_places(&mut self, parts: &Punctuated<Pat, Token![,]>, place: &Place, out: &mut Vec<Stmt>) {
        let rest = parts.iter().position(|p| matches!(p, Pat::Rest(_)));
        if let Some(late) = rest.filter(|k| k + 1 < parts.len()).map(|k| &parts[k]) {
            self.sink.report(late, &PATTERN_REST, &[]);
        }
        for (k, pat) in parts.iter().enumerate().take(rest.unwrap_or(parts.len())) {
            let mut place = place.clone();
            place.parts.push(Part::Field(FieldName::Number(k)));
            self.bind_item(pat, Item::Place(place), out);
        }
    }

    /// The parts of a list.
    fn bind_elements(&mut self, p: &PatSlice, place: &Place, out: &mut Vec<Stmt>) {
        let at = place.at;
        let mut behind = false;
        for (k, pat) in p.elems.iter().enumerate() {
            if let Some(rest) = rest_name(pat) {
                self.sink.report(rest, &MUTABLE_REFERENCE, &[]);
                self.pattern_names(pat);
            }
            if matches!(pat, Pat::Rest(_)) || rest_name(pat).is_some() {
                behind = true;
                continue;
            }
            let mut index = int(k as i128, at);
            if behind {
                let length = method("len", place.value(), Vec::new());
                index = self.kept(binary("Sub", length, int((p.elems.len() - k) as i128, at)), out);
            }
            let mut element = place.clone();
            match element.parts.last_mut() {
                Some(Part::Index(chain)) => chain.push(index),
                _ => element.parts.push(Part::Index(vec![index])),
            }
            self.bind_item(pat, Item::Place(element), out);
        }
    }
}

/// The parts of a pattern, each with the number of the item that it binds, of so many.
fn parts_of(p: &PatTuple, count: usize) -> Option<Vec<(&Pat, usize)>> {
    let parts = p.elems.len();
    let Some(rest) = p.elems.iter().position(|p| matches!(p, Pat::Rest(_))) else {
        return (parts == count).then(|| p.elems.iter().zip(0..).collect());
    };
    // Too few are rustc's error.
    let skipped = (count + 1).checked_sub(parts)?;
    let behind = p.elems.iter().enumerate().skip(rest + 1).map(|(k, pat)| (pat, k + skipped - 1));
    Some(p.elems.iter().zip(0..rest).chain(behind).collect())
}

impl Item {
    /// A part of it can be written.
    fn has_place(&self) -> bool {
        match self {
            Item::Value(_) => false,
            Item::Place(_) => true,
            Item::Tuple(items) => items.iter().any(Item::has_place),
        }
    }

    /// The same, to be read: the parts of a tuple are values.
    pub(super) fn read(&self) -> Item {
        match self {
            Item::Tuple(items) if self.has_place() => {
                Item::Tuple(items.iter().map(|item| Item::Value(item.value())).collect())
            }
            item => item.clone(),
        }
    }

    /// As one value.
    pub(super) fn value(&self) -> Expr {
        match self {
            Item::Value(e) => e.clone(),
            Item::Place(place) => place.value(),
            Item::Tuple(items) => {
                let values: Vec<Expr> = items.iter().map(Item::value).collect();
                let at = values.first().map_or_else(|| Spot::at(proc_macro2::Span::call_site()), |v| v.at);
                expression(ExprKind::Tuple(values), at)
            }
        }
    }
}

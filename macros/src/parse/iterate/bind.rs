//! What is done with items: functions are applied to them, patterns bind them.

use super::Item;
use crate::ast::{Argument, Block, Callable, Expr, ExprKind, FieldName, Part, Pattern, Spot, Stmt};
use crate::diag::statements::PATTERN_REST;
use crate::parse::jump::Kind;
use crate::parse::{Parser, bare, expression, rejected};
use syn::{Expr as Rust, Pat, PatTuple};

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
                let (frame, value) = self.within(Kind::Closure, None, |p| p.expr(&c.body));
                self.frames = around;
                self.scopes.close();
                let at = value.at;
                let block = Block { items: Vec::new(), stmts, value: Some(Box::new(value)) };
                Some(expression(ExprKind::Labelled(frame, block), at))
            }
            Rust::Reference(r) => self.apply(&r.expr, items, taker),
            _ => {
                let values: Vec<Expr> = items.iter().map(Item::value).collect();
                if let Rust::Path(p) = bare(f)
                    && let Some(name) = p.path.get_ident()
                    && let Some(variable) = self.scopes.variable(name).cloned()
                    && self.assigned_by(&variable).is_some()
                {
                    return self.inlined(name, &variable, values);
                }
                Some(match self.callable(f, taker)? {
                    Callable::Path(path, spot) => {
                        let arguments = values.into_iter().map(Argument::Value).collect();
                        expression(ExprKind::Call(path, arguments), spot)
                    }
                    Callable::TypeFn(function, spot) => {
                        expression(ExprKind::TypeFn(Box::new(function), values, None), spot)
                    }
                    Callable::Variable(variable) => {
                        expression(ExprKind::CallClosure(variable, values), Spot::of(f))
                    }
                    // With another number of parameters, which rustc reports.
                    Callable::Closure(..) => rejected(Spot::of(f)),
                })
            }
        }
    }

    /// `let pattern = item;`
    pub(super) fn bind_item(&mut self, pat: &Pat, item: Item, out: &mut Vec<Stmt>) {
        match (pat, item) {
            (Pat::Paren(p), item) => self.bind_item(&p.pat, item, out),
            (Pat::Reference(p), item) => self.bind_item(&p.pat, item, out),
            (Pat::Type(p), item) => self.bind_item(&p.pat, item, out),
            (Pat::Tuple(p), Item::Tuple(items)) if let Some(parts) = parts_of(p, items.len()) => {
                for (pat, k) in parts {
                    self.bind_item(pat, items[k].clone(), out);
                }
            }
            // Parts of what may be written may be written. How many there are only the value says.
            (Pat::Tuple(p), Item::Place(place)) => {
                let rest = p.elems.iter().position(|p| matches!(p, Pat::Rest(_)));
                if let Some(late) = rest.filter(|k| k + 1 < p.elems.len()).map(|k| &p.elems[k]) {
                    self.sink.report(late, &PATTERN_REST, &[]);
                }
                for (k, pat) in p.elems.iter().enumerate().take(rest.unwrap_or(p.elems.len())) {
                    let mut place = place.clone();
                    place.parts.push(Part::Field(FieldName::Number(k)));
                    self.bind_item(pat, Item::Place(place), out);
                }
            }
            (Pat::Ident(p), Item::Place(place)) if p.by_ref.is_none() && p.subpat.is_none() => {
                self.scopes.declare_alias(&p.ident, place);
            }
            (pat, item) => {
                let value = item.value();
                let pattern = self.pattern(pat, false);
                if !matches!(pattern, Pattern::Wild) {
                    out.push(Stmt::Let(pattern, value));
                }
            }
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

//! The item at a position, and what binds it.

use super::{Item, Source};
use crate::ast::{Argument, Block, Expr, ExprKind, Frame, Jump, Part, Pattern, SliceArg, Spot, Stmt};
use crate::build::{binary, int, method, unless};
use crate::parse::jump::Kind;
use crate::parse::{Parser, bare, expression, rejected};
use syn::{Expr as Rust, Pat};

impl Parser<'_> {
    /// The item of `source` at position `k`; what must happen before in the body of the loop `frame` goes to `out`.
    pub(super) fn item_at(
        &mut self,
        source: Source,
        k: Expr,
        out: &mut Vec<Stmt>,
        frame: Frame,
    ) -> Option<Item> {
        let at = k.at;
        Some(match source {
            // The counter itself.
            Source::Range(_) => Item::Value(k),
            Source::Count(start) => Item::Value(self.kept(method("offset", start, vec![k]), out)),
            Source::Elements(array) => {
                let element = method("element", array, vec![k]);
                Item::Value(self.kept(element, out))
            }
            Source::Places(mut place) => {
                // The items of a matrix are its elements.
                let index = method("indices", place.value(), vec![k]);
                place.parts.push(Part::Index(vec![self.kept(index, out)]));
                Item::Place(place)
            }
            Source::Parts(array, axis) => {
                let axis = int(axis as i128, at);
                let part = method("index_axis", array, vec![axis, k]);
                Item::Value(self.kept(part, out))
            }
            Source::Windows(array, length) => {
                let end = binary("Add", k.clone(), length);
                Item::Value(self.block_of(array, k, end, out))
            }
            Source::Chunks(array, length) => {
                let start = self.kept(binary("Mul", k, length.clone()), out);
                let end = binary("Add", start.clone(), length);
                Item::Value(self.block_of(array, start, end, out))
            }
            Source::Enumerate(inner) => {
                let item = self.item_at(*inner, k.clone(), out, frame)?;
                Item::Tuple(vec![Item::Value(k), item])
            }
            Source::Zip(a, b) => {
                let a = self.item_at(*a, k.clone(), out, frame)?;
                Item::Tuple(vec![a, self.item_at(*b, k, out, frame)?])
            }
            Source::Rev(inner, count) => {
                let last = binary("Sub", count, int(1, at));
                let k = self.kept(binary("Sub", last, k), out);
                self.item_at(*inner, k, out, frame)?
            }
            // Rust computes the items that are passed over, too.
            Source::Skip(inner, n) => {
                let since = self.scopes.mark();
                let k = self.kept(binary("Add", k, n), out);
                let item = self.item_at(*inner, k, out, frame)?;
                self.refuse_assignments(since);
                item
            }
            Source::StepBy(inner, n) => {
                let since = self.scopes.mark();
                let k = self.kept(binary("Mul", k, n), out);
                let item = self.item_at(*inner, k, out, frame)?;
                self.refuse_assignments(since);
                item
            }
            Source::Same(inner) => self.item_at(*inner, k, out, frame)?,
            Source::Map(inner, f) => {
                let item = self.item_at(*inner, k, out, frame)?;
                let value = self.apply(f, vec![item], "map")?;
                Item::Value(self.kept(value, out))
            }
            Source::Filter(inner, f) => {
                let item = self.item_at(*inner, k, out, frame)?;
                let keep = self.apply(f, vec![item.clone()], "filter")?;
                out.push(unless(keep, Jump::Continue(frame), at));
                item
            }
            Source::TakeWhile(inner, f) => {
                let item = self.item_at(*inner, k, out, frame)?;
                let goes_on = self.apply(f, vec![item.clone()], "take_while")?;
                out.push(unless(goes_on, Jump::Break(frame), at));
                item
            }
        })
    }

    fn block_of(&mut self, array: Expr, start: Expr, end: Expr, out: &mut Vec<Stmt>) -> Expr {
        let at = start.at;
        let (start, end) = (Some(Box::new(start)), Some(Box::new(end)));
        let axis = SliceArg::Range { start, end, inclusive: false, step: None };
        let block = expression(ExprKind::Slice(Box::new(array), vec![axis]), at);
        self.kept(block, out)
    }

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
                use crate::ast::Callable;
                let values: Vec<Expr> = items.iter().map(Item::value).collect();
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
            (Pat::Tuple(p), Item::Tuple(items)) if p.elems.len() == items.len() => {
                for (pat, item) in p.elems.iter().zip(items) {
                    self.bind_item(pat, item, out);
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

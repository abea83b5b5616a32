//! `.collect()`: an array of known length.

use super::{End, Exits, Item, Iterator, Source};
use crate::ast::{Callable, Expr, ExprKind, FieldName, Operand, Pattern, Spot, Stmt, TypeFn};
use crate::build::{assign, block, expression, let_, method, read};
use crate::diag::Entry;
use crate::diag::expressions::CAPTURED_ASSIGNMENT;
use crate::diag::iterators::{COLLECT_FILTERED, COLLECT_ZIPPED};
use crate::parse::{Parser, types};
use crate::scope::{Mark, Variable};
use proc_macro2::TokenStream;
use syn::Type;

impl Parser<'_> {
    /// Items of that type, where it is declared.
    pub(super) fn collect(&mut self, iterator: Iterator, of: Option<&Type>, at: Spot) -> Option<Expr> {
        let of = of.and_then(|ty| Some((types::ascription(ty)?, Spot::of(ty))));
        self.collect_or(iterator, of, at, (&COLLECT_FILTERED, ""))
    }

    /// The same, with what is said where the length is not known.
    pub(super) fn collect_or(
        &mut self,
        mut iterator: Iterator,
        of: Option<(TokenStream, Spot)>,
        at: Spot,
        refused: (&'static Entry, &str),
    ) -> Option<Expr> {
        if let Some((outer, f)) = iterator.source.take_nested() {
            let outer = Iterator { before: iterator.before, source: outer, count: iterator.count };
            return self.collect_nested(outer, f, iterator.source, of, at, refused);
        }
        let Iterator { before, source, count } = self.of_known_length(iterator, at)?;
        let since = self.scopes.mark();
        let index = self.own("k");
        let mut stmts = Vec::new();
        let item = self.item_alone(source, read(&index, at), &mut stmts)?.value();
        let item = self.item_of(of, item, &mut stmts, at);
        let assigned = self.assigned(since);
        let made = self.listed(&assigned, index, count?, stmts, item, at);
        Some(expression(ExprKind::Block(block(before, made)), at))
    }

    /// The item in the type that is declared: `0.1` among items that are `f32` is one.
    fn item_of(
        &mut self,
        of: Option<(TokenStream, Spot)>,
        item: Expr,
        stmts: &mut Vec<Stmt>,
        at: Spot,
    ) -> Expr {
        let Some((ty, spot)) = of else { return item };
        let typed = self.own("item");
        stmts.push(Stmt::Let(Pattern::Typed(Box::new(Pattern::Name(typed.clone())), ty, spot), item));
        read(&typed, at)
    }

    /// `.unzip()`: an array of each part of the items.
    pub(super) fn unzipped(&mut self, iterator: Iterator, at: Spot) -> Option<Expr> {
        let Iterator { before, source, count } = self.of_known_length(iterator, at)?;
        let since = self.scopes.mark();
        let index = self.own("k");
        let mut stmts = Vec::new();
        let item = self.item_alone(source, read(&index, at), &mut stmts)?.value();
        let assigned = self.assigned(since);
        let parts = self.one_by_one(&assigned, index, count?, stmts, item, at);
        let parts = method("unzipped", parts, Vec::new());
        Some(expression(ExprKind::Block(block(before, parts)), at))
    }

    /// By positions, where all items are taken.
    fn of_known_length<'e>(&mut self, iterator: Iterator<'e>, at: Spot) -> Option<Iterator<'e>> {
        if iterator.source.is_filtered() || iterator.is_endless() {
            let entry = match iterator.source.is_only_zipped() && !iterator.is_endless() {
                true => &COLLECT_ZIPPED,
                false => &COLLECT_FILTERED,
            };
            self.sink.report_at(at.span, entry, &[]);
            return None;
        }
        let mut iterator = self.positional(iterator, at)?;
        // All items have one shape.
        iterator.before.extend(iterator.source.even_chunks());
        Some(iterator)
    }

    /// The items of items: an array of arrays, in one piece. What is done with those is `adapters`.
    fn collect_nested<'e>(
        &mut self,
        outer: Iterator<'e>,
        f: Option<&'e syn::Expr>,
        adapters: Source<'e>,
        of: Option<(TokenStream, Spot)>,
        at: Spot,
        (entry, name): (&'static Entry, &str),
    ) -> Option<Expr> {
        if outer.source.is_filtered() || outer.is_endless() || adapters.is_sequential() {
            self.sink.report_at(at.span, entry, &[&name]);
            return None;
        }
        let Iterator { mut before, source, count } = self.positional(outer, at)?;
        before.extend(source.even_chunks());
        let since = self.scopes.mark();
        let (i, j) = (self.own("k"), self.own("k"));
        let mut stmts = Vec::new();
        let item = self.item_alone(source, read(&i, at), &mut stmts)?;
        let outside = self.scopes.seen();
        self.scopes.open();
        let inner = self.inner(item, f, &mut stmts)?;
        let inner = self.positional(inner, at)?;
        if inner.source.is_sequential() || inner.is_endless() {
            self.sink.report_at(at.span, entry, &[&name]);
            return None;
        }
        stmts.extend(inner.before);
        stmts.extend(inner.source.even_chunks());
        let mut inside = Vec::new();
        let item = self.item_alone(inner.source, read(&j, at), &mut inside)?;
        let hidden = self.scopes.hide(outside);
        let item = self.item_alone(adapters.filled(item), read(&j, at), &mut inside)?;
        self.scopes.show(hidden);
        self.scopes.close();
        let item = self.item_of(of, item.value(), &mut inside, at);
        let assigned = self.assigned(since);
        let row = self.listed(&assigned, j, inner.count?, inside, item, at);
        let rows = self.one_by_one(&assigned, i, count?, stmts, row, at);
        let flat = method("elements", method("whole", rows, Vec::new()), Vec::new());
        Some(expression(ExprKind::Block(block(before, flat)), at))
    }

    /// Items that are computed in any order, unless they assign something.
    fn listed(
        &mut self,
        assigned: &[Variable],
        index: Variable,
        count: Expr,
        stmts: Vec<Stmt>,
        item: Expr,
        at: Spot,
    ) -> Expr {
        match assigned.is_empty() {
            true => from_shape_fn(index, count, stmts, item, at),
            false => {
                let items = self.one_by_one(assigned, index, count, stmts, item, at);
                method("collected", items, Vec::new())
            }
        }
    }

    /// Items that are computed in order, each from what the ones before have left.
    fn one_by_one(
        &mut self,
        assigned: &[Variable],
        index: Variable,
        count: Expr,
        mut stmts: Vec<Stmt>,
        item: Expr,
        at: Spot,
    ) -> Expr {
        // The position is carried with the others.
        let all: Vec<&Variable> = assigned.iter().chain([&index]).collect();
        let values =
            |all: &[&Variable]| expression(ExprKind::Tuple(all.iter().map(|v| read(v, at)).collect()), at);
        let carry = self.own("carry");
        let names = all.iter().map(|v| Pattern::Name((*v).clone())).collect();
        stmts.insert(0, Stmt::Let(Pattern::Tuple(names, at), read(&carry, at)));
        let item = {
            let kept = self.own("item");
            stmts.push(let_(&kept, item));
            read(&kept, at)
        };
        let next = crate::build::binary("Add", read(&index, at), crate::build::int(1, at));
        stmts.push(assign(&index, next));
        let pair = expression(ExprKind::Tuple(vec![values(&all), item]), at);
        let body = expression(ExprKind::Block(block(stmts, pair)), at);
        let step = Callable::Closure(vec![Pattern::Name(carry)], Box::new(body));
        let count = method("known_count", count, Vec::new());
        let operands = vec![Operand::Callable(step), Operand::Value(values(&all)), Operand::Value(count)];
        let scan =
            expression(ExprKind::Functional(quote_ours! { ::desc_jit::__private::scan_n }, operands), at);
        let both = self.own("both");
        let part = |of: Expr, k: usize| expression(ExprKind::Field(Box::new(of), FieldName::Number(k)), at);
        let mut after = vec![let_(&index, super::adapters::zero(at)), let_(&both, scan)];
        for (k, variable) in assigned.iter().enumerate() {
            after.push(assign(variable, part(part(read(&both, at), 0), k)));
        }
        expression(ExprKind::Block(block(after, part(read(&both, at), 1))), at)
    }

    /// An item of a source of which every item is taken.
    fn item_alone(&mut self, source: Source, k: Expr, out: &mut Vec<Stmt>) -> Option<Item> {
        let frame = self.fresh_frame();
        self.item_at(source, k, out, &Exits { next: frame, end: End::Leave(frame) })
    }

    /// Variables from before the mark that have been assigned since.
    pub(in crate::parse) fn assigned(&self, since: Mark) -> Vec<Variable> {
        let mut assigned: Vec<Variable> = Vec::new();
        for assignment in self.scopes.outer_assignments(since) {
            if !assigned.iter().any(|v| v.is(&assignment.variable)) {
                assigned.push(assignment.variable.clone());
            }
        }
        assigned
    }

    /// Where items are not computed as often as in Rust, or not in its order, what computes them can only read.
    pub(in crate::parse) fn refuse_assignments(&mut self, since: Mark) {
        if let Some(assignment) = self.scopes.outer_assignments(since).next() {
            let name = assignment.variable.name();
            self.sink.report_at(assignment.span, &CAPTURED_ASSIGNMENT, &[&name]);
        }
    }
}

/// `from_shape_fn(count, |index| { stmts; item })`
fn from_shape_fn(index: Variable, count: Expr, stmts: Vec<Stmt>, item: Expr, at: Spot) -> Expr {
    let body = expression(ExprKind::Block(block(stmts, item)), at);
    let closure = Callable::Closure(vec![Pattern::Name(index)], Box::new(body));
    let function = TypeFn { ty: "Array1".into(), element: None, name: "from_shape_fn".into() };
    expression(ExprKind::TypeFn(Box::new(function), vec![count], Some(Box::new(closure))), at)
}

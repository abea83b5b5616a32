//! What uses an iterator up: a loop with what it carries.

use super::{Item, Iterator, Source};
use crate::ast::{Callable, Expr, ExprKind, Frame, Pattern, Spot, Stmt, TypeFn};
use crate::build::{assign, binary, block, boolean, int, leave, let_, method, not, read, when};
use crate::diag::expressions::CAPTURED_ASSIGNMENT;
use crate::diag::iterators::*;
use crate::parse::{Parser, expression, types};
use crate::scope::Mark;
use syn::ExprMethodCall;

impl Parser<'_> {
    /// `iterator.sum()` and the like; `None` where something was reported.
    pub(in crate::parse) fn consume(&mut self, m: &ExprMethodCall) -> Option<Expr> {
        let name = m.method.to_string();
        let at = Spot::at(m.method.span());
        let argument = m.args.first();
        let mut iterator = self.iterator(&m.receiver)?;
        match (name.as_str(), m.args.len()) {
            ("sum" | "product", 0) => {
                let op = if name == "sum" { "Add" } else { "Mul" };
                let dtype = m.turbofish.as_ref().and_then(types::turbofish_dtype);
                let total = self.own("total");
                let start = expression(ExprKind::Neutral(op, dtype), at);
                let value = method("settled", read(&total, at), Vec::new());
                self.looped(iterator, vec![let_(&total, start)], value, at, |_, _, item, out| {
                    let sum = ExprKind::Binary(op, Box::new(read(&total, at)), Box::new(item.value()));
                    out.push(assign(&total, expression(sum, at)));
                    Some(())
                })
            }
            ("fold", 2) => {
                let start = self.expr(&m.args[0]);
                let total = self.own("total");
                let value = read(&total, at);
                self.looped(iterator, vec![let_(&total, start)], value, at, |p, _, item, out| {
                    let next = p.apply(&m.args[1], vec![Item::Value(read(&total, at)), item], "fold")?;
                    out.push(assign(&total, next));
                    Some(())
                })
            }
            ("count", 0) if iterator.source.is_counted() => {
                iterator = self.positional(iterator, at)?;
                Some(expression(ExprKind::Block(block(iterator.before, iterator.count?)), at))
            }
            ("count", 0) => {
                let total = self.own("total");
                let start = expression(ExprKind::Typed("Usize", quote::quote!(0)), at);
                let value = read(&total, at);
                self.looped(iterator, vec![let_(&total, start)], value, at, |_, _, _, out| {
                    out.push(assign(&total, binary("Add", read(&total, at), int(1, at))));
                    Some(())
                })
            }
            ("any" | "all", 1) => {
                let (f, any) = (argument?, name == "any");
                let result = self.own("result");
                let value = read(&result, at);
                let before = vec![let_(&result, boolean(!any, at))];
                self.looped(iterator, before, value, at, |p, frame, item, out| {
                    let mut condition = p.apply(f, vec![item], &name)?;
                    if !any {
                        condition = not(condition);
                    }
                    let stmts = vec![assign(&result, boolean(any, at)), leave(frame, at)];
                    out.push(when(condition, stmts, at));
                    Some(())
                })
            }
            ("for_each", 1) => {
                let unit = expression(ExprKind::Tuple(Vec::new()), at);
                self.looped(iterator, Vec::new(), unit, at, |p, _, item, out| {
                    out.push(Stmt::Expr(p.apply(argument?, vec![item], &name)?));
                    Some(())
                })
            }
            ("collect", 0) => self.collect(iterator, at),
            _ => {
                self.sink.report(&m.method, &OPTIONAL_ITEM, &[&name]);
                None
            }
        }
    }

    /// `.collect()`: an array of known length.
    fn collect(&mut self, iterator: Iterator, at: Spot) -> Option<Expr> {
        if iterator.source.is_filtered() {
            self.sink.report_at(at.span, &COLLECT_FILTERED, &[]);
            return None;
        }
        let Iterator { before, source, count } = self.positional(iterator, at)?;
        let since = self.scopes.mark();
        let index = self.own("k");
        let frame = self.fresh_frame();
        let mut stmts = Vec::new();
        let item = self.item_at(source, read(&index, at), &mut stmts, frame)?;
        self.refuse_assignments(since);
        let body = expression(ExprKind::Block(block(stmts, item.value())), at);
        let closure = Callable::Closure(vec![Pattern::Name(index)], Box::new(body));
        let function = TypeFn { ty: "Array1".into(), element: None, name: "from_shape_fn".into() };
        let made = ExprKind::TypeFn(Box::new(function), vec![count?], Some(Box::new(closure)));
        Some(expression(ExprKind::Block(block(before, expression(made, at))), at))
    }

    /// Where items are not computed as often as in Rust, or not in its order, what computes them can only read.
    pub(in crate::parse) fn refuse_assignments(&mut self, since: Mark) {
        if let Some(assignment) = self.scopes.outer_assignments(since).next() {
            let name = assignment.variable.name();
            self.sink.report_at(assignment.span, &CAPTURED_ASSIGNMENT, &[&name]);
        }
    }

    /// A loop between what it starts with and the value that is left.
    pub(super) fn looped(
        &mut self,
        iterator: Iterator,
        before: Vec<Stmt>,
        value: Expr,
        at: Spot,
        body: impl FnOnce(&mut Self, Frame, Item, &mut Vec<Stmt>) -> Option<()>,
    ) -> Option<Expr> {
        let (mut stmts, body) = self.counted(iterator, None, at, body)?;
        stmts.extend(before);
        stmts.push(Stmt::Expr(body));
        Some(expression(ExprKind::Block(block(stmts, value)), at))
    }
}

impl Source<'_> {
    /// Its length is how many items come out of it, and nothing is called for them.
    fn is_counted(&self) -> bool {
        use Source::{Enumerate, Filter, Map, Range, Rev, Same, Skip, StepBy, TakeWhile, Zip};
        match self {
            Filter(..) | TakeWhile(..) | Map(..) => false,
            Range(range) => range.adapters.is_empty(),
            Zip(a, b) => a.is_counted() && b.is_counted(),
            Enumerate(s) | Rev(s, _) | Skip(s, _) | StepBy(s, _) | Same(s) => s.is_counted(),
            _ => true,
        }
    }
}

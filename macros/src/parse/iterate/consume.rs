//! What uses an iterator up: a loop with what it carries.

use super::adapters::zero;
use super::{Item, Iterator, Source, near};
use crate::ast::{Expr, ExprKind, Frame, Spot, Stmt};
use crate::build::{assign, binary, block, boolean, int, leave, let_, method, not, read, when};
use crate::diag::iterators::*;
use crate::parse::{Parser, expression, types};
use syn::ExprMethodCall;

impl Parser<'_> {
    /// `iterator.sum()` and the like; `None` where something was reported.
    pub(in crate::parse) fn consume(&mut self, m: &ExprMethodCall) -> Option<Expr> {
        let name = m.method.to_string();
        let at = Spot::at(m.method.span());
        let argument = m.args.first();
        let declared = self.collected.take().filter(|_| name == "collect");
        let mut iterator = self.iterator(&m.receiver)?;
        if matches!(name.as_str(), "collect" | "unzip") && iterator.source.gives_references() {
            self.sink.report(&m.method, &FOUND_REFERENCE, &[&name]);
            return None;
        }
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
            ("count", 0) if iterator.source.is_counted() && !iterator.is_endless() => {
                iterator = self.positional(iterator, at)?;
                Some(expression(ExprKind::Block(block(iterator.before, iterator.count?)), at))
            }
            ("count", 0) => {
                let total = self.own("total");
                let start = zero(at);
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
            ("collect", 0) => {
                let declared = m.turbofish.as_ref().and_then(types::first_type).or(declared.as_ref());
                self.collect(iterator, declared.and_then(types::collected_item), at)
            }
            ("unzip", 0) => self.unzipped(iterator, at),
            // How many items go where is known at run time only.
            ("partition" | "unzip", _) => {
                self.sink.report(&m.method, &CONSUMER, &[&name, &near(&name)]);
                None
            }
            _ => {
                self.sink.report(&m.method, &OPTIONAL_ITEM, &[&name]);
                None
            }
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
        !self.has(&|s| match s {
            Source::Range(range) => !range.adapters.is_empty(),
            Source::Each(..) | Source::Scan(..) | Source::Counted(..) | Source::Nested(..) => true,
            _ => false,
        })
    }
}

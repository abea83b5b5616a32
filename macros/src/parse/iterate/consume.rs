//! What uses an iterator up: a loop with what it carries.

use super::{Item, Iterator, let_, method};
use crate::ast::{Block, Callable, Expr, ExprKind, If, Jump, Pattern, Place, Spot, Stmt, Target, TypeFn};
use crate::diag::expressions::CAPTURED_ASSIGNMENT;
use crate::diag::iterators::*;
use crate::parse::{Parser, bare, expression, types};
use crate::scope::Variable;
use syn::{Expr as Rust, ExprMethodCall};

/// What may be asked of an item that may not exist.
pub(in crate::parse) enum Found<'e> {
    /// `.unwrap()`, `.expect(..)`
    Surely,
    /// `.unwrap_or(v)`
    Or(&'e Rust),
}

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
                    let sum = expression(
                        ExprKind::Binary(op, Box::new(read(&total, at)), Box::new(item.value())),
                        at,
                    );
                    out.push(assign(&total, sum));
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
            ("count", 0) if !iterator.source.is_filtered() => {
                iterator = self.positional(iterator, at)?;
                let value = Some(Box::new(iterator.count?));
                let block = Block { items: Vec::new(), stmts: iterator.before, value };
                Some(expression(ExprKind::Block(block), at))
            }
            ("count", 0) => {
                let total = self.own("total");
                let start = expression(ExprKind::Typed("Usize", quote::quote!(0)), at);
                let value = read(&total, at);
                self.looped(iterator, vec![let_(&total, start)], value, at, |_, _, _, out| {
                    let more = super::binary("Add", read(&total, at), super::int(1, at));
                    out.push(assign(&total, more));
                    Some(())
                })
            }
            ("any" | "all", 1) => {
                let (f, any) = (argument?, name == "any");
                let result = self.own("result");
                let start = expression(ExprKind::Bool(!any), at);
                let value = read(&result, at);
                self.looped(iterator, vec![let_(&result, start)], value, at, |p, frame, item, out| {
                    let mut condition = p.apply(f, vec![item], &name)?;
                    if !any {
                        condition = expression(ExprKind::Unary("Not", Box::new(condition)), at);
                    }
                    let set = assign(&result, expression(ExprKind::Bool(any), at));
                    out.push(when(condition, vec![set, jump(Jump::Break(frame), at)], at));
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

    /// `iterator.max_by(..).unwrap()` and the like.
    pub(in crate::parse) fn consume_optional(&mut self, m: &ExprMethodCall, found: &Found) -> Option<Expr> {
        let name = m.method.to_string();
        let at = Spot::at(m.method.span());
        let argument = m.args.first();
        let mut iterator = self.iterator(&m.receiver)?;
        let best = self.own("best");
        let is_found = self.own("found");
        let before =
            vec![Stmt::Declare(best.clone()), let_(&is_found, expression(ExprKind::Bool(false), at))];
        let value = match found {
            Found::Surely => method("found", read(&best, at), vec![read(&is_found, at)]),
            Found::Or(other) => {
                let then = Block { value: Some(Box::new(read(&best, at))), ..Block::default() };
                let other = Some(Box::new(self.expr(other)));
                let otherwise = Some(Block { value: other, ..Block::default() });
                let branch = If { condition: read(&is_found, at), then, otherwise, carried: Vec::new() };
                expression(ExprKind::If(Box::new(branch)), at)
            }
        };
        let take =
            |item: Expr| vec![assign(&best, item), assign(&is_found, expression(ExprKind::Bool(true), at))];
        match (name.as_str(), m.args.len()) {
            ("min" | "max", 0) | ("min_by" | "max_by", 1) => {
                let least = name.starts_with("min");
                self.looped(iterator, before, value, at, |p, _, item, out| {
                    let item = p.kept(item.value(), out);
                    let pair = vec![Item::Value(read(&best, at)), Item::Value(item.clone())];
                    let greater = match argument {
                        Some(f) => p.greater(f, pair)?,
                        None => {
                            let (a, b) = (Box::new(read(&best, at)), Box::new(item.clone()));
                            expression(ExprKind::Compare("Gt", a, b), at)
                        }
                    };
                    // The first of several least ones, the last of several greatest ones.
                    let keeps = match least {
                        true => expression(ExprKind::Unary("Not", Box::new(greater)), at),
                        false => greater,
                    };
                    let found = Box::new(read(&is_found, at));
                    let keeps = expression(ExprKind::Lazy(true, found, Box::new(keeps)), at);
                    let better = expression(ExprKind::Unary("Not", Box::new(keeps)), at);
                    out.push(when(better, take(item), at));
                    Some(())
                })
            }
            ("min_by_key" | "max_by_key", 1) => {
                let (f, least) = (argument?, name.starts_with("min"));
                let key = self.own("key");
                let mut before = before;
                before.push(Stmt::Declare(key.clone()));
                self.looped(iterator, before, value, at, |p, _, item, out| {
                    let item = p.kept(item.value(), out);
                    let own = p.apply(f, vec![Item::Value(item.clone())], &name)?;
                    let own = p.kept(own, out);
                    let (a, b) = (Box::new(read(&key, at)), Box::new(own.clone()));
                    // The first of several least ones, the last of several greatest ones.
                    let keeps = expression(ExprKind::Compare(if least { "Le" } else { "Gt" }, a, b), at);
                    let found = Box::new(read(&is_found, at));
                    let keeps = expression(ExprKind::Lazy(true, found, Box::new(keeps)), at);
                    let better = expression(ExprKind::Unary("Not", Box::new(keeps)), at);
                    let mut stmts = take(item);
                    stmts.push(assign(&key, own));
                    out.push(when(better, stmts, at));
                    Some(())
                })
            }
            ("find" | "position", 1) => {
                let f = argument?;
                if name == "position" {
                    iterator = self.positional(iterator, at)?;
                    iterator.source = super::Source::Enumerate(iterator.source.into());
                }
                self.looped(iterator, before, value, at, |p, frame, item, out| {
                    let (item, tested) = match (item, name.as_str()) {
                        (Item::Tuple(mut pair), "position") => {
                            let tested = pair.pop()?;
                            (pair.pop()?, tested)
                        }
                        (item, _) => (item.clone(), item),
                    };
                    let condition = p.apply(f, vec![tested], &name)?;
                    let mut stmts = take(item.value());
                    stmts.push(jump(Jump::Break(frame), at));
                    out.push(when(condition, stmts, at));
                    Some(())
                })
            }
            ("last", 0) => self.looped(iterator, before, value, at, |_, _, item, out| {
                out.extend(take(item.value()));
                Some(())
            }),
            ("next", 0) => self.looped(iterator, before, value, at, |_, frame, item, out| {
                out.extend(take(item.value()));
                out.push(jump(Jump::Break(frame), at));
                Some(())
            }),
            _ => {
                self.sink.report(&m.method, &CONSUMER, &[&name]);
                None
            }
        }
    }

    /// Whether a closure that compares two items finds the first one greater.
    fn greater(&mut self, f: &Rust, pair: Vec<Item>) -> Option<Expr> {
        let Rust::Closure(c) = bare(f) else {
            self.sink.report(f, &COMPARISON, &[]);
            return None;
        };
        let mut body = bare(&c.body);
        if let Rust::MethodCall(m) = body
            && (m.method == "unwrap" || m.method == "expect")
        {
            body = bare(&m.receiver);
        }
        let (Rust::MethodCall(m), 2) = (body, c.inputs.len()) else {
            self.sink.report(&c.body, &COMPARISON, &[]);
            return None;
        };
        let total = m.method == "total_cmp";
        if m.args.len() != 1 || !(total || m.method == "cmp" || m.method == "partial_cmp") {
            self.sink.report(&c.body, &COMPARISON, &[]);
            return None;
        }
        self.scopes.open();
        let mut stmts = Vec::new();
        for (pat, item) in c.inputs.iter().zip(pair) {
            self.bind_item(pat, item, &mut stmts);
        }
        let (a, b) = (self.expr(&m.receiver), self.expr(&m.args[0]));
        self.scopes.close();
        let at = Spot::of(&m.method);
        let value = match total {
            true => method("total_greater", a, vec![b]),
            false => expression(ExprKind::Compare("Gt", Box::new(a), Box::new(b)), at),
        };
        let block = Block { items: Vec::new(), stmts, value: Some(Box::new(value)) };
        Some(expression(ExprKind::Block(block), at))
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
        if let Some(assignment) = self.scopes.outer_assignments(since).next() {
            let name = assignment.variable.name();
            self.sink.report_at(assignment.span, &CAPTURED_ASSIGNMENT, &[&name]);
        }
        let block = Block { items: Vec::new(), stmts, value: Some(Box::new(item.value())) };
        let body = expression(ExprKind::Block(block), at);
        let closure = Callable::Closure(vec![Pattern::Name(index)], Box::new(body));
        let function = TypeFn { ty: "Array1".into(), element: None, name: "from_shape_fn".into() };
        let made = ExprKind::TypeFn(Box::new(function), vec![count?], Some(Box::new(closure)));
        let value = Some(Box::new(expression(made, at)));
        Some(expression(ExprKind::Block(Block { items: Vec::new(), stmts: before, value }), at))
    }

    /// A loop between what it starts with and the value that is left.
    fn looped(
        &mut self,
        iterator: Iterator,
        before: Vec<Stmt>,
        value: Expr,
        at: Spot,
        body: impl FnOnce(&mut Self, crate::ast::Frame, Item, &mut Vec<Stmt>) -> Option<()>,
    ) -> Option<Expr> {
        let (mut stmts, body) = self.counted(iterator, None, at, body)?;
        stmts.extend(before);
        stmts.push(Stmt::Expr(body));
        let block = Block { items: Vec::new(), stmts, value: Some(Box::new(value)) };
        Some(expression(ExprKind::Block(block), at))
    }
}

fn read(variable: &Variable, at: Spot) -> Expr {
    expression(ExprKind::Variable(variable.clone()), at)
}

fn assign(variable: &Variable, value: Expr) -> Stmt {
    let at = value.at;
    let place = Place { root: variable.clone(), parts: Vec::new(), at, writes: false };
    Stmt::Expr(expression(ExprKind::Assign(Box::new(Target::Place(place)), Box::new(value)), at))
}

fn jump(jump: Jump, at: Spot) -> Stmt {
    Stmt::Expr(expression(ExprKind::Jump(jump, None), at))
}

/// `if condition { stmts }`
fn when(condition: Expr, stmts: Vec<Stmt>, at: Spot) -> Stmt {
    let then = Block { stmts, ..Block::default() };
    let branch = If { condition, then, otherwise: None, carried: Vec::new() };
    Stmt::Expr(expression(ExprKind::If(Box::new(branch)), at))
}

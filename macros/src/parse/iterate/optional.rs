//! What finds one item, if there is one: `iterator.max_by(..).unwrap()` and the like.

use super::{Each, Item, Iterator, Source, near};
use crate::ast::{Block, Expr, ExprKind, Spot, Stmt};
use crate::build::{and, assign, block, boolean, branch, greater, leave, let_, method, not, read, when};
use crate::diag::iterators::*;
use crate::parse::{Parser, bare, expression};
use crate::scope::Variable;
use syn::{Expr as Rust, ExprMethodCall};

/// What is asked of an item that may not exist.
pub(in crate::parse) enum Found<'e> {
    /// `.unwrap()`, `.expect(..)`
    Surely,
    /// `.unwrap_or(v)`
    Or(&'e Rust),
}

/// The item that was found, if it was.
struct Search {
    item: Variable,
    found: Variable,
    at: Spot,
}

impl Search {
    fn before(&self) -> Vec<Stmt> {
        vec![Stmt::Declare(self.item.clone()), let_(&self.found, boolean(false, self.at))]
    }

    fn take(&self, item: Expr) -> Vec<Stmt> {
        vec![assign(&self.item, item), assign(&self.found, boolean(true, self.at))]
    }

    /// Takes the item unless there is one that is better.
    fn take_better(&self, is_better: Expr, item: Expr, more: Option<Stmt>) -> Stmt {
        let keeps = and(read(&self.found, self.at), is_better);
        let mut stmts = self.take(item);
        stmts.extend(more);
        when(not(keeps), stmts, self.at)
    }
}

impl Parser<'_> {
    /// `iterator.max_by(..).unwrap()` and the like; `None` where something was reported.
    pub(in crate::parse) fn consume_optional(&mut self, m: &ExprMethodCall, found: &Found) -> Option<Expr> {
        let name = m.method.to_string();
        let at = Spot::at(m.method.span());
        let iterator = self.iterator(&m.receiver)?;
        if iterator.source.gives_references() && !matches!(name.as_str(), "find_map" | "position") {
            self.sink.report(&m.method, &FOUND_REFERENCE, &[&name]);
            return None;
        }
        let search = Search { item: self.own("best"), found: self.own("found"), at };
        let value = self.found(&search, found);
        let least = name.starts_with("min");
        // Of several least items the first one is kept, of several greatest ones the last.
        let keeps = |greater: Expr| if least { not(greater) } else { greater };
        match (name.as_str(), m.args.len()) {
            ("min" | "max", 0) | ("min_by" | "max_by", 1) => {
                self.looped(iterator, search.before(), value, at, |p, _, item, out| {
                    let item = p.kept(item.value(), out);
                    let greater = match m.args.first() {
                        Some(f) => {
                            let pair = [Item::Value(read(&search.item, at)), Item::Value(item.clone())];
                            p.greater(f, pair)?
                        }
                        None => greater(read(&search.item, at), item.clone()),
                    };
                    out.push(search.take_better(keeps(greater), item, None));
                    Some(())
                })
            }
            ("min_by_key" | "max_by_key", 1) => {
                let key = self.own("key");
                let mut before = search.before();
                before.push(Stmt::Declare(key.clone()));
                self.looped(iterator, before, value, at, |p, _, item, out| {
                    let item = p.kept(item.value(), out);
                    let own = p.apply(&m.args[0], vec![Item::Value(item.clone())], &name)?;
                    let own = p.kept(own, out);
                    let greater = greater(read(&key, at), own.clone());
                    out.push(search.take_better(keeps(greater), item, Some(assign(&key, own))));
                    Some(())
                })
            }
            ("reduce", 1) => self.looped(iterator, search.before(), value, at, |p, _, item, out| {
                let item = p.kept(item.value(), out);
                let pair = vec![Item::Value(read(&search.item, at)), Item::Value(item.clone())];
                let next = p.apply(&m.args[0], pair, &name)?;
                let more = Block { stmts: vec![assign(&search.item, next)], ..Block::default() };
                let first = Block { stmts: search.take(item), ..Block::default() };
                out.push(Stmt::Expr(branch(read(&search.found, at), more, Some(first), at)));
                Some(())
            }),
            ("find", 1) => self.first(iterator, &search, value, |p, item| {
                Some((p.apply(&m.args[0], vec![item.clone()], &name)?, item.value()))
            }),
            ("find_map", 1) => {
                let source = Source::Each(Each::FilterMap, iterator.source.into(), &m.args[0]);
                let iterator = Iterator { source, ..iterator };
                self.first(iterator, &search, value, |_, item| Some((boolean(true, at), item.value())))
            }
            ("position", 1) => {
                let iterator = self.enumerated(iterator, at)?;
                self.first(iterator, &search, value, |p, pair| {
                    let Item::Tuple(mut pair) = pair else { return None };
                    let item = pair.pop()?;
                    Some((p.apply(&m.args[0], vec![item], &name)?, pair.pop()?.value()))
                })
            }
            ("next", 0) => {
                self.first(iterator, &search, value, |_, item| Some((boolean(true, at), item.value())))
            }
            ("nth", 1) => {
                let iterator = self.skipped(iterator, &m.args[0], at)?;
                self.first(iterator, &search, value, |_, item| Some((boolean(true, at), item.value())))
            }
            ("last", 0) => self.looped(iterator, search.before(), value, at, |_, _, item, out| {
                out.extend(search.take(item.value()));
                Some(())
            }),
            _ => {
                self.sink.report(&m.method, &CONSUMER, &[&name, &near(&name)]);
                None
            }
        }
    }

    /// The value behind the loop. Rust evaluates that of `unwrap_or` whether it is needed or not.
    fn found(&mut self, search: &Search, found: &Found) -> Expr {
        let at = search.at;
        let (item, is_found) = (read(&search.item, at), read(&search.found, at));
        match found {
            Found::Surely => method("found", item, vec![is_found]),
            Found::Or(other) => {
                let other = self.expr(other);
                let mut stmts = Vec::new();
                let other = self.kept(other, &mut stmts);
                let (then, otherwise) = (block(Vec::new(), item), block(Vec::new(), other));
                let value = branch(is_found, then, Some(otherwise), at);
                expression(ExprKind::Block(block(stmts, value)), at)
            }
        }
    }

    /// A loop that ends with the first item of which `test` says so, and what is taken of it.
    fn first(
        &mut self,
        iterator: Iterator,
        search: &Search,
        value: Expr,
        test: impl FnOnce(&mut Self, Item) -> Option<(Expr, Expr)>,
    ) -> Option<Expr> {
        self.looped(iterator, search.before(), value, search.at, |p, frame, item, out| {
            let (condition, item) = test(p, item)?;
            let mut stmts = search.take(item);
            stmts.push(leave(frame, search.at));
            out.push(when(condition, stmts, search.at));
            Some(())
        })
    }

    /// Whether a closure that compares two items finds the first one greater.
    fn greater(&mut self, f: &Rust, pair: [Item; 2]) -> Option<Expr> {
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
        let name = match m.method.to_string().as_str() {
            "total_cmp" => "total_greater",
            // `cmp` is that of types without a NaN.
            "partial_cmp" | "cmp" => "ordered_greater",
            _ => "",
        };
        if name.is_empty() || m.args.len() != 1 {
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
        let value = Expr { at, ..method(name, a, vec![b]) };
        Some(expression(ExprKind::Block(block(stmts, value)), at))
    }
}

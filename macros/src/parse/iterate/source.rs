//! From a chain of methods to its source.

use super::{Iterator, SOURCES, Source, one_argument};
use crate::ast::{Adapter, Expr, ExprKind, Spot};
use crate::build::{binary, boolean, int, method, read};
use crate::diag::iterators::*;
use crate::parse::{Parser, bare, expression};
use syn::{Expr as Rust, ExprMethodCall};

impl Parser<'_> {
    /// What a chain iterates over; `None` where something was reported.
    pub(super) fn iterator<'e>(&mut self, e: &'e Rust) -> Option<Iterator<'e>> {
        match bare(e) {
            Rust::Range(r) => {
                let range = self.written_range(r)?;
                Some(Iterator { before: Vec::new(), source: Source::Range(range), count: None })
            }
            Rust::MethodCall(m) => self.chain(m),
            Rust::Reference(r) if r.mutability.is_some() => self.elements_mut(&r.expr),
            Rust::Reference(r) => self.elements(&r.expr),
            e => self.elements(e),
        }
    }

    /// The elements of an array along all its axes.
    fn elements<'e>(&mut self, e: &'e Rust) -> Option<Iterator<'e>> {
        let array = self.expr(e);
        self.elements_of(array)
    }

    fn elements_of<'e>(&mut self, array: Expr) -> Option<Iterator<'e>> {
        if matches!(array.kind, ExprKind::Rejected) {
            return None;
        }
        let mut before = Vec::new();
        let array = self.kept(array, &mut before);
        let count = method("len", array.clone(), Vec::new());
        let count = Some(self.kept(count, &mut before));
        // Once, before the loop.
        let elements = self.kept(method("elements", array, Vec::new()), &mut before);
        Some(Iterator { before, source: Source::Elements(elements), count })
    }

    fn elements_mut<'e>(&mut self, e: &'e Rust) -> Option<Iterator<'e>> {
        let mut before = Vec::new();
        let place = self.place(e)?;
        let array = place.value();
        let count = method("len", array, Vec::new());
        let count = Some(self.kept(count, &mut before));
        Some(Iterator { before, source: Source::Places(place), count })
    }

    fn chain<'e>(&mut self, m: &'e ExprMethodCall) -> Option<Iterator<'e>> {
        let name = m.method.to_string();
        let at = Spot::at(m.method.span());
        if SOURCES.contains(&name.as_str()) && !super::is_iterator(&m.receiver) {
            return self.of_array(m, &name, at);
        }
        if !super::is_iterator(&m.receiver) {
            // A method that gives an array.
            let array = self.expr(&Rust::MethodCall(m.clone()));
            return self.elements_of(array);
        }
        let mut inner = self.iterator(&m.receiver)?;
        match (name.as_str(), m.args.len()) {
            ("copied" | "cloned" | "by_ref" | "into_iter", 0) => Some(inner),
            ("rev", 0) if let Source::Range(range) = &mut inner.source => {
                range.adapters.push((Adapter::Rev, at));
                Some(inner)
            }
            ("step_by", 1) if let Source::Range(range) = &mut inner.source => {
                range.adapters.push((Adapter::StepBy(self.expr(&m.args[0])), at));
                Some(inner)
            }
            ("map", 1) => Some(Iterator { source: Source::Map(inner.source.into(), &m.args[0]), ..inner }),
            ("filter", 1) => {
                Some(Iterator { source: Source::Filter(inner.source.into(), &m.args[0]), ..inner })
            }
            ("take_while", 1) => {
                Some(Iterator { source: Source::TakeWhile(inner.source.into(), &m.args[0]), ..inner })
            }
            ("rev" | "step_by" | "skip" | "take" | "enumerate" | "zip", _) if inner.source.is_filtered() => {
                self.sink.report(&m.method, &AFTER_FILTER, &[&name]);
                None
            }
            ("enumerate", 0) => {
                let inner = self.positional(inner, at)?;
                Some(Iterator { source: Source::Enumerate(inner.source.into()), ..inner })
            }
            ("rev", 0) => {
                let inner = self.positional(inner, at)?;
                let count = inner.count.clone()?;
                Some(Iterator { source: Source::Rev(inner.source.into(), count), ..inner })
            }
            ("skip", 1) => self.skipped(inner, &m.args[0], at),
            ("take" | "step_by", 1) => {
                let mut inner = self.positional(inner, at)?;
                let n = self.expr(&m.args[0]);
                let n = self.kept(n, &mut inner.before);
                let count = inner.count.take()?;
                let (source, count) = match name.as_str() {
                    "take" => (Source::Same(inner.source.into()), method("min", count, vec![n])),
                    _ => (Source::StepBy(inner.source.into(), n.clone()), method("div_ceil", count, vec![n])),
                };
                let count = Some(self.kept(count, &mut inner.before));
                Some(Iterator { source, count, before: inner.before })
            }
            ("zip", 1) => {
                let mut first = self.positional(inner, at)?;
                let second = self.iterator(&m.args[0])?;
                if second.source.is_filtered() {
                    self.sink.report(&m.method, &AFTER_FILTER, &[&name]);
                    return None;
                }
                let second = self.positional(second, at)?;
                first.before.extend(second.before);
                let count = method("min", first.count?, vec![second.count?]);
                let count = Some(self.kept(count, &mut first.before));
                let source = Source::Zip(first.source.into(), second.source.into());
                Some(Iterator { before: first.before, source, count })
            }
            _ => {
                self.sink.report(&m.method, &ADAPTER, &[&name]);
                None
            }
        }
    }

    /// `.skip(n)`
    pub(super) fn skipped<'e>(&mut self, inner: Iterator<'e>, n: &Rust, at: Spot) -> Option<Iterator<'e>> {
        let mut inner = self.positional(inner, at)?;
        let n = self.expr(n);
        let n = self.kept(n, &mut inner.before);
        let count = method("saturating_sub", inner.count.take()?, vec![n.clone()]);
        let count = Some(self.kept(count, &mut inner.before));
        Some(Iterator { source: Source::Skip(inner.source.into(), n), count, before: inner.before })
    }

    /// `x.iter()` and its relatives.
    fn of_array<'e>(&mut self, m: &'e ExprMethodCall, name: &str, at: Spot) -> Option<Iterator<'e>> {
        match (name, m.args.len()) {
            ("iter" | "into_iter", 0) => return self.elements(&m.receiver),
            ("iter_mut", 0) => return self.elements_mut(&m.receiver),
            _ => {}
        }
        let mut before = Vec::new();
        let array = self.expr(&m.receiver);
        if matches!(array.kind, ExprKind::Rejected) {
            return None;
        }
        let array = self.kept(array, &mut before);
        let axis = |axis: usize| {
            let axis = int(axis as i128, at);
            method("len_of", array.clone(), vec![axis])
        };
        let (source, count) = match (name, one_argument(m)) {
            ("rows" | "outer_iter", None) => (Source::Parts(array.clone(), 0), axis(0)),
            ("columns", None) => (Source::Parts(array.clone(), 1), axis(1)),
            ("axis_iter", Some(argument)) => {
                let Some(k) = crate::parse::assign::axis(argument) else {
                    self.sink.report(argument, &crate::diag::methods::AXIS, &[&name]);
                    return None;
                };
                (Source::Parts(array.clone(), k), axis(k))
            }
            ("windows", Some(length)) => {
                let length = self.expr(length);
                let length = self.kept(length, &mut before);
                let count = method("window_count", array.clone(), vec![length.clone()]);
                (Source::Windows(array.clone(), length), count)
            }
            ("chunks" | "chunks_exact", Some(length)) => {
                let length = self.expr(length);
                let length = self.kept(length, &mut before);
                // A last block of another length has no type here: `chunk_count` says so.
                let exact = boolean(name == "chunks_exact", at);
                let count = method("chunk_count", array.clone(), vec![length.clone(), exact]);
                (Source::Chunks(array.clone(), length), count)
            }
            _ => {
                self.sink.report(&m.method, &ADAPTER, &[&name]);
                return None;
            }
        };
        let count = Some(self.kept(count, &mut before));
        Some(Iterator { before, source, count })
    }

    /// An iterator whose items are found by their position.
    pub(super) fn positional<'e>(&mut self, i: Iterator<'e>, at: Spot) -> Option<Iterator<'e>> {
        let Iterator { mut before, source, count } = i;
        let (source, count) = match source {
            Source::Range(range) => {
                if let Some((_, spot)) = range.adapters.first() {
                    self.sink.report_at(spot.span, &RANGE_ORDER, &[]);
                    return None;
                }
                let start = self.kept(range.start, &mut before);
                let end = match range.inclusive {
                    true => binary("Add", range.end, int(1, at)),
                    false => range.end,
                };
                let end = self.kept(end, &mut before);
                let start = method("like", start, vec![end.clone()]);
                let start = self.kept(start, &mut before);
                let count = method("span", start.clone(), vec![end]);
                (Source::Count(start), Some(self.kept(count, &mut before)))
            }
            Source::Map(inner, f) => {
                let inner = self.positional(Iterator { before, source: *inner, count }, at)?;
                return Some(Iterator { source: Source::Map(inner.source.into(), f), ..inner });
            }
            source => (source, count),
        };
        Some(Iterator { before, source, count })
    }
}

impl crate::ast::Place {
    /// What the place holds.
    pub fn value(&self) -> Expr {
        use crate::ast::Part;
        let mut value = read(&self.root, self.at);
        for part in &self.parts {
            let kind = match part {
                Part::Field(k) => ExprKind::Field(Box::new(value), k.clone()),
                Part::Index(index) => ExprKind::Index(Box::new(value), index.clone()),
            };
            value = expression(kind, self.at);
        }
        value
    }
}

//! What is iterated over before anything is done with it: ranges, elements of arrays and their parts.

use super::names::{constant, is_iterator, is_source, near};
use super::{Iterator, Source, one_argument};
use crate::ast::{Expr, ExprKind, Part as Step, Place, Spot, Stmt};
use crate::build::{boolean, int, method, read};
use crate::diag::iterators::*;
use crate::parse::assign::is_place_view;
use crate::parse::{Parser, bare, expression};
use syn::{Expr as Rust, ExprIndex, ExprMethodCall, ExprRange, RangeLimits};

/// `list[a..b]`, and what stands in its brackets.
type Part<'e> = (&'e ExprIndex, &'e ExprRange);

impl Parser<'_> {
    /// What a chain iterates over; `None` where something was reported.
    pub(super) fn iterator<'e>(&mut self, e: &'e Rust) -> Option<Iterator<'e>> {
        match bare(e) {
            Rust::Range(r) if r.end.is_none() && r.start.is_some() => {
                let mut before = Vec::new();
                let start = r.start.as_ref().map(|e| self.expr(e))?;
                let start = self.kept(start, &mut before);
                Some(Iterator { before, source: Source::Count(start), count: None })
            }
            Rust::Range(r) => {
                let range = self.written_range(r)?;
                Some(Iterator { before: Vec::new(), source: Source::Range(range), count: None })
            }
            Rust::Call(call) if let Some((ends, value)) = constant(call) => {
                let mut before = Vec::new();
                let value = self.expr(value);
                let value = self.kept(value, &mut before);
                let one = ends.then(|| int(1, value.at));
                Some(Iterator { before, source: Source::Constant(value), count: one })
            }
            e if is_place_view(e) => self.elements_mut(e),
            Rust::MethodCall(m) => self.method(m),
            Rust::Reference(r) if r.mutability.is_some() => self.elements_mut(&r.expr),
            Rust::Reference(r) => self.elements(&r.expr),
            e => self.elements_by_value(e),
        }
    }

    /// `for v in x`: those of a mutable reference can be written.
    fn elements_by_value<'e>(&mut self, e: &'e Rust) -> Option<Iterator<'e>> {
        match self.reference_named(e) {
            Some(_) => self.elements_mut(e),
            None => self.elements(e),
        }
    }

    /// The elements of an array along all its axes.
    fn elements<'e>(&mut self, e: &'e Rust) -> Option<Iterator<'e>> {
        if let Some(part) = part_of_list(e) {
            let array = self.expr(&part.0.expr);
            let mut before = Vec::new();
            let list = self.kept(array, &mut before);
            let [_, count, elements, offset] = self.part_of(list, part, &mut before);
            let source = Source::Skip(Box::new(Source::Elements(elements)), offset);
            return Some(Iterator { before, source, count: Some(count) });
        }
        let array = self.expr(e);
        self.elements_of(array)
    }

    pub(super) fn elements_of<'e>(&mut self, array: Expr) -> Option<Iterator<'e>> {
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
        let Some(part) = part_of_list(e) else {
            let place = self.place(e)?;
            return self.places_of(place);
        };
        // The elements of the list, from where the part starts.
        let place = self.place(&part.0.expr)?;
        let mut before = Vec::new();
        let place = self.fixed(place, &mut before);
        let [start, count, ..] = self.part_of(place.value(), part, &mut before);
        let source = Source::Skip(Box::new(Source::Places(place)), start);
        Some(Iterator { before, source, count: Some(count) })
    }

    /// Of the elements of `list[a..b]`: where they start in the list, how many they are, what they are best taken from,
    /// and where they start there.
    fn part_of(&mut self, list: Expr, (index, range): Part, before: &mut Vec<Stmt>) -> [Expr; 4] {
        let at = Spot::of(index);
        let start = self.bound(range.start.as_deref(), int(0, at), before);
        let end = self.bound(range.end.as_deref(), method("len", list.clone(), Vec::new()), before);
        let inclusive = boolean(matches!(range.limits, RangeLimits::Closed(_)), at);
        let [count, elements, offset] = ["part_count", "part_elements", "part_offset"].map(|name| {
            let bounds = vec![start.clone(), end.clone(), inclusive.clone()];
            let part = Expr { at, ..method(name, list.clone(), bounds) };
            self.kept(part, before)
        });
        [start, count, elements, offset]
    }

    fn bound(&mut self, written: Option<&Rust>, default: Expr, before: &mut Vec<Stmt>) -> Expr {
        let value = written.map_or(default, |e| self.expr(e));
        self.kept(value, before)
    }

    pub(super) fn places_of<'e>(&mut self, place: Place) -> Option<Iterator<'e>> {
        let mut before = Vec::new();
        let place = self.fixed(place, &mut before);
        let array = place.value();
        let count = method("len", array, Vec::new());
        let count = Some(self.kept(count, &mut before));
        Some(Iterator { before, source: Source::Places(place), count })
    }

    fn method<'e>(&mut self, m: &'e ExprMethodCall) -> Option<Iterator<'e>> {
        let name = m.method.to_string();
        let at = Spot::at(m.method.span());
        if is_iterator(&m.receiver) {
            return self.adapted(m);
        }
        if is_source(&name) {
            return self.of_array(m, &name, at);
        }
        // A method that gives an array.
        let array = self.expr(&Rust::MethodCall(m.clone()));
        self.elements_of(array)
    }

    /// `x.iter()` and its relatives.
    fn of_array<'e>(&mut self, m: &'e ExprMethodCall, name: &str, at: Spot) -> Option<Iterator<'e>> {
        match (name, m.args.len()) {
            ("iter", 0) => return self.elements(&m.receiver),
            ("into_iter", 0) => return self.elements_by_value(&m.receiver),
            ("iter_mut", 0) => return self.elements_mut(&m.receiver),
            ("indexed_iter_mut", 0) => {
                let elements = self.elements_mut(&m.receiver)?;
                let Source::Places(place) = elements.source else { return None };
                return Some(Iterator { source: Source::IndexedPlaces(place), ..elements });
            }
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
            ("indexed_iter", None) => {
                (Source::Indexed(array.clone()), method("len", array.clone(), Vec::new()))
            }
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
                let ragged = name == "chunks";
                let exact = boolean(!ragged, at);
                let count = method("chunk_count", array.clone(), vec![length.clone(), exact]);
                (Source::Chunks(array.clone(), length, ragged), count)
            }
            _ => {
                self.sink.report(&m.method, &ADAPTER, &[&name, &near(name)]);
                return None;
            }
        };
        let count = Some(self.kept(count, &mut before));
        Some(Iterator { before, source, count })
    }
}

fn part_of_list(e: &Rust) -> Option<Part<'_>> {
    match bare(e) {
        Rust::Index(x) => match bare(&x.index) {
            Rust::Range(range) => Some((x, range)),
            _ => None,
        },
        _ => None,
    }
}

impl Place {
    /// What the place holds.
    pub fn value(&self) -> Expr {
        let mut value = read(&self.root, self.at);
        for part in &self.parts {
            let kind = match part {
                Step::Field(k) => ExprKind::Field(Box::new(value), k.clone()),
                Step::Index(index) => ExprKind::Index(Box::new(value), index.clone()),
                Step::Slice(spec) => ExprKind::Slice(Box::new(value), spec.clone()),
            };
            value = expression(kind, self.at);
        }
        value
    }
}

//! From a chain of methods to its source.

use super::{Chain, Counted, Each, Iterator, Source, near};
use crate::ast::{Adapter, Expr, ExprKind, Spot, Stmt};
use crate::build::{binary, boolean, let_, method};
use crate::diag::iterators::*;
use crate::parse::{Parser, expression};
use syn::{Expr as Rust, ExprMethodCall};

impl Parser<'_> {
    /// What a method makes of an iterator.
    pub(super) fn adapted<'e>(&mut self, m: &'e ExprMethodCall) -> Option<Iterator<'e>> {
        let name = m.method.to_string();
        let at = Spot::at(m.method.span());
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
            ("map" | "inspect" | "filter" | "take_while" | "skip_while" | "filter_map" | "map_while", 1) => {
                let each = match name.as_str() {
                    "map" => Each::Map,
                    "inspect" => Each::Inspect,
                    "filter" => Each::Filter,
                    "take_while" => Each::TakeWhile,
                    "filter_map" => Each::FilterMap,
                    "map_while" => Each::MapWhile,
                    _ => {
                        let skips = self.own("skips");
                        inner.before.push(let_(&skips, boolean(true, at)));
                        Each::SkipWhile(skips)
                    }
                };
                Some(inner.with(|source| Source::Each(each, source, &m.args[0])))
            }
            ("scan", 2) => {
                let start = self.expr(&m.args[0]);
                let state = self.own("state");
                inner.before.push(let_(&state, start));
                Some(inner.with(|source| Source::Scan(source, state, &m.args[1])))
            }
            ("flat_map", 1) => Some(inner.with(|source| Source::Nested(source, Some(&m.args[0])))),
            // `.map(f).flatten()` is `.flat_map(f)`.
            ("flatten", 0) => Some(Iterator {
                source: match inner.source {
                    Source::Each(Each::Map, source, f) => Source::Nested(source, Some(f)),
                    source => Source::Nested(source.into(), None),
                },
                ..inner
            }),
            ("rev", 0) if inner.source.is_sequential() => self.needs_position(m),
            ("rev", 0) => {
                let inner = self.positional(inner, at)?;
                let count = inner.count.clone()?;
                Some(inner.with(|source| Source::Rev(source, count)))
            }
            ("enumerate", 0) => self.enumerated(inner, at),
            ("skip", 1) => self.skipped(inner, &m.args[0], at),
            ("take", 1) => {
                let mut inner = self.positional(inner, at)?;
                let n = self.expr(&m.args[0]);
                let n = self.kept(n, &mut inner.before);
                if inner.source.is_filtered() {
                    return Some(self.counting(inner, Counted::Take(n), at));
                }
                let count = match inner.count.take() {
                    Some(count) => method("min", count, vec![n]),
                    None => n,
                };
                let count = Some(self.kept(count, &mut inner.before));
                Some(Iterator { count, ..inner.with(Source::Same) })
            }
            ("step_by", 1) => {
                let mut inner = self.positional(inner, at)?;
                let n = self.expr(&m.args[0]);
                let n = self.kept(n, &mut inner.before);
                if inner.source.is_sequential() {
                    return Some(self.counting(inner, Counted::StepBy(n), at));
                }
                let count = inner.count.take().map(|count| method("div_ceil", count, vec![n.clone()]));
                let count = count.map(|count| self.kept(count, &mut inner.before));
                Some(Iterator { count, ..inner.with(|source| Source::StepBy(source, n)) })
            }
            ("zip", 1) => self.zipped(inner, m, at),
            ("chain", 1) => self.chained(inner, m, at),
            _ => {
                self.sink.report(&m.method, &ADAPTER, &[&name, &near(&name)]);
                None
            }
        }
    }

    /// `.enumerate()`
    pub(super) fn enumerated<'e>(&mut self, inner: Iterator<'e>, at: Spot) -> Option<Iterator<'e>> {
        let inner = self.positional(inner, at)?;
        Some(match inner.source.is_filtered() {
            true => self.counting(inner, Counted::Enumerate, at),
            false => inner.with(Source::Enumerate),
        })
    }

    /// `.skip(n)`
    pub(super) fn skipped<'e>(&mut self, inner: Iterator<'e>, n: &Rust, at: Spot) -> Option<Iterator<'e>> {
        let mut inner = self.positional(inner, at)?;
        let n = self.expr(n);
        let n = self.kept(n, &mut inner.before);
        if inner.source.is_sequential() {
            return Some(self.counting(inner, Counted::Skip(n), at));
        }
        let count = inner.count.take().map(|count| method("saturating_sub", count, vec![n.clone()]));
        let count = count.map(|count| self.kept(count, &mut inner.before));
        Some(Iterator { count, ..inner.with(|source| Source::Skip(source, n)) })
    }

    fn zipped<'e>(&mut self, inner: Iterator<'e>, m: &'e ExprMethodCall, at: Spot) -> Option<Iterator<'e>> {
        let mut first = self.positional(inner, at)?;
        let second = self.iterator(&m.args[0])?;
        let second = self.without_nested(second, m, at)?;
        if second.source.is_filtered() {
            return self.needs_position(m);
        }
        let second = self.positional(second, at)?;
        first.before.extend(second.before);
        // Rust takes an item of the first one, then finds that the second one has no more, if it takes them one by one.
        let acts = second.count.is_some() && self.acts(&first.source);
        let one_by_one = self.one_by_one_in_rust(&m.receiver) || self.one_by_one_in_rust(&m.args[0]);
        if acts && !one_by_one {
            let counts = (first.count.clone(), second.count.clone());
            let is_known = |count: Option<Expr>| count.unwrap_or_else(|| zero(at));
            let endless = boolean(first.count.is_none(), at);
            let claim = method("zipped", is_known(counts.0), vec![is_known(counts.1), endless]);
            first.before.push(Stmt::Expr(claim));
        }
        if first.source.is_filtered() || (acts && one_by_one) {
            let zip = Counted::Zip(second.source.into(), second.count);
            return Some(self.counting(first, zip, at));
        }
        let count = match (first.count.take(), second.count) {
            (Some(a), Some(b)) => Some(method("min", a, vec![b])),
            (a, b) => a.or(b),
        };
        let count = count.map(|count| self.kept(count, &mut first.before));
        Some(Iterator { count, ..first.with(|source| Source::Zip(source, second.source.into())) })
    }

    fn chained<'e>(&mut self, inner: Iterator<'e>, m: &'e ExprMethodCall, at: Spot) -> Option<Iterator<'e>> {
        let first = self.without_nested(inner, m, at)?;
        let first = self.positional(first, at)?;
        let second = self.iterator(&m.args[0])?;
        let second = self.without_nested(second, m, at)?;
        let second = self.positional(second, at)?;
        let mut before = first.before;
        before.extend(second.before);
        if first.source.has_places() || second.source.has_places() {
            self.sink.report(&m.method, &CHAINED_PLACES, &[]);
            return None;
        }
        // What comes behind `a..` is never reached, but where that ends nobody can count.
        let Some(split) = first.count else {
            if first.source.may_end() {
                return self.needs_position(m);
            }
            return Some(Iterator { before, source: first.source, count: None });
        };
        let count = second.count.map(|count| binary("Add", split.clone(), count));
        let count = count.map(|count| self.kept(count, &mut before));
        let ended = first.source.may_end().then(|| self.own("ended"));
        before.extend(ended.as_ref().map(|ended| let_(ended, boolean(false, at))));
        let chain = Chain { first: first.source, second: second.source, split, ended };
        Some(Iterator { before, source: Source::Chain(Box::new(chain)), count })
    }

    /// What comes out of `flat_map` has no position, so it goes into an array first. That is seen where something else is done
    /// meanwhile.
    fn without_nested<'e>(
        &mut self,
        iterator: Iterator<'e>,
        m: &ExprMethodCall,
        at: Spot,
    ) -> Option<Iterator<'e>> {
        if !iterator.source.has(&|s| matches!(s, Source::Nested(..))) {
            return Some(iterator);
        }
        let kept = !iterator.source.has(&|s| match s {
            Source::Each(each, ..) => !matches!(each, Each::Map | Each::Inspect),
            Source::Scan(..) | Source::Counted(..) => true,
            _ => false,
        });
        if !kept || self.acts(&iterator.source) {
            return self.needs_position(m);
        }
        let name = m.method.to_string();
        let array = self.collect_or(iterator, None, at, (&AFTER_FILTER, &name))?;
        self.elements_of(array)
    }

    fn needs_position<'e>(&mut self, m: &ExprMethodCall) -> Option<Iterator<'e>> {
        self.sink.report(&m.method, &AFTER_FILTER, &[&m.method]);
        None
    }

    fn counting<'e>(&mut self, mut inner: Iterator<'e>, what: Counted<'e>, at: Spot) -> Iterator<'e> {
        let number = self.own("number");
        inner.before.push(let_(&number, zero(at)));
        inner.with(|source| Source::Counted(what, source, number))
    }

    /// An iterator whose items are found by their position, as far as they have one.
    pub(super) fn positional<'e>(&mut self, i: Iterator<'e>, at: Spot) -> Option<Iterator<'e>> {
        let Iterator { before, source, count } = i;
        if let Source::Range(range) = source {
            let mut positions = self.positions(range, at)?;
            positions.before.splice(0..0, before);
            return Some(positions);
        }
        let inner = |inner: Box<Source<'e>>| Iterator { before, source: *inner, count };
        Some(match source {
            Source::Each(each, source, f) => {
                let inner = self.positional(inner(source), at)?;
                inner.with(|source| Source::Each(each, source, f))
            }
            Source::Scan(source, state, f) => {
                let inner = self.positional(inner(source), at)?;
                inner.with(|source| Source::Scan(source, state, f))
            }
            source => inner(Box::new(source)),
        })
    }

    /// A range by positions.
    fn positions<'e>(&mut self, range: crate::ast::Range, at: Spot) -> Option<Iterator<'e>> {
        let mut before = Vec::new();
        let start = self.kept(range.start, &mut before);
        let end = self.kept(range.end, &mut before);
        let start = method("like", start, vec![end.clone()]);
        let start = self.kept(start, &mut before);
        let inclusive = boolean(range.inclusive, at);
        let count = method("span", start.clone(), vec![end, inclusive]);
        let mut count = self.kept(count, &mut before);
        let mut source = Source::Count(start);
        for (adapter, spot) in range.adapters {
            source = match adapter {
                Adapter::Rev => Source::Rev(source.into(), count.clone()),
                Adapter::StepBy(step) => {
                    let step = self.kept(step, &mut before);
                    let steps = Expr { at: spot, ..method("div_ceil", count, vec![step.clone()]) };
                    count = self.kept(steps, &mut before);
                    Source::StepBy(source.into(), step)
                }
                // Of loops alone.
                Adapter::Chunks(..) => source,
            };
        }
        Some(Iterator { before, source, count: Some(count) })
    }
}

impl<'e> Iterator<'e> {
    /// The same items, with something done to them.
    fn with(self, adapt: impl FnOnce(Box<Source<'e>>) -> Source<'e>) -> Iterator<'e> {
        Iterator { source: adapt(self.source.into()), ..self }
    }
}

/// The first position.
pub(super) fn zero(at: Spot) -> Expr {
    expression(ExprKind::Typed("Usize", quote::quote!(0)), at)
}

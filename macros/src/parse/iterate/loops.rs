//! The counted loop of an iterator, and the loops of `flat_map`.

use super::adapters::zero;
use super::options::{returns, tail};
use super::{End, Exits, Item, Iterator, Source};
use crate::ast::{Block, Expr, ExprKind, For, Frame, Loop, Range, Spot, Stmt};
use crate::build::{assign, binary, int, let_, read};
use crate::diag::iterators::FLAT_ITEMS;
use crate::parse::loop_attributes::{is_checkpoint, is_parallel, is_unroll, misplaced};
use crate::parse::{Parser, bare, expression};
use syn::{Expr as Rust, ExprForLoop, Label};

impl<'p> Parser<'p> {
    /// `for pattern in iterator { body }`
    pub(in crate::parse) fn for_items(&mut self, e: &ExprForLoop) -> Option<Expr> {
        let at = Spot::of(&e.for_token);
        let iterator = self.iterator(&e.expr)?;
        let (before, mut body) = self.counted(iterator, e.label.as_ref(), at, |p, _, item, out| {
            p.scopes.open();
            p.bind_item(&e.pat, item, out);
            let block = p.block(&e.body);
            p.scopes.close();
            out.push(Stmt::Expr(expression(ExprKind::Block(block), at)));
            Some(())
        })?;
        match outermost(&mut body) {
            Some(body) => {
                body.parallel = e.attrs.iter().any(is_parallel);
                body.checkpoint = e.attrs.iter().any(is_checkpoint);
                body.unroll = e.attrs.iter().any(is_unroll);
            }
            None => misplaced(e, "a loop without an end", self.sink),
        }
        Some(match before.is_empty() {
            true => body,
            false => {
                let block = Block { items: Vec::new(), stmts: before, value: Some(Box::new(body)) };
                expression(ExprKind::Block(block), at)
            }
        })
    }

    /// The statements before a loop over an iterator, and the loop; `body` adds what is done with an item. The frame is
    /// that which ends the loop.
    pub(super) fn counted(
        &mut self,
        iterator: Iterator,
        label: Option<&Label>,
        at: Spot,
        body: impl FnOnce(&mut Self, Frame, Item, &mut Vec<Stmt>) -> Option<()>,
    ) -> Option<(Vec<Stmt>, Expr)> {
        self.nest(iterator, label, None, at, Box::new(body))
    }

    /// The same, where the body stands in loops around that make one iterator with this one: `whole` ends them all.
    fn nest(
        &mut self,
        iterator: Iterator,
        label: Option<&Label>,
        whole: Option<Frame>,
        at: Spot,
        body: Body<'p, '_>,
    ) -> Option<(Vec<Stmt>, Expr)> {
        let Iterator { before, mut source, count } = iterator;
        let Some((outer, f)) = source.take_nested() else {
            return self.one_loop(Iterator { before, source, count }, label, whole, at, body);
        };
        let own = self.fresh_frame();
        let whole = whole.unwrap_or(own);
        let outer = Iterator { before, source: outer, count };
        let around = Box::new(|p: &mut Parser<'p>, _: Frame, item: Item, out: &mut Vec<Stmt>| {
            let outside = p.scopes.seen();
            p.scopes.open();
            let inner = p.inner(item, f, out)?;
            let adapted = Box::new(|p: &mut Parser<'p>, _: Frame, item: Item, out: &mut Vec<Stmt>| {
                let hidden = p.scopes.hide(outside);
                let exits = Exits { next: p.frame_inside()?, end: End::Leave(own) };
                let item = p.item_at(source.filled(item), int(0, at), out, &exits)?;
                body(p, whole, item, out)?;
                p.scopes.show(hidden);
                Some(())
            });
            let (before, inside) = p.nest(inner, label, Some(whole), at, adapted)?;
            p.scopes.close();
            out.extend(before);
            out.push(Stmt::Expr(inside));
            Some(())
        });
        let (before, loops) = self.nest(outer, None, Some(whole), at, around)?;
        let block = Block { stmts: vec![Stmt::Expr(loops)], ..Block::default() };
        Some((before, expression(ExprKind::Labelled(own, block), at)))
    }

    fn one_loop(
        &mut self,
        iterator: Iterator,
        label: Option<&Label>,
        whole: Option<Frame>,
        at: Spot,
        body: Body<'p, '_>,
    ) -> Option<(Vec<Stmt>, Expr)> {
        let Iterator { mut before, mut source, count } = iterator;
        before.extend(source.counted_chunks());
        let range = match count {
            Some(end) => Some(Range {
                start: int(0, at),
                end,
                inclusive: false,
                progress: None,
                adapters: source.chunk_adapters(),
                at,
            }),
            None => source.own_range(),
        };
        let index = self.own("k");
        let k = read(&index, at);
        let (frame, block) = self.within_nest(label, whole, |p| {
            let frame = p.frame_inside()?;
            let mut stmts = Vec::new();
            let exits = Exits { next: frame, end: End::Leave(frame) };
            let item = p.item_at(source, k, &mut stmts, &exits)?;
            body(p, whole.unwrap_or(frame), item, &mut stmts)?;
            Some(Block { stmts, ..Block::default() })
        });
        let mut body = block?;
        let kind = match range {
            Some(range) => ExprKind::For(Box::new(For {
                frame,
                index: Some(index),
                range,
                body,
                carried: Vec::new(),
                parallel: false,
                checkpoint: false,
                unroll: false,
            })),
            // Without an end: it counts for itself, before anything goes on with the next item.
            None => {
                let number = self.own("number");
                before.push(let_(&number, zero(at)));
                let next = assign(&number, binary("Add", read(&number, at), int(1, at)));
                body.stmts.splice(0..0, [let_(&index, read(&number, at)), next]);
                ExprKind::Loop(Box::new(Loop { frame, body }))
            }
        };
        Some((before, expression(kind, at)))
    }

    /// What `flat_map` makes of an item: an iterator, and statements before it. Its variables stand around code that
    /// does not see them.
    pub(super) fn inner<'e>(
        &mut self,
        item: Item,
        f: Option<&'e Rust>,
        out: &mut Vec<Stmt>,
    ) -> Option<Iterator<'e>> {
        let closure = match f.map(bare) {
            Some(Rust::Closure(c)) if c.inputs.len() == 1 => c,
            Some(f) => {
                let array = self.apply(f, vec![item], "flat_map")?;
                return self.elements_of(array);
            }
            None => {
                return match item {
                    Item::Place(place) => self.places_of(place),
                    item => self.elements_of(item.value()),
                };
            }
        };
        if returns(&closure.body) {
            self.sink.report(&closure.body, &FLAT_ITEMS, &[]);
            return None;
        }
        let renamed = self.scopes.rename(true);
        let around = std::mem::take(&mut self.frames);
        self.bind_item(&closure.inputs[0], item, out);
        let mut body = Some(bare(&closure.body));
        while let Some(Rust::Block(b)) = body {
            let (stmts, value) = tail(&b.block.stmts);
            let block = self.statements(stmts);
            out.extend(block.stmts);
            out.extend(block.value.map(|e| Stmt::Expr(*e)));
            body = value.map(bare).filter(|_| block.items.is_empty() && b.label.is_none());
        }
        self.scopes.rename(renamed);
        let inner = match body {
            Some(body) => self.iterator(body),
            None => {
                self.sink.report(&closure.body, &FLAT_ITEMS, &[]);
                None
            }
        };
        self.frames = around;
        inner
    }
}

/// What is done with an item.
type Body<'p, 'b> = Box<dyn FnOnce(&mut Parser<'p>, Frame, Item, &mut Vec<Stmt>) -> Option<()> + 'b>;

/// The first of the loops that make one iterator together; `None` where it has no end.
fn outermost(e: &mut Expr) -> Option<&mut For> {
    match &mut e.kind {
        ExprKind::For(body) => Some(body),
        ExprKind::Labelled(_, block) | ExprKind::Block(block) => match block.stmts.first_mut() {
            Some(Stmt::Expr(e)) => outermost(e),
            _ => None,
        },
        _ => None,
    }
}

impl<'e> Source<'e> {
    /// Takes out the `flat_map` that its items come from: what that goes through, and its function.
    pub(super) fn take_nested(&mut self) -> Option<(Source<'e>, Option<&'e Rust>)> {
        let source = match self {
            Source::Nested(..) => self,
            source => return source.upstream()?.take_nested(),
        };
        match std::mem::replace(source, Source::Hole) {
            Source::Nested(outer, f) => Some((*outer, f)),
            _ => None,
        }
    }

    /// With an item where the `flat_map` was.
    pub(super) fn filled(mut self, item: Item) -> Source<'e> {
        let mut source = &mut self;
        while !matches!(source, Source::Hole) {
            match source.upstream() {
                Some(upstream) => source = upstream,
                None => return self,
            }
        }
        *source = Source::Item(item);
        self
    }

    /// The range that counts for itself.
    fn own_range(&mut self) -> Option<Range> {
        match self {
            Source::Range(range) => Some(range.clone()),
            source => source.upstream()?.own_range(),
        }
    }
}

impl Iterator<'_> {
    /// It has no end.
    pub(super) fn is_endless(&self) -> bool {
        self.count.is_none() && !self.source.has(&|s| matches!(s, Source::Range(_) | Source::Nested(..)))
    }
}

//! The counted loop of an iterator.

use super::{Item, Iterator, Source};
use crate::ast::{Block, Expr, ExprKind, For, Frame, Range, Spot, Stmt};
use crate::build::int;
use crate::parse::jump::Kind;
use crate::parse::{Parser, expression};
use syn::{ExprForLoop, Label};

impl Parser<'_> {
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
        if let ExprKind::For(body) = &mut body.kind {
            body.parallel = e.attrs.iter().any(crate::parse::loop_attributes::is_parallel);
            body.checkpoint = e.attrs.iter().any(crate::parse::loop_attributes::is_checkpoint);
            body.unroll = e.attrs.iter().any(crate::parse::loop_attributes::is_unroll);
        }
        Some(match before.is_empty() {
            true => body,
            false => {
                let block = Block { items: Vec::new(), stmts: before, value: Some(Box::new(body)) };
                expression(ExprKind::Block(block), at)
            }
        })
    }

    /// The statements before a loop over an iterator, and the loop; `body` adds what is done with an item.
    pub(super) fn counted(
        &mut self,
        iterator: Iterator,
        label: Option<&Label>,
        at: Spot,
        body: impl FnOnce(&mut Self, Frame, Item, &mut Vec<Stmt>) -> Option<()>,
    ) -> Option<(Vec<Stmt>, Expr)> {
        let Iterator { before, mut source, count } = iterator;
        let range = match count {
            Some(end) => {
                Range { start: int(0, at), end, inclusive: false, progress: None, adapters: Vec::new(), at }
            }
            None => own_range(&mut source)?,
        };
        let index = self.own("k");
        let k = expression(ExprKind::Variable(index.clone()), at);
        let (frame, block) = self.within(Kind::Loop, label, |p| {
            let frame = p.frame_inside()?;
            let mut stmts = Vec::new();
            let item = p.item_at(source, k, &mut stmts, frame)?;
            body(p, frame, item, &mut stmts)?;
            Some(Block { stmts, ..Block::default() })
        });
        let (index, body, carried) = (Some(index), block?, Vec::new());
        let whole =
            For { frame, index, range, body, carried, parallel: false, checkpoint: false, unroll: false };
        Some((before, expression(ExprKind::For(Box::new(whole)), at)))
    }
}

/// The range that counts for itself.
fn own_range(source: &mut Source) -> Option<Range> {
    match source {
        Source::Range(range) => Some(range.clone()),
        Source::Map(inner, _) | Source::Filter(inner, _) | Source::TakeWhile(inner, _) => own_range(inner),
        _ => None,
    }
}

//! Which jumps leave an expression, and whether anything behind it is ever reached.

use crate::ast::{Block, Expr, ExprKind, Jump, Spot};
use crate::walk::Child;
use std::collections::BTreeSet;

/// Where the jumps go that leave an expression.
pub fn leaving(e: &mut Expr) -> BTreeSet<Jump> {
    let mut targets = BTreeSet::new();
    if let ExprKind::Jump(jump, _) = &e.kind {
        targets.insert(*jump);
    }
    e.children(&mut |child| match child {
        Child::Expr(e) => targets.append(&mut leaving(e)),
        Child::Block(b) => targets.append(&mut leaving_block(b)),
        Child::Written(place) => place.indices(&mut |e| targets.append(&mut leaving(e))),
        // A closure is a function of its own.
        Child::Callable(_) => {}
    });
    let own = match &e.kind {
        ExprKind::For(e) => Some(e.frame),
        ExprKind::While(e) => Some(e.frame),
        ExprKind::Loop(e) => Some(e.frame),
        ExprKind::Labelled(frame, _) => Some(*frame),
        _ => None,
    };
    if let Some(frame) = own {
        targets.remove(&Jump::Break(frame));
        targets.remove(&Jump::Continue(frame));
    }
    targets
}

/// The same of a block.
pub fn leaving_block(b: &mut Block) -> BTreeSet<Jump> {
    let mut targets = BTreeSet::new();
    for value in b.stmts.iter_mut().filter_map(|s| s.value()).chain(b.value.as_deref_mut()) {
        targets.append(&mut leaving(value));
    }
    targets
}

/// Evaluation always ends in a jump, or never.
pub fn diverges(e: &mut Expr) -> bool {
    match &mut e.kind {
        ExprKind::Jump(..) | ExprKind::Panic(_) => true,
        ExprKind::If(e) => {
            diverges(&mut e.condition)
                || (block_diverges(&mut e.then) && e.otherwise.as_mut().is_some_and(block_diverges))
        }
        ExprKind::Block(b) => block_diverges(b),
        ExprKind::Labelled(frame, b) => block_diverges(b) && !leaving_block(b).contains(&Jump::Break(*frame)),
        ExprKind::Loop(e) => !leaving_block(&mut e.body).contains(&Jump::Break(e.frame)),
        _ => false,
    }
}

/// The same of a block.
pub fn block_diverges(b: &mut Block) -> bool {
    b.stmts.iter_mut().filter_map(|s| s.value()).chain(b.value.as_deref_mut()).any(diverges)
}

/// The first jump in an expression: where it stands, and its word.
pub fn first(e: &mut Expr) -> Option<(Spot, &'static str)> {
    if let ExprKind::Jump(jump, _) = &e.kind {
        let word = match jump {
            Jump::Break(_) => "break",
            Jump::Continue(_) => "continue",
            Jump::Return => "return",
        };
        return Some((e.at, word));
    }
    let mut found = None;
    e.children(&mut |child| match child {
        Child::Expr(e) => found = found.or_else(|| first(e)),
        Child::Block(b) => {
            for value in b.stmts.iter_mut().filter_map(|s| s.value()).chain(b.value.as_deref_mut()) {
                found = found.or_else(|| first(value));
            }
        }
        Child::Written(place) => place.indices(&mut |e| found = found.or_else(|| first(e))),
        Child::Callable(_) => {}
    });
    found
}

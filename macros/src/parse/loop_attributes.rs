//! Where `#[parallel]`, `#[checkpoint]` and `#[unroll]` stand: in front of a `for`, and nowhere else.

use crate::diag::Sink;
use crate::diag::statements::{
    CHECKPOINT_ARGUMENTS, CHECKPOINT_MISPLACED, PARALLEL_ARGUMENTS, PARALLEL_MISPLACED, UNROLL_ARGUMENTS,
    UNROLL_MISPLACED,
};
use crate::diag::warnings::LONG_UNROLLED;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ExprForLoop, ExprLit, ItemFn, Lit, Meta, RangeLimits, Stmt};

/// `#[parallel]`; with arguments it is wrong, but ours all the same.
pub fn is_parallel(attribute: &Attribute) -> bool {
    attribute.path().is_ident("parallel")
}

/// `#[checkpoint]`; with arguments it is wrong, but ours all the same.
pub fn is_checkpoint(attribute: &Attribute) -> bool {
    attribute.path().is_ident("checkpoint")
}

/// `#[unroll]`; with arguments it is wrong, but ours all the same.
pub fn is_unroll(attribute: &Attribute) -> bool {
    attribute.path().is_ident("unroll")
}

/// It is an attribute of loops of ours: rustc does not know it.
pub fn is_of_loops(attribute: &Attribute) -> bool {
    is_parallel(attribute) || is_checkpoint(attribute) || is_unroll(attribute)
}

/// Reports those of a `for` that is no counted loop.
pub(super) fn misplaced(e: &ExprForLoop, what: &'static str, sink: &mut Sink) {
    e.attrs.iter().for_each(|attribute| elsewhere(attribute, what, sink));
}

/// Reports an attribute of loops on something else.
fn elsewhere(attribute: &Attribute, what: &'static str, sink: &mut Sink) {
    if is_parallel(attribute) {
        sink.report(attribute, &PARALLEL_MISPLACED, &[&what]);
    }
    if is_checkpoint(attribute) {
        sink.report(attribute, &CHECKPOINT_MISPLACED, &[&what]);
    }
    if is_unroll(attribute) {
        sink.report(attribute, &UNROLL_MISPLACED, &[&what]);
    }
}

/// Reports those that stand elsewhere: rustc never sees them.
pub(super) fn check(item: &ItemFn, sink: &mut Sink) {
    Check { sink, what: "a function" }.visit_item_fn(item);
}

/// A loop of more iterations is not one that is meant to be written out.
const MANY: u64 = 256;

/// The iterations of `0..1000`.
fn written_count(range: &Expr) -> Option<u64> {
    let Expr::Range(range) = range else { return None };
    let number = |e: &Option<Box<Expr>>| match e.as_deref() {
        Some(Expr::Lit(ExprLit { lit: Lit::Int(n), .. })) => n.base10_parse::<u64>().ok(),
        _ => None,
    };
    let (start, end) = (number(&range.start)?, number(&range.end)?);
    let last = u64::from(matches!(range.limits, RangeLimits::Closed(_)));
    end.checked_add(last)?.checked_sub(start)
}

struct Check<'s> {
    sink: &'s mut Sink,
    /// The statement around the attribute.
    what: &'static str,
}

impl<'ast> Visit<'ast> for Check<'_> {
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        elsewhere(attribute, self.what, self.sink);
    }

    fn visit_stmt(&mut self, stmt: &'ast Stmt) {
        self.what = match stmt {
            Stmt::Local(_) => "a `let`",
            Stmt::Item(_) => "an item",
            Stmt::Macro(_) => "a macro",
            Stmt::Expr(Expr::Assign(_), _) => "an assignment",
            Stmt::Expr(Expr::If(_), _) => "an `if`",
            Stmt::Expr(Expr::Block(_), _) => "a block",
            Stmt::Expr(Expr::Loop(_), _) => "a `loop`",
            Stmt::Expr(Expr::While(_), _) => "a `while` loop, whose iterations follow from each other",
            Stmt::Expr(..) => "an expression",
        };
        visit::visit_stmt(self, stmt);
    }

    fn visit_expr_for_loop(&mut self, e: &'ast ExprForLoop) {
        for attribute in e.attrs.iter().filter(|a| !matches!(a.meta, Meta::Path(_))) {
            if is_parallel(attribute) {
                self.sink.report(attribute, &PARALLEL_ARGUMENTS, &[]);
            } else if is_checkpoint(attribute) {
                self.sink.report(attribute, &CHECKPOINT_ARGUMENTS, &[]);
            } else if is_unroll(attribute) {
                self.sink.report(attribute, &UNROLL_ARGUMENTS, &[]);
            }
        }
        if let Some(attribute) = e.attrs.iter().find(|a| is_unroll(a))
            && let Some(count) = written_count(&e.expr).filter(|&count| count > MANY)
        {
            self.sink.warn(attribute.path(), &LONG_UNROLLED, &[&count]);
        }
        self.visit_pat(&e.pat);
        self.visit_expr(&e.expr);
        self.visit_block(&e.body);
    }
}

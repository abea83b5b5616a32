//! Expressions and statements of ours.

use crate::ast::{Block, Expr, ExprKind, Frame, If, Jump, Pattern, Place, Spot, Stmt, Target};
use crate::scope::Variable;

/// An expression; `carry.rs` finds out whether it writes.
pub fn expression(kind: ExprKind, at: Spot) -> Expr {
    Expr { kind, at, writes: false }
}

/// A variable's value.
pub fn read(variable: &Variable, at: Spot) -> Expr {
    expression(ExprKind::Variable(variable.clone()), at)
}

/// An unsuffixed integer.
pub fn int(value: i128, at: Spot) -> Expr {
    expression(ExprKind::Int(value), at)
}

/// `true` or `false`
pub fn boolean(value: bool, at: Spot) -> Expr {
    expression(ExprKind::Bool(value), at)
}

/// `!a`
pub fn not(a: Expr) -> Expr {
    let at = a.at;
    expression(ExprKind::Unary("Not", Box::new(a)), at)
}

/// `a && b`
pub fn and(a: Expr, b: Expr) -> Expr {
    let at = a.at;
    expression(ExprKind::Lazy(true, Box::new(a), Box::new(b)), at)
}

/// `a + b` and the like: the variant of `BinaryOp`.
pub fn binary(op: &'static str, a: Expr, b: Expr) -> Expr {
    let at = a.at;
    expression(ExprKind::Binary(op, Box::new(a), Box::new(b)), at)
}

/// `a > b`
pub fn greater(a: Expr, b: Expr) -> Expr {
    let at = a.at;
    expression(ExprKind::Compare("Gt", Box::new(a), Box::new(b)), at)
}

/// `receiver.name(arguments)`
pub fn method(name: &str, receiver: Expr, arguments: Vec<Expr>) -> Expr {
    let at = receiver.at;
    expression(ExprKind::Method(name.into(), Box::new(receiver), arguments), at)
}

/// `{ stmts; value }`
pub fn block(stmts: Vec<Stmt>, value: Expr) -> Block {
    Block { items: Vec::new(), stmts, value: Some(Box::new(value)) }
}

/// `if condition { then } else { otherwise }`
pub fn branch(condition: Expr, then: Block, otherwise: Option<Block>, at: Spot) -> Expr {
    let branch = If { condition, then, otherwise, carried: Vec::new() };
    expression(ExprKind::If(Box::new(branch)), at)
}

/// `let variable = value;`
pub fn let_(variable: &Variable, value: Expr) -> Stmt {
    Stmt::Let(Pattern::Name(variable.clone()), value)
}

/// `variable = value;`
pub fn assign(variable: &Variable, value: Expr) -> Stmt {
    let at = value.at;
    let place = Place { root: variable.clone(), parts: Vec::new(), at, writes: false };
    Stmt::Expr(expression(ExprKind::Assign(Box::new(Target::Place(place)), Box::new(value)), at))
}

/// `if condition { stmts }`
pub fn when(condition: Expr, stmts: Vec<Stmt>, at: Spot) -> Stmt {
    Stmt::Expr(branch(condition, Block { stmts, ..Block::default() }, None, at))
}

/// `break` out of a frame.
pub fn leave(frame: Frame, at: Spot) -> Stmt {
    jump(Jump::Break(frame), at)
}

/// `break`, `continue` or `return` without a value.
pub fn jump(jump: Jump, at: Spot) -> Stmt {
    Stmt::Expr(expression(ExprKind::Jump(jump, None), at))
}

/// `if !condition { jump }`
pub fn unless(condition: Expr, to: Jump, at: Spot) -> Stmt {
    when(not(condition), vec![jump(to, at)], at)
}

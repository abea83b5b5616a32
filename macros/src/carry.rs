//! What loops and branches carry: exactly *assigned inside, declared outside*. And which expressions write, so
//! that what is read beside them is read before.

use crate::ast::{Block, Callable, Expr, ExprKind, Function, If, Place, Stmt};
use crate::scope::Variable;
use crate::walk::Child;
use std::collections::BTreeMap;

/// Variables in the order of their declaration.
type Set = BTreeMap<usize, Variable>;

/// Notes what is carried in the whole function.
pub fn function(function: &mut Function) {
    block(&mut function.body);
}

/// What a block assigns of the code around it.
fn block(b: &mut Block) -> Set {
    let mut set = Set::new();
    for stmt in &mut b.stmts {
        if let Stmt::Closure(_, f, _) = stmt {
            callable(f);
        }
        if let Some(value) = stmt.value() {
            set.append(&mut expr(value));
        }
    }
    if let Some(value) = &mut b.value {
        set.append(&mut expr(value));
    }
    for stmt in &b.stmts {
        stmt.declared(&mut |v| {
            set.remove(&v.number());
        });
    }
    set
}

fn expr(e: &mut Expr) -> Set {
    let mut set = Set::new();
    match &mut e.kind {
        ExprKind::If(branch) => {
            let mut inside = block(&mut branch.then);
            inside.extend(branch.otherwise.as_mut().map(block).unwrap_or_default());
            branch.carried = inside.values().cloned().collect();
            set = expr(&mut branch.condition);
            set.append(&mut inside);
        }
        ExprKind::For(e) => {
            let mut inside = block(&mut e.body);
            if let Some(index) = &e.index {
                inside.remove(&index.number());
            }
            e.carried = inside.values().cloned().collect();
            e.range.children(&mut |child| set.append(&mut part(child)));
            set.append(&mut inside);
        }
        ExprKind::While(e) => {
            set = block(&mut e.body);
            e.carried = set.values().cloned().collect();
            set.append(&mut expr(&mut e.condition));
        }
        ExprKind::Lazy(..) => lazy(e, &mut set),
        _ => e.children(&mut |child| set.append(&mut part(child))),
    }
    e.writes = !set.is_empty();
    set
}

/// Where the right of `&&` or `||` assigns, it is a branch, which carries what it assigns.
fn lazy(e: &mut Expr, set: &mut Set) {
    let at = e.at;
    if let ExprKind::Lazy(and, left, right) = &mut e.kind {
        let mut inside = expr(right);
        set.append(&mut expr(left));
        if inside.is_empty() {
            return;
        }
        let carried = inside.values().cloned().collect();
        set.append(&mut inside);
        let take =
            |part: &mut Expr| std::mem::replace(part, Expr { kind: ExprKind::Never, at, writes: false });
        let (and, condition, right) = (*and, take(left), take(right));
        let known = Expr { kind: ExprKind::Bool(!and), at, writes: false };
        let (then, otherwise) = if and { (right, known) } else { (known, right) };
        let block = |value| Block { value: Some(Box::new(value)), ..Block::default() };
        let branch = If { condition, then: block(then), otherwise: Some(block(otherwise)), carried };
        e.kind = ExprKind::If(Box::new(branch));
    }
}

fn part(child: Child) -> Set {
    match child {
        Child::Expr(e) => expr(e),
        Child::Block(b) => block(b),
        Child::Written(place) => written(place),
        Child::Callable(f) => callable(f),
    }
}

fn written(place: &mut Place) -> Set {
    let mut set = Set::new();
    place.indices(&mut |index| set.append(&mut expr(index)));
    place.writes = !set.is_empty();
    set.insert(place.root.number(), place.root.clone());
    set
}

/// A closure assigns nothing around it, which the parser saw to.
fn callable(f: &mut Callable) -> Set {
    if let Callable::Closure(_, body) = f {
        expr(body);
    }
    Set::new()
}

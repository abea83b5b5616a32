//! The parts of expressions, in the order of their evaluation: one list for every pass over the tree.

use crate::ast::{
    Adapter, Argument, Block, Callable, Claim, Expr, ExprKind, Operand, Part, Place, Range, SliceArg, Stmt,
    Target,
};
use crate::scope::Variable;
use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use syn::ext::IdentExt;

/// A part of an expression.
pub enum Child<'a> {
    /// A value.
    Expr(&'a mut Expr),
    /// Statements in a scope of their own.
    Block(&'a mut Block),
    /// A variable, or a part of one, that is written.
    Written(&'a mut Place),
    /// A function that is passed to another one.
    Callable(&'a mut Callable),
}

impl Expr {
    /// The parts of an expression, but not those of its parts.
    pub fn children(&mut self, f: &mut impl FnMut(Child)) {
        use Child::{Block, Callable, Expr, Written};
        match &mut self.kind {
            ExprKind::Rejected
            | ExprKind::Float(_)
            | ExprKind::Int(_)
            | ExprKind::Bool(_)
            | ExprKind::Typed(..)
            | ExprKind::Variable(_)
            | ExprKind::Constant(_)
            | ExprKind::Never
            | ExprKind::Neutral(..) => {}
            ExprKind::Tuple(items)
            | ExprKind::Array(items)
            | ExprKind::HandleCall(_, items)
            | ExprKind::CallClosure(_, items) => {
                items.iter_mut().for_each(|e| f(Expr(e)));
            }
            ExprKind::Field(a, _) | ExprKind::Unary(_, a) | ExprKind::Cast(a, _) => f(Expr(a)),
            ExprKind::Repeat(a, b)
            | ExprKind::Binary(_, a, b)
            | ExprKind::Compare(_, a, b)
            | ExprKind::Lazy(_, a, b) => {
                f(Expr(a));
                f(Expr(b));
            }
            ExprKind::Index(a, items) | ExprKind::Method(_, a, items) => {
                f(Expr(a));
                items.iter_mut().for_each(|e| f(Expr(e)));
            }
            ExprKind::Slice(a, spec) => {
                f(Expr(a));
                slice(spec, f);
            }
            ExprKind::MapMethod(_, a, items, callable) => {
                f(Expr(a));
                items.iter_mut().for_each(|e| f(Expr(e)));
                f(Callable(callable));
            }
            ExprKind::TypeFn(_, items, callable) => {
                items.iter_mut().for_each(|e| f(Expr(e)));
                callable.iter_mut().for_each(|c| f(Callable(c)));
            }
            ExprKind::Struct(literal) => {
                literal.fields.iter_mut().for_each(|(_, e)| f(Expr(e)));
                literal.base.iter_mut().for_each(|e| f(Expr(e)));
            }
            ExprKind::Call(_, arguments) | ExprKind::MethodCall(_, arguments, _) => {
                arguments.iter_mut().for_each(|a| match a {
                    Argument::Value(e) => f(Expr(e)),
                    Argument::Mut(place) => f(Written(place)),
                })
            }
            ExprKind::Functional(_, operands) => operands.iter_mut().for_each(|o| match o {
                Operand::Value(e) => f(Expr(e)),
                Operand::Callable(c) => f(Callable(c)),
                Operand::Callables(list) => list.iter_mut().for_each(|c| f(Callable(c))),
            }),
            ExprKind::Block(block) | ExprKind::Labelled(_, block) => f(Block(block)),
            ExprKind::If(e) => {
                f(Expr(&mut e.condition));
                f(Block(&mut e.then));
                e.otherwise.iter_mut().for_each(|b| f(Block(b)));
            }
            ExprKind::For(e) => {
                e.range.children(f);
                f(Block(&mut e.body));
            }
            ExprKind::While(e) => {
                f(Expr(&mut e.condition));
                f(Block(&mut e.body));
            }
            ExprKind::Loop(e) => f(Block(&mut e.body)),
            ExprKind::Jump(_, value) => value.iter_mut().for_each(|e| f(Expr(e))),
            ExprKind::Assign(target, value) => {
                f(Expr(value));
                target.children(f);
            }
            ExprKind::Update(_, target, value) => {
                f(Expr(value));
                target.children(f);
            }
            ExprKind::Swap(a, b) => {
                f(Written(a));
                f(Written(b));
            }
            ExprKind::Replace(place, value) => {
                f(Expr(value));
                f(Written(place));
            }
            ExprKind::Assert(e) => {
                match &mut e.claim {
                    Claim::Holds(condition, _) => f(Expr(condition)),
                    Claim::Equal(_, left, right) => {
                        f(Expr(left));
                        f(Expr(right));
                    }
                }
                e.text.iter_mut().flat_map(|text| &mut text.arguments).for_each(|e| f(Expr(e)));
            }
            ExprKind::Panic(text) | ExprKind::Print(_, text) => {
                text.arguments.iter_mut().for_each(|e| f(Expr(e)));
            }
            ExprKind::Dbg(values) => values.iter_mut().for_each(|(e, _)| f(Expr(e))),
        }
    }
}

impl Target {
    fn children(&mut self, f: &mut impl FnMut(Child)) {
        match self {
            Target::Wild => {}
            Target::Place(place) => f(Child::Written(place)),
            Target::Block(place, spec) => {
                f(Child::Written(place));
                slice(spec, f);
            }
            Target::Tuple(targets, _) => targets.iter_mut().for_each(|t| t.children(f)),
            Target::Struct(fields, _) => fields.iter_mut().for_each(|(_, t)| t.children(f)),
        }
    }
}

impl Place {
    /// The values of its indices.
    pub fn indices(&mut self, f: &mut impl FnMut(&mut Expr)) {
        for part in &mut self.parts {
            match part {
                Part::Field(_) => {}
                Part::Index(index) => index.iter_mut().for_each(&mut *f),
                Part::Slice(spec) => slice(spec, &mut |child| {
                    if let Child::Expr(e) = child {
                        f(e);
                    }
                }),
            }
        }
    }
}

impl Stmt {
    /// The value of a statement.
    pub fn value(&mut self) -> Option<&mut Expr> {
        match self {
            Stmt::Let(_, value) | Stmt::Expr(value) | Stmt::Linearized(.., value) => Some(value),
            Stmt::Declare(_) | Stmt::Handle(..) | Stmt::Closure(..) => None,
        }
    }

    /// The variables that it declares.
    pub fn declared(&self, f: &mut impl FnMut(&Variable)) {
        match self {
            Stmt::Let(pattern, _) => pattern.variables(f),
            Stmt::Declare(variable) | Stmt::Handle(variable, _) | Stmt::Closure(variable, ..) => f(variable),
            Stmt::Linearized(pattern, map, ..) => {
                pattern.variables(f);
                f(map);
            }
            Stmt::Expr(_) => {}
        }
    }
}

fn slice(spec: &mut [SliceArg], f: &mut impl FnMut(Child)) {
    for axis in spec {
        match axis {
            SliceArg::Index(e) => f(Child::Expr(e)),
            SliceArg::Range { start, end, step, .. } => {
                [start, end, step].into_iter().flatten().for_each(|e| f(Child::Expr(e)));
            }
        }
    }
}

impl Range {
    /// Its ends and steps.
    pub fn children(&mut self, f: &mut impl FnMut(Child)) {
        f(Child::Expr(&mut self.start));
        f(Child::Expr(&mut self.end));
        for (adapter, _) in &mut self.adapters {
            match adapter {
                Adapter::Rev => {}
                Adapter::StepBy(step) => f(Child::Expr(step)),
                Adapter::Chunks(array, length, _) => {
                    f(Child::Expr(array));
                    f(Child::Expr(length));
                }
            }
        }
    }
}

/// The variables from around that a closure reads. Its tree is the same afterwards.
pub fn captured(f: &Callable) -> Vec<Variable> {
    let mut found = Captured::default();
    if let Callable::Closure(params, body) = f {
        params.iter().for_each(|p| p.variables(&mut |v| found.declared.push(v.number())));
        found.expr(&mut body.clone());
    }
    let Captured { declared, read, .. } = found;
    read.into_values().filter(|v| !declared.contains(&v.number())).collect()
}

/// Names that paths begin with in an expression, of constants, functions and structs from outside. Its tree is the same
/// afterwards.
pub fn outside(e: &Expr) -> BTreeSet<String> {
    let mut found = Captured::default();
    found.expr(&mut e.clone());
    found.paths
}

#[derive(Default)]
struct Captured {
    declared: Vec<usize>,
    read: BTreeMap<usize, Variable>,
    paths: BTreeSet<String>,
}

impl Captured {
    fn expr(&mut self, e: &mut Expr) {
        match &e.kind {
            ExprKind::Variable(v) | ExprKind::CallClosure(v, _) => {
                self.read.insert(v.number(), v.clone());
            }
            ExprKind::For(l) => self.declared.extend(l.index.iter().map(Variable::number)),
            ExprKind::Constant(path) | ExprKind::Call(path, _) => self.path(path),
            ExprKind::Struct(literal) => self.path(&literal.path),
            ExprKind::HandleCall(handle, _) => self.all(handle),
            _ => {}
        }
        e.children(&mut |child| match child {
            Child::Expr(e) => self.expr(e),
            Child::Block(b) => self.block(b),
            Child::Written(place) => {
                self.read.insert(place.root.number(), place.root.clone());
                place.indices(&mut |e| self.expr(e));
            }
            Child::Callable(f) => self.callable(f),
        });
    }

    fn callable(&mut self, f: &mut Callable) {
        match f {
            Callable::Closure(params, body) => {
                params.iter().for_each(|p| p.variables(&mut |v| self.declared.push(v.number())));
                self.expr(body);
            }
            Callable::Variable(v) => {
                self.read.insert(v.number(), v.clone());
            }
            Callable::Path(path, _) => self.path(path),
            Callable::TypeFn(..) => {}
        }
    }

    fn path(&mut self, path: &TokenStream) {
        if let Some(TokenTree::Ident(first)) = path.clone().into_iter().next() {
            self.paths.insert(first.unraw().to_string());
        }
    }

    /// Every name in Rust code.
    fn all(&mut self, tokens: &TokenStream) {
        for tree in tokens.clone() {
            match tree {
                TokenTree::Group(group) => self.all(&group.stream()),
                TokenTree::Ident(ident) => {
                    self.paths.insert(ident.unraw().to_string());
                }
                _ => {}
            }
        }
    }

    fn block(&mut self, b: &mut Block) {
        for stmt in &mut b.stmts {
            stmt.declared(&mut |v| self.declared.push(v.number()));
            match stmt {
                Stmt::Closure(_, f, _) => self.callable(f),
                Stmt::Handle(_, handle) | Stmt::Linearized(_, _, handle, _) => self.all(handle),
                _ => {}
            }
            stmt.value().into_iter().for_each(|e| self.expr(e));
        }
        b.value.iter_mut().for_each(|e| self.expr(e));
    }
}

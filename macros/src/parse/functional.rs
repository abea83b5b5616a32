//! Calls of the functionals: what they take, and the functions that are passed to them.

use super::{Parser, bare, expression, rejected};
use crate::ast::{Callable, Expr, ExprKind, Operand, Spot};
use crate::diag::calls::{BRANCHES_EXPECTED, FUNCTION_EXPECTED, OPTIONAL_EXPECTED};
use crate::diag::expressions::CAPTURED_ASSIGNMENT;
use crate::names::SCALARS;
use quote::quote;
use syn::{Expr as Rust, ExprCall, Path};

/// What the functionals take at each position.
#[derive(Clone, Copy, PartialEq)]
enum Takes {
    Value,
    Function,
    /// `None`, or `Some(&function)`.
    Maybe,
    Branches,
}

const FUNCTIONALS: &[(&str, &[Takes])] = {
    use Takes::{Branches, Function, Maybe, Value};
    &[
        ("cond", &[Value, Function, Function, Value]),
        ("switch", &[Value, Branches, Value]),
        ("fori_loop", &[Value, Value, Function, Value]),
        ("while_loop", &[Function, Function, Value]),
        ("scan", &[Function, Value, Value]),
        ("scan_reverse", &[Function, Value, Value]),
        ("scan_n", &[Function, Value, Value]),
        ("scan_n_with", &[Function, Value, Value, Value, Value]),
        ("scan_with", &[Function, Value, Value, Value, Value]),
        ("map", &[Function, Value]),
        ("tree_map", &[Function, Value]),
        ("tree_map2", &[Function, Value, Value]),
        ("root_scalar", &[Function, Value]),
        ("root_scalar_with", &[Function, Value, Maybe, Maybe, Value, Value, Value, Value]),
        ("root", &[Function, Value]),
        ("root_with", &[Function, Value, Maybe, Maybe, Value, Value, Value, Value]),
        ("fixed_point", &[Function, Value]),
        ("fixed_point_with", &[Function, Value, Value, Value, Value]),
    ]
};

/// Names that somebody's own function may have; one that takes no function there is that.
const COMMON: &[&str] = &["map", "root", "root_scalar", "fixed_point"];

impl Parser<'_> {
    /// A call of a functional, if this is one.
    pub(super) fn functional(&mut self, e: &ExprCall, path: &Path, name: &str) -> Option<Expr> {
        let (_, takes) = FUNCTIONALS.iter().find(|(n, t)| *n == name && t.len() == e.args.len())?;
        if COMMON.contains(&name) && !self.takes_function(&e.args[0]) {
            return None;
        }
        let mut operands = Vec::new();
        let mut complete = true;
        for (argument, takes) in e.args.iter().zip(*takes) {
            let operand = match takes {
                Takes::Value => Some(Operand::Value(self.argument(argument))),
                Takes::Function => self.callable(argument, name).map(Operand::Callable),
                Takes::Maybe => self.maybe(argument, name).map(Operand::Callables),
                Takes::Branches => self.branches(argument).map(Operand::Callables),
            };
            complete &= operand.is_some();
            operands.extend(operand);
        }
        Some(match complete {
            true => expression(ExprKind::Functional(quote!(#path), operands), Spot::of(path)),
            false => rejected(Spot::of(path)),
        })
    }

    /// A function or none, as a list.
    fn maybe(&mut self, e: &Rust, taker: &str) -> Option<Vec<Callable>> {
        match bare(e) {
            Rust::Path(p) if p.path.is_ident("None") => Some(Vec::new()),
            Rust::Call(c) if c.args.len() == 1 && is_path(&c.func, "Some") => {
                Some(vec![self.callable(&c.args[0], taker)?])
            }
            other => {
                self.sink.report(other, &OPTIONAL_EXPECTED, &[&taker]);
                None
            }
        }
    }

    /// Whether an argument is a function as far as one can see.
    fn takes_function(&self, e: &Rust) -> bool {
        match bare(e) {
            Rust::Closure(_) => true,
            Rust::Path(p) => {
                p.path.get_ident().is_none_or(|i| self.scopes.variable(i).is_none_or(|v| v.is_closure))
            }
            Rust::Reference(r) => self.takes_function(&r.expr),
            _ => false,
        }
    }

    fn branches(&mut self, e: &Rust) -> Option<Vec<Callable>> {
        match bare(e) {
            Rust::Reference(r) => self.branches(&r.expr),
            Rust::Array(list) => {
                let callables: Vec<_> = list.elems.iter().map(|e| self.callable(e, "switch")).collect();
                callables.into_iter().collect()
            }
            Rust::Tuple(list) => {
                let callables: Vec<_> = list.elems.iter().map(|e| self.callable(e, "switch")).collect();
                callables.into_iter().collect()
            }
            other => {
                self.sink.report(other, &BRANCHES_EXPECTED, &[]);
                None
            }
        }
    }

    /// A function that is passed to `taker`: a closure, an annotated function, or `f64::sqrt`.
    pub(super) fn callable(&mut self, e: &Rust, taker: &str) -> Option<Callable> {
        if self.handle_as_value(e).is_some() {
            return None;
        }
        match bare(e) {
            Rust::Closure(c) => Some(self.closure(c)),
            Rust::Reference(r) => self.callable(&r.expr, taker),
            Rust::Cast(c) => self.callable(&c.expr, taker),
            Rust::Path(p) if p.qself.is_none() => {
                let path = &p.path;
                if let Some(variable) = path.get_ident().and_then(|i| self.scopes.variable(i)) {
                    if let Some(assigned) = self.assigned_by(variable) {
                        let name = assigned.name();
                        self.sink.report(p, &CAPTURED_ASSIGNMENT, &[&name]);
                        return None;
                    }
                    if variable.is_closure {
                        return Some(Callable::Variable(variable.clone()));
                    }
                    if !variable.rejected {
                        self.sink.report(p, &FUNCTION_EXPECTED, &[&taker]);
                    }
                    return None;
                }
                match path.segments.iter().rev().nth(1).map(|s| s.ident.to_string()) {
                    Some(ty) if SCALARS.contains(&ty.as_str()) => {
                        Some(Callable::TypeFn(self.type_fn(path, &ty)?, Spot::of(path)))
                    }
                    Some(ty) if ty.starts_with(char::is_uppercase) => {
                        Some(Callable::Path(self.staging_method(path, "stage")?, Spot::of(path)))
                    }
                    _ => Some(Callable::Path(self.entry(path, "stage"), Spot::of(path))),
                }
            }
            other => {
                self.sink.report(other, &FUNCTION_EXPECTED, &[&taker]);
                None
            }
        }
    }
}

fn is_path(e: &Rust, name: &str) -> bool {
    matches!(bare(e), Rust::Path(p) if p.path.is_ident(name))
}

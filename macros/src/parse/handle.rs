//! Transforms of annotated functions: `grad(potential)(x)`, and `let g = vmap(grad(f));`.
//!
//! A bare path among them, `potential`, stands for the handle `potential::jit()`. Rust's own types say what a
//! transform takes and gives, so a handle stays Rust code in both readings.

use super::{Parser, bare, expression, rejected};
use crate::ast::{Expr, ExprKind, Spot, Stmt, span_key};
use crate::diag::calls::*;
use crate::names::TRANSFORMS;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Expr as Rust, ExprCall, ExprMethodCall, Path};

/// What a handle can be asked for that makes a handle.
const METHODS: &[&str] = &["wrt", "in_axes", "out_axes", "chunk_size", "clone"];

impl Parser<'_> {
    /// `f::jit()`, a variable that holds a handle, or a transform.
    fn is_handle(&self, e: &Rust) -> bool {
        match bare(e) {
            Rust::Path(p) => self.handle_variable(p).is_some(),
            Rust::MethodCall(m) => self.is_handle(&m.receiver),
            Rust::Call(c) => {
                self.transform(c).is_some()
                    || matches!(bare(&c.func), Rust::Path(p) if is_jit(&p.path) && c.args.is_empty())
            }
            _ => false,
        }
    }

    /// The same, told apart from a call of a function of the user's that is named like a transform: that one takes
    /// a value.
    fn is_surely_handle(&self, e: &Rust) -> bool {
        match bare(e) {
            Rust::MethodCall(m) => self.is_surely_handle(&m.receiver),
            Rust::Call(c) => match self.transform(c) {
                Some((_, argument)) => self.is_function(argument),
                None => self.is_handle(e),
            },
            _ => self.is_handle(e),
        }
    }

    fn is_function(&self, e: &Rust) -> bool {
        match bare(e) {
            Rust::Closure(_) => true,
            Rust::Reference(r) => self.is_function(&r.expr),
            Rust::Path(p) => match p.path.get_ident().and_then(|i| self.scopes.variable(i)) {
                Some(variable) => variable.is_handle,
                None => p.path.segments.last().is_some_and(|s| !is_constant(&s.ident)),
            },
            e => self.is_surely_handle(e),
        }
    }

    fn handle_variable<'e>(&self, p: &'e syn::ExprPath) -> Option<&'e Ident> {
        p.path.get_ident().filter(|i| self.scopes.variable(i).is_some_and(|v| v.is_handle))
    }

    /// A call of a transform: its name and what it is applied to.
    fn transform<'e>(&self, c: &'e ExprCall) -> Option<(&'e Path, &'e Rust)> {
        let Rust::Path(p) = bare(&c.func) else { return None };
        let name = p.path.segments.last()?.ident.to_string();
        let hidden = p.path.get_ident().is_some_and(|i| self.scopes.variable(i).is_some());
        let [argument] = &c.args.iter().collect::<Vec<_>>()[..] else { return None };
        (TRANSFORMS.contains(&name.as_str()) && !hidden).then_some((&p.path, *argument))
    }

    /// `grad(f)(x)`, and `g(x)` where `g` holds a handle; `None` where the callee is no handle.
    pub(super) fn handle_call(&mut self, e: &ExprCall) -> Option<Expr> {
        if !self.is_handle(&e.func) {
            return None;
        }
        let at = Spot::of(&e.func);
        let handle = self.handle(&e.func);
        if self.makes_a_map(&e.func) {
            return Some(self.reject(&e.func, &LINEARIZED, &[]));
        }
        let arguments = e.args.iter().map(|a| self.argument(a)).collect();
        Some(match handle {
            Some(handle) => expression(ExprKind::HandleCall(handle, arguments), at),
            None => rejected(at),
        })
    }

    /// `let g = grad(f);`; `false` where that is no handle.
    pub(super) fn handle_binding(&mut self, pattern: &syn::Pat, e: &Rust, stmts: &mut Vec<Stmt>) -> bool {
        if self.linearized(pattern, e, stmts) {
            return true;
        }
        let syn::Pat::Ident(name) = pattern else { return false };
        if !self.is_surely_handle(e) {
            return false;
        }
        let handle = self.handle(e);
        if self.makes_a_map(e) {
            self.reject(e, &LINEARIZED, &[]);
            self.scopes.declare_handle(&name.ident);
            return true;
        }
        let since = self.scopes.mark();
        let variable = self.scopes.declare_handle(&name.ident);
        match handle {
            Some(handle) => stmts.push(Stmt::Handle(variable, handle)),
            None => self.scopes.reject(since),
        }
        true
    }

    /// `let (y, map) = linearize(f)(x);`; `false` where it is something else.
    fn linearized(&mut self, pattern: &syn::Pat, e: &Rust, stmts: &mut Vec<Stmt>) -> bool {
        let syn::Pat::Tuple(parts) = pattern else { return false };
        let Rust::Call(call) = bare(e) else { return false };
        let (Some(result), Some(syn::Pat::Ident(map)), 2) =
            (parts.elems.first(), parts.elems.last(), parts.elems.len())
        else {
            return false;
        };
        if !self.makes_a_map(&call.func) {
            return false;
        }
        let handle = self.handle(&call.func);
        let at = Spot::of(&call.func);
        let arguments = call.args.iter().map(|a| self.argument(a)).collect();
        let since = self.scopes.mark();
        let pattern = self.pattern(result, false);
        let map = self.scopes.declare_handle(&map.ident);
        match handle {
            Some(handle) => {
                let arguments = expression(ExprKind::Tuple(arguments), at);
                stmts.push(Stmt::Linearized(pattern, map, handle, arguments));
            }
            None => self.scopes.reject(since),
        }
        true
    }

    /// `linearize(f)`
    fn makes_a_map(&self, e: &Rust) -> bool {
        match bare(e) {
            Rust::Call(c) => {
                let transform = self.transform(c);
                transform
                    .is_some_and(|(path, _)| path.segments.last().is_some_and(|s| s.ident == "linearize"))
            }
            _ => false,
        }
    }

    /// A handle where a value is expected; `None` where it is none.
    pub(super) fn handle_as_value(&mut self, e: &Rust) -> Option<Expr> {
        if !self.is_surely_handle(e) {
            return None;
        }
        let name = match bare(e) {
            Rust::Call(c) => self.transform(c).map(|(path, _)| path.to_token_stream().to_string()),
            _ => None,
        };
        self.handles.not_rust = true;
        if self.handle(e).is_none() {
            return Some(rejected(Spot::of(e)));
        }
        let name = name.unwrap_or_else(|| "grad".into()).replace(' ', "");
        Some(self.reject(e, &HANDLE_VALUE, &[&name]))
    }

    /// The handle as Rust code of staged functions; `None` where something was reported.
    fn handle(&mut self, e: &Rust) -> Option<TokenStream> {
        match bare(e) {
            Rust::Path(p) => {
                let variable = self.handle_variable(p)?;
                // Closures of staged code share it.
                Some(quote_ours! { ::core::clone::Clone::clone(&#variable) })
            }
            Rust::MethodCall(m) => self.handle_method(m),
            Rust::Call(c) => match self.transform(c) {
                Some((path, argument)) => {
                    let name = path.segments.last()?.ident.to_string();
                    let argument = self.transformed(argument, &name)?;
                    let mut call = path.to_token_stream();
                    c.paren_token.surround(&mut call, |inner| inner.extend(argument));
                    Some(call)
                }
                None => Some(c.to_token_stream()),
            },
            _ => None,
        }
    }

    fn handle_method(&mut self, m: &ExprMethodCall) -> Option<TokenStream> {
        let receiver = self.handle(&m.receiver)?;
        let name = m.method.to_string();
        if !METHODS.contains(&name.as_str()) {
            self.sink.report(&m.method, &HANDLE_METHOD, &[&name]);
            self.handles.not_rust = true;
            return None;
        }
        let (dot, method, turbofish, arguments) = (&m.dot_token, &m.method, &m.turbofish, &m.args);
        let mut call = quote! { #receiver #dot #method #turbofish };
        m.paren_token.surround(&mut call, |inner| arguments.to_tokens(inner));
        Some(call)
    }

    /// What a transform is applied to.
    fn transformed(&mut self, e: &Rust, transform: &str) -> Option<TokenStream> {
        match bare(e) {
            Rust::Reference(r) if r.mutability.is_none() => {
                let inner = self.transformed(&r.expr, transform)?;
                let and = &r.and_token;
                Some(quote! { #and #inner })
            }
            Rust::Path(p)
                if p.qself.is_none() && self.is_function(e) && self.handle_variable(p).is_none() =>
            {
                self.handles.paths.extend(p.path.segments.last().map(|s| span_key(s.ident.span())));
                if p.path.get_ident().is_some_and(|i| *i == self.name) {
                    self.sink.report(p, &RECURSION, &[&self.name]);
                    return None;
                }
                Some(jit(&p.path))
            }
            e if self.is_handle(e) => self.handle(e),
            other => {
                let variable = match other {
                    Rust::Path(p) => p.path.get_ident().and_then(|i| self.scopes.variable(i)),
                    _ => None,
                };
                if variable.is_none_or(|v| !v.rejected) {
                    self.sink.report(other, &TRANSFORM_ARGUMENT, &[&transform]);
                }
                self.handles.not_rust = true;
                None
            }
        }
    }
}

/// `path::jit()`, or `path::jit::<T>()`, where the path stands.
pub fn jit(path: &Path) -> TokenStream {
    let span = path.segments.last().map_or_else(proc_macro2::Span::call_site, |s| s.ident.span());
    let mut path = path.clone();
    let arguments = super::split(&mut path);
    quote::quote_spanned! {span=> #path::jit #arguments() }
}

fn is_jit(path: &Path) -> bool {
    path.segments.len() > 1 && path.segments.last().is_some_and(|s| s.ident == "jit")
}

/// `LIMIT`
fn is_constant(name: &Ident) -> bool {
    let name = name.to_string();
    name.len() > 1 && !name.chars().any(char::is_lowercase)
}

//! Blocks and statements.

use super::structs::{Known, is_struct_type};
use super::{Parser, bare, is_of_loops, types};
use crate::ast::{Argument, Block, Callable, Expr, ExprKind, Pattern, Spot, Stmt};
use crate::diag::statements::*;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Item, Local, StaticMutability, UseTree};

/// A lint level, or something else that does not change what the code means.
pub(super) fn is_lint(attribute: &Attribute) -> bool {
    const HARMLESS: &[&str] = &["allow", "warn", "deny", "expect", "forbid", "doc", "rustfmt", "clippy"];
    let first = attribute.path().segments.first();
    first.is_some_and(|s| HARMLESS.iter().any(|h| s.ident == h))
}

/// `#[desc_jit]`, by whatever path.
fn is_ours(attribute: &Attribute) -> bool {
    attribute.path().segments.last().is_some_and(|s| s.ident == "desc_jit")
}

pub(super) fn attribute_name(attribute: &Attribute) -> String {
    let path = attribute.path().to_token_stream().to_string();
    path.replace(' ', "")
}

impl Parser<'_> {
    /// Reads a block in a scope of its own.
    pub(super) fn block(&mut self, block: &syn::Block) -> Block {
        self.scopes.open();
        let result = self.statements(&block.stmts);
        self.scopes.close();
        result
    }

    pub(super) fn statements(&mut self, stmts: &[syn::Stmt]) -> Block {
        let mut block = Block::default();
        // Items are visible in the whole block, before and after where they stand.
        for stmt in stmts {
            if let syn::Stmt::Item(item) = stmt {
                block.items.extend(self.item(item));
            }
        }
        for (k, stmt) in stmts.iter().enumerate() {
            let last = k + 1 == stmts.len();
            match stmt {
                syn::Stmt::Local(local) => self.local(local, &mut block.stmts),
                syn::Stmt::Item(_) => {}
                syn::Stmt::Expr(e, semi) => {
                    self.attributes(e);
                    if last && semi.is_none() {
                        block.value = Some(Box::new(self.moved(e)));
                    } else {
                        let expr = self.expr(e);
                        self.discarded(&expr);
                        block.stmts.push(Stmt::Expr(expr));
                    }
                }
                syn::Stmt::Macro(m) => {
                    self.lint_attributes(&m.attrs);
                    let expr = self.macro_call(&m.mac);
                    if last && m.semi_token.is_none() {
                        block.value = Some(Box::new(expr));
                    } else {
                        block.stmts.push(Stmt::Expr(expr));
                    }
                }
            }
        }
        block
    }

    /// `x.at(i).set(v);` and `put(x, i, v);` compute a new array and drop it.
    fn discarded(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Method(name, receiver, _)
                if matches!(name.as_str(), "set" | "add" | "mul" | "min" | "max")
                    && matches!(&receiver.kind, ExprKind::Method(at, ..) if at == "at") =>
            {
                let (what, instead) = (format!(".at(..).{name}(..)"), format!("x.at(i).{name}(v)"));
                self.sink.report_at(expr.at.span, &DISCARDED_UPDATE, &[&what, &instead]);
            }
            ExprKind::Call(path, arguments)
                if path.to_string() == "put :: stage"
                    && arguments.iter().all(|a| matches!(a, Argument::Value(_))) =>
            {
                self.sink.report_at(expr.at.span, &DISCARDED_UPDATE, &[&"put(..)", &"put(x, i, v)"]);
            }
            _ => {}
        }
    }

    fn local(&mut self, local: &Local, stmts: &mut Vec<Stmt>) {
        self.lint_attributes(&local.attrs);
        let Some(init) = &local.init else {
            let declared = match &local.pat {
                syn::Pat::Type(p) => types::ascription(&p.ty),
                _ => None,
            };
            let pattern = self.pattern(&local.pat, false);
            self.declare(&pattern, declared, stmts);
            return;
        };
        if let Some((_, otherwise)) = &init.diverge {
            return self.let_else(&local.pat, &init.expr, otherwise, stmts);
        }
        if self.handle_binding(&local.pat, &init.expr, stmts) {
            return;
        }
        if let syn::Expr::Closure(c) = bare(&init.expr) {
            return self.closure_variable(&local.pat, c, stmts);
        }
        if self.reference_binding(&local.pat, &init.expr, stmts) {
            return;
        }
        let value = match bare(&init.expr) {
            syn::Expr::Reference(r) if r.mutability.is_some() => {
                self.sink.report(r, &MUTABLE_REFERENCE, &[]);
                super::rejected(Spot::of(r))
            }
            e => {
                // What it is collected into says what the items are.
                self.collected = match (&local.pat, e) {
                    (syn::Pat::Type(p), syn::Expr::MethodCall(m)) if m.method == "collect" => {
                        Some((*p.ty).clone())
                    }
                    _ => None,
                };
                let value = self.moved(e);
                self.collected = None;
                value
            }
        };
        let of_type = match &local.pat {
            syn::Pat::Type(p) if is_struct_type(&p.ty) => Known::Name,
            _ => Known::Nothing,
        };
        let known = self.known(&init.expr).max(of_type);
        let since = self.scopes.mark();
        let pattern = self.pattern(&local.pat, false);
        self.is_known(&pattern, known);
        if matches!(value.kind, ExprKind::Rejected) {
            self.scopes.reject(since);
        }
        stmts.push(Stmt::Let(pattern, value));
    }

    /// `let f = |a, b| ..;`
    fn closure_variable(&mut self, pat: &syn::Pat, c: &syn::ExprClosure, stmts: &mut Vec<Stmt>) {
        let since = self.scopes.mark();
        let mut pat = pat;
        while let syn::Pat::Paren(inner) = pat {
            pat = &inner.pat;
        }
        // Its methods may take `&mut self` of what is around it.
        let assigns = matches!(pat, syn::Pat::Ident(p) if p.mutability.is_some());
        let (params, body) = self.closure_parts(c, assigns);
        let assigned = self.assigned(since);
        match pat {
            syn::Pat::Ident(p) if p.by_ref.is_none() && p.subpat.is_none() => {
                let infers = !c.inputs.iter().all(|input| matches!(input, syn::Pat::Type(_)));
                let variable = self.scopes.declare_closure(&p.ident, infers);
                let by_value = c.capture.is_some();
                if !assigned.is_empty() {
                    return self.keep_closure(&variable, (params, body), assigned, by_value, stmts);
                }
                let closure = Callable::Closure(params, Box::new(body));
                stmts.push(Stmt::Closure(variable, closure, by_value));
            }
            syn::Pat::Wild(_) => {}
            other => {
                self.sink.report(other, &CLOSURE_VARIABLE, &[]);
                let since = self.scopes.mark();
                self.pattern_names(other);
                self.scopes.reject(since);
            }
        }
    }

    /// `let x;` and `let x: T;`
    fn declare(&mut self, pattern: &Pattern, declared: Option<TokenStream>, stmts: &mut Vec<Stmt>) {
        match pattern {
            Pattern::Name(variable) => {
                let variable = match declared {
                    Some(ty) => self.scopes.declare(&variable.spelled, false, Some(ty)),
                    None => variable.clone(),
                };
                stmts.push(Stmt::Declare(variable));
            }
            Pattern::Typed(inner, ..) => self.declare(inner, declared, stmts),
            Pattern::Tuple(parts, _) => parts.iter().for_each(|p| self.declare(p, None, stmts)),
            Pattern::Struct(parts, _) => parts.iter().for_each(|(_, p)| self.declare(p, None, stmts)),
            Pattern::Whole(variable, inner) => {
                stmts.push(Stmt::Declare(variable.clone()));
                self.declare(inner, None, stmts);
            }
            Pattern::Wild => {}
            Pattern::Rest(variable) => stmts.extend(variable.clone().map(Stmt::Declare)),
        }
    }

    /// An item inside the body: constants and imports are kept as they are, in the staged body too.
    fn item(&mut self, item: &Item) -> Option<TokenStream> {
        let mut nested = |span: &dyn ToTokens, what: &str| {
            self.sink.report(span.to_token_stream(), &NESTED_ITEM, &[&what]);
        };
        match item {
            Item::Const(i) => self.scopes.declare_item(&i.ident),
            Item::Static(i) => {
                if let StaticMutability::Mut(token) = &i.mutability {
                    self.sink.report(token, &STATIC_MUT, &[]);
                }
                self.scopes.declare_item(&i.ident);
            }
            Item::Use(i) => self.imports(&i.tree),
            Item::Type(_) => {}
            Item::Fn(i) if i.attrs.iter().any(is_ours) => self.scopes.declare_item(&i.sig.ident),
            Item::Fn(i) => {
                self.sink.report(&i.sig.ident, &NESTED_FUNCTION, &[&i.sig.ident]);
                return None;
            }
            Item::Enum(i) => nested(&i.ident, "an enum"),
            Item::Struct(i) => nested(&i.ident, "a struct"),
            Item::Union(i) => nested(&i.ident, "a union"),
            Item::Trait(i) => nested(&i.ident, "a trait"),
            Item::TraitAlias(i) => nested(&i.ident, "a trait"),
            Item::Impl(i) => nested(&i.impl_token, "an `impl` block"),
            Item::Mod(i) => nested(&i.ident, "a module"),
            Item::Macro(i) => nested(&i.mac.path, "a macro"),
            Item::ExternCrate(i) => nested(&i.ident, "a crate"),
            Item::ForeignMod(i) => nested(&i.abi, "a foreign function"),
            other => nested(other, "this item"),
        }
        Some(item.to_token_stream())
    }

    fn imports(&mut self, tree: &UseTree) {
        match tree {
            UseTree::Path(t) => self.imports(&t.tree),
            UseTree::Name(t) => self.scopes.declare_item(&t.ident),
            UseTree::Rename(t) => self.scopes.declare_item(&t.rename),
            UseTree::Glob(_) => {}
            UseTree::Group(t) => t.items.iter().for_each(|t| self.imports(t)),
        }
    }

    fn attributes(&mut self, e: &syn::Expr) {
        let attrs: &[Attribute] = match e {
            syn::Expr::Assign(e) => &e.attrs,
            syn::Expr::Binary(e) => &e.attrs,
            syn::Expr::Block(e) => &e.attrs,
            syn::Expr::Break(e) => &e.attrs,
            syn::Expr::Continue(e) => &e.attrs,
            syn::Expr::Loop(e) => &e.attrs,
            syn::Expr::Call(e) => &e.attrs,
            syn::Expr::ForLoop(e) => &e.attrs,
            syn::Expr::If(e) => &e.attrs,
            syn::Expr::MethodCall(e) => &e.attrs,
            syn::Expr::Return(e) => &e.attrs,
            syn::Expr::While(e) => &e.attrs,
            _ => &[],
        };
        self.lint_attributes(attrs);
    }

    fn lint_attributes(&mut self, attrs: &[Attribute]) {
        // `loop_attributes.rs` looks where those stand.
        for attribute in attrs.iter().filter(|a| !is_lint(a) && !is_of_loops(a)) {
            self.sink.report(attribute, &STATEMENT_ATTRIBUTE, &[&attribute_name(attribute)]);
        }
    }
}

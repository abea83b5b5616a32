//! Functions that give a `Result` with an error of ours.
//!
//! An error ends a staged function wherever it is executed, so its result is the plain value: `Ok(v)` is `v`, and `Err(e)` is
//! a panic with the message of `e`. That holds where a `Result` goes on at once (at the end of the function, behind `return`,
//! before `?`); kept in a variable it could be forgotten, so that is reported. What is left of this pass is `g(x)?`, a
//! call of a function that gives a `Result`.

use super::{bare, types};
use crate::diag::Sink;
use crate::diag::types::{ERROR_VALUE, RESULT_KEPT};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ItemFn, ReturnType, Stmt, Type};

/// The value's type of a function that gives `Result<T>`.
pub fn value_type(item: &ItemFn) -> Option<&Type> {
    match &item.sig.output {
        ReturnType::Type(_, ty) => types::result_value(ty),
        ReturnType::Default => None,
    }
}

/// The function that gives the plain value; `None` of one that gives no `Result`.
pub fn without(item: &ItemFn, sink: &mut Sink) -> Option<ItemFn> {
    let value = value_type(item)?.clone();
    let mut item = item.clone();
    if let ReturnType::Type(_, ty) = &mut item.sig.output {
        **ty = value;
    }
    let mut results = Results { sink };
    results.visit_block_mut(&mut item.block);
    results.end(&mut item.block);
    Some(item)
}

struct Results<'a> {
    sink: &'a mut Sink,
}

impl VisitMut for Results<'_> {
    fn visit_expr_mut(&mut self, e: &mut Expr) {
        visit_mut::visit_expr_mut(self, e);
        match e {
            Expr::Return(e) => {
                if let Some(value) = &mut e.expr {
                    self.value(value);
                }
            }
            Expr::Try(tried) => {
                self.value(&mut tried.expr);
                let at = tried.question_token.span();
                *e = std::mem::replace(&mut *tried.expr, nothing(at));
            }
            _ => {}
        }
    }

    // Functions of their own.
    fn visit_expr_closure_mut(&mut self, _: &mut syn::ExprClosure) {}
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

impl Results<'_> {
    /// The end of a block whose value is a `Result`.
    fn end(&mut self, block: &mut syn::Block) {
        // A block that ends in another way never gets there, which rustc has seen to.
        if let Some(Stmt::Expr(e, None)) = block.stmts.last_mut() {
            self.value(e);
        }
    }

    /// An expression whose value is a `Result`, which goes on at once.
    fn value(&mut self, e: &mut Expr) {
        match e {
            Expr::Paren(e) => self.value(&mut e.expr),
            Expr::Group(e) => self.value(&mut e.expr),
            Expr::Block(e) => self.end(&mut e.block),
            Expr::If(e) => {
                self.end(&mut e.then_branch);
                if let Some((_, otherwise)) = &mut e.else_branch {
                    self.value(otherwise);
                }
            }
            Expr::Match(e) => e.arms.iter_mut().for_each(|arm| self.value(&mut arm.body)),
            Expr::Call(call) => match (name(&call.func).as_deref(), call.args.first()) {
                (Some("Ok"), Some(value)) => *e = value.clone(),
                (Some("Err"), Some(error)) => match message(error) {
                    Some(text) => *e = panic(call.span(), &text),
                    None => {
                        self.sink.report(error, &ERROR_VALUE, &[]);
                        *e = nothing(call.span());
                    }
                },
                _ => tried(e),
            },
            Expr::MethodCall(_) => tried(e),
            // They have no value of their own; what a loop is left with is reported there.
            Expr::Loop(_) | Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) | Expr::Macro(_) => {}
            // What it holds is reported where it is made, or is rustc's error.
            Expr::Path(_) => {}
            other => {
                self.sink.report(&*other, &RESULT_KEPT, &[]);
                *other = nothing(other.span());
            }
        }
    }
}

/// `g(x)?`
fn tried(e: &mut Expr) {
    let question_token = syn::token::Question(e.span());
    let call = std::mem::replace(e, nothing(e.span()));
    *e = Expr::Try(syn::ExprTry { attrs: Vec::new(), expr: Box::new(call), question_token });
}

/// `panic!(text)`
fn panic(at: Span, text: &TokenStream) -> Expr {
    let mac = syn::parse_quote_spanned! {at=> ::core::panic!(#text) };
    Expr::Macro(syn::ExprMacro { attrs: Vec::new(), mac })
}

/// Of what was reported.
fn nothing(at: Span) -> Expr {
    Expr::Infer(syn::ExprInfer { attrs: Vec::new(), underscore_token: syn::token::Underscore(at) })
}

fn name(function: &Expr) -> Option<String> {
    match bare(function) {
        Expr::Path(path) => path.path.segments.last().map(|s| s.ident.to_string()),
        _ => None,
    }
}

/// What `panic!` takes for the message of `Error::msg(format!(..))`, `Error::msg("..")`.
fn message(error: &Expr) -> Option<TokenStream> {
    let Expr::Call(call) = bare(error) else { return None };
    let (Some("msg"), [text]) = (name(&call.func).as_deref(), &call.args.iter().collect::<Vec<_>>()[..])
    else {
        return None;
    };
    match bare(text) {
        Expr::Macro(m) if m.mac.path.is_ident("format") => Some(m.mac.tokens.clone()),
        Expr::Lit(lit) if matches!(lit.lit, syn::Lit::Str(_)) => {
            let (at, text) = (lit.span(), lit.to_token_stream());
            Some(quote_spanned! {at=> "{}", #text })
        }
        _ => None,
    }
}

//! From the staged language to Rust: the function itself, and its companion type.
//!
//! Names of ours are hygienic (`quote_ours!`) and paths start at `::desc_jit::__private`, so no name of the
//! user's can break the expansion; the user's variables keep their names and spans.

mod binding;
mod call;
mod companion;
mod control;
mod effects;
mod expr;
mod grouped;
mod handle;
mod implementation;
mod native_handles;
mod operators;
mod place;
mod source;
mod stage;
mod stub;
mod tables;
mod traits;

pub use implementation::{implementation, method_name, rejected_implementation};
pub use operators::operator;
pub use stage::any;
pub use traits::{rejected_trait, trait_};

use crate::ast::{Function, Mode, Spot};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{Attribute, ItemFn, Meta, ReturnType, Token, Type};

/// The expansion of a function of the staged language.
pub fn function(item: &ItemFn, function: &Function) -> TokenStream {
    let outer = companion::outer(item, function);
    let companion = companion::companion(item, function);
    quote_ours! { #outer #companion }
}

/// The expansion of a function that was reported: the function as written, a companion type of the same
/// signatures, and the errors.
pub fn rejected_function(item: &ItemFn, function: &Function, errors: TokenStream) -> TokenStream {
    let companion = stub::companion(item);
    let mut item = item.clone();
    companion::WithoutLoopAttributes.visit_item_fn_mut(&mut item);
    native_handles::write_out(&mut item.block, &function.handles);
    let silence = function.handles.not_rust.then(silence);
    quote_ours! { #silence #item #companion #errors }
}

/// The expansion of an item that is not a function.
pub fn rejected_item(item: TokenStream, errors: TokenStream) -> TokenStream {
    quote_ours! { #item #errors }
}

/// Attributes that decide whether the item exists: the companion has them too.
fn conditions(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attrs.iter().filter(|a| a.path().is_ident("cfg") || (a.path().is_ident("cfg_attr") && adds_cfg(a)))
}

/// `#[cfg_attr(condition, cfg(..))]`
fn adds_cfg(attribute: &Attribute) -> bool {
    let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
    attribute.parse_args_with(parser).is_ok_and(|list| list.iter().skip(1).any(|m| m.path().is_ident("cfg")))
}

/// No lint of the user's looks at generated code.
pub fn silence() -> TokenStream {
    quote_ours! {
        #[allow(warnings, clippy::all, clippy::pedantic, clippy::nursery)]
    }
}

/// The user's lints look at what the user wrote, once more, for what rustc finds wrong with it; style and use are those of
/// the function itself.
pub fn as_written() -> TokenStream {
    quote_ours! {
        #[allow(dead_code, private_interfaces, clippy::all, clippy::pedantic, clippy::nursery)]
    }
}

/// `#[must_use]`, for a function that does nothing but give its result: a call that drops it was not meant.
pub fn must_use(item: &ItemFn, function: &Function) -> Option<TokenStream> {
    let gives = match &item.sig.output {
        ReturnType::Type(_, ty) => !matches!(&**ty, Type::Tuple(t) if t.elems.is_empty()),
        ReturnType::Default => false,
    };
    let updates = function.params.iter().any(|p| p.mode == Mode::Mut);
    let said = item.attrs.iter().any(|a| a.path().is_ident("must_use"));
    // A `Result` says it by itself.
    let quiet =
        gives && !updates && !said && !function.fallible && !has_effects(item.block.to_token_stream());
    quiet.then(|| quote_ours! { #[must_use = "it is all that the call does"] })
}

/// It calls macros that print or panic.
fn has_effects(tokens: TokenStream) -> bool {
    const SILENT: &[&str] = &["vec", "s", "matches", "argnums", "format"];
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    trees.iter().enumerate().any(|(k, tree)| match (tree, trees.get(k + 1)) {
        (TokenTree::Group(group), _) => has_effects(group.stream()),
        (TokenTree::Ident(name), Some(TokenTree::Punct(bang))) if bang.as_char() == '!' => {
            let compares = matches!(trees.get(k + 2), Some(TokenTree::Punct(p)) if p.as_char() == '=');
            !compares && !SILENT.iter().any(|silent| name == silent)
        }
        _ => false,
    })
}

/// `At(line, column, width)`
fn at(spot: Spot) -> TokenStream {
    let number = |n: usize| proc_macro2::Literal::u32_unsuffixed(u32::try_from(n).unwrap_or(u32::MAX));
    let (line, column, width) = (number(spot.line), number(spot.column), number(spot.width));
    quote_ours! { ::desc_jit::__private::At(#line, #column, #width) }
}

/// The name without `r#`, as a string literal.
fn name_of(ident: &syn::Ident) -> TokenStream {
    use syn::ext::IdentExt;
    ident.unraw().to_string().to_token_stream()
}

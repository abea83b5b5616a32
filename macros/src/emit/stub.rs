//! The companion of a function that was reported: the right signatures without bodies, so that the only
//! errors are those of the report.

use super::{conditions, handle, silence};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, ItemFn, ReturnType, Type};

/// `struct heat {}` with every function that calls and generated code may name.
pub fn companion(item: &ItemFn) -> TokenStream {
    let ItemFn { attrs, vis, sig, .. } = item;
    let is_self = |t: TokenTree| t.to_string() == "Self";
    let is_method = sig.inputs.iter().any(|input| matches!(input, FnArg::Receiver(_)));
    if is_method || sig.to_token_stream().into_iter().any(|t| contains(t, &is_self)) {
        // Inside an `impl` block no type can be declared.
        return TokenStream::new();
    }
    let name = &sig.ident;
    let conditions: Vec<_> = conditions(attrs).collect();
    let silence = silence();
    let typed = typed_functions(item);
    let stages = ["stage", "try_stage"].map(crate::ast::ours);
    quote_ours! {
        #(#conditions)*
        #[doc(hidden)]
        #silence
        #vis struct #name {}

        #(#conditions)*
        #silence
        impl #name {
            #typed

            #vis fn cache_stats() -> ::desc_jit::CacheStats {
                ::core::panic!()
            }

            #vis fn clear_cache() {}

            #[doc(hidden)]
            #vis fn __function() -> &'static ::desc_jit::__private::Function {
                ::core::panic!()
            }

            #(
                #[doc(hidden)]
                #vis fn #stages(
                    _: &::desc_jit::__private::Cx,
                    _: &mut [::desc_jit::__private::Value],
                    _: ::desc_jit::__private::At,
                ) -> ::desc_jit::__private::Out<::desc_jit::__private::Value> {
                    ::core::panic!()
                }
            )*
        }
    }
}

/// The functions whose signatures repeat the types of the user's.
fn typed_functions(item: &ItemFn) -> TokenStream {
    let ItemFn { vis, sig, .. } = item;
    let output = match &sig.output {
        ReturnType::Type(_, ty) => is_nameable(ty),
        ReturnType::Default => true,
    };
    if !output || sig.variadic.is_some() {
        return TokenStream::new();
    }
    let generics = &sig.generics;
    let condition = &generics.where_clause;
    let types: Vec<&Type> = sig
        .inputs
        .iter()
        .filter_map(|input| match input {
            FnArg::Typed(p) => Some(&*p.ty),
            FnArg::Receiver(_) => None,
        })
        .collect();
    let parameters = types.iter().map(|ty| quote_ours! { _: #ty });
    let parameters = quote_ours! { #(#parameters),* };
    let result = match &sig.output {
        ReturnType::Type(_, ty) => ty.to_token_stream(),
        ReturnType::Default => quote_ours! { () },
    };
    let plain = super::companion::result_type(item);
    let handle = handle::handle(&types, &plain);
    let jit = if generics.params.is_empty() && types.iter().all(|ty| is_nameable(ty)) {
        quote_ours! {
            #vis fn jit() -> #handle {
                ::core::panic!()
            }
        }
    } else {
        TokenStream::new()
    };
    quote_ours! {
        #vis fn native #generics (#parameters) -> #result #condition {
            ::core::panic!()
        }

        #vis fn try_call #generics (#parameters) -> ::desc_jit::Result<#plain> #condition {
            ::core::panic!()
        }

        #vis fn graph #generics (#parameters) -> ::desc_jit::Result<::desc_jit::Graph> #condition {
            ::core::panic!()
        }

        #jit
    }
}

/// The type can stand between angle brackets, outside of the signature that it is written in.
fn is_nameable(ty: &Type) -> bool {
    let unnameable = |t: TokenTree| ["impl", "dyn", "Self"].iter().any(|word| t.to_string() == *word);
    !matches!(ty, Type::TraitObject(_) | Type::Never(_))
        && !ty.to_token_stream().into_iter().any(|t| contains(t, &unnameable))
}

/// The tree, or one inside of it, is of that kind.
pub fn contains(tree: TokenTree, is: &dyn Fn(TokenTree) -> bool) -> bool {
    match tree {
        TokenTree::Group(group) => group.stream().into_iter().any(|t| contains(t, is)),
        tree => is(tree),
    }
}

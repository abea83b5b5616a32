//! The struct of many, of which every field has one axis more: its fields, and what it has besides being a tree.

use super::parse::{Field, Shape};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;

/// The most parts of a tuple that is a tree.
const MOST_PARTS: usize = 8;

/// A field with its type as tokens.
pub(super) struct Part<'a> {
    pub(super) number: usize,
    pub(super) field: &'a Field,
    pub(super) ty: TokenStream,
}

impl<'a> Part<'a> {
    pub(super) fn of(number: usize, field: &'a Field) -> Part<'a> {
        Part { number, field, ty: field.ty.to_token_stream() }
    }

    pub(super) fn stacked(number: usize, field: &'a Field, of: &Ident, fields: &Ident) -> Part<'a> {
        let name = field_type(number);
        Part { number, field, ty: quote_ours! { <#of as #fields>::#name } }
    }

    /// On the type, as its own tokens are: a field that can't be one is the fault of its type, and reported once.
    pub(super) fn span(&self) -> Span {
        self.field.ty.span()
    }
}

/// The type of a field of many.
pub(super) fn field_type(number: usize) -> Ident {
    crate::ast::ours(&format!("Field{number}"))
}

/// The functions that a static field has: they stand in the trait of the fields, where its type is known to have them, so that
/// what is wrong with it is not said once more by each use of them.
pub(super) fn static_functions(number: usize) -> (Ident, Ident) {
    let name = |what: &str| crate::ast::own(&format!("{what}{number}"));
    (name("fixed"), name("take_fixed"))
}

/// `Clone` and `Debug` for the struct of many, where its fields have them: a derive would ask the struct itself for them.
pub(super) fn copies(
    stack: &Ident,
    declared: &TokenStream,
    argument: &TokenStream,
    shape: Shape,
    parts: &[Part<'_>],
) -> TokenStream {
    let types: Vec<_> = parts.iter().map(|part| &part.ty).collect();
    let members: Vec<_> = parts.iter().map(|part| &part.field.member).collect();
    let shown = match shape {
        Shape::Named => {
            let fields = parts.iter().map(|part| {
                let (name, member) = (part.field.name(), &part.field.member);
                quote_ours! { .field(#name, &self.#member) }
            });
            quote_ours! { debug_struct(::core::stringify!(#stack)) #(#fields)* }
        }
        Shape::Numbered => quote_ours! { debug_tuple(::core::stringify!(#stack)) #(.field(&self.#members))* },
        Shape::Unit => quote_ours! { debug_struct(::core::stringify!(#stack)) },
    };
    quote_ours! {
        impl #declared ::core::clone::Clone for #stack #argument
        where
            #(#types: ::core::clone::Clone,)*
        {
            fn clone(&self) -> Self {
                #stack { #(#members: ::core::clone::Clone::clone(&self.#members)),* }
            }
        }
        impl #declared ::core::fmt::Debug for #stack #argument
        where
            #(#types: ::core::fmt::Debug,)*
        {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.#shown.finish()
            }
        }
    }
}

pub(super) fn stack_of(ty: &TokenStream, span: Span) -> TokenStream {
    quote_spanned! {span=> <#ty as ::desc_jit::__private::Tree>::__Stacked }
}

/// Types as tuples that are not too long.
pub(super) fn nested(mut types: Vec<TokenStream>) -> TokenStream {
    while types.len() > MOST_PARTS {
        types = types.chunks(MOST_PARTS).map(|some| quote_ours! { (#(#some,)*) }).collect();
    }
    quote_ours! { (#(#types,)*) }
}

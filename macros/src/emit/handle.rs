//! `f::jit()`: the handle, whose type names every argument.

use super::companion::Static;
use crate::generics::Generics;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{ItemFn, Lifetime, Type, TypeReference};

/// A handle takes 16 arguments, tangents included; a function of more than these has none.
const MOST_ARGUMENTS: usize = 12;

/// The function that gives the handle.
/// `name`: of that function, `callee`: the annotated function, `function`: its `Function`.
pub fn jit(
    generics: &Generics,
    item: &ItemFn,
    types: &[&Type],
    result: &Type,
    name: &Ident,
    callee: &TokenStream,
    function: &TokenStream,
) -> TokenStream {
    if types.len() > MOST_ARGUMENTS {
        return TokenStream::new();
    }
    let vis = &item.vis;
    let (declared, clause) = (generics.declared(), generics.clause());
    let handle = handle(types, result);
    // Written out, and not taken from the handle's type: of a type that no argument can have, rustc would tell twice.
    let within = Lifetime::new("'call", proc_macro2::Span::mixed_site());
    let arguments = types.iter().map(|ty| {
        let mut ty = (*ty).clone();
        Within(&within).visit_type_mut(&mut ty);
        ty
    });
    quote_ours! {
        /// The handle that transforms take.
        #vis fn #name #declared() -> #handle #clause {
            let call: ::std::sync::Arc<
                dyn for<#within> ::core::ops::Fn(#(#arguments),*) -> #result
                    + ::core::marker::Send
                    + ::core::marker::Sync
            > = ::std::sync::Arc::new(#callee as fn(#(#types),*) -> #result);
            ::desc_jit::Jit::__new(::std::sync::Arc::new(call), #function)
        }
    }
}

/// References of a type get this lifetime.
struct Within<'a>(&'a Lifetime);

impl VisitMut for Within<'_> {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        reference.lifetime = Some(self.0.clone());
        visit_mut::visit_type_reference_mut(self, reference);
    }
}

/// `Jit<(Ref<T>, f64), R>`
pub fn handle(types: &[&Type], result: &Type) -> TokenStream {
    let arguments = types.iter().map(|ty| argument(ty));
    let result = owned(result);
    quote_ours! { ::desc_jit::Jit<(#(#arguments,)*), #result> }
}

/// What stands for an argument of that type.
fn argument(ty: &Type) -> TokenStream {
    let span = ty.span().resolved_at(proc_macro2::Span::mixed_site());
    match ty {
        Type::Reference(reference) => {
            let target = owned(&reference.elem);
            match reference.mutability {
                Some(_) => quote_spanned! {span=> ::desc_jit::handle::RefMut<#target> },
                None => quote_spanned! {span=> ::desc_jit::handle::Ref<#target> },
            }
        }
        Type::Tuple(tuple) => {
            let parts = tuple.elems.iter().map(argument);
            quote_spanned! {span=> (#(#parts,)*) }
        }
        Type::Paren(inner) => argument(&inner.elem),
        Type::Group(inner) => argument(&inner.elem),
        other => owned(other).to_token_stream(),
    }
}

/// No lifetime can be left out in the type of a handle.
fn owned(ty: &Type) -> Type {
    let mut ty = ty.clone();
    Static.visit_type_mut(&mut ty);
    ty
}

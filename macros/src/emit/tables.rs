//! Tables of methods: the functions of a type by name, which `#[derive(Tree)]` asks for.

use super::implementation::method_name;
use super::{conditions, stage};
use crate::ast::{Mode, own};
use crate::parse::implementation::Method;
use crate::parse::operator::Operator;
use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::ItemImpl;
use syn::ext::IdentExt;

/// How many tables of methods a type can have; `desc_jit::__private::NoMethods` has as many.
const TABLES: u64 = 64;

/// The function that finds the block's methods by name. Each block has one of its own, and `#[derive(Tree)]` asks all
/// that there can be: which it is a hash of what is in the block says, as blocks don't know of each other.
pub fn table(block: &ItemImpl, methods: &[Method]) -> TokenStream {
    let of_trait = block.trait_.as_ref().map(|(path, _)| path.to_token_stream().to_string());
    let first = methods.first().map(|m| m.function.name.clone());
    let told_by = of_trait.or(first).unwrap_or_default();
    let hash = told_by
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
    let span = block.impl_token.span.resolved_at(Span::mixed_site());
    let name = Ident::new(&format!("__desc_jit_methods_{}", hash % TABLES), span);
    let arms = methods.iter().map(|m| {
        let (key, conditions) = (key(m), conditions(&m.item.attrs));
        let method = match m.function.generics.is_empty_inside() {
            true => {
                let function = method_name("function", &m.item.sig.ident);
                quote_ours! { ::desc_jit::__private::Method::of(Self::#function()) }
            }
            // Which of its functions it is the arguments say.
            false => {
                let stage = method_name(stage::name(&m.function), &m.item.sig.ident);
                let (name, count) = (&m.function.name, m.function.params.len());
                let updates = m.function.params.first().is_some_and(|p| p.mode == Mode::Mut);
                let fallible = m.function.fallible;
                quote_ours! {
                    ::desc_jit::__private::Method {
                        name: #name,
                        parameters: #count,
                        updates: #updates,
                        fallible: #fallible,
                        stage: Self::#stage,
                        function: ::core::option::Option::None,
                    }
                }
            }
        };
        quote_ours! {
            #(#conditions)*
            #key => ::core::option::Option::Some(#method),
        }
    });
    // What the block has not, the trait may have. Beside a trait with `#[desc_jit]` stands a function of the same name, which
    // `use` brings along; beside another one there is none, and then the name is that of the other import.
    let otherwise = match &block.trait_ {
        Some((path, _)) => {
            let path = without_arguments(path);
            quote_ours! {
                _ => {
                    use ::desc_jit::__private::without_defaults::*;
                    use #path as __desc_jit_defaults;
                    __desc_jit_defaults::<Self>(name)
                }
            }
        }
        None => quote_ours! { _ => ::core::option::Option::None },
    };
    quote_ours! {
        #[doc(hidden)]
        pub fn #name(name: &str) -> ::core::option::Option<::desc_jit::__private::Method> {
            match name {
                #(#arms)*
                #otherwise
            }
        }
    }
}

/// The function that finds an operator by the name of its method. Of one struct an operator can have several right operands,
/// and each has a table: an `impl` block doesn't know of the others.
pub fn operator_table(operator: &Operator, method: &Method, function: &Ident) -> TokenStream {
    let called = &method.function.name;
    let name = own(&format!("desc_jit_{called}_{}", operator.table));
    let key = if operator.reversed { format!("reversed {called}") } else { called.clone() };
    quote_ours! {
        #[doc(hidden)]
        pub fn #name(name: &str) -> ::core::option::Option<::desc_jit::__private::Method> {
            match name {
                #key => ::core::option::Option::Some(::desc_jit::__private::Method::of(Self::#function())),
                _ => ::core::option::Option::None,
            }
        }
    }
}

/// What finds the function among those of a type; what has no receiver is no method.
pub fn key(method: &Method) -> String {
    key_of(&method.item.sig)
}

/// The same, of what may have no body.
pub fn key_of(sig: &syn::Signature) -> String {
    let name = sig.ident.unraw().to_string();
    if sig.receiver().is_some() { name } else { format!("::{name}") }
}

/// The path of a trait without its type arguments, as `use` has it.
pub fn without_arguments(path: &syn::Path) -> syn::Path {
    let mut path = path.clone();
    path.segments.iter_mut().for_each(|s| s.arguments = syn::PathArguments::None);
    path
}

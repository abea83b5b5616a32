//! Traits: a function with a body is what types have by default. What it is for a type stands in the trait as well, as functions
//! with bodies of their own, so that rustc makes one for each type.
//!
//! In a trait nothing is known of `Self` but that it is a tree. Which function a type has, its own or this one, is found by
//! name, as it is for methods in staged code.

use super::implementation::{
    Owner, Readings, declarations, method_name, outer_function, parameters, readings,
};
use super::tables::{key, key_of};
use super::{as_written, companion, conditions, must_use, name_of, native_handles, silence, stage};
use crate::ast::{ours, own};
use crate::parse::implementation::Method;
use crate::parse::types::result_value;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit_mut::VisitMut;
use syn::{ImplItem, ItemImpl, ItemTrait, ReturnType, Signature, TraitItem, TraitItemFn};

/// The trait, and the function beside it that finds what it has by default.
pub fn trait_(definition: &ItemTrait, defaults: &[Method]) -> TokenStream {
    let mut outer = definition.clone();
    outer.supertraits.push(syn::parse_quote!(::desc_jit::__private::Tree));
    outer.supertraits.push(syn::parse_quote!('static));
    outer.colon_token.get_or_insert_default();
    let own_type = syn::parse_quote!(Self);
    let path = definition.ident.clone().into();
    let owner =
        Owner { own_type: &own_type, generics: &definition.generics, of_trait: Some(&path), is_trait: true };
    let mut rest = defaults.iter();
    outer.items.clear();
    for item in &definition.items {
        let TraitItem::Fn(function) = item else {
            outer.items.push(item.clone());
            continue;
        };
        match function.default.as_ref().and_then(|_| rest.next()) {
            Some(method) => {
                let body = method_name("default", &method.item.sig.ident);
                let must_use = must_use(&method.item, &method.function);
                let provided = outer_function(method, &body);
                outer.items.push(TraitItem::Verbatim(quote_ours! { #must_use #provided }));
                let Readings { native: body, others } = readings(&owner, method);
                outer.items.extend(as_items(&body, function, &as_written()));
                let native = native(method);
                outer.items.extend(as_items(&quote_ours! { #others #native }, function, &silence()));
            }
            None => outer.items.push(item.clone()),
        }
        outer.items.extend(as_items(&entries(&function.sig), function, &silence()));
    }
    let table = table(definition, defaults);
    quote_ours! { #outer #table }
}

/// A trait that was reported: as written.
pub fn rejected_trait(definition: &ItemTrait, defaults: &[Method], errors: TokenStream) -> TokenStream {
    let mut definition = definition.clone();
    let mut rest = defaults.iter();
    for item in &mut definition.items {
        let TraitItem::Fn(function) = item else { continue };
        function.attrs.retain(|a| a.path().segments.last().is_none_or(|s| s.ident != "desc_jit"));
        if let Some(block) = &mut function.default
            && let Some(method) = rest.next()
        {
            companion::WithoutLoopAttributes.visit_block_mut(block);
            native_handles::write_out(block, &method.function.handles);
        }
    }
    quote_ours! { #definition #errors }
}

/// The functions of an `impl` block as those of a trait, which exist where `of` does; `lints` says what looks at them.
fn as_items(functions: &TokenStream, of: &TraitItemFn, lints: &TokenStream) -> Vec<TraitItem> {
    let conditions: Vec<_> = conditions(&of.attrs).collect();
    let block: ItemImpl = syn::parse_quote!(impl Functions { #functions });
    let items = block.items.into_iter().map(|item| match item {
        ImplItem::Fn(item) => {
            let (sig, block) = (&item.sig, &item.block);
            let attrs: Vec<syn::Attribute> = match sig.ident.to_string().starts_with("__") {
                true => vec![syn::parse_quote!(#[doc(hidden)])],
                false => item.attrs.clone(),
            };
            TraitItem::Verbatim(quote_ours! { #(#conditions)* #lints #(#attrs)* #sig #block })
        }
        other => TraitItem::Verbatim(other.into_token_stream()),
    });
    items.collect()
}

/// The native reading of what the type has.
fn native(method: &Method) -> TokenStream {
    let sig = &method.item.sig;
    let (name, output, clause) = (&sig.ident, &sig.output, &sig.generics.where_clause);
    let native = method_name("native", name);
    let (arguments, _) = parameters(method);
    let declarations = declarations(method, &arguments);
    quote_ours! {
        /// The function as written, as plain Rust.
        fn #native(#declarations) #output #clause {
            let __guard = ::desc_jit::__private::enter_native();
            Self::#name(#(#arguments),*)
        }
    }
}

/// What calls in staged code name, `Self::f(x)`: the function of the type.
fn entries(sig: &Signature) -> TokenStream {
    let fallible = match &sig.output {
        ReturnType::Type(_, ty) => result_value(ty).is_some(),
        ReturnType::Default => false,
    };
    let (cx, args, at) = (ours("cx"), ours("args"), ours("at"));
    let key = key_of(sig);
    let call = stage::signature(
        &method_name(stage::entry(fallible), &sig.ident),
        &TokenStream::new(),
        &cx,
        &args.to_token_stream(),
        &at,
    );
    let forgotten = fallible.then(|| {
        let name = name_of(&sig.ident);
        let forgotten = stage::signature(
            &method_name("stage", &sig.ident),
            &TokenStream::new(),
            &cx,
            &quote_ours! { _ },
            &at,
        );
        quote_ours! {
            #[doc(hidden)]
            #forgotten {
                cx.kept_result(#name, at)
            }
        }
    });
    let block = syn::Generics::default();
    let own_type: syn::Type = syn::parse_quote!(Self);
    let mut names = vec![stage::entry(fallible)];
    names.extend(fallible.then_some("stage"));
    let of_any = names.iter().map(|name| {
        let item = syn::parse_quote! { fn f() {} };
        let of_any = stage::of_any(&method_name(name, &sig.ident), &block, &own_type, &item);
        // In a trait without `pub`.
        of_any.into_iter().filter(|t| t.to_string() != "pub").collect::<TokenStream>()
    });
    quote_ours! {
        #[doc(hidden)]
        #call {
            cx.call_associated::<Self>(#key, args, at)
        }
        #forgotten
        #(#of_any)*
    }
}

/// The function that finds by name what the trait has by default. It has the name of the trait, so `use` brings both.
fn table(definition: &ItemTrait, defaults: &[Method]) -> TokenStream {
    let (vis, name, silence) = (&definition.vis, &definition.ident, silence());
    let of_trait = conditions(&definition.attrs);
    let implementor = own("Own");
    let arms = defaults.iter().map(|m| {
        let (key, function) = (key(m), method_name("default_function", &m.item.sig.ident));
        let conditions = conditions(&m.item.attrs);
        quote_ours! {
            #(#conditions)*
            #key => ::core::option::Option::Some(
                ::desc_jit::__private::Method::of(<#implementor as #name>::#function())
            ),
        }
    });
    quote_ours! {
        #(#of_trait)*
        #[doc(hidden)]
        #silence
        #vis fn #name<#implementor: #name>(
            name: &str,
        ) -> ::core::option::Option<::desc_jit::__private::Method> {
            match name {
                #(#arms)*
                _ => ::core::option::Option::None,
            }
        }
    }
}

//! The traits of a tree. All that is asked of a field is asked through one trait, `Tree` or `Fixed`, so that a type
//! that can't be a field is reported once.

use super::parse::{Field, Shape, Tree};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::Member;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

/// The most parts of a tuple that is a tree.
const MOST_PARTS: usize = 8;

/// Everything that is derived; of a struct that was reported a stub that is never run.
pub fn tree(tree: &Tree, complete: bool) -> TokenStream {
    let Tree { name, vis, shape, .. } = tree;
    let text = name.unraw().to_string();
    let none = Vec::new();
    let fields = if complete { &tree.fields } else { &none };
    let stack = format_ident!("{}Stack", name.unraw(), span = Span::mixed_site());
    let stacked: Vec<Part<'_>> = fields.iter().map(Part::stacked).collect();
    let parts: Vec<Part<'_>> = fields.iter().map(Part::of).collect();
    let stacked_fields = stacked.iter().map(|part| {
        let (vis, ty) = (&part.field.vis, &part.ty);
        match &part.field.member {
            Member::Named(name) => quote_ours! { #vis #name: #ty },
            Member::Unnamed(_) => quote_ours! { #vis #ty },
        }
    });
    let declaration = match shape {
        Shape::Named => quote_ours! { #vis struct #stack { #(#stacked_fields),* } },
        Shape::Numbered => quote_ours! { #vis struct #stack(#(#stacked_fields),*); },
        Shape::Unit => quote_ours! { #vis struct #stack; },
    };
    let of_stacks = stacked.iter().map(|part| match part.field.is_static {
        true => part.ty.clone(),
        false => stack_of(&part.ty, part.field.ty.span()),
    });
    let of_stacks = nested(of_stacks.collect());
    let own = impls(name, &text, *shape, &parts, &stack.to_token_stream(), complete);
    let stack_text = format!("{text}Stack");
    let of_stack = impls(&stack, &stack_text, *shape, &stacked, &of_stacks, true);
    let silence = crate::emit::silence();
    quote_ours! {
        #silence
        const _: () = {
            /// Many of them: every field has one axis more.
            #[derive(::core::clone::Clone, ::core::fmt::Debug)]
            #declaration
            #own
            #of_stack
        };
    }
}

/// A field with its type as tokens.
struct Part<'a> {
    field: &'a Field,
    ty: TokenStream,
}

impl<'a> Part<'a> {
    fn of(field: &'a Field) -> Part<'a> {
        Part { field, ty: field.ty.to_token_stream() }
    }

    fn stacked(field: &'a Field) -> Part<'a> {
        let ty = field.ty.to_token_stream();
        Part { field, ty: if field.is_static { ty } else { stack_of(&ty, field.ty.span()) } }
    }

    /// On the type: a field that can't be one is the fault of its type.
    fn span(&self) -> Span {
        self.field.ty.span().resolved_at(Span::mixed_site())
    }
}

fn stack_of(ty: &TokenStream, span: Span) -> TokenStream {
    let span = span.resolved_at(Span::mixed_site());
    quote_spanned! {span=> <#ty as ::desc_jit::__private::Tree>::__Stacked }
}

/// Types as tuples that are not too long.
fn nested(mut types: Vec<TokenStream>) -> TokenStream {
    while types.len() > MOST_PARTS {
        types = types.chunks(MOST_PARTS).map(|some| quote_ours! { (#(#some,)*) }).collect();
    }
    quote_ours! { (#(#types,)*) }
}

/// The impls for one struct with these fields.
fn impls(
    name: &Ident,
    text: &str,
    shape: Shape,
    parts: &[Part<'_>],
    stacked: &TokenStream,
    complete: bool,
) -> TokenStream {
    let descriptions = parts.iter().map(|part| {
        let (ty, is_static, field) = (&part.ty, part.field.is_static, part.field.name());
        let ty = quote_spanned! {part.span()=> <#ty as ::desc_jit::__private::Tree>::__TY };
        quote_ours! { ::desc_jit::__private::Field { name: #field, ty: #ty, is_static: #is_static } }
    });
    let argument = |method: &str, reference: TokenStream| {
        let method = crate::ast::ours(method);
        let parts = parts.iter().map(|part| {
            let (ty, member) = (&part.ty, &part.field.member);
            match part.field.is_static {
                true => quote_spanned! {part.span()=>
                    <#ty as ::desc_jit::__private::Fixed>::__fixed(&self.#member)
                },
                false => quote_spanned! {part.span()=>
                    <#ty as ::desc_jit::__private::Tree>::#method(#reference self.#member)
                },
            }
        });
        quote_ours! { ::desc_jit::__private::ArgValue::Tuple(::std::vec![#(#parts),*]) }
    };
    let owned = argument("__owned", TokenStream::new());
    let shared = argument("__shared", quote_ours! { & });
    let mutable = argument("__mutable", quote_ours! { &mut });
    let taken = parts.iter().map(|part| {
        let (ty, member) = (&part.ty, &part.field.member);
        let take = match part.field.is_static {
            true => quote_spanned! {part.span()=>
                <#ty as ::desc_jit::__private::Fixed>::__take_fixed(__outputs)?
            },
            false => quote_spanned! {part.span()=>
                <#ty as ::desc_jit::__private::Tree>::__take(__outputs)?
            },
        };
        quote_ours! { #member: #take }
    });
    let taken = match (complete, shape) {
        (false, _) => quote_ours! { ::core::panic!() },
        (true, _) => quote_ours! { ::core::result::Result::Ok(#name { #(#taken),* }) },
    };
    quote_ours! {
        impl ::desc_jit::__private::Tree for #name {
            const __TY: ::desc_jit::__private::Ty =
                ::desc_jit::__private::Ty::Struct(&::desc_jit::__private::StructInfo {
                    path: ::core::concat!(::core::module_path!(), "::", #text),
                    name: #text,
                    fields: &[#(#descriptions),*],
                    methods: |name| ::desc_jit::__methods_of!(#name, name),
                });
            type __Stacked = #stacked;
            fn __owned<'a>(self) -> ::desc_jit::__private::ArgValue<'a> {
                #owned
            }
            fn __shared(&self) -> ::desc_jit::__private::ArgValue<'_> {
                #shared
            }
            fn __mutable(&mut self) -> ::desc_jit::__private::ArgValue<'_> {
                #mutable
            }
            fn __take(__outputs: &mut ::desc_jit::__private::Outputs) -> ::desc_jit::Result<#name> {
                #taken
            }
        }
        impl ::desc_jit::__private::Typed for #name {
            const TY: ::desc_jit::__private::Ty = <#name as ::desc_jit::__private::Tree>::__TY;
        }
        impl<'a> ::desc_jit::__private::IntoArg<'a> for #name {
            const TY: ::desc_jit::__private::Ty = <#name as ::desc_jit::__private::Tree>::__TY;
            fn into_arg(self) -> ::desc_jit::__private::ArgValue<'a> {
                ::desc_jit::__private::Tree::__owned(self)
            }
        }
        impl<'a> ::desc_jit::__private::IntoArg<'a> for &'a #name {
            const TY: ::desc_jit::__private::Ty = <#name as ::desc_jit::__private::Tree>::__TY;
            fn into_arg(self) -> ::desc_jit::__private::ArgValue<'a> {
                ::desc_jit::__private::Tree::__shared(self)
            }
        }
        impl<'a> ::desc_jit::__private::IntoArg<'a> for &'a mut #name {
            const TY: ::desc_jit::__private::Ty = <#name as ::desc_jit::__private::Tree>::__TY;
            fn into_arg(self) -> ::desc_jit::__private::ArgValue<'a> {
                ::desc_jit::__private::Tree::__mutable(self)
            }
        }
        impl ::desc_jit::__private::Output for #name {
            fn take(outputs: &mut ::desc_jit::__private::Outputs) -> ::desc_jit::Result<#name> {
                ::desc_jit::__private::Tree::__take(outputs)
            }
        }
        impl ::desc_jit::__private::Arg for #name {
            type Of<'a> = #name;
            const TY: ::desc_jit::__private::Ty = <#name as ::desc_jit::__private::Tree>::__TY;
            fn into_arg<'a>(value: #name) -> ::desc_jit::__private::ArgValue<'a> {
                ::desc_jit::__private::Tree::__owned(value)
            }
        }
        impl ::desc_jit::__private::Pure for #name {}
        impl ::desc_jit::__private::Differentiable for #name {
            type Gradient = #name;
        }
        impl ::desc_jit::__private::Tangent for #name {
            type Tangent = #name;
            type Cotangent = ::desc_jit::handle::Ref<#name>;
        }
        impl ::desc_jit::__private::BatchArg for #name {
            type Batched = #stacked;
        }
        impl ::desc_jit::__private::BatchResult for #name {
            type Batched = #stacked;
        }
    }
}

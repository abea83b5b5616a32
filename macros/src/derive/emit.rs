//! The traits of a tree. All that is asked of a field is asked through one trait, `Tree` or `Fixed`, so that all
//! messages about a type that can't be a field are the same.

use super::many::{Part, copies, field_type, nested, stack_of, static_functions};
use super::parse::{Shape, Tree};
use crate::generics::Generics;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::Member;
use syn::ext::IdentExt;

/// Everything that is derived; of a struct that was reported a stub that is never run.
pub fn tree(tree: &Tree, complete: bool) -> TokenStream {
    let Tree { name, vis, generics, shape, .. } = tree;
    let text = name.unraw().to_string();
    let none = Vec::new();
    let fields = if complete { &tree.fields } else { &none };
    let stack = format_ident!("{}Stack", name.unraw(), span = Span::mixed_site());
    let parts: Vec<Part<'_>> = fields.iter().enumerate().map(|(k, field)| Part::of(k, field)).collect();
    // The struct of many has the struct as its parameter, and finds its fields' types through a trait of them. So each type of
    // the user's is mentioned where it is written, in the impl of that trait, and rustc says there what is wrong with it.
    let (of, fields_of) = (crate::ast::own("Of"), crate::ast::own("Fields"));
    let stacked: Vec<Part<'_>> =
        fields.iter().enumerate().map(|(k, field)| Part::stacked(k, field, &of, &fields_of)).collect();
    let names: Vec<Ident> = (0..fields.len()).map(field_type).collect();
    let stacked_fields = stacked.iter().map(|part| {
        let (vis, ty) = (&part.field.vis, &part.ty);
        match &part.field.member {
            Member::Named(name) => quote_ours! { #vis #name: #ty },
            Member::Unnamed(_) => quote_ours! { #vis #ty },
        }
    });
    let parameter = (!fields.is_empty()).then(|| quote_ours! { #of: #fields_of });
    let (declared, argument) = match &parameter {
        Some(parameter) => (quote_ours! { <#parameter> }, quote_ours! { <#of> }),
        None => (TokenStream::new(), TokenStream::new()),
    };
    let declaration = match shape {
        Shape::Named => quote_ours! { #vis struct #stack #declared { #(#stacked_fields),* } },
        Shape::Numbered => quote_ours! { #vis struct #stack #declared(#(#stacked_fields),*); },
        Shape::Unit => quote_ours! { #vis struct #stack; },
    };
    let copies = copies(&stack, &declared, &argument, *shape, &stacked);
    let of_own = parts.iter().map(|part| match part.field.is_static {
        true => part.ty.clone(),
        false => stack_of(&part.ty, part.span()),
    });
    let of_stacks = stacked.iter().map(|part| match part.field.is_static {
        true => part.ty.clone(),
        false => stack_of(&part.ty, Span::mixed_site()),
    });
    // A batch of batches can be passed on as well.
    let bounds = stacked.iter().map(|part| match part.field.is_static {
        true => quote_ours! {
            ::desc_jit::__private::Fixed + ::desc_jit::__private::Arg + ::desc_jit::__private::Output
        },
        false => quote_ours! {
            ::desc_jit::__private::Tree<__Stacked: ::desc_jit::__private::Arg + ::desc_jit::__private::Output> + 'static
        },
    });
    let own_type = match generics.is_empty() {
        true => name.to_token_stream(),
        false => {
            let arguments = generics.as_arguments();
            quote_ours! { #name #arguments }
        }
    };
    let (params, clause) = (generics.list(), generics.clause());
    let functions = parts.iter().filter(|part| part.field.is_static).map(|part| {
        let (ty, (fixed, take)) = (field_type(part.number), static_functions(part.number));
        quote_ours! {
            fn #fixed<'a>(this: &Self::#ty) -> ::desc_jit::__private::ArgValue<'a> {
                <Self::#ty as ::desc_jit::__private::Fixed>::__fixed(this)
            }
            fn #take(outputs: &mut ::desc_jit::__private::Outputs) -> ::desc_jit::Result<Self::#ty> {
                <Self::#ty as ::desc_jit::__private::Fixed>::__take_fixed(outputs)
            }
        }
    });
    let of_fields = quote_ours! {
        #vis trait #fields_of: ::core::marker::Sized + 'static {
            #(type #names: #bounds;)*
            #(#functions)*
            fn __one() -> ::desc_jit::__private::Ty;
        }
        impl<#params> #fields_of for #own_type #clause {
            #(type #names = #of_own;)*
            fn __one() -> ::desc_jit::__private::Ty {
                <#own_type as ::desc_jit::__private::Tree>::__TY
            }
        }
    };
    let stack_argument = (!fields.is_empty()).then(|| quote_ours! { <#own_type> });
    let subject = Subject {
        text: text.clone(),
        ty: own_type.clone(),
        params: params.clone(),
        floats: generics.dtypes(),
        clause,
        methods: methods(name, generics),
        one: quote_ours! { ::core::option::Option::None },
        fields: quote_ours! { <#own_type as #fields_of> },
        stacked: quote_ours! { #stack #stack_argument },
        name,
    };
    let stacks = Subject {
        text: format!("{text}Stack"),
        ty: quote_ours! { #stack #argument },
        params: parameter.unwrap_or_default(),
        floats: Vec::new(),
        clause: TokenStream::new(),
        // A stack has none, whatever is in it.
        methods: quote_ours! { { let _: &str = name; ::std::vec::Vec::new() } },
        one: match fields.is_empty() {
            true => quote_ours! { ::core::option::Option::None },
            false => quote_ours! { ::core::option::Option::Some(<#of as #fields_of>::__one()) },
        },
        fields: quote_ours! { <#of as #fields_of> },
        stacked: nested(of_stacks.collect()),
        name: &stack,
    };
    let own = impls(&subject, *shape, &parts, complete);
    let of_stack = impls(&stacks, *shape, &stacked, true);
    let literal = literal(name, generics);
    let silence = crate::emit::silence();
    quote_ours! {
        #silence
        const _: () = {
            #of_fields
            /// Many of them: every field has one axis more.
            #declaration
            #copies
            #own
            #of_stack
            #literal
        };
    }
}

/// The method of that `name`. Blocks may be for one choice of the type parameters, and are found from that choice alone.
fn methods(name: &Ident, generics: &Generics) -> TokenStream {
    let Some(candidates) = generics.candidates() else {
        let arguments = (!generics.is_empty()).then(|| generics.as_arguments());
        return quote_ours! { ::desc_jit::__methods_of!(#name #arguments, name) };
    };
    let dtypes = generics.dtypes();
    let types = generics.candidate_dtypes();
    // The first one, of f64 alone, stands for the rest.
    let arms = candidates.iter().zip(types).skip(1).map(|(candidate, dtypes)| {
        quote_ours! { (#(#dtypes,)*) => ::desc_jit::__methods_of!(#name #candidate, name) }
    });
    let first = &candidates[0];
    quote_ours! {
        match (#(#dtypes,)*) {
            #(#arms,)*
            _ => ::desc_jit::__methods_of!(#name #first, name),
        }
    }
}

/// Literals of a generic struct, `Pair { a, b }`, say nothing of its type: the values of the fields do. As an inherent function
/// of one choice it is what `Pair::__literal` names; that of the trait is for all other structs.
fn literal(name: &Ident, generics: &Generics) -> TokenStream {
    let Some(candidates) = generics.candidates() else { return TokenStream::new() };
    let first = &candidates[0];
    let candidates = candidates.iter();
    quote_ours! {
        impl #name #first {
            #[doc(hidden)]
            pub fn __literal(
                cx: &::desc_jit::__private::Cx,
                fields: ::std::vec::Vec<(&'static str, ::desc_jit::__private::Value)>,
                base: ::core::option::Option<::desc_jit::__private::Value>,
                at: ::desc_jit::__private::At,
            ) -> ::desc_jit::__private::Out<::desc_jit::__private::Value> {
                let candidates = &[#(<#name #candidates as ::desc_jit::__private::Tree>::__TY),*];
                cx.structure_of(candidates, fields, base, at)
            }
        }
    }
}

/// What the traits are for.
struct Subject<'a> {
    name: &'a Ident,
    /// Its name in messages.
    text: String,
    /// With its type parameters.
    ty: TokenStream,
    /// These, with their bounds.
    params: TokenStream,
    /// What each stands for.
    floats: Vec<TokenStream>,
    /// What else is asked of them.
    clause: TokenStream,
    /// The method of that `name`.
    methods: TokenStream,
    /// The trait of its fields, of the struct that they are those of.
    fields: TokenStream,
    /// Many of them.
    stacked: TokenStream,
    /// The type of one of them, of a struct of many.
    one: TokenStream,
}

/// The impls for one struct with these fields.
fn impls(subject: &Subject<'_>, shape: Shape, parts: &[Part<'_>], complete: bool) -> TokenStream {
    let Subject { name, text, ty: own, params, floats, clause, methods, fields, stacked, one } = subject;
    // Ours, among tokens that have the user's spans.
    let (this, outputs) = (crate::ast::ours("this"), crate::ast::ours("outputs"));
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
                true => {
                    let (fixed, _) = static_functions(part.number);
                    quote_spanned! {part.span()=> #fields::#fixed(&#this.#member) }
                }
                false => quote_spanned! {part.span()=>
                    <#ty as ::desc_jit::__private::Tree>::#method(#reference #this.#member)
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
            true => {
                let (_, take) = static_functions(part.number);
                quote_spanned! {part.span()=> #fields::#take(#outputs)? }
            }
            false => quote_spanned! {part.span()=>
                <#ty as ::desc_jit::__private::Tree>::__take(#outputs)?
            },
        };
        quote_ours! { #member: #take }
    });
    let taken = match (complete, shape) {
        (false, _) => quote_ours! { ::core::panic!() },
        (true, _) => quote_ours! { ::core::result::Result::Ok(#name { #(#taken),* }) },
    };
    quote_ours! {
        impl<#params> ::desc_jit::__private::Tree for #own #clause {
            const __TY: ::desc_jit::__private::Ty =
                ::desc_jit::__private::Ty::Struct(&::desc_jit::__private::StructInfo {
                    path: ::core::concat!(::core::module_path!(), "::", #text),
                    name: #text,
                    parameters: &[#(#floats),*],
                    fields: &[#(#descriptions),*],
                    methods: |name| #methods,
                    stacked: || <#stacked as ::desc_jit::__private::Tree>::__TY,
                    one: || #one,
                });
            type __Stacked = #stacked;
            type __Lists = ::desc_jit::__private::OfTrees;
            fn __owned<'a>(#this: Self) -> ::desc_jit::__private::ArgValue<'a> {
                #owned
            }
            fn __shared(#this: &Self) -> ::desc_jit::__private::ArgValue<'_> {
                #shared
            }
            fn __mutable(#this: &mut Self) -> ::desc_jit::__private::ArgValue<'_> {
                #mutable
            }
            fn __take(#outputs: &mut ::desc_jit::__private::Outputs) -> ::desc_jit::Result<#own> {
                #taken
            }
        }
        impl<#params> ::desc_jit::__private::Constant for #own #clause {
            fn stage(&self, cx: &::desc_jit::__private::Cx) -> ::desc_jit::__private::Value {
                ::desc_jit::__private::constant_tree(cx, self)
            }
        }
        impl<#params> ::desc_jit::__private::Typed for #own #clause {
            const TY: ::desc_jit::__private::Ty = <#own as ::desc_jit::__private::Tree>::__TY;
        }
        impl<'a, #params> ::desc_jit::__private::IntoArg<'a> for #own #clause {
            const TY: ::desc_jit::__private::Ty = <#own as ::desc_jit::__private::Tree>::__TY;
            fn into_arg(self) -> ::desc_jit::__private::ArgValue<'a> {
                ::desc_jit::__private::Tree::__owned(self)
            }
        }
        impl<'a, #params> ::desc_jit::__private::IntoArg<'a> for &'a #own #clause {
            const TY: ::desc_jit::__private::Ty = <#own as ::desc_jit::__private::Tree>::__TY;
            fn into_arg(self) -> ::desc_jit::__private::ArgValue<'a> {
                ::desc_jit::__private::Tree::__shared(self)
            }
        }
        impl<'a, #params> ::desc_jit::__private::IntoArg<'a> for &'a mut #own #clause {
            const TY: ::desc_jit::__private::Ty = <#own as ::desc_jit::__private::Tree>::__TY;
            fn into_arg(self) -> ::desc_jit::__private::ArgValue<'a> {
                ::desc_jit::__private::Tree::__mutable(self)
            }
        }
        impl<#params> ::desc_jit::__private::Output for #own #clause {
            fn take(outputs: &mut ::desc_jit::__private::Outputs) -> ::desc_jit::Result<#own> {
                ::desc_jit::__private::Tree::__take(outputs)
            }
        }
        impl<#params> ::desc_jit::__private::Arg for #own #clause {
            type Of<'a> = #own;
            const TY: ::desc_jit::__private::Ty = <#own as ::desc_jit::__private::Tree>::__TY;
            fn into_arg<'a>(value: #own) -> ::desc_jit::__private::ArgValue<'a> {
                ::desc_jit::__private::Tree::__owned(value)
            }
        }
        impl<#params> ::desc_jit::__private::Pure for #own #clause {}
        impl<#params> ::desc_jit::__private::Differentiable for #own #clause {
            type Gradient = #own;
        }
        impl<#params> ::desc_jit::__private::Tangent for #own #clause {
            type Tangent = #own;
            type Cotangent = ::desc_jit::handle::Ref<#own>;
        }
        impl<#params> ::desc_jit::__private::BatchArg for #own #clause {
            type Batched = #stacked;
        }
        impl<#params> ::desc_jit::__private::BatchResult for #own #clause {
            type Batched = #stacked;
        }
    }
}

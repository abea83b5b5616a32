//! The staging function: the body as calls of the staging context.

use super::{at, expr::Emitter, name_of};
use crate::args::Rule;
use crate::ast::{Function, Mode, Pattern, ours, own};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident};

/// What the functions are called that staging needs.
pub struct Names {
    /// What calls in staged code name.
    pub entry: Ident,
    /// The staging function.
    pub stage: Ident,
    /// The staging function of the body, where a rule is around it.
    pub body: Ident,
    /// The function that gives the `Function`.
    pub function: Ident,
}

impl Names {
    /// Those of a companion type.
    pub fn of(function: &Function) -> Names {
        let entry = ours(name(function));
        let stage = inner(function, &entry);
        Names { entry, stage, body: ours("__body"), function: ours("__function") }
    }
}

/// What the staging function is called: only it has the type parameters.
pub fn inner(function: &Function, entry: &Ident) -> Ident {
    match function.generics.is_empty_inside() {
        true => entry.clone(),
        false => format_ident!("__{entry}"),
    }
}

/// What calls in staged code name.
pub fn name(function: &Function) -> &'static str {
    entry(function.fallible)
}

/// The same, of one that gives a `Result` or not.
pub fn entry(fallible: bool) -> &'static str {
    if fallible { "try_stage" } else { "stage" }
}

/// What a call of a function that gives a `Result` is without `?`: an error, since what it gives could be forgotten.
pub fn without_question_mark(function: &Function, stage: &Ident) -> TokenStream {
    if !function.fallible {
        return TokenStream::new();
    }
    let name = &function.name;
    let signature = signature(stage, &TokenStream::new(), &ours("cx"), &quote_ours! { _ }, &ours("at"));
    let forgotten = quote_ours! {
        #[doc(hidden)]
        #signature {
            cx.kept_result(#name, at)
        }
    };
    if function.generics.is_empty() {
        return forgotten;
    }
    let (generics, clause) = (function.generics.declared(), function.generics.clause());
    let with = format_ident!("{stage}_with");
    let signature = self::signature(&with, &generics, &ours("cx"), &quote_ours! { _ }, &ours("at"));
    quote_ours! {
        #forgotten

        #[doc(hidden)]
        #signature #clause {
            cx.kept_result(#name, at)
        }
    }
}

/// What a call names where it does not say what the parameters of the type are, `Complex::new(1.0, 0.0)`: it passes `0.0` beside
/// the arguments, from which rustc takes the type, f64 where nothing says another one.
pub fn of_any(stage: &Ident, block: &syn::Generics, own_type: &syn::Type, item: &syn::ItemFn) -> TokenStream {
    let name = any(stage);
    let (own, given) = match crate::generics::only_float(block, item) {
        Some((ident, parts)) if !parts.is_empty() => {
            let text = name_of(ident);
            let single = with_parameter(own_type, ident);
            let chosen = quote_ours! {
                if let (::desc_jit::__private::DType::F64, ::desc_jit::__private::DType::F32) = (
                    <#ident as ::desc_jit::__private::Element>::DTYPE,
                    cx.float_of(#text, args, &[#(#parts),*], at)?,
                ) {
                    return <#single>::#stage(cx, args, at);
                }
            };
            (ident.to_token_stream(), chosen)
        }
        Some((ident, _)) => (ident.to_token_stream(), TokenStream::new()),
        None => (quote_ours! { ::core::primitive::f64 }, TokenStream::new()),
    };
    quote_ours! {
        #[doc(hidden)]
        pub fn #name(
            cx: &::desc_jit::__private::Cx,
            args: &mut [::desc_jit::__private::Value],
            at: ::desc_jit::__private::At,
            _: #own,
        ) -> ::desc_jit::__private::Out<::desc_jit::__private::Value> {
            #given
            Self::#stage(cx, args, at)
        }
    }
}

/// What that function is called.
pub fn any(stage: &Ident) -> Ident {
    format_ident!("{stage}_any", span = stage.span())
}

/// The type with f32 for its parameter.
fn with_parameter(ty: &syn::Type, parameter: &Ident) -> TokenStream {
    fn replaced(tokens: TokenStream, parameter: &Ident) -> TokenStream {
        let tree = |tree: TokenTree| match tree {
            TokenTree::Ident(ident) if ident == *parameter => quote_ours! { ::core::primitive::f32 },
            TokenTree::Group(group) => {
                let inside = replaced(group.stream(), parameter);
                TokenTree::Group(proc_macro2::Group::new(group.delimiter(), inside)).into()
            }
            tree => tree.into(),
        };
        tokens.into_iter().map(tree).collect()
    }
    replaced(ty.to_token_stream(), parameter)
}

/// `pub fn name<T>(cx, args, at) -> Out<Value>`
pub fn signature(
    name: &Ident,
    generics: &TokenStream,
    cx: &Ident,
    args: &TokenStream,
    at: &Ident,
) -> TokenStream {
    quote_ours! {
        pub fn #name #generics(
            #cx: &::desc_jit::__private::Cx,
            #args: &mut [::desc_jit::__private::Value],
            #at: ::desc_jit::__private::At,
        ) -> ::desc_jit::__private::Out<::desc_jit::__private::Value>
    }
}

/// What calls in staged code name, of a generic function: `stage_with::<T>` where they write the type arguments, and
/// `stage` where they leave them to be inferred. `text`: what messages call it.
pub fn generic(function: &Function, names: &Names, text: &str) -> TokenStream {
    let generics = &function.generics;
    if generics.is_empty() {
        return TokenStream::new();
    }
    let Names { entry, stage, .. } = names;
    let (cx, at, args) = (ours("cx"), ours("at"), quote_ours! { args });
    let (inside, clause) = (generics.names_inside(), generics.clause());
    let with = signature(&format_ident!("{entry}_with"), &generics.declared(), &cx, &args, &at);
    let with = quote_ours! {
        #[doc(hidden)]
        #with #clause {
            Self::#stage #inside(cx, args, at)
        }
    };
    if generics.is_empty_inside() {
        return with;
    }
    let signature = signature(entry, &TokenStream::new(), &cx, &args, &at);
    let body = match generics.inferred() {
        Err(unknown) => {
            let unknown = name_of(unknown);
            quote_ours! { cx.not_inferred(#text, #unknown, at) }
        }
        Ok(inferred) => {
            let dtypes = inferred.iter().map(|(ident, parts)| {
                let ident = name_of(ident);
                quote_ours! { cx.float_of(#ident, args, &[#(#parts),*], at)? }
            });
            // One arm for each choice.
            let arms = (0..1_usize << inferred.len()).map(|choice| {
                let is_single = |k: usize| choice >> k & 1 == 1;
                let patterns = (0..inferred.len()).map(|k| match is_single(k) {
                    true => quote_ours! { ::desc_jit::__private::DType::F32 },
                    false => quote_ours! { _ },
                });
                let types = (0..inferred.len()).map(|k| match is_single(k) {
                    true => quote_ours! { ::core::primitive::f32 },
                    false => quote_ours! { ::core::primitive::f64 },
                });
                quote_ours! { (#(#patterns,)*) => Self::#stage::<#(#types),*>(cx, args, at) }
            });
            // The arm of `_` alone comes last.
            let arms: Vec<_> = arms.collect();
            let arms = arms.iter().rev();
            quote_ours! { match (#(#dtypes,)*) { #(#arms,)* } }
        }
    };
    quote_ours! {
        #with

        #[doc(hidden)]
        #signature {
            #body
        }
    }
}

/// `fn stage(cx, args, at) -> Out<Value>`
pub fn function(function: &Function, arguments: &[Ident], names: &Names, scope: &TokenStream) -> TokenStream {
    let Names { stage: stage_name, body: body_name, function: function_name, .. } = names;
    let generics = &function.generics;
    let (declared, inside, clause) =
        (generics.declared_inside(), generics.names_inside(), generics.clause_inside());
    let cx = own("cx");
    let emitter = Emitter::default();
    let bindings = function.params.iter().zip(arguments).map(|(param, argument)| match &param.pattern {
        // Already bound under its own name.
        Pattern::Name(_) => TokenStream::new(),
        pattern => emitter.bind(pattern, quote_ours! { #argument.clone() }),
    });
    let body = emitter.block(&function.body, true);
    let result_at = at(function.result_at);
    let params = function.params.iter().zip(arguments).enumerate();
    let written_back = params
        .filter(|(_, (param, _))| param.mode == Mode::Mut)
        .map(|(k, (_, argument))| quote_ours! { __args[#k] = #argument.clone(); });
    let rule = function.rule.as_ref().map(|rule| {
        let (rule, with) = match rule {
            Rule::Checkpoint(_) => (quote_ours! { Recompute }, quote_ours! { ::core::option::Option::None }),
            Rule::Jvp(path) => (
                quote_ours! { Jvp },
                quote_ours! { ::core::option::Option::Some(#path::__function #inside()) },
            ),
            Rule::Vjp(path) => (
                quote_ours! { Vjp },
                quote_ours! { ::core::option::Option::Some(#path::__function #inside()) },
            ),
        };
        let signature = signature(stage_name, &declared, &ours("cx"), &quote_ours! { args }, &ours("at"));
        let body = quote_ours! { Self::#body_name #inside };
        quote_ours! {
            #[doc(hidden)]
            #signature #clause {
                let function = Self::#function_name #inside();
                cx.call_by_rule(::desc_jit::__private::Rule::#rule, function, #body, #with, args, at)
            }
        }
    });
    let name = if rule.is_some() { body_name } else { stage_name };
    let signature = signature(name, &declared, &cx, &quote_ours! { __args }, &ours("__at"));
    let lengths = generics.lengths().map(|(length, part)| {
        let name = name_of(length);
        quote_ours! {
            let #length: ::core::primitive::usize = #cx.length_of(#name, __args, #part, __at)?;
        }
    });
    quote_ours! {
        #rule

        #[doc(hidden)]
        #signature #clause {
            #scope
            use ::core::clone::Clone as _;
            let #cx = &#cx.enter(Self::#function_name #inside(), __args, __at)?;
            #(#lengths)*
            let [#(mut #arguments),*] = ::desc_jit::__private::args(__args)?;
            let __result = {
                #(#bindings)*
                #body
            };
            let __result = #cx.ret(__result, #result_at)?;
            #(#written_back)*
            ::core::result::Result::Ok(__result)
        }
    }
}

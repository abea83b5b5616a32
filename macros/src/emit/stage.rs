//! The staging function: the body as calls of the staging context.

use super::{at, expr::Emitter};
use crate::args::Rule;
use crate::ast::{Function, Mode, Pattern, ours, own};
use proc_macro2::{Ident, TokenStream};

/// What the functions are called that staging needs.
pub struct Names {
    /// The staging function.
    pub stage: Ident,
    /// The staging function of the body, where a rule is around it.
    pub body: Ident,
    /// The function that gives the `Function`.
    pub function: Ident,
}

impl Default for Names {
    fn default() -> Names {
        Names { stage: ours("stage"), body: ours("__body"), function: ours("__function") }
    }
}

/// What the staging function is called.
pub fn name(function: &Function) -> &'static str {
    if function.fallible { "try_stage" } else { "stage" }
}

/// What a call of a function that gives a `Result` is without `?`: an error, since what it gives could be forgotten.
pub fn without_question_mark(function: &Function, stage: &Ident) -> TokenStream {
    if !function.fallible {
        return TokenStream::new();
    }
    let name = &function.name;
    let signature = signature(stage, &ours("cx"), &quote_ours! { _ }, &ours("at"));
    quote_ours! {
        #[doc(hidden)]
        #signature {
            cx.kept_result(#name, at)
        }
    }
}

/// `pub fn name(cx, args, at) -> Out<Value>`
fn signature(name: &Ident, cx: &Ident, args: &TokenStream, at: &Ident) -> TokenStream {
    quote_ours! {
        pub fn #name(
            #cx: &::desc_jit::__private::Cx,
            #args: &mut [::desc_jit::__private::Value],
            #at: ::desc_jit::__private::At,
        ) -> ::desc_jit::__private::Out<::desc_jit::__private::Value>
    }
}

/// `fn stage(cx, args, at) -> Out<Value>`
pub fn function(function: &Function, arguments: &[Ident], names: &Names, scope: &TokenStream) -> TokenStream {
    let Names { stage: stage_name, body: body_name, function: function_name } = names;
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
            Rule::Jvp(path) => {
                (quote_ours! { Jvp }, quote_ours! { ::core::option::Option::Some(#path::__function()) })
            }
            Rule::Vjp(path) => {
                (quote_ours! { Vjp }, quote_ours! { ::core::option::Option::Some(#path::__function()) })
            }
        };
        let signature = signature(stage_name, &ours("cx"), &quote_ours! { args }, &ours("at"));
        quote_ours! {
            #[doc(hidden)]
            #signature {
                let function = Self::#function_name();
                cx.call_by_rule(::desc_jit::__private::Rule::#rule, function, Self::#body_name, #with, args, at)
            }
        }
    });
    let name = if rule.is_some() { body_name } else { stage_name };
    let signature = signature(name, &cx, &quote_ours! { __args }, &ours("__at"));
    quote_ours! {
        #rule

        #[doc(hidden)]
        #signature {
            #scope
            let #cx = &#cx.enter(Self::#function_name(), __args, __at)?;
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

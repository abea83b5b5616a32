//! The staging function: the body as calls of the staging context.

use super::{at, expr::Emitter};
use crate::ast::{Function, Mode, Pattern, own};
use proc_macro2::{Ident, TokenStream};

/// `fn stage(cx, args, at) -> Out<Value>`
pub fn function(function: &Function, arguments: &[Ident]) -> TokenStream {
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
    quote_ours! {
        #[doc(hidden)]
        pub fn stage(
            #cx: &::desc_jit::__private::Cx,
            __args: &mut [::desc_jit::__private::Value],
            __at: ::desc_jit::__private::At,
        ) -> ::desc_jit::__private::Out<::desc_jit::__private::Value> {
            let #cx = &#cx.enter(Self::__function(), __args, __at)?;
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

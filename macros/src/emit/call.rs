//! Calls of other annotated functions, and functions that are passed to functions.

use super::at;
use super::expr::Emitter;
use crate::ast::{Argument, Callable, Expr, Operand, own};
use crate::scope::Variable;
use proc_macro2::TokenStream;

impl Emitter {
    /// `path(arguments)`: the callee's body is staged into the same graph.
    pub fn call(&self, path: &TokenStream, arguments: &[Argument], at: &TokenStream) -> TokenStream {
        let cx = own("cx");
        self.call_with(arguments, None, |arguments| quote_ours! { #path(#cx, #arguments, #at)? })
    }

    /// `receiver.name(arguments)`, of a struct of the user's.
    pub fn method_call(
        &self,
        name: &str,
        arguments: &[Argument],
        tried: bool,
        at: &TokenStream,
    ) -> TokenStream {
        let cx = own("cx");
        let assignable = matches!(arguments.first(), Some(Argument::Mut(_)));
        self.call_with(arguments, Some(name), |arguments| {
            quote_ours! { #cx.call_method(#name, #assignable, #tried, #arguments, #at)? }
        })
    }

    /// `call` gets an expression of type `&mut [Value]`, and gives one of type `Value`. Of a method, whose name is given,
    /// the receiver is written back where it takes `&mut self`: one that is copied may be changed by the arguments.
    fn call_with(
        &self,
        arguments: &[Argument],
        method: Option<&str>,
        call: impl FnOnce(TokenStream) -> TokenStream,
    ) -> TokenStream {
        if arguments.iter().all(|a| matches!(a, Argument::Value(_))) {
            let values = arguments.iter().filter_map(|a| match a {
                Argument::Value(e) => Some(self.value(e)),
                Argument::Mut(_) => None,
            });
            return call(quote_ours! { &mut [#(#values),*] });
        }
        let cx = own("cx");
        let mut evaluated = TokenStream::new();
        let mut values = Vec::new();
        let mut results = Vec::new();
        let mut writes = TokenStream::new();
        for (k, argument) in arguments.iter().enumerate() {
            let name = self.fresh();
            match argument {
                Argument::Value(e) => {
                    let value = self.value(e);
                    evaluated.extend(quote_ours! { let #name = #value; });
                    results.push(quote_ours! { _ });
                }
                Argument::Mut(place) => {
                    let new = self.fresh();
                    let (prelude, read, write) = self.borrow_mut(place, quote_ours! { #new });
                    evaluated.extend(quote_ours! { #prelude let #name = #read; });
                    results.push(quote_ours! { #new });
                    writes.extend(match method {
                        Some(method) if k == 0 => {
                            quote_ours! { if #cx.updates_receiver(#method, &#new) { #write } }
                        }
                        _ => write,
                    });
                }
            }
            values.push(name);
        }
        let call = call(quote_ours! { &mut __arguments });
        quote_ours! {
            {
                #evaluated
                let mut __arguments = [#(#values),*];
                let __result = #call;
                let [#(#results),*] = __arguments;
                #writes
                __result
            }
        }
    }

    /// `grad(f)(x)`: the graph of the transform goes into the same graph.
    pub fn handle_call(&self, handle: &TokenStream, arguments: &[Expr], at: &TokenStream) -> TokenStream {
        let cx = own("cx");
        let values = self.values(arguments);
        quote_ours! { (#handle).__stage(#cx, &mut [#values], #at)? }
    }

    /// `cond`, `switch`, `fori_loop`, `while_loop`, `scan`, `map`, and the implicit functions
    pub fn functional(&self, path: &TokenStream, operands: &[Operand], at: &TokenStream) -> TokenStream {
        let cx = own("cx");
        let operands = operands.iter().map(|operand| match operand {
            Operand::Value(e) => {
                let value = self.value(e);
                quote_ours! { ::desc_jit::__private::Operand::Value(#value) }
            }
            Operand::Callable(f) => {
                let f = self.callable(f);
                quote_ours! { ::desc_jit::__private::Operand::Closure(#f) }
            }
            Operand::Callables(branches) => {
                let branches = branches.iter().map(|f| self.callable(f));
                quote_ours! { ::desc_jit::__private::Operand::Closures(::std::vec![#(#branches),*]) }
            }
        });
        quote_ours! { #path::stage_with(#cx, ::std::vec![#(#operands),*], #at)? }
    }

    /// `let f = |..| ..;`. What it captures by value it has copies of: the variables may change.
    pub fn closure_variable(&self, variable: &Variable, f: &Callable, by_value: bool) -> TokenStream {
        let name = &variable.ident;
        let closure = self.closure(f);
        if !by_value {
            return quote_ours! { let #name = #closure; };
        }
        let captured = crate::walk::captured(f);
        let names = captured.iter().map(|v| &v.ident);
        quote_ours! { let #name = { #(let #names = #names.clone();)* ::std::rc::Rc::new(move #closure) }; }
    }

    /// A `&mut dyn FnMut(&[Value]) -> Out<Value>`.
    pub fn callable(&self, f: &Callable) -> TokenStream {
        let closure = self.closure(f);
        quote_ours! { &mut #closure }
    }

    fn closure(&self, f: &Callable) -> TokenStream {
        let cx = own("cx");
        let body = match f {
            Callable::Closure(params, body) => {
                let names: Vec<_> = params.iter().map(|_| self.fresh()).collect();
                let bindings = params.iter().zip(&names).map(|(p, name)| self.bind(p, quote_ours! { #name }));
                let body = self.value(body);
                quote_ours! {
                    let [#(#names),*] = ::desc_jit::__private::args(__arguments)?;
                    #(#bindings)*
                    ::core::result::Result::Ok(#body)
                }
            }
            Callable::Variable(variable) => {
                let name = &variable.ident;
                quote_ours! { (#name)(__arguments) }
            }
            Callable::Path(path, spot) => {
                let at = at(*spot);
                quote_ours! { #path(#cx, &mut __arguments.to_vec(), #at) }
            }
            Callable::TypeFn(function, spot) => {
                let value = self.type_fn(function, quote_ours! { __arguments }, &at(*spot));
                quote_ours! { ::core::result::Result::Ok(#value) }
            }
        };
        quote_ours! {
            |__arguments: &[::desc_jit::__private::Value]|
                -> ::desc_jit::__private::Out<::desc_jit::__private::Value> { #body }
        }
    }
}

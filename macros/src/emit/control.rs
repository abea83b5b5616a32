//! Branches and loops: closures that take the carried variables and return them.
//!
//! A closure may run more than once, so it borrows what it captures; its parameters shadow the carried
//! variables under their own names. Its body is a block, so that nothing declared in it shadows them again.

use super::at;
use super::expr::Emitter;
use crate::ast::{Adapter, Block, For, If, Range, While, own};
use crate::scope::Variable;
use proc_macro2::TokenStream;
use quote::ToTokens;

/// The carried variables in the forms that the staging calls need.
struct Carried {
    /// `["a", "b"]`
    names: TokenStream,
    /// `[a.clone(), b.clone()]`
    init: TokenStream,
    /// `[mut a, mut b]`
    params: TokenStream,
    /// `[a, b]`
    list: TokenStream,
    /// `[a, b] = `, or `let [] = `
    assign: TokenStream,
}

fn carried(variables: &[Variable]) -> Carried {
    let names = variables.iter().map(Variable::name);
    let idents: Vec<_> = variables.iter().map(|v| &v.ident).collect();
    let list = quote_ours! { [#(#idents),*] };
    Carried {
        names: quote_ours! { [#(#names),*] },
        init: quote_ours! { [#(#idents.clone()),*] },
        params: quote_ours! { [#(mut #idents),*] },
        assign: if idents.is_empty() {
            quote_ours! { let [] = }
        } else {
            quote_ours! { #list = }
        },
        list,
    }
}

impl Emitter {
    /// `if`; a value where it is `wanted`, a statement otherwise.
    pub fn branch(&self, e: &If, wanted: bool, at: &TokenStream) -> TokenStream {
        let cx = own("cx");
        let condition = self.reference(&e.condition, false);
        let Carried { names, init, params, list, .. } = carried(&e.carried);
        let closure = |block: Option<&Block>| {
            let body = match block {
                Some(block) => self.block(block, wanted),
                None => TokenStream::new(),
            };
            let value = match (block, wanted) {
                (Some(_), true) => quote_ours! { { #body } },
                _ => quote_ours! { { #body #cx.unit() } },
            };
            quote_ours! {
                |#params| {
                    let __value = #value;
                    ::core::result::Result::Ok((__value, #list))
                }
            }
        };
        let (then, otherwise) = (closure(Some(&e.then)), closure(e.otherwise.as_ref()));
        let call = quote_ours! { #cx.if_(#condition, #names, #init, #then, #otherwise, #at)? };
        match (wanted, e.carried.is_empty()) {
            (true, true) => quote_ours! { #call.0 },
            (true, false) => quote_ours! {
                { let (__value, __carried) = #call; #list = __carried; __value }
            },
            (false, true) => quote_ours! { let (_, []) = #call; },
            (false, false) => quote_ours! { (_, #list) = #call; },
        }
    }

    /// `for`
    pub fn for_loop(&self, e: &For, at: &TokenStream) -> TokenStream {
        let cx = own("cx");
        let mut range = self.range(&e.range);
        if let Some(name) = &e.range.progress {
            range = quote_ours! { #range.progress(#name) };
        }
        if e.parallel {
            range = quote_ours! { #range.parallel() };
        }
        if e.unroll {
            range = quote_ours! { #range.unroll() };
        }
        if e.checkpoint {
            range = quote_ours! { #range.checkpoint() };
        }
        let Carried { names, init, params, list, assign } = carried(&e.carried);
        let index = match &e.index {
            Some(variable) => {
                let name = &variable.ident;
                quote_ours! { mut #name }
            }
            None => quote_ours! { _ },
        };
        let body = self.block(&e.body, false);
        quote_ours! {
            #assign #cx.for_(#range, #names, #init, |#index, #params| {
                { #body }
                ::core::result::Result::Ok(#list)
            }, #at)?;
        }
    }

    fn range(&self, e: &Range) -> TokenStream {
        let cx = own("cx");
        let range_at = at(e.at);
        let inclusive = e.inclusive.to_token_stream();
        let (start, end) = (self.reference(&e.start, e.end.writes), self.reference(&e.end, false));
        let mut range = quote_ours! { #cx.range(#start, #end, #inclusive, #range_at)? };
        for (adapter, spot) in &e.adapters {
            let at = at(*spot);
            range = match adapter {
                Adapter::Rev => quote_ours! { #cx.range_rev(#range, #at)? },
                Adapter::StepBy(step) => {
                    let step = self.reference(step, false);
                    quote_ours! { #cx.range_step(#range, #step, #at)? }
                }
                Adapter::Chunks(array, length, last) => {
                    let (array, length) = (self.reference(array, false), self.reference(length, false));
                    quote_ours! { #cx.range_chunks(#range, #array, #length, #last, #at)? }
                }
            };
        }
        range
    }

    /// `while`
    pub fn while_loop(&self, e: &While, at: &TokenStream) -> TokenStream {
        let cx = own("cx");
        let Carried { names, init, params, list, assign } = carried(&e.carried);
        let condition = self.value(&e.condition);
        let body = self.block(&e.body, false);
        quote_ours! {
            #assign #cx.while_(
                #names,
                #init,
                |#params| ::core::result::Result::Ok(#condition),
                |#params| {
                    { #body }
                    ::core::result::Result::Ok(#list)
                },
                #at,
            )?;
        }
    }
}

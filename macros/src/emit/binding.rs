//! Patterns: `let` of a value, taken apart where the pattern asks for it.

use super::at;
use super::expr::{Emitter, read_field};
use crate::ast::{Pattern, own};
use proc_macro2::TokenStream;

impl Emitter {
    /// `let pattern = value;`
    pub fn bind(&self, pattern: &Pattern, value: TokenStream) -> TokenStream {
        match pattern {
            Pattern::Name(variable) => {
                let name = &variable.ident;
                quote_ours! { let mut #name = #value; }
            }
            Pattern::Wild | Pattern::Rest(_) => quote_ours! { let _ = #value; },
            Pattern::Whole(variable, inner) => {
                let name = &variable.ident;
                let inner = self.bind(inner, quote_ours! { #name.clone() });
                quote_ours! {
                    let mut #name = #value;
                    #inner
                }
            }
            Pattern::Typed(inner, ty, spot) => {
                let at = at(*spot);
                let cx = own("cx");
                self.bind(inner, quote_ours! { #cx.ascribe(&#value, #ty, #at)? })
            }
            Pattern::Struct(fields, spot) => {
                let (at, whole) = (at(*spot), self.fresh());
                let reference = quote_ours! { &#whole };
                let fields =
                    fields.iter().map(|(name, part)| self.bind(part, read_field(&reference, name, &at)));
                quote_ours! {
                    let #whole = #value;
                    #(#fields)*
                }
            }
            Pattern::Tuple(parts, spot) => {
                let at = at(*spot);
                let cx = own("cx");
                // Names and `_` are bound where they stand; a part with parts of its own goes through a
                // variable of ours.
                let mut nested = TokenStream::new();
                let is_rest = |part: &Pattern| matches!(part, Pattern::Rest(_));
                let rest = parts.iter().position(is_rest);
                let names: Vec<TokenStream> = parts
                    .iter()
                    .filter(|part| !is_rest(part))
                    .map(|part| match part {
                        Pattern::Name(variable) => {
                            let name = &variable.ident;
                            quote_ours! { mut #name }
                        }
                        Pattern::Wild => quote_ours! { _ },
                        part => {
                            let name = self.fresh();
                            nested.extend(self.bind(part, quote_ours! { #name }));
                            quote_ours! { #name }
                        }
                    })
                    .collect();
                let whole = self.fresh();
                let (value, named) = match rest.map(|front| (front, &parts[front])) {
                    Some((front, Pattern::Rest(Some(variable)))) => {
                        let (name, back) = (&variable.ident, parts.len() - front - 1);
                        let named = quote_ours! {
                            let mut #name = #cx.rest_of(&#whole, #front, #back, #at)?;
                        };
                        (quote_ours! { #whole }, Some((quote_ours! { let #whole = #value; }, named)))
                    }
                    _ => (value, None),
                };
                let (before, named) = named.unzip();
                let parts = match rest {
                    Some(front) => quote_ours! { #cx.untuple_around(&#value, #front, #at)? },
                    None => quote_ours! { #cx.untuple(&#value, #at)? },
                };
                quote_ours! {
                    #before
                    let [#(#names),*] = #parts;
                    #named
                    #nested
                }
            }
        }
    }
}

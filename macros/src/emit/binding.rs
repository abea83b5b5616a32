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
            Pattern::Wild => quote_ours! { let _ = #value; },
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
                let names: Vec<TokenStream> = parts
                    .iter()
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
                quote_ours! {
                    let [#(#names),*] = #cx.untuple(&#value, #at)?;
                    #nested
                }
            }
        }
    }
}

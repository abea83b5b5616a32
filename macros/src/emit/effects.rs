//! `assert!`, `panic!` and their like.

use super::expr::Emitter;
use crate::ast::{Assert, Claim, Expr, Text, own};
use proc_macro2::TokenStream;

impl Emitter {
    /// A `Text`.
    pub fn text(&self, text: &Text) -> TokenStream {
        let (format, values) = (&text.format, self.values(&text.arguments));
        quote_ours! { ::desc_jit::__private::Text { format: #format, values: ::std::vec![#values] } }
    }

    /// `dbg!(a, b)`: its values are those of the arguments, one by itself.
    pub fn dbg(&self, values: &[(Expr, TokenStream)], at: &TokenStream) -> TokenStream {
        let cx = own("cx");
        let shown = |(value, written): &(Expr, TokenStream)| {
            let value = self.value(value);
            quote_ours! { #cx.dbg(#value, ::core::stringify!(#written), #at)? }
        };
        match values {
            [] => quote_ours! { { #cx.dbg_place(#at)?; #cx.unit() } },
            [value] => shown(value),
            values => {
                let values = values.iter().map(shown);
                quote_ours! { #cx.tuple(::std::vec![#(#values),*]) }
            }
        }
    }

    /// `assert!` and its like.
    pub fn assert(&self, e: &Assert, at: &TokenStream) -> TokenStream {
        let cx = own("cx");
        let simple = e.text.as_ref().is_none_or(Text::is_simple);
        // Values of a message are computed where the claim does not hold.
        let closure = e.text.as_ref().map(|text| {
            let text = self.text(text);
            quote_ours! { || ::core::result::Result::Ok(#text) }
        });
        let call = match (&e.claim, closure) {
            (Claim::Holds(condition, written), None) => {
                let condition = self.reference(condition, false);
                quote_ours! { #cx.assert_plain(#condition, ::core::stringify!(#written), #at)?; }
            }
            (Claim::Holds(condition, _), Some(text)) => {
                let condition = self.reference(condition, false);
                quote_ours! { #cx.assert(#condition, #simple, #text, #at)?; }
            }
            (Claim::Equal(equal, left, right), text) => {
                let (left, right) = (self.reference(left, right.writes), self.reference(right, false));
                let text = match text {
                    Some(text) => quote_ours! { ::core::option::Option::Some(#text) },
                    None => quote_ours! { ::desc_jit::__private::Text::NONE },
                };
                quote_ours! { #cx.assert_equal(#equal, [#left, #right], #simple, #text, #at)?; }
            }
        };
        if e.debug {
            // As rustc builds the user's crate.
            quote_ours! { if ::core::cfg!(debug_assertions) { #call } }
        } else {
            call
        }
    }
}

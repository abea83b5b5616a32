//! The arguments of the attribute: `#[desc_jit]`, `#[desc_jit(static(n, m))]`.

use crate::diag::{Sink, attribute};
use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Token, parenthesized};

/// What the attribute asks for.
#[derive(Debug, Default)]
pub struct Arguments {
    /// Parameters that are constants of the compilation.
    pub statics: Vec<Ident>,
}

/// Reads the arguments; what can't be read is reported and left out.
pub fn parse(tokens: TokenStream, sink: &mut Sink) -> Arguments {
    let mut arguments = Arguments::default();
    let whole = tokens.clone();
    let parser = |input: ParseStream| {
        while !input.is_empty() {
            let name = input.call(Ident::parse_any)?;
            let mut list = Vec::new();
            let mut listed = false;
            if input.peek(syn::token::Paren) {
                let content;
                parenthesized!(content in input);
                if name == "static" {
                    list.extend(content.parse_terminated(Ident::parse_any, Token![,])?);
                } else {
                    content.parse::<TokenStream>()?;
                }
                listed = true;
            } else if input.peek(Token![=]) {
                input.parse::<Token![=]>()?;
                input.parse::<syn::Expr>()?;
            }
            if name != "static" {
                let near = strsim::jaro_winkler(&name.to_string(), "static") > 0.8;
                let hint = if near { "; did you mean `static`?" } else { "" };
                sink.report(&name, &attribute::UNKNOWN_ARGUMENT, &[&name, &hint]);
            } else if !listed {
                sink.report(&name, &attribute::MALFORMED, &[]);
            }
            arguments.statics.extend(list);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    };
    if parser.parse2(tokens).is_err() {
        sink.report(whole, &attribute::MALFORMED, &[]);
    }
    arguments
}

//! The arguments of the attribute: `#[desc_jit]`, `#[desc_jit(static(n, m))]`, and the rule of its derivative:
//! `checkpoint`, `jvp = f_jvp`, `vjp = f_vjp`; and `allow(DJ1101)`, which turns a warning off.

use crate::diag::{Sink, attribute, warnings};
use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Token, parenthesized};

/// What the attribute asks for.
#[derive(Debug, Default)]
pub struct Arguments {
    /// Parameters that are constants of the compilation.
    pub statics: Vec<Ident>,
    /// How derivatives treat it.
    pub rule: Option<Rule>,
}

/// How derivatives treat an annotated function.
#[derive(Clone, Debug)]
pub enum Rule {
    /// `checkpoint`: reverse mode runs it again instead of saving what is inside.
    Checkpoint(Ident),
    /// `jvp = path`: an annotated function that also gives the tangents.
    Jvp(syn::Path),
    /// `vjp = path`: an annotated function that gives the cotangents.
    Vjp(syn::Path),
}

const NAMES: [&str; 5] = ["static", "checkpoint", "jvp", "vjp", "allow"];

/// Reads the arguments; what can't be read is reported and left out.
pub fn parse(tokens: TokenStream, sink: &mut Sink) -> Arguments {
    let mut arguments = Arguments::default();
    let whole = tokens.clone();
    let parser = |input: ParseStream| {
        while !input.is_empty() {
            let name = input.call(Ident::parse_any)?;
            let mut list = Vec::new();
            let mut listed = false;
            let mut path = None;
            let text = name.to_string();
            if input.peek(syn::token::Paren) {
                let content;
                parenthesized!(content in input);
                if name == "static" || name == "allow" {
                    list.extend(content.parse_terminated(Ident::parse_any, Token![,])?);
                } else {
                    content.parse::<TokenStream>()?;
                }
                listed = true;
            } else if input.peek(Token![=]) {
                input.parse::<Token![=]>()?;
                if text == "jvp" || text == "vjp" {
                    path = Some(input.parse::<syn::Path>()?);
                } else {
                    input.parse::<syn::Expr>()?;
                }
            }
            let rule = match (text.as_str(), path, listed) {
                ("static", None, true) => None,
                ("allow", None, true) => {
                    list.drain(..).for_each(|code| allow(&code, sink));
                    None
                }
                ("checkpoint", None, false) => Some(Rule::Checkpoint(name.clone())),
                ("jvp", Some(path), false) => Some(Rule::Jvp(path)),
                ("vjp", Some(path), false) => Some(Rule::Vjp(path)),
                ("static" | "allow", ..) => {
                    sink.report(&name, &attribute::MALFORMED, &[&name]);
                    None
                }
                ("jvp" | "vjp" | "checkpoint", ..) => {
                    sink.report(&name, &attribute::MALFORMED_RULE, &[&name]);
                    None
                }
                (text, ..) => {
                    let near = NAMES
                        .iter()
                        .find(|n| strsim::jaro_winkler(text, n) > 0.8 || strsim::osa_distance(text, n) == 1);
                    let hint = near.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
                    sink.report(&name, &attribute::UNKNOWN_ARGUMENT, &[&name, &hint]);
                    None
                }
            };
            if rule.is_some() && arguments.rule.is_some() {
                sink.report(&name, &attribute::TWO_RULES, &[]);
            }
            arguments.rule = rule.or_else(|| arguments.rule.take());
            arguments.statics.extend(list);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    };
    if parser.parse2(tokens).is_err() {
        sink.report(whole, &attribute::MALFORMED, &[&"static"]);
    }
    arguments
}

fn allow(code: &Ident, sink: &mut Sink) {
    let text = code.to_string();
    if warnings::is_known(&text) {
        sink.allow(text);
    } else {
        sink.report(code, &attribute::NO_WARNING, &[&text]);
    }
}

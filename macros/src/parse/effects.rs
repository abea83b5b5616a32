//! `assert!`, `panic!` and their like.
//!
//! rustc reads the macro in the function as written and reports what is wrong with its arguments; here the same
//! arguments are left out without a word.

use super::format::{self, Argument, Numbered};
use super::{Parser, bare, expression, rejected};
use crate::ast::{Assert, Claim, Expr, ExprKind, Spot, Text};
use crate::diag::expressions::{NOT_PARSED, SIDE_EFFECT};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Expr as Rust, Ident, Lit, Token};

/// The arguments of a macro, separated by commas.
pub(super) fn arguments(mac: &syn::Macro) -> Option<Vec<Rust>> {
    let parser = Punctuated::<Rust, Token![,]>::parse_terminated;
    Some(parser.parse2(mac.tokens.clone()).ok()?.into_iter().collect())
}

impl Parser<'_> {
    pub(super) fn assert(&mut self, mac: &syn::Macro, name: &str) -> Expr {
        let at = Spot::of(mac);
        let arguments = arguments(mac).unwrap_or_default();
        let Some((condition, text)) = arguments.split_first() else { return rejected(at) };
        let claim = Claim::Holds(self.expr(condition), condition.to_token_stream());
        self.claim(mac, name, claim, text)
    }

    pub(super) fn assert_equal(&mut self, mac: &syn::Macro, name: &str, equal: bool) -> Expr {
        let at = Spot::of(mac);
        let arguments = arguments(mac).unwrap_or_default();
        let Some(([left, right], text)) = arguments.split_first_chunk() else { return rejected(at) };
        let claim = Claim::Equal(equal, self.expr(left), self.expr(right));
        self.claim(mac, name, claim, text)
    }

    fn claim(&mut self, mac: &syn::Macro, name: &str, claim: Claim, text: &[Rust]) -> Expr {
        let at = Spot::of(mac);
        let text = match text {
            [] => None,
            text => {
                let since = self.scopes.mark();
                let text = self.text(mac, name, text);
                // It is only evaluated where the claim does not hold.
                if let Some(assignment) = self.scopes.outer_assignments(since).next() {
                    let (variable, whole) = (assignment.variable.name(), format!("{name}!"));
                    self.sink.report_at(assignment.span, &SIDE_EFFECT, &[&variable, &whole]);
                }
                match text {
                    Some(text) => Some(text),
                    None => return rejected(at),
                }
            }
        };
        let debug = name.starts_with("debug");
        expression(ExprKind::Assert(Box::new(Assert { claim, text, debug })), at)
    }

    /// `panic!` and its like: what they say without arguments, and before them.
    pub(super) fn panic(&mut self, mac: &syn::Macro, name: &str, alone: &str, before: &str) -> Expr {
        let at = Spot::of(mac);
        let text = match arguments(mac).as_deref() {
            None => None,
            Some([]) => Some(Text { format: alone.into(), arguments: Vec::new() }),
            Some(arguments) => self
                .text(mac, name, arguments)
                .map(|text| Text { format: format!("{before}{}", text.format), ..text }),
        };
        text.map_or_else(|| rejected(at), |text| expression(ExprKind::Panic(text), at))
    }

    /// `print!` and its like: where to, and what stands at the end.
    pub(super) fn print(&mut self, mac: &syn::Macro, name: &str, stream: &'static str, end: &str) -> Expr {
        let at = Spot::of(mac);
        let text = match arguments(mac).as_deref() {
            None => None,
            Some([]) => Some(Text { format: String::new(), arguments: Vec::new() }),
            Some(arguments) => self.text(mac, name, arguments),
        };
        let Some(Text { format, arguments }) = text else { return rejected(at) };
        expression(ExprKind::Print(stream, Text { format: format + end, arguments }), at)
    }

    pub(super) fn dbg(&mut self, mac: &syn::Macro) -> Expr {
        let at = Spot::of(mac);
        let Some(arguments) = arguments(mac) else { return rejected(at) };
        let values = arguments.iter().map(|e| (self.expr(e), e.to_token_stream())).collect();
        expression(ExprKind::Dbg(values), at)
    }

    /// A format string and its arguments.
    pub(super) fn text(&mut self, mac: &syn::Macro, name: &str, arguments: &[Rust]) -> Option<Text> {
        let (string, arguments) = arguments.split_first()?;
        let string = match bare(string) {
            Rust::Lit(lit) => match &lit.lit {
                Lit::Str(string) => string,
                _ => return None,
            },
            Rust::Macro(inner) => {
                let help = "write the format string as one literal";
                self.sink.report(&inner.mac.path, &NOT_PARSED, &[&name, &help]);
                return None;
            }
            _ => return None,
        };
        let mut seen = Vec::new();
        let mut values = Vec::new();
        for argument in arguments {
            let (name, value) = named(argument);
            let text = literal_text(value);
            values.push(match text {
                // Its place in the list; nothing shows it.
                Some(_) => expression(ExprKind::Int(0), Spot::of(value)),
                None => self.expr(value),
            });
            seen.push(Argument { name, text });
        }
        let Some(Numbered { format, captures }) = format::number(&string.value(), &seen) else {
            if seen.iter().any(|a| a.text.is_some()) {
                let help = "write texts into the format string";
                self.sink.report(mac, &NOT_PARSED, &[&name, &help]);
            }
            return None;
        };
        for capture in captures {
            // A keyword is a name there.
            let ident = match syn::parse_str::<Ident>(&capture) {
                Ok(_) => Ident::new(&capture, string.span()),
                Err(_) if matches!(capture.as_str(), "self" | "Self" | "super" | "crate") => return None,
                Err(_) => Ident::new_raw(&capture, string.span()),
            };
            // An unknown name is rustc's to report, on its place in the string. Constants are written in capitals.
            let constant = capture.starts_with(|c: char| c.is_uppercase());
            if !constant && self.scopes.variable(&ident).is_none() {
                return None;
            }
            values.push(self.expr(&syn::parse_quote!(#ident)));
        }
        Some(Text { format, arguments: values })
    }
}

/// `name = value`
fn named(argument: &Rust) -> (Option<String>, &Rust) {
    if let Rust::Assign(assign) = argument
        && let Rust::Path(path) = &*assign.left
        && let Some(name) = path.path.get_ident()
    {
        return (Some(name.unraw().to_string()), &assign.right);
    }
    (None, argument)
}

fn literal_text(value: &Rust) -> Option<String> {
    match bare(value) {
        Rust::Lit(lit) => match &lit.lit {
            Lit::Str(text) => Some(text.value()),
            Lit::Char(c) => Some(c.value().into()),
            _ => None,
        },
        _ => None,
    }
}

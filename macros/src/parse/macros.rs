//! Macro calls: `vec!` and `array!` are lists, those with an effect stand in `effects.rs`, the others are reported.

use super::{Parser, expression, rejected};
use crate::ast::{Expr, ExprKind, Spot};
use crate::diag::expressions::*;
use crate::names::macro_instead;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Expr as Rust, Token};

impl Parser<'_> {
    pub(super) fn macro_call(&mut self, mac: &syn::Macro) -> Expr {
        let name = mac.path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
        match name.as_str() {
            "matches" => self.matches(mac),
            "vec" => self.list(mac),
            "array" | "arr1" | "arr2" => {
                let at = Spot::of(mac);
                let list = self.list(mac);
                expression(ExprKind::Method("whole".into(), Box::new(list), Vec::new()), at)
            }
            "assert" | "debug_assert" => self.assert(mac, &name),
            "assert_eq" | "debug_assert_eq" => self.assert_equal(mac, &name, true),
            "assert_ne" | "debug_assert_ne" => self.assert_equal(mac, &name, false),
            "panic" => self.panic(mac, &name, "explicit panic", ""),
            "unreachable" => {
                let text = "internal error: entered unreachable code";
                self.panic(mac, &name, text, &format!("{text}: "))
            }
            "print" => self.print(mac, &name, "Out", ""),
            "println" => self.print(mac, &name, "Out", "\n"),
            "eprint" => self.print(mac, &name, "Err", ""),
            "eprintln" => self.print(mac, &name, "Err", "\n"),
            "dbg" => self.dbg(mac),
            "todo" => self.panic(mac, &name, "not yet implemented", "not yet implemented: "),
            "unimplemented" => self.panic(mac, &name, "not implemented", "not implemented: "),
            _ => self.reject(&mac.path, &MACRO, &[&name, &macro_instead(&name)]),
        }
    }

    /// `vec![a, b]` and `vec![v; n]`
    fn list(&mut self, mac: &syn::Macro) -> Expr {
        let at = Spot::of(mac);
        let parser = |input: ParseStream| {
            if input.is_empty() {
                return Ok((Punctuated::new(), None));
            }
            let first = input.parse::<Rust>()?;
            if input.parse::<Option<Token![;]>>()?.is_some() {
                return Ok((Punctuated::from_iter([first]), Some(input.parse::<Rust>()?)));
            }
            let mut items = Punctuated::<Rust, Token![,]>::from_iter([first]);
            while input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
                items.push(input.parse()?);
            }
            Ok((items, None))
        };
        match parser.parse2(mac.tokens.clone()) {
            Ok((items, Some(count))) => {
                let (value, count) = (self.expr(&items[0]), self.expr(&count));
                expression(ExprKind::Repeat(Box::new(value), Box::new(count)), at)
            }
            Ok((items, None)) if items.is_empty() => self.reject(mac, &EMPTY_ARRAY, &[]),
            Ok((items, None)) => {
                let items = items.iter().map(|e| self.moved(e)).collect();
                expression(ExprKind::Array(items), at)
            }
            // rustc's error.
            Err(_) => rejected(at),
        }
    }
}

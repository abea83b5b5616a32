//! Diagnostics: a sink that collects them, and the catalogue with one entry per diagnostic.
//!
//! An entry has a stable code, one sentence that says what is wrong and one that says what to write
//! instead; `{0}`, `{1}` stand for what the report site knows.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use std::fmt::Display;

/// One diagnostic of the catalogue.
#[derive(Debug)]
pub struct Entry {
    /// `DJ` and four digits; never reused for something else.
    pub code: &'static str,
    /// What is wrong.
    pub message: &'static str,
    /// What to write instead.
    pub help: &'static str,
}

/// Declares the entries of one category, and the list of them.
macro_rules! catalogue {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $message:literal, $help:literal;)*) => {
        $($(#[$doc])* pub const $name: $crate::diag::Entry =
            $crate::diag::Entry { code: $code, message: $message, help: $help };)*
        /// Every entry of the category.
        #[cfg(test)]
        pub const ALL: &[$crate::diag::Entry] = &[$($name),*];
    };
}

pub mod attribute;
pub mod calls;
pub mod control_flow;
pub mod expressions;
pub mod indexing;
pub mod iterators;
pub mod methods;
pub mod signature;
pub mod statements;
pub mod trees;
pub mod types;
pub mod warnings;

/// Collects the errors and warnings of one function.
#[derive(Default)]
pub struct Sink {
    errors: Vec<syn::Error>,
    warnings: TokenStream,
    allowed: Vec<String>,
}

impl Sink {
    /// Reports `entry` on the extent of `tokens`.
    pub fn report(&mut self, tokens: impl ToTokens, entry: &Entry, values: &[&dyn Display]) {
        self.errors.push(syn::Error::new_spanned(tokens, text(entry, values)));
    }

    /// Reports `entry` on one span.
    pub fn report_at(&mut self, span: Span, entry: &Entry, values: &[&dyn Display]) {
        self.errors.push(syn::Error::new(span, text(entry, values)));
    }

    /// Warns of `entry` on the first token of what is meant, unless that is allowed.
    pub fn warn(&mut self, tokens: impl ToTokens, entry: &Entry, values: &[&dyn Display]) {
        if self.allowed.iter().all(|code| code != entry.code) {
            let span = tokens.to_token_stream().into_iter().next().map_or_else(Span::call_site, |t| t.span());
            self.warnings.extend(warning(span, &text(entry, values)));
        }
    }

    /// Warnings of this code are left out from now on.
    pub fn allow(&mut self, code: String) {
        self.allowed.push(code);
    }

    /// No error was reported.
    pub fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }

    /// Items that make the compiler say what was reported, in the order of the reports: errors, then warnings.
    pub fn into_reports(self) -> TokenStream {
        self.errors.into_iter().map(syn::Error::into_compile_error).chain([self.warnings]).collect()
    }
}

/// An item with a use of something deprecated, which is the one warning with a text of ours that a macro can ask for.
fn warning(span: Span, text: &str) -> TokenStream {
    let name = Ident::new("suspicious", span);
    quote_spanned! { span =>
        const _: () = {
            #[deprecated(note = #text)]
            #[allow(non_upper_case_globals)]
            const #name: () = ();
            #name
        };
    }
}

/// Where `docs/errors.md` can be read.
pub const PAGE: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/errors.md");

/// The text that rustc shows after `error: `: what is wrong, what to write instead, and where to read about it.
fn text(entry: &Entry, values: &[&dyn Display]) -> String {
    let fill = |template: &str| {
        let mut text = template.to_string();
        for (k, value) in values.iter().enumerate() {
            text = text.replace(&format!("{{{k}}}"), &value.to_string());
        }
        text
    };
    let (code, anchor) = (entry.code, entry.code.to_lowercase());
    format!("[{code}] {}\n= help: {}\n= note: see {PAGE}#{anchor}", fill(entry.message), fill(entry.help))
}

/// Every entry of the catalogue.
#[cfg(test)]
pub fn all() -> impl Iterator<Item = &'static Entry> {
    [
        attribute::ALL,
        signature::ALL,
        statements::ALL,
        expressions::ALL,
        control_flow::ALL,
        calls::ALL,
        methods::ALL,
        types::ALL,
        indexing::ALL,
        trees::ALL,
        iterators::ALL,
        warnings::ALL,
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_well_formed() {
        let mut seen = std::collections::BTreeSet::new();
        for entry in all() {
            assert!(seen.insert(entry.code), "{} is used twice", entry.code);
            let digits = entry.code.strip_prefix("DJ").expect("codes start with DJ");
            assert!(digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()), "{}", entry.code);
        }
    }

    #[test]
    fn every_entry_says_what_to_write_instead() {
        for entry in all() {
            assert!(!entry.message.is_empty() && !entry.help.is_empty(), "{}", entry.code);
            assert!(!entry.message.ends_with('.') && !entry.help.ends_with('.'), "{}", entry.code);
        }
    }

    #[test]
    fn values_fill_the_template() {
        let entry = Entry { code: "DJ9999", message: "`{0}` is not `{1}`", help: "write `{1}`" };
        let expected = format!("[DJ9999] `a` is not `b`\n= help: write `b`\n= note: see {PAGE}#dj9999");
        assert_eq!(text(&entry, &[&"a", &"b"]), expected);
    }
}

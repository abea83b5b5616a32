//! Diagnostics: a sink that collects them, and the catalogue with one entry per diagnostic.
//!
//! An entry has a stable code, one sentence that says what is wrong and one that says what to write
//! instead; `{0}`, `{1}` stand for what the report site knows.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
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

/// Collects the errors of one function.
#[derive(Default)]
pub struct Sink {
    errors: Vec<syn::Error>,
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

    /// Nothing was reported.
    pub fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }

    /// One `compile_error!` per report, in the order of the reports.
    pub fn into_errors(self) -> TokenStream {
        self.errors.into_iter().map(syn::Error::into_compile_error).collect()
    }
}

/// The text that rustc shows after `error: `.
fn text(entry: &Entry, values: &[&dyn Display]) -> String {
    let fill = |template: &str| {
        let mut text = template.to_string();
        for (k, value) in values.iter().enumerate() {
            text = text.replace(&format!("{{{k}}}"), &value.to_string());
        }
        text
    };
    format!("[{}] {}\n= help: {}", entry.code, fill(entry.message), fill(entry.help))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = &'static Entry> {
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
        ]
        .into_iter()
        .flatten()
    }

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
        assert_eq!(text(&entry, &[&"a", &"b"]), "[DJ9999] `a` is not `b`\n= help: write `b`");
    }
}

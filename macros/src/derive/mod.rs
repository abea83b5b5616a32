//! `#[derive(Tree)]`: a struct as a value of staged code.

mod emit;
mod many;
mod parse;

use crate::diag::Sink;
use proc_macro2::TokenStream;

/// Expands `#[derive(Tree)] item`. A struct that was reported is a tree all the same, so that no errors follow where
/// it is used.
pub fn expand(item: TokenStream) -> TokenStream {
    let mut sink = Sink::default();
    let tree = parse::item(item, &mut sink);
    let impls = tree.map(|tree| emit::tree(&tree, sink.is_clean()));
    let errors = sink.into_reports();
    quote_ours! { #impls #errors }
}

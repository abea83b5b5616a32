//! Places in the user's source.

use proc_macro2::{Span, TokenTree};
use quote::ToTokens;

/// A place in the user's source: line and column from 1, and a width.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
    /// Columns to underline.
    pub width: usize,
    /// For rustc's messages.
    pub span: Span,
}

impl Spot {
    /// From the first to the last of these tokens, as far as they are on one line.
    pub fn of(tokens: &impl ToTokens) -> Spot {
        let mut trees = tokens.to_token_stream().into_iter();
        let Some(first) = trees.next() else { return Spot::at(Span::call_site()) };
        let last = trees.last().unwrap_or_else(|| first.clone());
        Spot::between(leading(&first), last.span())
    }

    /// One token.
    pub fn at(span: Span) -> Spot {
        Spot::between(span, span)
    }

    fn between(first: Span, last: Span) -> Spot {
        let (start, end) = (first.start(), last.end());
        let width = if end.line == start.line { end.column.saturating_sub(start.column) } else { 1 };
        Spot { line: start.line, column: start.column + 1, width: width.max(1), span: first }
    }
}

/// The span where a tree begins; invisible groups have none of their own.
fn leading(tree: &TokenTree) -> Span {
    match tree {
        TokenTree::Group(g) if g.delimiter() == proc_macro2::Delimiter::None => {
            g.stream().into_iter().next().map_or_else(|| g.span(), |t| leading(&t))
        }
        _ => tree.span(),
    }
}

/// Tells places of the source apart.
pub fn span_key(span: Span) -> String {
    format!("{span:?}")
}

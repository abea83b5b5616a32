//! The source of the function, for errors at run time: its lines, rebuilt from the positions of its tokens.
//! Comments are lost; whatever macros moved here from elsewhere is left out.

use super::name_of;
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ItemFn;

/// Functions longer than this keep their first lines only.
const MAX_LINES: usize = 4000;

/// `&Source { .. }`
pub fn source(item: &ItemFn) -> TokenStream {
    let name = name_of(&item.sig.ident);
    let mut page = Page::new(&item.sig.ident);
    page.place(item.vis.to_token_stream());
    page.place(item.sig.to_token_stream());
    page.place(item.block.to_token_stream());
    let first_line = proc_macro2::Literal::u32_unsuffixed(u32::try_from(page.first).unwrap_or(0));
    let lines = page.lines;
    quote_ours! {
        &::desc_jit::__private::Source {
            file: ::core::file!(),
            function: #name,
            first_line: #first_line,
            lines: &[#(#lines),*],
        }
    }
}

/// Lines of text onto which tokens are placed.
struct Page {
    first: usize,
    lines: Vec<String>,
}

impl Page {
    fn new(name: &syn::Ident) -> Page {
        Page { first: name.span().start().line, lines: Vec::new() }
    }

    fn place(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter();
        while let Some(tree) = tokens.next() {
            match tree {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    // Of a parsed group both spans may be the whole group's: its ends are right either way.
                    let (start, end) = (group.span_open().start(), group.span_close().end());
                    self.put(open, start.line, start.column);
                    self.place(group.stream());
                    self.put(close, end.line, end.column.saturating_sub(close.len()));
                }
                TokenTree::Ident(ident) => self.write(&ident.to_string(), ident.span()),
                // Both tokens of a lifetime or a label have the span of the whole.
                TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                    if let Some(TokenTree::Ident(name)) = tokens.next() {
                        self.write(&format!("'{name}"), punct.span());
                    }
                }
                TokenTree::Punct(punct) => self.write(&punct.as_char().to_string(), punct.span()),
                TokenTree::Literal(literal) => self.write(&literal.to_string(), literal.span()),
            }
        }
    }

    fn write(&mut self, text: &str, span: Span) {
        let (start, end) = (span.start(), span.end());
        // A doc comment is several tokens, all with the span of the comment.
        let width = text.chars().count();
        if start.line == end.line && end.column.saturating_sub(start.column) == width {
            self.put(text, start.line, start.column);
        }
    }

    /// Text at a line and a column (from 0), if nothing stands there yet.
    fn put(&mut self, text: &str, line: usize, column: usize) {
        let Some(row) = line.checked_sub(self.first).filter(|row| *row < MAX_LINES) else { return };
        if self.lines.len() <= row {
            self.lines.resize(row + 1, String::new());
        }
        let line = &mut self.lines[row];
        let Some(gap) = column.checked_sub(line.chars().count()) else { return };
        line.extend(std::iter::repeat_n(' ', gap.min(1000)));
        line.push_str(text);
    }
}

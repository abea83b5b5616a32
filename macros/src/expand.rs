//! The whole pipeline of the attribute: arguments, parse, check, desugar, carry, emit.

use crate::diag::Sink;
use crate::{args, carry, check, desugar, emit, parse};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Expands `#[desc_jit(attribute)] item`.
///
/// All errors of the function are reported together; the item itself is always emitted, with a companion
/// type of the right signatures, so that an editor keeps working and no follow-on errors appear.
pub fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let item = blocks_as_written(item);
    if let Ok(block) = syn::parse2::<syn::ItemImpl>(item.clone()) {
        return implementation(attribute, &block);
    }
    if let Ok(definition) = syn::parse2::<syn::ItemTrait>(item.clone()) {
        return trait_(attribute, &definition);
    }
    let mut sink = Sink::default();
    let arguments = args::parse(attribute, &mut sink);
    let Some(source) = parse::item(item.clone(), &mut sink) else {
        return emit::rejected_item(item, sink.into_reports());
    };
    let mut function = parse::function(&source, None, &arguments, &mut sink);
    check::function(&function, &arguments, &mut sink);
    desugar::function(&mut function, &mut sink);
    carry::function(&mut function);
    if sink.is_clean() {
        with_warnings(emit::function(&source, &function), sink)
    } else {
        emit::rejected_function(&source, &function, sink.into_reports())
    }
}

fn with_warnings(mut item: TokenStream, sink: Sink) -> TokenStream {
    item.extend(sink.into_reports());
    item
}

/// Blocks that a `macro_rules!` hands on as `$body:block` stand in a group without delimiters, behind which `syn` wants a
/// semicolon.
fn blocks_as_written(tokens: TokenStream) -> TokenStream {
    let written = |tree: TokenTree| match tree {
        TokenTree::Group(group) => {
            let inside: Vec<TokenTree> = blocks_as_written(group.stream()).into_iter().collect();
            match (group.delimiter(), &inside[..]) {
                (Delimiter::None, [TokenTree::Group(block)]) if block.delimiter() == Delimiter::Brace => {
                    block.clone().into()
                }
                (delimiter, _) => {
                    let mut same = Group::new(delimiter, inside.into_iter().collect());
                    same.set_span(group.span());
                    same.into()
                }
            }
        }
        other => other,
    };
    tokens.into_iter().map(written).collect()
}

/// Expands `#[desc_jit(attribute)] impl Type { .. }`: every function of the block is annotated.
fn implementation(attribute: TokenStream, block: &syn::ItemImpl) -> TokenStream {
    let mut sink = Sink::default();
    let methods = parse::implementation::methods(attribute, block, &mut sink);
    if sink.is_clean() {
        let emitted = match parse::operator::operator(block) {
            Some(operator) => emit::operator(block, &operator, &methods),
            None => emit::implementation(block, &methods),
        };
        with_warnings(emitted, sink)
    } else {
        emit::rejected_implementation(block, &methods, sink.into_reports())
    }
}

/// Expands `#[desc_jit(attribute)] trait Name { .. }`: its functions with bodies are annotated.
fn trait_(attribute: TokenStream, definition: &syn::ItemTrait) -> TokenStream {
    let mut sink = Sink::default();
    let defaults = parse::implementation::defaults(attribute, definition, &mut sink);
    if sink.is_clean() {
        with_warnings(emit::trait_(definition, &defaults), sink)
    } else {
        emit::rejected_trait(definition, &defaults, sink.into_reports())
    }
}

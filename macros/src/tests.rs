//! Tests of the whole expansion: snapshots, errors, and programs that must not break it.

use crate::expand::expand;
use proc_macro2::TokenStream;
use std::path::Path;

fn tokens(text: &str) -> TokenStream {
    text.parse().expect("the text is a token stream")
}

/// The errors that an annotated function is reported with.
fn errors(attribute: &str, item: &str) -> Vec<String> {
    let expansion = expand(tokens(attribute), tokens(item));
    let file = syn::parse2::<syn::File>(expansion).expect("the expansion parses");
    let mut errors = Vec::new();
    for item in file.items {
        if let syn::Item::Macro(item) = item
            && item.mac.path.segments.last().is_some_and(|s| s.ident == "compile_error")
        {
            let text: syn::LitStr = item.mac.parse_body().expect("compile_error takes a string");
            errors.push(text.value());
        }
    }
    errors
}

fn codes(item: &str) -> Vec<String> {
    errors("", item).iter().map(|e| e[1..7].to_string()).collect()
}

/// `snapshots/name.rs` expands to `snapshots/name.expanded`. `BLESS=1 cargo test -p desc-jit-macros` writes it.
fn snapshot(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots");
    let source = std::fs::read_to_string(folder.join(name).with_extension("rs")).expect("the source exists");
    let expansion = expand(TokenStream::new(), tokens(&source));
    let file = syn::parse2::<syn::File>(expansion).expect("the expansion parses");
    let actual = prettyplease::unparse(&file);
    let path = folder.join(name).with_extension("expanded");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &actual).expect("the snapshot can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(actual, expected, "BLESS=1 writes {}", path.display());
}

#[test]
fn snapshot_heat() {
    snapshot("heat");
}

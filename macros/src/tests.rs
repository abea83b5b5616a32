//! Tests of the whole expansion: snapshots, errors, and inputs that must not break it.

mod errors_page;
mod fuzz;

use crate::expand::expand;
use proc_macro2::TokenStream;
use std::path::Path;

fn tokens(text: &str) -> TokenStream {
    text.parse().expect("the text is a token stream")
}

fn snapshots() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots")
}

/// The texts of the `compile_error!`s in an expansion.
fn reported(expansion: TokenStream) -> Vec<String> {
    let file = syn::parse2::<syn::File>(expansion).expect("the expansion parses");
    let errors = file.items.into_iter().filter_map(|item| match item {
        syn::Item::Macro(item)
            if item.mac.path.segments.last().is_some_and(|s| s.ident == "compile_error") =>
        {
            Some(item.mac.parse_body::<syn::LitStr>().expect("compile_error takes a string").value())
        }
        _ => None,
    });
    errors.collect()
}

fn errors(attribute: &str, item: &str) -> Vec<String> {
    reported(expand(tokens(attribute), tokens(item)))
}

/// The codes that a function of this body is reported with.
fn codes(body: &str) -> Vec<String> {
    let item = format!("fn f(x: &Array1<f64>, y: f64, n: usize) -> f64 {{ {body} }}");
    errors("", &item).iter().map(|e| e[1..7].to_string()).collect()
}

/// `snapshots/name.rs` expands to `snapshots/name.expanded`; `BLESS=1 cargo test -p desc-jit-macros` writes it.
fn snapshot(name: &str) {
    let source =
        std::fs::read_to_string(snapshots().join(name).with_extension("rs")).expect("the source exists");
    let expansion = expand(TokenStream::new(), tokens(&source));
    let file = syn::parse2::<syn::File>(expansion).expect("the expansion parses");
    let actual = prettyplease::unparse(&file);
    let path = snapshots().join(name).with_extension("expanded");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &actual).expect("the snapshot can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let different = actual.lines().zip(expected.lines()).find(|(a, b)| a != b);
    assert!(actual == expected, "BLESS=1 writes {}; first difference: {different:?}", path.display());
}

#[test]
fn snapshot_of_loops() {
    snapshot("heat");
}

#[test]
fn snapshot_of_branches() {
    snapshot("branches");
}

#[test]
fn snapshot_of_jumps() {
    snapshot("jumps");
}

#[test]
fn snapshot_of_places() {
    snapshot("places");
}

#[test]
fn snapshot_of_calls() {
    snapshot("calls");
}

#[test]
fn snapshot_of_transforms() {
    snapshot("transforms");
}

#[test]
fn snapshot_of_generics() {
    snapshot("generics");
}

#[test]
fn snapshot_of_traits() {
    snapshot("traits");
}

#[test]
fn all_errors_are_reported_together_in_the_order_of_the_source() {
    let body = "let a = match n { (.., 0) => 1.0 }; let b = unsafe { 2.0 }; for v in x.lanes(Axis(0)) { break; } y.ok() + a + b";
    assert_eq!(codes(body), ["DJ0415", "DJ0308", "DJ0602", "DJ0612"]);
}

#[test]
fn one_mistake_is_one_error() {
    assert_eq!(codes("x.lanes(Axis(0)).map(|v| v * v).filter(|v| *v > y).sum::<f64>().sqrt()"), ["DJ0602"]);
    assert_eq!(codes("x.par_iter().map(|v| v * v).sum::<f64>().sqrt()"), ["DJ0601"]);
    assert_eq!(codes("let (f, g) = |v| v; f(y) + g(y)"), ["DJ0202"]);
}

#[test]
fn what_is_updated_must_be_kept() {
    assert_eq!(codes("put(x, 0, y); y"), ["DJ0215"]);
    assert_eq!(codes("x.at(0).add(y); y"), ["DJ0215"]);
    assert!(codes("let z = put(x, 0, y); z[0]").is_empty());
}

#[test]
fn what_rustc_reports_is_left_to_it() {
    for body in
        ["let mut z = x.clone(); z.fill(); y", "sume += y; y", "let k = _; y", "y.await", "x.mapv(); y"]
    {
        assert!(codes(body).is_empty(), "{body}");
    }
}

#[test]
fn returns_at_the_end_are_values() {
    assert!(codes("return y;").is_empty());
    assert!(codes("if y > 0.0 { return y; } else if n > 3 { return 1.0 } else { 2.0 }").is_empty());
    assert!(codes("x.mapv(|v| { return v; }).sum()").is_empty());
}

#[test]
fn jumps_stand_where_statements_and_values_of_variables_do() {
    assert!(codes("if y > 0.0 { return y; } y").is_empty());
    assert!(codes("let mut s = 0.0; 'a: for i in 0..n { for j in 0..n { if y > 1.0 { break 'a; } s += if i == j { continue; } else { 1.0 }; } } s").is_empty());
    assert!(codes("let v = loop { break y; }; v").is_empty());
    assert_eq!(codes("for i in 0..n { let v = 1.0 + if i > 3 { break } else { y }; } y"), ["DJ0413"]);
    assert_eq!(codes("y.max(return y)"), ["DJ0413"]);
    assert_eq!(codes("loop { let v = y; }"), ["DJ0414"]);
}

#[test]
fn the_item_is_emitted_with_its_companion_when_it_is_reported() {
    let expansion = expand(TokenStream::new(), tokens("pub fn f(x: f64) -> f64 { async {} }"));
    let file = syn::parse2::<syn::File>(expansion).expect("the expansion parses");
    let kinds: Vec<&str> = file
        .items
        .iter()
        .map(|item| match item {
            syn::Item::Fn(_) => "fn",
            syn::Item::Struct(_) => "struct",
            syn::Item::Impl(_) => "impl",
            _ => "error",
        })
        .collect();
    assert_eq!(kinds, ["fn", "struct", "impl", "error"]);
}

#[test]
fn attribute_arguments() {
    let code = |attribute: &str| {
        let errors = errors(attribute, "fn f(x: &Array1<f64>, n: usize, m: usize) {}");
        errors.iter().map(|e| e[1..7].to_string()).collect::<Vec<_>>()
    };
    assert!(code("").is_empty());
    assert!(code("static()").is_empty());
    assert!(code("static(n), static(m,),").is_empty());
    assert_eq!(code("static(k)"), ["DJ0003"]);
    assert_eq!(code("static(n, n)"), ["DJ0004"]);
    assert_eq!(code("static(x)"), ["DJ0005"]);
    assert_eq!(code("static"), ["DJ0006"]);
    assert_eq!(code("static = n"), ["DJ0006"]);
    assert_eq!(code("dynamic(n), inline"), ["DJ0001", "DJ0001"]);
    assert_eq!(code("3"), ["DJ0006"]);
}

#[test]
fn places_of_every_shape_are_written() {
    let body = "let mut t = ((1.0, vec![0.0; 3]), [[0.0; 2]; 2]);
        t.0.0 = 1.0; t.0.1[n] = 2.0; t.1[0][1] += y; t.1[0] = [1.0, 2.0]; (t.0.0, _) = (y, n);
        std::mem::swap(&mut t.0.1[0], &mut t.1[1][0]); let old = std::mem::replace(&mut t.0.0, 3.0); old";
    assert!(codes(body).is_empty());
}

#[test]
fn optional_functions_are_written_as_such() {
    let root = |jac: &str| codes(&format!("root_scalar_with(|v| v - y, y, {jac}, None, 1e-6, 20, 5, 0.1).0"));
    assert!(root("None").is_empty());
    assert!(root("Some(&|v| 1.0)").is_empty());
    assert!(root("Some(&other::slope)").is_empty());
    assert_eq!(root("Option::None"), ["DJ0516"]);
    assert_eq!(root("y"), ["DJ0516"]);
    assert_eq!(root("Some(y)"), ["DJ0510"]);
}

#[test]
fn roots_without_a_function_are_functions_of_the_user() {
    assert!(codes("root(y, 2.0) + fixed_point(x[0], n)").is_empty());
    assert!(codes("root(slope, y) + root(|v| v - y, y)").is_empty());
    assert_eq!(codes("fori_loop(0, n, y, 1.0)"), ["DJ0510"]);
}

#[test]
fn the_source_is_rebuilt_from_the_tokens() {
    let item = "#[doc = \"x\"]\nfn f(x: f64) -> f64 {\n    // comment\n    let y = x  +  1.0;\n    y\n}";
    let text = expand(TokenStream::new(), tokens(item)).to_string();
    assert!(text.contains("first_line : 2"), "{text}");
    assert!(text.contains(r#""    let y = x  +  1.0;""#), "{text}");
}

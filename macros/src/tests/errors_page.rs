//! `docs/errors.md` has every diagnostic: a wrong program, what is said about it and where, and a right program.
//! `BLESS=1 cargo test -p desc-jit-macros` writes messages and marks anew; programs are written by hand.

use super::tokens;
use crate::expand::expand;
use crate::{derive, diag};
use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use syn::LitStr;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What the attributes of a program expand to.
fn expansions(program: TokenStream) -> Vec<TokenStream> {
    let mut found = Vec::new();
    let mut trees = program.into_iter().peekable();
    while let Some(tree) = trees.next() {
        let arguments = match (&tree, trees.peek()) {
            (TokenTree::Punct(hash), Some(TokenTree::Group(group))) if hash.as_char() == '#' => {
                ours(group.stream())
            }
            _ => None,
        };
        match (arguments, tree) {
            (Some(arguments), _) => {
                trees.next();
                let mut item = Vec::new();
                for tree in trees.by_ref() {
                    let end = match &tree {
                        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                        TokenTree::Punct(punct) => punct.as_char() == ';',
                        _ => false,
                    };
                    item.push(tree);
                    if end {
                        break;
                    }
                }
                let item = item.into_iter().collect();
                found.push(match arguments {
                    Ours::Function(arguments) => expand(arguments, item),
                    Ours::Tree => derive::expand(item),
                });
            }
            // An `impl` block.
            (None, TokenTree::Group(group)) => found.extend(expansions(group.stream())),
            _ => {}
        }
    }
    found
}

/// An attribute of ours.
enum Ours {
    /// `#[desc_jit(..)]`, with its arguments.
    Function(TokenStream),
    /// `#[derive(Tree)]`
    Tree,
}

fn ours(attribute: TokenStream) -> Option<Ours> {
    let mut trees = attribute.into_iter();
    let TokenTree::Ident(name) = trees.next()? else { return None };
    let arguments = match trees.next() {
        Some(TokenTree::Group(arguments)) => arguments.stream(),
        _ => TokenStream::new(),
    };
    match name.to_string().as_str() {
        "desc_jit" => Some(Ours::Function(arguments)),
        "derive" if arguments.to_string().contains("Tree") => Some(Ours::Tree),
        _ => None,
    }
}

/// A diagnostic on a program.
#[derive(Debug)]
struct Report {
    code: String,
    message: String,
    help: String,
    note: String,
    /// The line it stands on, the column where it begins, and the number of columns.
    line: usize,
    start: usize,
    width: usize,
}

/// What is reported of a program.
fn reports(program: &str) -> Vec<Report> {
    expansions(tokens(program)).into_iter().flat_map(errors).collect()
}

fn errors(expansion: TokenStream) -> Vec<Report> {
    let mut reports = Vec::new();
    let mut said = Vec::new();
    find_said(expansion, &mut said);
    for (name, text) in said {
        let (start, end) = match name == "compile_error" {
            true => (name.span().start(), text.span().end()),
            // What is marked is the name that is deprecated.
            false => (name.span().start(), name.span().end()),
        };
        let text = text.value();
        let (code, rest) = text.strip_prefix('[').and_then(|t| t.split_once("] ")).expect("a code");
        let (message, rest) = rest.split_once("\n= help: ").expect("a help");
        let (help, note) = rest.split_once("\n= note: ").expect("a note");
        reports.push(Report {
            code: code.into(),
            message: message.into(),
            help: help.into(),
            note: note.into(),
            line: start.line - 1,
            start: start.column,
            width: if end.line == start.line { end.column - start.column } else { 1 },
        });
    }
    reports
}

/// What an expansion makes the compiler say: `compile_error!(text)`, and `#[deprecated(note = text)]` of a name of ours.
fn find_said(tokens: TokenStream, said: &mut Vec<(Ident, LitStr)>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    for (k, tree) in trees.iter().enumerate() {
        match (tree, trees.get(k + 2)) {
            (TokenTree::Ident(name), Some(TokenTree::Group(text))) if name == "compile_error" => {
                said.push((name.clone(), syn::parse2(text.stream()).expect("compile_error takes a string")));
            }
            (TokenTree::Group(inner), _) => {
                let attribute = inner.stream().to_string();
                if attribute.starts_with("deprecated") && attribute.contains("[DJ") {
                    let meta = syn::parse2::<syn::Meta>(inner.stream()).expect("an attribute");
                    let list = meta.require_list().expect("it has a note");
                    let note: syn::MetaNameValue = list.parse_args().expect("it has a note");
                    let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = note.value else {
                        panic!("a note is a text");
                    };
                    let name = trees[k..].iter().find_map(|tree| match tree {
                        TokenTree::Ident(name) if name == "suspicious" => Some(name.clone()),
                        _ => None,
                    });
                    said.push((name.expect("it stands on the name"), text));
                } else {
                    find_said(inner.stream(), said);
                }
            }
            _ => {}
        }
    }
}

/// `// ^^^`, which marks what a diagnostic points at in the line above.
fn is_mark(line: &str) -> bool {
    let rest = line.trim().strip_prefix("//").map(str::trim_start);
    rest.is_some_and(|r| !r.is_empty() && r.bytes().all(|b| b == b'^'))
}

/// The page with the messages and marks that its programs give, and what is wrong with the programs.
fn written_anew(page: &str) -> (String, Vec<String>) {
    let (mut out, mut complaints) = (String::new(), Vec::new());
    let mut code = None;
    let mut programs = 0;
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with('#') {
            if let Some(code) = code.filter(|_| programs != 2) {
                complaints.push(format!("{code} has a wrong program and a right one"));
            }
            // What staging says is for the tests that stage: `tests/language/failures.rs`.
            (code, programs) = (line.strip_prefix("### ").filter(|code| !code.starts_with("DJ12")), 0);
        }
        match code {
            Some(_) if line.starts_with('>') => {
                lines.next_if(|l| l.is_empty());
                continue;
            }
            Some(code) if line == "```rust" => {
                let program: Vec<&str> =
                    lines.by_ref().take_while(|l| *l != "```").filter(|l| !is_mark(l)).collect();
                let found = reports(&program.join("\n"));
                programs += 1;
                match (&found[..], programs) {
                    ([], 2) => out.extend(block(&program, None)),
                    ([one], 1) if one.code == code && (one.start > 1) => {
                        out += &format!("> {}\n>\n> help: {}\n\n", one.message, one.help);
                        out.extend(block(&program, Some(one)));
                        assert_eq!(one.note, format!("see {}#{}", diag::PAGE, code.to_lowercase()));
                    }
                    _ => {
                        complaints.push(format!("program {programs} of {code} is reported as {found:?}"));
                        out.extend(block(&program, None));
                    }
                }
                continue;
            }
            _ => {}
        }
        out += line;
        out.push('\n');
    }
    (out, complaints)
}

/// The lines of a program as a block of the page, with what is reported marked.
fn block(program: &[&str], report: Option<&Report>) -> Vec<String> {
    let mut out = vec!["```rust\n".to_string()];
    for (k, line) in program.iter().enumerate() {
        out.push(format!("{line}\n"));
        if let Some(report) = report.filter(|r| r.line == k) {
            out.push(format!("//{}{}\n", " ".repeat(report.start - 2), "^".repeat(report.width)));
        }
    }
    out.push("```\n".into());
    out
}

fn page() -> (PathBuf, String) {
    let path = repository().join("docs/errors.md");
    let text = std::fs::read_to_string(&path).expect("the page exists");
    (path, text)
}

#[test]
fn programs_of_the_page_are_reported_as_it_says() {
    let (path, page) = page();
    let (expected, complaints) = written_anew(&page);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &expected).expect("the page can be written");
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    let page = std::fs::read_to_string(&path).expect("the page exists");
    let different = page.lines().zip(expected.lines()).find(|(a, b)| a != b);
    assert!(page == expected, "the page and what its programs give differ at {different:?}");
}

#[test]
fn the_page_has_every_diagnostic_in_order() {
    let (_, page) = page();
    let on_page = page.lines().filter_map(|l| l.strip_prefix("### "));
    let on_page: Vec<&str> = on_page.filter(|code| !code.starts_with("DJ12")).collect();
    let catalogue: BTreeSet<&str> = diag::all().map(|e| e.code).collect();
    let listed: BTreeSet<&str> = on_page.iter().copied().collect();
    let missing: Vec<_> = catalogue.difference(&listed).collect();
    let unknown: Vec<_> = listed.difference(&catalogue).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "missing: {missing:?}; unknown: {unknown:?}");
    assert!(on_page.is_sorted() && on_page.len() == listed.len(), "codes are in order, and once");
}

#[test]
fn every_diagnostic_has_a_program_that_the_compiler_has_answered() {
    let mut answers = String::new();
    let ui = repository().join("tests/ui");
    for folder in std::fs::read_dir(ui).expect("the folder exists").flatten() {
        for file in std::fs::read_dir(folder.path()).into_iter().flatten().flatten() {
            if file.path().extension().is_some_and(|e| e == "stderr") {
                answers += &std::fs::read_to_string(file.path()).expect("the answer can be read");
            }
        }
    }
    let missing: Vec<&str> =
        diag::all().map(|e| e.code).filter(|code| !answers.contains(&format!("[{code}]"))).collect();
    assert!(missing.is_empty(), "no program in tests/ui is reported with {missing:?}");
}

//! Whatever tokens come in, the macro answers with tokens: it never panics, and what it accepts is Rust.

use super::{snapshots, tokens};
use crate::expand::expand;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// One change of a token stream.
#[derive(Clone, Debug)]
enum Change {
    Delete,
    Duplicate,
    Swap,
    Wrap(u8),
    Replace(usize),
    Insert(usize),
}

/// Tokens that mean something somewhere.
const WORDS: &str = "x y n i 0 1.5 2usize 3u64 'a' \"s\" 'l: & * - ! + += = == < > .. ..= ; , . : :: ? _ => | || &&
    mut let if else for in while loop match return break continue fn struct const static ref move async await
    unsafe self Self crate impl dyn as use type enum true false None Some f64 Array1 Vec sqrt max sum iter row_mut
    slice_mut assign fill swap mapv clone at set unwrap std mem replace cond switch fori_loop while_loop
    view_mut as_slice_mut iter_mut into_iter find for_each x[1..] scan map grad vmap jit wrt root root_scalar_with fixed_point vec![0.0; 3] s![.., 1] println!(\"x\") [1, 2] (a, b) {} |v| #[allow(x)] 0.1.2 x.0.1 r#type";

fn count(stream: &TokenStream) -> usize {
    let inner = |tree: TokenTree| match tree {
        TokenTree::Group(g) => 1 + count(&g.stream()),
        _ => 1,
    };
    stream.clone().into_iter().map(inner).sum()
}

/// Applies a change to the tree at a position, counted depth first.
fn change(stream: TokenStream, position: &mut usize, change_it: &Change, words: &[TokenTree]) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    let mut swapped = false;
    for tree in stream {
        let here = *position == 0;
        *position = position.wrapping_sub(1);
        let tree = match tree {
            TokenTree::Group(g) if !here => {
                let inner = change(g.stream(), position, change_it, words);
                let mut group = Group::new(g.delimiter(), inner);
                group.set_span(g.span());
                TokenTree::Group(group)
            }
            tree => tree,
        };
        if std::mem::take(&mut swapped) {
            let at = out.len() - 1;
            out.insert(at, tree);
            continue;
        }
        if !here {
            out.push(tree);
            continue;
        }
        match change_it {
            Change::Delete => {}
            Change::Duplicate => out.extend([tree.clone(), tree]),
            Change::Swap => {
                out.push(tree);
                swapped = true;
            }
            Change::Wrap(kind) => {
                let delimiter =
                    [Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket, Delimiter::None];
                out.push(Group::new(delimiter[usize::from(kind % 4)], tree.into()).into());
            }
            Change::Replace(k) => out.push(words[k % words.len()].clone()),
            Change::Insert(k) => out.extend([words[k % words.len()].clone(), tree]),
        }
    }
    out.into_iter().collect()
}

fn changes() -> impl Strategy<Value = Vec<(usize, Change)>> {
    let one = prop_oneof![
        Just(Change::Delete),
        Just(Change::Duplicate),
        Just(Change::Swap),
        any::<u8>().prop_map(Change::Wrap),
        any::<usize>().prop_map(Change::Replace),
        any::<usize>().prop_map(Change::Insert),
    ];
    prop::collection::vec((any::<usize>(), one), 1..6)
}

fn corpus() -> Vec<TokenStream> {
    let mut sources: Vec<_> = std::fs::read_dir(snapshots())
        .expect("the folder exists")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .collect();
    sources.sort();
    sources.iter().map(|path| tokens(&std::fs::read_to_string(path).expect("the source exists"))).collect()
}

/// At least 2000 inputs; `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    let config = ProptestConfig::default();
    let rng_seed = match config.rng_seed {
        RngSeed::Random => RngSeed::Fixed(0),
        chosen => chosen,
    };
    ProptestConfig { cases: config.cases.max(2000), rng_seed, ..config }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_tokens_break_the_macro(which in any::<usize>(), changes in changes()) {
        let corpus = corpus();
        let words: Vec<TokenTree> = tokens(WORDS).into_iter().collect();
        let mut item = corpus[which % corpus.len()].clone();
        for (position, change_it) in changes {
            let mut position = position % count(&item).max(1);
            item = change(item, &mut position, &change_it, &words);
        }
        let parses = syn::parse2::<syn::Item>(item.clone()).is_ok();
        let text = item.to_string();
        let expansion = expand(TokenStream::new(), item);
        if parses && let Err(error) = syn::parse2::<syn::File>(expansion) {
            prop_assert!(false, "{error} in the expansion of\n{text}");
        }
    }

    #[test]
    fn no_attribute_breaks_the_macro(words in prop::collection::vec(any::<usize>(), 0..6)) {
        let all: Vec<TokenTree> = tokens(WORDS).into_iter().collect();
        let attribute = words.into_iter().map(|k| all[k % all.len()].clone()).collect();
        expand(attribute, tokens("fn f(n: usize) {}"));
    }
}

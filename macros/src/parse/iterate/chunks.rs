//! `chunks`, whose last block may be shorter: an array of another shape, so it is computed by itself, with its position as a
//! number.

use super::{Counted, Source};
use crate::ast::{Adapter, Expr, Spot, Stmt};
use crate::build::method;

/// Where the last block of a source comes among the items.
#[derive(Clone, Copy, PartialEq)]
enum Comes {
    Last,
    /// Known for every position that is known.
    Somewhere,
    /// Its position is a variable.
    Unknown,
}

/// The blocks of a source: array, length, and when the last one comes.
type Found = Vec<(Expr, Expr, Comes)>;

impl Source<'_> {
    /// What a loop over it does about shorter blocks.
    pub(super) fn chunk_adapters(&self) -> Vec<(Adapter, Spot)> {
        let mut found = Found::new();
        self.chunks(Comes::Last, &mut found);
        let known = found.into_iter().filter(|(.., comes)| *comes != Comes::Unknown);
        let adapter = |(array, length, comes): (Expr, Expr, Comes)| {
            let at = length.at;
            (Adapter::Chunks(array, length, comes == Comes::Last), at)
        };
        known.map(adapter).collect()
    }

    /// Says that blocks have one length, where their positions are variables.
    pub(super) fn counted_chunks(&self) -> Vec<Stmt> {
        let mut found = Found::new();
        self.chunks(Comes::Last, &mut found);
        found.retain(|(.., comes)| *comes == Comes::Unknown);
        even(found)
    }

    /// Says that all blocks have one length.
    pub(super) fn even_chunks(&self) -> Vec<Stmt> {
        let mut found = Found::new();
        self.chunks(Comes::Last, &mut found);
        even(found)
    }

    fn chunks(&self, comes: Comes, found: &mut Found) {
        match self {
            Source::Chunks(array, length, true) => found.push((array.clone(), length.clone(), comes)),
            Source::Zip(a, b) => {
                a.chunks(comes, found);
                b.chunks(comes, found);
            }
            Source::Counted(Counted::Zip(other, _), inner, _) => {
                inner.chunks(comes, found);
                other.chunks(Comes::Unknown, found);
            }
            Source::Chain(chain) => {
                let early = if comes == Comes::Last { Comes::Somewhere } else { comes };
                chain.first.chunks(early, found);
                chain.second.chunks(comes, found);
            }
            Source::Rev(inner, _) => {
                inner.chunks(if comes == Comes::Last { Comes::Somewhere } else { comes }, found);
            }
            Source::Enumerate(inner)
            | Source::Skip(inner, _)
            | Source::StepBy(inner, _)
            | Source::Same(inner)
            | Source::Each(_, inner, _)
            | Source::Scan(inner, ..)
            | Source::Counted(_, inner, _) => inner.chunks(comes, found),
            _ => {}
        }
    }
}

fn even(found: Found) -> Vec<Stmt> {
    let said =
        |(array, length, _): (Expr, Expr, Comes)| Stmt::Expr(method("even_chunks", array, vec![length]));
    found.into_iter().map(said).collect()
}

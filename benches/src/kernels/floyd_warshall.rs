//! The shortest paths between all vertices of a graph, as in NPBench's `floyd_warshall`, in integers.

use anyhow::Result;
use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::c_library::{CFile, array_mut, int};
use crate::parameters::InOut;

#[desc_jit]
pub fn floyd_warshall(path: &mut Array2<i32>) {
    let n = path.nrows();
    for k in 0..n {
        for i in 0..n {
            for j in 0..n {
                path[[i, j]] = path[[i, j]].min(path[[i, k]] + path[[k, j]]);
            }
        }
    }
}

pub fn inputs([n]: [usize; 1]) -> (InOut<Array2<i32>>,) {
    let far = |d: usize| d.is_multiple_of(13) || d.is_multiple_of(7) || d.is_multiple_of(11);
    let path =
        Array2::from_shape_fn((n, n), |(i, j)| if far(i + j) { 999 } else { (i * j % 7 + 1) as i32 });
    (InOut(path),)
}

fn by_hand(path: &mut Array2<i32>) -> Result<()> {
    static C: CFile = CFile::new("floyd_warshall", include_str!("../c/floyd_warshall.c"));
    C.call(&[int(path.nrows()), array_mut(path)])
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        floyd_warshall(path),
        inputs,
        sizes: [("tiny", [12]), ("S", [200]), ("M", [400])],
        tolerance: Bits,
        limit: by_hand,
    }
}

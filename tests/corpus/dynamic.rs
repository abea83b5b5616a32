//! Dynamic programming: tables whose entries follow from those before.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;

fn text(text: &str) -> Array1<u32> {
    Array1::from_vec(text.chars().map(u32::from).collect())
}

/// The longest common subsequence (Cormen, Leiserson, Rivest, Stein, section 14.4): its length, and the subsequence
/// itself, found by walking the table back, padded with zeros in front.
#[desc_jit]
pub fn longest_common(x: &Array1<u32>, y: &Array1<u32>) -> (usize, Array1<u32>) {
    let (m, n) = (x.len(), y.len());
    let mut c = Array2::<usize>::zeros((m + 1, n + 1));
    for i in 1..=m {
        for j in 1..=n {
            c[[i, j]] =
                if x[i - 1] == y[j - 1] { c[[i - 1, j - 1]] + 1 } else { c[[i - 1, j]].max(c[[i, j - 1]]) };
        }
    }
    let mut common = Array1::<u32>::zeros(m.min(n));
    let (mut i, mut j, mut k) = (m, n, m.min(n));
    while i > 0 && j > 0 {
        if x[i - 1] == y[j - 1] {
            i -= 1;
            j -= 1;
            k -= 1;
            common[k] = x[i];
        } else if c[[i - 1, j]] >= c[[i, j - 1]] {
            i -= 1;
        } else {
            j -= 1;
        }
    }
    (c[[m, n]], common)
}

#[test]
fn a_longest_common_subsequence() {
    let (length, common) = agree!(longest_common(&text("ABCBDAB"), &text("BDCABA")));
    assert_eq!(length, 4);
    assert_eq!(common.to_vec(), [&[0, 0][..], &text("BCBA").to_vec()].concat());
    let (length, _) =
        agree!(longest_common(&text("ACCGGTCGAGTGCGCGGAAGCCGGCCGAA"), &text("GTCGTTCGGAATGCCGTTGCTCTGTAAA")));
    assert_eq!(length, 20);
    assert_eq!(agree!(longest_common(&text(""), &text("AB"))).0, 0);
}

/// As many rows as there are words of this length in the text.
fn words(length: usize, text: &str) -> Array2<u32> {
    Array2::from_shape_vec((text.len() / length, length), text.bytes().map(u32::from).collect()).unwrap()
}

#[test]
fn subsequences_side_by_side() {
    let (first, second) = (words(5, "ABCBDBDCABAAAAAXYZXY"), text("BDCABA"));
    let all = vmap(longest_common::jit()).in_axes(in_axes![0, _]);
    for engine in Engine::ALL {
        let (lengths, common) = with_engine(engine, || all(&first, &second));
        for k in 0..4 {
            let (length, alone) = longest_common::native(&first.row(k).to_owned(), &second);
            assert_eq!(lengths[k], length, "{k} on {engine}");
            assert_eq!(common.row(k).to_vec(), alone.to_vec(), "{k} on {engine}");
        }
    }
}

/// Levenshtein's distance with two rows (Wagner and Fischer, J. ACM 21, 168, 1974).
#[desc_jit]
pub fn edit_distance(a: &Array1<u32>, b: &Array1<u32>) -> usize {
    let n = b.len();
    let mut previous: Vec<usize> = (0..=n).collect();
    let mut current = vec![0; n + 1];
    for (i, ca) in a.iter().enumerate() {
        current[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substitution = previous[j] + if ca == cb { 0 } else { 1 };
            let deletion = previous[j + 1] + 1;
            let insertion = current[j] + 1;
            current[j + 1] = substitution.min(deletion).min(insertion);
        }
        std::mem::swap(&mut previous, &mut current);
    }
    previous[n]
}

#[test]
fn edit_distances() {
    for (a, b, distance) in [
        ("kitten", "sitting", 3),
        ("intention", "execution", 5),
        ("", "abc", 3),
        ("abc", "", 3),
        ("flaw", "lawn", 2),
    ] {
        assert_eq!(agree!(edit_distance(&text(a), &text(b))), distance);
    }
    let to_first = vmap(edit_distance::jit()).in_axes(in_axes![0, _]);
    for engine in Engine::ALL {
        let distances = with_engine(engine, || to_first(&words(4, "flawlawnflow"), &text("flaw")));
        assert_eq!(distances.to_vec(), [0, 2, 1], "{engine}");
    }
}

/// The 0-1 knapsack (Cormen et al., exercise 15.2-2), with one row of the table: the largest value of things whose
/// weights fit.
#[desc_jit(static(capacity))]
pub fn knapsack(weights: &Array1<usize>, values: &Array1<f64>, capacity: usize) -> f64 {
    let mut best = vec![0.0; capacity + 1];
    for (&w, &v) in weights.iter().zip(values.iter()) {
        for room in (w..=capacity).rev() {
            best[room] = f64::max(best[room], best[room - w] + v);
        }
    }
    best[capacity]
}

/// The same with the whole table, and which things were taken.
#[desc_jit(static(capacity))]
fn packed(weights: &Array1<usize>, values: &Array1<i64>, capacity: usize) -> (i64, Array1<bool>) {
    let n = weights.len();
    let mut best = Array2::<i64>::zeros((n + 1, capacity + 1));
    for i in 0..n {
        for room in 0..=capacity {
            best[[i + 1, room]] = best[[i, room]];
            if weights[i] <= room {
                let with = best[[i, room - weights[i]]] + values[i];
                if with > best[[i + 1, room]] {
                    best[[i + 1, room]] = with;
                }
            }
        }
    }
    let mut taken = Array1::from_elem(n, false);
    let mut room = capacity;
    for i in (0..n).rev() {
        if best[[i + 1, room]] != best[[i, room]] {
            taken[i] = true;
            room -= weights[i];
        }
    }
    (best[[n, capacity]], taken)
}

#[test]
fn a_knapsack_is_filled() {
    // Cormen et al., figure 15.3.
    let weights = Array1::from_vec(vec![10, 20, 30]);
    let values = Array1::from_vec(vec![60.0, 100.0, 120.0]);
    assert_eq!(agree!(knapsack(&weights, &values, 50)), 220.0);
    let (value, taken) = agree!(packed(&weights, &Array1::from_vec(vec![60, 100, 120]), 50));
    assert_eq!((value, taken.to_vec()), (220, vec![false, true, true]));
}

/// What is taken counts, and nothing else.
#[test]
fn the_gradient_of_a_knapsack_is_what_is_in_it() {
    let weights = Array1::from_vec(vec![10, 20, 30]);
    let values = Array1::from_vec(vec![60.0, 100.0, 120.0]);
    let by_values = grad(knapsack::jit().wrt(argnums![1]));
    for engine in Engine::ALL {
        with_engine(engine, || {
            assert_eq!(by_values(&weights, &values, 50).to_vec(), [0.0, 1.0, 1.0], "{engine}");
            assert_eq!(by_values(&weights, &values, 30).to_vec(), [1.0, 1.0, 0.0], "{engine}");
        });
    }
}

/// Floyd and Warshall's shortest paths (Cormen et al., section 23.2), with the vertex before the last of each path, or
/// `n`; and whether there is a circle of negative length.
#[desc_jit]
pub fn shortest_paths(w: &Array2<f64>) -> (Array2<f64>, Array2<usize>, bool) {
    let n = w.nrows();
    let mut d = w.clone();
    let mut before = Array2::from_elem((n, n), n);
    for i in 0..n {
        for j in 0..n {
            if i != j && w[[i, j]] < f64::INFINITY {
                before[[i, j]] = i;
            }
        }
    }
    for k in 0..n {
        for i in 0..n {
            for j in 0..n {
                let through = d[[i, k]] + d[[k, j]];
                if through < d[[i, j]] {
                    d[[i, j]] = through;
                    before[[i, j]] = before[[k, j]];
                }
            }
        }
    }
    let negative = (0..n).any(|i| d[[i, i]] < 0.0);
    (d, before, negative)
}

/// The length of the shortest path between two vertices.
#[desc_jit]
fn distance(w: &Array2<f64>, from: usize, to: usize) -> f64 {
    let (d, _, _) = shortest_paths(w);
    d[[from, to]]
}

/// Cormen et al., figure 23.1.
fn graph() -> Array2<f64> {
    let inf = f64::INFINITY;
    let edges = [
        [0.0, 3.0, 8.0, inf, -4.0],
        [inf, 0.0, inf, 1.0, 7.0],
        [inf, 4.0, 0.0, inf, inf],
        [2.0, inf, -5.0, 0.0, inf],
        [inf, inf, inf, 6.0, 0.0],
    ];
    Array2::from_shape_fn((5, 5), |(i, j)| edges[i][j])
}

#[test]
fn paths_in_a_graph() {
    let mut w = graph();
    let (d, before, negative) = agree!(shortest_paths(&w));
    let expected = [
        [0.0, 1.0, -3.0, 2.0, -4.0],
        [3.0, 0.0, -4.0, 1.0, -1.0],
        [7.0, 4.0, 0.0, 5.0, 3.0],
        [2.0, -1.0, -5.0, 0.0, -2.0],
        [8.0, 5.0, 1.0, 6.0, 0.0],
    ];
    assert_eq!(d.to_vec(), expected.concat());
    assert_eq!(before.row(0).to_vec(), [5, 2, 3, 4, 0]);
    assert!(!negative);
    w[[1, 0]] = -10.0;
    assert!(agree!(shortest_paths(&w)).2);
}

#[test]
fn graphs_side_by_side() {
    let edge = Array1::from_vec(vec![-10.0, 0.5, 3.0, 100.0]);
    let graphs = Array3::from_shape_fn((4, 5, 5), |(k, i, j)| match (i, j) {
        (1, 0) => edge[k],
        _ => graph()[[i, j]],
    });
    let all = vmap(shortest_paths::jit());
    for engine in Engine::ALL {
        let (d, before, negative) = with_engine(engine, || all(&graphs));
        for k in 0..4 {
            let (alone, edges, circle) = shortest_paths::native(&graphs.index_axis(Axis(0), k).to_owned());
            assert_eq!(negative[k], circle, "{k} on {engine}");
            assert_eq!(d.index_axis(Axis(0), k).to_owned().to_vec(), alone.to_vec(), "{k} on {engine}");
            assert_eq!(before.index_axis(Axis(0), k).to_owned().to_vec(), edges.to_vec(), "{k} on {engine}");
        }
    }
}

/// The derivative of a path's length is 1 for every edge of the path.
#[test]
fn the_gradient_of_a_distance_is_the_path() {
    for engine in Engine::ALL {
        with_engine(engine, || {
            let by_edge = grad(distance::jit())(&graph(), 0, 1);
            for (i, j) in (0..5).flat_map(|i| (0..5).map(move |j| (i, j))) {
                let on_path = matches!((i, j), (0, 4) | (4, 3) | (3, 2) | (2, 1));
                assert_eq!(by_edge[[i, j]], f64::from(on_path), "{engine}, {i}, {j}");
            }
        });
    }
}

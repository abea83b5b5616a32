//! Cellular automata.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;

/// Conway's Game of Life on a torus (Gardner, Scientific American 223, 120, 1970), until nothing moves any more or
/// `generations` are over; with the number of generations it took.
#[desc_jit]
pub fn life(start: &Array2<bool>, generations: usize) -> (Array2<bool>, usize) {
    let (rows, columns) = start.dim();
    let mut world = start.clone();
    for generation in 0..generations {
        let mut next = Array2::from_elem((rows, columns), false);
        let mut still = true;
        for i in 0..rows {
            for j in 0..columns {
                let mut neighbours = 0;
                for di in [rows - 1, 0, 1] {
                    for dj in [columns - 1, 0, 1] {
                        if di == 0 && dj == 0 {
                            continue;
                        }
                        if world[[(i + di) % rows, (j + dj) % columns]] {
                            neighbours += 1;
                        }
                    }
                }
                next[[i, j]] = match (world[[i, j]], neighbours) {
                    (true, 2) | (true, 3) => true,
                    (false, 3) => true,
                    _ => false,
                };
                if next[[i, j]] != world[[i, j]] {
                    still = false;
                }
            }
        }
        if still {
            return (world, generation);
        }
        world = next;
    }
    (world, generations)
}

fn world(rows: &[&str]) -> Array2<bool> {
    let cells: Vec<bool> = rows.iter().flat_map(|row| row.chars().map(|c| c == '#')).collect();
    Array2::from_shape_vec((rows.len(), rows[0].len()), cells).unwrap()
}

#[test]
fn a_glider_flies_and_a_block_stays() {
    let glider = world(&["..#....", "#.#....", ".##....", ".......", ".......", "......."]);
    let (later, generations) = agree!(life(&glider, 4));
    let flown = world(&[".......", "...#...", ".#.#...", "..##...", ".......", "......."]);
    assert_eq!((later.to_vec(), generations), (flown.to_vec(), 4));
    assert_eq!(agree!(life(&glider, 4 * 6 * 7)).0, glider, "around the torus");
    let block = world(&["....", ".##.", ".##.", "...."]);
    assert_eq!(agree!(life(&block, 10)), (block, 0));
    let lonely = world(&["....", ".#..", "...#", "...."]);
    assert_eq!(agree!(life(&lonely, 10)), (world(&["....", "....", "....", "...."]), 1));
}

/// Rule 30 and its relatives (Wolfram, A New Kind of Science, chapter 3): row by row from one cell in the middle.
#[desc_jit(static(width, steps))]
pub fn elementary(rule: u32, width: usize, steps: usize) -> Array2<u32> {
    let mut cells = Array2::<u32>::zeros((steps + 1, width));
    cells[[0, width / 2]] = 1;
    for t in 0..steps {
        for i in 0..width {
            let left = if i == 0 { 0 } else { cells[[t, i - 1]] };
            let right = if i == width - 1 { 0 } else { cells[[t, i + 1]] };
            let pattern = left << 2 | cells[[t, i]] << 1 | right;
            cells[[t + 1, i]] = (rule >> pattern) & 1;
        }
    }
    cells
}

#[test]
fn rules_make_patterns() {
    let cells = agree!(elementary(30, 11, 4));
    assert_eq!(cells.row(4).to_vec(), [0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 0][..], "{cells:?}");
    // Rule 90 is Pascal's triangle modulo 2.
    let cells = agree!(elementary(90, 33, 15));
    assert_eq!(cells.row(15).iter().filter(|c| **c == 1).count(), 16);
}

#[test]
fn worlds_side_by_side() {
    let worlds = Array3::from_shape_fn((3, 6, 5), |(k, i, j)| (k * 7 + i * 3 + j * j) % (k + 2) == 0);
    let all = vmap(life::jit()).in_axes(in_axes![0, _]);
    for engine in Engine::ALL {
        let (later, generations) = with_engine(engine, || all(&worlds, 6));
        for k in 0..3 {
            let alone = Array2::from_shape_fn((6, 5), |(i, j)| worlds[[k, i, j]]);
            let (expected, count) = life::native(&alone, 6);
            assert_eq!(generations[k], count, "{k} on {engine}");
            for ((i, j), cell) in expected.indexed_iter() {
                assert_eq!(later[[k, i, j]], *cell, "{k} on {engine}");
            }
        }
    }
}

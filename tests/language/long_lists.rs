//! Lists of more than 32 numbers and arrays in structs and tuples, which are kept as one array for each field.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::as_written;

#[derive(Tree, Clone, Copy, Debug, PartialEq)]
struct Body {
    x: [f64; 3],
    v: [f64; 3],
    mass: f64,
    next: usize,
    alive: bool,
}

#[desc_jit]
impl Body {
    fn drift(&mut self, dt: f64) {
        for k in 0..3 {
            self.x[k] += dt * self.v[k];
        }
    }

    fn height(&self) -> f64 {
        self.x[2] * self.mass
    }
}

fn body(k: usize) -> Body {
    let t = k as f64;
    Body {
        x: [t, 0.5 * t - 3.0, 1.0 / (1.0 + t)],
        v: [1.0 - t, 0.25, t * t],
        mass: 1.0 + 0.125 * t,
        next: (7 * k + 3) % 20,
        alive: !k.is_multiple_of(3),
    }
}

fn bodies(n: usize) -> Vec<Body> {
    (0..n).map(body).collect()
}

fn pairs(n: usize) -> Vec<(f64, usize)> {
    (0..n).map(|k| (1.5 * k as f64 - 4.0, (5 * k) % n)).collect()
}

#[derive(Tree, Clone, Debug, PartialEq)]
struct Cell {
    members: Vec<(f64, usize)>,
    weight: f64,
    #[tree(static)]
    order: usize,
}

#[derive(Tree, Clone, Debug, PartialEq)]
struct Grid {
    cells: Vec<Cell>,
    total: f64,
}

/// `n` cells of `m` members each.
fn grid(n: usize, m: usize) -> Grid {
    let cell = |k: usize| {
        let members = pairs(m).into_iter().map(|(x, j)| (x + k as f64, j)).collect();
        Cell { members, weight: 0.5 * k as f64, order: 2 }
    };
    Grid { cells: (0..n).map(cell).collect(), total: 0.0 }
}

#[desc_jit]
fn total_height(list: &[Body]) -> f64 {
    let mut sum = 0.0;
    for b in list {
        if b.alive {
            sum += b.height();
        }
    }
    sum
}

#[desc_jit]
fn drift_all(list: &mut [Body], dt: f64) {
    for b in list.iter_mut() {
        b.drift(dt);
    }
}

const STEPS: [(f64, usize); 18] = [
    (0.5, 1),
    (0.25, 2),
    (1.5, 0),
    (2.0, 5),
    (0.5, 4),
    (1.0, 3),
    (3.0, 8),
    (0.5, 7),
    (0.125, 6),
    (4.0, 9),
    (0.5, 11),
    (0.25, 10),
    (1.5, 14),
    (2.0, 13),
    (0.5, 12),
    (1.0, 17),
    (3.0, 16),
    (0.5, 15),
];

as_written! {
    elements_are_read_and_written(list: Vec<Body>, i: usize) -> (Vec<Body>, f64) {
        let mut list = list;
        let n = list.len();
        list[i].x[1] = 9.0;
        list[3].v = [1.0, 2.0, 3.0];
        list[n - 1].mass *= 2.0;
        let mut at = i;
        for k in 0..n {
            at = list[at].next;
            list[at].x[k % 3] += list[k].mass;
            list[k].alive = list[at].x[0] > 2.0;
        }
        list[i] = Body { mass: 0.25, ..list[at] };
        let to = list[2].next;
        list[to].v[0] -= 1.0;
        let first = list[0];
        list.swap(1, i);
        let sum = first.height() + list[i].x[2];
        (list, sum)
    } of (bodies(20), 4) (bodies(24), 0);
    parts_are_passed_on(list: Vec<Body>, i: usize) -> (Vec<Body>, f64, f64, f64) {
        let mut list = list;
        drift_all(&mut list[1..4], 0.5);
        drift_all(&mut list[i..i + 18], 0.25);
        drift_all(&mut list, 0.125);
        let (first, second) = (total_height(&list[2..]), total_height(&list[i..i + 17]));
        (list.clone(), first, second, total_height(&list[..3]))
    } of (bodies(20), 1);
    lists_are_iterated_over(list: Vec<Body>, others: Vec<(f64, usize)>) -> (f64, f64, usize, Body) {
        let mut sum = 0.0;
        for (k, (b, (y, j))) in list.iter().zip(others.iter()).enumerate() {
            sum = 0.5 * sum + b.x[0] * y - (j + k) as f64;
        }
        for pair in list.windows(2) {
            sum -= pair[1].x[2] * pair[0].mass;
        }
        for part in list.chunks(5) {
            sum += part[0].mass - part[4].v[1];
        }
        for b in list.iter().rev().skip(2).step_by(3) {
            sum = 0.75 * sum + b.v[2];
        }
        let best = list.iter().max_by(|a, b| a.height().total_cmp(&b.height())).unwrap();
        let heights: f64 = list.iter().filter(|b| b.alive).map(|b| b.height()).sum();
        let count = list.iter().filter(|b| b.next > 5).count();
        (sum, heights, count, *best)
    } of (bodies(20), pairs(20));
    lists_are_made(n: usize, list: Vec<Body>) -> (Vec<Body>, Vec<Body>, Vec<(f64, usize)>) {
        let mut zeros = vec![Body { x: [0.0; 3], v: [1.0; 3], mass: 2.0, next: 0, alive: true }; 19];
        for (k, b) in zeros.iter_mut().enumerate() {
            b.next = (k + n) % 19;
            b.x[0] = list[k].mass;
        }
        let mapped: Vec<Body> = list.iter().map(|b| Body { mass: b.mass + 1.0, ..*b }).collect();
        let made: Vec<(f64, usize)> = (0..21).map(|k| (list[k % 20].x[0], k * n)).collect();
        (zeros, mapped, made)
    } of (3, bodies(20));
    branches_and_loops_hand_lists_on(list: Vec<Body>, i: usize) -> (Vec<Body>, Vec<Body>, usize) {
        let mut list = list;
        let mut best = list.clone();
        let mut steps = 0;
        while steps < 30 {
            steps += 1;
            if list[i].x[0] > 12.0 {
                break;
            }
            if steps % 4 == 0 {
                best = list.clone();
                continue;
            }
            list = match steps % 3 {
                0 => best.clone(),
                1 => {
                    drift_all(&mut list, 0.1);
                    list
                }
                _ => list.iter().map(|b| Body { x: [b.x[0] + 1.0, b.x[1], b.x[2]], ..*b }).collect(),
            };
        }
        (list, best, steps)
    } of (bodies(20), 5) (bodies(18), 0);
    an_early_return_gives_a_list(list: Vec<Body>, i: usize) -> Vec<Body> {
        let mut list = list;
        for k in 0..list.len() {
            if list[k].mass > 1.0 + 0.125 * i as f64 {
                return list;
            }
            list[k].v = list[(k + i) % 18].x;
        }
        list
    } of (bodies(18), 6) (bodies(18), 40);
    parts_are_filled_and_compared(list: Vec<Body>, i: usize) -> (Vec<Body>, bool, bool, bool) {
        let mut list = list;
        let before = list.clone();
        let one = list[2];
        list[4..].fill(one);
        let same = list == before;
        list[i..i + 3].copy_from_slice(&before[17..20]);
        let (has, again) = (list.contains(&before[18]), before.contains(&list[19]));
        (list, same, has, again)
    } of (bodies(20), 0) (bodies(20), 1);
    tables_are_constants(x: f64) -> (f64, f64) {
        let mut state = [0.0; 18];
        for (k, (step, to)) in STEPS.iter().enumerate() {
            state[*to] += step * x + k as f64;
        }
        let (first, k) = STEPS[2];
        (state[k] * first + state[17], state[STEPS[STEPS[3].1].1])
    } of (0.5);
    elements_are_taken_apart(list: Vec<(f64, usize)>) -> (f64, usize) {
        let [first, second, .., last] = &list[..] else { return (0.0, 0) };
        let (x, k) = *second;
        (first.0 * last.0 + x, k + last.1)
    } of (pairs(20));
    tuples_are_sorted(list: Vec<(f64, usize)>) -> Vec<(f64, usize)> {
        let mut list = list;
        for i in 1..list.len() {
            let mut j = i;
            while j > 0 && list[j - 1].1 > list[j].1 {
                list.swap(j - 1, j);
                j -= 1;
            }
        }
        list
    } of (pairs(18)) (pairs(23));
    lists_in_lists(grid: Grid, i: usize) -> (Grid, f64) {
        let mut grid = grid;
        let mut sum = 0.0;
        for k in 0..grid.cells.len() {
            for j in 0..grid.cells[k].members.len() {
                let (x, to) = grid.cells[k].members[j];
                let other = (i + to) % grid.cells.len();
                grid.cells[other].members[j].0 += 0.5 * x;
                grid.cells[other].weight -= x * grid.cells[k].order as f64;
            }
            grid.total += grid.cells[k].weight;
        }
        for cell in &grid.cells {
            for (x, j) in &cell.members {
                sum = 0.875 * sum + x * *j as f64;
            }
        }
        grid.cells[i].members[2] = (0.5, 1);
        (grid, sum)
    } of (grid(18, 3), 1) (grid(3, 18), 2) (grid(17, 19), 4) (grid(2, 4), 0);
    fixed_arrays_of_structs(list: [Body; 18], i: usize) -> ([Body; 18], f64) {
        let mut list = list;
        list[i].drift(2.0);
        let moved = list.map(|b| Body { mass: b.mass * 2.0, ..b });
        (moved, total_height(&list))
    } of (std::array::from_fn(body), 3);
    declared_types_reach_into_lists(i: usize) -> (f64, f64, f64, f64, f64, f64) {
        let mut vec: Vec<(u32, f32)> = vec![(7, 0.1); 20];
        vec[i].1 = 0.5;
        let fixed: [(f32, i32); 3] = [(0.1, 3), (0.2, 4), (0.3, 5)];
        let slice: &[(f32, u32)] = &[(0.1, 3), (0.2, 4)];
        let nested: Vec<Vec<(f32, u32)>> = vec![vec![(0.1, 3)], vec![(0.2, 4), (0.3, 1)]];
        let collected: Vec<(f32, i32)> = (0..20).map(|k| (0.1, k)).collect();
        let numbers: Vec<f32> = (0..3).map(|_| 0.1).collect();
        let open = (0..3).map(|k| (0.7, k)).collect::<Vec<(f32, _)>>();
        let mixed: (Vec<(f32, _)>, _, [f32; 2]) = (vec![(0.1, i); 2], i, [0.1; 2]);
        let sum: f32 = fixed.iter().map(|(x, _)| *x).sum();
        (
            (vec[i].1 / 3.0) as f64 + sum as f64,
            (slice[1].0 / 3.0) as f64 + (nested[1][1].0 / 3.0) as f64,
            (collected[i].0 / 3.0) as f64,
            (numbers[1] / 3.0) as f64,
            (open[2].0 / 3.0) as f64 + mixed.0[1].1 as f64,
            (mixed.0[1].0 / 3.0) as f64 + (mixed.2[0] / 3.0) as f64 + mixed.1 as f64,
        )
    } of (3);
    rows_of_unlike_lengths_are_declared(x: f64) -> (f64, Vec<Vec<f64>>) {
        let rows: Vec<Vec<f64>> = vec![vec![1.0, x], vec![x * x]];
        let mut sum = 0.0;
        for row in &rows {
            for v in row {
                sum = 0.5 * sum + v;
            }
        }
        (sum, rows)
    } of (0.75);
    trees_are_mapped(list: Vec<(f64, f64)>) -> (Vec<(f64, f64)>, f64) {
        let doubled = tree_map(|x| x * 2.0, &list);
        let mut sum = 0.0;
        for (a, b) in &doubled {
            sum = 0.5 * sum + a * b;
        }
        (doubled, sum)
    } of ((0..18).map(|k| (k as f64, 0.5 - k as f64)).collect());
}

#[desc_jit]
fn narrow(i: usize) -> f64 {
    let mut list: Vec<(usize, f64)> = vec![(0, 0.1); 20];
    list[i].0 = 6;
    (list[i].0 - 8) as f64
}

#[test]
fn a_declared_type_of_a_list_has_its_overflows() {
    for engine in Engine::ALL {
        let error = with_engine(engine, || narrow::try_call(3).unwrap_err().to_string());
        assert!(error.contains("overflow"), "{engine}: {error}");
    }
}

#[desc_jit]
fn spread(list: &mut Vec<Body>, i: usize) -> Body {
    let first = list[i];
    list[i].next = list.len();
    let to = list[1].next;
    list[to].mass = 5.0;
    first
}

#[test]
fn an_index_out_of_range_leaves_a_long_list_as_it_was() {
    for engine in Engine::ALL {
        with_engine(engine, || {
            let mut list = bodies(20);
            assert!(
                spread::try_call(&mut list, 20).unwrap_err().to_string().contains("out of range"),
                "{engine}"
            );
            assert_eq!(list, bodies(20), "{engine}");
            // Index 1 becomes the length of the list, which the next line indexes it with.
            assert!(
                spread::try_call(&mut list, 1).unwrap_err().to_string().contains("out of range"),
                "{engine}"
            );
            assert_eq!(list, bodies(20), "{engine}");
            let mut expected = bodies(20);
            assert_eq!(spread(&mut list, 2), spread::native(&mut expected, 2), "{engine}");
            assert_eq!(list, expected, "{engine}");
        });
    }
}

/// Lists of other lengths, and of structs that differ in what is static or in a shape, are other graphs.
#[test]
fn lists_are_gathered_where_their_elements_are_alike() {
    let alike = grid(18, 2);
    let mut unlike = alike.clone();
    unlike.cells[5].order = 3;
    let mut uneven = alike.clone();
    uneven.cells[5].members.push((1.0, 2));
    for engine in Engine::ALL {
        with_engine(engine, || {
            for grid in [&alike, &unlike, &uneven] {
                let expected = weights::native(&mut grid.clone());
                let mut found = grid.clone();
                assert_eq!(weights(&mut found), expected, "{engine}");
                let mut native = grid.clone();
                weights::native(&mut native);
                assert_eq!(found, native, "{engine}");
            }
        });
    }
}

#[desc_jit]
fn weights(grid: &mut Grid) -> f64 {
    let mut sum = 0.0;
    for cell in grid.cells.iter() {
        for (x, _) in cell.members.iter() {
            sum += x * cell.weight;
        }
        sum *= cell.order as f64;
    }
    grid.cells[5].weight = sum;
    grid.cells[0].members[1].0 = -sum;
    sum
}

#[desc_jit]
fn shown(list: &Vec<(f64, usize)>) {
    println!("{:?} of {}", list, list.len());
    assert!(list[3].1 == 0, "{list:?}");
}

#[test]
fn a_long_list_is_printed_as_rust_prints_it() {
    for engine in Engine::ALL {
        let error = with_engine(engine, || shown::try_call(&pairs(18)).unwrap_err().to_string());
        assert!(error.contains(&format!("{:?}", pairs(18))), "{engine}: {error}");
    }
}

#[desc_jit]
fn mixed(list: &Vec<Body>) -> f64 {
    let mut sum = 0.0;
    for b in list {
        sum += (b.x[0] * b.v[2]).sin() * b.mass;
    }
    sum
}

#[test]
fn threads_call_with_lists_of_different_lengths() {
    std::thread::scope(|scope| {
        for n in [3, 16, 17, 18, 40, 41] {
            scope.spawn(move || {
                for _ in 0..20 {
                    let (found, expected) = (mixed(&bodies(n)), mixed::native(&bodies(n)));
                    assert!(
                        (found - expected).abs() <= 1e-13 * expected.abs().max(1.0),
                        "{n}: {found} {expected}"
                    );
                }
            });
        }
    });
}

//! Jumps out of matches, values that leave several loops at once, and the count of a loop that is left.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;

/// A machine that is started at every place of its program: it adds, doubles, counts, halts, or ends everything.
#[desc_jit]
fn machine(program: &Array1<i64>, most: usize) -> (i64, usize) {
    let (mut total, mut runs) = (0, 0);
    for start in 0..program.len() {
        let mut at = start;
        let mut steps = 0;
        while at < program.len() {
            match program[at] {
                0 => break,
                9 if total > 20 => return (total, 100 + runs),
                v @ 1..=4 if steps < most => total += v,
                5 => {
                    total *= 2;
                    at += 2;
                    continue;
                }
                6 => {
                    for k in 0..4 {
                        if total % 5 == k {
                            break;
                        }
                        total += 1;
                    }
                }
                _ => {
                    if steps == most {
                        break;
                    }
                    total -= 1;
                }
            }
            at += 1;
            steps += 1;
        }
        runs += 1;
    }
    (total, runs)
}

fn programs() -> Array2<i64> {
    array![
        [1, 2, 5, 0, 6, 3, 9, 0],
        [5, 5, 4, 6, 6, 9, 9, 1],
        [0, 0, 0, 0, 0, 0, 0, 0],
        [7, 8, 1, -3, 6, 2, 2, 2],
        [4, 4, 4, 4, 4, 9, 4, 4]
    ]
}

#[test]
fn a_match_in_a_while_in_a_for_is_left() {
    for program in programs().outer_iter() {
        for most in [0, 2, 9] {
            agree!(machine(&program.to_owned(), most));
        }
    }
    assert_eq!(machine(&programs().row(4).to_owned(), 9).1, 101);
}

#[test]
fn machines_side_by_side_halt_each_by_itself() {
    let all = vmap(machine::jit()).in_axes(in_axes![0, _]);
    for engine in Engine::ALL {
        for most in [0, 2, 9] {
            let (totals, runs) = with_engine(engine, || all(&programs(), most));
            for (k, program) in programs().outer_iter().enumerate() {
                let alone = machine::native(&program.to_owned(), most);
                assert_eq!((totals[k], runs[k]), alone, "{k} on {engine}");
            }
        }
    }
}

/// The first product above the limit, and how many were looked at.
#[desc_jit]
fn first_product(x: &Array1<f64>, y: &Array1<f64>, limit: f64) -> (f64, usize) {
    let (mut i, mut looked) = (0, 0);
    let found = 'search: loop {
        if i == x.len() {
            break f64::NAN;
        }
        for j in 0..y.len() {
            looked += 1;
            let product = x[i] * y[j];
            if product > limit {
                break 'search product;
            }
            let mut k = 0;
            let repeated = loop {
                if k == j {
                    break false;
                }
                if y[k] == y[j] {
                    if product < -limit {
                        break 'search -product;
                    }
                    break true;
                }
                k += 1;
            };
            if repeated {
                looked += 100;
                break;
            }
        }
        i += 1;
    };
    (found, looked)
}

#[test]
fn a_value_leaves_the_loops_around() {
    let x = Array1::from_vec(vec![0.5, -1.0, 2.0, 3.0]);
    let y = Array1::from_vec(vec![1.0, 2.0, 2.0, 4.0, -5.0]);
    for limit in [0.25, 1.5, 3.0, 5.0, 7.0, 100.0] {
        agree!(first_product(&x, &y, limit));
    }
    let limits = Array1::from_vec(vec![0.25, 1.5, 3.0, 5.0, 7.0]);
    let all = vmap(first_product::jit()).in_axes(in_axes![_, _, 0]);
    for engine in Engine::ALL {
        let (found, looked) = with_engine(engine, || all(&x, &y, &limits));
        for k in 0..limits.len() {
            let (value, count) = first_product::native(&x, &y, limits[k]);
            assert_eq!((found[k].to_bits(), looked[k]), (value.to_bits(), count), "{k} on {engine}");
        }
    }
}

#[desc_jit]
fn until(x: &Array1<f64>, limit: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..10 {
        if x[i] < 0.0 {
            continue;
        }
        sum += x[i];
        if sum > limit {
            break;
        }
    }
    sum
}

/// Its derivative runs backwards, for which it has to be known how often the loop runs.
#[test]
fn a_loop_that_is_left_keeps_its_count() {
    let x = Array1::from_shape_fn(10, |i| if i % 3 == 2 { -1.0 } else { 0.5 + i as f64 });
    for limit in [0.0, 4.0, 100.0] {
        agree!(until(&x, limit));
    }
    let slope = grad(until::jit());
    let graph = slope.graph(&x, 4.0).unwrap().to_string();
    assert!(graph.contains("const{10}") && graph.contains("= for{"), "{graph}");
    // Nothing asks for more places at run time.
    assert!(!graph.contains("while("), "{graph}");
    for engine in Engine::ALL {
        let by_x = with_engine(engine, || slope(&x, 4.0));
        assert_eq!(by_x.to_vec(), [1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "{engine}");
    }
}

#[desc_jit]
fn once_if(x: f64, v: &Array1<f64>) -> f64 {
    let mut s = 1.0;
    for i in 0..(x < 0.0) as usize {
        s += v[i];
    }
    for w in v.iter().take((x > -2.0) as usize) {
        s *= *w;
    }
    for k in 0..3 {
        for j in 0..(k == 1) as usize {
            s += j as f64 + v[k];
        }
    }
    s
}

/// A bool took the place of the number of iterations, and the compiled engines panicked.
#[test]
fn a_bool_counts_iterations() {
    let v = Array1::from_vec(vec![2.0, 3.0, 4.0]);
    for x in [-3.0, -1.0, 1.0] {
        agree!(once_if(x, &v));
    }
}

/// A block with a value in which something else is left than the block: the value of what is passed over is none.
#[desc_jit]
fn leaves_more_than_its_block(b: f64, n: usize) -> (f64, f64) {
    let mut a = b;
    let mut sum = 0.0;
    'outer: for i in 0..n {
        let y = 'block: {
            if a > 9.0 {
                break 'block 0.0;
            }
            let found = loop {
                a += 1.0;
                if a > 7.5 {
                    return (a, -1.0);
                }
                if a > 7.0 {
                    break 'outer;
                }
                if a > 6.0 {
                    continue 'outer;
                }
                if a > 2.0 {
                    break a;
                }
            };
            found * 2.0 + i as f64
        };
        sum += y;
    }
    (a, sum)
}

#[desc_jit]
fn leaves_by_a_match(n: usize) -> f64 {
    let v = 'a: {
        let w = match n {
            0 => break 'a 1.0,
            1 => return 2.0,
            k => {
                let mut i = 0;
                loop {
                    i += k;
                    if i > 10 {
                        break 'a i as f64;
                    }
                    if i == 9 {
                        break 5.0;
                    }
                }
            }
        };
        w * 3.0
    };
    v + 0.5
}

#[test]
fn a_block_is_passed_over_by_jumps_that_go_further() {
    for b in [10.0, 0.0, 2.75, 3.25, 5.5, 6.9, 8.0] {
        agree!(leaves_more_than_its_block(b, 4));
    }
    for n in 0..5 {
        agree!(leaves_by_a_match(n));
    }
}

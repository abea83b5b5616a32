//! Programs about whole numbers.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;

/// The start below `n` of the longest Collatz chain, and its length (Project Euler, problem 14).
#[desc_jit]
pub fn longest_chain(n: u64) -> (u64, usize) {
    let mut best = (0, 0);
    for start in 1..n {
        let mut length = 1;
        let mut k = start;
        while k != 1 {
            k = match k % 2 {
                0 => k / 2,
                _ => 3 * k + 1,
            };
            length += 1;
        }
        if length > best.1 {
            best = (start, length);
        }
    }
    best
}

/// The same with the lengths of chains remembered, in the order of their starts.
#[desc_jit(static(n))]
pub fn longest_chain_with_memory(n: usize) -> (usize, usize) {
    let mut lengths = Array1::<usize>::zeros(n);
    if n < 2 {
        return (0, 0);
    }
    lengths[1] = 1;
    for start in 2..n {
        let (mut k, mut steps) = (start, 0);
        while k >= start {
            if k % 2 == 0 {
                k /= 2;
            } else {
                k = (3 * k + 1) / 2;
                steps += 1;
            }
            steps += 1;
        }
        lengths[start] = lengths[k] + steps;
    }
    let (start, length) = lengths.iter().enumerate().rev().max_by_key(|&(_, length)| *length).unwrap();
    (start, *length)
}

#[test]
fn the_longest_collatz_chain() {
    for (n, expected) in [(2, (1, 1)), (10, (9, 20)), (100, (97, 119)), (1000, (871, 179))] {
        let (start, length) = agree!(longest_chain(n));
        assert_eq!((start as usize, length), expected);
        assert_eq!(agree!(longest_chain_with_memory(n as usize)), expected);
    }
    assert_eq!(agree!(longest_chain(0)), (0, 0));
    assert_eq!(agree!(longest_chain_with_memory(0)), (0, 0));
}

#[test]
fn a_batch_of_limits() {
    let limits = Array1::from_vec(vec![1_u64, 2, 3, 7, 28, 55]);
    for engine in Engine::ALL {
        let (starts, lengths) = with_engine(engine, || vmap(longest_chain::jit())(&limits));
        for k in 0..limits.len() {
            assert_eq!((starts[k], lengths[k]), longest_chain::native(limits[k]), "{k} on {engine}");
        }
    }
}

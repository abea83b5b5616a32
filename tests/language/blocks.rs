//! `chunks`, the last of which may be shorter, and `chunks_exact`.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

#[desc_jit]
fn blocks(v: &[f64], w: &[f64]) -> (f64, f64, f64, f64, usize) {
    let mut total = 0.0;
    for (i, block) in v.chunks(3).enumerate() {
        let mut s = 0.0;
        for x in block {
            s = 0.5 * s + x;
        }
        total += s * block.len() as f64 + i as f64;
        if total > 40.0 {
            break;
        }
    }
    let largest = v.chunks(4).map(|block| block.iter().sum::<f64>()).fold(-100.0, |m: f64, s| m.max(s));
    let backwards = v.chunks(2).rev().fold(0.0, |s, block| 0.5 * s + block[0] * block.len() as f64);
    let pairs: f64 =
        v.chunks(3).zip(w.chunks(2)).skip(1).map(|(a, b)| a[0] * b[0] + (a.len() - b.len()) as f64).sum();
    let chained: f64 = v.chunks(5).chain(w.chunks(3)).map(|block| block.iter().product::<f64>()).sum();
    let short = v.chunks(3).filter(|block| block.len() < 3).count();
    (
        total,
        largest + chained,
        backwards,
        pairs,
        short + v.chunks(3).count() + v.chunks(4).last().unwrap().len(),
    )
}

#[test]
fn the_last_block_may_be_shorter() {
    let v: Vec<f64> = (0..13).map(|k| 0.25 * f64::from(k) - 1.0).collect();
    for n in [2, 6, 7, 12, 13] {
        agree!(blocks(&v[..n], &v[3..3 + n / 2]), ulps = 1);
    }
}

#[desc_jit]
fn sums_of_blocks(v: &[f64]) -> Vec<f64> {
    v.chunks(3).map(|block| block.iter().sum()).collect()
}

#[test]
fn collected_blocks_have_one_length() {
    let v = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
    assert_eq!(sums_of_blocks(&v[..6]), [6.0, 15.0]);
    assert_eq!(sums_of_blocks::native(&v), [6.0, 15.0, 7.0]);
    let error = sums_of_blocks::try_call(&v).unwrap_err();
    assert!(error.to_string().contains("7 elements are no whole number of blocks of 3"), "{error}");
}

#[desc_jit]
fn counted_blocks(v: &[f64], w: &[f64]) -> f64 {
    v.iter().filter(|x| **x > 0.0).zip(w.chunks(2)).map(|(x, block)| x * block[0]).sum()
}

#[test]
fn blocks_at_positions_that_vary_have_one_length() {
    let v = [1.0, -2.0, 3.0, 4.0];
    assert_eq!(agree!(counted_blocks(&v, &v)), 10.0);
    let error = counted_blocks::try_call(&v, &v[..3]).unwrap_err();
    assert!(error.to_string().contains("3 elements are no whole number of blocks of 2"), "{error}");
}

#[desc_jit]
fn exact_blocks(v: &[f64]) -> (f64, f64, usize, f64) {
    let mut total = 0.0;
    for (i, block) in v.chunks_exact(3).enumerate() {
        total = 0.5 * total + block[0] * block[2] + (i + block.len()) as f64;
        if total > 5.0 {
            break;
        }
    }
    let backwards = v.chunks_exact(2).rev().fold(0.0, |s, block| 0.5 * s + block[0] - block[1]);
    let pairs: f64 = v.chunks_exact(2).zip(v.chunks_exact(4)).map(|(a, b)| a[1] * b[3]).sum();
    (total, backwards, v.chunks_exact(3).count() + 10 * v.chunks_exact(5).count(), pairs)
}

#[desc_jit]
fn firsts_of_blocks(v: &[f64]) -> Vec<f64> {
    v.chunks_exact(3).map(|block| block[0] + 10.0 * block[2]).collect()
}

/// What is left behind the last of them is not looked at.
#[test]
fn exact_blocks_have_one_length() {
    let v: Vec<f64> = (0..13).map(|k| 0.25 * f64::from(k) - 1.0).collect();
    for n in [0, 1, 2, 6, 7, 12, 13] {
        agree!(exact_blocks(&v[..n]));
        for engine in desc_jit::Engine::ALL {
            let firsts = desc_jit::with_engine(engine, || firsts_of_blocks(&v[..n]));
            assert_eq!(firsts, firsts_of_blocks::native(&v[..n]), "{n} on {engine}");
        }
    }
}

#[desc_jit]
fn inspected(x: &Array1<f64>, n: usize) -> (f64, f64, usize, Array1<f64>) {
    let (mut seen, mut kept, mut last) = (0, 0.0, -1.0);
    let sum: f64 = x
        .iter()
        .inspect(|v| {
            seen += 1;
            last = **v;
        })
        .take_while(|v| **v < 2.0)
        .filter(|v| **v > 0.0)
        .inspect(|v| kept = 0.5 * kept + **v)
        .map(|v| v * v)
        .sum();
    let mut running = 0.0;
    let list = x.iter().take(3).inspect(|v| running += **v).map(|v| 2.0 * v).collect::<Array1<f64>>();
    let found = (0..n).inspect(|_| seen += 100).find(|k| k * k > 5).unwrap_or(0);
    (sum + running, kept + last, seen + found, list)
}

#[test]
fn items_are_looked_at_on_their_way() {
    let x = Array1::from_vec(vec![0.5, -1.0, 1.5, 0.25, 3.0, 7.0]);
    for n in [0, 2, 5] {
        agree!(inspected(&x, n));
        agree!(inspected(&(&x * -1.0), n));
    }
}

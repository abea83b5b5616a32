//! `chunks`, the last of which may be shorter.

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

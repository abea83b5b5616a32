//! Ranges up to the largest number of their type, and with more values than it counts.

use desc_jit::prelude::*;
use desc_jit_tests::as_written;

as_written! {
    up_to_the_largest(a: i32, b: u32, c: u64, d: usize) -> (i32, u32, u64, usize) {
        let (mut last, mut sum, mut product, mut count) = (0, 0, 1, 0);
        for i in a..=i32::MAX {
            last = i;
            if last & 3 == 1 {
                break;
            }
        }
        for i in b..=u32::MAX {
            sum += i % 10;
            if sum > 20 {
                break;
            }
        }
        for i in c..=u64::MAX {
            product = product * 3 + i % 5;
            if product > 200 {
                break;
            }
        }
        for _ in d..=usize::MAX {
            count += 1;
            if count > 3 {
                break;
            }
        }
        (last, sum, product, count)
    } of (1, 2, 3, 4) (i32::MAX, u32::MAX, u64::MAX, usize::MAX) (i32::MIN, 0, 0, 0) (i32::MAX - 1, u32::MAX - 1, u64::MAX - 1, usize::MAX - 1);
    all_values_of_a_type(n: u32, m: i32) -> (u32, i32) {
        let mut sum = 0;
        for i in 0..=u32::MAX {
            sum += i;
            if i > n {
                break;
            }
        }
        let mut last = 0;
        for i in i32::MIN..=m {
            last = i;
            if i % 5 == 0 {
                break;
            }
        }
        (sum, last)
    } of (3, 7) (0, i32::MAX) (9, i32::MIN);
    to_an_end_that_is_the_largest(n: i32, m: u32) -> (bool, u32) {
        let mut prime = true;
        for d in 2..=n {
            if d > 100 {
                break;
            }
            if n % d == 0 && d != n {
                prime = false;
                break;
            }
        }
        let mut divisor = 1;
        for d in 2..=m {
            if m % d == 0 {
                divisor = d;
                break;
            }
        }
        (prime, divisor)
    } of (i32::MAX, u32::MAX) (9, 35) (1, 1) (0, 0);
    in_steps_that_are_large(n: i32, k: usize) -> (i32, usize, i32) {
        let (mut sum, mut count, mut far) = (0, 0, 0);
        for i in (n..2_000_000_000).step_by(1_000_000_000) {
            sum += i / 1000;
        }
        for _ in (0..100_000).step_by(k) {
            count += 1;
        }
        for i in (n..n + 9).step_by(5_000_000_000) {
            far += i;
        }
        (sum, count, far)
    } of (5, 7) (1_500_000_000, 100_000) (-7, 4_294_967_297);
    backwards_from_the_largest(n: i32) -> (i32, usize) {
        let mut sum = 0;
        for i in (n..=i32::MAX).rev().step_by(3) {
            sum += i % 100;
            if sum > 300 {
                break;
            }
        }
        (sum, (n..=i32::MAX).rev().take(3).map(|i| i as usize % 10).sum())
    } of (5) (i32::MAX) (i32::MAX - 2);
    iterators_over_such_ranges(n: i32, m: i32) -> (usize, usize, usize, bool) {
        let first = (n..=i32::MAX).take(3).map(|i| i as usize % 10).sum();
        let found = (n..=m).position(|i| i % 7 == 3).unwrap_or(99);
        (first, (n..m).count(), found, (n..=m).any(|i| i % 1000 == 7))
    } of (5, 2000) (i32::MAX, i32::MAX) (3, -3) (-70, 2_000_000_000);
    steps_over_all_values(a: u64, n: usize) -> (u64, u64, u64) {
        let (mut up, mut down, mut far) = (0u64, 0, 0);
        for i in (0..=u64::MAX).step_by(1 << 61) {
            up = up.rotate_left(3) ^ i;
        }
        for i in (a..=u64::MAX).rev().step_by(n) {
            down = down * 3 + i % 10;
            if down > 1000 {
                break;
            }
        }
        for i in (a..u64::MAX).step_by(1 << 62) {
            far = far * 7 + (i >> 60);
        }
        (up, down, far)
    } of (0, 1) (5, 1 << 60) (u64::MAX, 3) (u64::MAX - 7, 3);
    more_values_than_the_type_counts(n: i32, m: i32) -> (usize, usize) {
        ((n..m).count(), (n..=m).count())
    } of (-2_000_000_000, 2_000_000_000) (i32::MIN, i32::MAX);
    counters_take_the_type_of_what_they_meet(n: i32, m: u32) -> (i32, u32, i64) {
        let a = (1..=n).rev().zip(0..).map(|(a, b): (i32, i32)| a ^ b).sum();
        let b = (1..=m).zip(2..).map(|(a, b)| a * b).sum();
        let mut c = 0_i64;
        for (k, i) in (0..).zip(0..n) {
            c += k * 10 + i64::from(i);
        }
        (a, b, c)
    } of (4, 5) (0, 0);
}

//! Variables whose type the context says later: `let mut seen = vec![0; n];` of a function that gives a `Vec<i32>`.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::as_written;

type Parts = (Vec<(f64, usize)>, Vec<(i32, f64)>, Vec<(f64, u32)>);

as_written! {
    a_list_that_is_returned(i: usize) -> Vec<i32> {
        let mut list = vec![1; 3];
        list[i] = 2;
        list[0] *= 3;
        list
    } of (1) (0);
    a_list_that_is_indexed(i: usize) -> usize {
        let mut list = [0; 4];
        list[i] = 3;
        list[1] += 1;
        list[i]
    } of (2) (1);
    an_element_beside_another_type(i: usize, k: i32) -> i32 {
        let mut list = vec![1; 3];
        list[i] = 2;
        list[i] + k
    } of (1, 5);
    counts(x: Vec<f64>) -> (Vec<u32>, i32) {
        let mut positive = vec![0; 4];
        let mut n = 0;
        for k in 0..4 {
            if x[k] > 0.0 {
                positive[k] += 1;
                n += 1;
            }
        }
        (positive, n)
    } of (vec![1.0, -2.0, 3.0, 0.5]);
    powers(n: usize) -> (i32, u32, Vec<i32>) {
        let mut a = 1;
        let mut b = 1;
        let mut c = vec![1; 2];
        for _ in 0..n {
            a *= 2;
            b *= 2;
            c[1] *= -2;
        }
        (a, b, c)
    } of (5) (30);
    parts_of_tuples(x: Vec<f64>, k: usize) -> Parts {
        let mut near = vec![(0.0, 0); 3];
        for j in 0..3 {
            near[j].0 = x[j];
        }
        near[1] = (0.5, k);
        let mut few = vec![(0, 1.0); 4];
        few[k].1 = 2.0;
        let mut many = vec![(0.0, 0); 20];
        for j in 0..20 {
            many[j].1 += 1;
        }
        many[k].0 = x[k];
        (near, few, many)
    } of (vec![1.5, 2.5, -3.5], 2);
}

#[desc_jit]
fn doubled(n: usize) -> i32 {
    let mut a = 1;
    for _ in 0..n {
        a *= 2;
    }
    a
}

#[desc_jit]
fn doubled_in_a_list(n: usize) -> Vec<u32> {
    let mut list = vec![1; 3];
    for _ in 0..n {
        list[1] *= 2;
    }
    list
}

#[desc_jit]
fn below(n: usize) -> Vec<u32> {
    let mut list = vec![1; 3];
    for _ in 0..n {
        list[1] -= 1;
    }
    list
}

/// What its type does not hold was an overflow where it was computed.
#[test]
fn what_the_type_does_not_hold_is_an_error() {
    for engine in Engine::ALL {
        with_engine(engine, || {
            assert_eq!(doubled(30), doubled::native(30), "{engine}");
            assert!(doubled::try_call(31).is_err(), "{engine}");
            assert_eq!(doubled_in_a_list(31), doubled_in_a_list::native(31), "{engine}");
            assert!(doubled_in_a_list::try_call(32).is_err(), "{engine}");
            assert_eq!(below(1), [1, 0, 1], "{engine}");
            assert!(below::try_call(2).is_err(), "{engine}");
        });
    }
}

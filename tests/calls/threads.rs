//! Threads that call one function at once.

use desc_jit::prelude::*;
use std::sync::Barrier;

#[desc_jit]
fn smooth(x: &Array1<f64>, steps: usize) -> Array1<f64> {
    let mut u = x.clone();
    let mut v = x.clone();
    for _ in 0..steps {
        for i in 1..u.len() - 1 {
            v[i] = 0.5 * u[i] + 0.25 * (u[i - 1] + u[i + 1]);
        }
        std::mem::swap(&mut u, &mut v);
    }
    u
}

#[test]
fn eight_threads_with_different_shapes() {
    let barrier = Barrier::new(8);
    std::thread::scope(|scope| {
        for t in 0..8usize {
            let barrier = &barrier;
            scope.spawn(move || {
                barrier.wait();
                for round in 0..20 {
                    let n = 3 + (t + round) % 8;
                    let x = Array1::from_shape_fn(n, |i| (i * (t + 1)) as f64);
                    assert_eq!(smooth(&x, round), smooth::native(&x, round));
                }
            });
        }
    });
    let stats = smooth::cache_stats();
    assert_eq!(stats.entries, 8);
    assert_eq!(stats.hits + stats.misses, 160);
}

#[test]
fn threads_with_one_shape_stage_it_once() {
    #[desc_jit]
    fn twice(x: &Array1<f64>) -> Array1<f64> {
        x * 2.0
    }
    let barrier = Barrier::new(8);
    std::thread::scope(|scope| {
        for t in 0..8 {
            let barrier = &barrier;
            scope.spawn(move || {
                barrier.wait();
                assert_eq!(twice(&Array1::from_elem(100, t as f64))[99], 2.0 * t as f64);
            });
        }
    });
    assert_eq!(twice::cache_stats().entries, 1);
}

//! One graph per shapes, dtypes and static values; bounded; counted.

use desc_jit::prelude::*;

#[test]
fn one_graph_per_shape() {
    #[desc_jit]
    fn total(x: &Array1<f64>, k: f64) -> f64 {
        let mut s = 0.0;
        for i in 0..x.len() {
            s += k * x[i];
        }
        s
    }
    for n in [3, 4, 3, 3, 4] {
        let _ = total(&Array1::ones(n), n as f64);
    }
    let stats = total::cache_stats();
    assert_eq!((stats.misses, stats.hits, stats.entries), (2, 3, 2));
    total::clear_cache();
    assert_eq!(total::cache_stats().entries, 0);
    let _ = total(&Array1::ones(3), 1.0);
    assert_eq!(total::cache_stats().misses, 3);
}

#[test]
fn static_values_are_part_of_the_key() {
    #[desc_jit(static(n))]
    fn ramp(n: usize, x: f64) -> Array1<f64> {
        let mut a = Array1::<f64>::zeros(n);
        for i in 0..n {
            a[i] = x * i as f64;
        }
        a
    }
    for (n, x) in [(2, 1.0), (3, 1.0), (2, 5.0)] {
        assert_eq!(ramp(n, x).len(), n);
    }
    let stats = ramp::cache_stats();
    assert_eq!((stats.misses, stats.hits), (2, 1));
}

#[test]
fn errors_are_not_kept() {
    #[desc_jit]
    fn fails(x: &Array1<f64>) -> f64 {
        x[10]
    }
    for _ in 0..3 {
        fails::try_call(&Array1::ones(2)).unwrap_err();
    }
    assert_eq!(fails::cache_stats().entries, 0);
    assert_eq!(fails(&Array1::ones(11)), 1.0);
}

#[test]
fn the_cache_is_bounded() {
    #[desc_jit]
    fn first(x: &Array1<f64>) -> f64 {
        x[0]
    }
    let capacity = first::cache_stats().capacity;
    for n in 1..=capacity + 10 {
        assert_eq!(first(&Array1::ones(n)), 1.0);
    }
    let stats = first::cache_stats();
    assert_eq!((stats.entries, stats.evictions), (capacity, 10));
    // The one used last is still there.
    let _ = first(&Array1::ones(capacity + 10));
    assert_eq!(first::cache_stats().hits, 1);
}

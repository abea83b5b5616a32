//! Arrays behind `&mut`: updated where they lie when nothing can fail after the first store, and as they were after
//! every error.

use desc_jit::backend::with_threads;
use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};

/// Those that make one kernel of a function.
const COMPILING: [Engine; 3] = [Engine::Auto, Engine::Cranelift, Engine::C];

fn address(a: &Array1<f64>) -> *const u8 {
    a.buffer().host_ptr().unwrap()
}

fn ramp(n: usize) -> Array1<f64> {
    Array1::from_shape_fn(n, |i| (i * i % 17) as f64 + 0.5)
}

/// The call gives what native gives; says whether the elements stayed at their address.
fn stays(x: &mut Array1<f64>, call: impl Fn(&mut Array1<f64>), native: impl Fn(&mut Array1<f64>)) -> bool {
    let (mut expected, before) = (x.clone(), address(x));
    native(&mut expected);
    call(x);
    assert_eq!(*x, expected);
    address(x) == before
}

#[desc_jit]
fn sweep(u: &mut Array1<f64>, steps: usize) {
    for _ in 0..steps {
        for i in 1..u.len() - 1 {
            u[i] = 0.5 * u[i] + 0.25 * (u[i - 1] + u[i + 1]);
        }
    }
}

#[test]
fn a_kernel_without_errors_updates_in_place() {
    for engine in COMPILING {
        let kept = with_engine(engine, || stays(&mut ramp(100), |u| sweep(u, 7), |u| sweep::native(u, 7)));
        assert!(kept, "{engine}");
    }
}

#[test]
fn other_engines_work_on_a_copy() {
    for engine in [Engine::Candle, Engine::Machine] {
        assert!(with_engine(engine, || !stays(&mut ramp(9), |u| sweep(u, 2), |u| sweep::native(u, 2))));
    }
}

#[desc_jit]
fn gather(u: &mut Array1<f64>, at: &Array1<usize>) {
    let mut sum = 0.0;
    for k in 0..at.len() {
        sum += u[at[k]];
    }
    for i in 0..u.len() {
        u[i] += sum;
    }
}

#[test]
fn checks_before_the_first_store_leave_it_in_place() {
    for engine in COMPILING {
        with_engine(engine, || {
            let (right, wrong) = (Array1::from_vec(vec![0, 3, 9]), Array1::from_vec(vec![0, 10, 9]));
            let mut u = ramp(10);
            assert!(stays(&mut u, |u| gather(u, &right), |u| gather::native(u, &right)), "{engine}");
            let (before, place) = (u.clone(), address(&u));
            let error = gather::try_call(&mut u, &wrong).unwrap_err();
            assert!(error.to_string().contains("index 10 is out of range"), "{error}");
            assert_eq!((u.clone(), address(&u)), (before, place));
        });
    }
}

#[desc_jit]
fn scatter(u: &mut Array1<f64>, at: &Array1<usize>) {
    for k in 0..at.len() {
        u[at[k]] += 1.0;
    }
}

#[test]
fn a_check_between_stores_works_on_a_copy() {
    for engine in [Engine::Auto, Engine::Candle, Engine::Machine, Engine::Cranelift, Engine::C] {
        with_engine(engine, || {
            let (right, wrong) = (Array1::from_vec(vec![0, 3, 9]), Array1::from_vec(vec![0, 3, 10]));
            let mut u = ramp(10);
            assert!(!stays(&mut u, |u| scatter(u, &right), |u| scatter::native(u, &right)), "{engine}");
            let (before, place) = (u.clone(), address(&u));
            let error = scatter::try_call(&mut u, &wrong).unwrap_err();
            assert!(error.to_string().contains("index 10 is out of range"), "{error}");
            assert_eq!((u.clone(), address(&u)), (before, place));
        });
    }
}

#[desc_jit]
fn count(n: &mut Array1<i64>, by: i64) {
    for i in 0..n.len() {
        n[i] += by;
    }
}

#[test]
fn overflow_after_stores_leaves_integers_as_they_were() {
    for engine in [Engine::Auto, Engine::Candle, Engine::Machine, Engine::Cranelift, Engine::C] {
        with_engine(engine, || {
            let mut n = Array1::from_vec(vec![1, 2, i64::MAX, 4]);
            let before = n.clone();
            count::try_call(&mut n, 1).unwrap_err();
            assert_eq!(n, before, "{engine}");
            count(&mut n, -1);
            assert_eq!(n[2], i64::MAX - 1);
        });
    }
}

#[desc_jit]
fn driven(u: &mut Array1<f64>, steps: usize, source: &Array1<f64>) {
    for t in 0..steps {
        u[0] = source[t];
        for i in 1..u.len() {
            u[i] += 0.5 * (u[i - 1] - u[i]);
        }
    }
}

#[test]
fn a_counter_that_is_checked_depends_on_the_call() {
    for engine in COMPILING {
        with_engine(engine, || {
            let (mut u, source) = (ramp(50), ramp(5));
            for steps in [0, 1, 5] {
                let native = |u: &mut Array1<f64>| driven::native(u, steps, &source);
                assert!(stays(&mut u, |u| driven(u, steps, &source), native), "{engine} {steps}");
            }
            let (before, place) = (u.clone(), address(&u));
            let error = driven::try_call(&mut u, 6, &source).unwrap_err();
            assert!(error.to_string().contains("index 5 is out of range"), "{error}");
            assert_eq!((u.clone(), address(&u)), (before, place));
        });
    }
}

#[desc_jit]
fn backwards(u: &mut Array1<f64>, steps: usize, source: &Array1<f64>) {
    for t in (0..steps).rev() {
        u[0] += source[t];
    }
}

#[test]
fn a_counter_that_counts_down_begins_at_its_end() {
    for engine in COMPILING {
        with_engine(engine, || {
            let (mut u, source) = (ramp(3), ramp(4));
            backwards(&mut u, 4, &source);
            let before = u.clone();
            let error = backwards::try_call(&mut u, 7, &source).unwrap_err();
            assert!(error.to_string().contains("index 6 is out of range"), "{error}");
            assert_eq!(u, before);
        });
    }
}

#[desc_jit]
fn two_buffers(u: &mut Array1<f64>, steps: usize) {
    let mut v = u.clone();
    for _ in 0..steps {
        for i in 1..u.len() - 1 {
            v[i] = 0.25 * (u[i - 1] + 2.0 * u[i] + u[i + 1]);
        }
        std::mem::swap(u, &mut v);
    }
}

#[test]
fn a_result_that_was_left_in_another_buffer_comes_home() {
    for engine in COMPILING {
        for steps in [0, 1, 2, 5] {
            let native = |u: &mut Array1<f64>| two_buffers::native(u, steps);
            let kept = with_engine(engine, || stays(&mut ramp(40), |u| two_buffers(u, steps), native));
            assert!(kept, "{engine} {steps}");
        }
    }
}

#[desc_jit]
fn exchange(u: &mut Array1<f64>, v: &mut Array1<f64>, w: &mut Array1<f64>, steps: usize) {
    for _ in 0..steps {
        for i in 0..u.len() {
            u[i] += 1.0;
        }
        std::mem::swap(u, v);
        std::mem::swap(v, w);
    }
}

#[test]
fn arguments_are_exchanged_with_each_other() {
    for engine in COMPILING {
        with_engine(engine, || {
            for steps in 0..5 {
                let arrays = || (ramp(6), ramp(6) * 2.0, ramp(6) * 3.0);
                let ((mut a, mut b, mut c), (mut x, mut y, mut z)) = (arrays(), arrays());
                exchange(&mut a, &mut b, &mut c, steps);
                exchange::native(&mut x, &mut y, &mut z, steps);
                assert_eq!((a, b, c), (x, y, z), "{engine} {steps}");
            }
        });
    }
}

#[desc_jit]
fn before_and_after(u: &mut Array1<f64>) -> (Array1<f64>, f64) {
    let old = u.clone();
    for i in 0..u.len() {
        u[i] *= 2.0;
    }
    (old, u[1])
}

#[desc_jit]
fn twice_the_same(u: &mut Array1<f64>) -> Array1<f64> {
    for i in 0..u.len() {
        u[i] *= 2.0;
    }
    u.clone()
}

#[desc_jit]
fn set_to(u: &mut Array1<f64>, v: &Array1<f64>, scale: &mut f64) {
    *u = v.clone();
    *scale *= 2.0;
}

#[test]
fn results_and_arguments_are_arrays_of_their_own() {
    for engine in [Engine::Auto, Engine::Candle, Engine::Machine, Engine::Cranelift, Engine::C] {
        with_engine(engine, || {
            let (mut u, mut v) = (ramp(5), ramp(5));
            let mut found = before_and_after(&mut u);
            assert_eq!(found, before_and_after::native(&mut v));
            found.0[0] = -1.0;
            assert_eq!(u, v, "{engine}");
            let mut same = twice_the_same(&mut u);
            assert_eq!(same, twice_the_same::native(&mut v));
            same[0] = -1.0;
            assert_eq!(u, v, "{engine}");
            let (w, mut scale) = (ramp(5) * 3.0, 4.0);
            set_to(&mut u, &w, &mut scale);
            u[0] = -1.0;
            assert_eq!((w[0], u[1], scale), (1.5, w[1], 8.0), "{engine}");
        });
    }
}

#[test]
fn threads_update_arrays_of_their_own() {
    std::thread::scope(|scope| {
        for t in 0..8 {
            scope.spawn(move || {
                let mut u = ramp(200) * f64::from(t);
                for steps in 0..40 {
                    let native = |u: &mut Array1<f64>| sweep::native(u, steps);
                    let call = |u: &mut Array1<f64>| with_threads(1 + t as usize % 2, || sweep(u, steps));
                    assert!(stays(&mut u, call, native));
                }
            });
        }
    });
}

#[test]
fn a_cleared_cache_is_not_used_again() {
    #[desc_jit]
    fn add(u: &mut Array1<f64>, x: f64) {
        u[0] += x;
    }
    let mut u = ramp(3);
    for k in 1..4 {
        add(&mut u, 1.0);
        add(&mut u, 1.0);
        let stats = add::cache_stats();
        assert_eq!((stats.misses, stats.hits, stats.entries), (k, k, 1));
        add::clear_cache();
        assert_eq!(add::cache_stats().entries, 0);
    }
    assert_eq!(u[0], 6.5);
}

#[test]
fn functions_that_call_by_turns_keep_their_graphs() {
    let mut u = ramp(8);
    let mut expected = u.clone();
    for k in 0..20 {
        let engine = if k % 3 == 0 { Engine::Cranelift } else { Engine::Machine };
        with_engine(engine, || sweep(&mut u, k));
        with_engine(engine, || two_buffers(&mut u, k));
        sweep::native(&mut expected, k);
        two_buffers::native(&mut expected, k);
        assert_eq!(u, expected);
    }
}

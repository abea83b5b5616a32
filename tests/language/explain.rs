//! What `explain` says, word for word.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine, with_threads};

#[desc_jit]
fn sweeps(u: &Array2<f64>, steps: usize) -> (Array2<f64>, f64) {
    let (n, m) = u.dim();
    let mut v = u.clone();
    for i in 1..n - 1 {
        for j in 1..m - 1 {
            v[[i, j]] = 0.25 * (u[[i - 1, j]] + u[[i + 1, j]] + u[[i, j - 1]] + u[[i, j + 1]]);
        }
    }
    let mut x = 0.5;
    for _ in 0..steps {
        x = 3.7 * x * (1.0 - x);
    }
    let mut left = 1.0;
    while left > x {
        left *= 0.5;
    }
    (v, left)
}
#[desc_jit]
fn paths(path: &mut Array2<f64>) {
    let n = path.nrows();
    for k in 0..n {
        for i in 0..n {
            for j in 0..n {
                path[[i, j]] = path[[i, j]].min(path[[i, k]] + path[[k, j]]);
            }
        }
    }
}
#[desc_jit]
fn sums(a: &Array2<f32>, b: &Array2<f32>, x: &Array1<f32>, n: &Array1<i64>) -> (Array2<f32>, f32, i64) {
    let mut c = Array2::zeros((a.nrows(), b.ncols()));
    for i in 0..a.nrows() {
        for j in 0..b.ncols() {
            for k in 0..b.nrows() {
                c[[i, j]] += a[[i, k]] * b[[k, j]];
            }
        }
    }
    let mut s = 0.0;
    for i in 0..x.len() {
        s += x[i] * x[i];
    }
    let mut t = 0;
    for i in 0..n.len() {
        t = t.max(n[i]);
    }
    (c, s, t)
}
#[desc_jit]
fn parts(m: &Array2<f64>, x: &Array1<f64>, steps: usize) -> (Array1<f64>, f64) {
    let mut y = x.clone();
    let mut s = 0.0;
    for _ in 0..steps {
        y = m.dot(&y);
        for i in 0..x.len() {
            s += y[i];
        }
    }
    (y, s)
}

/// On one thread, with the widths of vectors left out: both are this machine's.
fn text(explain: impl FnOnce() -> desc_jit::Result<desc_jit::Explanation>) -> String {
    let explanation = with_threads(1, explain).unwrap();
    let mut text = explanation.to_string();
    for found in explanation.loops() {
        for engine in [Engine::C, Engine::Cranelift] {
            let lanes = match found.lanes(engine) {
                1 => "one".to_string(),
                n => n.to_string(),
            };
            text = text
                .replace(&format!("in {engine}: {lanes} at a time"), &format!("in {engine}: N at a time"));
        }
    }
    text
}

#[test]
fn loops_with_their_depth_their_vectors_and_their_work() {
    assert_eq!(
        text(|| sweeps::explain(&Array2::ones((200, 300)), 10)),
        "\
sweeps on engine auto: cranelift at the first call, c when it is hot
  line 10: for i in 1..n - 1 {
    parallel, but on one thread
    at most 236016 operations, 2360160 bytes loaded and stored
    line 11: for j in 1..m - 1 {
      vector
      iterations of f64 in c: N at a time, in cranelift: N at a time
      at most 1192 operations, 11920 bytes loaded and stored
  line 16: for _ in 0..steps {
    sequential
    because `x` goes from one iteration to the next
  line 20: while left > x {
    sequential
    because whether there is another iteration is known only after the one before
"
    );
}

#[test]
fn what_passes_did_to_loops_is_noted_and_parts_of_a_loop_are_one() {
    assert_eq!(
        text(|| with_engine(Engine::Cranelift, || paths::explain(&mut Array2::ones((200, 200))))),
        "\
paths on engine cranelift: not called yet
  line 28: for k in 0..n {
    sequential
    because an iteration writes an element of `path` that another one may read
    at most 63680400 operations, 765441600 bytes loaded and stored
    line 29: for i in 0..n {
      parallel, but on one thread, split at the one that the other iterations depend on
      at most 317604 operations, 3820800 bytes loaded and stored
      line 30: for j in 0..n {
        vector, split at the one that the other iterations depend on
        iterations of f64 in c: N at a time, in cranelift: N at a time
        at most 796 operations, 9552 bytes loaded and stored
  in all at most 63680400 operations, 765441600 bytes loaded and stored
"
    );
}

#[test]
fn products_and_reductions() {
    let (a, x, n) = (Array2::ones((64, 64)), Array1::ones(100_000), Array1::ones(100_000));
    assert_eq!(
        text(|| with_engine(Engine::C, || sums::explain(&a, &a, &x, &n))),
        "\
sums on engine c: not called yet
  line 39: for i in 0..a.nrows() {
    parallel, but on one thread
    at most 524288 operations, 3162112 bytes loaded and stored
    line 40: for j in 0..b.ncols() {
      vector, exchanged with the loop inside it, to walk along rows
      iterations of f32 in c: N at a time, in cranelift: N at a time
      at most 128 operations, 768 bytes loaded and stored
      line 41: for k in 0..b.nrows() {
        sequential
        because an iteration writes an element of `c` that another one may read
        at most 8192 operations, 49408 bytes loaded and stored
  line 47: for i in 0..x.len() {
    parallel, but on one thread, vector, reduction
    iterations of f32 in c: N at a time, in cranelift: N at a time
    at most 100000 operations, 400000 bytes loaded and stored
  line 51: for i in 0..n.len() {
    sequential
    because `t` goes from one iteration to the next
    at most 0 operations, 800000 bytes loaded and stored
  in all at most 628384 operations, 4378496 bytes loaded and stored
"
    );
}

#[test]
fn loops_of_a_function_that_runs_in_parts() {
    assert_eq!(
        text(|| with_engine(Engine::Cranelift, || parts::explain(
            &Array2::ones((3, 3)),
            &Array1::ones(3),
            2
        ))),
        "\
parts on engine cranelift: not called yet
  line 60: for _ in 0..steps {
    runs op by op: something in it has no compiled form
    line 62: for i in 0..x.len() {
      sequential
      at most 3 operations, 24 bytes loaded and stored
"
    );
}

#[test]
fn a_function_can_run_in_parts() {
    let (m, x) = (Array2::ones((4, 4)), Array1::ones(4));
    let explain = || parts::explain(&m, &x, 2).unwrap();
    with_engine(Engine::Cranelift, || {
        let _ = parts(&m, &x, 2);
        assert_eq!(explain().runs_on(), Some(Engine::Cranelift));
        let text = explain().to_string();
        assert!(
            text.starts_with("parts on engine cranelift: op by op now, with parts on cranelift\n"),
            "{text}"
        );
    });
}

#[test]
fn the_engine_that_runs_a_function_now() {
    #[desc_jit]
    fn heated(x: &Array1<f64>, n: usize) -> f64 {
        let mut s = 0.0;
        for k in 0..n {
            for i in 0..x.len() {
                s = 0.5 * s + x[i] + k as f64;
            }
        }
        s
    }
    let x = Array1::ones(1000);
    let runs_on = |engine| {
        let explanation = with_engine(engine, || heated::explain(&x, 1)).unwrap();
        (explanation.runs_on(), explanation.to_string().lines().next().unwrap().to_string())
    };
    let first = "heated on engine auto: cranelift at the first call, c when it is hot";
    assert_eq!(runs_on(Engine::Auto), (None, first.into()));
    with_engine(Engine::Auto, || heated(&x, 1));
    let before = (Some(Engine::Cranelift), "heated on engine auto: cranelift now, c when it is hot".into());
    assert_eq!(runs_on(Engine::Auto), before);
    // Until it is hot.
    with_engine(Engine::Auto, || (0..40).for_each(|_| assert!(heated(&x, 1000) > 0.0)));
    desc_jit::backend::wait_for_compiler();
    assert_eq!(runs_on(Engine::Auto), (Some(Engine::C), "heated on engine auto: c now".into()));
    for engine in [Engine::Machine, Engine::Cranelift, Engine::C] {
        with_engine(engine, || heated(&x, 1));
        assert_eq!(runs_on(engine), (Some(engine), format!("heated on engine {engine}: {engine} now")));
    }
    with_engine(Engine::Candle, || heated(&x, 1));
    let op_by_op = (Some(Engine::Candle), "heated on engine candle: op by op now".into());
    assert_eq!(runs_on(Engine::Candle), op_by_op);
    // Asking is not calling.
    assert_eq!(heated::cache_stats().hits, 40);
}

#[test]
fn threads_and_vectors_as_numbers() {
    let explain = || {
        sums::explain(&Array2::ones((2, 2)), &Array2::ones((2, 2)), &Array1::ones(1 << 20), &Array1::ones(9))
    };
    let explanation = explain().unwrap();
    let [.., sum, largest] = explanation.loops() else { panic!("{explanation}") };
    let available = explanation.loops()[3].threads();
    assert_eq!(with_threads(2, explain).unwrap().loops()[3].threads(), 2.min(available));
    assert_eq!(largest.threads(), 1);
    // Rayon's, of which there is one for each processor.
    assert!((1..=1024).contains(&available));
    // Of single floats twice as many as of doubles.
    let double = sweeps::explain(&Array2::ones((200, 300)), 10).unwrap().loops()[1].lanes(Engine::C);
    assert_eq!(sum.lanes(Engine::C), 2 * double);
    assert_eq!((largest.lanes(Engine::C), sum.lanes(Engine::Machine)), (1, 1));
    // Too little to be divided.
    let short =
        sums::explain(&Array2::ones((2, 2)), &Array2::ones((2, 2)), &Array1::ones(100), &Array1::ones(9));
    assert_eq!(short.unwrap().loops()[3].threads(), 1);
}

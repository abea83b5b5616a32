//! `checkpoint(f)`: the same results and derivatives, but reverse mode runs the function again.

use super::{all_close, close};
use desc_jit::backend::{Backend, with_backend};
use desc_jit::prelude::*;
use desc_jit_tests::agree;

#[desc_jit]
fn step(u: &Array1<f64>, k: f64) -> Array1<f64> {
    let slope = (k * u).sin().exp();
    u + &slope * 0.1
}

#[desc_jit]
fn kept(u: &Array1<f64>, k: f64, steps: usize) -> f64 {
    let mut u = u.clone();
    for _ in 0..steps {
        u = step(&u, k);
    }
    (&u * &u).sum()
}

#[desc_jit]
fn run_again(u: &Array1<f64>, k: f64, steps: usize) -> f64 {
    let mut u = u.clone();
    for _ in 0..steps {
        u = checkpoint(step)(&u, k);
    }
    (&u * &u).sum()
}

#[desc_jit]
fn by_handle(u: &Array1<f64>, k: f64, steps: usize) -> f64 {
    let again = checkpoint(step::jit());
    let mut u = u.clone();
    for _ in 0..steps {
        u = again(&u, k);
    }
    (&u * &u).sum()
}

fn start() -> Array1<f64> {
    Array1::from_vec(vec![0.1, -0.4, 0.7])
}

/// How many exponential functions a graph has.
fn exponentials(graph: &Graph) -> usize {
    graph.to_string().matches("exp(").count()
}

#[test]
fn results_and_derivatives_are_the_same() {
    let u = start();
    agree!(run_again(&u, 2.0, 5));
    agree!(by_handle(&u, 2.0, 5));
    assert_eq!([run_again(&u, 2.0, 5), by_handle(&u, 2.0, 5)], [kept(&u, 2.0, 5); 2]);
    let (by_u, by_k) = grad(kept::jit().wrt(argnums![0, 1]))(&u, 2.0, 5);
    for handle in [run_again::jit(), by_handle::jit()] {
        let (again_u, again_k) = grad(handle.clone().wrt(argnums![0, 1]))(&u, 2.0, 5);
        all_close(again_u.iter(), &by_u.to_vec());
        close(again_k, by_k);
        let (_, along) = jvp(&handle)(&u, 2.0, 5, &Array1::ones(3));
        close(along, by_u.sum());
        let second = hessian(&handle)(&u, 2.0, 5);
        all_close(second.iter(), &hessian(kept::jit())(&u, 2.0, 5).to_vec());
    }
}

#[desc_jit]
fn two_kept(u: &Array1<f64>, k: f64) -> f64 {
    let u = step(&step(u, k), k);
    (&u * &u).sum()
}

#[desc_jit]
fn two_run_again(u: &Array1<f64>, k: f64) -> f64 {
    let again = checkpoint(step::jit());
    let u = again(&checkpoint(step)(u, k), k);
    (&u * &u).sum()
}

#[test]
fn reverse_mode_runs_the_function_again() {
    let u = start();
    let gradients = [
        value_and_grad(two_kept::jit()),
        value_and_grad(two_run_again::jit()),
        value_and_grad(checkpoint(two_kept::jit())),
        value_and_grad(checkpoint(two_run_again::jit())),
    ];
    let (value, gradient) = gradients[0](&u, 2.0);
    for again in &gradients[1..] {
        let (again_value, again_gradient) = again(&u, 2.0);
        assert_eq!(again_value, value);
        all_close(again_gradient.iter(), &gradient.to_vec());
    }
    // In a run that keeps its values they are computed once; with one checkpoint in the other twice and then again.
    let counts = gradients.map(|gradient| exponentials(&gradient.graph(&u, 2.0).unwrap()));
    assert_eq!(counts, [2, 4, 4, 6]);
    assert_eq!(exponentials(&two_run_again::graph(&u, 2.0).unwrap()), 2);
}

#[test]
fn a_handle_of_the_same_type() {
    let handle = checkpoint(kept::jit());
    let u = start();
    assert_eq!(handle.name(), "checkpoint(kept)");
    assert_eq!(handle(&u, 2.0, 4), kept(&u, 2.0, 4));
    all_close(grad(&handle)(&u, 2.0, 4).iter(), &grad(kept::jit())(&u, 2.0, 4).to_vec());
    // The choice of arguments stays.
    let by_k: f64 = grad(checkpoint(kept::jit().wrt(argnums![1])))(&u, 2.0, 4);
    close(by_k, grad(kept::jit().wrt(argnums![1]))(&u, 2.0, 4));
    let batch = Array2::from_shape_fn((2, 3), |(i, j)| (i + j) as f64);
    let energies = vmap(checkpoint(kept::jit())).in_axes(in_axes![0, _, _])(&batch, 2.0, 4);
    close(energies[1], kept(&batch.row(1).to_owned(), 2.0, 4));
    let (value, gradient) = value_and_grad(checkpoint(grad_of_kept::jit()))(&u, 2.0);
    close(value, grad_of_kept(&u, 2.0));
    all_close(gradient.iter(), &grad(grad_of_kept::jit())(&u, 2.0).to_vec());
}

#[desc_jit]
fn grad_of_kept(u: &Array1<f64>, k: f64) -> f64 {
    grad(checkpoint(kept))(u, k, 3).sum()
}

#[test]
fn as_written_it_is_the_function() {
    #[desc_jit]
    fn once(x: f64) -> f64 {
        (x * 3.0).exp()
    }
    let handle = checkpoint(checkpoint(once::jit()));
    with_backend(Backend::Native, || {
        assert_eq!(handle(0.5), once::native(0.5));
        assert_eq!(handle.try_call(0.5).unwrap(), once::native(0.5));
    });
    assert_eq!((handle.cache_stats().misses, once::cache_stats().misses), (0, 0));
    assert_eq!(handle(0.5), once(0.5));
    assert_eq!(handle.cache_stats().misses, 1);
}

#[desc_jit]
fn shrunk(x: f64, limit: f64) -> f64 {
    let mut y = x;
    while y > limit {
        y *= 0.99;
    }
    y
}

#[desc_jit(static(n))]
fn twice_shrunk(x: f64, limit: f64, n: usize) -> (f64, usize) {
    let whole = checkpoint(shrunk)(x, limit);
    let (scaled, _) = checkpoint(power)(whole, n);
    (scaled + whole, n)
}

#[desc_jit(static(n))]
fn power(x: f64, n: usize) -> (f64, usize) {
    let mut y = 1.0;
    for _ in 0..n {
        y *= x;
    }
    (y, n)
}

#[test]
fn loops_inside_grow_their_tape_and_static_arguments_stay_static() {
    let (y, n) = agree!(twice_shrunk(1.0, 1e-4, 2));
    assert_eq!((y > 0.0, n), (true, 2));
    let slope = 0.99_f64.powi(917);
    let (found, _) = grad_with_aux(twice_shrunk::jit())(1.0, 1e-4, 2);
    // d/dx (s x)^2 + s x at x = 1.
    close(found / (2.0 * slope * slope + slope), 1.0);
}

mod own {
    use desc_jit::desc_jit;
    use desc_jit_tests::agree;

    #[desc_jit]
    fn checkpoint(x: f64) -> f64 {
        x + 1.0
    }

    #[desc_jit]
    fn twice(x: f64) -> f64 {
        let y = checkpoint(x);
        checkpoint(y)
    }

    #[test]
    fn a_function_of_that_name_is_called() {
        assert_eq!(agree!(twice(1.5)), 3.5);
    }
}

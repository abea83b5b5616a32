//! What is true of every handle: names, caches, threads, errors.

use super::close;
use desc_jit::ErrorKind;
use desc_jit::backend::{Backend, with_backend};
use desc_jit::prelude::*;

#[test]
fn a_handle_is_called_like_its_function() {
    #[desc_jit]
    fn shifted(u: &Array1<f64>, out: &mut Array1<f64>, n: usize, by: (f64, f64)) -> f64 {
        let (a, b) = by;
        for i in 0..n {
            out[i] = u[i] + a;
        }
        b
    }
    let handle = shifted::jit();
    let u = Array1::from_vec(vec![1.0, 2.0]);
    let mut out = Array1::zeros(2);
    assert_eq!(handle(&u, &mut out, 2, (0.5, 7.0)), 7.0);
    assert_eq!(out.to_vec(), [1.5, 2.5]);
    assert_eq!(handle.try_call(&u, &mut out, 1, (1.5, 8.0)).unwrap(), 8.0);
    assert_eq!(out.to_vec(), [2.5, 2.5]);
    assert_eq!(handle.graph(&u, &mut out, 2, (0.5, 7.0)).unwrap().body.results.len(), 2);
    assert_eq!(handle.explain(&u, &mut out, 2, (0.5, 7.0)).unwrap().loops().len(), 1);
    assert_eq!(format!("{:?}", handle.clone()), "Jit(shifted)");
    assert_eq!(handle.cache_stats(), shifted::cache_stats());
    let native = with_backend(Backend::Native, || handle.try_call(&u, &mut out, 1, (0.0, 1.0)).unwrap());
    assert_eq!((native, handle.cache_stats().hits + handle.cache_stats().misses), (1.0, 2));
    with_backend(Backend::Native, || assert_eq!(handle(&u, &mut out, 1, (0.0, 2.0)), 2.0));
    assert_eq!(handle.cache_stats().hits + handle.cache_stats().misses, 2);
}

#[test]
fn a_function_without_arguments_has_a_handle() {
    #[desc_jit]
    fn answer() -> i64 {
        42
    }
    assert_eq!(answer::jit()(), 42);
}

#[desc_jit]
fn square(x: f64) -> f64 {
    x * x
}

#[test]
fn names_say_what_was_applied() {
    let handle = square::jit();
    assert_eq!(grad(&handle).name(), "grad(square)");
    assert_eq!(grad(grad(&handle)).name(), "grad(grad(square))");
    assert_eq!(value_and_grad(&handle).name(), "value_and_grad(square)");
    assert_eq!(jvp(&handle).name(), "jvp(square)");
    assert_eq!(vjp(&handle).name(), "vjp(square)");
    assert_eq!(jacfwd(&handle).name(), "jacfwd(square)");
    assert_eq!(jacrev(&handle).name(), "jacrev(square)");
    assert_eq!(hessian(&handle).name(), "hessian(square)");
    assert_eq!(hvp(&handle).name(), "hvp(square)");
    assert_eq!(vmap(grad(&handle)).name(), "vmap(grad(square))");
    assert_eq!(format!("{:?}", vmap(&handle)), "Jit(vmap(square))");
}

#[test]
fn equal_recipes_share_a_cache() {
    #[desc_jit]
    fn product(x: f64, y: f64) -> f64 {
        x * y
    }
    close(grad(product::jit())(2.0, 3.0), 3.0);
    close(grad(product::jit())(4.0, 5.0), 5.0);
    let stats = grad(product::jit()).cache_stats();
    assert_eq!((stats.misses, stats.hits, stats.entries), (1, 1, 1));
    // Another argument is another function.
    assert_eq!(grad(product::jit().wrt(argnums![1])).cache_stats().misses, 0);
    assert_eq!(product::cache_stats().misses, 0);
    grad(product::jit()).clear_cache();
    assert_eq!(grad(product::jit()).cache_stats().entries, 0);
}

#[test]
fn threads_share_a_handle() {
    #[desc_jit]
    fn quartic(x: &Array1<f64>) -> f64 {
        let mut s = 0.0;
        for i in 0..x.len() {
            s += x[i] * x[i] * x[i] * x[i];
        }
        s
    }
    let slope = grad(quartic::jit());
    std::thread::scope(|scope| {
        for k in 1..=8 {
            let slope = &slope;
            scope.spawn(move || {
                let x = f64::from(k);
                for _ in 0..20 {
                    let gradient = slope(&Array1::from_vec(vec![x; 5]));
                    super::all_close(gradient.iter(), &[4.0 * x * x * x; 5]);
                }
            });
        }
    });
    assert_eq!(slope.cache_stats().entries, 1);
    assert_eq!(slope.cache_stats().hits + slope.cache_stats().misses, 160);
}

#[test]
fn a_transform_runs_its_graph_on_the_native_backend_too() {
    #[desc_jit]
    fn line(x: f64) -> f64 {
        3.0 * x
    }
    with_backend(Backend::Native, || close(grad(line::jit())(1.0), 3.0));
    assert_eq!(grad(line::jit()).cache_stats().misses, 1);
    assert_eq!(line::cache_stats().misses, 0);
}

#[test]
fn the_graph_of_a_transform() {
    let graph = grad(square::jit()).graph(2.0).unwrap();
    assert_eq!(&*graph.name, "grad(square)");
    assert_eq!((graph.body.params.len(), graph.body.results.len()), (1, 1));
    let graph = jvp(square::jit()).graph(2.0, 1.0).unwrap();
    assert_eq!((graph.body.params.len(), graph.body.results.len()), (2, 2));
    assert!(grad(square::jit()).explain(2.0).unwrap().to_string().starts_with("grad(square) on engine"));
}

#[test]
fn errors_of_staging_keep_their_line() {
    #[desc_jit]
    fn outside(x: &Array1<f64>) -> f64 {
        x[5] * x[0]
    }
    let error = grad(outside::jit()).try_call(&Array1::ones(3)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Index);
    let text = error.location().and_then(|at| at.text.clone()).unwrap();
    assert!(text.contains("x[5] * x[0]"), "{text}");
    // The same after a transform of a transform.
    let error = grad(grad(outside_too::jit())).try_call(1.0, &Array1::ones(3)).unwrap_err();
    assert_eq!(error.location().map(|at| at.function.to_string()), Some("outside_too".into()));
}

#[desc_jit]
fn outside_too(x: f64, a: &Array1<f64>) -> f64 {
    x * x * a[5]
}

#[test]
fn a_static_argument_has_no_derivative() {
    #[desc_jit(static(k), allow(DJ1101))]
    fn scaled(x: f64, k: f64) -> f64 {
        k * x
    }
    let error = grad(scaled::jit().wrt(argnums![1])).try_call(2.0, 3.0).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Static);
    assert_eq!(error.message(), "the static argument `k` of `scaled` cannot be differentiated");
}

#[test]
fn an_argument_is_named_once() {
    let error = grad(square::jit().wrt(argnums![0, 0])).try_call(2.0).unwrap_err();
    assert_eq!(error.message(), "`square` is differentiated twice by its argument `x`");
}

#[test]
fn tangents_and_cotangents_have_the_shapes_of_what_they_belong_to() {
    #[desc_jit]
    fn doubled(u: &Array1<f64>) -> Array1<f64> {
        2.0 * u
    }
    let (u, v) = (Array1::ones(3), Array1::ones(2));
    let error = jvp(doubled::jit()).try_call(&u, &v).unwrap_err();
    assert_eq!(error.message(), "the tangent of `u` is f64[2], but `u` is f64[3]");
    let error = vjp(doubled::jit()).try_call(&u, &v).unwrap_err();
    assert_eq!(error.message(), "the cotangent of `doubled` is f64[2], but its result is f64[3]");
}

#[test]
fn the_graph_of_a_transform_reads_back() {
    let graph = grad(square::jit()).graph(2.0).unwrap();
    let text = graph.to_string();
    assert!(text.starts_with("graph \"grad(square)\"("), "{text}");
    assert_eq!(text.parse::<Graph>().unwrap().to_string(), text);
}

//! Backends, devices and handles.

use desc_jit::backend::{Backend, backend, device, execute_on_cpu, set_device, with_backend};
use desc_jit::prelude::*;

#[desc_jit]
fn inner(x: f64) -> f64 {
    x + 1.0
}

#[desc_jit]
fn outer(x: f64) -> f64 {
    inner(x) * 2.0
}

#[test]
fn the_native_backend_runs_the_function_as_written() {
    #[desc_jit]
    fn inner(x: f64) -> f64 {
        x + 1.0
    }
    #[desc_jit]
    fn outer(x: f64) -> f64 {
        inner(x) * 2.0
    }
    assert_eq!(with_backend(Backend::Native, || outer(1.0)), 4.0);
    assert_eq!(with_backend(Backend::Native, || outer::try_call(1.0).unwrap()), 4.0);
    assert_eq!(outer::native(1.0), 4.0);
    assert_eq!((outer::cache_stats().misses, inner::cache_stats().misses), (0, 0));
    assert_eq!(outer(1.0), 4.0);
    // Inlined: the callee itself was not compiled.
    assert_eq!((outer::cache_stats().misses, inner::cache_stats().misses), (1, 0));
}

#[test]
fn the_backend_comes_back_after_a_panic() {
    let before = backend();
    let result = std::panic::catch_unwind(|| with_backend(Backend::Native, || panic!("stop")));
    assert!(result.is_err());
    assert_eq!(backend(), before);
}

#[test]
fn a_missing_gpu_falls_back_to_the_cpu() {
    set_device("gpu").unwrap();
    if device().is_cpu() {
        assert!(require_device("gpu").is_err());
        assert_eq!(outer(2.0), 6.0);
    }
    set_device("cpu").unwrap();
    assert!(set_device("abacus").is_err());
    assert_eq!(execute_on_cpu(|| outer(3.0)), 8.0);
    print_backend_info();
}

#[test]
fn the_environment_chooses_the_backend() {
    // A process of its own: the variable is read once.
    if std::env::var_os("DESC_JIT_CHILD").is_some() {
        let _ = outer(1.0);
        println!("backend {} misses {}", backend(), outer::cache_stats().misses);
        return;
    }
    for (value, wanted) in [
        ("native", "backend native misses 0"),
        ("jit", "backend jit misses 1"),
        ("cobol", "backend jit misses 1"),
    ] {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["the_environment_chooses_the_backend", "--nocapture"])
            .env("DESC_JIT_CHILD", "1")
            .env("DESC_BACKEND", value)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains(wanted), "{value}: {text}");
        let warned = String::from_utf8_lossy(&output.stderr).contains("DESC_BACKEND");
        assert_eq!(warned, value == "cobol");
    }
}

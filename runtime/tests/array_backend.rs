//! The backend facade: device, native mode, information.

use desc_jit::backend::{
    Backend, Device, backend, backend_info, block_until_ready, device, enter_native, execute_on_cpu,
    native_selected, require_device, set_device, with_backend, with_device,
};
use desc_jit::error::ErrorKind;

#[test]
fn the_scoped_backend_nests_and_ends() {
    let outside = backend();
    with_backend(Backend::Native, || {
        assert!(native_selected());
        with_backend(Backend::Jit, || assert!(!native_selected()));
        assert!(native_selected());
    });
    assert_eq!(backend(), outside);
    {
        let _guard = enter_native();
        assert!(native_selected());
    }
    assert_eq!(backend(), outside);
}

#[test]
fn the_scoped_backend_ends_when_the_code_panics() {
    let outside = backend();
    let caught = std::panic::catch_unwind(|| with_backend(Backend::Native, || panic!("on purpose")));
    assert!(caught.is_err());
    assert_eq!(backend(), outside);
}

#[test]
fn the_scoped_backend_is_of_this_thread() {
    let outside = backend();
    with_backend(Backend::Native, || {
        assert_eq!(std::thread::spawn(backend).join().unwrap(), outside);
    });
}

#[test]
fn names_of_backends() {
    assert_eq!("Native".parse::<Backend>().unwrap(), Backend::Native);
    assert_eq!(Backend::Jit.to_string().parse::<Backend>().unwrap(), Backend::Jit);
    let e = "numpy".parse::<Backend>().unwrap_err();
    assert_eq!(e.message(), "there is no backend called \"numpy\"; write \"jit\" or \"native\"");
}

#[test]
fn devices_by_name() {
    assert_eq!(set_device("cpu").unwrap(), Device::cpu());
    assert_eq!(set_device("CPU").unwrap().to_string(), "cpu");
    assert_eq!(set_device("tpu").unwrap_err().kind(), ErrorKind::Argument);
    assert_eq!(require_device("tpu").unwrap_err().kind(), ErrorKind::Argument);
    require_device("cpu").unwrap();
    assert_eq!(execute_on_cpu(device), Device::cpu());
    assert_eq!(with_device(&Device::cpu(), device), Device::cpu());
    block_until_ready().unwrap();
}

#[test]
#[cfg(not(feature = "cuda"))]
fn without_a_gpu_the_cpu_is_used_and_require_refuses() {
    assert_eq!(set_device("gpu").unwrap(), Device::cpu());
    assert_eq!(set_device("cuda:3").unwrap(), Device::cpu());
    let e = require_device("cuda:1").unwrap_err();
    assert_eq!(e.kind(), ErrorKind::Device);
    assert_eq!(e.message(), "cuda:1 is not available: desc-jit was built without the `cuda` feature");
}

#[test]
fn information() {
    let info = execute_on_cpu(backend_info);
    assert!(info.threads >= 1);
    assert_eq!(info.default_float.name(), "f64");
    let text = info.to_string();
    assert!(text.starts_with(&format!("desc-jit {}", env!("CARGO_PKG_VERSION"))), "{text}");
    assert!(text.contains("device: cpu"), "{text}");
}

/// Not a test of its own: what the next one runs in processes with another environment.
#[test]
fn report_the_backend() {
    println!("backend={}", backend());
}

#[test]
fn the_environment_chooses_the_backend() {
    let run = |value: &str| {
        let out = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "report_the_backend", "--nocapture"])
            .env("DESC_BACKEND", value)
            .output()
            .unwrap();
        (String::from_utf8_lossy(&out.stdout).into_owned(), String::from_utf8_lossy(&out.stderr).into_owned())
    };
    assert!(run("native").0.contains("backend=native"));
    assert!(run("jit").0.contains("backend=jit"));
    assert!(run("").0.contains("backend=jit"));
    let (out, warning) = run("numpy");
    assert!(out.contains("backend=jit"));
    assert!(
        warning.contains("DESC_BACKEND: there is no backend called \"numpy\"; write \"jit\" or \"native\"")
    );
}

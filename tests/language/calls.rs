//! Calls of other annotated functions, inlined into the caller's graph.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

mod physics {
    use desc_jit::prelude::*;

    /// Documented, public, in another module.
    #[desc_jit]
    #[must_use]
    pub fn energy(m: f64, v: f64) -> f64 {
        0.5 * m * v * v
    }

    pub mod inner {
        use super::*;

        #[desc_jit]
        pub(crate) fn lapse(u: &Array1<f64>, i: usize) -> f64 {
            u[i - 1] - 2.0 * u[i] + u[i + 1]
        }

        #[desc_jit]
        pub fn kick(v: &mut Array1<f64>, dt: f64) {
            for i in 0..v.len() {
                v[i] += dt;
            }
        }

        #[desc_jit]
        pub fn split(x: f64) -> (f64, f64) {
            (x.floor(), x.fract())
        }
    }
}

use physics::inner::{self, kick};

#[desc_jit]
#[allow(unused_qualifications)]
fn across_modules(u: &Array1<f64>, v: f64) -> f64 {
    let mut s = physics::energy(2.0, v);
    for i in 1..u.len() - 1 {
        s += inner::lapse(u, i) * physics::energy(u[i], v);
    }
    let (whole, part) = self::physics::inner::split(s);
    whole - part
}

#[test]
fn functions_of_other_modules() {
    agree!(across_modules(&Array1::from_vec(vec![1.0, 3.0, -2.0, 0.5]), 1.5));
}

#[desc_jit]
fn with_mutable_arguments(v: &Array1<f64>, steps: usize) -> Array1<f64> {
    let mut w = v.clone();
    for t in 0..steps {
        kick(&mut w, 0.5 * t as f64);
        if t > 1 {
            kick(&mut w, 1.0);
        }
    }
    w
}

#[desc_jit]
#[allow(unused_qualifications)]
fn passes_on(v: &mut Array1<f64>, dt: f64) {
    kick(v, dt);
    inner::kick(v, 2.0 * dt);
}

#[test]
fn arguments_changed_by_the_callee() {
    agree!(with_mutable_arguments(&Array1::from_vec(vec![1.0, 2.0]), 4));
    let mut native = Array1::from_vec(vec![1.0, 2.0]);
    let mut staged = native.clone();
    passes_on::native(&mut native, 0.5);
    passes_on(&mut staged, 0.5);
    assert_eq!(native, staged);
}

#[test]
fn an_annotated_function_inside_a_function() {
    const LOCAL: f64 = 3.0;

    #[desc_jit]
    fn local(x: f64) -> f64 {
        x * LOCAL
    }

    #[desc_jit]
    fn calls_local(x: f64) -> f64 {
        local(x) + local(2.0)
    }
    assert_eq!(agree!(calls_local(1.0)), 9.0);
}

#[desc_jit]
fn call_in_every_place(x: f64, n: usize) -> f64 {
    let mut y = x;
    while physics::energy(1.0, y) < 10.0 {
        y = if physics::energy(y, 1.0) > 1.0 { y + physics::energy(1.0, 1.0) } else { y * 2.0 };
    }
    for _ in 0..n {
        y -= physics::energy(0.1, y).min(0.5);
    }
    y
}

#[test]
fn calls_in_conditions_and_loops() {
    agree!(call_in_every_place(0.7, 3));
}

#[test]
fn attributes_and_docs_stay_on_the_function() {
    assert_eq!(physics::energy(2.0, 3.0), 9.0);
    assert_eq!(physics::energy::native(2.0, 3.0), 9.0);
    let handle = physics::energy::jit();
    assert_eq!(handle(2.0, 3.0), 9.0);
    assert_eq!(handle.name(), "energy");
}

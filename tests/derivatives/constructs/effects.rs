//! *Effects* of `docs/language.md`.

use desc_jit::prelude::*;

constructs! {
    assertions: "`assert!`, `assert_eq!`, `assert_ne!`, `debug_assert!`..";
    panics: "`panic!`, `unreachable!`, `todo!`, `unimplemented!`";
    progress_bars: "`for t in progress(\"name\", a..b)`";
}

#[desc_jit]
fn assertions(x: &Array1<f64>, n: usize) -> f64 {
    assert!(x[0] > -100.0, "{} is too small", x[0]);
    assert_eq!(n, 3);
    assert_ne!(x[1], 100.0);
    debug_assert!(x[2] < 100.0);
    x[0] * x[1] * x[2]
}

#[desc_jit]
fn panics(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = x[0];
    for i in 0..n {
        y *= match i {
            0 => x[1],
            1 | 2 => x[2] + x[3],
            _ => unreachable!("{i}"),
        };
        if y > 1e6 {
            panic!("{y} is too large");
        }
    }
    y
}

#[desc_jit]
fn progress_bars(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = 1.0;
    for t in progress("steps", 0..n) {
        y += x[t] * y * x[t + 1];
    }
    y
}

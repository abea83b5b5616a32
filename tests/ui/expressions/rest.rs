//! What else is not in the language.
use desc_jit::prelude::*;

struct Settings {
    step: f64,
}
const SETTINGS: Settings = Settings { step: 0.1 };

#[desc_jit]
fn rest(x: f64) -> f64 {
    let _later = async { x };
    let half = const { 0.5 };
    let mut y = x;
    *(&mut y, half).0 = 3.0;
    let pointer = &raw const y;
    let _ = (&mut y, 1.0);
    let _ = pointer.is_null();
    let none: Vec<f64> = vec![];
    <f64 as Default>::default() + SETTINGS.step + none.len() as f64
}

#[desc_jit]
fn question(x: f64) -> f64 {
    let _ = cond(x > 0.0, |v: Option<f64>| { let w = v?; Some(w) }, |v| v, None);
    f64::from(x).max(plain(|v| v + 1.0))
}

fn plain(f: impl Fn(f64) -> f64) -> f64 {
    f(1.0)
}

fn main() {
    rest(1.0);
    question(1.0);
}

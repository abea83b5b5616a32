//! What staged code can't know of a `Result`.
use desc_jit::prelude::*;
use desc_jit::{ErrorKind, Result};

#[desc_jit]
fn halved(x: f64) -> Result<f64> {
    let mut y = x;
    loop {
        if y < 1.0 {
            break Ok(y);
        }
        y *= 0.5;
    }
}

#[desc_jit]
fn root(x: f64) -> Result<f64> {
    let result = if x < 0.0 { Err(Error::msg("no root")) } else { Ok(x.sqrt()) };
    result
}

#[desc_jit]
fn inverse(x: f64) -> Result<f64> {
    if x == 0.0 {
        return Err(Error::new(ErrorKind::Argument, "no inverse"));
    }
    Ok(1.0 / x)
}

fn main() {}

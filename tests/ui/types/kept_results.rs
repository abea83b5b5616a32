//! What staged code can't know of a `Result`.
use desc_jit::prelude::*;
use desc_jit::{ErrorKind, Result};

#[desc_jit]
fn mean(e: &Array1<f64>) -> Result<f64> {
    let mean = e.mean().ok_or(Error::msg("no energies"))?;
    Ok(0.5 * mean)
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

//! An `async fn` that awaits: one mistake.
use desc_jit::prelude::*;

async fn measured() -> f64 {
    1.0
}

#[desc_jit]
async fn force(x: f64) -> f64 {
    x * measured().await
}

fn main() {}

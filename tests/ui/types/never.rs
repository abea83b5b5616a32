//! A function that never returns, and a macro as a type.
use desc_jit::prelude::*;

macro_rules! float {
    () => {
        f64
    };
}

#[desc_jit]
fn forever(x: float!()) -> ! {
    let _ = x;
    loop {}
}

fn main() {
    forever(1.0);
}

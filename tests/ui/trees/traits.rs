//! What can't stand in a trait that is compiled, and what can't have one.
use desc_jit::prelude::*;

macro_rules! constants {
    () => {
        const BOLTZMANN: f64 = 1.380649e-23;
    };
}

#[desc_jit(static(n))]
trait Grid<T: Float, const D: usize> {
    #[desc_jit(static(n))]
    fn points(&self, n: usize) -> Array1<f64>;

    fn spacing(&self) -> f64 {
        "a spacing".len() as f64
    }

    constants!();
}

#[desc_jit]
trait Potential {
    fn energy(&self, x: f64) -> f64;

    fn force(&self, x: f64) -> f64 {
        -self.energy(x)
    }
}

struct Spring {
    k: f64,
}

impl Potential for Spring {
    fn energy(&self, x: f64) -> f64 {
        self.k * x * x
    }
}

fn main() {}

//! Lorenz's model of convection ("Deterministic nonperiodic flow", J. Atmos. Sci. 20, 130, 1963) by the classical
//! Runge-Kutta method: three numbers, many dependent steps.

use anyhow::Result;
use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::c_library::{CFile, array_mut, int, real};

const SIGMA: f64 = 10.0;
const RHO: f64 = 28.0;
const BETA: f64 = 8.0 / 3.0;

#[desc_jit]
fn velocity(x: f64, y: f64, z: f64) -> (f64, f64, f64) {
    (SIGMA * (y - x), x * (RHO - z) - y, x * y - BETA * z)
}

#[desc_jit]
pub fn lorenz(x0: f64, y0: f64, z0: f64, dt: f64, steps: usize) -> (f64, f64, f64) {
    let (mut x, mut y, mut z) = (x0, y0, z0);
    let half = 0.5 * dt;
    for _ in 0..steps {
        let (x1, y1, z1) = velocity(x, y, z);
        let (x2, y2, z2) = velocity(x + half * x1, y + half * y1, z + half * z1);
        let (x3, y3, z3) = velocity(x + half * x2, y + half * y2, z + half * z2);
        let (x4, y4, z4) = velocity(x + dt * x3, y + dt * y3, z + dt * z3);
        x += dt / 6.0 * (x1 + 2.0 * x2 + 2.0 * x3 + x4);
        y += dt / 6.0 * (y1 + 2.0 * y2 + 2.0 * y3 + y4);
        z += dt / 6.0 * (z1 + 2.0 * z2 + 2.0 * z3 + z4);
    }
    (x, y, z)
}

/// The flow is chaotic: over ten units of time it magnifies a difference in rounding some ten thousand times.
pub fn inputs([steps]: [usize; 1]) -> (f64, f64, f64, f64, usize) {
    (1.0, 1.0, 1.0, 1e-5, steps)
}

fn by_hand(x0: f64, y0: f64, z0: f64, dt: f64, steps: usize) -> Result<(f64, f64, f64)> {
    static C: CFile = CFile::new("lorenz", include_str!("../c/lorenz.c"));
    let mut state = Array1::from_vec(vec![x0, y0, z0]);
    C.call(&[real(SIGMA), real(RHO), real(BETA), real(dt), int(steps), array_mut(&mut state)])?;
    Ok((state[0], state[1], state[2]))
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        lorenz(x0, y0, z0, dt, steps),
        inputs,
        sizes: [("tiny", [100]), ("S", [100_000]), ("M", [1_000_000])],
        tolerance: Bits,
        limit: by_hand,
        steps: 0,
    }
}

//! A viscous fluid in a box with a moving lid, as in NPBench's `cavity_flow`, after Barba and Forsyth, "CFD Python:
//! the 12 steps to Navier-Stokes equations" (<https://doi.org/10.21105/jose.00021>), step 11.

use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::parameters::InOut;

#[expect(clippy::too_many_arguments, reason = "as the definition has them")]
#[desc_jit]
pub fn cavity_flow(
    nt: usize,
    nit: usize,
    u: &mut Array2<f64>,
    v: &mut Array2<f64>,
    dt: f64,
    dx: f64,
    dy: f64,
    p: &mut Array2<f64>,
    rho: f64,
    nu: f64,
) {
    let (ny, nx) = u.dim();
    let mut b = Array2::<f64>::zeros((ny, nx));
    for _ in 0..nt {
        let un = u.clone();
        let vn = v.clone();

        for j in 1..ny - 1 {
            for i in 1..nx - 1 {
                let ux = (u[[j, i + 1]] - u[[j, i - 1]]) / (2.0 * dx);
                let uy = (u[[j + 1, i]] - u[[j - 1, i]]) / (2.0 * dy);
                let vx = (v[[j, i + 1]] - v[[j, i - 1]]) / (2.0 * dx);
                let vy = (v[[j + 1, i]] - v[[j - 1, i]]) / (2.0 * dy);
                b[[j, i]] = rho * (1.0 / dt * (ux + vy) - ux * ux - 2.0 * (uy * vx) - vy * vy);
            }
        }

        for _ in 0..nit {
            let pn = p.clone();
            for j in 1..ny - 1 {
                for i in 1..nx - 1 {
                    p[[j, i]] = ((pn[[j, i + 1]] + pn[[j, i - 1]]) * dy * dy
                        + (pn[[j + 1, i]] + pn[[j - 1, i]]) * dx * dx)
                        / (2.0 * (dx * dx + dy * dy))
                        - dx * dx * dy * dy / (2.0 * (dx * dx + dy * dy)) * b[[j, i]];
                }
            }
            for j in 0..ny {
                p[[j, nx - 1]] = p[[j, nx - 2]];
            }
            for i in 0..nx {
                p[[0, i]] = p[[1, i]];
            }
            for j in 0..ny {
                p[[j, 0]] = p[[j, 1]];
            }
            for i in 0..nx {
                p[[ny - 1, i]] = 0.0;
            }
        }

        for j in 1..ny - 1 {
            for i in 1..nx - 1 {
                u[[j, i]] = un[[j, i]]
                    - un[[j, i]] * dt / dx * (un[[j, i]] - un[[j, i - 1]])
                    - vn[[j, i]] * dt / dy * (un[[j, i]] - un[[j - 1, i]])
                    - dt / (2.0 * rho * dx) * (p[[j, i + 1]] - p[[j, i - 1]])
                    + nu * (dt / (dx * dx) * (un[[j, i + 1]] - 2.0 * un[[j, i]] + un[[j, i - 1]])
                        + dt / (dy * dy) * (un[[j + 1, i]] - 2.0 * un[[j, i]] + un[[j - 1, i]]));
                v[[j, i]] = vn[[j, i]]
                    - un[[j, i]] * dt / dx * (vn[[j, i]] - vn[[j, i - 1]])
                    - vn[[j, i]] * dt / dy * (vn[[j, i]] - vn[[j - 1, i]])
                    - dt / (2.0 * rho * dy) * (p[[j + 1, i]] - p[[j - 1, i]])
                    + nu * (dt / (dx * dx) * (vn[[j, i + 1]] - 2.0 * vn[[j, i]] + vn[[j, i - 1]])
                        + dt / (dy * dy) * (vn[[j + 1, i]] - 2.0 * vn[[j, i]] + vn[[j - 1, i]]));
            }
        }
        for i in 0..nx {
            u[[0, i]] = 0.0;
            v[[0, i]] = 0.0;
            v[[ny - 1, i]] = 0.0;
        }
        for j in 0..ny {
            u[[j, 0]] = 0.0;
            u[[j, nx - 1]] = 0.0;
            v[[j, 0]] = 0.0;
            v[[j, nx - 1]] = 0.0;
        }
        for i in 0..nx {
            u[[ny - 1, i]] = 1.0;
        }
    }
}

pub type Field = InOut<Array2<f64>>;
pub type Inputs = (usize, usize, Field, Field, f64, f64, f64, Field, f64, f64);

pub fn inputs([nx, ny, nt, nit]: [usize; 4]) -> Inputs {
    let rest = || InOut(Array2::zeros((ny, nx)));
    let (dx, dy) = (2.0 / (nx - 1) as f64, 2.0 / (ny - 1) as f64);
    let dt = 0.1 / ((nx - 1) * (ny - 1)) as f64;
    (nt, nit, rest(), rest(), dt, dx, dy, rest(), 1.0, 0.1)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        cavity_flow(nt, nit, u, v, dt, dx, dy, p, rho, nu),
        inputs,
        sizes: [("tiny", [11, 12, 3, 2]), ("S", [61, 61, 25, 5]), ("M", [121, 121, 50, 10])],
        tolerance: Bits,
        steps: 2,
    }
}

//! The kernels: one file each, with the function as a physicist writes it.

use crate::bench::Bench;

/// Declares the modules and lists them, in the order of the table.
macro_rules! kernels {
    ($(#[$doc:meta])* $list:ident: $($name:ident)*) => {
        $(pub mod $name;)*

        $(#[$doc])*
        pub fn $list() -> Vec<Bench> {
            vec![$($name::bench()),*]
        }
    };
}

kernels! {
    /// Every kernel but those of [`derivatives`], in the order of the table.
    all:
    scalar
    arithmetic
    expression
    jacobi_2d
    gemm
    go_fast
    arc_distance
    azimint_naive
    nbody
    mandelbrot
    k2mm
    covariance
    atax
    syrk
    spmv
    softmax
    histogram
    boris
    biot_savart
    w7x_surface
    jacobi_1d
    heat_3d
    fdtd_2d
    seidel_2d
    adi
    hdiff
    cavity_flow
    floyd_warshall
    lu
    cholesky
    trisolv
    durbin
    tridiagonal
    lorenz
}

kernels! {
    /// The kernels that are differentiated or mapped, each in front of its derivatives, in the order of the table.
    derivatives:
    heat_energy
    heat_gradient
    recurrence
    recurrence_gradient
    lorenz96
    lorenz96_jacfwd
    lorenz96_jacrev
    rosenbrock
    rosenbrock_hvp
    lennard_jones
    lennard_jones_hvp
    mandelbrot_vmap
    w7x_volume
    w7x_volume_gradient
    burgers
    burgers_gradient
    burgers_checkpoint
}

//! The kernels: one file each, with the function as a physicist writes it.

use crate::bench::Bench;

/// Declares the modules and lists them, in the order of the table.
macro_rules! kernels {
    ($($name:ident)*) => {
        $(mod $name;)*

        /// Every kernel, in the order of the table.
        pub fn all() -> Vec<Bench> {
            vec![$($name::bench()),*]
        }
    };
}

kernels! {
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

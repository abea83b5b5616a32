//! Derivatives of kernels of physics and linear algebra: forward against reverse mode and against differences, on
//! every engine.

mod bodies;
mod matrices;
mod recurrences;
mod sweeps;

//! desc-jit
pub mod dtype;
pub mod error;

//! Procedural macros of desc-jit.

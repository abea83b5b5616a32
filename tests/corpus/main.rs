//! The canon of numerical methods as a textbook would write it in Rust: every program in every reading and on every
//! engine, differentiated and batched where that has a meaning. One file per field.

mod dynamic;
mod integers;

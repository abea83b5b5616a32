//! The graph by itself: textual form, verifier, passes on text files, and the engines against each other on
//! graphs.

mod dot;
mod long_loops;
mod passes;
mod random;
mod text;
mod verifier;

//! The graph by itself: textual form, verifier, passes on text files, and the engines against each other on
//! graphs.

mod dot;
mod passes;
mod long_loops;
mod random;
mod text;
mod verifier;

//! This engine against the others, and against compilers and directories that misbehave.

mod failures;
mod programs;
mod texts;
mod tools;

//! What assertions, panics and prints say.

use super::Expr;
use proc_macro2::TokenStream;

/// `assert!`, `assert_eq!`, `assert_ne!`, and those of debug builds.
#[derive(Clone, Debug)]
pub struct Assert {
    /// What is said to hold.
    pub claim: Claim,
    /// What is said where it does not.
    pub text: Option<Text>,
    /// `debug_assert!`
    pub debug: bool,
}

/// What an assertion says.
#[derive(Clone, Debug)]
pub enum Claim {
    /// A condition, and as it is written.
    Holds(Expr, TokenStream),
    /// That two values are equal (true), or not equal.
    Equal(bool, Expr, Expr),
}

/// The arguments of `panic!`, `println!` and the like.
#[derive(Clone, Debug)]
pub struct Text {
    /// The format string; every argument has its number.
    pub format: String,
    /// The arguments.
    pub arguments: Vec<Expr>,
}

impl Text {
    /// Making it takes nothing that could fail, and no time worth speaking of.
    pub fn is_simple(&self) -> bool {
        self.arguments.iter().all(Expr::is_simple)
    }
}

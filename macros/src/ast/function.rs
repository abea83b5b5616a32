//! An annotated function: its parameters, its body, and what is known of it.

use super::{Block, Pattern, Spot};
use crate::generics::Generics;
use proc_macro2::TokenStream;
use syn::Type;

/// An annotated function.
pub struct Function {
    /// Its name, without `r#`.
    pub name: String,
    /// Its type and const parameters.
    pub generics: Generics,
    /// Its parameters.
    pub params: Vec<Param>,
    /// Its body.
    pub body: Block,
    /// Where its result is made.
    pub result_at: Spot,
    /// The type of its result, as a `Ty`, where it is written and one of ours.
    pub result: Option<TokenStream>,
    /// It gives a `Result` of that.
    pub fallible: bool,
    /// How many variables have been declared.
    pub variables: usize,
    /// How derivatives treat it.
    pub rule: Option<crate::args::Rule>,
    /// What native code writes in another way.
    pub handles: Handles,
}

/// Paths that stand for handles.
#[derive(Debug, Default)]
pub struct Handles {
    /// The spans of their last segments, by [`span_key`].
    pub paths: Vec<String>,
    /// A transform is applied to something else, which was reported: the body is no Rust code.
    pub not_rust: bool,
}

/// How a parameter is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// By value.
    Value,
    /// `&T`
    Ref,
    /// `&mut T`
    Mut,
}

/// A parameter.
pub struct Param {
    /// What it binds.
    pub pattern: Pattern,
    /// How it is passed.
    pub mode: Mode,
    /// Its declared type.
    pub ty: Type,
    /// It is a constant of the compilation.
    pub is_static: bool,
}

//! Patterns, and the names of fields.

use super::Spot;
use crate::scope::Variable;
use proc_macro2::TokenStream;
use std::fmt;
use syn::ext::IdentExt;

/// A pattern that always matches.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// `x`
    Name(Variable),
    /// `_`
    Wild,
    /// `(a, b)` or `[a, b]`
    Tuple(Vec<Pattern>, Spot),
    /// `..` among the parts of one; `rest @ ..` of a list has a name
    Rest(Option<Variable>),
    /// `name @ pattern`
    Whole(Variable, Box<Pattern>),
    /// `State { x, v: a, .. }`, `Pair(a, b)`
    Struct(Vec<(FieldName, Pattern)>, Spot),
    /// `x: T`, with the declared type as a `Ty`
    Typed(Box<Pattern>, TokenStream, Spot),
}

impl Pattern {
    /// The variables that it binds.
    pub fn variables(&self, f: &mut impl FnMut(&Variable)) {
        match self {
            Pattern::Name(variable) => f(variable),
            Pattern::Wild => {}
            Pattern::Rest(variable) => variable.iter().for_each(f),
            Pattern::Whole(variable, inner) => {
                f(variable);
                inner.variables(f);
            }
            Pattern::Struct(parts, _) => parts.iter().for_each(|(_, p)| p.variables(f)),
            Pattern::Tuple(parts, _) => parts.iter().for_each(|p| p.variables(f)),
            Pattern::Typed(inner, ..) => inner.variables(f),
        }
    }
}

/// The name of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldName {
    /// Of a tuple or a tuple struct.
    Number(usize),
    /// Of a struct, without `r#`.
    Name(String),
}

impl FieldName {
    /// As it is written.
    pub fn of(member: &syn::Member) -> FieldName {
        match member {
            syn::Member::Named(name) => FieldName::Name(name.unraw().to_string()),
            syn::Member::Unnamed(index) => FieldName::Number(index.index as usize),
        }
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FieldName::Number(k) => write!(f, "{k}"),
            FieldName::Name(name) => write!(f, "{name}"),
        }
    }
}

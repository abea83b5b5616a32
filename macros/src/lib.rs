//! Procedural macros of desc-jit.
//!
//! [`macro@desc_jit`] keeps a function as written and adds a companion type that stages it into a tensor
//! graph. The pipeline is in `expand.rs`: arguments, parse, check, emit.

/// `quote!` with names that are hygienic and paths that start at the crate root: no user's name can break
/// what it makes, and what it declares can't capture a user's name.
macro_rules! quote_ours {
    ($($tokens:tt)*) => {
        ::quote::quote_spanned! { ::proc_macro2::Span::mixed_site()=> $($tokens)* }
    };
}

mod args;
mod ast;
mod build;
mod carry;
mod check;
mod derive;
mod desugar;
mod diag;
mod emit;
mod expand;
mod generics;
mod names;
mod parse;
mod scope;
mod walk;

#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Compiles a numerical function: the call stages it for the shapes and dtypes of its arguments, compiles
/// the graph, and keeps it for the next call.
///
/// Beside `fn heat` a companion type `heat` appears, whose associated functions are the other readings of
/// the same body: `heat::native(..)` runs it as plain Rust, `heat::try_call(..)` returns errors instead of
/// panicking, `heat::graph(..)` gives the staged graph, `heat::jit()` the handle that transforms take.
///
/// `#[desc_jit(static(n, m))]` makes the scalar parameters `n` and `m` constants of the compilation: shapes
/// may depend on them, and each new value compiles once more.
#[proc_macro_attribute]
pub fn desc_jit(attribute: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(attribute.into(), item.into()).into()
}

/// Makes a struct a value of staged code: parameters, results and variables of annotated functions can be such structs.
///
/// Its fields are scalars, arrays, tuples and other trees. A scalar field with `#[tree(static)]` is a constant of the
/// compilation, as a static parameter is: lengths of arrays may depend on it, each new value compiles once more.
#[proc_macro_derive(Tree, attributes(tree))]
pub fn tree(item: TokenStream) -> TokenStream {
    derive::expand(item.into()).into()
}

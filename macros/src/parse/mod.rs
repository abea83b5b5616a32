//! From Rust's syntax to the staged language. Every node of syn is either translated or reported with a
//! diagnostic of its own; reading goes on after an error, so that one compilation shows them all.

mod assign;
mod block;
mod call;
mod control;
mod effects;
pub use loop_attributes::is_of_loops;
mod expr;
mod format;
mod functional;
mod generic;
pub use generic::split;
pub mod handle;
pub mod implementation;
mod iterate;
mod jump;
mod literal;
mod loop_attributes;
mod macros;
mod matching;
mod method;
mod mutating;
pub mod operator;
mod pattern;
mod reference;
mod refutable;
pub mod results;
mod signature;
mod structs;
pub mod types;

use crate::args::Arguments;
use crate::ast::{Expr, ExprKind, Function, Handles, Spot};
use crate::build::expression;
use crate::diag::{Sink, attribute};
use crate::generics::Generics;
use crate::scope::Scopes;
use proc_macro2::{Ident, Span, TokenStream};
use std::collections::{BTreeMap, BTreeSet};
use syn::ext::IdentExt;
use syn::{Item, ItemFn};

/// Reads the annotated item; anything but a function is reported.
pub fn item(tokens: TokenStream, sink: &mut Sink) -> Option<ItemFn> {
    let error = match syn::parse2::<ItemFn>(tokens.clone()) {
        Ok(function) => return Some(function),
        Err(error) => error,
    };
    let mut not_a_function =
        |span: Span, what: &str| sink.report_at(span, &attribute::NOT_A_FUNCTION, &[&what]);
    match syn::parse2::<Item>(tokens) {
        Ok(Item::Struct(i)) => not_a_function(i.struct_token.span, "a struct"),
        Ok(Item::Enum(i)) => not_a_function(i.enum_token.span, "an enum"),
        Ok(Item::Union(i)) => not_a_function(i.union_token.span, "a union"),
        Ok(Item::Mod(i)) => not_a_function(i.mod_token.span, "a module"),
        Ok(Item::Const(i)) => not_a_function(i.const_token.span, "a constant"),
        Ok(Item::Static(i)) => not_a_function(i.static_token.span, "a static"),
        Ok(Item::Type(i)) => not_a_function(i.type_token.span, "a type alias"),
        Ok(Item::Use(i)) => not_a_function(i.use_token.span, "an import"),
        Ok(Item::Verbatim(i)) => match i.into_iter().find(|t| t.to_string() == "fn") {
            Some(function) => not_a_function(function.span(), "a function without a body"),
            None => not_a_function(error.span(), "this item"),
        },
        Ok(_) => not_a_function(error.span(), "this item"),
        Err(_) => sink.report_at(error.span(), &attribute::NOT_PARSED, &[&error]),
    }
    None
}

/// Reads the function. Where something was reported the result is incomplete and must not be emitted.
pub fn function(
    item: &ItemFn,
    around: Option<implementation::Around<'_>>,
    arguments: &Arguments,
    sink: &mut Sink,
) -> Function {
    let name = item.sig.ident.unraw().to_string();
    let plain = results::without(item, sink);
    let fallible = plain.is_some();
    let item = plain.as_ref().unwrap_or(item);
    let mut parser = Parser {
        sink,
        scopes: Scopes::default(),
        name: name.clone(),
        frames: Vec::new(),
        frame_count: 0,
        closures: 0,
        mutating: BTreeMap::new(),
        arrays: BTreeSet::new(),
        structs: BTreeMap::new(),
        read_only: 0,
        handles: Handles::default(),
        is_optional: false,
        collected: None,
        fallible,
        tried: false,
        own_float: around.and_then(implementation::Around::own_float),
        in_block: around.is_some(),
        in_trait: around.is_some_and(|around| around.is_trait),
        generics: match around {
            Some(around) => Generics::of(item).within(around.generics),
            None => Generics::of(item),
        },
    };
    loop_attributes::check(item, parser.sink);
    let params = parser.signature(item, arguments);
    let body = parser.block(&item.block);
    let result_at = body.value.as_ref().map_or_else(|| Spot::of(&item.sig.ident), |v| v.at);
    let result = match &item.sig.output {
        syn::ReturnType::Default => None,
        syn::ReturnType::Type(_, ty) => types::ascription(ty),
    };
    let (handles, variables) = (parser.handles, parser.scopes.count());
    let rule = arguments.rule.clone();
    let generics = parser.generics;
    Function { name, generics, params, body, result_at, result, fallible, variables, rule, handles }
}

/// Reads one function.
struct Parser<'a> {
    sink: &'a mut Sink,
    scopes: Scopes,
    /// The name of the function.
    name: String,
    /// The loops and labelled blocks around the current point, in this function or closure.
    frames: Vec<jump::Open>,
    /// How many there have been.
    frame_count: usize,
    /// How many closures that are passed to something are open around the current point.
    closures: usize,
    /// Closures in variables that assign what is around them, by the numbers of the variables.
    mutating: BTreeMap<usize, mutating::Mutating>,
    /// In a block for a type of one float: the name of the type, and the float.
    own_float: Option<(Ident, Ident)>,
    /// How many closures are open of which the variables around them are values.
    read_only: usize,
    /// Variables that hold structs of the user's, by their numbers.
    structs: BTreeMap<usize, structs::Known>,
    /// Parameters that are arrays and no lists, by their numbers.
    arrays: BTreeSet<usize>,
    /// Paths that stand for handles.
    handles: Handles,
    /// Its result is an `Option` or a `Result`, which was reported: the values of it are the same mistake.
    is_optional: bool,
    /// What the `.collect()` that is read next is declared to give.
    collected: Option<syn::Type>,
    /// It gives a `Result`.
    fallible: bool,
    /// What is read next is a call of a function that gives a `Result`.
    tried: bool,
    /// It stands in an `impl` block or a trait.
    in_block: bool,
    /// It stands in a trait.
    in_trait: bool,
    /// Its type and const parameters.
    generics: Generics,
}

/// An expression that was reported.
fn rejected(at: Spot) -> Expr {
    expression(ExprKind::Rejected, at)
}

/// Without parentheses, and without the invisible groups that `macro_rules!` leaves.
fn bare(mut e: &syn::Expr) -> &syn::Expr {
    loop {
        e = match e {
            syn::Expr::Paren(p) => &p.expr,
            syn::Expr::Group(g) => &g.expr,
            _ => return e,
        };
    }
}

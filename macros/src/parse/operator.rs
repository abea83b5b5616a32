//! `#[desc_jit] impl Add for Vector { .. }`: the operators of a struct.

use super::types::bare;
use crate::names::SCALARS;
use quote::ToTokens;
use syn::{GenericArgument, GenericParam, ItemImpl, PathArguments, Type};

/// The traits behind operators.
const TRAITS: &[&str] = &[
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Rem",
    "Neg",
    "Not",
    "AddAssign",
    "SubAssign",
    "MulAssign",
    "DivAssign",
    "RemAssign",
    "PartialEq",
];

/// An operator that a block implements.
pub struct Operator {
    /// The struct that has it: the left operand, or the right one of a number and a struct.
    pub owner: Type,
    /// The left operand is a number.
    pub reversed: bool,
    /// What tells the tables of one operator and one struct apart.
    pub table: String,
}

/// The operator, where the block is for one.
pub fn operator(block: &ItemImpl) -> Option<Operator> {
    let (path, _) = block.trait_.as_ref()?;
    let segment = path.segments.last().filter(|s| TRAITS.iter().any(|t| s.ident == t))?;
    let left = &*block.self_ty;
    let right = match &segment.arguments {
        PathArguments::AngleBracketed(list) => list.args.iter().find_map(|a| match a {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        _ => None,
    };
    let own = value(left);
    let right = right.filter(|ty| !is(ty, "Self") && spelled(value(ty)) != spelled(own));
    let is_number = |ty: &Type| {
        let name = spelled(ty);
        let parameter = |p: &GenericParam| matches!(p, GenericParam::Type(p) if p.ident == name.as_str());
        SCALARS.contains(&name.as_str()) || block.generics.params.iter().any(parameter)
    };
    let by_reference = |ty| if is_reference(ty) { "_ref" } else { "" };
    Some(match right {
        Some(right) if is_number(own) => Operator {
            owner: value(right).clone(),
            reversed: true,
            table: format!("of_number{}", by_reference(right)),
        },
        right => Operator {
            owner: own.clone(),
            reversed: false,
            table: match right.map(|ty| is_number(value(ty))) {
                None => format!("own{}", by_reference(left)),
                Some(true) => format!("number{}", by_reference(left)),
                Some(false) => "other".into(),
            },
        },
    })
}

/// The type without references.
fn value(ty: &Type) -> &Type {
    match bare(ty) {
        Type::Reference(r) => value(&r.elem),
        ty => ty,
    }
}

fn is_reference(ty: &Type) -> bool {
    matches!(bare(ty), Type::Reference(_))
}

fn is(ty: &Type, name: &str) -> bool {
    spelled(value(ty)) == name
}

fn spelled(ty: &Type) -> String {
    ty.to_token_stream().to_string()
}

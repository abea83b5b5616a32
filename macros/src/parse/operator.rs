//! `#[desc_jit] impl Add for Vector { .. }`: the operators of a struct.

use super::types::bare;
use crate::names::SCALARS;
use quote::ToTokens;
use syn::{GenericArgument, GenericParam, ItemImpl, PathArguments, Type};

/// The traits behind operators, and what kinds of them have tables for.
const TRAITS: &[(&str, Kind)] = {
    use Kind::{Arithmetic, Assigns, Other};
    &[
        ("Add", Arithmetic),
        ("Sub", Arithmetic),
        ("Mul", Arithmetic),
        ("Div", Arithmetic),
        ("Rem", Other),
        ("BitAnd", Other),
        ("BitOr", Other),
        ("BitXor", Other),
        ("Shl", Other),
        ("Shr", Other),
        ("Neg", Arithmetic),
        ("Not", Arithmetic),
        ("AddAssign", Assigns),
        ("SubAssign", Assigns),
        ("MulAssign", Assigns),
        ("DivAssign", Assigns),
        ("RemAssign", Other),
        ("BitAndAssign", Other),
        ("BitOrAssign", Other),
        ("BitXorAssign", Other),
        ("ShlAssign", Other),
        ("ShrAssign", Other),
        ("PartialEq", Other),
    ]
};

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// For values and for references, on both sides.
    Arithmetic,
    /// For both on the right.
    Assigns,
    /// Only once.
    Other,
}

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
    let segment = path.segments.last()?;
    let (_, kind) = TRAITS.iter().find(|(name, _)| segment.ident == name)?;
    let left = &*block.self_ty;
    let right = match &segment.arguments {
        PathArguments::AngleBracketed(list) => list.args.iter().find_map(|a| match a {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        _ => None,
    };
    let own = value(left);
    let class = |ty: &Type| {
        let name = spelled(ty);
        let parameter = |p: &GenericParam| matches!(p, GenericParam::Type(p) if p.ident == name.as_str());
        match name.as_str() {
            "f64" | "f32" => "number",
            _ if block.generics.params.iter().any(parameter) => "number",
            name if SCALARS.contains(&name) => "integer",
            name if name == "Self" || name == spelled(own) => "own",
            _ => "other",
        }
    };
    // `impl Mul<Vector> for f64`
    if let (Some(right), true) = (right, matches!(class(own), "number" | "integer")) {
        let by = if is_reference(right) { "_by_ref" } else { "" };
        return Some(Operator {
            owner: value(right).clone(),
            reversed: true,
            table: format!("of_number{by}"),
        });
    }
    let of = right.map_or("own", |ty| class(value(ty)));
    // Without a right operand it is `Self`, a reference where that is one.
    let sides = (is_reference(left), right.map_or(is_reference(left), is_reference));
    let by = match (kind, of, sides) {
        (Kind::Arithmetic, "own" | "other", (true, true)) if right.is_some() => "_refs",
        (Kind::Arithmetic, "own" | "other", (false, true)) => "_by_ref",
        (Kind::Arithmetic, "own" | "other" | "number", (true, _)) => "_ref",
        (Kind::Assigns, "own" | "other", (_, true)) => "_by_ref",
        _ => "",
    };
    Some(Operator { owner: own.clone(), reversed: false, table: format!("{of}{by}") })
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

fn spelled(ty: &Type) -> String {
    ty.to_token_stream().to_string()
}

//! Which variables hold a struct of the user's, as far as the types that are written and the first values tell. Its methods may
//! be called like those of arrays and iterators.

use super::types::bare as bare_type;
use super::{Parser, bare};
use crate::ast::Pattern;
use crate::names::{self, ARRAYS, SCALARS};
use syn::{Expr as Rust, ExprMethodCall, Type, UnOp};

/// What a struct has without saying so, and never changes it.
const DERIVED: &[&str] = &["clone", "to_owned", "into", "eq", "ne"];

/// What is known of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Known {
    /// Nothing, or something else.
    Nothing,
    /// Its type has a name that is none of arrays: it may be another name for one, `type Field = Array2<f64>`.
    Name,
    /// It is a struct.
    Struct,
}

impl Parser<'_> {
    /// What is known of an expression, by its spelling.
    pub(super) fn known(&self, e: &Rust) -> Known {
        let of = |number| self.structs.get(&number).copied().unwrap_or(Known::Nothing);
        match bare(e) {
            Rust::Path(p) if p.qself.is_none() => {
                let variable = p.path.get_ident().and_then(|ident| self.scopes.variable(ident));
                variable.map_or(Known::Nothing, |v| match &v.alias {
                    Some(place) if place.parts.is_empty() => of(place.root.number()),
                    Some(_) => Known::Nothing,
                    None => of(v.number()),
                })
            }
            Rust::Unary(u) if matches!(u.op, UnOp::Deref(_)) => self.known(&u.expr),
            Rust::Reference(r) => self.known(&r.expr),
            Rust::Struct(_) => Known::Struct,
            Rust::MethodCall(m) if m.method == "clone" => self.known(&m.receiver),
            // `Stack::new()`: arrays have none.
            Rust::Call(call) => match bare(&call.func) {
                Rust::Path(p) => {
                    let segments: Vec<_> = p.path.segments.iter().collect();
                    match &segments[..] {
                        [.., ty, function]
                            if function.ident == "new" && is_struct_name(&ty.ident.to_string()) =>
                        {
                            Known::Struct
                        }
                        _ => Known::Nothing,
                    }
                }
                _ => Known::Nothing,
            },
            _ => Known::Nothing,
        }
    }

    /// This is known of what the pattern binds as a whole.
    pub(super) fn is_known(&mut self, pattern: &Pattern, what: Known) {
        match pattern {
            Pattern::Name(variable) if what > Known::Nothing => {
                self.structs.insert(variable.number(), what);
            }
            Pattern::Typed(inner, ..) => self.is_known(inner, what),
            _ => {}
        }
    }

    /// It is a method of a struct that is called like one of arrays or iterators, as far as that is known.
    pub(super) fn is_of_struct(&self, m: &ExprMethodCall) -> bool {
        let name = m.method.to_string();
        if DERIVED.contains(&name.as_str()) || m.args.iter().any(|a| matches!(bare(a), Rust::Closure(_))) {
            return false;
        }
        match (self.known(&m.receiver), names::method(&name)) {
            (Known::Nothing, _) => false,
            // Staged code has no such method of arrays.
            (_, None) => true,
            (Known::Name, Some(_)) => false,
            // By `Cx::method` it could not change its receiver.
            (Known::Struct, Some(names::Method::Plain)) => super::method::place_root(&m.receiver)
                .and_then(|root| self.scopes.variable(root))
                .is_some_and(|v| v.mutable),
            (Known::Struct, Some(_)) => true,
        }
    }
}

/// By its spelling, a struct of the user's or a reference to one.
pub(super) fn is_struct_type(ty: &Type) -> bool {
    match bare_type(ty) {
        Type::Reference(r) => is_struct_type(&r.elem),
        Type::Path(p) => p.path.segments.last().is_some_and(|s| is_struct_name(&s.ident.to_string())),
        _ => false,
    }
}

fn is_struct_name(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
        && name.chars().count() > 1
        && !ARRAYS.contains(&name)
        && !SCALARS.contains(&name)
        && names::view(name).is_none()
        && !matches!(name, "Vec" | "Option" | "Result" | "Box" | "Rc" | "Arc" | "String")
}

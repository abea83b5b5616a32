//! Which variables hold a struct of the user's, as far as the types that are written and the first values tell. Its methods may
//! be called like those of arrays and iterators.

use super::types::bare as bare_type;
use super::{Parser, bare};
use crate::ast::Pattern;
use crate::names::{self, ARRAYS, SCALARS};
use syn::{Expr as Rust, ExprMethodCall, Type, UnOp};

/// What a struct has without saying so, and never changes it.
const DERIVED: &[&str] = &["clone", "to_owned", "into", "eq", "ne"];

impl Parser<'_> {
    /// By its spelling, a struct of the user's.
    pub(super) fn is_struct(&self, e: &Rust) -> bool {
        match bare(e) {
            Rust::Path(p) if p.qself.is_none() => {
                let variable = p.path.get_ident().and_then(|ident| self.scopes.variable(ident));
                variable.is_some_and(|v| match &v.alias {
                    Some(place) => place.parts.is_empty() && self.structs.contains(&place.root.number()),
                    None => self.structs.contains(&v.number()),
                })
            }
            Rust::Unary(u) if matches!(u.op, UnOp::Deref(_)) => self.is_struct(&u.expr),
            Rust::Reference(r) => self.is_struct(&r.expr),
            Rust::Struct(_) => true,
            Rust::MethodCall(m) => m.method == "clone" && self.is_struct(&m.receiver),
            // `Stack::new()`
            Rust::Call(call) => match bare(&call.func) {
                Rust::Path(p) => {
                    let segments: Vec<_> = p.path.segments.iter().collect();
                    matches!(&segments[..], [.., ty, function]
                        if is_struct_name(&ty.ident.to_string())
                            && (function.ident == "new" || function.ident == "default"))
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// What the pattern binds as a whole is a struct.
    pub(super) fn holds_struct(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Name(variable) => {
                self.structs.insert(variable.number());
            }
            Pattern::Typed(inner, ..) => self.holds_struct(inner),
            _ => {}
        }
    }

    /// It is a method of a struct that may be called like one of arrays: by `Cx::method` it could not change its receiver.
    pub(super) fn is_of_struct(&self, m: &ExprMethodCall) -> bool {
        let name = m.method.to_string();
        if DERIVED.contains(&name.as_str())
            || !self.is_struct(&m.receiver)
            || m.args.iter().any(|a| matches!(bare(a), Rust::Closure(_)))
        {
            return false;
        }
        match names::method(&name) {
            Some(names::Method::Plain) => super::method::place_root(&m.receiver)
                .and_then(|root| self.scopes.variable(root))
                .is_some_and(|v| v.mutable),
            _ => true,
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

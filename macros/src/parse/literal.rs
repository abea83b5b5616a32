//! Literals. Without a suffix they are weakly typed and adopt the dtype that they meet.

use super::{Parser, expression, types};
use crate::ast::{Expr, ExprKind, Spot};
use crate::diag::types::*;
use crate::names::{SCALARS, scalar_instead};
use quote::ToTokens;
use syn::Lit;

impl Parser<'_> {
    pub(super) fn literal(&mut self, lit: &Lit) -> Expr {
        let at = Spot::of(lit);
        match lit {
            Lit::Bool(lit) => expression(ExprKind::Bool(lit.value), at),
            Lit::Float(lit) if lit.suffix().is_empty() => {
                expression(ExprKind::Float(lit.to_token_stream()), at)
            }
            Lit::Float(lit) => self.suffixed(lit, lit.suffix(), at),
            Lit::Int(lit) if lit.suffix().is_empty() => match lit.base10_parse::<i128>() {
                Ok(value) if value <= i128::from(u64::MAX) => expression(ExprKind::Int(value), at),
                _ => self.reject(lit, &LARGE_INTEGER, &[]),
            },
            Lit::Int(lit) => self.suffixed(lit, lit.suffix(), at),
            Lit::Str(lit) => self.reject(lit, &STRING, &[&"string"]),
            Lit::ByteStr(lit) => self.reject(lit, &STRING, &[&"byte string"]),
            Lit::CStr(lit) => self.reject(lit, &STRING, &[&"C string"]),
            Lit::Byte(lit) => self.reject(lit, &STRING, &[&"byte"]),
            Lit::Char(lit) => self.reject(lit, &STRING, &[&"character"]),
            Lit::Verbatim(lit) => self.reject(lit, &UNKNOWN_SYNTAX, &[]),
            other => self.reject(other, &UNKNOWN_SYNTAX, &[]),
        }
    }

    fn suffixed(&mut self, lit: &impl ToTokens, suffix: &str, at: Spot) -> Expr {
        if SCALARS.contains(&suffix) {
            return expression(ExprKind::Typed(types::dtype_variant(suffix), lit.to_token_stream()), at);
        }
        match scalar_instead(suffix) {
            Some(instead) => self.reject(lit, &UNSUPPORTED_SUFFIX, &[&suffix, &instead]),
            None => self.reject(lit, &UNKNOWN_SYNTAX, &[]),
        }
    }
}

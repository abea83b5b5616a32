//! Patterns of `let`, closures and parameters. Each name is declared as it is met.

use super::{Parser, types};
use crate::ast::{FieldName, Pattern, Spot};
use crate::diag::{statements::*, types::UNKNOWN_SYNTAX};
use syn::Pat;

impl Parser<'_> {
    /// Reads a pattern; what can't be bound is reported, and its names are declared all the same where
    /// that spares follow-on errors.
    pub(super) fn pattern(&mut self, pat: &Pat, by_mut_ref: bool) -> Pattern {
        match pat {
            Pat::Ident(p) => {
                if let Some(token) = &p.by_ref {
                    self.sink.report(token, &PATTERN_REF, &[]);
                }
                if let Some((at, _)) = &p.subpat {
                    self.sink.report(at, &PATTERN_AT, &[]);
                }
                Pattern::Name(match p.mutability {
                    Some(_) => self.scopes.declare_mutable(&p.ident, by_mut_ref),
                    None => self.scopes.declare(&p.ident, by_mut_ref, None),
                })
            }
            Pat::Wild(_) => Pattern::Wild,
            Pat::Paren(p) => self.pattern(&p.pat, by_mut_ref),
            Pat::Reference(p) => self.pattern(&p.pat, false),
            Pat::Tuple(p) => self.parts(&p.elems, Spot::of(p)),
            Pat::Slice(p) => self.parts(&p.elems, Spot::of(p)),
            Pat::Type(p) => {
                let inner = self.pattern(&p.pat, by_mut_ref);
                match types::ascription(&p.ty) {
                    Some(ty) => Pattern::Typed(Box::new(inner), ty, Spot::of(&p.ty)),
                    None => inner,
                }
            }
            Pat::Rest(p) => {
                self.sink.report(p, &PATTERN_REST, &[]);
                Pattern::Wild
            }
            Pat::Struct(p) => {
                let fields = p.fields.iter();
                let fields = fields.map(|f| (FieldName::of(&f.member), self.pattern(&f.pat, false)));
                Pattern::Struct(fields.collect(), Spot::of(p))
            }
            Pat::TupleStruct(p) => {
                if let Some(name) = p.path.get_ident()
                    && ["Some", "Ok", "Err"].iter().any(|o| name == o)
                {
                    self.sink.report(&p.path, &PATTERN_STRUCT, &[]);
                }
                // Behind `..` positions are counted from an end that is not known here.
                let rest = p.elems.iter().position(|e| matches!(e, Pat::Rest(_)));
                if let Some(late) = rest.filter(|k| k + 1 < p.elems.len()).map(|k| &p.elems[k]) {
                    self.sink.report(late, &PATTERN_REST, &[]);
                }
                let parts = p.elems.iter().take(rest.unwrap_or(p.elems.len())).enumerate();
                let parts = parts.map(|(k, elem)| (FieldName::Number(k), self.pattern(elem, false)));
                Pattern::Struct(parts.collect(), Spot::of(p))
            }
            Pat::Path(p) => {
                self.sink.report(p, &PATTERN_STRUCT, &[]);
                Pattern::Wild
            }
            Pat::Macro(p) => {
                self.sink.report(p, &PATTERN_MACRO, &[]);
                Pattern::Wild
            }
            Pat::Const(_) | Pat::Guard(_) | Pat::Lit(_) | Pat::Or(_) | Pat::Range(_) => {
                self.sink.report(pat, &PATTERN_REFUTABLE, &[]);
                Pattern::Wild
            }
            other => {
                self.sink.report(other, &UNKNOWN_SYNTAX, &[]);
                Pattern::Wild
            }
        }
    }

    fn parts<'p>(&mut self, elems: impl IntoIterator<Item = &'p Pat>, at: Spot) -> Pattern {
        Pattern::Tuple(elems.into_iter().map(|p| self.pattern(p, false)).collect(), at)
    }
}

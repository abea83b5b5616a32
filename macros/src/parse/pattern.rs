//! Patterns of `let`, closures and parameters. Each name is declared as it is met.

use super::{Parser, types};
use crate::ast::{FieldName, Pattern, Spot};
use crate::diag::{statements::*, types::UNKNOWN_SYNTAX};
use crate::scope::Variable;
use syn::{Pat, PatIdent};

impl Parser<'_> {
    /// Reads a pattern; what can't be bound is reported, and its names are declared all the same where
    /// that spares follow-on errors.
    pub(super) fn pattern(&mut self, pat: &Pat, by_mut_ref: bool) -> Pattern {
        match pat {
            Pat::Ident(p) => {
                let variable = self.named(p, by_mut_ref);
                match &p.subpat {
                    None => Pattern::Name(variable),
                    Some((at, inner)) if matches!(**inner, Pat::Rest(_)) => {
                        self.sink.report(at, &PATTERN_REST, &[]);
                        Pattern::Wild
                    }
                    Some((_, inner)) => Pattern::Whole(variable, Box::new(self.pattern(inner, false))),
                }
            }
            Pat::Wild(_) => Pattern::Wild,
            Pat::Paren(p) => self.pattern(&p.pat, by_mut_ref),
            Pat::Reference(p) => self.pattern(&p.pat, false),
            Pat::Tuple(p) => self.parts(&p.elems, Spot::of(p)),
            Pat::Slice(p) => {
                let parts = p.elems.iter().map(|part| match rest_name(part) {
                    Some(rest) => Pattern::Rest(Some(self.named(rest, false))),
                    None => self.part(part),
                });
                Pattern::Tuple(parts.collect(), Spot::of(p))
            }
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
                // Behind `..` positions are counted from an end that is not known here.
                let rest = p.elems.iter().position(|e| matches!(e, Pat::Rest(_)));
                if let Some(late) = rest.filter(|k| k + 1 < p.elems.len()).map(|k| &p.elems[k]) {
                    self.sink.report(late, &PATTERN_REST, &[]);
                }
                let parts = p.elems.iter().take(rest.unwrap_or(p.elems.len())).enumerate();
                let parts = parts.map(|(k, elem)| (FieldName::Number(k), self.pattern(elem, false)));
                Pattern::Struct(parts.collect(), Spot::of(p))
            }
            // What may not match is rustc's error.
            Pat::Path(_) => Pattern::Wild,
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
        let parts = elems.into_iter().map(|p| self.part(p));
        Pattern::Tuple(parts.collect(), at)
    }

    fn part(&mut self, pat: &Pat) -> Pattern {
        match pat {
            Pat::Rest(_) => Pattern::Rest(None),
            pat => self.pattern(pat, false),
        }
    }

    /// Declares what a name in a pattern binds.
    pub(super) fn named(&mut self, p: &PatIdent, by_mut_ref: bool) -> Variable {
        self.mutable_reference(p);
        let since = self.scopes.mark();
        let variable = match p.mutability {
            Some(_) => self.scopes.declare_mutable(&p.ident, by_mut_ref),
            None => self.scopes.declare(&p.ident, by_mut_ref, None),
        };
        if p.by_ref.is_some() && p.mutability.is_some() {
            self.scopes.reject(since);
        }
        variable
    }

    /// Reports `ref mut`; `ref` borrows what stays as it is, which its value is as good as.
    pub(super) fn mutable_reference(&mut self, p: &PatIdent) {
        if let (Some(token), Some(_)) = (&p.by_ref, &p.mutability) {
            self.sink.report(token, &PATTERN_REF, &[]);
        }
    }
}

/// The name in `rest @ ..`.
pub(super) fn rest_name(pat: &Pat) -> Option<&PatIdent> {
    match pat {
        Pat::Ident(p) if matches!(&p.subpat, Some((_, inner)) if matches!(**inner, Pat::Rest(_))) => Some(p),
        _ => None,
    }
}

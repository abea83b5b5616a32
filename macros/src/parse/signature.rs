//! The signature of the annotated function.

use super::structs::{Known, is_struct_type};
use super::{Parser, types};
use crate::args::Arguments;
use crate::ast::{Mode, Param, Pattern};
use crate::diag::signature::*;
use crate::generics::Generics;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{FnArg, GenericParam, ItemFn, ReturnType, Safety, Token, Type, TypeParamBound, WherePredicate};

impl Parser<'_> {
    /// Checks the signature, and declares the parameters.
    pub(super) fn signature(&mut self, item: &ItemFn, arguments: &Arguments) -> Vec<Param> {
        self.qualifiers(item);
        self.generics(item);
        let mut params = Vec::new();
        for input in &item.sig.inputs {
            match input {
                FnArg::Receiver(receiver) => self.sink.report(receiver, &RECEIVER, &[]),
                FnArg::Typed(typed) => params.push(self.parameter(typed, arguments)),
            }
        }
        if let ReturnType::Type(_, ty) = &item.sig.output {
            match types::bare(ty) {
                Type::Reference(reference) => self.sink.report(reference, &RESULT_BORROWS, &[]),
                ty => {
                    self.is_optional = types::is_optional(ty);
                    self.check_type(ty);
                }
            }
        }
        params
    }

    /// In a trait `Self` is a struct of the user's.
    fn check_type(&mut self, ty: &Type) {
        match self.in_trait {
            true => types::check(&types::with_self(ty, &syn::parse_quote!(State)), self.sink),
            false => types::check(ty, self.sink),
        }
    }

    fn qualifiers(&mut self, item: &ItemFn) {
        let sig = &item.sig;
        if let Some(token) = &sig.constness {
            self.sink.report(token, &CONST, &[]);
        }
        if let Some(token) = &sig.asyncness {
            self.sink.report(token, &ASYNC, &[]);
        }
        if let Safety::Unsafe(token) = &sig.safety {
            self.sink.report(token, &UNSAFE, &[]);
        }
        if let Some(abi) = &sig.abi {
            self.sink.report(abi, &EXTERN, &[]);
        }
        if let Some(variadic) = &sig.variadic {
            self.sink.report(variadic, &VARIADIC, &[]);
        }
    }

    fn generics(&mut self, item: &ItemFn) {
        for param in &item.sig.generics.params {
            match param {
                GenericParam::Lifetime(p) => {
                    let lifetime = p.lifetime.to_string();
                    self.sink.report(&p.lifetime, &LIFETIME, &[&lifetime]);
                }
                _ if self.in_trait => self.sink.report(param, &METHOD_GENERIC, &[]),
                GenericParam::Type(p) => self.bounds(&p.ident, &p.bounds),
                GenericParam::Const(p) if types::is_named(&p.ty, "char") => {
                    self.sink.report(&p.ty, &CONST_CHAR, &[&p.ident]);
                }
                GenericParam::Const(_) => {}
            }
        }
        if self.sink.is_clean() {
            for ident in Generics::of(item).of_unknown_type() {
                self.sink.report(ident, &TYPE_BOUND, &[ident]);
            }
        }
        for predicate in item.sig.generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
            if let WherePredicate::Type(p) = predicate {
                self.bounds(&p.bounded_ty, &p.bounds);
            }
        }
    }

    /// Of what stands for a function there is no value in a graph.
    fn bounds(&mut self, of: &impl ToTokens, bounds: &Punctuated<TypeParamBound, Token![+]>) {
        let is_function = |bound: &TypeParamBound| match bound {
            TypeParamBound::Trait(bound) => bound
                .path
                .segments
                .last()
                .is_some_and(|s| s.ident == "Fn" || s.ident == "FnMut" || s.ident == "FnOnce"),
            _ => false,
        };
        if let Some(bound) = bounds.iter().find(|bound| is_function(bound)) {
            self.sink.report(bound, &FUNCTION_GENERIC, &[&of.to_token_stream()]);
        }
    }

    fn parameter(&mut self, typed: &syn::PatType, arguments: &Arguments) -> Param {
        for attribute in &typed.attrs {
            if !super::block::is_lint(attribute) {
                let path = super::block::attribute_name(attribute);
                self.sink.report(attribute, &PARAMETER_ATTRIBUTE, &[&path]);
            }
        }
        self.check_type(&typed.ty);
        let mode = match types::bare(&typed.ty) {
            Type::Reference(r) if r.mutability.is_some() => Mode::Mut,
            Type::Reference(_) => Mode::Ref,
            ty if types::is_mutable_view(ty) => Mode::Mut,
            _ => Mode::Value,
        };
        let since = self.scopes.mark();
        let pattern = self.parameter_pattern(&typed.pat, mode == Mode::Mut);
        // That it can't be called or written either is the same mistake.
        if types::is_function(&typed.ty) || types::has_mutable_part(&typed.ty) {
            self.scopes.reject(since);
        }
        let is_static = match &pattern {
            Pattern::Name(variable) => arguments.statics.iter().any(|s| s.unraw() == variable.name()),
            _ => false,
        };
        let known = match &pattern {
            Pattern::Name(v) if v.name() == "self" => Known::Struct,
            _ if is_struct_type(&typed.ty) => Known::Name,
            _ => Known::Nothing,
        };
        self.is_known(&pattern, known);
        if is_of_ndarray(&typed.ty) {
            pattern.variables(&mut |variable| {
                self.arrays.insert(variable.number());
            });
        }
        Param { pattern, mode, ty: (*typed.ty).clone(), is_static }
    }

    fn parameter_pattern(&mut self, pat: &syn::Pat, by_mut_ref: bool) -> Pattern {
        match pat {
            syn::Pat::Ident(_) | syn::Pat::Wild(_) => self.pattern(pat, by_mut_ref),
            syn::Pat::Paren(p) => self.parameter_pattern(&p.pat, by_mut_ref),
            // The parts of what is updated would be copies.
            syn::Pat::Tuple(_) | syn::Pat::Slice(_) | syn::Pat::Struct(_) | syn::Pat::TupleStruct(_)
                if !by_mut_ref =>
            {
                self.pattern(pat, false)
            }
            syn::Pat::Reference(p) if p.mutability.is_none() => self.pattern(&p.pat, false),
            _ => {
                self.sink.report(pat, &PATTERN, &[]);
                Pattern::Wild
            }
        }
    }
}

/// By its spelling an array of ours or of `ndarray`, and no list.
fn is_of_ndarray(ty: &Type) -> bool {
    match types::bare(ty) {
        Type::Reference(r) => is_of_ndarray(&r.elem),
        Type::Path(_) => types::is_array(ty),
        _ => false,
    }
}

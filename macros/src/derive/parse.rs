//! The struct, and its `#[tree(..)]` attributes.

use crate::diag::{Sink, attribute, trees::*};
use crate::generics::Generics;
use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Attribute, Fields, Index, Item, Member, Token, Type, Visibility};

/// What is derived for.
pub struct Tree {
    pub name: Ident,
    pub vis: Visibility,
    pub generics: Generics,
    pub shape: Shape,
    pub fields: Vec<Field>,
}

/// How its fields are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Named,
    Numbered,
    Unit,
}

/// One field.
pub struct Field {
    pub member: Member,
    pub vis: Visibility,
    pub ty: Type,
    pub is_static: bool,
}

impl Field {
    /// Its name without `r#`, or its number.
    pub fn name(&self) -> String {
        match &self.member {
            Member::Named(name) => name.unraw().to_string(),
            Member::Unnamed(index) => index.index.to_string(),
        }
    }
}

/// Reads the item. `None` where no type has a name that an impl could be for.
pub fn item(tokens: TokenStream, sink: &mut Sink) -> Option<Tree> {
    let mut nothing = |what: &str, span: Span, name: Ident, vis: Visibility, generics: &syn::Generics| {
        sink.report_at(span, &NOT_A_STRUCT, &[&what]);
        let own = Generics::default();
        let stub = Tree { name, vis, generics: own, shape: Shape::Unit, fields: Vec::new() };
        generics.params.is_empty().then_some(stub)
    };
    let item = match syn::parse2::<Item>(tokens) {
        Ok(Item::Struct(item)) => item,
        Ok(Item::Enum(i)) => return nothing("an enum", i.enum_token.span, i.ident, i.vis, &i.generics),
        Ok(Item::Union(i)) => return nothing("a union", i.union_token.span, i.ident, i.vis, &i.generics),
        Ok(other) => {
            sink.report(other, &NOT_A_STRUCT, &[&"this item"]);
            return None;
        }
        Err(error) => {
            sink.report_at(error.span(), &attribute::NOT_PARSED, &[&error]);
            return None;
        }
    };
    for attribute in item.attrs.iter().filter(|a| a.path().is_ident("tree")) {
        sink.report(attribute, &STRUCT_ATTRIBUTE, &[]);
    }
    if let Some(lifetime) = item.generics.lifetimes().next() {
        sink.report(lifetime, &LIFETIME, &[]);
        return None;
    }
    let generics = Generics::of_struct(&item.generics);
    let shape = match &item.fields {
        Fields::Named(_) => Shape::Named,
        Fields::Unnamed(_) => Shape::Numbered,
        Fields::Unit => Shape::Unit,
    };
    let fields = item.fields.iter().enumerate().map(|(k, f)| {
        if let Type::Reference(reference) = crate::parse::types::bare(&f.ty) {
            sink.report(reference, &REFERENCE, &[]);
        }
        let number = Index { index: u32::try_from(k).unwrap_or(u32::MAX), span: Span::mixed_site() };
        Field {
            member: f.ident.clone().map_or(Member::Unnamed(number), Member::Named),
            vis: f.vis.clone(),
            ty: f.ty.clone(),
            is_static: is_static(&f.attrs, sink),
        }
    });
    let fields = fields.collect();
    Some(Tree { name: item.ident, vis: item.vis, generics, shape, fields })
}

fn is_static(attrs: &[Attribute], sink: &mut Sink) -> bool {
    let mut found = false;
    for attribute in attrs.iter().filter(|a| a.path().is_ident("tree")) {
        if attribute.parse_args::<Token![static]>().is_ok() {
            found = true;
            continue;
        }
        let written = attribute.meta.to_token_stream().to_string().replace(' ', "");
        sink.report(attribute, &ATTRIBUTE, &[&written]);
    }
    found
}

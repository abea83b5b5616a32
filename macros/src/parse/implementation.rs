//! `#[desc_jit] impl State { .. }`, `#[desc_jit] trait Potential { .. }`: their functions, read as free functions whose first
//! parameter is the receiver.

use super::types::{WithoutSelf, on};
use crate::ast::Function;
use crate::diag::{Sink, signature, trees::*};
use crate::scope::RECEIVER;
use crate::{args, carry, check, desugar};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, FnArg, GenericParam, ImplItem, ItemFn, ItemImpl, ItemTrait, Pat, PatIdent, PatType, Receiver,
    ReceiverKind, Token, TraitItem, Type, Visibility,
};

/// What a function stands in.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// What `Self` is; in a trait nothing else is known of it.
    own_type: &'a Type,
    /// The parameters of an `impl` block.
    pub generics: &'a syn::Generics,
    /// It is a trait.
    pub is_trait: bool,
}

impl Around<'_> {
    /// The name of a type of one float, and the float.
    pub fn own_float(self) -> Option<(Ident, Ident)> {
        let float = crate::generics::float_of(self.generics)?;
        match super::types::bare(self.own_type) {
            Type::Path(path) => Some((path.path.segments.last()?.ident.clone(), float.clone())),
            _ => None,
        }
    }
}

/// A function of an `impl` block, or one of a trait that has a body.
pub struct Method {
    /// As written, without the attribute of its own.
    pub item: ItemFn,
    /// With the receiver as a parameter, and without `Self` in its types.
    pub free: ItemFn,
    /// As the staged language sees it.
    pub function: Function,
}

/// Reads every function of the block.
pub fn methods(attribute: TokenStream, block: &ItemImpl, sink: &mut Sink) -> Vec<Method> {
    if !attribute.is_empty() {
        sink.report(attribute, &IMPL_ARGUMENTS, &[&"an `impl` block"]);
    }
    let operator = super::operator::operator(block);
    let of_type =
        operator.as_ref().map_or_else(|| block.self_ty.to_token_stream(), |o| o.owner.to_token_stream());
    for param in &block.generics.params {
        let ident = match param {
            GenericParam::Type(p) => &p.ident,
            GenericParam::Const(p) => &p.ident,
            // `impl<'a> Add<&'a V> for &'a V`
            GenericParam::Lifetime(_) if operator.is_some() => continue,
            GenericParam::Lifetime(p) => {
                let lifetime = p.lifetime.to_string();
                sink.report(&p.lifetime, &signature::LIFETIME, &[&lifetime]);
                return Vec::new();
            }
        };
        if !mentions(&of_type, ident) {
            sink.report(ident, &IMPL_PARAMETER, &[ident]);
            return Vec::new();
        }
    }
    let around = Around { own_type: &block.self_ty, generics: &block.generics, is_trait: false };
    let mut associated = Associated(&block.items);
    let mut methods = Vec::new();
    for item in &block.items {
        match item {
            ImplItem::Fn(item) => {
                let mut item = ItemFn {
                    attrs: item.attrs.clone(),
                    vis: item.vis.clone(),
                    modifiers: item.modifiers.clone(),
                    sig: item.sig.clone(),
                    block: Box::new(item.block.clone()),
                };
                associated.visit_item_fn_mut(&mut item);
                if operator.as_ref().is_some_and(|o| o.reversed) {
                    // It stands beside the right operand.
                    WithoutSelf(&block.self_ty).visit_item_fn_mut(&mut item);
                }
                methods.push(method(item, around, sink));
            }
            ImplItem::Const(_) | ImplItem::Type(_) => {}
            other => sink.report(other, &IMPL_ITEM, &[&"this item", &"an `impl` block"]),
        }
    }
    methods
}

/// Reads the functions of a trait that have bodies.
pub fn defaults(attribute: TokenStream, item: &ItemTrait, sink: &mut Sink) -> Vec<Method> {
    if !attribute.is_empty() {
        sink.report(attribute, &IMPL_ARGUMENTS, &[&"a trait"]);
    }
    for param in &item.generics.params {
        let name = match param {
            GenericParam::Type(p) => p.ident.to_string(),
            GenericParam::Const(p) => p.ident.to_string(),
            GenericParam::Lifetime(p) => p.lifetime.to_string(),
        };
        sink.report(param, &TRAIT_PARAMETER, &[&name]);
    }
    let own_type: Type = syn::parse_quote!(Self);
    let around = Around { own_type: &own_type, generics: &item.generics, is_trait: true };
    let mut methods = Vec::new();
    for item in &item.items {
        match item {
            TraitItem::Fn(item) => match &item.default {
                Some(block) => methods.push(method(
                    ItemFn {
                        attrs: item.attrs.clone(),
                        vis: Visibility::Inherited,
                        modifiers: item.modifiers.clone(),
                        sig: item.sig.clone(),
                        block: Box::new(block.clone()),
                    },
                    around,
                    sink,
                )),
                None => {
                    if let Some(attribute) = item.attrs.iter().find(|a| is_own(a)) {
                        sink.report(attribute, &WITHOUT_BODY, &[]);
                    }
                }
            },
            TraitItem::Const(_) | TraitItem::Type(_) => {}
            other => sink.report(other, &IMPL_ITEM, &[&"this item", &"a trait"]),
        }
    }
    methods
}

/// `Self::Point` becomes what `type Point = ..;` says: the other readings stand outside of the trait.
struct Associated<'a>(&'a [ImplItem]);

impl VisitMut for Associated<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(path) = &*ty
            && path.qself.is_none()
            && let [own, name] = &path.path.segments.iter().collect::<Vec<_>>()[..]
            && own.ident == "Self"
        {
            let found = self.0.iter().find_map(|item| match item {
                ImplItem::Type(item) if item.ident == name.ident => Some(&item.ty),
                _ => None,
            });
            if let Some(found) = found {
                *ty = on(found, name.ident.span());
                return;
            }
        }
        visit_mut::visit_type_mut(self, ty);
    }
}

/// `#[desc_jit]`
fn is_own(attribute: &Attribute) -> bool {
    attribute.path().segments.last().is_some_and(|s| s.ident == "desc_jit")
}

/// A name stands somewhere in these tokens.
fn mentions(tokens: &TokenStream, name: &Ident) -> bool {
    tokens.clone().into_iter().any(|tree| match tree {
        TokenTree::Group(group) => mentions(&group.stream(), name),
        TokenTree::Ident(ident) => ident == *name,
        _ => false,
    })
}

fn method(mut item: ItemFn, around: Around<'_>, sink: &mut Sink) -> Method {
    let own_type = around.own_type;
    let (own, attrs): (Vec<_>, Vec<_>) = item.attrs.into_iter().partition(is_own);
    item.attrs = attrs;
    let tokens = match own.first().map(|a| &a.meta) {
        Some(syn::Meta::List(list)) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let arguments = args::parse(tokens, sink);
    let mut free = item.clone();
    for input in &mut free.sig.inputs {
        WithoutSelf(own_type).visit_fn_arg_mut(input);
        if let FnArg::Receiver(receiver) = input {
            *input = FnArg::Typed(parameter(receiver, own_type, sink));
        }
    }
    WithoutSelf(own_type).visit_return_type_mut(&mut free.sig.output);
    let mut function = super::function(&free, Some(around), &arguments, sink);
    check::function(&function, &arguments, sink);
    desugar::function(&mut function, sink);
    carry::function(&mut function);
    Method { item, free, function }
}

/// The receiver as a parameter.
fn parameter(receiver: &Receiver, own_type: &Type, sink: &mut Sink) -> PatType {
    let span = receiver.self_token.span;
    let ident = Ident::new(RECEIVER, Span::mixed_site());
    let own_type = on(own_type, span);
    let ty: Type = match &receiver.kind {
        ReceiverKind::Value => own_type,
        ReceiverKind::Reference(_, _, Some(_)) => syn::parse_quote_spanned! {span=> &mut #own_type },
        ReceiverKind::Reference(_, _, None) => syn::parse_quote_spanned! {span=> &#own_type },
        _ => {
            sink.report(receiver, &RECEIVER_TYPE, &[]);
            own_type
        }
    };
    let mutability = receiver.mutability;
    let pat = PatIdent { attrs: Vec::new(), by_ref: None, mutability, ident, subpat: None };
    PatType {
        attrs: receiver.attrs.clone(),
        pat: Box::new(Pat::Ident(pat)),
        colon_token: Token![:](span),
        ty: Box::new(ty),
    }
}

//! `#[desc_jit] impl State { .. }`: its functions, read as free functions whose first parameter is the receiver.

use super::types;
use crate::ast::Function;
use crate::diag::{Sink, signature, trees::*};
use crate::scope::RECEIVER;
use crate::{args, carry, check, desugar};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{
    FnArg, GenericParam, ImplItem, ImplItemFn, ItemFn, ItemImpl, Pat, PatIdent, PatType, Receiver,
    ReceiverKind, Token, Type,
};

/// A function of an `impl` block.
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
        sink.report(attribute, &IMPL_ARGUMENTS, &[]);
    }
    let of_type = block.self_ty.to_token_stream();
    for param in &block.generics.params {
        let ident = match param {
            GenericParam::Type(p) => &p.ident,
            GenericParam::Const(p) => &p.ident,
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
    let mut methods = Vec::new();
    for item in &block.items {
        match item {
            ImplItem::Fn(item) => methods.push(method(item, block, sink)),
            ImplItem::Const(_) | ImplItem::Type(_) => {}
            other => sink.report(other, &IMPL_ITEM, &[&"this item"]),
        }
    }
    methods
}

/// A name stands somewhere in these tokens.
fn mentions(tokens: &TokenStream, name: &Ident) -> bool {
    tokens.clone().into_iter().any(|tree| match tree {
        TokenTree::Group(group) => mentions(&group.stream(), name),
        TokenTree::Ident(ident) => ident == *name,
        _ => false,
    })
}

fn method(item: &ImplItemFn, block: &ItemImpl, sink: &mut Sink) -> Method {
    let own_type = &*block.self_ty;
    let (own, attrs): (Vec<_>, Vec<_>) = item
        .attrs
        .iter()
        .cloned()
        .partition(|a| a.path().segments.last().is_some_and(|s| s.ident == "desc_jit"));
    let tokens = match own.first().map(|a| &a.meta) {
        Some(syn::Meta::List(list)) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let arguments = args::parse(tokens, sink);
    let item = ItemFn {
        attrs,
        vis: item.vis.clone(),
        modifiers: item.modifiers.clone(),
        sig: item.sig.clone(),
        block: Box::new(item.block.clone()),
    };
    let mut free = item.clone();
    for input in &mut free.sig.inputs {
        WithoutSelf(own_type).visit_fn_arg_mut(input);
        if let FnArg::Receiver(receiver) = input {
            *input = FnArg::Typed(parameter(receiver, own_type, sink));
        }
    }
    WithoutSelf(own_type).visit_return_type_mut(&mut free.sig.output);
    let mut function = super::function(&free, Some(block), &arguments, sink);
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

/// The type at another place.
fn on(ty: &Type, span: Span) -> Type {
    let tokens = ty.to_token_stream().into_iter().map(|mut tree: TokenTree| {
        tree.set_span(span.resolved_at(tree.span()));
        tree
    });
    syn::parse2(tokens.collect()).unwrap_or_else(|_| ty.clone())
}

/// `Self` becomes the type: statics inside of functions don't know it.
struct WithoutSelf<'a>(&'a Type);

impl VisitMut for WithoutSelf<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(path) = types::bare(ty)
            && path.qself.is_none()
            && let Some(ident) = path.path.get_ident()
            && ident == "Self"
        {
            *ty = on(self.0, ident.span());
            return;
        }
        visit_mut::visit_type_mut(self, ty);
    }
}

//! Types: which can stand in a signature, and what a written type says about a value.

use crate::diag::{Sink, signature, types::*};
use crate::names::{self, ARRAYS, SCALARS, scalar_instead};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{GenericArgument, PathArguments, PathSegment, Type};

/// Without parentheses and invisible groups.
pub fn bare(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Paren(p) => &p.elem,
            Type::Group(g) => &g.elem,
            _ => return ty,
        };
    }
}

/// By its spelling, an array or a reference to one.
pub fn is_array(ty: &Type) -> bool {
    match bare(ty) {
        Type::Reference(r) => is_array(&r.elem),
        Type::Array(_) | Type::Slice(_) => true,
        Type::Path(p) => p.path.segments.last().is_some_and(|s| ARRAYS.iter().any(|a| s.ident == a)),
        _ => false,
    }
}

/// By its spelling, a view whose elements can be written: as a parameter it is as good as a `&mut`.
pub fn is_mutable_view(ty: &Type) -> bool {
    let is_one = |s: &PathSegment| names::view(&s.ident.to_string()) == Some(true);
    matches!(bare(ty), Type::Path(p) if p.path.segments.last().is_some_and(is_one))
}

/// By its spelling, a tuple of which a part can be written through it.
pub fn has_mutable_part(ty: &Type) -> bool {
    matches!(bare(ty), Type::Tuple(t) if t.elems.iter().any(|part| mutable_part(part).is_some()))
}

/// What can be written through the type, by its spelling.
fn mutable_part(ty: &Type) -> Option<&Type> {
    match bare(ty) {
        Type::Reference(r) if r.mutability.is_some() => Some(ty),
        Type::Reference(r) => mutable_part(&r.elem),
        Type::Tuple(t) => t.elems.iter().find_map(mutable_part),
        Type::Array(t) => mutable_part(&t.elem),
        ty => is_mutable_view(ty).then_some(ty),
    }
}

/// The name of the type, where it is one of floating-point numbers.
pub fn float(ty: &Type) -> Option<&'static str> {
    ["f64", "f32"].into_iter().find(|name| is_named(ty, name))
}

/// It is the type of that name.
pub fn is_named(ty: &Type, name: &str) -> bool {
    matches!(bare(ty), Type::Path(path) if path.path.is_ident(name))
}

/// By its spelling, something that can be called.
pub fn is_function(ty: &Type) -> bool {
    match bare(ty) {
        Type::Reference(r) => is_function(&r.elem),
        Type::FnPtr(_) | Type::ImplTrait(_) | Type::TraitObject(_) => true,
        // `Box<dyn Fn(f64) -> f64>`
        Type::Path(p) => {
            p.path.segments.last().is_some_and(|s| s.ident == "Box" && arguments(s).any(is_function))
        }
        _ => false,
    }
}

/// By its spelling, an `Option` or a `Result`.
pub fn is_optional(ty: &Type) -> bool {
    let optional = |s: &PathSegment| s.ident == "Option" || s.ident == "Result";
    matches!(bare(ty), Type::Path(p) if p.path.segments.last().is_some_and(optional))
}

/// The type with another one for `Self`, on its place.
pub fn with_self(ty: &Type, own: &Type) -> Type {
    let mut ty = ty.clone();
    WithoutSelf(own).visit_type_mut(&mut ty);
    ty
}

/// `Self` becomes this type.
pub struct WithoutSelf<'a>(pub &'a Type);

impl VisitMut for WithoutSelf<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(path) = bare(ty)
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

/// The type at another place.
pub fn on(ty: &Type, span: Span) -> Type {
    let tokens = ty.to_token_stream().into_iter().map(|mut tree: TokenTree| {
        tree.set_span(span.resolved_at(tree.span()));
        tree
    });
    syn::parse2(tokens.collect()).unwrap_or_else(|_| ty.clone())
}

/// The value's type of `Result<T>` with an error of ours.
pub fn result_value(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = bare(ty) else { return None };
    let segment = path.path.segments.last().filter(|s| s.ident == "Result")?;
    let is_ours = |ty: &Type| match bare(ty) {
        Type::Path(path) => path.path.segments.last().is_some_and(|s| s.ident == "Error"),
        _ => false,
    };
    match &arguments(segment).collect::<Vec<_>>()[..] {
        [value] => Some(value),
        [value, error] if is_ours(error) => Some(value),
        _ => None,
    }
}

/// Reports what can't be a parameter or a result. Names that are not known here are left to rustc, which
/// asks for the trait `Typed` on the user's token.
pub fn check(ty: &Type, sink: &mut Sink) {
    match ty {
        Type::Array(t) => check(&t.elem, sink),
        Type::FnPtr(t) => sink.report(t, &FUNCTION_POINTER, &[]),
        Type::Group(t) => check(&t.elem, sink),
        Type::ImplTrait(t) => sink.report(t, &IMPL_TRAIT, &[]),
        Type::Infer(_) => {} // rustc's own error in a signature
        Type::Macro(t) => sink.report(t, &TYPE_MACRO, &[]),
        Type::Never(t) => sink.report(t, &NEVER, &[]),
        Type::Paren(t) => check(&t.elem, sink),
        Type::Path(t) => match t.path.segments.last() {
            Some(segment) if t.qself.is_none() => check_name(t, segment, sink),
            _ => {}
        },
        Type::Ptr(t) => sink.report(t, &RAW_POINTER, &[]),
        Type::Reference(t) => match bare(&t.elem) {
            Type::Slice(slice) => check(&slice.elem, sink),
            elem => check(elem, sink),
        },
        Type::Slice(t) => check(&t.elem, sink),
        Type::TraitObject(t) => sink.report(t, &TRAIT_OBJECT, &[]),
        Type::Tuple(t) => t.elems.iter().for_each(|t| match mutable_part(t) {
            Some(part) => sink.report(part, &MUTABLE_PART, &[]),
            None => check(t, sink),
        }),
        other => sink.report(other, &UNKNOWN_SYNTAX, &[]),
    }
}

fn check_name(ty: &impl ToTokens, segment: &PathSegment, sink: &mut Sink) {
    let name = segment.ident.to_string();
    if let Some(instead) = scalar_instead(&name) {
        sink.report(ty, &UNSUPPORTED_SCALAR, &[&name, &instead]);
        return;
    }
    match name.as_str() {
        "str" | "String" | "char" => sink.report(ty, &TEXT, &[]),
        "Vec" => arguments(segment).for_each(|element| check(element, sink)),
        "Result" | "Option" => sink.report(ty, &RESULT_TYPE, &[&name]),
        "Box" | "Rc" | "Arc" => sink.report(ty, &RESULT_TYPE, &[&name]),
        "Self" => sink.report(ty, &signature::SELF_TYPE, &[]),
        _ if ARRAYS.contains(&name.as_str()) => {
            if let Some(Type::Path(element)) = arguments(segment).next().map(bare)
                && let Some(element_name) = element.path.get_ident()
                && let Some(instead) = scalar_instead(&element_name.to_string())
            {
                sink.report(element, &UNSUPPORTED_SCALAR, &[element_name, &instead]);
            }
        }
        _ => {}
    }
}

/// The arguments of a segment that stand for parameters, of which constants are `None`.
pub fn all_arguments(segment: &PathSegment) -> impl Iterator<Item = Option<&Type>> {
    let list = match &segment.arguments {
        PathArguments::AngleBracketed(list) => Some(list.args.iter()),
        _ => None,
    };
    list.into_iter().flatten().filter_map(|a| match a {
        GenericArgument::Type(t) => Some(Some(t)),
        GenericArgument::Const(_) => Some(None),
        _ => None,
    })
}

/// The type arguments of a segment.
pub fn arguments(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let list = match &segment.arguments {
        PathArguments::AngleBracketed(list) => Some(list.args.iter()),
        _ => None,
    };
    list.into_iter().flatten().filter_map(|a| match a {
        GenericArgument::Type(t) => Some(t),
        _ => None,
    })
}

/// The dtype that `as` converts to.
pub fn cast_target(ty: &Type, sink: &mut Sink) -> Option<TokenStream> {
    match bare(ty) {
        Type::Path(path) if path.qself.is_none() => {
            let name = path.path.segments.last()?.ident.to_string();
            if let Some(instead) = scalar_instead(&name) {
                sink.report(path, &UNSUPPORTED_SCALAR, &[&name, &instead]);
                return None;
            }
            if matches!(name.as_str(), "char" | "str") {
                sink.report(path, &NOT_A_CAST, &[]);
                return None;
            }
            Some(element_dtype(ty))
        }
        Type::Infer(infer) => {
            sink.report(infer, &INFERRED, &[]);
            None
        }
        other => {
            sink.report(other, &NOT_A_CAST, &[]);
            None
        }
    }
}

/// The dtype of an element type, as an expression. An alias (`type Real = f64`) is resolved by rustc.
fn element_dtype(ty: &Type) -> TokenStream {
    if let Type::Path(path) = bare(ty)
        && let Some(ident) = path.path.get_ident()
        && SCALARS.iter().any(|s| ident == s)
    {
        let variant = crate::ast::ours(dtype_variant(&ident.to_string()));
        return quote_ours!(::desc_jit::__private::DType::#variant);
    }
    quote_ours!(<#ty as ::desc_jit::array::Element>::DTYPE)
}

/// The variant of `DType` and of `Literal` for a scalar type.
pub fn dtype_variant(name: &str) -> &'static str {
    match name {
        "bool" => "Bool",
        "i32" => "I32",
        "u32" => "U32",
        "i64" => "I64",
        "u64" => "U64",
        "usize" => "Usize",
        "f32" => "F32",
        _ => "F64",
    }
}

/// The `Ty` that a written type asks for; `None` where it leaves something open.
pub fn ascription(ty: &Type) -> Option<TokenStream> {
    if let Type::Tuple(tuple) = bare(ty) {
        if tuple.elems.is_empty() {
            return Some(quote_ours!(::desc_jit::__private::Ty::Unit));
        }
        let items = tuple.elems.iter().map(part_ascription).collect::<Option<Vec<_>>>()?;
        return Some(quote_ours!(::desc_jit::__private::Ty::Tuple(&[#(#items),*])));
    }
    let Some((dtype, rank)) = element_and_rank(ty) else {
        let item = ascription(list_item(ty)?)?;
        return Some(quote_ours!(const { ::desc_jit::__private::Ty::list_of(&#item) }));
    };
    Some(match rank {
        Rank::Fixed(0) => quote_ours!(::desc_jit::__private::Ty::Scalar(#dtype)),
        Rank::Fixed(n) => {
            quote_ours!(::desc_jit::__private::Ty::Array(#dtype, ::core::option::Option::Some(#n)))
        }
        Rank::Rows(n, levels) => quote_ours!(::desc_jit::__private::Ty::Rows(#dtype, #n, #levels)),
        Rank::Dynamic => quote_ours!(::desc_jit::__private::Ty::Array(#dtype, ::core::option::Option::None)),
        Rank::Declared => quote_ours!(<#ty as ::desc_jit::__private::Typed>::TY),
    })
}

/// A part of a tuple may be left open.
fn part_ascription(ty: &Type) -> Option<TokenStream> {
    match bare(ty) {
        Type::Infer(_) => Some(quote_ours!(::desc_jit::__private::Ty::Any)),
        ty => ascription(ty),
    }
}

/// How many axes a type has.
enum Rank {
    Fixed(usize),
    /// Lists of lists or of arrays: the axes, and how many of the first ones are lists of parts.
    Rows(usize, usize),
    Dynamic,
    /// A name that only rustc can resolve.
    Declared,
}

/// The dtype and the rank of an array or scalar.
fn element_and_rank(ty: &Type) -> Option<(TokenStream, Rank)> {
    match bare(ty) {
        Type::Reference(r) => element_and_rank(&r.elem),
        Type::Array(a) => list_of(&a.elem),
        Type::Slice(s) => list_of(&s.elem),
        Type::Path(path) if path.qself.is_none() => {
            let segment = path.path.segments.last()?;
            let name = segment.ident.to_string();
            let element = || arguments(segment).next().filter(|t| is_written(t));
            match name.as_str() {
                "Vec" => list_of(element()?),
                "Array0" => Some((element_dtype(element()?), Rank::Declared)),
                "Array1" => Some((element_dtype(element()?), Rank::Fixed(1))),
                "Array2" => Some((element_dtype(element()?), Rank::Fixed(2))),
                "Array3" => Some((element_dtype(element()?), Rank::Fixed(3))),
                "ArrayD" => Some((element_dtype(element()?), Rank::Dynamic)),
                _ if SCALARS.contains(&name.as_str()) => Some((element_dtype(ty), Rank::Fixed(0))),
                _ if is_written(ty) => Some((TokenStream::new(), Rank::Declared)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// What `.collect()` into such a type takes.
pub fn collected_item(ty: &Type) -> Option<&Type> {
    list_item(ty).or_else(|| match bare(ty) {
        Type::Path(path) => {
            let segment = path.path.segments.last().filter(|s| s.ident == "Array1")?;
            arguments(segment).next()
        }
        _ => None,
    })
}

/// What the elements of a list are.
fn list_item(ty: &Type) -> Option<&Type> {
    match bare(ty) {
        Type::Reference(r) => list_item(&r.elem),
        Type::Array(a) => Some(&a.elem),
        Type::Slice(s) => Some(&s.elem),
        Type::Path(path) if path.qself.is_none() => {
            let segment = path.path.segments.last().filter(|s| s.ident == "Vec")?;
            arguments(segment).next()
        }
        _ => None,
    }
}

fn list_of(element: &Type) -> Option<(TokenStream, Rank)> {
    match element_and_rank(element)? {
        (dtype, Rank::Fixed(0)) => Some((dtype, Rank::Fixed(1))),
        (dtype, Rank::Fixed(n)) => Some((dtype, Rank::Rows(n + 1, 1))),
        (dtype, Rank::Rows(n, levels)) => Some((dtype, Rank::Rows(n + 1, levels + 1))),
        _ => None,
    }
}

/// It has no `_` in it.
fn is_written(ty: &Type) -> bool {
    fn has_underscore(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|t| match t {
            TokenTree::Ident(i) => i == "_",
            TokenTree::Punct(p) => p.as_char() == '_',
            TokenTree::Group(g) => has_underscore(g.stream()),
            TokenTree::Literal(_) => false,
        })
    }
    !has_underscore(ty.to_token_stream())
}

/// The element type in `Array2::<f64>::zeros`, as a `Ty`.
pub fn turbofish(segment: &PathSegment) -> Option<TokenStream> {
    let element = arguments(segment).next().filter(|t| is_written(t))?;
    let dtype = element_dtype(element);
    Some(quote_ours!(::desc_jit::__private::Ty::Scalar(#dtype)))
}

/// The type in `.collect::<Vec<f64>>()`.
pub fn first_type(arguments: &syn::AngleBracketedGenericArguments) -> Option<&Type> {
    match arguments.args.first()? {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}

/// The dtype in `.sum::<f64>()`.
pub fn turbofish_dtype(arguments: &syn::AngleBracketedGenericArguments) -> Option<TokenStream> {
    match arguments.args.first()? {
        GenericArgument::Type(ty) if is_written(ty) => Some(element_dtype(ty)),
        _ => None,
    }
}

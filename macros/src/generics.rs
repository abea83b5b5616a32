//! Type and const parameters of the annotated function.
//!
//! Type parameters are parameters of the staging function as well: rustc makes one for each type. A const parameter that is
//! the length of an argument, `N` of `x: [f64; N]`, is none there but a value, read off the argument: a call in staged
//! code, where arguments have no types, could not name it.

use crate::names::{self, ARRAYS};
use crate::parse::types::{all_arguments, arguments, bare, is_named};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{ConstParam, Expr, GenericParam, ItemFn, Type, TypeParam, TypeParamBound, WherePredicate};

/// What stands between `<` and `>`, and behind `where`.
#[derive(Clone, Debug, Default)]
pub struct Generics {
    params: Vec<Parameter>,
    predicates: Vec<WherePredicate>,
    /// The type parameters of the `impl` block around, each with whether it is a float.
    around: Vec<(Ident, bool)>,
}

#[derive(Clone, Debug)]
struct Parameter {
    declared: GenericParam,
    ident: Ident,
    role: Role,
}

#[derive(Clone, Debug)]
enum Role {
    Type {
        /// Where in the arguments values of that type are.
        parts: Vec<Part>,
        /// What its bounds say of it.
        bounds: Bounds,
    },
    /// The length of this part of the arguments.
    Length(Part),
    /// Another const parameter.
    Const,
}

/// A part of an argument: which argument, and the way to the part.
#[derive(Clone, Debug)]
pub struct Part {
    argument: usize,
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Item(usize),
    Element,
    Parameter(usize),
}

/// What bounds say of a type parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bounds {
    /// It is f64 or f32, whatever else they ask.
    Float,
    /// They ask what other types have too.
    Any,
    /// There is a trait of the user's, which may ask anything.
    Own,
}

/// Traits that both float types have, by their names, of num-traits and the standard library.
const OF_FLOATS: &[&str] = &[
    "Float",
    "FloatConst",
    "NumAssign",
    "NumAssignOps",
    "FromPrimitive",
    "ToPrimitive",
    "NumCast",
    "Num",
    "Zero",
    "One",
    "Signed",
    "Number",
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Rem",
    "Neg",
    "AddAssign",
    "SubAssign",
    "MulAssign",
    "DivAssign",
    "RemAssign",
    "Sum",
    "Product",
    "Element",
    "Copy",
    "Clone",
    "Default",
    "Debug",
    "Display",
    "LowerExp",
    "PartialEq",
    "PartialOrd",
    "Send",
    "Sync",
    "Sized",
    "Unpin",
];

/// How many type parameters are inferred in staged code: each doubles the number of staging functions.
const MOST_INFERRED: usize = 3;

impl Generics {
    /// Of a function whose signature is free of errors.
    pub fn of(item: &ItemFn) -> Generics {
        let generics = &item.sig.generics;
        let predicates: Vec<_> =
            generics.where_clause.iter().flat_map(|clause| clause.predicates.iter().cloned()).collect();
        let arguments = typed_arguments(item);
        let params = generics.params.iter().filter_map(|param| {
            let (ident, role) = match param {
                GenericParam::Type(p) => {
                    let bounds = bounds(p, &predicates);
                    (&p.ident, Role::Type { parts: Found::of(&p.ident, &arguments).types, bounds })
                }
                GenericParam::Const(p) => match Found::of(&p.ident, &arguments).lengths.into_iter().next() {
                    Some(part) if !names_types(&p.ident, item) => (&p.ident, Role::Length(part)),
                    _ => (&p.ident, Role::Const),
                },
                GenericParam::Lifetime(_) => return None,
            };
            Some(Parameter { declared: without_default(param), ident: ident.clone(), role })
        });
        Generics { params: params.collect(), predicates, around: Vec::new() }
    }

    /// Those of a method in an `impl` block that has these.
    #[must_use]
    pub fn within(self, block: &syn::Generics) -> Generics {
        let predicates: Vec<_> =
            block.where_clause.iter().flat_map(|clause| clause.predicates.iter().cloned()).collect();
        let around = block.type_params().map(|p| (p.ident.clone(), asks_float(p, &predicates)));
        Generics { around: around.collect(), ..self }
    }

    /// Those of a struct, of which type parameters are floats in a tree.
    pub fn of_struct(generics: &syn::Generics) -> Generics {
        let predicates: Vec<_> =
            generics.where_clause.iter().flat_map(|clause| clause.predicates.iter().cloned()).collect();
        let params = generics.params.iter().filter_map(|param| {
            let mut declared = without_default(param);
            let (ident, role) = match &mut declared {
                GenericParam::Type(p) => {
                    let bounds = bounds(p, &predicates);
                    p.colon_token.get_or_insert_default();
                    p.bounds.push(syn::parse_quote!(::desc_jit::Float));
                    (p.ident.clone(), Role::Type { parts: Vec::new(), bounds })
                }
                GenericParam::Const(p) => (p.ident.clone(), Role::Const),
                GenericParam::Lifetime(_) => return None,
            };
            Some(Parameter { declared, ident, role })
        });
        Generics { params: params.collect(), predicates, around: Vec::new() }
    }

    /// What a struct's parameters can be where they are left to be inferred: `<f64>`, then `<f32>`; `None` where there is no
    /// telling.
    pub fn candidates(&self) -> Option<Vec<TokenStream>> {
        let floats = |p: &Parameter| matches!(p.role, Role::Type { bounds, .. } if bounds != Bounds::Own);
        if self.params.is_empty() || self.params.len() > MOST_INFERRED || !self.params.iter().all(floats) {
            return None;
        }
        let choice = |choice: usize| {
            let types = (0..self.params.len()).map(|k| match choice >> k & 1 {
                0 => quote_ours! { ::core::primitive::f64 },
                _ => quote_ours! { ::core::primitive::f32 },
            });
            quote_ours! { <#(#types),*> }
        };
        Some((0..1 << self.params.len()).map(choice).collect())
    }

    /// The dtypes of each of these, as patterns.
    pub fn candidate_dtypes(&self) -> impl Iterator<Item = Vec<TokenStream>> {
        let count = self.params.len();
        (0..1 << count).map(move |choice: usize| {
            let dtypes = (0..count).map(|k| match choice >> k & 1 {
                0 => quote_ours! { ::core::option::Option::Some(::desc_jit::__private::DType::F64) },
                _ => quote_ours! { ::core::option::Option::Some(::desc_jit::__private::DType::F32) },
            });
            dtypes.collect()
        })
    }

    /// What each parameter of a struct stands for: the dtype of a type, none of a constant.
    pub fn dtypes(&self) -> Vec<TokenStream> {
        let dtypes = self.params.iter().map(|p| match (&p.role, &p.ident) {
            (Role::Type { .. }, ident) => quote_ours! {
                ::core::option::Option::Some(<#ident as ::desc_jit::__private::Element>::DTYPE)
            },
            _ => quote_ours! { ::core::option::Option::None },
        });
        dtypes.collect()
    }

    /// `T: Float, const N: usize,` between `<` and `>`, before others.
    pub fn list(&self) -> TokenStream {
        let params = self.params.iter().map(|p| &p.declared);
        quote_ours! { #(#params,)* }
    }

    /// The type parameters.
    pub fn types(&self) -> impl Iterator<Item = &Ident> {
        self.params.iter().filter(|p| matches!(p.role, Role::Type { .. })).map(|p| &p.ident)
    }

    /// `<T, N>`
    pub fn as_arguments(&self) -> TokenStream {
        let params = self.params.iter().map(|p| &p.ident);
        quote_ours! { <#(#params),*> }
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.params.is_empty()
    }

    /// The name is that of a type parameter.
    pub fn is_type(&self, name: &str) -> bool {
        self.around.iter().any(|p| p.0 == name)
            || self.params.iter().any(|p| matches!(p.role, Role::Type { .. }) && p.ident == name)
    }

    /// The type parameter has the functions of floats: those of a trait of the user's may be called like them.
    pub fn is_float(&self, name: &str) -> bool {
        let own = self.params.iter().filter(|p| p.ident == name);
        self.around.iter().any(|p| p.0 == name && p.1)
            || own.into_iter().any(|p| match &p.declared {
                GenericParam::Type(declared) => asks_float(declared, &self.predicates),
                _ => false,
            })
    }

    /// The type parameter has the bound `Tree`.
    pub fn is_tree(&self, name: &str) -> bool {
        self.params.iter().filter(|p| p.ident == name).any(|p| match &p.declared {
            GenericParam::Type(declared) => {
                all_bounds(declared, &self.predicates).any(|bound| is_trait(bound, "Tree"))
            }
            _ => false,
        })
    }

    /// The staging function has none.
    pub fn is_empty_inside(&self) -> bool {
        self.inside().next().is_none()
    }

    /// `<T: Float, const N: usize>`
    pub fn declared(&self) -> TokenStream {
        declared(self.params.iter())
    }

    /// `::<T, N>`
    pub fn names(&self) -> TokenStream {
        names(self.params.iter())
    }

    /// `where ..`
    pub fn clause(&self) -> TokenStream {
        clause(self.predicates.iter())
    }

    /// Those of the staging function, declared.
    pub fn declared_inside(&self) -> TokenStream {
        declared(self.inside())
    }

    /// Those of the staging function, named.
    pub fn names_inside(&self) -> TokenStream {
        names(self.inside())
    }

    /// What is asked of those of the staging function.
    pub fn clause_inside(&self) -> TokenStream {
        clause(self.predicates.iter().filter(|p| !self.mentions_length(&p.to_token_stream())))
    }

    /// A struct that is another one for each choice of those of the staging function.
    pub fn choice(&self, name: &Ident) -> TokenStream {
        let params = self.inside().map(|p| {
            let ident = &p.ident;
            match &p.declared {
                GenericParam::Const(ConstParam { ty, .. }) => quote_ours! { const #ident: #ty },
                _ => ident.to_token_stream(),
            }
        });
        let types = self.types();
        quote_ours! { struct #name<#(#params),*>(::core::marker::PhantomData<(#(#types,)*)>); }
    }

    /// The type as the staging function has it: the dtype and the rank of a list don't depend on its length.
    pub fn erased(&self, ty: &Type) -> Type {
        let mut ty = ty.clone();
        Erase(self).visit_type_mut(&mut ty);
        ty
    }

    /// Something in these tokens is the length of an argument.
    pub fn mentions_length(&self, tokens: &TokenStream) -> bool {
        tokens.clone().into_iter().any(|tree| match tree {
            TokenTree::Group(group) => self.mentions_length(&group.stream()),
            TokenTree::Ident(ident) => self.lengths().any(|(length, _)| *length == ident),
            _ => false,
        })
    }

    /// The const parameters that are lengths of arguments, and of which.
    pub fn lengths(&self) -> impl Iterator<Item = (&Ident, &Part)> {
        self.params.iter().filter_map(|p| match &p.role {
            Role::Length(part) => Some((&p.ident, part)),
            _ => None,
        })
    }

    /// The type parameters, which are floats, each with where it is in the arguments; or the name of one that a call in
    /// staged code has to write out.
    pub fn inferred(&self) -> Result<Vec<(&Ident, &[Part])>, &Ident> {
        let inferred: Result<Vec<_>, _> = self
            .inside()
            .map(|p| match &p.role {
                Role::Type { parts, bounds: Bounds::Float } if !parts.is_empty() => {
                    Ok((&p.ident, &parts[..]))
                }
                _ => Err(&p.ident),
            })
            .collect();
        match inferred {
            Ok(list) if list.len() > MOST_INFERRED => Err(list[MOST_INFERRED].0),
            other => other,
        }
    }

    /// Type parameters of arguments of which nothing says that they are floats.
    pub fn of_unknown_type(&self) -> impl Iterator<Item = &Ident> {
        self.params.iter().filter_map(|p| match &p.role {
            Role::Type { parts, bounds: Bounds::Any } if !parts.is_empty() => Some(&p.ident),
            _ => None,
        })
    }

    fn inside(&self) -> impl Iterator<Item = &Parameter> + Clone {
        self.params.iter().filter(|p| !matches!(p.role, Role::Length(_)))
    }
}

/// The types of the arguments.
fn typed_arguments(item: &ItemFn) -> Vec<&Type> {
    let typed = item.sig.inputs.iter().filter_map(|input| match input {
        syn::FnArg::Typed(typed) => Some(&*typed.ty),
        syn::FnArg::Receiver(_) => None,
    });
    typed.collect()
}

/// The one parameter of a block, where it is a float.
pub fn float_of(block: &syn::Generics) -> Option<&Ident> {
    let predicates: Vec<_> =
        block.where_clause.iter().flat_map(|clause| clause.predicates.iter().cloned()).collect();
    let mut params = block.params.iter();
    let (Some(GenericParam::Type(param)), None) = (params.next(), params.next()) else { return None };
    (bounds(param, &predicates) == Bounds::Float).then_some(&param.ident)
}

/// The same, and where it stands in the arguments of one of its functions.
pub fn only_float<'a>(block: &'a syn::Generics, item: &ItemFn) -> Option<(&'a Ident, Vec<Part>)> {
    let ident = float_of(block)?;
    let arguments = typed_arguments(item);
    Some((ident, Found::of(ident, &arguments).types))
}

impl ToTokens for Part {
    /// `(1, &[Step::Element])`
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let argument = self.argument;
        let steps = self.steps.iter().map(|step| match step {
            Step::Item(k) => quote_ours! { ::desc_jit::__private::Step::Item(#k) },
            Step::Element => quote_ours! { ::desc_jit::__private::Step::Element },
            Step::Parameter(k) => quote_ours! { ::desc_jit::__private::Step::Parameter(#k) },
        });
        tokens.extend(quote_ours! { (#argument, &[#(#steps),*]) });
    }
}

/// Where a parameter stands in the types of the arguments.
struct Found<'a> {
    ident: &'a Ident,
    /// As a type.
    types: Vec<Part>,
    /// As the length of a list.
    lengths: Vec<Part>,
}

impl<'a> Found<'a> {
    fn of(ident: &'a Ident, arguments: &[&Type]) -> Found<'a> {
        let mut found = Found { ident, types: Vec::new(), lengths: Vec::new() };
        for (argument, ty) in arguments.iter().enumerate() {
            found.search(ty, &Part { argument, steps: Vec::new() });
        }
        found
    }

    fn search(&mut self, ty: &Type, at: &Part) {
        let then = |step: Step| {
            let mut at = at.clone();
            at.steps.push(step);
            at
        };
        match bare(ty) {
            Type::Reference(r) => self.search(&r.elem, at),
            Type::Tuple(tuple) => {
                for (k, item) in tuple.elems.iter().enumerate() {
                    self.search(item, &then(Step::Item(k)));
                }
            }
            Type::Array(array) => {
                if let Expr::Path(length) = &array.len
                    && length.path.is_ident(self.ident)
                {
                    self.lengths.push(at.clone());
                }
                self.search(&array.elem, &then(Step::Element));
            }
            Type::Slice(slice) => self.search(&slice.elem, &then(Step::Element)),
            Type::Path(path) if path.path.is_ident(self.ident) => self.types.push(at.clone()),
            Type::Path(path) => {
                let Some(segment) = path.path.segments.last() else { return };
                let name = segment.ident.to_string();
                let is_view = names::view(&name).is_some();
                if name == "Vec" || is_view || ARRAYS.contains(&name.as_str()) {
                    if let Some(element) = arguments(segment).next() {
                        self.search(element, &then(Step::Element));
                    }
                    return;
                }
                // A struct of the user's, which knows what its parameters are.
                for (k, argument) in all_arguments(segment).enumerate() {
                    if argument.is_some_and(|ty| is_named(ty, &self.ident.to_string())) {
                        self.types.push(then(Step::Parameter(k)));
                    }
                }
            }
            _ => {}
        }
    }
}

/// The name is part of a type in another way than as the length of a list: `Poly<N>`. Then it has to be a constant.
fn names_types(name: &Ident, item: &ItemFn) -> bool {
    struct Visitor<'a> {
        name: &'a Ident,
        found: bool,
    }
    impl Visitor<'_> {
        fn is_it(&self, e: &Expr) -> bool {
            matches!(e, Expr::Path(path) if path.path.is_ident(self.name))
        }
    }
    impl<'ast> Visit<'ast> for Visitor<'_> {
        fn visit_type_array(&mut self, array: &'ast syn::TypeArray) {
            self.visit_type(&array.elem);
            if !self.is_it(&array.len) {
                self.visit_expr(&array.len);
            }
        }
        fn visit_generic_argument(&mut self, argument: &'ast syn::GenericArgument) {
            match argument {
                syn::GenericArgument::Type(ty) if is_named(ty, &self.name.to_string()) => self.found = true,
                syn::GenericArgument::Const(e) if self.is_it(e) => self.found = true,
                other => visit::visit_generic_argument(self, other),
            }
        }
        // Of a call they are inferred.
        fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
            call.args.iter().for_each(|argument| self.visit_expr(argument));
            if let Expr::Path(path) = &*call.func {
                let qualifiers = path.path.segments.len() - 1;
                path.path.segments.iter().take(qualifiers).for_each(|s| self.visit_path_segment(s));
            }
        }
    }
    let mut visitor = Visitor { name, found: false };
    visitor.visit_item_fn(item);
    visitor.found
}

/// Each length becomes 0.
struct Erase<'a>(&'a Generics);

impl VisitMut for Erase<'_> {
    fn visit_type_array_mut(&mut self, array: &mut syn::TypeArray) {
        if self.0.mentions_length(&array.len.to_token_stream()) {
            let span = array.len.span();
            array.len = Expr::Verbatim(quote_spanned! {span=> 0 });
        }
        visit_mut::visit_type_array_mut(self, array);
    }
}

/// `Float` is among its bounds.
fn asks_float(param: &TypeParam, predicates: &[WherePredicate]) -> bool {
    all_bounds(param, predicates).any(|bound| is_trait(bound, "Float"))
}

/// The bound is a trait of that name.
fn is_trait(bound: &TypeParamBound, name: &str) -> bool {
    match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last().is_some_and(|s| s.ident == name),
        _ => false,
    }
}

/// Those at the parameter, and those behind `where`.
fn all_bounds<'a>(
    param: &'a TypeParam,
    predicates: &'a [WherePredicate],
) -> impl Iterator<Item = &'a TypeParamBound> {
    let behind_where = predicates.iter().filter_map(|predicate| match predicate {
        WherePredicate::Type(p) if is_named(&p.bounded_ty, &param.ident.to_string()) => Some(p.bounds.iter()),
        _ => None,
    });
    param.bounds.iter().chain(behind_where.flatten())
}

fn bounds(param: &TypeParam, predicates: &[WherePredicate]) -> Bounds {
    let mut found = Bounds::Any;
    for bound in all_bounds(param, predicates) {
        let TypeParamBound::Trait(bound) = bound else { continue };
        let name = bound.path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
        let foreign = bound.path.segments.first().is_some_and(|s| s.ident == "num_traits");
        match name.as_str() {
            "Float" if !foreign => found = Bounds::Float,
            name if OF_FLOATS.contains(&name) => {}
            _ => return Bounds::Own,
        }
    }
    found
}

fn without_default(param: &GenericParam) -> GenericParam {
    let mut param = param.clone();
    match &mut param {
        GenericParam::Type(p) => {
            p.attrs.clear();
            p.default = None;
        }
        GenericParam::Const(p) => {
            p.attrs.clear();
            p.default = None;
        }
        GenericParam::Lifetime(_) => {}
    }
    param
}

fn declared<'a>(params: impl Iterator<Item = &'a Parameter>) -> TokenStream {
    let list: Vec<_> = params.map(|p| &p.declared).collect();
    match list.is_empty() {
        true => TokenStream::new(),
        false => quote_ours! { <#(#list),*> },
    }
}

fn names<'a>(params: impl Iterator<Item = &'a Parameter>) -> TokenStream {
    let list: Vec<_> = params.map(|p| &p.ident).collect();
    match list.is_empty() {
        true => TokenStream::new(),
        false => quote_ours! { ::<#(#list),*> },
    }
}

fn clause<'a>(predicates: impl Iterator<Item = &'a WherePredicate>) -> TokenStream {
    let list: Vec<_> = predicates.collect();
    match list.is_empty() {
        true => TokenStream::new(),
        false => quote_ours! { where #(#list),* },
    }
}

//! The function itself, and the companion type beside it: one associated function per reading.

use super::grouped::InParentheses;
use super::{as_written, conditions, handle, must_use, name_of, native_handles, silence, source, stage};
use crate::ast::{Function, Handles, Mode, ours, own};
use crate::generics::Generics;
use crate::names;
use crate::parse::{is_of_loops, results, types};
use crate::scope::RECEIVER;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, FnArg, ItemFn, Lifetime, Pat, ReturnType, Type};

/// The function that users call: native where that backend is selected, staged otherwise.
pub fn outer(item: &ItemFn, function: &Function) -> TokenStream {
    let ItemFn { attrs, vis, sig, .. } = item;
    let name = &sig.ident;
    let output = &sig.output;
    let (arguments, declarations) = parameters(item, function);
    let track_caller = match attrs.iter().any(|a| a.path().is_ident("track_caller")) {
        true => TokenStream::new(),
        false => quote_ours! { #[track_caller] },
    };
    let generics = &function.generics;
    let (declared, names, clause) = (generics.declared(), generics.names(), generics.clause());
    let must_use = must_use(item, function);
    let staged = given(function, quote_ours! { #name::try_call #names(#(#arguments),*) });
    quote_ours! {
        #(#attrs)*
        #must_use
        #track_caller
        #vis fn #name #declared(#declarations) #output #clause {
            if ::desc_jit::__private::native_selected() {
                return #name::native #names(#(#arguments),*);
            }
            #staged
        }
    }
}

/// `struct heat {}` and its associated functions.
pub fn companion(item: &ItemFn, function: &Function) -> TokenStream {
    let ItemFn { attrs, vis, sig, .. } = item;
    let name = &sig.ident;
    let text = name_of(name);
    let conditions: Vec<&Attribute> = conditions(attrs).collect();
    let (silence, as_written) = (silence(), as_written());
    let result = result_type(item);
    let (arguments, declarations) = parameters(item, function);
    let types: Vec<&Type> = function.params.iter().map(|p| &p.ty).collect();
    let values = into_args(&arguments, &types, &function.generics);
    let native = native(item, &function.handles, &ours("native"), &TokenStream::new());
    let generics = &function.generics;
    let (declared, given, clause) = (generics.declared(), generics.names(), generics.clause());
    let inside = generics.names_inside();
    let native_call = as_result(function, quote_ours! { Self::native #given(#(#arguments),*) });
    let callee = plain(function, &arguments, &types, quote_ours! { #name #given });
    let jit = handle::jit(
        generics,
        item,
        &types,
        &result,
        &ours("jit"),
        &callee,
        &quote_ours! { Self::__function #inside() },
    );
    let source = source::source(item);
    let names = stage::Names::of(function);
    let new = new_function(function, &quote_ours! { #name }, &text, &names, &arguments, &result, &source);
    let take = part(&result, "Output", "take", &function.generics);
    let registered = registered(function, vis, &new);
    let generic = stage::generic(function, &names, &function.name);
    let without_question_mark = stage::without_question_mark(function, &ours("stage"));
    let stage = stage::function(function, &arguments, &names, &TokenStream::new());
    quote_ours! {
        #(#conditions)*
        #[doc(hidden)]
        #silence
        #vis struct #name {}

        #(#conditions)*
        #as_written
        impl #name {
            #native
        }

        #(#conditions)*
        #silence
        impl #name {
            /// The same as the call, with errors as values.
            #vis fn try_call #declared(#declarations) -> ::desc_jit::Result<#result> #clause {
                if ::desc_jit::__private::native_selected() {
                    return #native_call;
                }
                ::desc_jit::__private::call(Self::__function #inside(), [#(#values),*], |outputs| #take(outputs))
            }

            /// The staged graph for arguments like these.
            #vis fn graph #declared(#declarations) -> ::desc_jit::Result<::desc_jit::Graph> #clause {
                ::desc_jit::__private::graph(Self::__function #inside(), [#(#values),*])
            }

            /// What each loop becomes for arguments like these, and why not more.
            #vis fn explain #declared(#declarations) -> ::desc_jit::Result<::desc_jit::Explanation> #clause {
                ::desc_jit::__private::explain(Self::__function #inside(), [#(#values),*])
            }

            #jit
            #registered
            #stage
            #generic
            #without_question_mark
        }
    }
}

/// The functions that give what stands for this one at run time, `__function`, and look at its caches.
fn registered(function: &Function, vis: &syn::Visibility, new: &TokenStream) -> TokenStream {
    let generics = &function.generics;
    let caches = |of: TokenStream| {
        quote_ours! {
            /// How often a call found its compiled graph.
            #vis fn cache_stats() -> ::desc_jit::CacheStats {
                #of.cache_stats()
            }

            /// Forgets the compiled graphs.
            #vis fn clear_cache() {
                #of.clear_cache();
            }
        }
    };
    if generics.is_empty_inside() {
        let caches = caches(quote_ours! { Self::__function() });
        return quote_ours! {
            #caches

            #[doc(hidden)]
            #vis fn __function() -> &'static ::desc_jit::__private::Function {
                static FUNCTION: ::desc_jit::__private::Function = #new;
                &FUNCTION
            }
        };
    }
    let caches = caches(quote_ours! { Self::__instances() });
    let (declared, names, clause) =
        (generics.declared_inside(), generics.names_inside(), generics.clause_inside());
    let choice = generics.choice(&ours("__Choice"));
    quote_ours! {
        #caches

        #[doc(hidden)]
        fn __instances() -> &'static ::desc_jit::__private::Instances {
            static INSTANCES: ::desc_jit::__private::Instances = ::desc_jit::__private::Instances::new();
            &INSTANCES
        }

        #[doc(hidden)]
        #vis fn __function #declared() -> &'static ::desc_jit::__private::Function #clause {
            #choice
            Self::__instances().get(::desc_jit::__private::type_id::<__Choice #names>(), || #new)
        }
    }
}

/// What the function gives of a call that gives a `Result`.
pub fn given(function: &Function, call: TokenStream) -> TokenStream {
    match function.fallible {
        true => call,
        false => quote_ours! { ::desc_jit::__private::unwrap(#call) },
    }
}

/// A call of the function as written, as a `Result`.
pub fn as_result(function: &Function, call: TokenStream) -> TokenStream {
    match function.fallible {
        true => call,
        false => quote_ours! { ::core::result::Result::Ok(#call) },
    }
}

/// The function, or one around it that gives the plain value: what handles call.
pub fn plain(function: &Function, names: &[Ident], types: &[&Type], callee: TokenStream) -> TokenStream {
    match function.fallible {
        true => quote_ours! { (|#(#names: #types),*| ::desc_jit::__private::unwrap(#callee(#(#names),*))) },
        false => callee,
    }
}

/// The arguments of a call, as a list that can be emptied.
pub fn into_args(arguments: &[Ident], types: &[&Type], generics: &Generics) -> Vec<TokenStream> {
    let values = arguments.iter().zip(types).map(|(argument, ty)| {
        // On the type: an argument that can't be passed is the fault of its type.
        let span = ty.span().resolved_at(proc_macro2::Span::mixed_site());
        if let Some((ty, mutable)) = known_as_tree(ty, generics) {
            let into = ours(match mutable {
                None => "__owned",
                Some(false) => "__shared",
                Some(true) => "__mutable",
            });
            return quote_spanned! {span=> <#ty as ::desc_jit::__private::Tree>::#into(#argument) };
        }
        quote_spanned! {span=> <#ty as ::desc_jit::__private::IntoArg>::into_arg(#argument) }
    });
    values.collect()
}

/// The `Function` of a type that has the staging function.
pub fn new_function(
    function: &Function,
    owner: &TokenStream,
    text: &TokenStream,
    names: &stage::Names,
    arguments: &[Ident],
    result: &Type,
    source: &TokenStream,
) -> TokenStream {
    let (stage, inside) = (&names.stage, function.generics.names_inside());
    let param_info = param_info(function, arguments);
    let result = part(&function.generics.erased(result), "Output", "__TY", &function.generics);
    let fallible = function.fallible.then(|| quote_ours! { .fallible() });
    quote_ours! {
        ::desc_jit::__private::Function::new(#text, #owner::#stage #inside, &[#param_info], #result, #source)
            #fallible
    }
}

/// What staging knows of the parameters.
fn param_info(function: &Function, arguments: &[Ident]) -> TokenStream {
    let list = function.params.iter().zip(arguments).map(|(param, argument)| {
        let name = match name_of(argument).to_string() {
            name if name.trim_matches('"') == RECEIVER => quote_ours! { "self" },
            _ => name_of(argument),
        };
        let mode = ours(match param.mode {
            Mode::Value => "Value",
            Mode::Ref => "Ref",
            Mode::Mut => "Mut",
        });
        let is_static = param.is_static;
        let ty = part(&function.generics.erased(&param.ty), "IntoArg", "TY", &function.generics);
        quote_ours! {
            ::desc_jit::__private::Param {
                name: #name,
                mode: ::desc_jit::__private::Mode::#mode,
                is_static: #is_static,
                ty: #ty,
            }
        }
    });
    quote_ours! { #(#list),* }
}

/// Takes `#[parallel]` and `#[checkpoint]` off loops, and off whatever else they were reported on: rustc does not
/// know them.
pub struct WithoutLoopAttributes;

impl VisitMut for WithoutLoopAttributes {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        attributes.retain(|a| !is_of_loops(a));
    }
}

/// The function as written. It is the only place where rustc checks the body, so the lints of the user's
/// attributes are those that apply to it.
pub fn native(item: &ItemFn, handles: &Handles, name: &Ident, scope: &TokenStream) -> TokenStream {
    let ItemFn { attrs, vis, sig, block, .. } = item;
    let kept = attrs.iter().filter(|a| {
        const KEPT: &[&str] = &["allow", "warn", "deny", "expect", "forbid", "inline", "cold"];
        KEPT.iter().any(|k| a.path().is_ident(k))
    });
    let (inputs, output) = (&sig.inputs, &sig.output);
    let (generics, clause) = (&sig.generics, &sig.generics.where_clause);
    let mut block = block.clone();
    WithoutLoopAttributes.visit_block_mut(&mut block);
    native_handles::write_out(&mut block, handles);
    InParentheses.visit_block_mut(&mut block);
    let stmts = &block.stmts;
    let mut body = TokenStream::new();
    block.brace_token.surround(&mut body, |body| {
        scope.to_tokens(body);
        quote_ours! { let __guard = ::desc_jit::__private::enter_native(); }.to_tokens(body);
        stmts.iter().for_each(|s| s.to_tokens(body));
    });
    quote_ours! {
        /// The function as written, as plain Rust.
        #(#kept)*
        #vis fn #name #generics(#inputs) #output #clause #body
    }
}

/// The parameters as names, and as declarations of those names; a pattern gets a name of ours.
pub fn parameters(item: &ItemFn, function: &Function) -> (Vec<Ident>, TokenStream) {
    let names: Vec<Ident> = item
        .sig
        .inputs
        .iter()
        .enumerate()
        .map(|(k, input)| match input {
            FnArg::Typed(p) => match bare(&p.pat) {
                Pat::Ident(p) => p.ident.clone(),
                _ => own(&format!("argument{k}")),
            },
            FnArg::Receiver(_) => own(&format!("argument{k}")),
        })
        .collect();
    let types = function.params.iter().map(|p| &p.ty);
    let declarations = quote_ours! { #(#names: #types),* };
    (names, declarations)
}

/// Without `&` and parentheses.
fn bare(mut pat: &Pat) -> &Pat {
    loop {
        pat = match pat {
            Pat::Paren(p) => &p.pat,
            Pat::Reference(p) => &p.pat,
            _ => return pat,
        };
    }
}

/// The declared result, `()` where there is none; of a `Result` the value's.
pub fn result_type(item: &ItemFn) -> Type {
    if let Some(value) = results::value_type(item) {
        return value.clone();
    }
    match &item.sig.output {
        ReturnType::Type(_, ty) => (**ty).clone(),
        ReturnType::Default => Type::Tuple(syn::TypeTuple {
            attrs: Vec::new(),
            paren_token: syn::token::Paren(item.sig.ident.span()),
            elems: syn::punctuated::Punctuated::new(),
        }),
    }
}

/// `<T as IntoArg>::TY` on the span of the type, so that rustc reports an unsupported one there. All that is asked of a type
/// is asked of one trait, in this way, so that it is reported once.
pub fn part(ty: &Type, of: &str, item: &str, generics: &Generics) -> TokenStream {
    if let Some((ty, _)) = known_as_tree(ty, generics) {
        let item = ours(if item == "take" { "__take" } else { "__TY" });
        let span = ty.span().resolved_at(proc_macro2::Span::mixed_site());
        return quote_spanned! {span=> <#ty as ::desc_jit::__private::Tree>::#item };
    }
    let (of, item) = (ours(of), ours(item));
    let span = ty.span().resolved_at(proc_macro2::Span::mixed_site());
    quote_spanned! {span=> <#ty as ::desc_jit::__private::#of>::#item }
}

/// A type with `Self` in it, as only traits have one, or a parameter that is a `Tree`, without the reference around it, and
/// whether that is `&mut`. All that is known of those is that they are trees; a type that is made of trees is one too.
fn known_as_tree<'t>(ty: &'t Type, generics: &Generics) -> Option<(&'t Type, Option<bool>)> {
    let is_one = |t: proc_macro2::TokenTree| {
        let name = t.to_string();
        name == "Self" || generics.is_tree(&name)
    };
    if !ty.to_token_stream().into_iter().any(|t| super::stub::contains(t, &is_one)) {
        return None;
    }
    Some(match types::bare(ty) {
        Type::Reference(reference) => (&reference.elem, Some(reference.mutability.is_some())),
        ty => (ty, None),
    })
}

/// Every lifetime of a type becomes `'static`: constants have no other.
pub struct Static;

impl VisitMut for Static {
    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        reference.lifetime = Some(Lifetime::new("'static", proc_macro2::Span::mixed_site()));
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_path_segment_mut(&mut self, segment: &mut syn::PathSegment) {
        // In a signature `ArrayView1<f64>` may leave it out.
        if let syn::PathArguments::AngleBracketed(list) = &mut segment.arguments
            && names::view(&segment.ident.to_string()).is_some()
            && !list.args.iter().any(|a| matches!(a, syn::GenericArgument::Lifetime(_)))
        {
            let lifetime = Lifetime::new("'static", proc_macro2::Span::mixed_site());
            list.args.insert(0, syn::GenericArgument::Lifetime(lifetime));
        }
        visit_mut::visit_path_segment_mut(self, segment);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        *lifetime = Lifetime::new("'static", lifetime.span());
    }
}

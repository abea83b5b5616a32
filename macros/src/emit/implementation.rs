//! `impl` blocks: each function stays where it is, and beside it stand its other readings, `energy_native`,
//! `energy_try_call` and so on, as associated functions: an `impl` block has no room for a companion type.

use super::companion::{self, into_args};
use super::{conditions, handle, native_handles, silence, source, stage};
use crate::parse::implementation::Method;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident};
use syn::ext::IdentExt;
use syn::visit_mut::VisitMut;
use syn::{FnArg, ImplItem, ItemFn, ItemImpl, Receiver, Type, Visibility};

/// How many tables of methods a type can have; `desc_jit::__private::NoMethods` has as many.
const TABLES: u64 = 64;

/// `energy_native`; what only generated code uses is hidden: `__energy_stage`.
pub fn method_name(what: &str, method: &Ident) -> Ident {
    let method = method.unraw();
    match what {
        "stage" | "try_stage" | "body" | "function" => {
            format_ident!("__{method}_{what}", span = method.span())
        }
        _ => format_ident!("{method}_{what}", span = method.span()),
    }
}

/// The block, and what stands beside it.
pub fn implementation(block: &ItemImpl, methods: &[Method]) -> TokenStream {
    let own_type = &block.self_ty;
    let mut outer = block.clone();
    let mut rest = methods.iter();
    for item in &mut outer.items {
        if let ImplItem::Fn(_) = item
            && let Some(method) = rest.next()
        {
            *item = ImplItem::Verbatim(outer_function(method));
        }
    }
    let (generics, clause) = (&block.generics, &block.generics.where_clause);
    let silence = silence();
    let readings = methods.iter().map(|method| readings(block, method));
    let table = table(block, methods);
    let conditions: Vec<_> = conditions(&block.attrs).collect();
    quote_ours! {
        #outer

        #(#conditions)*
        #silence
        impl #generics #own_type #clause {
            #(#readings)*
            #table
        }
    }
}

/// A block that was reported: as written.
pub fn rejected_implementation(block: &ItemImpl, methods: &[Method], errors: TokenStream) -> TokenStream {
    let mut block = block.clone();
    let mut rest = methods.iter();
    for item in &mut block.items {
        if let ImplItem::Fn(function) = item
            && let Some(method) = rest.next()
        {
            function.attrs = method.item.attrs.clone();
            companion::WithoutLoopAttributes.visit_impl_item_fn_mut(function);
            native_handles::write_out(&mut function.block, &method.function.handles);
        }
    }
    quote_ours! { #block #errors }
}

/// The names of the parameters: in the functions that take the receiver, and in the staged body.
fn parameters(method: &Method) -> (Vec<Ident>, Vec<Ident>) {
    let (inside, _) = companion::parameters(&method.free, &method.function);
    let outside = method.item.sig.inputs.iter().zip(&inside).map(|(input, name)| match input {
        FnArg::Receiver(receiver) => Ident::new("self", receiver.self_token.span),
        FnArg::Typed(_) => name.clone(),
    });
    (outside.collect(), inside)
}

/// The parameters as declarations of those names.
fn declarations(method: &Method, names: &[Ident]) -> TokenStream {
    let list = method.item.sig.inputs.iter().zip(names).map(|(input, name)| match input {
        FnArg::Receiver(receiver) => {
            // `mut self` is a matter of the body.
            let receiver = Receiver { attrs: Vec::new(), mutability: None, ..receiver.clone() };
            receiver.to_token_stream()
        }
        FnArg::Typed(p) => {
            let ty = &p.ty;
            quote_ours! { #name: #ty }
        }
    });
    quote_ours! { #(#list),* }
}

fn outer_function(method: &Method) -> TokenStream {
    let ItemFn { attrs, vis, sig, .. } = &method.item;
    let (name, output) = (&sig.ident, &sig.output);
    let (arguments, _) = parameters(method);
    let declarations = declarations(method, &arguments);
    let (native, try_call) = (method_name("native", name), method_name("try_call", name));
    let staged = companion::given(&method.function, quote_ours! { Self::#try_call(#(#arguments),*) });
    quote_ours! {
        #(#attrs)*
        #[track_caller]
        #vis fn #name(#declarations) #output {
            if ::desc_jit::__private::native_selected() {
                return Self::#native(#(#arguments),*);
            }
            #staged
        }
    }
}

/// The other readings of one function.
fn readings(block: &ItemImpl, method: &Method) -> TokenStream {
    let own_type = &block.self_ty;
    let Method { item, free, function } = method;
    let name = &item.sig.ident;
    // The functions of a trait are as visible as the trait.
    let mut item = item.clone();
    // In the body the trait's other items are in scope, as they are in its own block.
    let scope = block.trait_.as_ref().map(|(path, _)| {
        item.vis = Visibility::Public(syn::Token![pub](Span::mixed_site()));
        quote_ours! { #[allow(unused_imports)] use #path as _; }
    });
    let vis = &item.vis;
    let scope = scope.unwrap_or_default();
    let callee = match &block.trait_ {
        Some((path, _)) => quote_ours! { <#own_type as #path>::#name },
        None => quote_ours! { <#own_type>::#name },
    };
    let conditions: Vec<_> = conditions(&item.attrs).collect();
    let of = |what: &str| method_name(what, name);
    let (try_call, graph, explain) = (of("try_call"), of("graph"), of("explain"));
    let (cache_stats, clear_cache, native_name, jit) =
        (of("cache_stats"), of("clear_cache"), of("native"), of("jit"));
    let stage = of(stage::name(function));
    let names = stage::Names { entry: stage.clone(), stage, body: of("body"), function: of("function") };
    let function_name = &names.function;
    let (arguments, inside) = parameters(method);
    let declarations = declarations(method, &arguments);
    let types: Vec<&Type> = function.params.iter().map(|p| &p.ty).collect();
    let values = into_args(&arguments, &types);
    let result = companion::result_type(free);
    let native = companion::native(&item, &function.handles, &native_name, &scope);
    let text = format!("{}::{}", own_type.to_token_stream().to_string().replace(' ', ""), function.name);
    let source = source::source(&item);
    let stage = stage::function(function, &inside, &names, &scope);
    let callee = companion::plain(function, &inside, &types, callee);
    let jit = handle::jit(
        &function.generics,
        &item,
        &types,
        &result,
        &jit,
        &callee,
        &function_name.to_token_stream(),
    );
    let native_call = companion::as_result(function, quote_ours! { Self::#native_name(#(#arguments),*) });
    let text = text.to_token_stream();
    let new = companion::new_function(
        function,
        &quote_ours! { <#own_type> },
        &text,
        &names,
        &inside,
        &result,
        &source,
    );
    let take = companion::part(&result, "Output", "take");
    let registered = match block.generics.params.is_empty() {
        true => quote_ours! {
            static FUNCTION: ::desc_jit::__private::Function = #new;
            &FUNCTION
        },
        // One for each choice of its type arguments.
        false => quote_ours! {
            static INSTANCES: ::desc_jit::__private::Instances = ::desc_jit::__private::Instances::new();
            INSTANCES.get(::desc_jit::__private::type_id::<Self>(), || #new)
        },
    };
    let without_question_mark = stage::without_question_mark(function, &of("stage"));
    let parts = quote_ours! {
        #native

        /// The same as the call, with errors as values.
        #vis fn #try_call(#declarations) -> ::desc_jit::Result<#result> {
            if ::desc_jit::__private::native_selected() {
                return #native_call;
            }
            ::desc_jit::__private::call(Self::#function_name(), [#(#values),*], |outputs| #take(outputs))
        }

        /// The staged graph for arguments like these.
        #vis fn #graph(#declarations) -> ::desc_jit::Result<::desc_jit::Graph> {
            ::desc_jit::__private::graph(Self::#function_name(), [#(#values),*])
        }

        /// What each loop becomes for arguments like these, and why not more.
        #vis fn #explain(#declarations) -> ::desc_jit::Result<::desc_jit::Explanation> {
            ::desc_jit::__private::explain(Self::#function_name(), [#(#values),*])
        }

        /// How often a call found its compiled graph.
        #vis fn #cache_stats() -> ::desc_jit::CacheStats {
            Self::#function_name().cache_stats()
        }

        /// Forgets the compiled graphs.
        #vis fn #clear_cache() {
            Self::#function_name().clear_cache();
        }

        #jit

        #[doc(hidden)]
        #vis fn #function_name() -> &'static ::desc_jit::__private::Function {
            #registered
        }

        #stage
        #without_question_mark
    };
    if conditions.is_empty() {
        return parts;
    }
    let (generics, clause) = (&block.generics, &block.generics.where_clause);
    quote_ours! { #(#conditions)* impl #generics #own_type #clause { #parts } }
}

/// The function that finds the block's methods by name. Each block has one of its own, and `#[derive(Tree)]` asks all
/// that there can be: which it is a hash of what is in the block says, as blocks don't know of each other.
fn table(block: &ItemImpl, methods: &[Method]) -> TokenStream {
    let of_trait = block.trait_.as_ref().map(|(path, _)| path.to_token_stream().to_string());
    let first = methods.first().map(|m| m.function.name.clone());
    let key = of_trait.or(first).unwrap_or_default();
    let hash =
        key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
    let span = block.impl_token.span.resolved_at(Span::mixed_site());
    let name = Ident::new(&format!("__desc_jit_methods_{}", hash % TABLES), span);
    let arms = methods.iter().filter(|m| m.item.sig.receiver().is_some()).map(|m| {
        let (text, function) = (&m.function.name, method_name("function", &m.item.sig.ident));
        let conditions = conditions(&m.item.attrs);
        quote_ours! {
            #(#conditions)*
            #text => ::core::option::Option::Some(Self::#function()),
        }
    });
    quote_ours! {
        #[doc(hidden)]
        pub fn #name(name: &str) -> ::core::option::Option<&'static ::desc_jit::__private::Function> {
            match name {
                #(#arms)*
                _ => ::core::option::Option::None,
            }
        }
    }
}

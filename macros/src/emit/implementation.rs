//! `impl` blocks: each function stays where it is, and beside it stand its other readings, `energy_native`,
//! `energy_try_call` and so on, as associated functions: an `impl` block has no room for a companion type.

use super::companion::{self, into_args};
use super::tables::{key, table, without_arguments};
use super::{as_written, conditions, handle, must_use, native_handles, silence, source, stage};
use crate::ast::{Function, ours};
use crate::parse::implementation::Method;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident};
use syn::ext::IdentExt;
use syn::visit_mut::VisitMut;
use syn::{FnArg, ImplItem, ItemFn, ItemImpl, Receiver, Type, Visibility};

/// `energy_native`; what only generated code uses is hidden: `__energy_stage`.
pub fn method_name(what: &str, method: &Ident) -> Ident {
    let method = method.unraw();
    match what {
        "native" | "try_call" | "graph" | "explain" | "cache_stats" | "clear_cache" | "jit" => {
            format_ident!("{method}_{what}", span = method.span())
        }
        _ => format_ident!("__{method}_{what}", span = method.span()),
    }
}

/// What the functions stand in.
pub struct Owner<'a> {
    /// The type of the `impl` block, `Self` in a trait.
    pub own_type: &'a Type,
    /// The parameters of the block.
    pub generics: &'a syn::Generics,
    /// The trait that is implemented, or defined.
    pub of_trait: Option<&'a syn::Path>,
    /// These are the functions that a trait has by default.
    pub is_trait: bool,
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
            *item = {
                // In a trait's block it has no effect, and rustc says so.
                let must_use =
                    block.trait_.is_none().then(|| must_use(&method.item, &method.function)).flatten();
                let native = method_name("native", &method.item.sig.ident);
                let function = outer_function(method, &native);
                ImplItem::Verbatim(quote_ours! { #must_use #function })
            };
        }
    }
    let (generics, clause) = (&block.generics, &block.generics.where_clause);
    let silence = silence();
    let owner =
        Owner { own_type, generics, of_trait: block.trait_.as_ref().map(|(path, _)| path), is_trait: false };
    let as_written = as_written();
    let of_block: Vec<_> = conditions(&block.attrs).collect();
    let readings = methods.iter().map(|method| {
        let Readings { native, others } = readings(&owner, method);
        let conditions = of_block.iter().copied().chain(conditions(&method.item.attrs));
        let conditions = quote_ours! { #(#conditions)* };
        quote_ours! {
            #conditions
            #as_written
            impl #generics #own_type #clause { #native }

            #conditions
            #silence
            impl #generics #own_type #clause { #others }
        }
    });
    let table = table(block, methods);
    quote_ours! {
        #outer
        #(#readings)*

        #(#of_block)*
        #silence
        impl #generics #own_type #clause { #table }
    }
}

/// A block that was reported: as written.
pub fn rejected_implementation(block: &ItemImpl, methods: &[Method], errors: TokenStream) -> TokenStream {
    let block = as_the_user_wrote(block, methods);
    quote_ours! { #block #errors }
}

/// The block without what only staged code reads.
pub fn as_the_user_wrote(block: &ItemImpl, methods: &[Method]) -> TokenStream {
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
    block.to_token_stream()
}

/// The names of the parameters: in the functions that take the receiver, and in the staged body.
pub fn parameters(method: &Method) -> (Vec<Ident>, Vec<Ident>) {
    let (inside, _) = companion::parameters(&method.free, &method.function);
    let outside = method.item.sig.inputs.iter().zip(&inside).map(|(input, name)| match input {
        FnArg::Receiver(receiver) => Ident::new("self", receiver.self_token.span),
        FnArg::Typed(_) => name.clone(),
    });
    (outside.collect(), inside)
}

/// The parameters as declarations of those names.
pub fn declarations(method: &Method, names: &[Ident]) -> TokenStream {
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

/// The function that users call.
pub fn outer_function(method: &Method, native: &Ident) -> TokenStream {
    let ItemFn { attrs, vis, sig, .. } = &method.item;
    let (name, output, generics) = (&sig.ident, &sig.output, &method.function.generics);
    let (declared, given, clause) = (generics.declared(), generics.names(), generics.clause());
    let (arguments, _) = parameters(method);
    let declarations = declarations(method, &arguments);
    let try_call = method_name("try_call", name);
    let staged = companion::given(&method.function, quote_ours! { Self::#try_call #given(#(#arguments),*) });
    quote_ours! {
        #(#attrs)*
        #[track_caller]
        #vis fn #name #declared(#declarations) #output #clause {
            if ::desc_jit::__private::native_selected() {
                return Self::#native #given(#(#arguments),*);
            }
            #staged
        }
    }
}

/// The other readings of one function.
pub struct Readings {
    /// As written.
    pub native: TokenStream,
    pub others: TokenStream,
}

/// The other readings of one function.
pub fn readings(owner: &Owner<'_>, method: &Method) -> Readings {
    let Owner { own_type, of_trait, is_trait, .. } = *owner;
    let Method { item, free, function } = method;
    let name = &item.sig.ident;
    // The functions of a trait are as visible as the trait.
    let mut item = item.clone();
    // In the body the trait's other items are in scope, as they are in its own block.
    let scope = of_trait.map(|path| {
        item.vis = Visibility::Public(syn::Token![pub](Span::mixed_site()));
        let path = without_arguments(path);
        (!is_trait).then(|| quote_ours! { #[allow(unused_imports)] use #path as _; })
    });
    let vis = &item.vis;
    let scope = scope.flatten().unwrap_or_default();
    let generics = &function.generics;
    let (declared, given, clause) = (generics.declared(), generics.names(), generics.clause());
    let callee = match of_trait {
        Some(path) => quote_ours! { <#own_type as #path>::#name #given },
        None => quote_ours! { <#own_type>::#name #given },
    };
    let of = |what: &str| method_name(what, name);
    let (try_call, graph, explain) = (of("try_call"), of("graph"), of("explain"));
    let (cache_stats, clear_cache, native_name, jit) =
        (of("cache_stats"), of("clear_cache"), native_name(owner, name), of("jit"));
    let names = match is_trait {
        false => {
            let entry = of(stage::name(function));
            let stage = stage::inner(function, &entry);
            stage::Names { entry, stage, body: of("body"), function: of("function") }
        }
        true => {
            let stage = of("default_stage");
            stage::Names {
                entry: stage.clone(),
                stage,
                body: of("default_body"),
                function: of("default_function"),
            }
        }
    };
    let function_name = &names.function;
    // What is called: of a trait the function of the type, which need not be this one.
    let (found, fallibly) = match is_trait {
        false => {
            let inside = generics.names_inside();
            (quote_ours! { Self::#function_name #inside() }, quote_ours! { Self::#function_name #inside() })
        }
        true => {
            let key = key(method);
            let found = quote_ours! { ::desc_jit::__private::associated::<Self>(#key) };
            (quote_ours! { ::desc_jit::__private::unwrap(#found) }, quote_ours! { #found? })
        }
    };
    let (arguments, inside) = parameters(method);
    let declarations = declarations(method, &arguments);
    let types: Vec<&Type> = function.params.iter().map(|p| &p.ty).collect();
    let values = into_args(&arguments, &types, generics);
    let result = companion::result_type(free);
    let native = companion::native(&item, &function.handles, &native_name, &scope);
    let text = match (is_trait, of_trait) {
        (true, Some(path)) => path.to_token_stream(),
        _ => own_type.to_token_stream(),
    };
    let text = format!("{}::{}", text.to_string().replace(' ', ""), function.name);
    let source = source::source(&item);
    let staged = stage::function(function, &inside, &names, &scope);
    let callee = companion::plain(function, &inside, &types, callee);
    let jit = handle::jit(generics, &item, &types, &result, &jit, &callee, &found);
    let native_call =
        companion::as_result(function, quote_ours! { Self::#native_name #given(#(#arguments),*) });
    let generic = match is_trait {
        true => TokenStream::new(),
        false => stage::generic(function, &names, &text),
    };
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
    let take = companion::part(&result, "Output", "take", generics);
    let caches_of = match generics.is_empty_inside() {
        true => found,
        false => {
            let instances = of("instances");
            quote_ours! { Self::#instances() }
        }
    };
    let registered = registered(owner, function, function_name, &of("instances"), vis, &new);
    let without_question_mark = match is_trait {
        true => TokenStream::new(),
        false => stage::without_question_mark(function, &of("stage")),
    };
    let mut of_any = TokenStream::new();
    if !is_trait {
        let mut stages = vec![names.entry.clone()];
        stages.extend(function.fallible.then(|| of("stage")));
        for entry in &stages {
            of_any.extend(stage::of_any(entry, owner.generics, own_type, free));
        }
    }
    let others = quote_ours! {
        /// The same as the call, with errors as values.
        #vis fn #try_call #declared(#declarations) -> ::desc_jit::Result<#result> #clause {
            if ::desc_jit::__private::native_selected() {
                return #native_call;
            }
            ::desc_jit::__private::call(#fallibly, [#(#values),*], |outputs| #take(outputs))
        }

        /// The staged graph for arguments like these.
        #vis fn #graph #declared(#declarations) -> ::desc_jit::Result<::desc_jit::Graph> #clause {
            ::desc_jit::__private::graph(#fallibly, [#(#values),*])
        }

        /// What each loop becomes for arguments like these, and why not more.
        #vis fn #explain #declared(#declarations) -> ::desc_jit::Result<::desc_jit::Explanation> #clause {
            ::desc_jit::__private::explain(#fallibly, [#(#values),*])
        }

        /// How often a call found its compiled graph.
        #vis fn #cache_stats() -> ::desc_jit::CacheStats {
            #caches_of.cache_stats()
        }

        /// Forgets the compiled graphs.
        #vis fn #clear_cache() {
            #caches_of.clear_cache();
        }

        #jit
        #registered
        #staged
        #generic
        #without_question_mark
        #of_any
    };
    Readings { native, others }
}

/// What the function as written is called.
fn native_name(owner: &Owner<'_>, method: &Ident) -> Ident {
    // A type may have another one, so `energy_native` of a trait calls what the type has.
    method_name(if owner.is_trait { "default" } else { "native" }, method)
}

/// The function that gives what stands for this one at run time.
pub fn registered(
    owner: &Owner<'_>,
    function: &Function,
    name: &Ident,
    instances: &Ident,
    vis: &Visibility,
    new: &TokenStream,
) -> TokenStream {
    let generics = &function.generics;
    if generics.is_empty_inside() {
        let registered = match !owner.is_trait && owner.generics.params.is_empty() {
            true => quote_ours! {
                static FUNCTION: ::desc_jit::__private::Function = #new;
                &FUNCTION
            },
            // One for each choice of its type arguments, or each type.
            false => quote_ours! {
                static INSTANCES: ::desc_jit::__private::Instances = ::desc_jit::__private::Instances::new();
                INSTANCES.get(::desc_jit::__private::type_id::<Self>(), || #new)
            },
        };
        return quote_ours! {
            #[doc(hidden)]
            #vis fn #name() -> &'static ::desc_jit::__private::Function {
                #registered
            }
        };
    }
    let (declared, inside, clause) =
        (generics.declared_inside(), generics.names_inside(), generics.clause_inside());
    let choice = generics.choice(&ours("__Choice"));
    quote_ours! {
        #[doc(hidden)]
        fn #instances() -> &'static ::desc_jit::__private::Instances {
            static INSTANCES: ::desc_jit::__private::Instances = ::desc_jit::__private::Instances::new();
            &INSTANCES
        }

        #[doc(hidden)]
        #vis fn #name #declared() -> &'static ::desc_jit::__private::Function #clause {
            #choice
            Self::#instances().get(::desc_jit::__private::type_id::<(Self, __Choice #inside)>(), || #new)
        }
    }
}

//! Operators of structs. The block stays as it is: outside of annotated functions `a + b` is what is written. Beside it stands
//! what staged code finds by the operator.

use super::implementation::{Owner, as_the_user_wrote, parameters, registered};
use super::tables::operator_table;
use super::{companion, conditions, silence, source, stage};
use crate::ast::own;
use crate::parse::implementation::Method;
use crate::parse::operator::Operator;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ItemImpl;

/// The block, and the staged operator.
pub fn operator(block: &ItemImpl, operator: &Operator, methods: &[Method]) -> TokenStream {
    let outer = as_the_user_wrote(block, methods);
    let (owner, generics, clause) = (&operator.owner, &block.generics, &block.generics.where_clause);
    let (path, _) = match &block.trait_ {
        Some(of_trait) => of_trait,
        None => return outer,
    };
    let silence = silence();
    let of_block: Vec<_> = conditions(&block.attrs).collect();
    let staged = methods.iter().map(|method| {
        let function = &method.function;
        let name = |what: &str| own(&format!("{}_{}_{what}", function.name, operator.table));
        let stage = name(stage::name(function));
        let names =
            stage::Names { entry: stage.clone(), stage, body: name("body"), function: name("function") };
        let (_, inside) = parameters(method);
        let scope = super::tables::without_arguments(path);
        let scope = quote_ours! { #[allow(unused_imports)] use #scope as _; };
        let text = format!("{}::{}", owner.to_token_stream().to_string().replace(' ', ""), function.name);
        let result = companion::result_type(&method.free);
        let new = companion::new_function(
            function,
            &quote_ours! { <#owner> },
            &text.to_token_stream(),
            &names,
            &inside,
            &result,
            &source::source(&method.item),
        );
        let of = Owner { own_type: owner, generics, of_trait: Some(path), is_trait: false };
        let registered =
            registered(&of, function, &names.function, &name("instances"), &syn::Visibility::Inherited, &new);
        let staged = stage::function(function, &inside, &names, &scope);
        let table = operator_table(operator, method, &names.function);
        let conditions = of_block.iter().copied().chain(conditions(&method.item.attrs));
        quote_ours! {
            #(#conditions)*
            #silence
            impl #generics #owner #clause {
                #registered
                #staged
                #table
            }
        }
    });
    quote_ours! { #outer #(#staged)* }
}

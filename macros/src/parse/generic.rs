//! Functions of a type parameter, `T::zero()`, and type arguments of calls, `norm::<T>(&x)`.

use super::{Parser, bare, expression, rejected, types};
use crate::ast::{Expr, ExprKind, Spot};
use crate::diag::calls::{ASSOCIATED, NUMBER_OPTION};
use crate::names::{METHODS, Method, method, nearest};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Expr as Rust, ExprCall, Path, PathArguments};

/// Functions of floats that convert a number, and give an `Option`.
const FROM: &[&str] =
    &["from", "from_f64", "from_f32", "from_i32", "from_i64", "from_u32", "from_u64", "from_usize"];

/// Methods of numbers that give an `Option` of another type.
const TO: &[(&str, &str)] = &[("to_f64", "f64"), ("to_f32", "f32")];

impl Parser<'_> {
    /// The type parameter that a path begins with: `T` of `T::zero`.
    pub(super) fn type_parameter<'p>(&self, path: &'p Path) -> Option<&'p Ident> {
        let first = path.segments.first().filter(|_| path.segments.len() == 2)?;
        self.generics.is_type(&first.ident.to_string()).then_some(&first.ident)
    }

    /// `T::zero()`, `T::max(a, b)`
    pub(super) fn parameter_function(&mut self, e: &ExprCall, path: &Path, ty: &Ident) -> Expr {
        let at = Spot::of(path);
        let Some(last) = path.segments.last() else { return rejected(at) };
        let name = last.ident.to_string();
        if e.args.is_empty() {
            // What it gives depends on nothing.
            return expression(ExprKind::Constant(quote!(#e)), at);
        }
        let is_float = self.generics.is_float(&ty.to_string());
        if is_float && FROM.contains(&name.as_str()) {
            return self.reject(path, &NUMBER_OPTION, &[&format!("{ty}::{name}")]);
        }
        if is_float && method(&name) == Some(Method::Plain) {
            let mut arguments: Vec<_> = e.args.iter().map(|a| self.argument(a)).collect();
            let receiver = arguments.remove(0);
            return expression(ExprKind::Method(name, Box::new(receiver), arguments), at);
        }
        let methods = METHODS.iter().filter(|(_, m)| *m == Method::Plain).map(|(n, _)| *n);
        let help = match nearest(&name, methods.chain(FROM.iter().copied())) {
            Some(near) if is_float && near != name => format!("did you mean `{ty}::{near}`?"),
            _ => "write the computation out, or make it an annotated function".into(),
        };
        self.reject(path, &ASSOCIATED, &[ty, &name, &help])
    }

    /// `T::from(x).unwrap()`, `x.to_f64().unwrap()`: the conversion that `as` is; `None` where it is something else.
    pub(super) fn converted(&mut self, e: &Rust) -> Option<Expr> {
        let (value, ty) = match bare(e) {
            Rust::Call(call) => {
                let Rust::Path(function) = bare(&call.func) else { return None };
                let ty = self.type_parameter(&function.path)?;
                if !self.generics.is_float(&ty.to_string()) {
                    return None;
                }
                let from = function.path.segments.last()?.ident.to_string();
                let (true, [value]) =
                    (FROM.contains(&from.as_str()), &call.args.iter().collect::<Vec<_>>()[..])
                else {
                    return None;
                };
                (*value, ty.clone())
            }
            Rust::MethodCall(call) if call.args.is_empty() => {
                let (_, ty) = TO.iter().find(|(name, _)| call.method == name)?;
                (&*call.receiver, Ident::new(ty, call.method.span()))
            }
            _ => return None,
        };
        let at = Spot::of(e);
        let dtype = types::cast_target(&syn::parse_quote!(#ty), self.sink)?;
        let value = self.expr(value);
        Some(expression(ExprKind::Cast(Box::new(value), dtype), at))
    }

    /// The function of a companion type, with the type arguments of the path: `f::stage`, `f::stage_with::<T>`.
    pub(super) fn entry(&self, path: &Path, stage: &str) -> TokenStream {
        let mut path = path.clone();
        let arguments = split(&mut path);
        let (stage, arguments) = self.entry_with(crate::ast::ours(stage), arguments);
        quote_ours! { #path::#stage #arguments }
    }

    /// The name of a staging function that is given these type arguments, and those that it takes.
    pub(super) fn entry_with(&self, stage: Ident, arguments: PathArguments) -> (Ident, PathArguments) {
        let PathArguments::AngleBracketed(mut arguments) = arguments else {
            return (stage, PathArguments::None);
        };
        let count = arguments.args.len();
        // What is the length of an argument here is no constant: there it is read off the argument once more.
        let args = std::mem::take(&mut arguments.args);
        arguments.args =
            args.into_iter().filter(|a| !self.generics.mentions_length(&a.to_token_stream())).collect();
        match arguments.args.len() {
            0 => (stage, PathArguments::None),
            left if left == count => {
                (format_ident!("{stage}_with"), PathArguments::AngleBracketed(arguments))
            }
            _ => (format_ident!("__{stage}"), PathArguments::AngleBracketed(arguments)),
        }
    }
}

/// Takes the type arguments off the end of a path.
pub fn split(path: &mut Path) -> PathArguments {
    let last = path.segments.last_mut().map(|s| std::mem::take(&mut s.arguments));
    let mut last = last.unwrap_or_default();
    if let PathArguments::AngleBracketed(list) = &mut last {
        list.colon2_token.get_or_insert_default();
    }
    last
}

//! Calls: annotated functions, functions of types, `mem::swap`.

use super::assign::{is_view, viewed};
use super::{Parser, bare, expression, rejected, split, types};
use crate::ast::{Argument, Expr, ExprKind, FieldName, Spot, StructLiteral, TypeFn};
use crate::diag::calls::*;
use crate::diag::types::RESULT_KEPT;
use crate::diag::{expressions, signature};
use crate::names::{self, ARRAYS, CONSTRUCTORS, METHODS, Method, SCALARS, method, nearest, scalar_instead};
use quote::quote;
use syn::{Expr as Rust, ExprCall, Path};

/// Functions of this library whose type arguments say nothing that their arguments don't.
const TYPED_BY_ARGUMENTS: &[&str] =
    &["tree_leaves", "tree_flatten", "tree_unflatten", "tree_stack", "tree_unstack"];

impl Parser<'_> {
    pub(super) fn call(&mut self, e: &ExprCall) -> Expr {
        let stage = if std::mem::take(&mut self.tried) { "try_stage" } else { "stage" };
        if let Some(call) = self.handle_call(e) {
            return call;
        }
        let Rust::Path(function) = bare(&e.func) else { return self.reject(&e.func, &NOT_A_PATH, &[]) };
        if let Some(qself) = &function.qself {
            return self.reject(&qself.ty, &expressions::QUALIFIED_PATH, &[]);
        }
        let path = &function.path;
        let Some(last) = path.segments.last() else { return rejected(Spot::of(e)) };
        let name = last.ident.to_string();
        let qualifier = path.segments.iter().rev().nth(1);
        let module = qualifier.map(|s| s.ident.to_string());
        let single = path.get_ident();

        if let Some(ident) = single {
            if let Some(variable) = self.scopes.variable(ident) {
                if variable.is_closure {
                    let variable = variable.clone();
                    let arguments: Vec<Expr> =
                        e.args.iter().map(|a| self.closure_argument(a, variable.infers)).collect();
                    if self.assigned_by(&variable).is_some() {
                        return self
                            .inlined(ident, &variable, arguments)
                            .unwrap_or_else(|| rejected(Spot::of(e)));
                    }
                    return expression(ExprKind::CallClosure(variable, arguments), Spot::of(&e.func));
                }
                if !variable.rejected {
                    self.sink.report(ident, &CALL_VARIABLE, &[ident]);
                }
                return rejected(Spot::of(e));
            }
            if name == "Axis" && e.args.len() == 1 {
                return self.expr(&e.args[0]);
            }
            if name == "drop" {
                return self.reject(ident, &DROP, &[]);
            }
            if name == "swap" && e.args.len() == 2 && e.args.iter().all(is_mutable_reference) {
                return self.swap(e, Some(path));
            }
        }
        if let Some(ty) = self.type_parameter(path) {
            return self.parameter_function(e, path, ty);
        }
        match module.as_deref() {
            Some("mem") if name == "swap" => return self.swap(e, None),
            Some("mem") if name == "replace" => return self.replace(e),
            Some("mem") => return self.reject(&last.ident, &MEM_OTHER, &[&name]),
            Some("cmp") if (name == "max" || name == "min") && e.args.len() == 2 => {
                let (a, b) = (self.argument(&e.args[0]), self.argument(&e.args[1]));
                return expression(ExprKind::Method(name, Box::new(a), vec![b]), Spot::of(path));
            }
            Some("Self") if !self.in_block => {
                return self.reject(qualifier, &signature::SELF_TYPE, &[]);
            }
            Some(ty) if SCALARS.contains(&ty) || ARRAYS.contains(&ty) => {
                return self.type_function(e, path, ty);
            }
            Some(ty) if starts_uppercase(ty) && names::outside(&segments(path)).is_some() => {}
            Some(ty) if starts_uppercase(ty) || ty == "str" || scalar_instead(ty).is_some() => {
                let help = match scalar_instead(ty) {
                    Some(instead) => format!("use `{instead}`"),
                    None if ty == "Vec" => {
                        "lists have a fixed length in staged code: `vec![0.0; n]`, `Array1::zeros(n)`".into()
                    }
                    None if matches!(ty, "Box" | "Rc" | "Arc" | "RefCell") => {
                        "use the value itself: staged code has no pointers to it".into()
                    }
                    None => return self.associated(e, path, stage),
                };
                return self.reject(path, &ASSOCIATED, &[&ty, &name, &help]);
            }
            _ => {}
        }
        if let Some(entry) = names::outside(&segments(path)) {
            let written = segments(path).join("::");
            return self.reject(path, entry, &[&written]);
        }
        if starts_uppercase(&name) {
            if matches!(name.as_str(), "Some" | "Ok" | "Err") {
                if self.is_optional {
                    return rejected(Spot::of(path));
                }
                return match self.fallible && name != "Some" {
                    true => self.reject(path, &RESULT_KEPT, &[]),
                    false => self.reject(path, &expressions::OPTION, &[&name]),
                };
            }
            return self.constructor(e, path);
        }
        if let Some(functional) = self.functional(e, path, &name) {
            return functional;
        }
        if path.segments.len() == 1 && last.ident == self.name {
            return self.reject(path, &RECURSION, &[&name]);
        }
        let mut path = path.clone();
        if TYPED_BY_ARGUMENTS.contains(&name.as_str()) {
            split(&mut path);
        }
        let path = &path;
        let staging = self.entry(path, stage);
        let mut arguments = e.args.iter().map(|a| self.call_argument(a)).collect::<Vec<_>>();
        if name == "put"
            && let Some(Some(Argument::Value(index))) = arguments.get_mut(1)
        {
            position(&e.args[1], index);
        }
        match arguments.into_iter().collect() {
            Some(arguments) => expression(ExprKind::Call(staging, arguments), Spot::of(path)),
            None => rejected(Spot::of(path)),
        }
    }

    /// What `?` or `.unwrap()` follows, perhaps a call of a function that gives a `Result`.
    pub(super) fn tried(&mut self, e: &Rust) -> Expr {
        self.tried = matches!(bare(e), Rust::Call(_) | Rust::MethodCall(_));
        let value = self.expr(e);
        self.tried = false;
        value
    }

    /// `State::energy(&s)`
    fn associated(&mut self, e: &ExprCall, path: &Path, stage: &str) -> Expr {
        let Some(staging) = self.staging_method(path, stage) else { return rejected(Spot::of(path)) };
        let staging = match leaves_type_open(path) {
            true => self.of_any(path, stage),
            false => staging,
        };
        let arguments = e.args.iter().map(|a| self.call_argument(a)).collect::<Vec<_>>();
        match arguments.into_iter().collect() {
            Some(arguments) => expression(ExprKind::Call(staging, arguments), Spot::of(path)),
            None => rejected(Spot::of(path)),
        }
    }

    /// The staging function of an associated function, on the user's token.
    pub(super) fn staging_method(&mut self, path: &Path, stage: &str) -> Option<proc_macro2::TokenStream> {
        let last = path.segments.last()?;
        let own = path.segments.first().is_some_and(|s| s.ident == "Self") && path.segments.len() == 2;
        if own && last.ident == self.name {
            self.sink.report(path, &RECURSION, &[&self.name]);
            return None;
        }
        let mut path = path.clone();
        let arguments = split(&mut path);
        let segment = path.segments.last_mut()?;
        let stage = crate::emit::method_name(stage, &segment.ident);
        (segment.ident, segment.arguments) = self.entry_with(stage, arguments);
        Some(quote!(#path))
    }

    /// The staging function of a path that leaves the type open: rustc takes that of a literal for the one that nothing says. In
    /// a block of the same type it is that of the block.
    fn of_any(&self, path: &Path, stage: &str) -> proc_macro2::TokenStream {
        let mut path = path.clone();
        if let Some(last) = path.segments.last_mut() {
            last.ident = crate::emit::any(&crate::emit::method_name(stage, &last.ident));
        }
        let ty = path.segments.iter().rev().nth(1).map(|s| &s.ident);
        let float = match &self.own_float {
            Some((own, float)) if ty == Some(own) => quote_ours! { ::desc_jit::__private::zero::<#float>() },
            _ => quote_ours! { 0.0 },
        };
        quote_ours! {
            (|
                cx: &::desc_jit::__private::Cx,
                args: &mut [::desc_jit::__private::Value],
                at: ::desc_jit::__private::At,
            | #path(cx, args, at, #float))
        }
    }

    /// `Pair(a, b)` of a tuple struct.
    fn constructor(&mut self, e: &ExprCall, path: &Path) -> Expr {
        let fields = e.args.iter().enumerate();
        let fields = fields.map(|(k, a)| (FieldName::Number(k), self.moved(a))).collect();
        let literal = StructLiteral { path: quote!(#path), fields, base: None };
        expression(ExprKind::Struct(Box::new(literal)), Spot::of(path))
    }

    /// An argument that is only read.
    pub(super) fn argument(&mut self, e: &Rust) -> Expr {
        self.expr(e)
    }

    /// An argument of an annotated function; `&mut x`, and a `&mut` parameter passed on, may be assigned.
    pub(super) fn call_argument(&mut self, e: &Rust) -> Option<Argument> {
        match bare(e) {
            Rust::Reference(r) if r.mutability.is_some() => self.mutable_argument(&r.expr).map(Argument::Mut),
            Rust::Path(p) => match p.path.get_ident().and_then(|i| self.scopes.variable(i)) {
                Some(v) if v.by_mut_ref => self.place(e).map(Argument::Mut),
                _ => Some(Argument::Value(self.expr(e))),
            },
            Rust::MethodCall(m) if is_view(m) || viewed(e).is_some() => {
                self.block_place(e).map(Argument::Mut)
            }
            e => Some(Argument::Value(self.moved(e))),
        }
    }

    fn mutable_argument(&mut self, e: &Rust) -> Option<crate::ast::Place> {
        match bare(e) {
            Rust::Index(x) if matches!(bare(&x.index), Rust::Range(_)) => self.block_place(e),
            Rust::Path(_) | Rust::Field(_) | Rust::Index(_) | Rust::Unary(_) => self.place(e),
            other => {
                self.sink.report(other, &NOT_A_PLACE, &[]);
                None
            }
        }
    }

    fn swap(&mut self, e: &ExprCall, unqualified: Option<&Path>) -> Expr {
        let places = e.args.iter().map(|a| self.call_argument(a)).collect::<Vec<_>>();
        let [Some(Argument::Mut(_)), Some(Argument::Mut(_))] = &places[..] else {
            if places.iter().all(Option::is_some) {
                self.sink.report(e, &MEM, &[&"std::mem::swap"]);
            }
            return rejected(Spot::of(e));
        };
        // References that change places would be rebound.
        if e.args.iter().any(|a| matches!(bare(a), Rust::Reference(r) if self.rebinds(&r.expr))) {
            return rejected(Spot::of(e));
        }
        let mut places = places.into_iter().flatten().filter_map(|a| match a {
            Argument::Mut(place) => Some(place),
            Argument::Value(_) => None,
        });
        let (Some(a), Some(b)) = (places.next(), places.next()) else { return rejected(Spot::of(e)) };
        let mut expr = expression(ExprKind::Swap(Box::new(a), Box::new(b)), Spot::of(&e.func));
        if let Some(path) = unqualified {
            // It could be an annotated function of the user's; rustc tells: only `mem::swap` is generic.
            let assertion = quote_ours! { const _: () = { let _ = #path::<bool>; }; };
            let block =
                crate::ast::Block { items: vec![assertion], stmts: Vec::new(), value: Some(Box::new(expr)) };
            expr = expression(ExprKind::Block(block), Spot::of(&e.func));
        }
        expr
    }

    fn replace(&mut self, e: &ExprCall) -> Expr {
        let mut arguments = e.args.iter();
        let (Some(place), Some(value), None) = (arguments.next(), arguments.next(), arguments.next()) else {
            return self.reject(e, &MEM, &[&"std::mem::replace"]);
        };
        if matches!(bare(place), Rust::Reference(r) if self.rebinds(&r.expr)) {
            return rejected(Spot::of(e));
        }
        let place = self.call_argument(place);
        let value = self.moved(value);
        match place {
            Some(Argument::Mut(place)) => {
                expression(ExprKind::Replace(Box::new(place), Box::new(value)), Spot::of(&e.func))
            }
            Some(Argument::Value(_)) => self.reject(e, &MEM, &[&"std::mem::replace"]),
            None => rejected(Spot::of(e)),
        }
    }

    /// `f64::max(a, b)`, `Array2::<f64>::zeros((n, m))`
    fn type_function(&mut self, e: &ExprCall, path: &Path, ty: &str) -> Expr {
        let at = Spot::of(path);
        let Some(function) = self.type_fn(path, ty) else { return rejected(at) };
        let takes_closure = CONSTRUCTORS.iter().any(|(n, closure)| *closure && *n == function.name)
            || method(&function.name) == Some(Method::Map);
        let mut arguments: Vec<&Rust> = e.args.iter().collect();
        let callable = match arguments.last() {
            Some(last) if takes_closure => {
                let name = format!("{ty}::{}", function.name);
                let Some(callable) = self.callable(last, &name) else { return rejected(at) };
                arguments.pop();
                Some(Box::new(callable))
            }
            _ => None,
        };
        let arguments = arguments.into_iter().map(|a| self.argument(a)).collect();
        expression(ExprKind::TypeFn(Box::new(function), arguments, callable), at)
    }

    /// The function of a scalar or array type that a path names.
    pub(super) fn type_fn(&mut self, path: &Path, ty: &str) -> Option<TypeFn> {
        let last = path.segments.last()?;
        let name = last.ident.to_string();
        let constructors = CONSTRUCTORS.iter().map(|(n, _)| *n);
        let methods =
            METHODS.iter().filter(|(_, m)| matches!(m, Method::Plain | Method::Map)).map(|(n, _)| *n);
        let is_array = ARRAYS.contains(&ty);
        let known = if is_array {
            constructors.clone().chain(methods.clone()).any(|n| n == name)
        } else {
            name == "from" || methods.clone().any(|n| n == name)
        };
        if !known {
            let near = match is_array {
                true => nearest(&name, constructors.chain(methods)),
                false => nearest(&name, methods),
            };
            let help = match near {
                Some(near) => format!("did you mean `{ty}::{near}`?"),
                None if is_array => "make the array with `zeros`, `ones`, `from_elem`, `from_vec`, `linspace` or `from_shape_fn`".into(),
                None => format!("write the computation out, or see the methods of {ty}"),
            };
            self.sink.report(&last.ident, &ASSOCIATED, &[&ty, &name, &help]);
            return None;
        }
        let element = path.segments.iter().rev().nth(1).and_then(types::turbofish);
        Some(TypeFn { ty: ty.to_string(), element, name })
    }
}

/// The index of `put` and `.at(..)`: `[i, j]` is the position of one element, `&[i, j]` a list of rows.
pub(super) fn position(written: &Rust, index: &mut Expr) {
    if let (Rust::Array(_), ExprKind::Array(items)) = (bare(written), &mut index.kind) {
        index.kind = ExprKind::Tuple(std::mem::take(items));
    }
}

fn segments(path: &Path) -> Vec<String> {
    path.segments.iter().map(|s| s.ident.to_string()).collect()
}

fn is_mutable_reference(e: &Rust) -> bool {
    matches!(bare(e), Rust::Reference(r) if r.mutability.is_some())
}

pub(super) fn starts_uppercase(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_uppercase)
}

/// `Complex::new(1.0, 0.0)` says of which floats only by its arguments.
fn leaves_type_open(path: &Path) -> bool {
    path.segments.iter().all(|s| s.arguments.is_none() && s.ident != "Self")
}

//! Expressions: each becomes a Rust expression of type `Value`.

use super::{at, name_of};
use crate::ast::{
    Block, Expr, ExprKind, FieldName, SliceArg, Stmt, StructLiteral, TypeFn, ours, own, place_name,
};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};
use std::cell::Cell;
use syn::spanned::Spanned;

/// Emits the body of one function.
#[derive(Default)]
pub struct Emitter {
    names: Cell<usize>,
}

impl Emitter {
    /// A variable of ours that no other one of this function is called like.
    pub fn fresh(&self) -> Ident {
        let k = self.names.get();
        self.names.set(k + 1);
        own(&format!("value{k}"))
    }

    /// A `Value`.
    pub fn value(&self, e: &Expr) -> TokenStream {
        let cx = own("cx");
        let at = at(e.at);
        match &e.kind {
            // What rustc has no word on either is an error when the function is staged.
            ExprKind::Rejected => quote_ours! { #cx.rejected(#at)? },
            // The others are desugared.
            ExprKind::Never | ExprKind::Loop(_) | ExprKind::Labelled(..) | ExprKind::Jump(..) => {
                quote_ours! { #cx.never() }
            }
            ExprKind::Neutral(op, dtype) => {
                let (op, dtype) = (ours(op), option(dtype.as_ref()));
                quote_ours! { #cx.neutral(::desc_jit::__private::BinaryOp::#op, #dtype) }
            }
            ExprKind::Float(number) => quote_ours! { #cx.float(#number) },
            ExprKind::Int(number) => {
                let number = proc_macro2::Literal::i128_unsuffixed(*number);
                quote_ours! { #cx.int(#number) }
            }
            ExprKind::Bool(value) => quote_ours! { #cx.bool(#value) },
            ExprKind::Typed(variant, number) => {
                let variant = ours(variant);
                quote_ours! { #cx.typed(::desc_jit::__private::Literal::#variant(#number)) }
            }
            ExprKind::Variable(variable) => {
                let name = &variable.ident;
                quote_ours! { #name.clone() }
            }
            ExprKind::Constant(path) => {
                // On the user's tokens, where rustc reports a type that can't be used.
                let reference = quote_spanned! {e.at.span=> &#path };
                quote_ours! { #cx.constant(#reference) }
            }
            ExprKind::Tuple(items) if items.is_empty() => quote_ours! { #cx.unit() },
            ExprKind::Tuple(items) => {
                let items = self.values(items);
                quote_ours! { #cx.tuple(::std::vec![#items]) }
            }
            ExprKind::Field(base, name) => {
                let base = self.reference(base, false);
                read_field(&base, name, &at)
            }
            ExprKind::Struct(literal) => self.structure(literal, &at),
            ExprKind::Array(items) => {
                let items = self.values(items);
                quote_ours! { #cx.array(::std::vec![#items], #at)? }
            }
            ExprKind::Repeat(value, count) => {
                let value = self.reference(value, count.writes);
                let count = self.reference(count, false);
                quote_ours! { #cx.repeat(#value, #count, #at)? }
            }
            ExprKind::Unary(op, value) => {
                let (op, value) = (ours(op), self.reference(value, false));
                quote_ours! { #cx.unary(::desc_jit::__private::UnaryOp::#op, #value, #at)? }
            }
            ExprKind::Binary(op, a, b) => {
                let op = ours(op);
                let (a, b) = (self.reference(a, b.writes), self.reference(b, false));
                quote_ours! { #cx.binary(::desc_jit::__private::BinaryOp::#op, #a, #b, #at)? }
            }
            ExprKind::Compare(op, a, b) => {
                let op = ours(op);
                let (a, b) = (self.reference(a, b.writes), self.reference(b, false));
                quote_ours! { #cx.compare(::desc_jit::__private::CmpOp::#op, #a, #b, #at)? }
            }
            ExprKind::Lazy(and, a, b) => {
                let method = ours(if *and { "lazy_and" } else { "lazy_or" });
                let (a, b) = (self.reference(a, false), self.value(b));
                quote_ours! { #cx.#method(#a, || ::core::result::Result::Ok(#b), #at)? }
            }
            ExprKind::Cast(value, dtype) => {
                let value = self.reference(value, false);
                quote_ours! { #cx.cast(#value, #dtype, #at)? }
            }
            ExprKind::Index(array, index) => {
                let name = expr_name(array);
                let array = self.reference(array, index.iter().any(|i| i.writes));
                let index = self.values(index);
                quote_ours! { #cx.load(#name, #array, &[#index], #at)? }
            }
            ExprKind::Slice(array, spec) => {
                let name = expr_name(array);
                let array = self.reference(array, spec.iter().any(slice_writes));
                let spec = self.slice_spec(spec);
                quote_ours! { #cx.slice(#name, #array, &[#spec], #at)? }
            }
            ExprKind::Method(name, receiver, arguments) => {
                let receiver = self.reference(receiver, arguments.iter().any(|a| a.writes));
                let arguments = self.values(arguments);
                quote_ours! { #cx.method(#name, #receiver, &[#arguments], #at)? }
            }
            ExprKind::MapMethod(name, receiver, arguments, f) => {
                let receiver = self.reference(receiver, arguments.iter().any(|a| a.writes));
                let (arguments, f) = (self.values(arguments), self.callable(f));
                quote_ours! { #cx.map_method(#name, #receiver, &[#arguments], #f, #at)? }
            }
            ExprKind::TypeFn(function, arguments, None) => {
                let arguments = self.values(arguments);
                self.type_fn(function, quote_ours! { &[#arguments] }, &at)
            }
            ExprKind::TypeFn(function, arguments, Some(f)) => {
                let TypeFn { ty, element, name } = &**function;
                let element = option(element.as_ref());
                let (arguments, f) = (self.values(arguments), self.callable(f));
                quote_ours! { #cx.type_fn_closure(#ty, #element, #name, &[#arguments], #f, #at)? }
            }
            ExprKind::Call(path, arguments) => self.call(path, arguments, &at),
            ExprKind::MethodCall(name, arguments, tried) => self.method_call(name, arguments, *tried, &at),
            ExprKind::CallClosure(variable, arguments) => {
                let (name, arguments) = (&variable.ident, self.values(arguments));
                quote_ours! { (#name)(&[#arguments])? }
            }
            ExprKind::HandleCall(handle, arguments) => self.handle_call(handle, arguments, &at),
            ExprKind::Functional(path, operands) => self.functional(path, operands, &at),
            ExprKind::Block(block) => {
                let block = self.block(block, true);
                quote_ours! { { #block } }
            }
            ExprKind::If(branch) => self.branch(branch, true, &at),
            ExprKind::Replace(place, value) => self.replace(place, value, &at),
            ExprKind::Panic(text) => {
                let text = self.text(text);
                quote_ours! { #cx.panic(&#text, #at)? }
            }
            ExprKind::Dbg(values) => self.dbg(values, &at),
            ExprKind::Assert(_)
            | ExprKind::Print(..)
            | ExprKind::For(_)
            | ExprKind::While(_)
            | ExprKind::Assign(..)
            | ExprKind::Update(..)
            | ExprKind::Swap(..) => {
                let statement = self.statement(e);
                quote_ours! { { #statement #cx.unit() } }
            }
        }
    }

    fn structure(&self, literal: &StructLiteral, at: &TokenStream) -> TokenStream {
        let cx = own("cx");
        let path = &literal.path;
        let fields = literal.fields.iter().map(|(name, value)| {
            let (name, value) = (name.to_string(), self.value(value));
            quote_ours! { (#name, #value) }
        });
        let base = option(literal.base.as_ref().map(|base| self.value(base)).as_ref());
        // On the user's tokens, where rustc reports a type that is no tree.
        let span = literal.path.span();
        let literal = quote_spanned! {span=> #path::__literal };
        quote_ours! {
            {
                use ::desc_jit::__private::Literals as _;
                #literal(#cx, ::std::vec![#(#fields),*], #base, #at)?
            }
        }
    }

    /// `f64::max(a, b)`; the arguments are an expression of type `&[Value]`.
    pub fn type_fn(&self, function: &TypeFn, arguments: TokenStream, at: &TokenStream) -> TokenStream {
        let cx = own("cx");
        let TypeFn { ty, element, name } = function;
        let element = option(element.as_ref());
        quote_ours! { #cx.type_fn(#ty, #element, #name, #arguments, #at)? }
    }

    /// A `&Value`. A variable is borrowed, unless something that is evaluated later assigns variables.
    pub fn reference(&self, e: &Expr, later_writes: bool) -> TokenStream {
        match &e.kind {
            ExprKind::Variable(variable) if !later_writes => {
                let name = &variable.ident;
                quote_ours! { &#name }
            }
            _ => {
                let value = self.value(e);
                quote_ours! { &#value }
            }
        }
    }

    /// Values, separated by commas.
    pub fn values(&self, items: &[Expr]) -> TokenStream {
        let items = items.iter().map(|e| self.value(e));
        quote_ours! { #(#items),* }
    }

    /// The statements of a block, and its value where that is `wanted`.
    pub fn block(&self, block: &Block, wanted: bool) -> TokenStream {
        let items = &block.items;
        let stmts = block.stmts.iter().map(|s| self.stmt(s));
        let cx = own("cx");
        let value = match (&block.value, wanted) {
            (Some(e), true) => self.value(e),
            (Some(e), false) => self.statement(e),
            (None, true) if matches!(block.stmts.last(), Some(Stmt::Expr(e)) if matches!(e.kind, ExprKind::Panic(_))) =>
            {
                quote_ours! { #cx.never() }
            }
            (None, true) => quote_ours! { #cx.unit() },
            (None, false) => TokenStream::new(),
        };
        quote_ours! { #(#items)* #(#stmts)* #value }
    }

    fn stmt(&self, stmt: &Stmt) -> TokenStream {
        match stmt {
            Stmt::Let(pattern, value) => self.bind(pattern, self.value(value)),
            Stmt::Declare(variable) => {
                let (ident, name, cx) = (&variable.ident, name_of(&variable.ident), own("cx"));
                quote_ours! { let mut #ident = #cx.uninit(#name); }
            }
            Stmt::Handle(variable, handle) => {
                let ident = &variable.ident;
                quote_ours! { let #ident = #handle; }
            }
            Stmt::Linearized(pattern, map, handle, arguments) => {
                let (map, arguments, at) = (&map.ident, self.value(arguments), at(arguments.at));
                let cx = own("cx");
                let bound = self.bind(pattern, quote_ours! { #map.__result() });
                quote_ours! {
                    let #map = (#handle).__linearize(#cx, &#arguments.__items(), #at)?;
                    #bound
                }
            }
            Stmt::Closure(variable, f, by_value) => self.closure_variable(variable, f, *by_value),
            Stmt::Expr(e) => self.statement(e),
        }
    }

    /// A statement: the value of the expression is dropped.
    pub fn statement(&self, e: &Expr) -> TokenStream {
        let at = at(e.at);
        match &e.kind {
            ExprKind::For(e) => self.for_loop(e, &at),
            ExprKind::While(e) => self.while_loop(e, &at),
            ExprKind::If(e) => self.branch(e, false, &at),
            ExprKind::Assert(e) => self.assert(e, &at),
            ExprKind::Print(stream, text) => {
                let (stream, text, cx) = (ours(stream), self.text(text), own("cx"));
                quote_ours! { #cx.print(::desc_jit::__private::Stream::#stream, &#text, #at)?; }
            }
            ExprKind::Assign(target, value) => self.assign(target, value, &at),
            ExprKind::Update(op, target, value) => self.update(op, target, value, &at),
            ExprKind::Swap(a, b) => self.swap(a, b),
            ExprKind::Block(block) => {
                let block = self.block(block, false);
                quote_ours! { { #block } }
            }
            _ => {
                let value = self.value(e);
                quote_ours! { #value; }
            }
        }
    }

    /// The axes of a slice, separated by commas.
    pub fn slice_spec(&self, spec: &[SliceArg]) -> TokenStream {
        let axes = spec.iter().map(|axis| match axis {
            SliceArg::Index(e) => {
                let value = self.value(e);
                quote_ours! { ::desc_jit::__private::SliceArg::Index(#value) }
            }
            SliceArg::Range { start, end, inclusive, step } => {
                let part = |e: &Option<Box<Expr>>| option(e.as_ref().map(|e| self.value(e)).as_ref());
                let (start, end, step) = (part(start), part(end), part(step));
                quote_ours! {
                    ::desc_jit::__private::SliceArg::Range {
                        start: #start,
                        end: #end,
                        inclusive: #inclusive,
                        step: #step,
                    }
                }
            }
        });
        quote_ours! { #(#axes),* }
    }
}

/// Evaluating this axis assigns variables.
pub fn slice_writes(axis: &SliceArg) -> bool {
    match axis {
        SliceArg::Index(e) => e.writes,
        SliceArg::Range { start, end, step, .. } => {
            [start, end, step].into_iter().flatten().any(|e| e.writes)
        }
    }
}

fn option(tokens: Option<&TokenStream>) -> TokenStream {
    match tokens {
        Some(tokens) => quote_ours! { ::core::option::Option::Some(#tokens) },
        None => quote_ours! { ::core::option::Option::None },
    }
}

/// `base.name`, of a `&Value`.
pub fn read_field(base: &TokenStream, name: &FieldName, at: &TokenStream) -> TokenStream {
    let cx = own("cx");
    match name {
        FieldName::Number(k) => quote_ours! { #cx.field(#base, #k, #at)? },
        FieldName::Name(name) => quote_ours! { #cx.named(#base, #name, #at)? },
    }
}

/// The name that messages give to an array: that of its variable, `""` where it has none.
fn expr_name(e: &Expr) -> String {
    match &e.kind {
        ExprKind::Variable(variable) => place_name(variable, &[]),
        ExprKind::Field(base, k) => match expr_name(base) {
            name if name.is_empty() => name,
            name => format!("{name}.{k}"),
        },
        ExprKind::Constant(path) => path.to_token_stream().to_string().replace(' ', ""),
        _ => String::new(),
    }
}

//! Expressions: one arm per node of Rust's syntax.

use super::{Parser, bare, expression, rejected, types};
use crate::ast::{Expr, ExprKind, FieldName, Spot, StructLiteral, Target};
use crate::diag::{expressions::*, signature, types::UNKNOWN_SYNTAX};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{BinOp, Expr as Rust, Token, UnOp};

impl Parser<'_> {
    /// Reads an expression.
    pub(super) fn expr(&mut self, e: &Rust) -> Expr {
        if let Some(rejected) = self.handle_as_value(e) {
            return rejected;
        }
        match e {
            // In the language.
            Rust::Array(e) => self.array(e),
            Rust::Assign(e) => self.assign(e),
            Rust::Binary(e) => self.binary(e),
            Rust::Block(e) => self.block_expr(e),
            Rust::Break(e) => self.break_(e),
            Rust::Call(e) => self.call(e),
            Rust::Cast(e) => self.cast(e),
            // Where the length of an argument is a value of staged code, so is what is computed of it.
            Rust::Const(e) if self.generics.mentions_length(&e.block.to_token_stream()) => {
                expression(ExprKind::Block(self.block(&e.block)), Spot::of(&e.const_token))
            }
            Rust::Const(e) => expression(ExprKind::Constant(quote::quote!(#e)), Spot::of(&e.const_token)),
            Rust::Continue(e) => self.continue_(e),
            Rust::Field(e) => self.field(e),
            Rust::ForLoop(e) => self.for_loop(e),
            Rust::Group(e) => self.expr(&e.expr),
            Rust::If(e) => self.branch(e),
            Rust::Index(e) => self.index(e),
            Rust::Lit(e) => self.literal(&e.lit),
            Rust::Loop(e) => self.endless_loop(e),
            Rust::Macro(e) => self.macro_call(&e.mac),
            Rust::Match(e) => self.match_expr(e),
            Rust::MethodCall(e) => self.method_call(e),
            Rust::Paren(e) => self.expr(&e.expr),
            Rust::Path(e) => self.path(e),
            Rust::Reference(e) => match &e.mutability {
                None => self.expr(&e.expr),
                Some(_) => self.reject(e, &MUTABLE_REFERENCE, &[]),
            },
            Rust::Repeat(e) => {
                let (v, n) = (self.moved(&e.expr), self.expr(&e.len));
                expression(ExprKind::Repeat(Box::new(v), Box::new(n)), Spot::of(e))
            }
            Rust::Return(e) => self.return_(e),
            Rust::Struct(e) => self.structure(e),
            Rust::Tuple(e) => {
                let items = self.items(&e.elems);
                items.map_or_else(
                    || rejected(Spot::of(e)),
                    |items| expression(ExprKind::Tuple(items), Spot::of(e)),
                )
            }
            Rust::Unary(e) => self.unary(e),
            Rust::While(e) => self.while_loop(e),

            // rustc reports it on the function as written, or its signature was reported.
            Rust::Await(_) | Rust::Infer(_) => rejected(Spot::of(e)),
            Rust::Try(_) if self.is_optional => rejected(Spot::of(e)),
            Rust::Try(e) if self.fallible && self.closures == 0 => self.tried(&e.expr),

            // Not in the language.
            Rust::Async(e) => self.reject(e.async_token, &ASYNC, &[]),
            Rust::Closure(e) => self.reject(e, &CLOSURE, &[]),
            Rust::Let(e) => self.reject(e.let_token, &LET_CONDITION, &[]),
            Rust::Range(e) => self.reject(e, &RANGE, &[]),
            Rust::RawAddr(e) => self.reject(e, &RAW_ADDRESS, &[]),
            Rust::Try(e) => self.reject(e.question_token, &QUESTION_MARK, &[]),
            Rust::TryBlock(e) => self.reject(e.try_token, &TRY_BLOCK, &[]),
            Rust::Unsafe(e) => self.reject(e.unsafe_token, &UNSAFE, &[]),
            Rust::Yield(e) => self.reject(e.yield_token, &YIELD, &[]),
            Rust::Verbatim(e) => self.reject(e, &UNKNOWN_SYNTAX, &[]),
            other => self.reject(other, &UNKNOWN_SYNTAX, &[]),
        }
    }

    /// Reports an expression.
    pub(super) fn reject(
        &mut self,
        tokens: impl ToTokens,
        entry: &crate::diag::Entry,
        values: &[&dyn std::fmt::Display],
    ) -> Expr {
        let at = Spot::of(&tokens);
        self.sink.report(tokens, entry, values);
        rejected(at)
    }

    fn array(&mut self, e: &syn::ExprArray) -> Expr {
        if e.elems.is_empty() {
            return self.reject(e, &EMPTY_ARRAY, &[]);
        }
        let items = self.items(&e.elems);
        items.map_or_else(|| rejected(Spot::of(e)), |items| expression(ExprKind::Array(items), Spot::of(e)))
    }

    /// The parts of a list or a tuple; `None` where one of them was reported.
    fn items(&mut self, parts: &Punctuated<Rust, Token![,]>) -> Option<Vec<Expr>> {
        let items: Vec<Expr> = parts.iter().map(|e| self.moved(e)).collect();
        items.iter().all(|item| !matches!(item.kind, ExprKind::Rejected)).then_some(items)
    }

    fn cast(&mut self, e: &syn::ExprCast) -> Expr {
        let value = self.expr(&e.expr);
        match types::cast_target(&e.ty, self.sink) {
            Some(dtype) => expression(ExprKind::Cast(Box::new(value), dtype), Spot::of(e)),
            None => rejected(Spot::of(e)),
        }
    }

    fn field(&mut self, e: &syn::ExprField) -> Expr {
        let base = self.expr(&e.base);
        if matches!(base.kind, ExprKind::Rejected) {
            return base;
        }
        expression(ExprKind::Field(Box::new(base), FieldName::of(&e.member)), Spot::of(e))
    }

    /// `State { x, v: a, ..base }`
    fn structure(&mut self, e: &syn::ExprStruct) -> Expr {
        if let Some(qself) = &e.qself {
            return self.reject(&qself.ty, &QUALIFIED_PATH, &[]);
        }
        let fields = e.fields.iter().map(|f| (FieldName::of(&f.member), self.moved(&f.expr))).collect();
        let base = e.rest.as_ref().map(|base| self.expr(base));
        let path = &e.path;
        let literal = StructLiteral { path: quote::quote!(#path), fields, base };
        expression(ExprKind::Struct(Box::new(literal)), Spot::of(path))
    }

    /// `x[i]`, `x[[i, j]]`; a chain `x[i][j]` is one access with two indices.
    fn index(&mut self, e: &syn::ExprIndex) -> Expr {
        if let Rust::Range(_) = bare(&e.index) {
            let list = self.expr(&e.expr);
            return match self.slice_axis(&e.index, None) {
                Some(part) => expression(ExprKind::Slice(Box::new(list), vec![part]), Spot::of(e)),
                None => rejected(Spot::of(e)),
            };
        }
        let mut chain = vec![&*e.index];
        let mut base = bare(&e.expr);
        while let Rust::Index(inner) = base
            && !matches!(bare(&inner.index), Rust::Range(_))
        {
            chain.push(&inner.index);
            base = bare(&inner.expr);
        }
        let mut array = self.expr(base);
        let mut index = Vec::new();
        // A name for `x[i]`: one access with all indices.
        if let (Rust::Path(_), ExprKind::Index(..)) = (base, &array.kind)
            && let ExprKind::Index(whole, first) = array.kind
        {
            (array, index) = (*whole, first);
        }
        for part in chain.into_iter().rev() {
            index.extend(self.indices(part));
        }
        expression(ExprKind::Index(Box::new(array), index), Spot::of(e))
    }

    fn path(&mut self, e: &syn::ExprPath) -> Expr {
        if let Some(qself) = &e.qself {
            return self.reject(&qself.ty, &QUALIFIED_PATH, &[]);
        }
        if let Some(ident) = e.path.get_ident() {
            if let Some(variable) = self.scopes.variable(ident) {
                let at = Spot::at(ident.span());
                if variable.rejected {
                    return rejected(at);
                }
                if variable.is_closure {
                    return self.reject(ident, &crate::diag::statements::CLOSURE_VARIABLE, &[]);
                }
                if let Some(place) = variable.alias.clone() {
                    return self.alias(ident, &place).map_or_else(|| rejected(at), |place| place.value());
                }
                return expression(ExprKind::Variable(variable.clone()), at);
            }
            if ident == "self" || (ident == "None" && self.is_optional) {
                // Of a method, which was reported, or rustc's error.
                return rejected(Spot::of(ident));
            }
            if ident == "None" {
                return self.reject(ident, &OPTION, &[ident]);
            }
        }
        if let Some(first) = e.path.segments.first()
            && first.ident == "Self"
            && !self.in_block
        {
            return self.reject(&first.ident, &signature::SELF_TYPE, &[]);
        }
        let path = &e.path;
        expression(ExprKind::Constant(quote::quote!(#path)), Spot::of(path))
    }

    fn unary(&mut self, e: &syn::ExprUnary) -> Expr {
        let value = self.expr(&e.expr);
        let (op, at) = match &e.op {
            UnOp::Deref(_) => return value,
            UnOp::Not(token) => ("Not", Spot::at(token.span)),
            UnOp::Neg(token) => ("Neg", Spot::at(token.span)),
            other => return self.reject(other, &UNKNOWN_SYNTAX, &[]),
        };
        expression(ExprKind::Unary(op, Box::new(value)), at)
    }

    fn binary(&mut self, e: &syn::ExprBinary) -> Expr {
        let at = Spot::of(&e.op);
        match operator(&e.op) {
            Operator::Update(op) => {
                let target = self.target(&e.left);
                let value = Box::new(self.expr(&e.right));
                match target {
                    // rustc's error.
                    Some(Target::Tuple(..) | Target::Struct(..)) => rejected(at),
                    Some(target) => expression(ExprKind::Update(op, Box::new(target), value), at),
                    None => rejected(at),
                }
            }
            Operator::Lazy(and) => {
                let (left, right) = (self.expr(&e.left), self.expr(&e.right));
                expression(ExprKind::Lazy(and, Box::new(left), Box::new(right)), at)
            }
            Operator::Compare(op) => {
                let (left, right) = (self.expr(&e.left), self.expr(&e.right));
                expression(ExprKind::Compare(op, Box::new(left), Box::new(right)), at)
            }
            Operator::Unknown => self.reject(e.op, &UNKNOWN_SYNTAX, &[]),
            Operator::Binary(op) => {
                let (left, right) = (self.expr(&e.left), self.expr(&e.right));
                expression(ExprKind::Binary(op, Box::new(left), Box::new(right)), at)
            }
        }
    }
}

/// What a binary operator becomes.
enum Operator {
    /// A variant of `BinaryOp`.
    Binary(&'static str),
    /// A variant of `CmpOp`.
    Compare(&'static str),
    /// `&&` (true) or `||`.
    Lazy(bool),
    /// A compound assignment with that variant of `BinaryOp`.
    Update(&'static str),
    /// Newer than this crate.
    Unknown,
}

fn operator(op: &BinOp) -> Operator {
    use Operator::{Binary, Compare, Lazy, Update};
    match op {
        BinOp::Add(_) => Binary("Add"),
        BinOp::Sub(_) => Binary("Sub"),
        BinOp::Mul(_) => Binary("Mul"),
        BinOp::Div(_) => Binary("Div"),
        BinOp::Rem(_) => Binary("Rem"),
        BinOp::BitXor(_) => Binary("Xor"),
        BinOp::BitAnd(_) => Binary("And"),
        BinOp::BitOr(_) => Binary("Or"),
        BinOp::Shl(_) => Binary("Shl"),
        BinOp::Shr(_) => Binary("Shr"),
        BinOp::And(_) => Lazy(true),
        BinOp::Or(_) => Lazy(false),
        BinOp::Eq(_) => Compare("Eq"),
        BinOp::Lt(_) => Compare("Lt"),
        BinOp::Le(_) => Compare("Le"),
        BinOp::Ne(_) => Compare("Ne"),
        BinOp::Ge(_) => Compare("Ge"),
        BinOp::Gt(_) => Compare("Gt"),
        BinOp::AddAssign(_) => Update("Add"),
        BinOp::SubAssign(_) => Update("Sub"),
        BinOp::MulAssign(_) => Update("Mul"),
        BinOp::DivAssign(_) => Update("Div"),
        BinOp::RemAssign(_) => Update("Rem"),
        BinOp::BitXorAssign(_) => Update("Xor"),
        BinOp::BitAndAssign(_) => Update("And"),
        BinOp::BitOrAssign(_) => Update("Or"),
        BinOp::ShlAssign(_) => Update("Shl"),
        BinOp::ShrAssign(_) => Update("Shr"),
        _ => Operator::Unknown,
    }
}

//! Blocks, statements and expressions.

use super::{
    Argument, Assert, Callable, FieldName, For, Frame, If, Jump, Loop, Operand, Pattern, Place, SliceArg,
    Spot, Target, Text, While,
};
use crate::scope::Variable;
use proc_macro2::TokenStream;

/// A block: items, statements, and the value at its end.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// `const`, `static`, `use` and `type` items, as written.
    pub items: Vec<TokenStream>,
    /// Statements in order.
    pub stmts: Vec<Stmt>,
    /// The value; `None` for `()`.
    pub value: Option<Box<Expr>>,
}

/// A statement.
#[derive(Clone, Debug)]
pub enum Stmt {
    /// `let pattern = value;`
    Let(Pattern, Expr),
    /// `let x;`
    Declare(Variable),
    /// `let g = grad(f);`, with the handle as Rust code
    Handle(Variable, TokenStream),
    /// `let (pattern, map) = linearize(f)(value);`, with the handle as Rust code and the arguments as a tuple
    Linearized(Pattern, Variable, TokenStream, Expr),
    /// `let f = |a| ..;`; true where it captures by value
    Closure(Variable, Callable, bool),
    /// `value;`
    Expr(Expr),
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its smallest meaningful place: the operator, the method's name, the index expression.
    pub at: Spot,
    /// Its evaluation assigns variables from before it. `carry.rs` finds out.
    pub writes: bool,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// Something that was reported as an error.
    Rejected,
    /// An unsuffixed float, as written.
    Float(TokenStream),
    /// An unsuffixed integer.
    Int(i128),
    /// `true` or `false`
    Bool(bool),
    /// A suffixed literal: the variant of `Literal`, and the number as written.
    Typed(&'static str, TokenStream),
    /// A variable.
    Variable(Variable),
    /// A constant from outside.
    Constant(TokenStream),
    /// `(a, b)`; the empty one is `()`
    Tuple(Vec<Expr>),
    /// `t.0`, `s.x`
    Field(Box<Expr>, FieldName),
    /// `State { x, v: a, ..base }`
    Struct(Box<StructLiteral>),
    /// `[a, b]`
    Array(Vec<Expr>),
    /// `[v; n]`
    Repeat(Box<Expr>, Box<Expr>),
    /// `-x`, `!x`: the variant of `UnaryOp`
    Unary(&'static str, Box<Expr>),
    /// `a + b`: the variant of `BinaryOp`
    Binary(&'static str, Box<Expr>, Box<Expr>),
    /// `a < b`: the variant of `CmpOp`
    Compare(&'static str, Box<Expr>, Box<Expr>),
    /// `a && b` (true) or `a || b`
    Lazy(bool, Box<Expr>, Box<Expr>),
    /// `x as T`, with the dtype
    Cast(Box<Expr>, TokenStream),
    /// `x[i]`, `x[[i, j]]`, `x[i][j]`
    Index(Box<Expr>, Vec<Expr>),
    /// `x.slice(s![..])`
    Slice(Box<Expr>, Vec<SliceArg>),
    /// `x.name(args)`
    Method(String, Box<Expr>, Vec<Expr>),
    /// `x.name(args, |v| ..)`
    MapMethod(String, Box<Expr>, Vec<Expr>, Box<Callable>),
    /// `f64::max(a, b)`, `Array2::<f64>::zeros((n, m))`: type, element type, name
    TypeFn(Box<TypeFn>, Vec<Expr>, Option<Box<Callable>>),
    /// A call of an annotated function, by its staging function.
    Call(TokenStream, Vec<Argument>),
    /// A method of a struct; the first argument is the receiver. True where `?` or the like follows.
    MethodCall(String, Vec<Argument>, bool),
    /// `cond`, `switch`, `fori_loop`, `while_loop`, and the implicit functions
    Functional(TokenStream, Vec<Operand>),
    /// A call of a closure that a variable holds.
    CallClosure(Variable, Vec<Expr>),
    /// `grad(f)(x)`: the handle as Rust code, and the arguments
    HandleCall(TokenStream, Vec<Expr>),
    /// `{ .. }`
    Block(Block),
    /// `'a: { .. }`
    Labelled(Frame, Block),
    /// `if`
    If(Box<If>),
    /// `for`
    For(Box<For>),
    /// `while`
    While(Box<While>),
    /// `loop`
    Loop(Box<Loop>),
    /// `break`, `continue`, `return`, with their value; `desugar/` takes them away.
    Jump(Jump, Option<Box<Expr>>),
    /// The value of what never gets there.
    Never,
    /// What a sum (`Add`) or a product (`Mul`) begins with, and its dtype where that is written.
    Neutral(&'static str, Option<TokenStream>),
    /// `target = value`
    Assign(Box<Target>, Box<Expr>),
    /// `target += value`
    Update(&'static str, Box<Target>, Box<Expr>),
    /// `std::mem::swap(&mut a, &mut b)`
    Swap(Box<Place>, Box<Place>),
    /// `std::mem::replace(&mut a, v)`
    Replace(Box<Place>, Box<Expr>),
    /// `assert!` and its like
    Assert(Box<Assert>),
    /// `panic!` and its like: what is behind it is never executed.
    Panic(Text),
    /// `println!` and its like: `Out` or `Err`
    Print(&'static str, Text),
    /// `dbg!`: each value, and as it is written
    Dbg(Vec<(Expr, TokenStream)>),
}

impl Expr {
    /// A variable, a part of one, or a constant.
    pub(super) fn is_simple(&self) -> bool {
        match &self.kind {
            ExprKind::Float(_)
            | ExprKind::Int(_)
            | ExprKind::Bool(_)
            | ExprKind::Typed(..)
            | ExprKind::Variable(_)
            | ExprKind::Constant(_) => true,
            ExprKind::Field(base, _) => base.is_simple(),
            ExprKind::Tuple(parts) => parts.iter().all(Expr::is_simple),
            _ => false,
        }
    }
}

/// `State { x, v: a, ..base }`
#[derive(Clone, Debug)]
pub struct StructLiteral {
    /// The type.
    pub path: TokenStream,
    /// The fields that are given, in the order in which they are evaluated.
    pub fields: Vec<(FieldName, Expr)>,
    /// Where the others come from.
    pub base: Option<Expr>,
}

/// A function of a type: `f64::max`, `Array2::<f64>::zeros`.
#[derive(Clone, Debug)]
pub struct TypeFn {
    /// The last segment of the type's path.
    pub ty: String,
    /// The element type as a `Ty`, where it is written.
    pub element: Option<TokenStream>,
    /// The function's name.
    pub name: String,
}

//! The staged language: what is left of a function once it is known to be in it. Names are resolved, and
//! every loop and branch lists the variables that it carries.

use crate::generics::Generics;
use crate::scope::Variable;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use std::fmt;
use syn::Type;
use syn::ext::IdentExt;

/// A place in the user's source: line and column from 1, and a width.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
    /// Columns to underline.
    pub width: usize,
    /// For rustc's messages.
    pub span: Span,
}

impl Spot {
    /// From the first to the last of these tokens, as far as they are on one line.
    pub fn of(tokens: &impl ToTokens) -> Spot {
        let mut trees = tokens.to_token_stream().into_iter();
        let Some(first) = trees.next() else { return Spot::at(Span::call_site()) };
        let last = trees.last().unwrap_or_else(|| first.clone());
        Spot::between(leading(&first), last.span())
    }

    /// One token.
    pub fn at(span: Span) -> Spot {
        Spot::between(span, span)
    }

    fn between(first: Span, last: Span) -> Spot {
        let (start, end) = (first.start(), last.end());
        let width = if end.line == start.line { end.column.saturating_sub(start.column) } else { 1 };
        Spot { line: start.line, column: start.column + 1, width: width.max(1), span: first }
    }
}

/// The span where a tree begins; invisible groups have none of their own.
fn leading(tree: &TokenTree) -> Span {
    match tree {
        TokenTree::Group(g) if g.delimiter() == proc_macro2::Delimiter::None => {
            g.stream().into_iter().next().map_or_else(|| g.span(), |t| leading(&t))
        }
        _ => tree.span(),
    }
}

/// An annotated function.
pub struct Function {
    /// Its name, without `r#`.
    pub name: String,
    /// Its type and const parameters.
    pub generics: Generics,
    /// Its parameters.
    pub params: Vec<Param>,
    /// Its body.
    pub body: Block,
    /// Where its result is made.
    pub result_at: Spot,
    /// The type of its result, as a `Ty`, where it is written and one of ours.
    pub result: Option<TokenStream>,
    /// It gives a `Result` of that.
    pub fallible: bool,
    /// How many variables have been declared.
    pub variables: usize,
    /// How derivatives treat it.
    pub rule: Option<crate::args::Rule>,
    /// What native code writes in another way.
    pub handles: Handles,
}

/// Paths that stand for handles.
#[derive(Debug, Default)]
pub struct Handles {
    /// The spans of their last segments, by [`span_key`].
    pub paths: Vec<String>,
    /// A transform is applied to something else, which was reported: the body is no Rust code.
    pub not_rust: bool,
}

/// Tells places of the source apart.
pub fn span_key(span: Span) -> String {
    format!("{span:?}")
}

/// How a parameter is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// By value.
    Value,
    /// `&T`
    Ref,
    /// `&mut T`
    Mut,
}

/// A parameter.
pub struct Param {
    /// What it binds.
    pub pattern: Pattern,
    /// How it is passed.
    pub mode: Mode,
    /// Its declared type.
    pub ty: Type,
    /// It is a constant of the compilation.
    pub is_static: bool,
}

/// A pattern that always matches.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// `x`
    Name(Variable),
    /// `_`
    Wild,
    /// `(a, b)` or `[a, b]`
    Tuple(Vec<Pattern>, Spot),
    /// `..` among the parts of one; `rest @ ..` of a list has a name
    Rest(Option<Variable>),
    /// `name @ pattern`
    Whole(Variable, Box<Pattern>),
    /// `State { x, v: a, .. }`, `Pair(a, b)`
    Struct(Vec<(FieldName, Pattern)>, Spot),
    /// `x: T`, with the declared type as a `Ty`
    Typed(Box<Pattern>, TokenStream, Spot),
}

impl Pattern {
    /// The variables that it binds.
    pub fn variables(&self, f: &mut impl FnMut(&Variable)) {
        match self {
            Pattern::Name(variable) => f(variable),
            Pattern::Wild => {}
            Pattern::Rest(variable) => variable.iter().for_each(f),
            Pattern::Whole(variable, inner) => {
                f(variable);
                inner.variables(f);
            }
            Pattern::Struct(parts, _) => parts.iter().for_each(|(_, p)| p.variables(f)),
            Pattern::Tuple(parts, _) => parts.iter().for_each(|p| p.variables(f)),
            Pattern::Typed(inner, ..) => inner.variables(f),
        }
    }
}

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

/// `assert!`, `assert_eq!`, `assert_ne!`, and those of debug builds.
#[derive(Clone, Debug)]
pub struct Assert {
    /// What is said to hold.
    pub claim: Claim,
    /// What is said where it does not.
    pub text: Option<Text>,
    /// `debug_assert!`
    pub debug: bool,
}

/// What an assertion says.
#[derive(Clone, Debug)]
pub enum Claim {
    /// A condition, and as it is written.
    Holds(Expr, TokenStream),
    /// That two values are equal (true), or not equal.
    Equal(bool, Expr, Expr),
}

/// The arguments of `panic!`, `println!` and the like.
#[derive(Clone, Debug)]
pub struct Text {
    /// The format string; every argument has its number.
    pub format: String,
    /// The arguments.
    pub arguments: Vec<Expr>,
}

impl Text {
    /// Making it takes nothing that could fail, and no time worth speaking of.
    pub fn is_simple(&self) -> bool {
        self.arguments.iter().all(Expr::is_simple)
    }
}

impl Expr {
    /// A variable, a part of one, or a constant.
    fn is_simple(&self) -> bool {
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

/// The name of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldName {
    /// Of a tuple or a tuple struct.
    Number(usize),
    /// Of a struct, without `r#`.
    Name(String),
}

impl FieldName {
    /// As it is written.
    pub fn of(member: &syn::Member) -> FieldName {
        match member {
            syn::Member::Named(name) => FieldName::Name(name.unraw().to_string()),
            syn::Member::Unnamed(index) => FieldName::Number(index.index as usize),
        }
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FieldName::Number(k) => write!(f, "{k}"),
            FieldName::Name(name) => write!(f, "{name}"),
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

/// What `break` and `continue` mean: a loop or a labelled block, numbered in the order of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Frame(pub usize);

/// Where a jump goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Jump {
    /// Behind a loop or a labelled block.
    Break(Frame),
    /// To the next iteration of a loop.
    Continue(Frame),
    /// Out of the function, or of the closure.
    Return,
}

/// `if`, with what its branches carry, which `carry.rs` finds out.
#[derive(Clone, Debug)]
pub struct If {
    /// The condition.
    pub condition: Expr,
    /// The first branch.
    pub then: Block,
    /// The second one.
    pub otherwise: Option<Block>,
    /// Variables from outside that a branch assigns.
    pub carried: Vec<Variable>,
}

/// `for`, with what its body carries, which `carry.rs` finds out.
#[derive(Clone, Debug)]
pub struct For {
    /// What `break` and `continue` call it.
    pub frame: Frame,
    /// The loop variable; `None` for `_`.
    pub index: Option<Variable>,
    /// The range.
    pub range: Range,
    /// The body.
    pub body: Block,
    /// Variables from outside that the body assigns.
    pub carried: Vec<Variable>,
    /// `#[parallel]`
    pub parallel: bool,
    /// `#[checkpoint]`
    pub checkpoint: bool,
    /// `#[unroll]`
    pub unroll: bool,
}

/// The range of a `for` loop.
#[derive(Clone, Debug)]
pub struct Range {
    /// Its first value.
    pub start: Expr,
    /// Its end.
    pub end: Expr,
    /// `..=`
    pub inclusive: bool,
    /// `progress("name", range)`
    pub progress: Option<String>,
    /// `.rev()` and `.step_by(k)` in order.
    pub adapters: Vec<(Adapter, Spot)>,
    /// Where its dots are.
    pub at: Spot,
}

/// What is done to a range.
#[derive(Clone, Debug)]
pub enum Adapter {
    /// `.rev()`
    Rev,
    /// `.step_by(k)`
    StepBy(Expr),
    /// The positions of `chunks` of an array of that length, of which the last one may be shorter: true where it comes last.
    Chunks(Expr, Expr, bool),
}

/// `while`, with what its body carries, which `carry.rs` finds out.
#[derive(Clone, Debug)]
pub struct While {
    /// What `break` and `continue` call it.
    pub frame: Frame,
    /// The condition.
    pub condition: Expr,
    /// The body.
    pub body: Block,
    /// Variables from outside that the body assigns.
    pub carried: Vec<Variable>,
}

/// `loop`
#[derive(Clone, Debug)]
pub struct Loop {
    /// What `break` and `continue` call it.
    pub frame: Frame,
    /// The body.
    pub body: Block,
}

/// A variable, or a part of one: `x`, `t.0`, `x[[i, j]]`, `t.0[i]`.
#[derive(Clone, Debug)]
pub struct Place {
    /// The variable.
    pub root: Variable,
    /// The way to the part.
    pub parts: Vec<Part>,
    /// Where it stands.
    pub at: Spot,
    /// Evaluating its indices assigns variables. `carry.rs` finds out.
    pub writes: bool,
}

/// One step into a variable.
#[derive(Clone, Debug)]
pub enum Part {
    /// `.0`, `.x`
    Field(FieldName),
    /// `[i]`, `[[i, j]]`
    Index(Vec<Expr>),
}

/// What can be assigned.
#[derive(Clone, Debug)]
pub enum Target {
    /// `_`
    Wild,
    /// A variable or a part of one.
    Place(Place),
    /// A block of an array: `x.slice_mut(s![..])`, `x.row_mut(i)`; all of it where the list is empty.
    Block(Place, Vec<SliceArg>),
    /// `(a, b)`
    Tuple(Vec<Target>, Spot),
    /// `State { x, v: a, .. }`, `Pair(a, b)`
    Struct(Vec<(FieldName, Target)>, Spot),
}

/// One axis of a slice.
#[derive(Clone, Debug)]
pub enum SliceArg {
    /// `i`
    Index(Expr),
    /// `a..b;k`
    Range {
        /// `a`
        start: Option<Box<Expr>>,
        /// `b`
        end: Option<Box<Expr>>,
        /// `..=`
        inclusive: bool,
        /// `k`
        step: Option<Box<Expr>>,
    },
}

impl SliceArg {
    /// `..`
    pub const ALL: SliceArg = SliceArg::Range { start: None, end: None, inclusive: false, step: None };
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub enum Argument {
    /// A value or a shared reference.
    Value(Expr),
    /// `&mut place`, which the call may assign.
    Mut(Place),
}

/// A function that is passed to another one.
#[derive(Clone, Debug)]
pub enum Callable {
    /// `|a, b| body`
    Closure(Vec<Pattern>, Box<Expr>),
    /// An annotated function, by its staging function.
    Path(TokenStream, Spot),
    /// A closure that a variable holds.
    Variable(Variable),
    /// `f64::sqrt`
    TypeFn(TypeFn, Spot),
}

/// An argument of `cond` and the like.
#[derive(Clone, Debug)]
pub enum Operand {
    /// A value.
    Value(Expr),
    /// A function.
    Callable(Callable),
    /// The branches of `switch`.
    Callables(Vec<Callable>),
}

/// A name for messages: `u`, `t.0`.
pub fn place_name(root: &Variable, parts: &[Part]) -> String {
    let mut name = root.name();
    for part in parts {
        if let Part::Field(k) = part {
            name.push_str(&format!(".{k}"));
        }
    }
    name
}

/// An identifier of ours: hygienic, so that no variable of the user's can meet it.
pub fn ours(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// A variable of ours. Constants and statics are not hygienic: `let c` would compare with a `const c` of the
/// user's. The underscores keep clear of those.
pub fn own(name: &str) -> Ident {
    ours(&format!("__{name}"))
}

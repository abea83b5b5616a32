//! Which Rust types can stand in the signature of an annotated function, and what they are in a graph.

use super::cx::{Mode, StageFn};
use crate::array::{Array, Element};
use crate::dtype::DType;
use crate::exec::Function;
use std::fmt;

/// A declared type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ty {
    /// A scalar.
    Scalar(DType),
    /// An array and its rank (`None`: dynamic).
    Array(DType, Option<usize>),
    /// A list of lists of numbers or of arrays, which is an array in the graph: its rank, and how many of its first axes are
    /// lists of parts.
    Rows(DType, usize, usize),
    /// A tuple.
    Tuple(&'static [Ty]),
    /// A `Vec` of trees, whose length is part of the cache key.
    List(&'static Ty),
    /// `()`
    Unit,
    /// A struct with `#[derive(Tree)]`.
    Struct(&'static StructInfo),
    /// `_`: whatever it is.
    Any,
}

impl Ty {
    /// A list of such elements: of numbers it is an array.
    #[doc(hidden)]
    pub const fn list_of(item: &'static Ty) -> Ty {
        match *item {
            Ty::Scalar(dtype) => Ty::Array(dtype, Some(1)),
            Ty::Rows(dtype, rank, levels) => Ty::Rows(dtype, rank + 1, levels + 1),
            Ty::Array(dtype, Some(rank)) => Ty::Rows(dtype, rank + 1, 1),
            _ => Ty::List(item),
        }
    }
}

/// What staging knows of a struct with `#[derive(Tree)]`.
pub struct StructInfo {
    /// Its name with its module: two structs of one name are two types.
    pub path: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The float types that its parameters stand for; `None` for constants.
    pub parameters: &'static [Option<DType>],
    /// Its fields, in order.
    pub fields: &'static [Field],
    /// Its annotated functions of that name; `::name` are those without a receiver.
    pub methods: fn(&str) -> Vec<Method>,
    /// What many of them are, with one axis more in every field.
    pub stacked: fn() -> Ty,
    /// Of a struct of many: one of them.
    pub one: fn() -> Option<Ty>,
}

/// An annotated function of a struct, as it is found by name.
#[derive(Clone, Copy)]
pub struct Method {
    /// Its name.
    pub name: &'static str,
    /// How many parameters it has, the receiver among them.
    pub parameters: usize,
    /// Its receiver is `&mut self`.
    pub updates: bool,
    /// It gives a `Result`.
    pub fallible: bool,
    /// What calls in staged code run; of a generic one it infers the types.
    pub stage: StageFn,
    /// The function; a generic one has several.
    pub function: Option<&'static Function>,
}

impl Method {
    /// One without type parameters.
    pub fn of(function: &'static Function) -> Method {
        Method {
            name: function.name,
            parameters: function.params.len(),
            updates: function.params.first().is_some_and(|param| param.mode == Mode::Mut),
            fallible: function.fallible,
            stage: function.stage,
            function: Some(function),
        }
    }
}

/// A field of a struct.
#[derive(Debug, PartialEq)]
pub struct Field {
    /// Its name; of a tuple struct its number.
    pub name: &'static str,
    /// Its type.
    pub ty: Ty,
    /// `#[tree(static)]`: its value is part of the cache key and known at staging.
    pub is_static: bool,
}

impl fmt::Debug for StructInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(self.path).field("fields", &self.fields).finish()
    }
}

// Constants have no address of their own: the same type may be described in several places.
impl PartialEq for StructInfo {
    fn eq(&self, other: &StructInfo) -> bool {
        std::ptr::eq(self, other)
            || (self.path == other.path && self.fields == other.fields && self.parameters == other.parameters)
    }
}

impl StructInfo {
    /// The place of a field.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|f| f.name == name)
    }
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ty::Scalar(d) => write!(f, "{d}"),
            Ty::Array(d, Some(n)) => write!(f, "Array{n}<{d}>"),
            Ty::Array(d, None) => write!(f, "ArrayD<{d}>"),
            Ty::Rows(d, n, _) => write!(f, "{}{d}{}", "[".repeat(*n), "]".repeat(*n)),
            Ty::Tuple(items) => {
                write!(f, "(")?;
                for (k, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if k > 0 { ", " } else { "" })?;
                }
                write!(f, ")")
            }
            Ty::List(item) => write!(f, "Vec<{item}>"),
            Ty::Unit => write!(f, "()"),
            Ty::Struct(info) => write!(f, "{}", info.name),
            Ty::Any => write!(f, "_"),
        }
    }
}

/// A type that an annotated function can take or return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument or a result of a #[desc_jit] function",
    label = "not a scalar, an array, a tuple of them, or a struct with `#[derive(Tree)]`",
    note = "scalars are f64, f32, i64, i32, u32, u64, usize, bool; arrays are desc_jit's Array1, Array2, Array3, ArrayD of them"
)]
pub trait Typed {
    /// What it is in a graph.
    const TY: Ty;
}

macro_rules! scalars {
    ($($t:ty => $d:ident),*) => { $(impl Typed for $t { const TY: Ty = Ty::Scalar(DType::$d); })* };
}
scalars!(f64 => F64, f32 => F32, i64 => I64, i32 => I32, u32 => U32, u64 => U64, usize => Usize, bool => Bool);

impl Typed for () {
    const TY: Ty = Ty::Unit;
}
impl<T: Element, D: ndarray::Dimension> Typed for Array<T, D> {
    const TY: Ty = Ty::Array(T::DTYPE, D::NDIM);
}
impl<A: Typed + ?Sized> Typed for &A {
    const TY: Ty = A::TY;
}
impl<A: Typed + ?Sized> Typed for &mut A {
    const TY: Ty = A::TY;
}

macro_rules! tuples {
    ($($($t:ident)+;)*) => {
        $(impl<$($t: Typed),+> Typed for ($($t,)+) { const TY: Ty = Ty::Tuple(&[$($t::TY),+]); })*
    };
}
tuples! { A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H; }

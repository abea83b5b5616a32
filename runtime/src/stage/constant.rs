//! Constants from outside the function: scalars, fixed arrays of them, tuples, structs.

use super::columns::listed;
use super::cx::{At, Cx};
use super::value::Value;
use crate::array::{Buffer, Element, Float};
use crate::dtype::{DType, Literal};
use crate::exec::ArgValue;
use crate::op::datum::with_type;
use crate::tree::Tree;

/// A type that a constant used inside an annotated function can have.
#[diagnostic::on_unimplemented(
    message = "a constant of type `{Self}` cannot be used in a #[desc_jit] function",
    label = "not a number, a bool, a fixed array or a tuple of them, or a struct with `#[derive(Tree)]`",
    note = "pass other values as arguments of the function"
)]
pub trait Constant {
    /// The value in staged code.
    #[doc(hidden)]
    fn stage(&self, cx: &Cx) -> Value;
}

macro_rules! scalars {
    ($($t:ty => $v:ident),*) => {
        $(impl Constant for $t {
            fn stage(&self, _: &Cx) -> Value { Value::literal(Literal::$v(*self)) }
        })*
    };
}
scalars!(f64 => F64, f32 => F32, i64 => I64, i32 => I32, u32 => U32, u64 => U64, usize => Usize, bool => Bool);

impl<T: Constant, const N: usize> Constant for [T; N] {
    fn stage(&self, cx: &Cx) -> Value {
        self.as_slice().stage(cx)
    }
}

impl<T: Constant> Constant for [T] {
    fn stage(&self, cx: &Cx) -> Value {
        // A table is made once, at the top of the function, not in every iteration that reads it.
        cx.at_top(|cx| {
            let items: Vec<Value> = self.iter().map(|v| v.stage(cx)).collect();
            // Elements of one Rust type always stack; a table of tuples stays a list.
            cx.array(items.clone(), At(0, 0, 0)).unwrap_or_else(|_| Value::tuple(items))
        })
    }
}

/// A number of a type that is named by its parameter alone.
#[doc(hidden)]
pub fn zero<T: Float>() -> T {
    T::zero()
}

/// A struct.
#[doc(hidden)]
pub fn constant_tree<T: Tree>(cx: &Cx, tree: &T) -> Value {
    let value = argument(cx, &T::__shared(tree));
    // It has its own type.
    cx.coerce(&value, T::__TY, At(0, 0, 0)).unwrap_or(value)
}

fn argument(cx: &Cx, argument: &ArgValue<'_>) -> Value {
    match argument {
        ArgValue::Scalar(literal) | ArgValue::Static(literal) => Value::literal(*literal),
        ArgValue::Tuple(parts) | ArgValue::Gathered(parts) => {
            Value::tuple(parts.iter().map(|part| self::argument(cx, part)).collect())
        }
        ArgValue::List(items) => listed(items.iter().map(|item| self::argument(cx, item)).collect()),
        ArgValue::Ref(buffer) => array(cx, buffer),
        ArgValue::Owned(buffer) => array(cx, buffer),
        ArgValue::Mut(_) => Value::unit(),
    }
}

fn array(cx: &Cx, buffer: &Buffer) -> Value {
    let elements: Vec<Value> = with_type!(buffer.dtype(), T => {
        let elements = buffer.as_slice::<T>().unwrap_or_default();
        elements.iter().map(|x| Value::literal(x.to_literal())).collect()
    });
    let at = At(0, 0, 0);
    cx.at_top(|cx| {
        let made = match elements.is_empty() {
            true => cx.zeros_like(Literal::zero(buffer.dtype()), buffer.shape(), at),
            false => cx.array(elements, at).and_then(|flat| cx.reshape(&flat, buffer.shape(), at)),
        };
        made.unwrap_or_else(|_| Value::unit())
    })
}

impl<T: Constant + ?Sized> Constant for &T {
    fn stage(&self, cx: &Cx) -> Value {
        (**self).stage(cx)
    }
}

macro_rules! tuples {
    ($($($t:ident $k:tt)+;)*) => {
        $(impl<$($t: Constant),+> Constant for ($($t,)+) {
            fn stage(&self, cx: &Cx) -> Value { Value::tuple(vec![$(self.$k.stage(cx)),+]) }
        })*
    };
}
tuples! { A 0; A 0 B 1; A 0 B 1 C 2; A 0 B 1 C 2 D 3; A 0 B 1 C 2 D 3 E 4; A 0 B 1 C 2 D 3 E 4 F 5; }

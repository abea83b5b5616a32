//! What a call in staged code leaves to inference: rustc infers type and const arguments from the types of the
//! arguments, staging from their values.

use super::cx::{At, Cx, Out};
use super::value::Value;
use crate::dtype::DType;
use crate::error::ErrorKind;

/// From the value of a parameter to a part of it.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// This part of a tuple.
    Item(usize),
    /// The elements of an array or a list.
    Element,
    /// What this type parameter of a struct stands for.
    Parameter(usize),
}

/// A part of a parameter's value: which parameter, and the way to the part.
pub type Part<'a> = (usize, &'a [Step]);

impl Cx {
    /// `N` of a parameter `[T; N]`.
    ///
    /// # Errors
    /// A list of lists that is empty: it doesn't say how long its items are.
    pub fn length_of(&self, name: &str, args: &[Value], part: Part<'_>, at: At) -> Out<usize> {
        let length = match follow(args, part) {
            Some(Found::Value(list, axes)) => match (list.items(), list.columns()) {
                (Some(items), _) => Some(items.len()),
                (_, Some(columns)) => Some(columns.count),
                _ => self.ty(&list, at)?.shape.get(axes).copied(),
            },
            _ => None,
        };
        length.ok_or_else(|| {
            let message =
                format!("`{name}` of `{}` is the length of the items of an empty list", self.function.name);
            self.error(ErrorKind::Shape, message, at)
                .note("staged code knows lengths from values: pass a list that is not empty")
        })
    }

    /// The float type that a type parameter stands for, from the first of these parts that has one; f64 where all of
    /// them are unsuffixed literals, as in Rust.
    ///
    /// # Errors
    /// A part that is no float.
    pub fn float_of(&self, name: &str, args: &[Value], parts: &[Part<'_>], at: At) -> Out<DType> {
        for part in parts {
            let value = match follow(args, *part) {
                Some(Found::Value(value, _)) => value,
                Some(Found::Parameter(dtype)) => return Ok(dtype),
                None => continue,
            };
            let leaves = value.leaves();
            for leaf in &leaves {
                match self.leaf_type(leaf, at)? {
                    (_, true) => {}
                    (ty, false) if ty.dtype.is_float() => return Ok(ty.dtype),
                    (ty, false) => {
                        let message = format!("`{name}` stands for f64 or f32, not for {}", ty.dtype);
                        return Err(self.error(ErrorKind::DType, message, at));
                    }
                }
            }
        }
        Ok(DType::F64)
    }

    /// A call whose type or const argument can't be found.
    ///
    /// # Errors
    /// Always.
    pub fn not_inferred(&self, function: &str, name: &str, at: At) -> Out<Value> {
        let message = format!("`{name}` of `{function}` is not known from the arguments in staged code");
        let written = format!("write it out: `{function}::<..>(..)`");
        Err(self.error(ErrorKind::Unsupported, message, at).note(written))
    }
}

/// What is at the end of the way to a part.
enum Found {
    /// A value, and how many of its axes the way has gone along.
    Value(Value, usize),
    /// What a type parameter of a struct stands for.
    Parameter(DType),
}

/// `None` behind an empty list.
fn follow(args: &[Value], (param, steps): Part<'_>) -> Option<Found> {
    let (mut value, mut axes) = (args.get(param)?.clone(), 0);
    for step in steps {
        let items = value.items();
        (value, axes) = match (step, items) {
            // All elements at once: the leaves keep their first axis.
            (Step::Element, _) if value.columns().is_some() => {
                let columns = value.columns()?;
                (columns.element(columns.arrays.clone()), axes + 1)
            }
            (Step::Parameter(k), _) => {
                return (*value.struct_info()?.parameters.get(*k)?).map(Found::Parameter);
            }
            (Step::Item(k), _) => (items?.get(*k)?.clone(), axes),
            (Step::Element, Some(items)) => (items.first()?.clone(), axes),
            (Step::Element, None) => (value.clone(), axes + 1),
        };
    }
    Some(Found::Value(value, axes))
}

//! The derivatives of a function as it is written, by finite differences.

use super::moved::Moved;
use super::{Order, Settings};
use crate::array::{Array, Array1};
use crate::differences::jacobian_with_step;
use crate::error::{Error, ErrorKind, Result};
use crate::exec::{Floats, IntoArg, Output};
use std::any::Any;
use std::cell::RefCell;

/// What was found out of the results of a function.
#[derive(Default)]
struct Results {
    /// The shapes of their float parts.
    shapes: Option<Vec<Vec<usize>>>,
    error: Option<Error>,
}

impl Results {
    /// The floats of one more result, as many as those of the first.
    fn add<T: crate::array::Float>(&mut self, found: Result<Floats<T>>) -> Vec<T> {
        let found = found.unwrap_or_else(|error| {
            self.error.get_or_insert(error);
            Floats::default()
        });
        let shapes = self.shapes.get_or_insert_with(|| found.shapes.clone());
        if *shapes == found.shapes {
            return found.values;
        }
        let message = format!("the function gives results of the shapes {shapes:?}, and {:?}", found.shapes);
        self.error.get_or_insert_with(|| {
            let note = "finite differences take results of one shape, whatever the values of the arguments";
            Error::new(ErrorKind::Shape, message).note(note)
        });
        vec![T::ZERO; shapes.iter().map(|shape| shape.iter().product::<usize>()).sum()]
    }
}

/// The derivatives of `call`, which takes an owned argument of the type `X`, at `start`.
pub(super) fn differences<X: Moved, R: IntoArg<'static>, O: Output>(
    order: Order,
    settings: Settings,
    start: &Array<X::Float, X::Dim>,
    call: impl Fn(&dyn Any) -> R,
) -> Result<O> {
    let Settings { scheme, step } = settings;
    let results = RefCell::new(Results::default());
    let values = |x: &Array<X::Float, X::Dim>| {
        let found = Floats::of(call(&*X::argument(x)));
        Array1::from_vec(results.borrow_mut().add(found))
    };
    let derivatives = if order == Order::Hessian { 2 } else { 1 };
    let step = |x: X::Float| match step {
        Some(step) => crate::array::Number::of_f64(step),
        None => scheme.step_of(derivatives, x),
    };
    let values = match order {
        Order::Gradient | Order::Jacobian => jacobian_with_step(values, start, scheme, step),
        Order::Hessian => {
            let gradient = |x: &_| Array1::from_vec(jacobian_with_step(values, x, scheme, step).to_vec());
            jacobian_with_step(gradient, start, scheme, step)
        }
    };
    let Results { shapes, error } = results.into_inner();
    if let Some(error) = error {
        return Err(error);
    }
    let of_results = match order {
        Order::Hessian => vec![start.shape().to_vec()],
        Order::Gradient | Order::Jacobian => shapes.unwrap_or_default(),
    };
    let shapes = of_results.iter().map(|shape| [shape, start.shape()].concat()).collect();
    Floats { shapes, values: values.to_vec() }.into_result()
}

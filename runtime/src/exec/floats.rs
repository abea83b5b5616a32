//! Results as the floats that they are made of, and back.

use super::args::{ArgValue, IntoArg, Output, Outputs, neither};
use crate::array::{Buffer, Device, Float};
use crate::dtype::DType;
use crate::error::Result;
use crate::kernel::OutSlot;

/// The float parts of a value, in order; what is no float is left out.
#[derive(Default)]
pub(crate) struct Floats<T> {
    pub shapes: Vec<Vec<usize>>,
    pub values: Vec<T>,
}

impl<T: Float> Floats<T> {
    /// Those of a scalar, an array, or a tuple of them.
    pub fn of<'a>(value: impl IntoArg<'a>) -> Result<Floats<T>> {
        let mut found = Floats { shapes: Vec::new(), values: Vec::new() };
        found.add(&value.into_arg())?;
        Ok(found)
    }

    fn add(&mut self, value: &ArgValue<'_>) -> Result<()> {
        if let Some(parts) = value.parts() {
            return parts.iter().try_for_each(|part| self.add(part));
        }
        if !value.dtype().is_float() {
            return Ok(());
        }
        self.shapes.push(value.shape().to_vec());
        if let Some(literal) = value.literal() {
            self.values.push(T::of_f64(literal.as_f64()));
            return Ok(());
        }
        let buffer = value.buffer().ok_or_else(neither)?;
        let fetched;
        let buffer = match buffer.is_host() {
            true => buffer,
            false => {
                fetched = buffer.to_device(&Device::cpu())?;
                &fetched
            }
        };
        match buffer.dtype() {
            DType::F32 => {
                let values = buffer.as_slice::<f32>().ok_or_else(neither)?;
                self.values.extend(values.iter().map(|&v| T::of_f64(v.into())));
            }
            _ => {
                let values = buffer.as_slice::<f64>().ok_or_else(neither)?;
                self.values.extend(values.iter().map(|&v| T::of_f64(v)));
            }
        }
        Ok(())
    }

    /// The result that has these parts.
    pub fn into_result<R: Output>(self) -> Result<R> {
        let mut outputs = Outputs::default();
        let mut values = self.values.into_iter();
        for shape in self.shapes {
            let part: Vec<T> = values.by_ref().take(shape.iter().product()).collect();
            let slot = match (&shape[..], &part[..]) {
                ([], [value]) => OutSlot::Scalar(value.to_literal()),
                _ => OutSlot::Array(Buffer::from_vec(part, &shape)?),
            };
            outputs.values().push(slot);
        }
        R::take(&mut outputs)
    }
}

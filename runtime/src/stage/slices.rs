//! Slices: `x.slice(s![..])`, rows, columns, and assignment to them.

use super::cx::{At, Cx, Out};
use super::index::array_name;
use super::value::Value;
use crate::dtype::Literal;
use crate::error::{Error, ErrorKind};
use crate::graph::ValueId;
use crate::op::{Axis, BinaryOp, Op, StoreMode};

/// One part of `s![..]`.
#[derive(Clone, Debug)]
pub enum SliceArg {
    /// One position; the axis disappears. Negative literals count from the end, as in `ndarray`.
    Index(Value),
    /// `start..end;step`
    Range {
        /// First position; the beginning if absent.
        start: Option<Value>,
        /// End; the length if absent.
        end: Option<Value>,
        /// `..=`
        inclusive: bool,
        /// Step; negative reverses the range.
        step: Option<Value>,
    },
}

impl SliceArg {
    /// `..`
    pub(super) fn full() -> SliceArg {
        SliceArg::Range { start: None, end: None, inclusive: false, step: None }
    }
}

impl Cx {
    /// `array.slice(s![..])`
    ///
    /// # Errors
    /// A range whose length depends on a traced value; a static range out of bounds.
    pub fn slice(&self, name: &'static str, array: &Value, spec: &[SliceArg], at: At) -> Out<Value> {
        if let Some(columns) = array.columns() {
            return self.slice_rows(name, columns, spec, at);
        }
        if let Some(items) = array.items() {
            return self.slice_list(name, items, spec, at);
        }
        let (axes, operands) = self.slice_axes(name, array, spec, at)?;
        let mut inputs = vec![self.node(array, at)?];
        inputs.extend(operands);
        let out = self.push(Op::Load { axes, name: array_name(name) }, inputs, at)?;
        let part = self.weak_like(out, array.is_weak());
        // A part of a list is a list.
        Ok(Value::rows(part, array.whole().1))
    }

    /// `array.slice_mut(s![..]).assign(&value)` and `.fill(value)`, functionally; the value broadcasts.
    ///
    /// # Errors
    /// As [`slice`](Self::slice); a value of another type or shape.
    pub fn slice_assign(
        &self,
        name: &'static str,
        array: &Value,
        spec: &[SliceArg],
        value: &Value,
        at: At,
    ) -> Out<Value> {
        if array.is_tree() {
            return self.slice_assign_list(name, array, spec, value, at);
        }
        let (array, value) = self.element_types(name, array, value, at)?;
        let (axes, operands) = self.slice_axes(name, &array, spec, at)?;
        self.store_block(StoreMode::Set, name, &array, axes, operands, &value, at)
    }

    /// `array.slice_mut(s![..]) op= value`, functionally.
    ///
    /// # Errors
    /// As [`slice_assign`](Self::slice_assign).
    pub fn slice_update(
        &self,
        op: BinaryOp,
        name: &'static str,
        array: &Value,
        spec: &[SliceArg],
        value: &Value,
        at: At,
    ) -> Out<Value> {
        let (array, value) = self.updated_types(name, array, value, at)?;
        let old = self.slice(name, &array, spec, at)?;
        let new = self.binary(op, &old, &value, at)?;
        self.slice_assign(name, &array, spec, &new, at)
    }

    pub(super) fn slice_axes(
        &self,
        name: &'static str,
        array: &Value,
        spec: &[SliceArg],
        at: At,
    ) -> Out<(Vec<Axis>, Vec<ValueId>)> {
        let ty = self.ty(array, at)?;
        if spec.len() > ty.rank() {
            let message = format!("{} slice arguments for an array of rank {} ({ty})", spec.len(), ty.rank());
            return Err(self.error(ErrorKind::Rank, message, at));
        }
        let mut axes = Vec::new();
        let mut operands = Vec::new();
        // Axes that the spec does not name are taken whole.
        let whole = SliceArg::full();
        let spec = spec.iter().chain(std::iter::repeat(&whole));
        for (k, (arg, &n)) in spec.zip(&ty.shape).enumerate() {
            let (axis, operand) = match arg {
                SliceArg::Index(i) => {
                    (Axis::At, Some(self.checked_index(name, k, n, &self.counted_from_end(i, n), at)?))
                }
                SliceArg::Range { start, end, inclusive, step } => {
                    self.slice_range(k, n, start.as_ref(), end.as_ref(), *inclusive, step.as_ref(), at)?
                }
            };
            axes.push(axis);
            operands.extend(operand);
        }
        Ok((axes, operands))
    }

    /// A negative literal counts from the end, as in `s![-1]`.
    fn counted_from_end(&self, i: &Value, n: usize) -> Value {
        match i.as_static().and_then(Literal::as_i128) {
            Some(k) if k < 0 && k + n as i128 >= 0 => Value::usize((k + n as i128) as usize),
            _ => i.clone(),
        }
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn slice_range(
        &self,
        axis: usize,
        n: usize,
        start: Option<&Value>,
        end: Option<&Value>,
        inclusive: bool,
        step: Option<&Value>,
        at: At,
    ) -> Out<(Axis, Option<ValueId>)> {
        let step = match step {
            None => 1,
            Some(s) => {
                let literal = self.require_static(s, "the step of a slice", at)?;
                literal.as_i128().and_then(|s| isize::try_from(s).ok()).filter(|s| *s != 0).ok_or_else(
                    || {
                        self.error(
                            ErrorKind::Argument,
                            format!("the step of a slice is an integer other than 0, not {literal}"),
                            at,
                        )
                    },
                )?
            }
        };
        let traced = |v: Option<&Value>| v.is_some_and(|v| v.as_static().is_none());
        if traced(start) || traced(end) {
            return self.window(start, end, inclusive, step, at);
        }
        let bound = |v: Option<&Value>, default: usize| -> i128 {
            match v.and_then(Value::as_static).and_then(Literal::as_i128) {
                Some(k) if k < 0 => k + n as i128,
                Some(k) => k,
                None => default as i128,
            }
        };
        let lo = bound(start, 0);
        let hi = bound(end, n) + i128::from(inclusive && end.is_some());
        if lo < 0 || hi > n as i128 || lo > hi.max(0) && lo > n as i128 {
            let message =
                format!("the slice {lo}..{hi} is out of range for axis {axis}, which has length {n}");
            return Err(self.error(ErrorKind::Index, message, at));
        }
        let span = (hi - lo).max(0) as usize;
        let len = span.div_ceil(step.unsigned_abs());
        // A negative step walks the same range from its end, as in ndarray.
        let first = if step > 0 || len == 0 { lo as usize } else { lo as usize + span - 1 };
        Ok((Axis::Range { start: if len == 0 { 0 } else { first }, len, step }, None))
    }

    /// `i..i + k` with a traced `i`: the length must be visible.
    fn window(
        &self,
        start: Option<&Value>,
        end: Option<&Value>,
        inclusive: bool,
        step: isize,
        at: At,
    ) -> Out<(Axis, Option<ValueId>)> {
        let unknown = |v: &Value| -> Error {
            let names: Vec<String> = self.roots(v).iter().map(|r| format!("`{r}`")).collect();
            let mut error = self.error(
                ErrorKind::Static,
                "the length of a slice must be known when the function is staged",
                at,
            );
            if !names.is_empty() {
                error = error.note(format!("it depends on {}", names.join(", ")));
            }
            error.note("write `i..i + 3` with a fixed length, loop over the elements, or declare the bounds static: #[desc_jit(static(..))]")
        };
        let (Some(lo), Some(hi)) = (start, end) else {
            return Err(unknown(start.or(end).unwrap_or(&Value::unit())));
        };
        let len = if step == 1 { self.window_length(lo, hi, inclusive, at)? } else { None };
        match len {
            Some(len) => {
                let lo = self.node(&self.index_operand(lo, at)?, at)?;
                Ok((Axis::Window { len }, Some(lo)))
            }
            None => Err(unknown(hi)),
        }
    }

    /// How many elements `i..i + k` has, of a traced `i`.
    fn window_length(&self, lo: &Value, hi: &Value, inclusive: bool, at: At) -> Out<Option<usize>> {
        if self.is_static(lo) || self.is_static(hi) {
            return Ok(None);
        }
        let lo = self.node(&self.index_operand(lo, at)?, at)?;
        let offset = self.builder.borrow().offset_from(self.node(hi, at)?, lo);
        Ok(offset.and_then(|k| usize::try_from(k + i128::from(inclusive)).ok()))
    }

    /// The length of `list[lo..hi]` is known before it runs.
    pub(super) fn has_known_length(&self, lo: &Value, hi: &Value, inclusive: bool, at: At) -> Out<bool> {
        let known = self.is_static(lo) && self.is_static(hi);
        Ok(known || self.window_length(lo, hi, inclusive, at)?.is_some())
    }

    fn is_static(&self, v: &Value) -> bool {
        v.as_static().is_some()
    }
}

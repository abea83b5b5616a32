//! Reading and writing by index: `x[i]`, `x[[i, j]]`, `x[i][j]`, `x[i] = v`, `x[i] += v`.

use super::cx::{At, Cx, Out};
use super::value::Value;
use crate::dtype::{Literal, Type};
use crate::error::ErrorKind;
use crate::graph::ValueId;
use crate::op::{Axis, BinaryOp, Op, StoreMode, index};
use std::sync::Arc;

/// How messages name an array.
fn shown(name: &str) -> String {
    if name.is_empty() { "the array".to_string() } else { format!("`{name}`") }
}

pub(super) fn array_name(name: &str) -> Option<Arc<str>> {
    (!name.is_empty()).then(|| name.into())
}

impl Cx {
    /// `array[index]`
    ///
    /// # Errors
    /// A wrong number of indices, an index that is not an integer, a static index out of range.
    pub fn load(&self, name: &'static str, array: &Value, index: &[Value], at: At) -> Out<Value> {
        // Elements of a struct are meant by a method of lists, where the struct has a method of that name.
        if let Some(info) = array.struct_info()
            && (info.one)().is_none()
        {
            let message = format!("a struct {} has no elements", info.name);
            let note = "a method of its own that is called like one of lists, as `swap`, needs another name";
            return Err(self.error(ErrorKind::Unsupported, message, at).note(note));
        }
        if let Some(columns) = array.columns() {
            let Some((first, rest)) = index.split_first() else { return Ok(array.clone()) };
            let item = self.load_row(name, columns, first, at)?;
            return if rest.is_empty() { Ok(item) } else { self.load(name, &item, rest, at) };
        }
        if let Some(items) = array.items() {
            return self.load_item(name, items, index, at);
        }
        if let (array, levels @ 1..) = array.whole() {
            let part = self.load(name, array, index, at)?;
            return Ok(Value::rows(part, levels.saturating_sub(index.len())));
        }
        let (axes, operands) = self.place(name, array, index, at)?;
        let weak = array.is_weak();
        let mut inputs = vec![self.node(array, at)?];
        inputs.extend(operands);
        let out = self.push(Op::Load { axes, name: array_name(name) }, inputs, at)?;
        Ok(self.weak_like(out, weak))
    }

    /// An element of a list that is known at staging, such as `x.shape()[0]`.
    fn load_item(&self, name: &'static str, items: &[Value], index: &[Value], at: At) -> Out<Value> {
        let Some((first, rest)) = index.split_first() else {
            return Err(self.error(ErrorKind::Rank, "an index is missing", at));
        };
        if first.as_static().is_none() {
            let item = self.load_element(name, items, first, at)?;
            return if rest.is_empty() { Ok(item) } else { self.load(name, &item, rest, at) };
        }
        let k = self.require_usize(first, "an index into a tuple or a shape", at)?;
        let Some(item) = items.get(k) else {
            return Err(self.locate_error(
                index::out_of_range(Some(name).filter(|n| !n.is_empty()), 0, k as i128, items.len()),
                at,
            ));
        };
        if rest.is_empty() { Ok(item.clone()) } else { self.load(name, item, rest, at) }
    }

    /// `array[index] = value`, functionally.
    ///
    /// # Errors
    /// As [`load`](Self::load); a value of another type or shape.
    pub fn store(
        &self,
        name: &'static str,
        array: &Value,
        index: &[Value],
        value: &Value,
        at: At,
    ) -> Out<Value> {
        if array.is_tree() {
            return match index.is_empty() {
                true => self.slice_assign_list(name, array, &[], value, at),
                false => self.store_element(name, array, index, value, at),
            };
        }
        if let (array, levels @ 1..) = array.whole() {
            return Ok(Value::rows(self.store(name, array, index, value.whole().0, at)?, levels));
        }
        self.store_mode(StoreMode::Set, name, array, index, value, at)
    }

    pub(super) fn store_mode(
        &self,
        mode: StoreMode,
        name: &'static str,
        array: &Value,
        index: &[Value],
        value: &Value,
        at: At,
    ) -> Out<Value> {
        let (array, value) = self.element_types(name, array, value, at)?;
        let (axes, operands) = self.place(name, &array, index, at)?;
        self.store_block(mode, name, &array, axes, operands, &value, at)
    }

    /// Writes a block; the value broadcasts to it.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn store_block(
        &self,
        mode: StoreMode,
        name: &'static str,
        array: &Value,
        axes: Vec<Axis>,
        operands: Vec<ValueId>,
        value: &Value,
        at: At,
    ) -> Out<Value> {
        let block = index::block_shape(&axes);
        let ty = self.ty(value, at)?;
        if crate::op::shape::broadcast_shapes(&ty.shape, &block).as_ref() != Some(&block) {
            let what = shown(name);
            let block = Type::new(ty.dtype, block);
            let message = format!("cannot assign {ty} to a part of {what} that is {block}");
            return Err(self.error(ErrorKind::Shape, message, at));
        }
        let value = self.broadcast_to(value, &block, at)?;
        let mut inputs = vec![self.node(array, at)?];
        inputs.extend(operands);
        inputs.push(self.node(&value, at)?);
        let out = self.push(Op::Store { axes, mode, name: array_name(name) }, inputs, at)?;
        Ok(self.weak_like(out, array.is_weak()))
    }

    /// The array and the value that goes into it, in one dtype; the array decides, unless its own type is
    /// still open (`[0.0; 3]`).
    pub(super) fn element_types(
        &self,
        name: &str,
        array: &Value,
        value: &Value,
        at: At,
    ) -> Out<(Value, Value)> {
        let (ta, tv) = (self.ty(array, at)?, self.ty(value, at)?);
        if let Some(adopted) = self.adopt(value, ta.dtype, at)? {
            // A weak array that takes in a strong value of its own dtype is strong from now on.
            let weak = array.is_weak() && (value.is_weak() || tv.dtype != ta.dtype);
            return Ok((self.weak_like(array.clone(), weak), adopted));
        }
        if let Some(array) = self.adopt(array, tv.dtype, at)? {
            return Ok((array, value.clone()));
        }
        let what = shown(name);
        let message = format!("{what} holds {}, but the value assigned to it is {tv}", ta.dtype);
        Err(self.error(ErrorKind::DType, message, at).note("convert the value with `as`"))
    }

    /// The same where the value is added to elements or the like. The type of integers stays open; that of floats is that of
    /// what is computed, as sums are rounded to it.
    pub(super) fn updated_types(
        &self,
        name: &str,
        array: &Value,
        value: &Value,
        at: At,
    ) -> Out<(Value, Value)> {
        let open = value.is_weak() && self.ty(value, at)?.dtype.is_int();
        let (array, value) = self.element_types(name, array, value, at)?;
        let open = open && array.is_weak();
        Ok((array, self.weak_like(value, open)))
    }

    /// `array[index] op= value`, functionally; without an index, `array op= value`.
    ///
    /// # Errors
    /// As [`store`](Self::store).
    pub fn update(
        &self,
        op: BinaryOp,
        name: &'static str,
        array: &Value,
        index: &[Value],
        value: &Value,
        at: At,
    ) -> Out<Value> {
        if index.is_empty() {
            let new = self.op_assign(op, array, value, at)?;
            if new.is_tree() {
                return Ok(new);
            }
            let (was, is) = (self.ty(array, at)?, self.ty(&new, at)?);
            if was.shape != is.shape {
                let right = self.describe(value);
                let message =
                    format!("`{name}` is {was}: `{}=` with {right} would change its shape", op.symbol());
                return Err(self.error(ErrorKind::Shape, message, at));
            }
            return Ok(new);
        }
        if array.is_tree() {
            let old = self.load(name, array, index, at)?;
            let new = self.op_assign(op, &old, value, at)?;
            return self.store(name, array, index, &new, at);
        }
        let (array, value) = self.updated_types(name, array, value, at)?;
        let old = self.load(name, &array, index, at)?;
        let new = self.binary(op, &old, &value, at)?;
        self.store(name, &array, index, &new, at)
    }

    /// Axes and operands of a multi-index; axes without an index are taken whole.
    fn place(
        &self,
        name: &'static str,
        array: &Value,
        index: &[Value],
        at: At,
    ) -> Out<(Vec<Axis>, Vec<ValueId>)> {
        let ty = self.ty(array, at)?;
        let index = self.flatten_index(index, &ty, at)?;
        if index.len() > ty.rank() {
            let what = shown(name);
            let message = format!("{} indices for {what}, which is {ty} of rank {}", index.len(), ty.rank());
            return Err(self.error(ErrorKind::Rank, message, at));
        }
        let mut axes = Vec::new();
        let mut operands = Vec::new();
        for (k, &n) in ty.shape.iter().enumerate() {
            match index.get(k) {
                Some(i) => {
                    operands.push(self.checked_index(name, k, n, i, at)?);
                    axes.push(Axis::At);
                }
                None => axes.push(Axis::full(n)),
            }
        }
        Ok((axes, operands))
    }

    /// One index operand; a static one is checked now where it is certain to be used.
    pub(super) fn checked_index(
        &self,
        name: &str,
        axis: usize,
        len: usize,
        i: &Value,
        at: At,
    ) -> Out<ValueId> {
        let i = self.index_operand(i, at)?;
        if let Some(k) = i.as_static().and_then(Literal::as_i128)
            && !(0..len as i128).contains(&k)
            && self.is_unconditional()
        {
            let name = Some(name).filter(|n| !n.is_empty());
            return Err(self.locate_error(index::out_of_range(name, axis, k, len), at));
        }
        self.node(&i, at)
    }

    /// `x[(i, j)]` and `x[ij]` with a small index array, as separate indices.
    fn flatten_index(&self, index: &[Value], array: &Type, at: At) -> Out<Vec<Value>> {
        let mut flat = Vec::new();
        for i in index {
            if let Some(items) = i.items() {
                flat.extend(items.iter().cloned());
                continue;
            }
            let ty = self.ty(i, at)?;
            if ty.rank() == 1 && ty.dtype.is_int() && index.len() == 1 && ty.shape[0] == array.rank() {
                for k in 0..ty.shape[0] {
                    flat.push(self.load("", i, &[Value::usize(k)], at)?);
                }
            } else {
                flat.push(i.clone());
            }
        }
        Ok(flat)
    }
}

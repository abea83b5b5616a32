//! Lists of arrays: `stack(&[&a, &b])`, `concatenate(&[&a, &b])`.

use super::cx::{At, Cx, Out};
use super::value::Value;
use crate::error::ErrorKind;
use crate::op::Op;

impl Cx {
    /// The arrays of `[&a, &b]`: a stack of arrays of one shape, or a list where the shapes differ.
    fn list_items(&self, list: &Value, at: At) -> Out<Vec<Value>> {
        if let Some(items) = list.items() {
            return Ok(items.to_vec());
        }
        let ty = self.ty(list, at)?;
        if ty.rank() == 0 {
            return Err(self.error(ErrorKind::Argument, "expected a list of arrays: `&[&a, &b]`", at));
        }
        (0..ty.shape[0]).map(|k| self.load("", list, &[Value::usize(k)], at)).collect()
    }

    pub(crate) fn stack_list(&self, list: &Value, at: At) -> Out<Value> {
        let items = self.list_items(list, at)?;
        let inputs = items.iter().map(|v| self.node(v, at)).collect::<Out<Vec<_>>>()?;
        self.push(Op::Stack, inputs, at)
    }

    pub(crate) fn concatenate_list(&self, list: &Value, at: At) -> Out<Value> {
        let items = self.list_items(list, at)?;
        let inputs = items.iter().map(|v| self.node(v, at)).collect::<Out<Vec<_>>>()?;
        self.push(Op::Concat { axis: 0 }, inputs, at)
    }
}

//! Lists of trees and of lists that a closure of the index makes: `(0..n).map(|k| Particle { .. }).collect()`.

use super::cx::{At, Cx, Out};
use super::value::Value;
use crate::dtype::{DType, Literal, Type};
use crate::error::ErrorKind;

impl Cx {
    /// `n` of them, each leaf of all of them in one array while they are made.
    pub(super) fn collected(
        &self,
        n: usize,
        f: &mut dyn FnMut(&[Value]) -> Out<Value>,
        at: At,
    ) -> Out<Value> {
        let depth = self.builder.borrow().depth();
        self.builder.borrow_mut().open();
        let index = self.builder.borrow_mut().param(Type::scalar(DType::Usize), None);
        let first = f(&[Value::traced(index)]).and_then(|first| self.gathered(&first, at));
        let types = first.as_ref().map_or(Ok(Vec::new()), |first| {
            let leaves = first.leaves();
            leaves.iter().map(|leaf| self.leaf_type(leaf, at)).collect::<Out<Vec<_>>>()
        })?;
        // The half-staged item is dropped with its region: only what it is made of counts.
        self.builder.borrow_mut().truncate(depth);
        let first = match first {
            Err(error) if error.is_unlike() => {
                let items = (0..n).map(|k| f(&[Value::usize(k)])).collect::<Out<Vec<_>>>()?;
                return self.list(items, at);
            }
            first => first?,
        };
        let zeros = types.iter().map(|(ty, weak)| {
            let shape = [&[n], &ty.shape[..]].concat();
            Ok(self.weak_like(self.zeros_like(Literal::zero(ty.dtype), &shape, at)?, *weak))
        });
        let zeros = zeros.collect::<Out<Vec<_>>>()?;
        let range = self.range(&Value::usize(0), &Value::usize(n), false, at)?;
        let names = vec![""; zeros.len()];
        let columns = self.for_dyn(
            range,
            &names,
            zeros,
            &mut |index, columns| {
                let leaves = self.gathered(&f(std::slice::from_ref(&index))?, at)?.leaves();
                if leaves.len() != columns.len() {
                    return Err(self.error(
                        ErrorKind::DType,
                        "the closure returns values of different types",
                        at,
                    ));
                }
                let index = [index];
                let stored = columns.iter().zip(&leaves);
                stored.map(|(column, leaf)| self.store("", column, &index, leaf.whole().0, at)).collect()
            },
            at,
        )?;
        match (&columns[..], first.is_tree()) {
            ([rows], false) => Ok(Value::rows(rows.clone(), first.whole().1 + 1)),
            _ => self.list_of(&first, &columns, at),
        }
    }
}

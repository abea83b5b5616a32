//! Lists of trees, such as `[Particle; 3]`: each element by itself where the index is known, all of them one behind the
//! other, leaf by leaf, where it is not.

use super::branch::same_tree;
use super::cx::{At, Cx, Out};
use super::typed::Ty;
use super::value::{Repr, Value};
use crate::dtype::Literal;
use crate::error::ErrorKind;

impl Cx {
    /// `list[index]` with an index that is known at run time.
    pub(super) fn load_element(
        &self,
        name: &'static str,
        items: &[Value],
        index: &Value,
        at: At,
    ) -> Out<Value> {
        let (first, columns) = self.columns(items, at)?;
        let index = [index.clone()];
        let leaves =
            columns.iter().map(|column| self.load(name, column, &index, at)).collect::<Out<Vec<_>>>()?;
        Ok(first.with_leaves(&mut leaves.into_iter()))
    }

    /// `list[index] = value`, functionally.
    pub(super) fn store_element(
        &self,
        name: &'static str,
        list: &Value,
        index: &[Value],
        value: &Value,
        at: At,
    ) -> Out<Value> {
        let Some((items, (first, rest))) = list.items().zip(index.split_first()) else {
            return Err(self.error(ErrorKind::Rank, "an index is missing", at));
        };
        let value = match rest {
            [] => value.clone(),
            rest => {
                let element = self.load(name, list, std::slice::from_ref(first), at)?;
                self.store(name, &element, rest, value, at)?
            }
        };
        if first.as_static().is_some() {
            // Checks the index.
            let old = self.load(name, list, std::slice::from_ref(first), at)?;
            let value = self.assign("the element", &old, value, at)?;
            let k = self.require_usize(first, "an index", at)?;
            let items =
                items.iter().enumerate().map(|(j, item)| if j == k { value.clone() } else { item.clone() });
            return Ok(list.with_items(items.collect()));
        }
        let (element, columns) = self.columns(items, at)?;
        if !same_tree(&element, &value) {
            let message = format!("cannot put {} among {}", self.describe(&value), self.describe(&element));
            return Err(self.error(ErrorKind::DType, message, at));
        }
        let mut leaves = Vec::new();
        value.leaves(&mut leaves);
        let index = [first.clone()];
        let columns = columns.iter().zip(&leaves);
        let columns = columns.map(|(column, leaf)| self.store(name, column, &index, leaf, at));
        let columns = columns.collect::<Out<Vec<_>>>()?;
        Ok(list.with_items(self.list_of(&element, &columns, at)?.__items()))
    }

    /// An element, and each of its leaves in all elements as one array.
    pub(super) fn columns(&self, items: &[Value], at: At) -> Out<(Value, Vec<Value>)> {
        let differ = || {
            let message = "an index into a tuple, a shape or a list of unlike values must be known when the function is staged";
            self.error(ErrorKind::Static, message, at).unlike()
        };
        let Some(first) = items.first().filter(|first| items.iter().all(|item| same_tree(first, item)))
        else {
            return Err(differ());
        };
        let lists: Vec<Vec<Value>> = items
            .iter()
            .map(|item| {
                let mut leaves = Vec::new();
                item.leaves(&mut leaves);
                leaves
            })
            .collect();
        let mut columns = Vec::with_capacity(lists[0].len());
        for k in 0..lists[0].len() {
            let column = lists.iter().map(|list| list[k].clone()).collect();
            columns.push(self.array(column, at).ok().filter(|c| c.items().is_none()).ok_or_else(differ)?);
        }
        Ok((first.clone(), columns))
    }

    /// The parts of an array along its first axis.
    pub(super) fn elements(&self, array: &Value, at: At) -> Out<Vec<Value>> {
        let count = self.ty(array, at)?.shape.first().copied().unwrap_or(0);
        (0..count).map(|k| self.load("", array, &[Value::usize(k)], at)).collect()
    }

    /// A list as a `Vec` of that type. From outside it comes with its length.
    pub(super) fn coerce_list(&self, v: &Value, item: Ty, at: At) -> Out<Option<Value>> {
        let items = match v.items().map(|items| &items[..]) {
            Some([length, inner]) if is_length(length, inner) && !matches!(v.0, Repr::List(_)) => {
                inner.items().map(|items| items.to_vec()).unwrap_or_default()
            }
            Some(_) if v.struct_info().is_some() => return Ok(None),
            Some(items) => items.to_vec(),
            None if v.is_uninit() || self.ty(v, at)?.shape.is_empty() => return Ok(None),
            None => self.elements(v, at)?,
        };
        let items = items.iter().map(|v| self.coerce(v, item, at)).collect::<Out<Vec<_>>>()?;
        Ok(Some(Value::list(items)))
    }
}

/// A static length, and as many values.
fn is_length(length: &Value, items: &Value) -> bool {
    let length = length.as_static().and_then(Literal::as_i128).and_then(|n| usize::try_from(n).ok());
    matches!(items.0, Repr::Tuple(_)) && length == items.items().map(|items| items.len())
}

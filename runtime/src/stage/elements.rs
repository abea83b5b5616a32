//! Lists of trees, such as `[Particle; 3]`: each element by itself where the index is known, all of them one behind the
//! other, leaf by leaf, where it is not.

use super::columns::{Columns, Entered};
use super::cx::{At, Cx, Out};
use super::typed::Ty;
use super::value::Value;
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
        self.load_row(name, &Columns::new(&first, columns, items.len()), index, at)
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
        let Some((first, rest)) = index.split_first() else {
            return Err(self.error(ErrorKind::Rank, "an index is missing", at));
        };
        let value = match rest {
            [] => value.clone(),
            rest => {
                let element = self.load(name, list, std::slice::from_ref(first), at)?;
                self.store(name, &element, rest, value, at)?
            }
        };
        if let Some(columns) = list.columns() {
            return self.store_row(name, columns, first, &value, at);
        }
        let items = list.items().map(|items| items.to_vec()).unwrap_or_default();
        if first.as_static().is_some() {
            // Checks the index.
            let old = self.load(name, list, std::slice::from_ref(first), at)?;
            let value = self.assign("the element", &old, value, at)?;
            let k = self.require_usize(first, "an index", at)?;
            let items =
                items.iter().enumerate().map(|(j, item)| if j == k { value.clone() } else { item.clone() });
            return Ok(list.with_items(items.collect()));
        }
        let (element, columns) = self.columns(&items, at)?;
        let columns = Columns::new(&element, columns, items.len());
        let stored = self.store_row(name, &columns, first, &value, at)?;
        match stored.columns() {
            Some(stored) if !stored.is_long() => Ok(list.with_items(self.apart(stored, at)?)),
            _ => Ok(stored),
        }
    }

    /// The parts of an array along its first axis.
    pub(super) fn elements(&self, array: &Value, at: At) -> Out<Vec<Value>> {
        let count = self.ty(array, at)?.shape.first().copied().unwrap_or(0);
        (0..count).map(|k| self.load("", array, &[Value::usize(k)], at)).collect()
    }

    /// A list as a `Vec` of that type. From outside it comes with its length.
    pub(super) fn coerce_list(&self, v: &Value, item: Ty, at: At) -> Out<Option<Value>> {
        if let Some(columns) = v.columns() {
            return self.coerce_rows(columns, item, at).map(Some);
        }
        let items = match (Entered::of(v), v.items()) {
            (Some(Entered::Gathered(all)), _) => return self.enter_rows(&all, item, at).map(Some),
            (Some(Entered::Apart(items)), _) => items,
            (_, Some(_)) if v.struct_info().is_some() => return Ok(None),
            (_, Some(items)) => items.to_vec(),
            _ if v.is_uninit() || self.ty(v, at)?.shape.is_empty() => return Ok(None),
            _ => self.elements(v, at)?,
        };
        let items = items.iter().map(|v| self.coerce(v, item, at)).collect::<Out<Vec<_>>>()?;
        self.literal_list(items, at).map(Some)
    }
}

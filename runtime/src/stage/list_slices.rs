//! `list[a..b]` of trees, such as `&particles[1..]`: a list of those elements.

use super::branch::same_tree;
use super::cx::{At, Cx, Out};
use super::slices::SliceArg;
use super::value::Value;
use crate::error::ErrorKind;
use crate::op::Axis;

impl Cx {
    /// How many elements a list or the first axis of an array has.
    pub(super) fn list_length(&self, list: &Value, at: At) -> Out<usize> {
        match list.items() {
            Some(items) => Ok(items.len()),
            None => Ok(self.ty(list, at)?.shape.first().copied().unwrap_or(0)),
        }
    }

    /// Which elements of a list of `n` are meant: `None` where that is known at run time only.
    fn chosen(&self, n: usize, spec: &[SliceArg], at: At) -> Out<Option<Vec<usize>>> {
        if spec.is_empty() {
            return Ok(Some((0..n).collect()));
        }
        let [SliceArg::Range { start, end, inclusive, step }] = spec else {
            let message = "a list of trees has one axis, of which a range is taken";
            return Err(self.error(ErrorKind::Rank, message, at));
        };
        let (axis, _) =
            self.slice_range(0, n, start.as_ref(), end.as_ref(), *inclusive, step.as_ref(), at)?;
        Ok(match axis {
            Axis::Range { start, len, step } => {
                Some((0..len).map(|k| start.wrapping_add_signed(k as isize * step)).collect())
            }
            _ => None,
        })
    }

    /// `list[a..b]`
    pub(super) fn slice_list(
        &self,
        name: &'static str,
        items: &[Value],
        spec: &[SliceArg],
        at: At,
    ) -> Out<Value> {
        if let Some(chosen) = self.chosen(items.len(), spec, at)? {
            return Ok(Value::list(chosen.into_iter().map(|k| items[k].clone()).collect()));
        }
        let (first, columns) = self.columns(items, at)?;
        let parts = columns.iter().map(|column| self.slice(name, column, spec, at));
        self.list_of(&first, &parts.collect::<Out<Vec<_>>>()?, at)
    }

    /// `list[a..b] = value`, functionally: a list of as many, or one for each.
    pub(super) fn slice_assign_list(
        &self,
        name: &'static str,
        list: &Value,
        spec: &[SliceArg],
        value: &Value,
        at: At,
    ) -> Out<Value> {
        let items = list.items().map(|items| items.to_vec()).unwrap_or_default();
        let values = |count: usize| -> Out<Vec<Value>> {
            let each = match value.items() {
                Some(values) if value.struct_info().is_none() && values.len() == count => values.to_vec(),
                _ => vec![value.clone(); count],
            };
            if items.first().zip(each.first()).is_some_and(|(item, v)| !same_tree(item, v)) {
                let message = format!("cannot put {} into {}", self.describe(value), self.describe(list));
                return Err(self.error(ErrorKind::DType, message, at));
            }
            Ok(each)
        };
        if let Some(chosen) = self.chosen(items.len(), spec, at)? {
            let mut new = items.clone();
            let each = values(chosen.len())?;
            chosen.into_iter().zip(each).for_each(|(k, value)| new[k] = value);
            return Ok(list.with_items(new));
        }
        let (first, columns) = self.columns(&items, at)?;
        let count = self.list_length(&self.slice(name, &columns[0], spec, at)?, at)?;
        let (_, parts) = self.columns(&values(count)?, at)?;
        let columns = columns.iter().zip(&parts);
        let columns = columns.map(|(column, part)| self.slice_assign(name, column, spec, part, at));
        Ok(list.with_items(self.list_of(&first, &columns.collect::<Out<Vec<_>>>()?, at)?.__items()))
    }

    /// The trees like `first` whose leaves lie one behind the other in these arrays.
    pub(super) fn list_of(&self, first: &Value, columns: &[Value], at: At) -> Out<Value> {
        let count = columns.first().map_or(Ok(0), |column| self.list_length(column, at))?;
        let items = (0..count).map(|k| {
            let leaves = columns.iter().map(|column| self.load("", column, &[Value::usize(k)], at));
            Ok(first.with_leaves(&mut leaves.collect::<Out<Vec<_>>>()?.into_iter()))
        });
        Ok(Value::list(items.collect::<Out<Vec<_>>>()?))
    }
}

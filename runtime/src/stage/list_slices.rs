//! `list[a..b]` of trees, such as `&particles[1..]`: a list of those elements.

use super::branch::same_tree;
use super::columns::Columns;
use super::cx::{At, Cx, Out};
use super::slices::SliceArg;
use super::value::Value;
use crate::error::ErrorKind;
use crate::op::Axis;

impl Cx {
    /// How many elements a list or the first axis of an array has.
    pub(super) fn list_length(&self, list: &Value, at: At) -> Out<usize> {
        match (list.items(), list.columns()) {
            (Some(items), _) => Ok(items.len()),
            (_, Some(columns)) => Ok(columns.count),
            _ => Ok(self.ty(list, at)?.shape.first().copied().unwrap_or(0)),
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
            return self.list(chosen.into_iter().map(|k| items[k].clone()).collect(), at);
        }
        let (first, columns) = self.columns(items, at)?;
        self.slice_rows(name, &Columns::new(&first, columns, items.len()), spec, at)
    }

    /// The same of one that is gathered.
    pub(super) fn slice_rows(
        &self,
        name: &'static str,
        columns: &Columns,
        spec: &[SliceArg],
        at: At,
    ) -> Out<Value> {
        let parts = columns.arrays.iter().map(|array| self.slice(name, array, spec, at));
        self.list_of(columns.one(), &parts.collect::<Out<Vec<_>>>()?, at)
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
        let (one, count) = match (list.columns(), list.items()) {
            (Some(columns), _) => (columns.one().clone(), columns.count),
            (_, Some(items)) if !items.is_empty() => (items[0].clone(), items.len()),
            _ => return Ok(list.clone()),
        };
        let values = |count: usize| -> Out<Vec<Value>> {
            let each = match self.parts_of(value, at)? {
                Some(values) if value.struct_info().is_none() && values.len() == count => values,
                _ => vec![value.clone(); count],
            };
            let each = each.iter().map(|v| self.gathered(v, at)).collect::<Out<Vec<_>>>()?;
            if each.first().is_some_and(|v| !same_tree(&one, v)) {
                let message = format!("cannot put {} into {}", self.describe(value), self.describe(list));
                return Err(self.error(ErrorKind::DType, message, at));
            }
            Ok(each)
        };
        let chosen = self.chosen(count, spec, at)?;
        if let (Some(items), Some(chosen)) = (list.items(), &chosen) {
            let mut new = items.to_vec();
            let each = values(chosen.len())?;
            chosen.iter().zip(each).for_each(|(&k, value)| new[k] = value);
            return Ok(list.with_items(new));
        }
        let columns = match (list.columns(), list.items()) {
            (Some(columns), _) => columns.clone(),
            (_, items) => {
                let (first, arrays) = self.columns(items.map_or(&[], |items| &items[..]), at)?;
                Columns::new(&first, arrays, count)
            }
        };
        let assigned = match chosen {
            Some(chosen) => chosen.len(),
            None => self.list_length(&self.slice(name, &columns.arrays[0], spec, at)?, at)?,
        };
        let parts = match (self.gathered(value, at)?.columns(), assigned) {
            (_, 0) => return Ok(list.clone()),
            (Some(parts), n) if parts.count == n && same_tree(parts.one(), &one) => parts.arrays.clone(),
            _ => self.columns(&values(assigned)?, at)?.1,
        };
        let arrays = columns.arrays.iter().zip(&parts);
        let arrays = arrays.map(|(array, part)| self.slice_assign(name, array, spec, part, at));
        self.list_of(columns.one(), &arrays.collect::<Out<Vec<_>>>()?, at)
    }
}

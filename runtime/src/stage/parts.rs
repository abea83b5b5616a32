//! `for v in &list[a..b]`: the elements of a part of a list. One whose length is known is a slice; otherwise the elements of
//! the whole list are counted from `a`, so that the length may be found at run time.

use super::cx::{At, Cx, Out};
use super::slices::SliceArg;
use super::value::Value;
use crate::dtype::Literal;
use crate::op::{BinaryOp, CmpOp};

/// `start..end`, `start..=end`
pub(super) struct Part<'v> {
    start: &'v Value,
    end: &'v Value,
    inclusive: bool,
}

impl Part<'_> {
    pub fn of<'v>(start: &'v Value, end: &'v Value, inclusive: &Value) -> Part<'v> {
        Part { start, end, inclusive: inclusive.as_static() == Some(Literal::Bool(true)) }
    }
}

impl Cx {
    fn is_known(&self, part: &Part<'_>, at: At) -> Out<bool> {
        self.has_known_length(part.start, part.end, part.inclusive, at)
    }

    /// What the elements are taken from.
    pub(super) fn part_elements(&self, list: &Value, part: &Part<'_>, at: At) -> Out<Value> {
        if !self.is_known(part, at)? {
            return Ok(list.clone());
        }
        let (start, end) = (Some(part.start.clone()), Some(part.end.clone()));
        let range = SliceArg::Range { start, end, inclusive: part.inclusive, step: None };
        self.slice("", list, &[range], at)
    }

    /// Where the first of them lies there.
    pub(super) fn part_offset(&self, part: &Part<'_>, at: At) -> Out<Value> {
        Ok(if self.is_known(part, at)? { Value::usize(0) } else { part.start.clone() })
    }

    /// How many there are, where the range lies in the list.
    pub(super) fn part_count(&self, list: &Value, part: &Part<'_>, at: At) -> Out<Value> {
        if self.is_known(part, at)? {
            let elements = self.part_elements(list, part, at)?;
            return self.method("len", &elements, &[], at);
        }
        let length = self.method("len", list, &[], at)?;
        let end = match part.inclusive {
            true => self.binary(BinaryOp::Add, part.end, &Value::usize(1), at)?,
            false => part.end.clone(),
        };
        let ordered = self.compare_elements(CmpOp::Le, part.start, &end, at)?;
        self.claim(&ordered, "a slice starts behind its end", at)?;
        let inside = self.compare_elements(CmpOp::Le, &end, &length, at)?;
        let message = match length.as_static() {
            Some(length) => format!("a slice ends behind the end of a list of {length} elements"),
            None => "a slice ends behind the end of its list".into(),
        };
        self.claim(&inside, &message, at)?;
        self.binary(BinaryOp::Sub, &end, part.start, at)
    }
}

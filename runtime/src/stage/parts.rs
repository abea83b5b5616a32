//! `for v in &list[a..b]`: the elements of a part of a list. One whose length is known is a slice; otherwise the elements of
//! the whole list are counted from `a`, so that the length may be found at run time.

use super::cx::{At, Cx, Out};
use super::slices::SliceArg;
use super::value::Value;
use crate::dtype::Literal;
use crate::op::{BinaryOp, CmpOp};

impl Cx {
    /// What the elements are taken from.
    pub(super) fn part_elements(
        &self,
        list: &Value,
        start: &Value,
        end: &Value,
        inclusive: &Value,
        at: At,
    ) -> Out<Value> {
        let inclusive = is_true(inclusive);
        if !self.has_known_length(start, end, inclusive, at)? {
            return Ok(list.clone());
        }
        let range =
            SliceArg::Range { start: Some(start.clone()), end: Some(end.clone()), inclusive, step: None };
        self.slice("", list, &[range], at)
    }

    /// Where the first of them lies there.
    pub(super) fn part_offset(&self, start: &Value, end: &Value, inclusive: &Value, at: At) -> Out<Value> {
        let known = self.has_known_length(start, end, is_true(inclusive), at)?;
        Ok(if known { Value::usize(0) } else { start.clone() })
    }

    /// How many there are, where the range lies in the list.
    pub(super) fn part_count(
        &self,
        list: &Value,
        start: &Value,
        end: &Value,
        inclusive: &Value,
        at: At,
    ) -> Out<Value> {
        let inclusive = is_true(inclusive);
        let length = self.method("len", list, &[], at)?;
        if self.has_known_length(start, end, inclusive, at)? {
            let elements =
                self.part_elements(list, start, end, &Value::literal(Literal::Bool(inclusive)), at)?;
            return self.method("len", &elements, &[], at);
        }
        let end = match inclusive {
            true => self.binary(BinaryOp::Add, end, &Value::usize(1), at)?,
            false => end.clone(),
        };
        let ordered = self.compare(CmpOp::Le, start, &end, at)?;
        self.claim(&ordered, "a slice starts behind its end", at)?;
        let inside = self.compare(CmpOp::Le, &end, &length, at)?;
        let message = match length.as_static() {
            Some(length) => format!("a slice ends behind the end of a list of {length} elements"),
            None => "a slice ends behind the end of its list".into(),
        };
        self.claim(&inside, &message, at)?;
        self.binary(BinaryOp::Sub, &end, start, at)
    }
}

fn is_true(value: &Value) -> bool {
    value.as_static() == Some(Literal::Bool(true))
}

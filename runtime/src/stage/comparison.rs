//! Comparisons as Rust has them: one answer, whatever is compared.

use super::columns::Columns;
use super::cx::{At, Cx, Out};
use super::structs::methods_of;
use super::value::Value;
use crate::dtype::Literal;
use crate::error::ErrorKind;
use crate::op::{BinaryOp, CmpOp, UnaryOp};

impl Cx {
    /// `a == b`, `a < b` and the like: numbers; arrays, tuples and structs by their parts.
    ///
    /// # Errors
    /// Types that do not go together, and an order of what has none.
    pub fn compare(&self, op: CmpOp, a: &Value, b: &Value, at: At) -> Out<Value> {
        match op {
            CmpOp::Eq => Ok(self.equal(op.symbol(), a, b, at)?.0),
            CmpOp::Ne if self.is_number(a, at)? && self.is_number(b, at)? => {
                self.compare_elements(op, a, b, at)
            }
            CmpOp::Ne => self.unary(UnaryOp::Not, &self.equal(op.symbol(), a, b, at)?.0, at),
            _ => self.order(op, a, b, at),
        }
    }

    fn is_number(&self, v: &Value, at: At) -> Out<bool> {
        Ok(!v.is_tree() && self.ty(v, at)?.is_scalar())
    }

    /// `a < b` and its relatives: of tuples, by the first parts that differ.
    fn order(&self, op: CmpOp, a: &Value, b: &Value, at: At) -> Out<Value> {
        if self.is_number(a, at)? && self.is_number(b, at)? {
            return self.compare_elements(op, a, b, at);
        }
        let parts = a.items().zip(b.items()).filter(|(x, y)| x.len() == y.len() && !x.is_empty());
        // Of structs as `#[derive(PartialOrd)]` does it.
        let alike = a.struct_info() == b.struct_info() && methods_of(a, "partial_cmp").is_empty();
        let Some((x, y)) = parts.filter(|_| alike) else {
            let symbol = op.symbol();
            let message =
                format!("`{symbol}` has no meaning for {} and {}", self.describe(a), self.describe(b));
            let help = "compare numbers or tuples of them, an array element by element in a loop";
            return Err(self.error(ErrorKind::DType, message, at).note(help));
        };
        let (last, first) = (x.len() - 1, x.iter().zip(y.iter()));
        let strict = match op {
            CmpOp::Le => CmpOp::Lt,
            CmpOp::Ge => CmpOp::Gt,
            op => op,
        };
        let mut answer = self.order(op, &x[last], &y[last], at)?;
        for (x, y) in first.take(last).rev() {
            // Both sides stand in the graph already, and none of this can fail.
            let decided = self.order(strict, x, y, at)?;
            let tied = self.equal(op.symbol(), x, y, at)?.0;
            let later = self.both(BinaryOp::And, &tied, &answer, at)?;
            answer = self.both(BinaryOp::Or, &decided, &later, at)?;
        }
        Ok(answer)
    }

    fn both(&self, op: BinaryOp, a: &Value, b: &Value, at: At) -> Out<Value> {
        match (a.as_static(), b.as_static()) {
            (Some(Literal::Bool(known)), _) | (_, Some(Literal::Bool(known)))
                if known == (op == BinaryOp::Or) =>
            {
                Ok(self.bool(known))
            }
            (Some(_), _) => Ok(b.clone()),
            (_, Some(_)) => Ok(a.clone()),
            _ => self.binary(op, a, b, at),
        }
    }

    /// `a == b`, and the operands in one dtype.
    pub(super) fn equal(&self, symbol: &str, a: &Value, b: &Value, at: At) -> Out<(Value, Value, Value)> {
        // A struct with an annotated `impl PartialEq`; a derived one compares the fields.
        if !methods_of(a, "eq").is_empty() {
            let same = self.call_method("eq", false, false, &mut [a.clone(), b.clone()], at)?;
            return Ok((same, a.clone(), b.clone()));
        }
        if a.columns().is_some() || b.columns().is_some() {
            return self.equal_rows(symbol, a, b, at);
        }
        match (a.items(), b.items()) {
            (Some(x), Some(y)) if x.len() == y.len() && a.struct_info() == b.struct_info() => {
                let (mut all, mut left, mut right) = (self.bool(true), Vec::new(), Vec::new());
                for (x, y) in x.iter().zip(y.iter()) {
                    let (same, x, y) = self.equal(symbol, x, y, at)?;
                    all = self.lazy_and(&all, || Ok(same), at)?;
                    left.push(x);
                    right.push(y);
                }
                return Ok((all, a.with_items(left), b.with_items(right)));
            }
            // Lists of arrays and the like, of which one is an array in the graph.
            (Some(_), None) if self.is_list(a) && !self.is_number(b, at)? => {
                return self.equal(symbol, a, &Value::list(self.elements(b, at)?), at);
            }
            (None, Some(_)) if self.is_list(b) && !self.is_number(a, at)? => {
                return self.equal(symbol, &Value::list(self.elements(a, at)?), b, at);
            }
            (Some(_), Some(_)) if self.is_list(a) && self.is_list(b) => {
                return Ok((self.bool(false), a.clone(), b.clone()));
            }
            _ => {}
        }
        let (a, b, _) = self.promote(symbol, a, b, at)?;
        let same = if self.ty(&a, at)?.shape == self.ty(&b, at)?.shape {
            let same = self.compare_elements(CmpOp::Eq, &a, &b, at)?;
            self.all(&same, at)?
        } else {
            self.bool(false)
        };
        Ok((same, a, b))
    }

    /// `a == b` of which one is a long list.
    fn equal_rows(&self, symbol: &str, a: &Value, b: &Value, at: At) -> Out<(Value, Value, Value)> {
        match (a.columns(), b.columns()) {
            (Some(x), Some(y)) if x.is_like(y) && !has_own_equality(x.one()) => {
                let (mut all, mut left, mut right) = (self.bool(true), Vec::new(), Vec::new());
                for (x, y) in x.arrays.iter().zip(&y.arrays) {
                    let (same, x, y) = self.equal(symbol, x, y, at)?;
                    all = self.both(BinaryOp::And, &all, &same, at)?;
                    left.push(x);
                    right.push(y);
                }
                Ok((all, x.with_arrays(left), y.with_arrays(right)))
            }
            _ => {
                let apart = |v: &Value| -> Out<Value> {
                    Ok(match v.columns() {
                        Some(columns) => Value::list(self.apart(columns, at)?),
                        None => v.clone(),
                    })
                };
                self.equal(symbol, &apart(a)?, &apart(b)?, at)
            }
        }
    }

    /// `list.contains(&v)`, of trees and of lists.
    pub(super) fn list_contains(&self, list: &Value, v: &Value, at: At) -> Out<Value> {
        let count = self.list_length(list.whole().0, at)?;
        let mut found = self.bool(false);
        if list.columns().is_some() {
            let range = self.range(&Value::usize(0), &Value::usize(count), false, at)?;
            let mut look = |k: Value, found: Vec<Value>| {
                let item = self.load("", list, &[k], at)?;
                let same = self.equal("==", &item, v, at)?.0;
                Ok(vec![self.both(BinaryOp::Or, &found[0], &same, at)?])
            };
            let found = self.for_dyn(range, &[""], vec![found], &mut look, at)?;
            return Ok(found.into_iter().next().unwrap_or_else(|| self.bool(false)));
        }
        for k in 0..count {
            let item = self.load("", list, &[Value::usize(k)], at)?;
            let same = self.equal("==", &item, v, at)?.0;
            found = self.both(BinaryOp::Or, &found, &same, at)?;
        }
        Ok(found)
    }

    /// A list of trees.
    fn is_list(&self, v: &Value) -> bool {
        v.is_tree() && v.struct_info().is_none()
    }
}

/// Of a struct in it, equality is a method.
fn has_own_equality(v: &Value) -> bool {
    let parts =
        v.columns().map(Columns::one).into_iter().chain(v.items().into_iter().flat_map(|items| items.iter()));
    !methods_of(v, "eq").is_empty() || parts.into_iter().any(has_own_equality)
}

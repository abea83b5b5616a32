//! Loops over every element of a shape, for closures of arrays.

use super::cx::{At, Cx, Out};
use super::value::Value;

/// Nested loops over `shape`, carrying `out` through `body(index, out)`.
pub(super) fn each_index(
    cx: &Cx,
    shape: &[usize],
    out: Value,
    at: At,
    body: &mut dyn FnMut(&[Value], Value) -> Out<Value>,
) -> Out<Value> {
    nest(cx, shape, &mut Vec::new(), out, at, body)
}

fn nest(
    cx: &Cx,
    shape: &[usize],
    index: &mut Vec<Value>,
    out: Value,
    at: At,
    body: &mut dyn FnMut(&[Value], Value) -> Out<Value>,
) -> Out<Value> {
    let Some(&n) = shape.get(index.len()) else {
        return body(index, out);
    };
    let range = cx.range(&Value::usize(0), &Value::usize(n), false, at)?;
    let carried = cx.for_dyn(
        range,
        &[""],
        vec![out],
        &mut |i, mut carry| {
            let Some(out) = carry.pop() else { return Ok(carry) };
            index.push(i);
            let result = nest(cx, shape, index, out, at, body);
            index.pop();
            Ok(vec![result?])
        },
        at,
    )?;
    carried
        .into_iter()
        .next()
        .ok_or_else(|| cx.error(crate::error::ErrorKind::Verify, "a loop lost its array", at))
}

//! Reductions and products of whole arrays.

use super::cx::{At, Cx, Out};
use super::value::Value;
use crate::dtype::{DType, Literal};
use crate::error::ErrorKind;
use crate::op::{ArgOp, BinaryOp, Op, ReduceOp};

impl Cx {
    pub(crate) fn reduce(&self, op: ReduceOp, x: &Value, axes: Vec<usize>, at: At) -> Out<Value> {
        if axes.is_empty() {
            return Ok(x.clone());
        }
        let weak = x.is_weak();
        let out = self.push(Op::Reduce { op, axes }, vec![self.node(x, at)?], at)?;
        Ok(self.weak_like(out, weak))
    }

    fn reduce_all(&self, op: ReduceOp, x: &Value, at: At) -> Out<Value> {
        let rank = self.ty(x, at)?.rank();
        self.reduce(op, x, (0..rank).collect(), at)
    }

    pub(super) fn reduction_method(
        &self,
        name: &str,
        x: &Value,
        args: &[Value],
        at: At,
    ) -> Out<Option<Value>> {
        let ty = self.ty(x, at)?;
        if ty.is_scalar() && name != "dot" {
            return Ok(None);
        }
        Ok(Some(match (name, args) {
            ("sum", []) => self.reduce_all(ReduceOp::Sum, x, at)?,
            ("product" | "prod", []) => self.reduce_all(ReduceOp::Prod, x, at)?,
            ("min", []) => self.reduce_all(ReduceOp::Min, x, at)?,
            ("max", []) => self.reduce_all(ReduceOp::Max, x, at)?,
            ("all", []) if ty.dtype == DType::Bool => self.reduce_all(ReduceOp::All, x, at)?,
            ("any", []) if ty.dtype == DType::Bool => self.reduce_all(ReduceOp::Any, x, at)?,
            ("argmin", []) => self.arg_position(ArgOp::ArgMin, x, at)?,
            ("argmax", []) => self.arg_position(ArgOp::ArgMax, x, at)?,
            ("mean", []) => {
                if ty.count() == 0 {
                    return Err(self.error(ErrorKind::Shape, "the mean of no elements has no value", at));
                }
                let sum = self.reduce_all(ReduceOp::Sum, x, at)?;
                self.binary(
                    BinaryOp::Div,
                    &sum,
                    &Value::literal(Literal::Usize(ty.count()).cast(ty.dtype)),
                    at,
                )?
            }
            ("sum_axis" | "product_axis" | "min_axis" | "max_axis", [axis]) => {
                let k = self.axis(axis, ty.rank(), at)?;
                let op = match name {
                    "sum_axis" => ReduceOp::Sum,
                    "product_axis" => ReduceOp::Prod,
                    "min_axis" => ReduceOp::Min,
                    _ => ReduceOp::Max,
                };
                self.reduce(op, x, vec![k], at)?
            }
            ("mean_axis", [axis]) => {
                let k = self.axis(axis, ty.rank(), at)?;
                if ty.shape[k] == 0 {
                    return Err(self.error(ErrorKind::Shape, "the mean of no elements has no value", at));
                }
                let sum = self.reduce(ReduceOp::Sum, x, vec![k], at)?;
                self.binary(
                    BinaryOp::Div,
                    &sum,
                    &Value::literal(Literal::Usize(ty.shape[k]).cast(ty.dtype)),
                    at,
                )?
            }
            ("cumsum", []) if ty.rank() == 1 => {
                self.push(Op::CumSum { axis: 0 }, vec![self.node(x, at)?], at)?
            }
            ("cumsum", [axis]) => {
                let axis = self.axis(axis, ty.rank(), at)?;
                self.push(Op::CumSum { axis }, vec![self.node(x, at)?], at)?
            }
            ("dot", [b]) => self.dot(x, b, at)?,
            _ => return Ok(None),
        }))
    }

    pub(crate) fn arg(&self, op: ArgOp, x: &Value, at: At) -> Out<Value> {
        let flat = self.reshape(x, &[self.ty(x, at)?.count()], at)?;
        self.push(Op::ArgReduce(op), vec![self.node(&flat, at)?], at)
    }

    /// The position as a tuple of indices, one per axis (a plain index for one axis).
    fn arg_position(&self, op: ArgOp, x: &Value, at: At) -> Out<Value> {
        let shape = self.ty(x, at)?.shape;
        let mut rest = self.arg(op, x, at)?;
        if shape.len() == 1 {
            return Ok(rest);
        }
        let mut position = Vec::new();
        for &n in shape[1..].iter().rev() {
            let n = Value::usize(n);
            position.push(self.binary(BinaryOp::Rem, &rest, &n, at)?);
            rest = self.binary(BinaryOp::Div, &rest, &n, at)?;
        }
        position.push(rest);
        position.reverse();
        Ok(Value::tuple(position))
    }

    pub(crate) fn dot(&self, a: &Value, b: &Value, at: At) -> Out<Value> {
        let (a, b, _) = self.promote("dot", a, b, at)?;
        self.push(Op::Dot, vec![self.node(&a, at)?, self.node(&b, at)?], at)
    }
}

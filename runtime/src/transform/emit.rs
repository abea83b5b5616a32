//! Writing the arithmetic of derivatives.

use crate::dtype::{DType, Literal, Type};
use crate::error::Result;
use crate::graph::{Builder, SiteId, ValueId};
use crate::op::{Axis, BinaryOp, CmpOp, Op, ReduceOp, UnaryOp};

/// Where a rule writes its nodes, and how it reads the values of the graph that is differentiated.
pub(super) trait Emit {
    /// The graph under construction.
    fn builder(&mut self) -> &mut Builder;
    /// The place in the user's source of what is written.
    fn site(&self) -> SiteId;
    /// What a value of the original graph is here.
    fn primal(&mut self, v: ValueId) -> Result<ValueId>;
}

impl dyn Emit + '_ {
    /// Adds a node with one result.
    pub fn push(&mut self, op: Op, inputs: &[ValueId]) -> Result<ValueId> {
        let site = self.site();
        let outputs = self.builder().push(op, inputs.to_vec(), site)?;
        Ok(outputs[0])
    }

    pub fn ty(&mut self, v: ValueId) -> Type {
        self.builder().graph().ty(v).clone()
    }

    /// A literal repeated over `shape`.
    pub fn full(&mut self, literal: Literal, shape: &[usize]) -> Result<ValueId> {
        let scalar = self.push(Op::Const(literal), &[])?;
        if shape.is_empty() { Ok(scalar) } else { self.push(Op::Broadcast(shape.to_vec()), &[scalar]) }
    }

    pub fn zeros(&mut self, ty: &Type) -> Result<ValueId> {
        self.full(Literal::zero(ty.dtype), &ty.shape)
    }

    /// A number in the type of `like`.
    pub fn number(&mut self, x: f64, like: ValueId) -> Result<ValueId> {
        let ty = self.ty(like);
        self.full(Literal::F64(x).cast(ty.dtype), &ty.shape)
    }

    pub fn usize(&mut self, n: usize) -> Result<ValueId> {
        self.push(Op::Const(Literal::Usize(n)), &[])
    }

    pub fn unary(&mut self, op: UnaryOp, x: ValueId) -> Result<ValueId> {
        self.push(Op::Unary(op), &[x])
    }

    pub fn binary(&mut self, op: BinaryOp, a: ValueId, b: ValueId) -> Result<ValueId> {
        self.push(Op::Binary(op), &[a, b])
    }

    pub fn add(&mut self, a: ValueId, b: ValueId) -> Result<ValueId> {
        self.binary(BinaryOp::Add, a, b)
    }

    pub fn sub(&mut self, a: ValueId, b: ValueId) -> Result<ValueId> {
        self.binary(BinaryOp::Sub, a, b)
    }

    pub fn mul(&mut self, a: ValueId, b: ValueId) -> Result<ValueId> {
        self.binary(BinaryOp::Mul, a, b)
    }

    pub fn div(&mut self, a: ValueId, b: ValueId) -> Result<ValueId> {
        self.binary(BinaryOp::Div, a, b)
    }

    pub fn neg(&mut self, x: ValueId) -> Result<ValueId> {
        self.unary(UnaryOp::Neg, x)
    }

    /// `k * x`
    pub fn scale(&mut self, k: f64, x: ValueId) -> Result<ValueId> {
        let k = self.number(k, x)?;
        self.mul(k, x)
    }

    pub fn compare(&mut self, op: CmpOp, a: ValueId, b: ValueId) -> Result<ValueId> {
        self.push(Op::Compare(op), &[a, b])
    }

    pub fn select(&mut self, condition: ValueId, a: ValueId, b: ValueId) -> Result<ValueId> {
        self.push(Op::Select, &[condition, a, b])
    }

    /// `x` where the condition holds, else 0.
    pub fn masked(&mut self, condition: ValueId, x: ValueId) -> Result<ValueId> {
        let ty = self.ty(x);
        let zero = self.zeros(&ty)?;
        self.select(condition, x, zero)
    }

    pub fn reshape(&mut self, x: ValueId, shape: &[usize]) -> Result<ValueId> {
        if self.ty(x).shape == shape {
            return Ok(x);
        }
        self.push(Op::Reshape(shape.to_vec()), &[x])
    }

    pub fn broadcast(&mut self, x: ValueId, shape: &[usize]) -> Result<ValueId> {
        if self.ty(x).shape == shape {
            return Ok(x);
        }
        self.push(Op::Broadcast(shape.to_vec()), &[x])
    }

    pub fn transpose(&mut self, x: ValueId, perm: Vec<usize>) -> Result<ValueId> {
        if perm.iter().enumerate().all(|(k, &p)| k == p) {
            return Ok(x);
        }
        self.push(Op::Transpose(perm), &[x])
    }

    pub fn sum(&mut self, x: ValueId, axes: Vec<usize>) -> Result<ValueId> {
        if axes.is_empty() {
            return Ok(x);
        }
        self.push(Op::Reduce { op: ReduceOp::Sum, axes }, &[x])
    }

    /// A static block of `x`.
    pub fn slice(&mut self, x: ValueId, axes: Vec<Axis>) -> Result<ValueId> {
        self.push(Op::Load { axes, name: None }, &[x])
    }

    pub fn cast(&mut self, x: ValueId, dtype: DType) -> Result<ValueId> {
        if self.ty(x).dtype == dtype {
            return Ok(x);
        }
        self.push(Op::Cast(dtype), &[x])
    }
}

//! Operators of structs: `a + b` is a call of the method of that name.

use super::cx::{At, Cx, Out};
use super::structs::methods_of;
use super::typed::{Method, Ty};
use super::value::Value;
use crate::dtype::DType;
use crate::error::{Error, ErrorKind};
use crate::op::BinaryOp;

impl Cx {
    /// `a op b` of operands of which one is a struct.
    pub(super) fn overloaded_binary(&self, op: BinaryOp, a: &Value, b: &Value, at: At) -> Out<Option<Value>> {
        let name = match op {
            BinaryOp::And => "bitand",
            BinaryOp::Or => "bitor",
            BinaryOp::Xor => "bitxor",
            op => op.name(),
        };
        self.overloaded(name, &[a, b], at)
    }

    /// The operator `name` of these operands; `None` where no struct is among them.
    pub(super) fn overloaded(&self, name: &'static str, operands: &[&Value], at: At) -> Out<Option<Value>> {
        if operands.iter().all(|v| v.struct_info().is_none()) {
            return Ok(None);
        }
        let mut args: Vec<Value> = operands.iter().map(|v| (*v).clone()).collect();
        let method = self.operator(name, operands, at)?;
        (method.stage)(self, &mut args, at).map(Some)
    }

    /// `old op= value`
    ///
    /// # Errors
    /// Operands that the operator does not take.
    pub fn op_assign(&self, op: BinaryOp, old: &Value, value: &Value, at: At) -> Out<Value> {
        let name = match op {
            BinaryOp::Add => "add_assign",
            BinaryOp::Sub => "sub_assign",
            BinaryOp::Mul => "mul_assign",
            BinaryOp::Div => "div_assign",
            BinaryOp::Rem => "rem_assign",
            BinaryOp::And => "bitand_assign",
            BinaryOp::Or => "bitor_assign",
            BinaryOp::Xor => "bitxor_assign",
            BinaryOp::Shl => "shl_assign",
            BinaryOp::Shr => "shr_assign",
            _ => return self.binary(op, old, value, at),
        };
        if old.struct_info().is_none() {
            return self.binary(op, old, value, at);
        }
        let method = self.operator(name, &[old, value], at)?;
        let mut args = [old.clone(), value.clone()];
        (method.stage)(self, &mut args, at)?;
        let [new, _] = args;
        Ok(new)
    }

    /// Of the operators of that name the one for these operands.
    fn operator(&self, name: &'static str, operands: &[&Value], at: At) -> Out<Method> {
        let mut found = methods_of(operands[0], name);
        if found.is_empty()
            && let [_, right] = operands
        {
            found = methods_of(right, &format!("reversed {name}"));
        }
        found.retain(|method| self.takes(method, operands, at));
        // For values and for references: one of them may be made of the others, and is not meant inside of itself.
        if found.len() > 1 {
            let open =
                |method: &Method| self.within.calls.iter().any(|&f| std::ptr::fn_addr_eq(f, method.stage));
            found.retain(|method| !open(method));
        }
        found.first().copied().ok_or_else(|| self.locate_error(self.no_operator(name, operands), at))
    }

    fn takes(&self, method: &Method, operands: &[&Value], at: At) -> bool {
        let Some(function) = method.function else { return method.parameters == operands.len() };
        function.params.len() == operands.len()
            && function.params.iter().zip(operands).all(|(param, v)| self.fits(v, param.ty, at))
    }

    /// A value can be a parameter of that type.
    fn fits(&self, v: &Value, ty: Ty, at: At) -> bool {
        match (v.struct_info(), ty) {
            (Some(info), Ty::Struct(wanted)) => info == wanted || info.path == wanted.path,
            (Some(_), _) | (_, Ty::Struct(_)) => false,
            // `v * 3` is no `Mul<f64>`, `v * 3.0` no `Mul<i32>`. Nothing is converted: what is not chosen leaves no check behind.
            (_, Ty::Scalar(dtype)) => self.leaf_type(v, at).is_ok_and(|(is, weak)| {
                let open = weak && is.dtype.is_float() == dtype.is_float() && dtype != DType::Bool;
                is.is_scalar() && (is.dtype == dtype || open)
            }),
            _ => self.coerce(v, ty, at).is_ok(),
        }
    }

    fn no_operator(&self, name: &str, operands: &[&Value]) -> Error {
        let shown: Vec<String> = operands.iter().map(|v| self.describe(v)).collect();
        let operands = shown.join(" and ");
        let message = format!("staged code has no `{name}` of {operands}");
        Error::new(ErrorKind::Unsupported, message)
            .note("put `#[desc_jit]` on the `impl` block of the operator")
    }
}

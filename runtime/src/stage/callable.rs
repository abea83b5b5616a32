//! Functionals over closures: `cond`, `switch`, `fori_loop`, `while_loop`, staged.

use super::branch::Branch;
use super::cx::{At, Cx, Out};
use super::value::Value;
use crate::dtype::Literal;
use crate::error::ErrorKind;
use crate::op::Op;

/// A staged closure.
pub type Closure<'a> = &'a mut dyn FnMut(&[Value]) -> Out<Value>;

/// An argument of a functional.
pub enum Operand<'a> {
    /// A value.
    Value(Value),
    /// A closure.
    Closure(Closure<'a>),
    /// A list of closures.
    Closures(Vec<Closure<'a>>),
}

impl Cx {
    pub(super) fn misuse(&self, usage: &str, at: At) -> crate::error::Error {
        self.error(ErrorKind::Argument, format!("write `{usage}`"), at)
    }

    pub(crate) fn cond_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        let usage = "cond(condition, |x| .., |x| .., operand)";
        let Ok([Operand::Value(p), Operand::Closure(then), Operand::Closure(else_), Operand::Value(x)]) =
            <[Operand<'_>; 4]>::try_from(args)
        else {
            return Err(self.misuse(usage, at));
        };
        let run = |f: Closure<'_>| -> Out<(Value, [Value; 0])> { Ok((f(std::slice::from_ref(&x))?, [])) };
        let (value, []) = self.if_(&p, [], [], |_| run(then), |_| run(else_), at)?;
        Ok(value)
    }

    pub(crate) fn switch_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        let usage = "switch(index, [|x| .., |x| ..], operand)";
        let Ok([Operand::Value(index), Operand::Closures(mut branches), Operand::Value(x)]) =
            <[Operand<'_>; 3]>::try_from(args)
        else {
            return Err(self.misuse(usage, at));
        };
        if branches.is_empty() {
            return Err(self.misuse(usage, at));
        }
        let index = self.index_operand(&index, at)?;
        if let Some(k) = index.as_static().and_then(Literal::as_i128) {
            let k = k.clamp(0, branches.len() as i128 - 1) as usize;
            return (branches[k])(&[x]);
        }
        let index = self.node(&index, at)?;
        let mut staged = Vec::new();
        for branch in branches {
            self.builder.borrow_mut().open();
            let value = branch(std::slice::from_ref(&x))?;
            let region = self.builder.borrow_mut().close(Vec::new());
            staged.push(Branch { region, outputs: vec![value] });
        }
        let what = |_: usize| "the value of this `switch`".to_string();
        let mut out = self.join(Op::Switch, index, staged, &what, at)?;
        Ok(out.swap_remove(0))
    }

    pub(crate) fn fori_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        let usage = "fori_loop(lower, upper, |i, carry| .., init)";
        let Ok([Operand::Value(lo), Operand::Value(hi), Operand::Closure(body), Operand::Value(init)]) =
            <[Operand<'_>; 4]>::try_from(args)
        else {
            return Err(self.misuse(usage, at));
        };
        let range = self.range(&lo, &hi, false, at)?;
        let [out] = self.for_(range, [""], [init], |i, [carry]| Ok([body(&[i, carry])?]), at)?;
        Ok(out)
    }

    pub(crate) fn while_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        let usage = "while_loop(|carry| condition, |carry| .., init)";
        let Ok([Operand::Closure(cond), Operand::Closure(body), Operand::Value(init)]) =
            <[Operand<'_>; 3]>::try_from(args)
        else {
            return Err(self.misuse(usage, at));
        };
        let [out] = self.while_([""], [init], |[c]| cond(&[c]), |[c]| Ok([body(&[c])?]), at)?;
        Ok(out)
    }
}

//! `scan` and `map`: loops over the leading axis of arrays that store what each step gives.

use super::callable::Operand;
use super::cx::{At, Cx, Out};
use super::slices::SliceArg;
use super::value::Value;
use crate::dtype::{Literal, Type};
use crate::error::ErrorKind;

/// What a scan goes through: the arrays, and how many positions they have.
struct Source {
    xs: Option<Value>,
    n: usize,
}

/// How it goes through them.
struct Order {
    reverse: bool,
    unroll: usize,
}

const ONE_BY_ONE: Order = Order { reverse: false, unroll: 1 };

/// `(carry, y) = step(carry, x)`; no `x` where there are no arrays.
type Step<'a> = &'a mut dyn FnMut(Value, Option<Value>) -> Out<(Value, Value)>;

impl Cx {
    pub(crate) fn scan_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        self.scan_arrays("scan(|carry, x| (carry, y), init, &xs)", args, ONE_BY_ONE, at)
    }

    pub(crate) fn scan_reverse_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        let order = Order { reverse: true, unroll: 1 };
        self.scan_arrays("scan_reverse(|carry, x| (carry, y), init, &xs)", args, order, at)
    }

    pub(crate) fn scan_with_operands(&self, mut args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        let usage = "scan_with(|carry, x| (carry, y), init, &xs, reverse, unroll)";
        let order = self.scan_order("scan_with", usage, &mut args, at)?;
        self.scan_arrays(usage, args, order, at)
    }

    /// The last two operands, which say how a scan goes.
    fn scan_order(&self, name: &str, usage: &str, args: &mut Vec<Operand<'_>>, at: At) -> Out<Order> {
        let (Some(Operand::Value(unroll)), Some(Operand::Value(reverse))) = (args.pop(), args.pop()) else {
            return Err(self.misuse(usage, at));
        };
        let Literal::Bool(reverse) =
            self.require_static(&reverse, &format!("the direction of `{name}`"), at)?
        else {
            return Err(self.misuse(usage, at));
        };
        let unroll = self.require_usize(&unroll, "the number of steps at a time", at)?;
        if unroll == 0 {
            let message = format!("`{name}` does at least one step at a time: `unroll` is 0");
            return Err(self.error(ErrorKind::Argument, message, at));
        }
        Ok(Order { reverse, unroll })
    }

    fn scan_arrays(&self, usage: &str, args: Vec<Operand<'_>>, order: Order, at: At) -> Out<Value> {
        let Ok([Operand::Closure(f), Operand::Value(init), Operand::Value(xs)]) =
            <[Operand<'_>; 3]>::try_from(args)
        else {
            return Err(self.misuse(usage, at));
        };
        let source = self.source(xs, at)?;
        let mut step = |carry: Value, x: Option<Value>| self.step(usage, f, carry, x, at);
        let (carry, ys) = self.scan_over(&source, &order, init, &mut step, at)?;
        Ok(Value::tuple(vec![carry, ys]))
    }

    pub(crate) fn scan_n_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        self.scan_times("scan_n(|carry| (carry, y), init, n)", args, ONE_BY_ONE, at)
    }

    pub(crate) fn scan_n_with_operands(&self, mut args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        let usage = "scan_n_with(|carry| (carry, y), init, n, reverse, unroll)";
        let order = self.scan_order("scan_n_with", usage, &mut args, at)?;
        self.scan_times(usage, args, order, at)
    }

    fn scan_times(&self, usage: &str, args: Vec<Operand<'_>>, order: Order, at: At) -> Out<Value> {
        let Ok([Operand::Closure(f), Operand::Value(init), Operand::Value(n)]) =
            <[Operand<'_>; 3]>::try_from(args)
        else {
            return Err(self.misuse(usage, at));
        };
        let source = Source { xs: None, n: self.require_usize(&n, "the length of a scan over nothing", at)? };
        let mut step = |carry: Value, x: Option<Value>| self.step(usage, f, carry, x, at);
        let (carry, ys) = self.scan_over(&source, &order, init, &mut step, at)?;
        Ok(Value::tuple(vec![carry, ys]))
    }

    pub(crate) fn map_operands(&self, args: Vec<Operand<'_>>, at: At) -> Out<Value> {
        let Ok([Operand::Closure(f), Operand::Value(xs)]) = <[Operand<'_>; 2]>::try_from(args) else {
            return Err(self.misuse("map(|x| .., &xs)", at));
        };
        let source = self.source(xs, at)?;
        let mut step = |carry: Value, x: Option<Value>| Ok((carry, self.gathered(&f(x.as_slice())?, at)?));
        let (_, ys) = self.scan_over(&source, &ONE_BY_ONE, Value::unit(), &mut step, at)?;
        Ok(ys)
    }

    fn source(&self, xs: Value, at: At) -> Out<Source> {
        let xs = self.positions_first(&self.gathered(&xs, at)?, at)?;
        let leaves = xs.leaves();
        let mut n = None;
        for leaf in &leaves {
            let ty = self.ty(leaf, at)?;
            let Some(&len) = ty.shape.first() else {
                let message = format!("{} has no leading axis to go through", self.describe(&xs));
                return Err(self.error(ErrorKind::Rank, message, at));
            };
            if n.is_some_and(|n| n != len) {
                let message = format!(
                    "arrays of different lengths can't be gone through together: {}",
                    self.describe(&xs)
                );
                return Err(self.error(ErrorKind::Shape, message, at));
            }
            n = Some(len);
        }
        let nothing = || self.error(ErrorKind::Argument, "there is no array to go through", at);
        Ok(Source { xs: Some(xs), n: n.ok_or_else(nothing)? })
    }

    fn step(
        &self,
        usage: &str,
        f: &mut dyn FnMut(&[Value]) -> Out<Value>,
        carry: Value,
        x: Option<Value>,
        at: At,
    ) -> Out<(Value, Value)> {
        let args: Vec<Value> = std::iter::once(carry).chain(x).collect();
        let result = f(&args)?;
        match result.items().map(|items| &items[..]) {
            Some([carry, y]) => Ok((self.gathered(carry, at)?, self.gathered(y, at)?)),
            _ => {
                let found = format!("a step gives {}, not a carry and a value", self.describe(&result));
                Err(self.misuse(usage, at).note(found))
            }
        }
    }

    fn scan_over(
        &self,
        source: &Source,
        order: &Order,
        init: Value,
        step: Step<'_>,
        at: At,
    ) -> Out<(Value, Value)> {
        let init = self.gathered(&init, at)?;
        let ys = self.stacks(source, &init, step, at)?;
        let n = source.n;
        let (blocks, rest) = (n / order.unroll, n % order.unroll);
        let state = vec![init, ys];
        // The steps that fill no block come last.
        let single = |from: usize| (from, rest, 1);
        let parts = match order.reverse {
            false => [(0, blocks, order.unroll), single(n - rest)],
            true => [(rest, blocks, order.unroll), single(0)],
        };
        let mut state = state;
        for (first, count, unroll) in parts {
            state = self.scan_part(source, order.reverse, (first, count, unroll), state, step, at)?;
        }
        match <[Value; 2]>::try_from(state) {
            Ok([carry, ys]) => Ok((carry, self.elements_first(&ys, at)?)),
            Err(_) => Err(self.error(ErrorKind::Verify, "a loop lost a variable", at)),
        }
    }

    /// `count` blocks of `unroll` steps from position `first` on.
    fn scan_part(
        &self,
        source: &Source,
        reverse: bool,
        (first, count, unroll): (usize, usize, usize),
        state: Vec<Value>,
        step: Step<'_>,
        at: At,
    ) -> Out<Vec<Value>> {
        let end = Value::usize(first + count * unroll);
        let range = self.range(&Value::usize(first), &end, false, at)?;
        let range = self.range_step(range, &Value::usize(unroll), at)?;
        let range = if reverse { self.range_rev(range, at)? } else { range };
        let mut body = |block: Value, mut state: Vec<Value>| {
            for k in 0..unroll {
                let k = if reverse { unroll - 1 - k } else { k };
                let index = match k {
                    0 => block.clone(),
                    _ => self.binary(crate::op::BinaryOp::Add, &block, &Value::usize(k), at)?,
                };
                let (Some(ys), Some(carry)) = (state.pop(), state.pop()) else { return Ok(state) };
                let x = source.xs.as_ref().map(|xs| self.position(xs, &index, at)).transpose()?;
                let (carry, y) = step(carry, x)?;
                state = vec![carry, self.store_leaves(&ys, &index, &y, at)?];
            }
            Ok(state)
        };
        self.for_dyn(range, &["", ""], state, &mut body, at)
    }

    /// Position `index` of every array.
    fn position(&self, xs: &Value, index: &Value, at: At) -> Out<Value> {
        self.map_leaves(xs, |array| self.slice("", array, &[SliceArg::Index(index.clone())], at))
    }

    fn map_leaves(&self, tree: &Value, f: impl FnMut(&Value) -> Out<Value>) -> Out<Value> {
        let leaves = tree.leaves();
        let mapped = leaves.iter().map(f).collect::<Out<Vec<_>>>()?;
        Ok(tree.with_leaves(&mut mapped.into_iter()))
    }

    fn store_leaves(&self, ys: &Value, index: &Value, y: &Value, at: At) -> Out<Value> {
        if !super::branch::same_tree(ys, y) {
            let message =
                format!("the steps give values of different kinds, one of them {}", self.describe(y));
            return Err(self.error(ErrorKind::Carry, message, at));
        }
        let parts = y.leaves();
        let mut parts = parts.into_iter();
        self.map_leaves(ys, |array| {
            let lost = || self.error(ErrorKind::Verify, "a step lost a value", at);
            let part = parts.next().ok_or_else(lost)?;
            self.slice_assign("", array, &[SliceArg::Index(index.clone())], &part, at)
        })
    }

    /// Arrays of zeros for what the steps give. A step is staged for its types, and dropped.
    fn stacks(&self, source: &Source, init: &Value, step: Step<'_>, at: At) -> Out<Value> {
        let depth = self.builder.borrow().depth();
        self.builder.borrow_mut().open();
        let parameter = |ty: Type, weak: bool| {
            let parameter = self.builder.borrow_mut().param(ty, None);
            self.weak_like(Value::traced(parameter), weak)
        };
        let found = (|| -> Out<_> {
            let carry = self.map_leaves(init, |leaf| {
                let (ty, weak) = self.leaf_type(leaf, at)?;
                Ok(parameter(ty, weak))
            })?;
            let one = |array: &Value| {
                let ty = self.ty(array, at)?;
                let rest = ty.shape.get(1..).unwrap_or_default();
                Ok(parameter(Type::new(ty.dtype, rest), array.is_weak()))
            };
            let x = source.xs.as_ref().map(|xs| self.map_leaves(xs, one)).transpose()?;
            let (_, y) = step(carry, x)?;
            let leaves = y.leaves();
            let types = leaves.iter().map(|v| self.leaf_type(v, at)).collect::<Out<Vec<_>>>()?;
            Ok((y, types))
        })();
        self.builder.borrow_mut().truncate(depth);
        let (y, types) = found?;
        let zeros = types.into_iter().map(|(ty, weak)| {
            let shape: Vec<usize> = std::iter::once(source.n).chain(ty.shape).collect();
            Ok(self.weak_like(self.zeros_like(Literal::zero(ty.dtype), &shape, at)?, weak))
        });
        let zeros = zeros.collect::<Out<Vec<_>>>()?;
        Ok(y.with_leaves(&mut zeros.into_iter()))
    }
}

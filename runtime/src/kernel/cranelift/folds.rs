//! Reductions: short ones in order, long ones in blocks whose order is fixed.

use super::super::ir::{Fold, Loop, SHORT_FOLD};
use super::super::library::Function as Library;
use super::super::math::reduce::{BLOCK, Cascade32, Cascade64, Combine};
use super::function::{Function, plain, type_of};
use super::scalar::Arith;
use crate::dtype::DType;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use cranelift_frontend::Variable;

/// A fold on its way.
#[derive(Clone, Copy)]
pub(super) struct Running {
    pub fold: Fold,
    pub state: State,
    /// Buffer of the values of one block.
    pub values: Value,
}

/// What the blocks so far come to.
#[derive(Clone, Copy)]
pub(super) enum State {
    /// The address of a cascade.
    Cascade(Value),
    /// Of integers: their sum.
    Sum(Variable),
}

/// The operation of a fold.
pub(super) fn arith(combine: Combine) -> Arith {
    match combine {
        Combine::Add => Arith::Add,
        Combine::Mul => Arith::Mul,
        Combine::Min => Arith::Min,
        Combine::Max => Arith::Max,
    }
}

/// Its number for the library and for [`Task`](super::super::launch::Task).
pub(super) fn number(combine: Combine) -> i64 {
    match combine {
        Combine::Add => 0,
        Combine::Mul => 1,
        Combine::Min => 2,
        Combine::Max => 3,
    }
}

/// The bytes of one value.
pub(super) fn width(dtype: DType) -> i64 {
    if dtype == DType::F32 { 4 } else { 8 }
}

impl<'k> Function<'_, 'k> {
    /// A loop with folds, up to an index; its own is set.
    pub fn folded(&mut self, l: &'k Loop, end: Value) {
        if l.mark.folds.iter().all(|f| !f.dtype.is_float()) && !self.calls(l) {
            return self.in_order(l, end);
        }
        let start = self.bits(l.iv);
        let trips = self.trips(l, start, end);
        let (short, long, exit) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        let few = self.b.ins().icmp_imm_u(IntCC::UnsignedLessThan, trips, SHORT_FOLD as i64);
        self.b.ins().brif(few, short, &[], long, &[]);
        self.continue_in(short);
        self.in_order(l, end);
        self.b.ins().jump(exit, &[]);
        self.continue_in(long);
        self.set(l.iv, start);
        let totals = self.totals(l, trips, end);
        for (fold, total) in l.mark.folds.iter().zip(totals) {
            self.take_in(fold, total);
        }
        self.b.ins().jump(exit, &[]);
        self.continue_in(exit);
    }

    /// One value after the other.
    pub fn in_order(&mut self, l: &'k Loop, end: Value) {
        for fold in &l.mark.folds {
            self.changes[fold.carry.index()] = self.depth + 1;
        }
        self.plain_loop(l, end, |f| {
            for fold in &l.mark.folds {
                let value = f.get_as(fold.value, type_of(fold.dtype));
                f.take_in(fold, value);
            }
        });
    }

    /// `carry = carry op value`
    pub fn take_in(&mut self, fold: &Fold, value: Value) {
        let carry = self.get_as(fold.carry, type_of(fold.dtype));
        let next = match fold.dtype.is_float() {
            true => self.arith(arith(fold.combine), carry, value),
            false => self.b.ins().iadd(carry, value),
        };
        self.set(fold.carry, next);
    }

    /// Runs the loop in blocks; gives the total of each fold.
    pub fn totals(&mut self, l: &'k Loop, trips: Value, end: Value) -> Vec<Value> {
        if let Some(tiled) = self.tiled(l)
            && let Some(sums) = self.sums(l, &tiled)
        {
            return self.in_lanes(l, trips, &sums);
        }
        let zero = self.number(0);
        let mut running: Vec<Running> = Vec::new();
        for &fold in &l.mark.folds {
            let state = if fold.dtype.is_float() {
                State::Cascade(self.cascade(fold.dtype))
            } else {
                let sum = self.b.declare_var(types::I64);
                self.b.def_var(sum, zero);
                State::Sum(sum)
            };
            // Two folds of one value (a sum and a minimum, say) share its buffer: a tile writes each value once.
            let values = match running.iter().find(|r| r.fold.value == fold.value) {
                Some(other) => other.values,
                None => self.room(BLOCK * width(fold.dtype) as usize),
            };
            running.push(Running { fold, state, values });
        }
        match self.tiled(l) {
            Some(tiled) => self.tiles(l, &tiled, trips, end, &running),
            None => self.blocks(l, trips, &running),
        }
        running.iter().map(|r| self.finish_fold(r)).collect()
    }

    /// A cascade without any block.
    pub fn cascade(&mut self, dtype: DType) -> Value {
        let bytes = if dtype == DType::F32 { size_of::<Cascade32>() } else { size_of::<Cascade64>() };
        let cascade = self.room(bytes);
        // The number of blocks, its first field.
        let zero = self.number(0);
        self.b.ins().store(plain(), zero, cascade, 0);
        cascade
    }

    /// The plain loop, cut into blocks.
    fn blocks(&mut self, l: &'k Loop, trips: Value, running: &[Running]) {
        self.for_each_block(l, trips, |f, count| {
            let start = f.bits(l.iv);
            let distance = f.b.ins().imul_imm_s(count, l.stride);
            let end = f.b.ins().iadd(start, distance);
            let position = f.b.declare_var(types::I64);
            let zero = f.number(0);
            f.b.def_var(position, zero);
            f.plain_loop(l, end, |f| {
                let at = f.b.use_var(position);
                for r in running {
                    let value = f.get_as(r.fold.value, type_of(r.fold.dtype));
                    let bytes = f.scaled(at, width(r.fold.dtype));
                    let place = f.b.ins().iadd(r.values, bytes);
                    f.b.ins().store(plain(), value, place, 0);
                }
                let next = f.b.ins().iadd_imm_s(at, 1);
                f.b.def_var(position, next);
            });
            running.iter().for_each(|r| f.push(r, count));
        });
    }

    /// Runs `f` for each block of iterations, with how many these are.
    pub fn for_each_block(&mut self, l: &'k Loop, trips: Value, f: impl FnOnce(&mut Self, Value)) {
        let left = self.b.declare_var(types::I64);
        self.b.def_var(left, trips);
        let (top, exit) = (self.b.create_block(), self.b.create_block());
        self.b.ins().jump(top, &[]);
        self.b.switch_to_block(top);
        self.in_loop(l.iv, &[&l.body], &l.moves, |s| {
            let rest = s.b.use_var(left);
            let block = s.number(BLOCK as i64);
            let whole = s.b.ins().icmp(IntCC::UnsignedGreaterThan, rest, block);
            let count = s.b.ins().select(whole, block, rest);
            f(s, count);
            let rest = s.b.use_var(left);
            let rest = s.b.ins().isub(rest, count);
            s.b.def_var(left, rest);
            s.b.ins().brif(rest, top, &[], exit, &[]);
        });
        self.b.seal_block(top);
        self.continue_in(exit);
    }

    /// Takes in the values of one block.
    pub fn push(&mut self, r: &Running, count: Value) {
        let cascade = match r.state {
            State::Cascade(cascade) => cascade,
            State::Sum(sum) => return self.add_up(sum, r.values, count),
        };
        let ty = type_of(r.fold.dtype);
        let fold = match r.fold.dtype {
            DType::F32 => Library::Fold32(r.fold.combine),
            _ => Library::Fold64(r.fold.combine),
        };
        let address = self.library(fold);
        let Some(value) = self.call(address, &[types::I64; 2], Some(ty), &[r.values, count]) else { return };
        self.push_block(r, cascade, value);
    }

    /// Takes in the total of one block.
    pub fn push_block(&mut self, r: &Running, cascade: Value, value: Value) {
        let ty = type_of(r.fold.dtype);
        let push = if r.fold.dtype == DType::F32 { Library::CascadePush32 } else { Library::CascadePush64 };
        let op = self.b.ins().iconst(types::I32, number(r.fold.combine));
        let address = self.library(push);
        self.call(address, &[types::I64, types::I32, ty], None, &[cascade, op, value]);
    }

    /// `sum +=` the integers of one block.
    fn add_up(&mut self, sum: Variable, values: Value, count: Value) {
        let at = self.b.declare_var(types::I64);
        self.b.def_var(at, values);
        let bytes = self.scaled(count, 8);
        let end = self.b.ins().iadd(values, bytes);
        let (top, exit) = (self.b.create_block(), self.b.create_block());
        self.b.ins().jump(top, &[]);
        self.b.switch_to_block(top);
        let place = self.b.use_var(at);
        let value = self.b.ins().load(types::I64, plain(), place, 0);
        let total = self.b.use_var(sum);
        let total = self.b.ins().iadd(total, value);
        self.b.def_var(sum, total);
        let next = self.b.ins().iadd_imm_s(place, 8);
        self.b.def_var(at, next);
        let more = self.b.ins().icmp(IntCC::NotEqual, next, end);
        self.b.ins().brif(more, top, &[], exit, &[]);
        self.b.seal_block(top);
        self.continue_in(exit);
    }

    pub fn finish_fold(&mut self, r: &Running) -> Value {
        let cascade = match r.state {
            State::Cascade(cascade) => cascade,
            State::Sum(sum) => return self.b.use_var(sum),
        };
        let ty = type_of(r.fold.dtype);
        let finish = match r.fold.dtype {
            DType::F32 => Library::CascadeFinish32,
            _ => Library::CascadeFinish64,
        };
        let op = self.b.ins().iconst(types::I32, number(r.fold.combine));
        let address = self.library(finish);
        let total = self.call(address, &[types::I64, types::I32], Some(ty), &[cascade, op]);
        total.unwrap_or(op)
    }

    /// The address of a function that the library has.
    pub fn library(&mut self, function: Library) -> Value {
        let address = function.address().map_or(0, |p| p as i64);
        self.number(address)
    }
}

//! Loops that are shared among threads: the body is a function over a part of the iterations, and the place of
//! the loop launches it.

use super::super::inst::Reg;
use super::super::ir::{Loop, SHORT_FOLD};
use super::super::launch::{MAX_FOLDS, Task};
use super::super::library::Context;
use super::folds::number;
use super::function::{Function, plain, type_of};
use super::unit::Body;
use crate::dtype::DType;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use cranelift_module::Module;
use std::mem::offset_of;

impl<'k> Function<'_, 'k> {
    /// A parallel loop that can be launched.
    pub fn launches(&self, l: &Loop) -> bool {
        l.mark.folds.len() <= MAX_FOLDS && l.mark.folds.iter().all(|f| f.dtype.is_float())
    }

    /// A parallel loop; the index is set, and there is at least one iteration.
    pub fn launch(&mut self, l: &'k Loop, cost: u64) {
        let (start, end) = (self.bits(l.iv), self.bits(l.end));
        let trips = self.trips(l, start, end);
        if l.mark.folds.is_empty() {
            self.launch_task(l, start, trips, cost);
            return;
        }
        let (short, long, exit) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        let few = self.b.ins().icmp_imm_u(IntCC::UnsignedLessThan, trips, SHORT_FOLD as i64);
        self.b.ins().brif(few, short, &[], long, &[]);
        self.continue_in(short);
        self.in_order(l, end);
        self.b.ins().jump(exit, &[]);
        self.continue_in(long);
        let totals = self.launch_task(l, start, trips, cost);
        for (k, fold) in l.mark.folds.iter().enumerate() {
            let total = self.b.ins().load(type_of(fold.dtype), plain(), totals, 8 * k as i32);
            self.take_in(fold, total);
        }
        self.b.ins().jump(exit, &[]);
        self.continue_in(exit);
    }

    /// Makes the task and runs it; gives the address of the totals.
    fn launch_task(&mut self, l: &'k Loop, start: Value, trips: Value, cost: u64) -> Value {
        let captured: Vec<Reg> = l.captured(self.unit.kernel);
        let frame = self.room(8 * (captured.len() + 1));
        for (k, &r) in captured.iter().enumerate() {
            let value = self.get(r);
            self.b.ins().store(plain(), value, frame, 8 * k as i32);
        }
        self.b.ins().store(plain(), start, frame, 8 * captured.len() as i32);
        let folds = l.mark.folds.len();
        let (combines, totals) = (self.room(8 * folds.max(1)), self.room(8 * folds.max(1)));
        for (k, fold) in l.mark.folds.iter().enumerate() {
            let single = if fold.dtype == DType::F32 { 4 } else { 0 };
            let code = self.number(number(fold.combine) + single);
            self.b.ins().store(plain(), code, combines, 8 * k as i32);
        }
        // Other threads look the slots up in the table.
        self.store_slots(None);
        let body = self.declare_body(l, captured);
        let task = self.room(size_of::<Task>());
        let (cost, folds) = (self.number(cost as i64), self.number(folds as i64));
        for (offset, value) in [
            (offset_of!(Task, body), body),
            (offset_of!(Task, frame), frame),
            (offset_of!(Task, slots), self.slots),
            (offset_of!(Task, context), self.context),
            (offset_of!(Task, trips), trips),
            (offset_of!(Task, cost), cost),
            (offset_of!(Task, folds), folds),
            (offset_of!(Task, combines), combines),
            (offset_of!(Task, totals), totals),
            (offset_of!(Task, trap), self.trap),
        ] {
            self.b.ins().store(plain(), value, task, offset as i32);
        }
        let at = offset_of!(Context, launch) as i32;
        let launch = self.b.ins().load(types::I64, plain().with_readonly(), self.context, at);
        let result = self.call(launch, &[types::I64], Some(types::I64), &[task]);
        if let Some(code) = result {
            let (failed, next) = (self.b.create_block(), self.b.create_block());
            self.b.ins().brif(code, failed, &[], next, &[]);
            self.b.set_cold_block(failed);
            self.continue_in(failed);
            self.b.ins().return_(&[code]);
            self.continue_in(next);
        }
        totals
    }

    /// The address of the function that runs a part of the iterations, which is written later.
    fn declare_body(&mut self, l: &'k Loop, captured: Vec<Reg>) -> Value {
        let signature = self.unit.signature(7);
        match self.unit.module.declare_anonymous_function(&signature) {
            Ok(id) => {
                self.unit.bodies.push(Body { id, code: l, captured });
                let function = self.unit.module.declare_func_in_func(id, self.b.func);
                self.b.ins().func_addr(types::I64, function)
            }
            // Anonymous functions are always new.
            Err(_) => self.number(0),
        }
    }

    /// The iterations `first .. first + count` of a loop whose index starts at `start`; combined values of
    /// folds go to `partial`.
    pub fn part(&mut self, l: &'k Loop, start: Value, first: Value, count: Value, partial: Value) {
        let distance = self.b.ins().imul_imm_s(first, l.stride);
        let start = self.b.ins().iadd(start, distance);
        let length = self.b.ins().imul_imm_s(count, l.stride);
        let end = self.b.ins().iadd(start, length);
        if l.mark.folds.is_empty() {
            return self.range(l, start, end);
        }
        self.set(l.iv, start);
        let totals = self.totals(l, count, end);
        for (k, total) in totals.into_iter().enumerate() {
            let bits = self.convert(total, types::I64);
            self.b.ins().store(plain(), bits, partial, 8 * k as i32);
        }
    }
}

//! Sums and products whose terms stay in registers: the lanes of the fixed reduction are vectors of the loop,
//! where tiles would write every term to memory and call the library for each block.

use super::super::ir::Loop;
use super::super::math::reduce::{BLOCK, Combine, LANES_32, LANES_64};
use super::super::tile::{Step, Tiled};
use super::folds::{Running, State, arith, width};
use super::function::{Function, plain, type_of};
use super::lanes::{Plan, VECTOR};
use super::vector::vector_of;
use crate::dtype::DType;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use cranelift_frontend::Variable;

/// Vectors of a fold's lanes.
const VECTORS: usize = 4;
/// Loops with more folds keep to tiles: their lanes would not stay in registers.
const FOLDS: usize = 3;

/// A fold on its way.
struct Sum {
    running: Running,
    cascade: Value,
    lanes: [Variable; VECTORS],
    /// The same, in memory.
    places: Value,
    /// Of the last block.
    total: Variable,
}

impl<'k> Function<'_, 'k> {
    /// The groups of a loop that takes its terms in by lanes.
    pub fn sums(&self, l: &Loop, tiled: &Tiled) -> Option<Plan> {
        let [Step::Compute { reads, insts, .. }] = &tiled.steps[..] else { return None };
        let dtype = l.mark.folds.first()?.dtype;
        // A NaN among the terms of a minimum needs a second look, which the library takes.
        let plain = l.mark.folds.iter().all(|f| {
            f.dtype == dtype
                && dtype.is_float()
                && self.dtype(f.value) == dtype
                && matches!(f.combine, Combine::Add | Combine::Mul)
        });
        if !reads.is_empty() || !plain || l.mark.folds.len() > FOLDS {
            return None;
        }
        let lanes = if dtype == DType::F32 { LANES_32 } else { LANES_64 };
        self.grouped(l, insts, &[], Some(lanes))
    }

    /// All iterations, block by block, each by lanes; gives the total of each fold.
    pub fn in_lanes(&mut self, l: &'k Loop, trips: Value, plan: &Plan) -> Vec<Value> {
        let dtype = l.mark.folds[0].dtype;
        let (ty, zero) = (type_of(dtype), self.number(0));
        let nothing = self.float(ty, 0.0);
        let sums: Vec<Sum> = (l.mark.folds.iter())
            .map(|&fold| {
                let cascade = self.cascade(dtype);
                let running = Running { fold, state: State::Cascade(cascade), values: zero };
                let lanes = std::array::from_fn(|_| self.b.declare_var(vector_of(ty)));
                let total = self.b.declare_var(ty);
                self.b.def_var(total, nothing);
                Sum { running, cascade, lanes, places: self.room(VECTORS * VECTOR), total }
            })
            .collect();
        let several = self.b.ins().icmp_imm_u(IntCC::UnsignedGreaterThan, trips, BLOCK as i64);
        self.for_each_block(l, trips, |f, count| {
            f.one_block(l, plan, &sums, count);
            // The total of one block is that block's.
            let (push, next) = (f.b.create_block(), f.b.create_block());
            f.b.ins().brif(several, push, &[], next, &[]);
            f.continue_in(push);
            for s in &sums {
                let total = f.b.use_var(s.total);
                f.push_block(&s.running, s.cascade, total);
            }
            f.b.ins().jump(next, &[]);
            f.continue_in(next);
        });
        let (finish, exit) = (self.b.create_block(), self.b.create_block());
        self.b.ins().brif(several, finish, &[], exit, &[]);
        self.continue_in(finish);
        for s in &sums {
            let total = self.finish_fold(&s.running);
            self.b.def_var(s.total, total);
        }
        self.b.ins().jump(exit, &[]);
        self.continue_in(exit);
        sums.iter().map(|s| self.b.use_var(s.total)).collect()
    }

    /// One block; leaves its totals.
    fn one_block(&mut self, l: &'k Loop, plan: &Plan, sums: &[Sum], count: Value) {
        let ty = type_of(l.mark.folds[0].dtype);
        for s in sums {
            let start = if s.running.fold.combine == Combine::Add { -0.0 } else { 1.0 };
            let start = self.float(ty, start);
            let start = self.b.ins().splat(vector_of(ty), start);
            s.lanes.iter().for_each(|&lane| self.b.def_var(lane, start));
        }
        let whole = self.groups(l, plan, count, |f, v| {
            f.group(plan, v);
            for s in sums {
                let terms = f.lanes_of(plan, v, s.running.fold.value);
                for (&lane, term) in s.lanes.iter().zip(terms) {
                    let before = f.b.use_var(lane);
                    let after = f.arith(arith(s.running.fold.combine), before, term);
                    f.b.def_var(lane, after);
                }
            }
        });
        let (rest, exit) = (self.b.create_block(), self.b.create_block());
        let left = self.b.ins().isub(count, whole);
        self.b.ins().brif(left, rest, &[], exit, &[]);
        self.continue_in(rest);
        self.rest_of_block(l, plan, sums, left);
        self.b.ins().jump(exit, &[]);
        self.continue_in(exit);
        for s in sums {
            let lanes = s.lanes.map(|lane| self.b.use_var(lane));
            let total = self.by_halves(s, lanes);
            self.b.def_var(s.total, total);
        }
    }

    /// The last iterations, fewer than there are lanes: one each.
    fn rest_of_block(&mut self, l: &'k Loop, plan: &Plan, sums: &[Sum], left: Value) {
        let dtype = l.mark.folds[0].dtype;
        let ty = type_of(dtype);
        for s in sums {
            for (j, &lane) in s.lanes.iter().enumerate() {
                let value = self.b.use_var(lane);
                self.b.ins().store(plain(), value, s.places, (VECTOR * j) as i32);
            }
        }
        let at = self.b.declare_var(types::I64);
        let zero = self.number(0);
        self.b.def_var(at, zero);
        let bytes = self.scaled(left, width(dtype));
        let (top, exit) = (self.b.create_block(), self.b.create_block());
        self.b.ins().jump(top, &[]);
        self.b.switch_to_block(top);
        self.in_loop(l.iv, &[&l.body], &[], |f| {
            plan.insts.iter().for_each(|(inst, _)| f.inst(inst, None));
            let offset = f.b.use_var(at);
            for s in sums {
                let place = f.b.ins().iadd(s.places, offset);
                let before = f.b.ins().load(ty, plain(), place, 0);
                let term = f.get(s.running.fold.value);
                let after = f.arith(arith(s.running.fold.combine), before, term);
                f.b.ins().store(plain(), after, place, 0);
            }
            f.advance(l);
            let next = f.b.ins().iadd_imm_s(offset, width(dtype));
            f.b.def_var(at, next);
            let more = f.b.ins().icmp(IntCC::NotEqual, next, bytes);
            f.b.ins().brif(more, top, &[], exit, &[]);
        });
        self.b.seal_block(top);
        self.continue_in(exit);
        for s in sums {
            for (j, &lane) in s.lanes.iter().enumerate() {
                let value = self.b.ins().load(vector_of(ty), plain(), s.places, (VECTOR * j) as i32);
                self.b.def_var(lane, value);
            }
        }
    }

    /// Lane `l` with `l + lanes/2`, and so on.
    fn by_halves(&mut self, s: &Sum, [a, b, c, d]: [Value; VECTORS]) -> Value {
        let op = arith(s.running.fold.combine);
        let (low, high) = (self.arith(op, a, c), self.arith(op, b, d));
        let mut last = self.arith(op, low, high);
        let ty = self.b.func.dfg.value_type(last);
        let lanes = ty.lane_count() as u8;
        let mut scalars: Vec<Value> = (0..lanes).map(|k| self.b.ins().extractlane(last, k)).collect();
        while scalars.len() > 1 {
            let upper = scalars.split_off(scalars.len() / 2);
            scalars = scalars.iter().zip(&upper).map(|(&x, &y)| self.arith(op, x, y)).collect();
        }
        if let Some(&only) = scalars.first() {
            last = only;
        }
        last
    }
}

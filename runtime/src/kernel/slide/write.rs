//! The chain as one loop over stretches around one over planes.

use super::super::copies::Copies;
use super::super::flatten::for_each_inst;
use super::super::inst::{Buf, Inst, Reg};
use super::super::invariant::set_by;
use super::super::ir::{Branch, Code, Item, Kernel, Loop, Selector, for_each_code};
use super::super::marks::folds;
use super::super::promote::new_reg;
use super::super::ranges::Interval;
use super::chain::{Chain, Facts, Stage, Window};
use crate::dtype::{DType, Literal};
use std::collections::{BTreeMap, BTreeSet};

/// Elements between planes of a window, so that neighbouring planes do not share the sets of a cache.
const PAD: i64 = 40;

/// An access to a plane of a window: the register of the address that is moved, the slot, the plane's offset.
type Moved = (Reg, Buf, i64);

/// Writes the loops as one over stretches of `length` planes.
pub(super) struct Writer<'w> {
    pub kernel: Kernel,
    pub facts: &'w Facts<'w>,
    pub chain: &'w Chain,
    pub length: i64,
}

/// Elements of a window.
pub(super) fn elements(window: &Window) -> i64 {
    window.planes * pitch(window)
}

fn pitch(window: &Window) -> i64 {
    window.stride + if window.planes > 1 && window.stride > PAD * 4 { PAD } else { 0 }
}

impl Writer<'_> {
    /// The code in place of the loops, and the kernel with larger tables and other shapes of temporaries.
    pub fn write(mut self, loops: &[&Loop]) -> Option<(Kernel, Code)> {
        let (from, until) = self.chain.planes;
        let (planes, length) = (until - from, self.length);
        let stretches = (planes + length - 1) / length;
        let (stretch, step) = (self.counter(stretches), self.counter(length));
        let one = self.number(1);
        let mut body = Code::new();
        let length_reg = self.number(length);
        let start = self.op(&mut body, Interval::new(0, (planes - 1).into()), |dst| Inst::MulI {
            dst,
            a: stretch,
            b: length_reg,
        });
        let count = match planes % length {
            0 => length_reg,
            _ => {
                let all = self.number(planes);
                let left = self.op(&mut body, Interval::new(1, planes.into()), |dst| Inst::SubI {
                    dst,
                    a: all,
                    b: start,
                });
                let few = Interval::new(1, length.into());
                self.op(&mut body, few, |dst| Inst::MinS { dst, a: left, b: length_reg })
            }
        };
        let from_reg = self.number(from);
        let lowest = Interval::new(from.into(), (until - 1).into());
        let low = self.op(&mut body, lowest, |dst| Inst::AddI { dst, a: start, b: from_reg });
        // Where the windows of this stretch are.
        let mut places = BTreeMap::new();
        for window in &self.chain.windows {
            let size = elements(window);
            let all = size.checked_mul(stretches)?;
            let reach = Interval::new(0, (all - size).into());
            let size = self.number(size);
            let place = self.op(&mut body, reach, |dst| Inst::MulI { dst, a: stretch, b: size });
            places.insert(window.buf, place);
            self.kernel.slots[window.buf.index()].shape = vec![usize::try_from(all).ok()?];
        }
        let mut steps = Code::new();
        let now = self.op(&mut steps, lowest, |dst| Inst::AddI { dst, a: low, b: step });
        for (l, stage) in loops.iter().zip(&self.chain.stages) {
            let inside = self.body(l, &places)?;
            if stage.behind < stage.ahead {
                self.before(&mut body, l, stage, &inside, low);
            }
            self.stage(&mut steps, l, stage, inside, now);
        }
        let zero = self.kernel.zero;
        let plain = |iv: Reg, end: Reg, trips: i64, body: Code| Loop {
            max_trips: u64::try_from(trips).ok(),
            ..Loop::counted(iv, [end, one], 0, body)
        };
        body.push(Inst::Mov { dst: step, a: zero }.into());
        body.push(Item::Loop(Box::new(plain(step, count, length, steps))));
        let stretches_reg = self.number(stretches);
        let whole = plain(stretch, stretches_reg, stretches, body);
        let whole = Loop { site: loops.last()?.site, ..whole };
        let code = vec![Inst::Mov { dst: stretch, a: zero }.into(), Item::Loop(Box::new(whole))];
        Some((self.kernel, code))
    }

    /// The planes of a stage that the stretch needs before its first step.
    fn before(&mut self, code: &mut Code, l: &Loop, stage: &Stage, body: &Code, low: Reg) {
        let start = self.bound(code, stage, low, stage.behind);
        let stop = self.bound(code, stage, low, stage.ahead);
        let most = stage.ahead - stage.behind;
        let count = Interval::new(0, most.into());
        let count = self.op(code, count, |dst| Inst::SubI { dst, a: stop, b: start });
        let mut copies = Copies::new(&mut self.kernel);
        let iv = copies.register(l.iv);
        copies.rename(l.iv, iv);
        let (body, _) = copies.code(body, &[], &BTreeSet::new());
        code.push(Inst::Mov { dst: iv, a: start }.into());
        code.push(Item::Loop(Box::new(Loop {
            site: None,
            iv,
            end: stop,
            guard: Some((count, DType::I64)),
            max_trips: u64::try_from(most).ok(),
            body,
            ..l.clone()
        })));
    }

    /// A plane seen from the first one of the stretch, or the nearest that the stage has.
    fn bound(&mut self, code: &mut Code, stage: &Stage, low: Reg, by: i64) -> Reg {
        let (from, until) = self.chain.planes;
        let any = Interval::of(DType::I64);
        let by_reg = self.number(by);
        let mut r = self.op(code, any, |dst| Inst::AddI { dst, a: low, b: by_reg });
        if from + by < stage.first {
            let b = self.number(stage.first);
            r = self.op(code, any, |dst| Inst::MaxS { dst, a: r, b });
        }
        if until - 1 + by > stage.end {
            let b = self.number(stage.end);
            r = self.op(code, any, |dst| Inst::MinS { dst, a: r, b });
        }
        r
    }

    /// What a stage does in the step of plane `now`, if it has that plane.
    fn stage(&mut self, steps: &mut Code, l: &Loop, stage: &Stage, body: Code, now: Reg) {
        let (from, until) = self.chain.planes;
        let &Stage { first, end, ahead, .. } = stage;
        let by = self.number(ahead);
        steps.push(Inst::AddI { dst: l.iv, a: now, b: by }.into());
        let mut conditions = Vec::new();
        if from + ahead < first {
            let first = self.number(first);
            conditions.push(self.bool(steps, |dst| Inst::LeS { dst, a: first, b: l.iv }));
        }
        if until + ahead > end {
            let end = self.number(end);
            conditions.push(self.bool(steps, |dst| Inst::LtS { dst, a: l.iv, b: end }));
        }
        let condition = match conditions[..] {
            [a, b] => Some(self.bool(steps, |dst| Inst::AndI { dst, a, b })),
            [a] => Some(a),
            _ => None,
        };
        match condition {
            Some(condition) => steps.push(Item::Branch(Box::new(Branch {
                selector: Selector::Bool(condition),
                arms: vec![(body, Vec::new()), (Code::new(), Vec::new())],
            }))),
            None => steps.extend(body),
        }
    }

    /// The body of a stage with its accesses to temporaries moved to the windows.
    fn body(&mut self, l: &Loop, places: &BTreeMap<Buf, Reg>) -> Option<Code> {
        let mut accesses: Vec<Inst> = Vec::new();
        for_each_inst(&mut l.body.clone(), &mut |inst| accesses.push(*inst));
        // Registers that are set once, by an instruction, or outside of the loop: behind that, they can be moved.
        let set = set_by(l);
        let mut defined = BTreeSet::new();
        accesses.iter().for_each(|inst| defined.extend(inst.dst()));
        let writes = &self.facts.writes;
        let fixed = |r: &Reg| !set.contains(r) || (defined.contains(r) && writes[r.index()] == 1);
        let mut moved: BTreeMap<Moved, Reg> = BTreeMap::new();
        let mut operands: BTreeMap<(Buf, Reg, Reg, i32), (bool, Reg)> = BTreeMap::new();
        let mut top = Code::new();
        let mut shifts: BTreeMap<(Buf, i64), Reg> = BTreeMap::new();
        for inst in &accesses {
            let Some(window) = self.chain.windows.iter().find(|w| inst.bufs()[0] == Some(w.buf)) else {
                continue;
            };
            let (_, parts) = inst.parts()?;
            let (buf, base, idx, off) = parts.address?;
            let plane = self.facts.plane(l, inst, window.stride)?;
            let by_base = fixed(&base);
            let operand = [base, idx].into_iter().find(fixed)?;
            shifts
                .entry((buf, plane))
                .or_insert_with(|| self.shift(&mut top, l, window, plane, places[&buf]));
            let key = (operand, buf, plane);
            let new = *moved.entry(key).or_insert_with(|| new_reg(&mut self.kernel, DType::I64));
            operands.insert((buf, base, idx, off), (by_base, new));
        }
        let mut body = l.body.clone();
        for_each_code(&mut body, &mut |list| {
            let mut code = Code::with_capacity(list.len());
            for mut item in list.drain(..) {
                let dst = match &mut item {
                    Item::Inst(inst, _) => {
                        replace(inst, &operands);
                        inst.dst()
                    }
                    _ => None,
                };
                code.push(item);
                for (&(operand, buf, plane), &dst) in moved.iter().filter(|m| Some(m.0.0) == dst) {
                    code.push(Inst::AddI { dst, a: operand, b: shifts[&(buf, plane)] }.into());
                }
            }
            *list = code;
        });
        for (&(operand, buf, plane), &dst) in moved.iter().filter(|m| !set.contains(&m.0.0)) {
            top.push(Inst::AddI { dst, a: operand, b: shifts[&(buf, plane)] }.into());
        }
        top.extend(body);
        Some(top)
    }

    /// From the place of a plane in its array to the place in the window.
    fn shift(&mut self, code: &mut Code, l: &Loop, window: &Window, plane: i64, place: Reg) -> Reg {
        let any = Interval::of(DType::I64);
        let (mask, pitch, stride) =
            (self.number(window.planes - 1), self.number(pitch(window)), self.number(window.stride));
        let at = match plane {
            0 => l.iv,
            _ => {
                let by = self.number(plane);
                self.op(code, any, |dst| Inst::AddI { dst, a: l.iv, b: by })
            }
        };
        let array = self.op(code, any, |dst| Inst::MulI { dst, a: at, b: stride });
        if window.planes == 1 {
            return self.op(code, any, |dst| Inst::SubI { dst, a: place, b: array });
        }
        let alive = Interval::new(0, (window.planes - 1).into());
        let turn = self.op(code, alive, |dst| Inst::AndI { dst, a: at, b: mask });
        let turn = self.op(code, any, |dst| Inst::MulI { dst, a: turn, b: pitch });
        let now = self.op(code, any, |dst| Inst::AddI { dst, a: place, b: turn });
        self.op(code, any, |dst| Inst::SubI { dst, a: now, b: array })
    }

    fn op(&mut self, code: &mut Code, range: Interval, inst: impl FnOnce(Reg) -> Inst) -> Reg {
        let dst = new_reg(&mut self.kernel, DType::I64);
        self.kernel.ranges[dst.index()] = range;
        code.push(inst(dst).into());
        dst
    }

    fn bool(&mut self, code: &mut Code, inst: impl FnOnce(Reg) -> Inst) -> Reg {
        let dst = new_reg(&mut self.kernel, DType::Bool);
        code.push(inst(dst).into());
        dst
    }

    /// A counter from 0 to below a number.
    fn counter(&mut self, end: i64) -> Reg {
        let r = new_reg(&mut self.kernel, DType::I64);
        self.kernel.ranges[r.index()] = Interval::new(0, (end - 1).into());
        r
    }

    fn number(&mut self, x: i64) -> Reg {
        folds::constant(&mut self.kernel, Literal::I64(x))
    }
}

/// Another operand for an access to a window.
fn replace(inst: &mut Inst, operands: &BTreeMap<(Buf, Reg, Reg, i32), (bool, Reg)>) {
    let Some((buf, b, i, off)) = inst.parts().and_then(|p| p.1.address) else { return };
    let Some(&(by_base, new)) = operands.get(&(buf, b, i, off)) else { return };
    use Inst::*;
    match inst {
        Load8 { base, idx, .. }
        | Load4 { base, idx, .. }
        | Load4S { base, idx, .. }
        | Load1 { base, idx, .. }
        | Store8 { base, idx, .. }
        | Store4 { base, idx, .. }
        | Store1 { base, idx, .. } => *(if by_base { base } else { idx }) = new,
        _ => {}
    }
}

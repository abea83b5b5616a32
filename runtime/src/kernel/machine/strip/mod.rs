//! Strip mode: an innermost loop whose iterations are independent runs one instruction at a time over many
//! iterations (a strip), instead of one iteration at a time over all instructions.
//!
//! Every lane of a strip does what its iteration would do, operation by operation, so the results have the
//! same bits; only the order between iterations changes, and `plan.rs` proves that this cannot be seen.
//! What can fail is tested for a whole strip before the strip has any effect; when a test fails, the
//! interpreter goes on iteration by iteration from the start of that strip, and reports the error of the
//! first iteration that has one.

mod lanes;
mod plan;
mod run;
mod tidy;

use crate::kernel::inst::{Buf, Inst, Reg, Role};
use crate::kernel::ir::{Code, Item, Loop, SlotInfo, for_each_code};
use crate::kernel::ranges::Form;
pub(in crate::kernel) use plan::plan;
pub(in crate::kernel) use run::run;

/// Iterations in a strip: long enough to make dispatch cheap, short enough that a dozen vectors of 64-bit
/// lanes stay in the first-level cache.
pub(in crate::kernel) const LANES: usize = 256;

/// Below this many iterations, setting a strip up costs more than it saves.
pub(in crate::kernel) const WORTH: u64 = 8;

/// Where the lanes of an operand or result are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::kernel) enum Place {
    /// Nowhere: the operand is not used.
    None,
    /// A vector of the machine.
    Vector(u16),
    /// Consecutive 64-bit elements of an array.
    Memory(u16),
}

/// Elements of an array, one per lane: the address is affine in the loop index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::kernel) struct Access {
    pub buf: Buf,
    /// The address in terms of the index and of registers that the loop does not change.
    pub address: Form,
    /// Distance between the elements of neighbouring lanes.
    pub stride: i64,
    /// Bytes of an element.
    pub size: usize,
}

/// How a carried scalar takes in the value of each lane, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::kernel) struct Fold {
    /// The instruction with the carry as one operand; only its kind matters.
    pub inst: Inst,
    /// The carry is the second operand.
    pub swapped: bool,
    pub carry: Reg,
    pub value: Place,
    /// Only lanes where this is not 0 take part (or is 0, when `inverted`).
    pub mask: Place,
    pub inverted: bool,
}

/// One step of a strip.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::kernel) enum Step {
    /// An instruction that only computes; its registers do not matter.
    Compute {
        inst: Inst,
        dst: Place,
        a: Place,
        b: Place,
        c: Place,
    },
    /// The same for every lane; done once per loop.
    Splat {
        dst: Place,
        reg: Reg,
    },
    /// An affine form of the loop index.
    Affine {
        dst: Place,
        form: Form,
    },
    /// Elements at affine addresses; `inst` says of which type.
    Load {
        inst: Inst,
        dst: Place,
        access: u16,
    },
    /// Elements at any addresses: `base + idx + off`, `base` the same for all lanes.
    Gather {
        inst: Inst,
        dst: Place,
        buf: Buf,
        base: Place,
        idx: Place,
        off: i32,
    },
    /// Elements at affine addresses; `inst` says of which type.
    Store {
        inst: Inst,
        val: Place,
        access: u16,
    },
    /// Fails unless all lanes are below `len`.
    CheckLanes {
        idx: Place,
        len: Reg,
    },
    /// Fails unless the form lies in `0..len` in the first and the last lane.
    CheckEnds {
        form: Form,
        len: Reg,
    },
    /// Fails unless the checked operation on two forms passes in the first and the last lane.
    CheckArithmetic {
        inst: Inst,
        a: Form,
        b: Form,
    },
    /// A checked operation lane by lane.
    Checked {
        inst: Inst,
        dst: Place,
        a: Place,
        b: Place,
    },
    Fold(Fold),
}

/// A loop in strips.
#[derive(Clone, Debug)]
pub(in crate::kernel) struct StripPlan {
    pub iv: Reg,
    pub end: Reg,
    pub stride: i64,
    pub accesses: Vec<Access>,
    /// Done once.
    pub prologue: Vec<Step>,
    /// Done for every strip.
    pub steps: Vec<Step>,
    /// How many vectors it needs.
    pub vectors: usize,
}

/// The vectors of the strip loops of one run, and the addresses of the current strip.
pub(in crate::kernel) struct Lanes {
    vectors: Vec<u64>,
    addresses: Vec<*mut u8>,
}

impl Lanes {
    pub fn new(vectors: usize) -> Lanes {
        Lanes { vectors: vec![0; vectors * LANES], addresses: Vec::new() }
    }
}

/// Plans every loop of the code that can run in strips.
pub(in crate::kernel) fn plan_all(
    code: &mut Code,
    slots: &[SlotInfo],
    constant: &dyn Fn(Reg) -> Option<i64>,
) {
    for_each_code(code, &mut |list| {
        for item in list {
            if let Item::Loop(l) = item {
                l.strip = plan(l, slots, constant).map(Box::new);
            }
        }
    });
}

impl Loop {
    /// The body is a plain list of instructions.
    fn is_straight(&self) -> bool {
        self.body.iter().all(|item| matches!(item, Item::Inst(..)))
    }
}

impl StripPlan {
    /// Calls `f` for the registers that it reads: none of them is set inside the loop, but for carries.
    pub fn for_each_reg(&mut self, f: &mut dyn FnMut(Role, &mut Reg)) {
        let form = |form: &mut Form, f: &mut dyn FnMut(Role, &mut Reg)| {
            form.terms.iter_mut().for_each(|(r, _)| f(Role::Read, r));
        };
        f(Role::Read, &mut self.end);
        f(Role::Update, &mut self.iv);
        for access in &mut self.accesses {
            form(&mut access.address, f);
        }
        for step in self.prologue.iter_mut().chain(&mut self.steps) {
            match step {
                Step::Splat { reg, .. } => f(Role::Read, reg),
                Step::Affine { form: x, .. } => form(x, f),
                Step::CheckLanes { len, .. } => f(Role::Read, len),
                Step::CheckEnds { form: x, len } => {
                    form(x, f);
                    f(Role::Read, len);
                }
                Step::CheckArithmetic { a, b, .. } => {
                    form(a, f);
                    form(b, f);
                }
                Step::Fold(fold) => f(Role::Update, &mut fold.carry),
                Step::Compute { .. }
                | Step::Load { .. }
                | Step::Gather { .. }
                | Step::Store { .. }
                | Step::Checked { .. } => {}
            }
        }
    }

    /// How many vectors it needs.
    pub fn vectors(&self) -> usize {
        self.vectors
    }

    /// What `run` relies on: registers, slots, vectors and accesses in range, stores to slots of the right
    /// type that may be written, memory operands of 64-bit elements.
    pub fn validate(&self, registers: usize, slots: &[SlotInfo], calls: usize) -> bool {
        let mut ok = self.stride != 0;
        self.clone().for_each_reg(&mut |_, r| ok &= r.index() < registers);
        ok &=
            self.accesses.iter().all(|a| slots.get(a.buf.index()).is_some_and(|s| s.dtype.size() == a.size));
        if !ok {
            return false;
        }
        let slot = |access: u16| self.accesses.get(usize::from(access)).map(|a| &slots[a.buf.index()]);
        let readable = |place: Place| match place {
            Place::None => true,
            Place::Vector(v) => usize::from(v) < self.vectors,
            Place::Memory(m) => {
                slot(m).is_some_and(|s| s.dtype.size() == 8)
                    && self.accesses.get(usize::from(m)).is_some_and(|a| a.stride == 1)
            }
        };
        let writable = |place: Place| match place {
            Place::None => false,
            Place::Vector(_) => readable(place),
            Place::Memory(m) => readable(place) && slot(m).is_some_and(SlotInfo::writable),
        };
        let size = |inst: Inst| match inst {
            Inst::Load8 { .. } | Inst::Store8 { .. } => 8,
            Inst::Load4 { .. } | Inst::Load4S { .. } | Inst::Store4 { .. } => 4,
            _ => 1,
        };
        let operand = |place: Place| place != Place::None && readable(place);
        let vector = |place: Place| matches!(place, Place::Vector(_)) && readable(place);
        self.prologue.iter().chain(&self.steps).all(|step| match *step {
            Step::Compute { inst, dst, a, b, c } => {
                let call = match inst {
                    Inst::CallPure { id, .. } => (id as usize) < calls,
                    _ => true,
                };
                call && writable(dst) && readable(a) && readable(b) && readable(c)
            }
            Step::Splat { dst, .. } | Step::Affine { dst, .. } => vector(dst),
            Step::Load { inst, dst, access } => {
                vector(dst) && slot(access).is_some_and(|s| s.dtype.size() == size(inst))
            }
            Step::Gather { inst, dst, buf, base, idx, .. } => {
                vector(dst)
                    && slots.get(buf.index()).is_some_and(|s| s.dtype.size() == size(inst))
                    && operand(base)
                    && operand(idx)
            }
            Step::Store { inst, val, access } => {
                vector(val) && slot(access).is_some_and(|s| s.writable() && s.dtype.size() == size(inst))
            }
            Step::CheckLanes { idx, .. } => operand(idx),
            Step::CheckEnds { .. } | Step::CheckArithmetic { .. } => true,
            Step::Checked { dst, a, b, .. } => vector(dst) && operand(a) && operand(b),
            Step::Fold(fold) => operand(fold.value) && readable(fold.mask),
        })
    }
}

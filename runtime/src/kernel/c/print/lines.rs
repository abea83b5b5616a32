//! Stencils by whole cache lines. A vector of 512 bits that lies across two lines takes the place of two in the cache's
//! ports, and those are what a stencil waits for rather than arithmetic: it starts with the few iterations up to where its
//! stores begin a line, and runs its body four times before it jumps back. The reverse of a step of Burgers' equation (six
//! accesses, 2000 points in the first cache) takes 16 to 21 % less time for it, the step itself (four) 3 %.

use super::loops::Trips;
use super::ordered::Iteration;
use super::unit::{Result, Unit};
use crate::kernel::inst::{Buf, Inst, Reg};
use crate::kernel::ir::Loop;
use crate::kernel::marks::cost;
use crate::kernel::tile::growth;
use std::collections::{BTreeSet, HashMap};

/// With fewer accesses arithmetic takes as long.
const MANY: usize = 4;

/// In fewer iterations there is nothing to be gained. No line has as many elements.
const LONG: u64 = 512;

/// What costs more than this many nanoseconds in an iteration is what the loop waits for.
const CHEAP: f64 = 1.0;

/// The first store of each iteration, and what computes its address.
pub(super) struct Front {
    store: Inst,
    address: Vec<Inst>,
}

/// Where an instruction touches an array.
fn place(inst: &Inst) -> Option<(Buf, Reg, Reg, i32)> {
    inst.parts()?.1.address
}

impl<'k> Unit<'k> {
    /// Of a loop without checks and calls that is to start at a line.
    pub fn front(&self, l: &Loop, trips: &Trips, insts: &[Inst]) -> Option<Front> {
        let short = trips.known.or(l.max_trips).is_some_and(|n| n < LONG);
        if l.stride != 1 || short || insts.iter().any(|inst| cost::of_inst(self.kernel, inst) > CHEAP) {
            return None;
        }
        let mut known: HashMap<Reg, Option<i64>> = HashMap::from([(l.iv, Some(1))]);
        let mut places = BTreeSet::new();
        let mut front = None;
        for (k, inst) in insts.iter().enumerate() {
            let of = |r: Reg| known.get(&r).copied().unwrap_or(Some(0));
            if let Some((buf, base, idx, off)) = place(inst) {
                let grows = of(base).zip(of(idx)).and_then(|(a, b)| a.checked_add(b));
                match grows {
                    Some(0) => {}
                    Some(1) => {
                        places.insert((buf, base, idx, off));
                        if inst.is_store() && front.is_none() {
                            front = Some((k, inst));
                        }
                    }
                    _ => return None,
                }
            }
            if let Some(dst) = inst.dst() {
                let grows = if inst.is_load() { None } else { growth(self.kernel, &of, inst) };
                known.insert(dst, grows);
            }
        }
        let (k, store) = front.filter(|_| places.len() >= MANY)?;
        let (_, base, idx, _) = place(store)?;
        let mut needed = BTreeSet::from([base, idx]);
        let mut address = Vec::new();
        for inst in insts[..k].iter().rev() {
            if inst.dst().is_some_and(|dst| needed.contains(&dst)) {
                needed.extend(inst.reads());
                address.push(*inst);
            }
        }
        address.reverse();
        Some(Front { store: *store, address })
    }

    /// All iterations: those up to a line, then the others.
    pub fn by_lines(&mut self, l: &'k Loop, trips: &Trips, front: &Front) -> Result<()> {
        let (iv, ty, n) = (l.iv.0, trips.counter, &trips.count);
        self.line(format!("{ty} e{iv} = 0;"));
        if let Some((buf, base, idx, off)) = place(&front.store) {
            self.line("{");
            self.index(l, trips, "0");
            for inst in &front.address {
                self.local(inst)?;
            }
            let element = self.e.element(buf, base, idx, off);
            let short = if trips.known.is_none() { format!("{n} < {LONG} ? 0 : ") } else { String::new() };
            self.line(format!("e{iv} = {short}to_line(&{element}, sizeof {element});"));
            self.line("}");
        }
        self.line(format!("for ({ty} b{iv} = 0;; b{iv} = e{iv}, e{iv} = {n}) {{"));
        self.line(format!("const {ty} m{iv} = e{iv} - b{iv};"));
        self.line("INDEPENDENT");
        self.line("UNROLLED");
        self.line(format!("for ({ty} q{iv} = 0; q{iv} < m{iv}; q{iv}++) {{"));
        self.index(l, trips, &format!("(b{iv} + q{iv})"));
        self.list(&l.body)?;
        self.carries(&Iteration::of(l));
        self.line("}");
        self.line(format!("if (e{iv} == {n}) break;"));
        self.line("}");
        Ok(())
    }
}

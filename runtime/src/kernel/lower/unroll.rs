//! Short counted loops inside other loops (the three components of a vector, a small matrix) are written
//! out, so that the loop around them is an innermost one and can run in strips.

use super::{Kind, Lower, Result};
use crate::dtype::Literal;
use crate::graph::{Node, Region, ValueId};
use crate::kernel::inst::{Buf, Inst};
use crate::op::Op;
use crate::op::index::loop_overflow;

/// A loop of more iterations stays one.
const TRIPS: i128 = 8;

/// How many nodes a loop may become.
const NODES: usize = 96;

impl Lower<'_> {
    /// Start and count of a loop that is to be written out.
    pub(super) fn unrolled_trips(&self, node: &Node) -> Option<(i128, i128)> {
        let Op::For { step, .. } = node.op else { return None };
        let known = |v: ValueId| self.outer_constants.get(&v).copied();
        let (start, count) = (known(node.inputs[0])?, known(node.inputs[1])?);
        if loop_overflow(start, count, step).is_some() {
            return None;
        }
        let (start, count) = (start.as_i128()?, count.as_i128()?);
        let nodes = self.straight_nodes(&node.regions[0])?;
        (count <= TRIPS && count.max(0) as usize * nodes <= NODES).then_some((start, count))
    }

    /// The number of nodes of a region, written-out loops counted as often as they run; `None` when it has
    /// loops that stay.
    fn straight_nodes(&self, region: &Region) -> Option<usize> {
        region.nodes.iter().try_fold(1usize, |sum, node| {
            let inner = match node.op {
                Op::While => return None,
                Op::For { .. } => {
                    let (_, count) = self.unrolled_trips(node)?;
                    count.max(0) as usize * self.straight_nodes(&node.regions[0])?
                }
                _ => node.regions.iter().try_fold(1, |n, r| Some(n + self.straight_nodes(r)?))?,
            };
            Some(sum + inner)
        })
    }

    /// The region has loops that stay loops.
    pub(super) fn has_loop(&self, region: &Region) -> bool {
        self.straight_nodes(region).is_none()
    }

    /// Some enclosing scope is a loop.
    pub(super) fn inside_loop(&self) -> bool {
        self.scopes.iter().any(|s| s.kind == Kind::Loop)
    }

    pub(super) fn unroll(&mut self, node: &Node, stride: i64, start: i128, count: i128) -> Result<()> {
        let region = &node.regions[0];
        let (index, params) = (region.params[0], &region.params[1..]);
        let inits = &node.inputs[2..];
        let dtype = self.graph.ty(index).dtype;
        let home = self.depth() + 1;
        let captured = crate::graph::captures(node);
        let same: Vec<bool> = params.iter().zip(&region.results).map(|(p, r)| p == r).collect();
        let mut slots: Vec<Option<Buf>> = Vec::new();
        for (k, (&init, &param)) in inits.iter().zip(params).enumerate() {
            slots.push(if same[k] || self.graph.ty(init).is_scalar() {
                self.rename(param, init)?;
                None
            } else {
                let mut needed = captured.clone();
                needed.extend(inits.iter().enumerate().filter(|&(j, _)| j > k || same[j]).map(|(_, &v)| v));
                let slot = self.slot_to_carry(init, &needed)?;
                self.hold(slot, param, home);
                Some(slot)
            });
        }
        for t in 0..count {
            let value = Literal::I64((start + t * i128::from(stride)) as i64).cast(dtype);
            let iv = self.constant(value)?;
            self.push_scope(Kind::Loop);
            self.scalars.insert(index, iv);
            self.region(region)?;
            let mut next = Vec::new();
            for (k, &result) in region.results.iter().enumerate() {
                let movable = slots[k].is_some() && self.made_inside(result, home)?;
                next.push((result, movable));
            }
            let scope = self.pop_scope();
            let temporaries = scope.temporaries.clone();
            self.adopt_once(scope);
            let mut taken: Vec<Buf> = Vec::new();
            // Scalars move at once: read them all before the parameters change.
            let mut scalars = Vec::new();
            for (k, &(result, movable)) in next.iter().enumerate() {
                if same[k] {
                    continue;
                }
                if slots[k].is_none() {
                    scalars.push((params[k], self.scalar(result)?));
                    continue;
                }
                let from = self.slot(result)?;
                let slot = if movable && !taken.contains(&from) {
                    from
                } else {
                    let ty = self.graph.ty(result).clone();
                    let fresh = self.fresh_slot(ty)?;
                    self.scope().code.push(Inst::CopyBuf { dst: fresh, src: from }.into());
                    fresh
                };
                taken.push(slot);
                slots[k] = Some(slot);
            }
            for (param, r) in scalars {
                self.scalars.insert(param, r);
            }
            self.release_slots(&temporaries, &taken);
            for (k, slot) in slots.iter().enumerate() {
                if let Some(slot) = *slot {
                    self.hold(slot, params[k], home);
                }
            }
        }
        let depth = self.depth();
        for (k, (&out, &param)) in node.outputs.iter().zip(params).enumerate() {
            match slots[k] {
                Some(slot) => self.hold(slot, out, depth),
                None if same[k] => self.rename(out, inits[k])?,
                None => self.rename(out, param)?,
            }
        }
        Ok(())
    }
}

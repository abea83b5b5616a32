//! Which slot holds which version of an array, and when a store may happen in place.
//!
//! In the graph every store makes a new array; here versions share slots. A slot *holds* the SSA values
//! whose content it has. A store overwrites a slot exactly when all the values that it holds are dead
//! afterwards; otherwise it works on a copy. The contents of slots are exchanged by exchanging entries of
//! the buffer table, so every slot always has a buffer of its own, of its type; what a dead slot contains
//! does not matter.

use super::{Kind, Lower, Result, Unsupported};
use crate::graph::{Node, Type, ValueId};
use crate::hash::HashMap;
use crate::kernel::inst::{Buf, Inst};
use crate::kernel::ir::{Code, Origin, SlotInfo};

/// The part of the lowering state that differs between the arms of a branch.
#[derive(Clone, Default)]
pub(super) struct ArrayState {
    slot_of: HashMap<ValueId, Buf>,
    /// The scope where the content of a value came into being (that of the original, for another name of it).
    depth_of: HashMap<ValueId, usize>,
    /// The values that each slot holds.
    holders: Vec<Vec<ValueId>>,
    /// Temporaries that hold nothing.
    free: Vec<Buf>,
}

/// Arrays that move at once: `(to, from)`.
pub(super) type SlotMoves = Vec<(Buf, Buf)>;

impl Lower<'_> {
    pub(super) fn new_slot(&mut self, ty: Type, origin: Origin) -> Result<Buf> {
        let id = u16::try_from(self.slots.len()).map_err(|_| Unsupported)?;
        self.slots.push(SlotInfo { dtype: ty.dtype, shape: ty.shape, origin, name: None });
        self.arrays.holders.resize(self.slots.len(), Vec::new());
        Ok(Buf(id))
    }

    /// A slot for a new array of that type, whose old content is of no use.
    pub(super) fn temporary(&mut self, ty: &Type) -> Result<Buf> {
        let fits = |slot: &SlotInfo| slot.dtype == ty.dtype && slot.shape == ty.shape;
        let reuse = self.arrays.free.iter().position(|b| fits(&self.slots[b.index()]));
        let slot = match reuse {
            Some(k) => self.arrays.free.swap_remove(k),
            None => self.new_slot(ty.clone(), Origin::Temporary)?,
        };
        self.scope().temporaries.push(slot);
        Ok(slot)
    }

    /// A slot that nothing used before.
    pub(super) fn fresh_slot(&mut self, ty: Type) -> Result<Buf> {
        let slot = self.new_slot(ty, Origin::Temporary)?;
        self.scope().temporaries.push(slot);
        Ok(slot)
    }

    /// The slot of an array value.
    pub(super) fn slot(&self, v: ValueId) -> Result<Buf> {
        self.arrays.slot_of.get(&v).copied().ok_or(Unsupported)
    }

    /// The scope that made the content of `v`: its loads can move out to there.
    pub(super) fn content_depth(&self, v: ValueId) -> usize {
        self.arrays.depth_of.get(&v).copied().unwrap_or(0)
    }

    /// `slot` now holds `v` and nothing else.
    pub(super) fn hold(&mut self, slot: Buf, v: ValueId, depth: usize) {
        self.arrays.holders[slot.index()] = vec![v];
        if let Some(name) = &self.graph.values[v.index()].name {
            self.slots[slot.index()].name.get_or_insert_with(|| name.clone());
        }
        self.arrays.slot_of.insert(v, slot);
        self.arrays.depth_of.insert(v, depth);
        self.arrays.free.retain(|&b| b != slot);
    }

    /// `v` is another name of what `original` is.
    pub(super) fn alias(&mut self, v: ValueId, original: ValueId) -> Result<()> {
        let slot = self.slot(original)?;
        self.arrays.holders[slot.index()].push(v);
        self.arrays.slot_of.insert(v, slot);
        self.arrays.depth_of.insert(v, self.content_depth(original));
        Ok(())
    }

    /// Nothing reads `v` after the current node, on any path.
    pub(super) fn dead_after_node(&self, v: ValueId) -> bool {
        let home = self.defined.get(&v);
        for (depth, scope) in self.scopes.iter().enumerate().rev() {
            if scope.kind == Kind::Nest {
                continue;
            }
            if scope.last_use.get(&v).is_some_and(|&last| last > scope.position) {
                return false;
            }
            if home == Some(&depth) {
                return !scope.holds_params;
            }
            if scope.kind == Kind::Loop {
                // The next iteration reads it.
                return false;
            }
        }
        (self.dead_after)(v)
    }

    /// The buffer in `slot` may be overwritten or moved elsewhere once the current node has read it.
    pub(super) fn disposable(&self, slot: Buf) -> bool {
        self.ours(slot) && self.arrays.holders[slot.index()].iter().all(|&v| self.dead_after_node(v))
    }

    /// The buffer in `slot` may be moved at the end of an inner scope: no value of the scopes up to the
    /// innermost open one needs it afterwards.
    pub(super) fn movable(&self, slot: Buf) -> bool {
        self.ours(slot) && !self.needed_after_node(slot)
    }

    /// A value defined in an open scope is in `slot` and read after the current node.
    pub(super) fn needed_after_node(&self, slot: Buf) -> bool {
        let depth = self.depth();
        let outer = |v: &ValueId| self.defined.get(v).is_none_or(|&home| home <= depth);
        self.holders(slot).iter().any(|v| outer(v) && !self.dead_after_node(*v))
    }

    /// The buffer in `slot` belongs to the machine.
    fn ours(&self, slot: Buf) -> bool {
        !matches!(self.slots[slot.index()].origin, Origin::Input { owned: false, .. })
    }

    /// Notes that an argument's buffer is overwritten.
    fn take(&mut self, slot: Buf) {
        if let Origin::Input { taken, .. } = &mut self.slots[slot.index()].origin {
            *taken = true;
        }
    }

    /// The slot in which the current node can build a new version of `v`; the content of `v` is there.
    pub(super) fn slot_to_overwrite(&mut self, v: ValueId) -> Result<Buf> {
        let src = self.slot(v)?;
        if self.disposable(src) {
            self.take(src);
            return Ok(src);
        }
        let ty = self.graph.ty(v).clone();
        let dst = self.temporary(&ty)?;
        self.scope().code.push(Inst::CopyBuf { dst, src }.into());
        Ok(dst)
    }

    /// The slot of a value carried into a loop: its own where nothing else needs that, otherwise a copy.
    /// `also_used` are values that the loop needs besides.
    pub(super) fn slot_to_carry(&mut self, init: ValueId, also_used: &[ValueId]) -> Result<Buf> {
        let slot = self.slot(init)?;
        let needed = self.arrays.holders[slot.index()].iter().any(|v| also_used.contains(v));
        if needed {
            let ty = self.graph.ty(init).clone();
            let dst = self.temporary(&ty)?;
            self.scope().code.push(Inst::CopyBuf { dst, src: slot }.into());
            return Ok(dst);
        }
        self.slot_to_overwrite(init)
    }

    /// Returns to the pool what the node just lowered was the last to use.
    pub(super) fn release(&mut self, node: &Node) {
        for v in node.inputs.iter().chain(&node.outputs).copied().chain(crate::graph::captures(node)) {
            if let Some(&slot) = self.arrays.slot_of.get(&v)
                && self.slots[slot.index()].origin == Origin::Temporary
                && !self.arrays.free.contains(&slot)
                && self.disposable(slot)
            {
                self.arrays.free.push(slot);
            }
        }
    }

    /// Returns temporaries of a scope that was closed to the pool, except those in `kept`.
    pub(super) fn release_slots(&mut self, temporaries: &[Buf], kept: &[Buf]) {
        for &slot in temporaries {
            if !kept.contains(&slot) && !self.arrays.free.contains(&slot) {
                self.arrays.holders[slot.index()].clear();
                self.arrays.free.push(slot);
            }
        }
    }

    pub(super) fn arrays(&self) -> ArrayState {
        self.arrays.clone()
    }

    /// Goes back to an earlier state; slots made since then are free.
    pub(super) fn restore_arrays(&mut self, mut state: ArrayState) {
        for k in state.holders.len()..self.slots.len() {
            if self.slots[k].origin == Origin::Temporary {
                state.free.push(Buf(k as u16));
            }
        }
        state.holders.resize(self.slots.len(), Vec::new());
        self.arrays = state;
    }

    /// Looks at the state at the end of another arm.
    pub(super) fn set_arrays(&mut self, state: &ArrayState) {
        self.arrays = state.clone();
        self.arrays.holders.resize(self.slots.len(), Vec::new());
    }

    /// These slots are not for temporaries.
    pub(super) fn reserve(&mut self, slots: &[Buf]) {
        self.arrays.free.retain(|b| !slots.contains(b));
    }

    /// `v` is no longer a name of what is in its slot.
    pub(super) fn drop_holder(&mut self, slot: Buf, v: ValueId) {
        self.arrays.holders[slot.index()].retain(|&h| h != v);
    }

    /// The values that a slot holds.
    pub(super) fn holders(&self, slot: Buf) -> &[ValueId] {
        &self.arrays.holders[slot.index()]
    }

    /// Code for array moves that happen at once. `movable` says which sources may give their buffer away;
    /// the others are copied, and so is a source that is wanted twice.
    pub(super) fn slot_moves(&mut self, moves: &SlotMoves, movable: &[bool]) -> Result<Code> {
        let destinations: Vec<Buf> = moves.iter().map(|m| m.0).collect();
        self.reserve(&destinations);
        let mut code = Code::new();
        let mut from: Vec<Buf> = moves.iter().map(|m| m.1).collect();
        for k in 0..moves.len() {
            let (to, src) = moves[k];
            if to == src {
                continue;
            }
            let wanted_elsewhere = from[..k].contains(&src) || moves.contains(&(src, src));
            if movable[k] && !wanted_elsewhere {
                continue;
            }
            // Straight into the destination where nobody needs what is there.
            let overwritten = from.iter().enumerate().any(|(j, &s)| j != k && s == to);
            let dst = if overwritten {
                let ty = Type::new(self.slots[src.index()].dtype, self.slots[src.index()].shape.clone());
                self.temporary(&ty)?
            } else {
                to
            };
            self.take(dst);
            code.push(Inst::CopyBuf { dst, src }.into());
            from[k] = dst;
        }
        // What is left is a permutation of buffers among slots: exchange table entries. `place[s]` is where
        // the buffer that was in `s` is now.
        let mut place: HashMap<Buf, Buf> = HashMap::default();
        for (k, &(to, _)) in moves.iter().enumerate() {
            let now = |place: &HashMap<Buf, Buf>, s: Buf| place.get(&s).copied().unwrap_or(s);
            let at = now(&place, from[k]);
            if at == to {
                continue;
            }
            let displaced = place.iter().find_map(|(&s, &p)| (p == to).then_some(s)).unwrap_or(to);
            code.push(Inst::SwapBuf { a: to, b: at }.into());
            place.insert(from[k], to);
            place.insert(displaced, at);
            for slot in [to, at] {
                self.take(slot);
            }
        }
        Ok(code)
    }
}

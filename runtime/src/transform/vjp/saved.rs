//! Values of the forward pass inside the reverse pass: computed again, or read from a tape.

use super::super::emit::Emit;
use super::Pass;
use super::again::MAX_DEPTH;
use super::scopes::ScopeId;
use crate::dtype::{Literal, Type};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Node, Region, ValueId, uses};
use crate::hash::{HashMap, HashSet};
use crate::op::{Axis, BinaryOp, Op};

/// The reverse of one region while it is written.
pub(super) struct Frame {
    pub scope: ScopeId,
    /// The forward index of a `for`, the iteration of a `while`.
    index: Option<ValueId>,
    /// The number of the iteration, from 0.
    iteration: Option<ValueId>,
    /// Values of the forward region and what they are here.
    here: HashMap<ValueId, ValueId>,
    /// Those of them that are still to be defined, at the front of the reverse region.
    wanted: Vec<ValueId>,
    /// Those that are defined.
    defined: HashSet<ValueId>,
}

impl Frame {
    pub fn new(scope: ScopeId, index: Option<ValueId>) -> Frame {
        let (here, defined) = (HashMap::default(), HashSet::default());
        Frame { scope, index, iteration: None, here, wanted: Vec::new(), defined }
    }

    /// A value that is known here.
    pub fn know(&mut self, v: ValueId, here: ValueId) {
        self.here.insert(v, here);
        self.defined.insert(v);
    }

    /// The number of the iteration is the loop's index.
    pub fn count_by_index(&mut self) {
        self.iteration = self.index;
    }
}

/// A forward value that is kept for every run of its region.
pub(super) struct Tape {
    pub value: ValueId,
    pub scope: ScopeId,
    /// The outermost loop that it depends on.
    pub outermost: Option<ScopeId>,
    /// The loops that index it, outermost first, and how many iterations of each the tape holds.
    pub loops: Vec<ScopeId>,
    pub lengths: Vec<usize>,
    /// The first of them counts its iterations over all runs.
    pub counts_all: bool,
    /// The full tape, at the end of the forward pass.
    pub array: ValueId,
}

impl Tape {
    /// The type of the tape.
    pub fn ty(&self, value: &Type) -> Type {
        let shape: Vec<usize> = self.lengths.iter().chain(&value.shape).copied().collect();
        Type::new(value.dtype, shape)
    }

    /// The place of one iteration in the tape.
    pub fn axes(&self, value: &Type) -> Vec<Axis> {
        let at = self.lengths.iter().map(|_| Axis::At);
        at.chain(value.shape.iter().map(|&n| Axis::full(n))).collect()
    }
}

impl Pass<'_> {
    /// What a forward value is in the reverse region being written.
    pub(super) fn request(&mut self, v: ValueId) -> Result<ValueId> {
        let owner = self.scopes.owner(v);
        if owner == 0 {
            return Ok(v);
        }
        let ty = self.builder.graph().ty(v).clone();
        let frame = self.frames.iter_mut().rev().find(|f| f.scope == owner);
        let Some(frame) = frame else {
            let message = format!("{v} of the forward pass is out of reach of its reverse");
            return Err(Error::new(ErrorKind::Verify, message));
        };
        if let Some(&here) = frame.here.get(&v) {
            return Ok(here);
        }
        let here = self.builder.reserve(ty);
        frame.here.insert(v, here);
        frame.wanted.push(v);
        Ok(here)
    }

    /// The type of a forward value, or of a counter.
    fn graph_type(&self, v: ValueId) -> Type {
        self.builder.graph().ty(v).clone()
    }

    /// The number of the iteration of the loop `scope`, in the reverse pass.
    fn iteration(&mut self, scope: ScopeId) -> Result<ValueId> {
        let frame = self.frames.iter().find(|f| f.scope == scope);
        frame
            .and_then(|f| f.iteration)
            .ok_or_else(|| Error::new(ErrorKind::Verify, "a loop of the reverse pass has no iteration"))
    }

    /// Gives the iteration of the innermost frame an id; it is defined at the front of its region.
    pub(super) fn reserve_iteration(&mut self) {
        let Some(frame) = self.frames.last_mut() else { return };
        if let (None, Some(index)) = (frame.iteration, frame.index) {
            let ty = self.builder.graph().ty(index).clone();
            frame.iteration = Some(self.builder.reserve(ty));
        }
    }

    /// Ends the reverse of a region, whose nodes are `body`: puts what it requested at its front. Gives the region.
    pub(super) fn close_frame(&mut self, body: Region) -> Result<Region> {
        self.builder.reopen(Region { params: body.params, ..Region::default() });
        self.define_iteration()?;
        while let Some(v) = self.frames.last_mut().and_then(|f| f.wanted.pop()) {
            self.define(v, 0)?;
        }
        self.frames.pop();
        for node in body.nodes {
            self.builder.append(node);
        }
        Ok(self.builder.close(body.results))
    }

    fn define_iteration(&mut self) -> Result<()> {
        let Some(frame) = self.frames.last() else { return Ok(()) };
        let (Some(index), Some(iteration)) = (frame.index, frame.iteration) else { return Ok(()) };
        let Some(node) = self.scopes.list[frame.scope].node else { return Ok(()) };
        if index == iteration {
            return Ok(());
        }
        let Op::For { step, .. } = node.op else { return Ok(()) };
        let start = self.request(node.inputs[0])?;
        self.define_as(iteration, |w| iteration_of(w, index, start, step))
    }

    /// Gives a reserved id to the last node that `write` adds, which gives that node's result.
    fn define_as(&mut self, id: ValueId, write: impl FnOnce(&mut dyn Emit) -> Result<ValueId>) -> Result<()> {
        self.builder.open();
        let made = write(self)?;
        let mut region = self.builder.close(Vec::new());
        if let Some(last) = region.nodes.iter_mut().rev().find(|n| n.outputs == [made]) {
            last.outputs = vec![id];
        }
        self.builder.splice(region);
        Ok(())
    }

    /// Defines the value that was requested as `v`, after what it is computed from.
    fn define(&mut self, v: ValueId, depth: usize) -> Result<()> {
        let scope = self.scopes.owner(v);
        if !self.frames.last_mut().is_some_and(|f| f.defined.insert(v)) {
            return Ok(());
        }
        let id = self.request(v)?;
        let known = &mut HashMap::default();
        let again = self.again(v).filter(|_| depth < MAX_DEPTH && !self.leaves(v, known, 0).contains(&v));
        let Some(node) = again else { return self.read_tape(v, id) };
        let mut here: HashMap<ValueId, ValueId> = HashMap::default();
        for operand in uses(node) {
            here.insert(operand, self.request(operand)?);
            if self.scopes.owner(operand) == scope {
                self.define(operand, depth + 1)?;
            }
        }
        // Of the other results of a branch those that are not there yet.
        for &out in node.outputs.iter().filter(|&&out| out != v) {
            let new = self.frames.last_mut().is_some_and(|f| f.defined.insert(out));
            let other = if new { self.request(out)? } else { self.builder.reserve(self.graph_type(out)) };
            here.insert(out, other);
        }
        here.insert(v, id);
        let again = self.copied(node, &mut here);
        self.builder.append(again);
        Ok(())
    }

    /// A node with its values replaced; those of its regions get new ids.
    fn copied(&mut self, node: &Node, here: &mut HashMap<ValueId, ValueId>) -> Node {
        let all = |values: &[ValueId], here: &HashMap<ValueId, ValueId>| -> Vec<ValueId> {
            values.iter().map(|v| here.get(v).copied().unwrap_or(*v)).collect()
        };
        let mut regions = Vec::with_capacity(node.regions.len());
        for region in &node.regions {
            let mut nodes = Vec::with_capacity(region.nodes.len());
            for inner in &region.nodes {
                for &out in &inner.outputs {
                    here.insert(out, self.builder.reserve(self.graph_type(out)));
                }
                nodes.push(self.copied(inner, here));
            }
            regions.push(Region { params: Vec::new(), nodes, results: all(&region.results, here) });
        }
        let (inputs, outputs) = (all(&node.inputs, here), all(&node.outputs, here));
        Node { op: node.op.clone(), inputs, outputs, regions, site: node.site }
    }

    pub(super) fn is_here(&self, v: ValueId) -> bool {
        let owner = self.scopes.owner(v);
        owner == 0 || self.frames.iter().any(|f| f.scope == owner && f.here.contains_key(&v))
    }

    fn read_tape(&mut self, v: ValueId, id: ValueId) -> Result<()> {
        let ty = self.graph_type(v);
        let tape = self.tape(v, &ty);
        let Tape { loops, counts_all, array, .. } = &self.tapes[tape];
        let (loops, counts_all, axes) = (loops.clone(), *counts_all, self.tapes[tape].axes(&ty));
        let mut inputs = vec![*array];
        for (k, scope) in loops.into_iter().enumerate() {
            let iteration = self.iteration(scope)?;
            let of_all = k == 0 && counts_all;
            inputs.push(if of_all { self.place_of_all(scope, iteration)? } else { iteration });
        }
        let site = self.site;
        let op = if axes.is_empty() {
            Op::Reshape(Vec::new())
        } else {
            Op::Load { axes, name: Some("tape".into()) }
        };
        self.builder.append(Node { op, inputs, outputs: vec![id], regions: Vec::new(), site });
        Ok(())
    }

    /// The tape of a value, made if there is none.
    fn tape(&mut self, v: ValueId, ty: &Type) -> usize {
        if let Some(k) = self.tapes.iter().position(|t| t.value == v) {
            return k;
        }
        let scope = self.scopes.owner(v);
        let all = self.scopes.loops_of(v);
        let outermost = all.first().copied();
        let (loops, counts_all) = self.indices(all);
        let mut lengths: Vec<usize> =
            loops.iter().map(|&s| self.scopes.max_trips(s).unwrap_or(self.capacity)).collect();
        if counts_all {
            lengths[0] = self.longest_total(loops[0]);
            self.count_all(loops[0]);
        }
        let mut tape = Tape { value: v, scope, outermost, loops, lengths, counts_all, array: v };
        tape.array = self.builder.reserve(tape.ty(ty));
        self.tapes.push(tape);
        self.tapes.len() - 1
    }
}

/// The number of the iteration with this index: `(index - start) / step`.
pub(super) fn iteration_of(w: &mut dyn Emit, index: ValueId, start: ValueId, step: i64) -> Result<ValueId> {
    let way = if step > 0 { w.sub(index, start)? } else { w.sub(start, index)? };
    let ty = w.ty(index);
    let stride = i64::try_from(step.unsigned_abs()).unwrap_or(i64::MAX);
    let stride = w.full(Literal::I64(stride).cast(ty.dtype), &[])?;
    w.binary(BinaryOp::Div, way, stride)
}

//! The forward pass: the graph, and the tapes that its reverse reads.

use super::super::TAPE_FULL;
use super::super::activity::first_carry;
use super::super::emit::Emit;
use super::Pass;
use super::saved::{Tape, iteration_of};
use super::scopes::ScopeId;
use crate::dtype::{DType, Literal, Type};
use crate::error::Result;
use crate::graph::{Node, Region, ValueId};
use crate::op::{CmpOp, Op, StoreMode};

/// Where the writing of the forward pass stands.
struct State {
    /// Each tape as far as it is written.
    tapes: Vec<ValueId>,
    /// The loops around, with the number of their iteration.
    iterations: Vec<(ScopeId, ValueId)>,
    /// Those that count over all runs, with the number over all.
    places: Vec<(ScopeId, ValueId)>,
    /// All iterations so far of each loop that counts them.
    totals: Vec<ValueId>,
}

impl State {
    /// The index of an iteration of `scope` on a tape.
    fn index(&self, scope: ScopeId, of_all: bool) -> Option<ValueId> {
        let known = if of_all { &self.places } else { &self.iterations };
        known.iter().find(|(s, _)| *s == scope).map(|(_, iteration)| *iteration)
    }
}

impl Pass<'_> {
    /// Adds the forward pass to the open region.
    pub(super) fn forward(&mut self) -> Result<()> {
        let mut state = State {
            tapes: Vec::new(),
            iterations: Vec::new(),
            places: Vec::new(),
            totals: Vec::with_capacity(self.totals.len()),
        };
        for _ in 0..self.totals.len() {
            state.totals.push((self as &mut dyn Emit).usize(0)?);
        }
        for k in 0..self.tapes.len() {
            let ty = self.builder.graph().ty(self.tapes[k].array).clone();
            state.tapes.push(self.empty_tape(&ty)?);
        }
        let body = &self.graph.body;
        self.forward_nodes(body, 0, &mut state)
    }

    /// What the forward pass writes into. The reverse pass reads what was written, in the same iterations and the same
    /// arms of branches, so it need not be cleared, which takes as long as writing it. Integers may be indices: those of
    /// zeros are in range, whatever is made of the reads later.
    fn empty_tape(&mut self, ty: &Type) -> Result<ValueId> {
        let w: &mut dyn Emit = self;
        if ty.dtype.is_float() && !ty.is_scalar() { w.push(Op::Empty(ty.clone()), &[]) } else { w.zeros(ty) }
    }

    /// The tapes of values inside the regions of `node`.
    fn tapes_through(&self, node: &Node) -> Vec<usize> {
        let inside = |k: &usize| {
            let scope = self.tapes[*k].scope;
            node.regions.iter().any(|r| self.scopes.is_inside(scope, self.scopes.of(r)))
        };
        (0..self.tapes.len()).filter(inside).collect()
    }

    fn forward_nodes(&mut self, region: &Region, scope: ScopeId, state: &mut State) -> Result<()> {
        for node in &region.nodes {
            self.site = node.site;
            let counted = self.counters.contains_key(&std::ptr::from_ref(node));
            let tapes = if node.op.is_control() { self.tapes_through(node) } else { Vec::new() };
            if tapes.is_empty() && !counted && !self.counts_inside(node) {
                self.builder.append(node.clone());
            } else {
                match node.op {
                    Op::Cond | Op::Switch => self.forward_branches(node, scope, &tapes, state)?,
                    _ => self.forward_loop(node, scope, &tapes, state)?,
                }
            }
            self.save(&node.outputs, state)?;
            if let Some(&counter) = self.counters.get(&std::ptr::from_ref(node)) {
                self.save(&[counter.after], state)?;
            }
        }
        Ok(())
    }

    /// A loop inside has a counter.
    fn counts_inside(&self, node: &Node) -> bool {
        let mut found = false;
        for region in &node.regions {
            crate::graph::for_each_node(region, &mut |n| {
                found |= self.counters.contains_key(&std::ptr::from_ref(n));
            });
        }
        found
    }

    /// Writes these values to their tapes.
    fn save(&mut self, values: &[ValueId], state: &mut State) -> Result<()> {
        for &v in values {
            let Some(k) = self.tapes.iter().position(|t| t.value == v) else { continue };
            let ty = self.builder.graph().ty(v).clone();
            if self.tapes[k].loops.is_empty() {
                state.tapes[k] = v;
                continue;
            }
            let axes = self.tapes[k].axes(&ty);
            let mut inputs = vec![state.tapes[k]];
            let Tape { loops, counts_all, .. } = &self.tapes[k];
            inputs
                .extend(loops.iter().enumerate().filter_map(|(n, &s)| state.index(s, n == 0 && *counts_all)));
            inputs.push(v);
            let op = Op::Store { axes, mode: StoreMode::Set, name: Some("tape".into()) };
            state.tapes[k] = (self as &mut dyn Emit).push(op, &inputs)?;
        }
        Ok(())
    }

    /// The id of a tape after `node`, which stands in `scope`.
    fn after(&mut self, tape: usize, scope: ScopeId) -> ValueId {
        let array = self.tapes[tape].array;
        if scope == 0 { array } else { self.builder.reserve(self.builder.graph().ty(array).clone()) }
    }

    fn forward_branches(
        &mut self,
        node: &Node,
        scope: ScopeId,
        tapes: &[usize],
        state: &mut State,
    ) -> Result<()> {
        let (before, totals_before) = (state.tapes.clone(), state.totals.clone());
        let totals = self.totals_through(node);
        let mut regions = Vec::with_capacity(node.regions.len());
        for region in &node.regions {
            let inner = self.scopes.of(region);
            self.builder.open();
            self.forward_nodes(region, inner, state)?;
            let mut results = region.results.clone();
            results.extend(totals.iter().map(|&k| state.totals[k]));
            results.extend(tapes.iter().map(|&k| state.tapes[k]));
            regions.push(self.builder.close(results));
            state.tapes.clone_from(&before);
            state.totals.clone_from(&totals_before);
        }
        let mut outputs = node.outputs.clone();
        self.totals_after(&totals, state, &mut outputs);
        for &k in tapes {
            state.tapes[k] = self.after(k, scope);
            outputs.push(state.tapes[k]);
        }
        self.builder.append(Node { regions, outputs, ..node.clone() });
        Ok(())
    }

    fn forward_loop(
        &mut self,
        node: &Node,
        scope: ScopeId,
        tapes: &[usize],
        state: &mut State,
    ) -> Result<()> {
        let counter = self.counters.get(&std::ptr::from_ref(node)).copied();
        let (body, _) = super::activity::loop_body(node);
        let inner = self.scopes.of(body);
        let recorded = tapes.iter().any(|&k| self.tapes[k].loops.contains(&inner));
        let limited = recorded && self.scopes.max_trips(inner).is_none();
        let totals = self.totals_through(node);
        let own = self.open_total(inner, &state.totals);
        if let Some(k) = own {
            self.save(&[self.totals[k].before], state)?;
        }
        let mut inputs = node.inputs.clone();
        if counter.is_some() {
            inputs.push((self as &mut dyn Emit).usize(0)?);
        }
        inputs.extend(totals.iter().map(|&k| state.totals[k]));
        inputs.extend(tapes.iter().map(|&k| state.tapes[k]));
        if let (true, Op::For { .. }) = (limited, &node.op) {
            self.check_length(node.inputs[1], CmpOp::Le, self.capacity)?;
        }
        let of_for = match (own, &node.op) {
            (Some(k), Op::For { .. }) => Some(self.trips_in_total(k, node.inputs[1])?),
            _ => None,
        };
        let mut regions = Vec::with_capacity(node.regions.len());
        let extra: Vec<Type> =
            tapes.iter().map(|&k| self.builder.graph().ty(self.tapes[k].array).clone()).collect();
        let of_totals = vec![Type::scalar(DType::Usize); totals.len()];
        if node.op == Op::While {
            let test = &node.regions[0];
            self.builder.reopen(test.clone());
            if counter.is_some() {
                self.builder.param(Type::scalar(DType::Usize), None);
            }
            of_totals.iter().chain(&extra).for_each(|ty| {
                self.builder.param(ty.clone(), None);
            });
            regions.push(self.builder.close(test.results.clone()));
        }
        self.builder.reopen(Region { params: body.params.clone(), ..Region::default() });
        let mut results = body.results.clone();
        if let Some(counter) = counter {
            let mut region = self.builder.close(Vec::new());
            region.params.push(counter.inside);
            self.builder.reopen(region);
        }
        for (&k, ty) in totals.iter().zip(&of_totals) {
            state.totals[k] = self.builder.param(ty.clone(), None);
        }
        for (&k, ty) in tapes.iter().zip(&extra) {
            state.tapes[k] = self.builder.param(ty.clone(), None);
        }
        let iteration = match (&node.op, counter) {
            (Op::For { step, .. }, _) => self.forward_iteration(body.params[0], node.inputs[0], *step)?,
            (_, Some(counter)) => counter.inside,
            _ => body.params[0],
        };
        if let (true, Some(counter)) = (limited, counter) {
            self.check_length(counter.inside, CmpOp::Lt, self.capacity)?;
        }
        state.iterations.push((inner, iteration));
        if let Some(k) = own {
            let place = self.place_in_total(k, iteration, of_for.is_none())?;
            state.places.push((inner, place));
        }
        self.save(&body.params, state)?;
        self.forward_nodes(body, inner, state)?;
        state.iterations.pop();
        if own.is_some() {
            state.places.pop();
        }
        self.site = node.site;
        if let Some(counter) = counter {
            let w: &mut dyn Emit = self;
            let one = w.usize(1)?;
            results.push(w.add(counter.inside, one)?);
        }
        results.extend(totals.iter().map(|&k| state.totals[k]));
        results.extend(tapes.iter().map(|&k| state.tapes[k]));
        regions.push(self.builder.close(results));
        let mut outputs = node.outputs.clone();
        outputs.extend(counter.map(|c| c.after));
        self.totals_after(&totals, state, &mut outputs);
        for &k in tapes {
            state.tapes[k] = self.after(k, scope);
            outputs.push(state.tapes[k]);
        }
        debug_assert_eq!(inputs.len() - first_carry(&node.op), outputs.len());
        let op = match node.op {
            // An iteration waits for the one before to have counted.
            Op::For { step, .. } if !totals.is_empty() => Op::For { step, parallel: false },
            _ => node.op.clone(),
        };
        self.builder.append(Node { op, inputs, outputs, regions, site: node.site });
        if let Some(k) = own {
            state.totals[k] = match of_for {
                Some(after) => after,
                None => self.after_while(k, counter)?,
            };
        }
        Ok(())
    }

    /// The ids of totals after a node.
    fn totals_after(&mut self, totals: &[usize], state: &mut State, outputs: &mut Vec<ValueId>) {
        for &k in totals {
            state.totals[k] = self.builder.reserve(Type::scalar(DType::Usize));
            outputs.push(state.totals[k]);
        }
    }

    fn forward_iteration(&mut self, index: ValueId, start: ValueId, step: i64) -> Result<ValueId> {
        let zero = self
            .scopes
            .definition(start)
            .is_some_and(|n| matches!(n.op, Op::Const(literal) if literal.as_i128() == Some(0)));
        if step == 1 && zero { Ok(index) } else { iteration_of(self, index, start, step) }
    }

    /// Tapes of that capacity hold that many iterations.
    pub(super) fn check_length(&mut self, n: ValueId, op: CmpOp, capacity: usize) -> Result<()> {
        let capacity = i64::try_from(capacity).unwrap_or(i64::MAX);
        let site = self.site;
        let w: &mut dyn Emit = self;
        let ty = w.ty(n);
        let most = w.push(Op::Const(Literal::I64(capacity).cast(ty.dtype)), &[])?;
        let fits = w.compare(op, n, most)?;
        self.builder.push(Op::Check { message: TAPE_FULL.into(), user: false }, vec![fits], site)?;
        Ok(())
    }
}

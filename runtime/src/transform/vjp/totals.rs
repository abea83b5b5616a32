//! Long tapes of loops inside other loops whose iterations nothing bounds. With a place for each iteration of each run
//! they would be as long as the longest run times the number of runs; they are as long as all runs together instead.
//!
//! ```text
//! for i in 0..n { while .. { tape[total + k] = x; .. }  total += trips }
//! ```
//!
//! What a run finds as `total` is a value of the region around it, which its reverse asks for like for any other. Since
//! the loops around carry it, their iterations wait for each other: short tapes have a place for each iteration of each
//! run.

use super::super::emit::Emit;
use super::saved::Tape;
use super::scopes::{ScopeId, Scopes};
use super::{Counter, Pass};
use crate::dtype::{DType, Literal, Type};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Node, ValueId};
use crate::op::{BinaryOp, CmpOp, Op};

/// Places of a tape that is not long.
const SHORT: usize = 1 << 22;

/// How many times longer the longest run is than the average one, at a guess.
const SPREAD: usize = 64;

/// All iterations of a loop so far, where it stands inside other loops.
#[derive(Clone, Copy)]
pub(super) struct Total {
    /// The body of the loop.
    pub scope: ScopeId,
    /// Those before a run.
    pub before: ValueId,
}

impl Pass<'_> {
    /// The loops that index a tape, outermost first, of those that its value depends on; of the first one all runs are
    /// counted together if that is said.
    pub(super) fn indices(&self, all: Vec<ScopeId>) -> (Vec<ScopeId>, bool) {
        match all.iter().rposition(|&s| self.scopes.max_trips(s).is_none()) {
            Some(k) if k > 0 && self.longest(all[k], self.capacity) > SHORT => (all[k..].to_vec(), true),
            _ => (all, false),
        }
    }

    /// The places for iterations of a loop, with so many for each run of a loop around that nothing bounds.
    fn longest(&self, scope: ScopeId, unknown: usize) -> usize {
        let around = self.scopes.loops(self.scopes.list[scope].parent);
        let runs = around.into_iter().map(|s| self.scopes.max_trips(s).unwrap_or(unknown));
        runs.fold(self.capacity, usize::saturating_mul)
    }

    /// The iterations of all runs of a loop that a tape holds.
    pub(super) fn longest_total(&self, scope: ScopeId) -> usize {
        (self.longest(scope, 1) / SPREAD).max(self.capacity)
    }

    /// Counts the iterations of a loop over all of its runs.
    pub(super) fn count_all(&mut self, scope: ScopeId) {
        if self.totals.iter().all(|total| total.scope != scope) {
            let before = self.builder.reserve(Type::scalar(DType::Usize));
            self.scopes.adopt(before, self.scopes.list[scope].parent);
            self.totals.push(Total { scope, before });
        }
    }

    fn total(&self, scope: ScopeId) -> Option<usize> {
        self.totals.iter().position(|total| total.scope == scope)
    }

    /// The totals of loops in the regions of `node`, or of the loop that it is.
    pub(super) fn totals_through(&self, node: &Node) -> Vec<usize> {
        let inside = |k: &usize| {
            let scope = self.totals[*k].scope;
            let own = self.scopes.list[scope].node.is_some_and(|n| std::ptr::eq(n, node));
            !own && node.regions.iter().any(|r| self.scopes.is_inside(scope, self.scopes.of(r)))
        };
        (0..self.totals.len()).filter(inside).collect()
    }

    /// Where the iteration that is being reversed stands on tapes of all runs of a loop.
    pub(super) fn place_of_all(&mut self, scope: ScopeId, iteration: ValueId) -> Result<ValueId> {
        let Some(k) = self.total(scope) else { return Err(missing()) };
        let before = self.request(self.totals[k].before)?;
        let w: &mut dyn Emit = self;
        let iteration = w.cast(iteration, DType::Usize)?;
        w.add(before, iteration)
    }

    /// Before a run of the loop in the forward pass: gives what stands before it a name. Gives the position of its total.
    pub(super) fn open_total(&mut self, scope: ScopeId, totals: &[ValueId]) -> Option<usize> {
        let k = self.total(scope)?;
        let (inputs, outputs) = (vec![totals[k]], vec![self.totals[k].before]);
        let (op, site) = (Op::Reshape(Vec::new()), self.site);
        self.builder.append(Node { op, inputs, outputs, regions: Vec::new(), site });
        Some(k)
    }

    /// The place of an iteration of the forward pass on tapes of all runs; `counts` is the number of that iteration, where
    /// nothing but the iterations says how many there are.
    pub(super) fn place_in_total(&mut self, k: usize, iteration: ValueId, counts: bool) -> Result<ValueId> {
        let before = self.totals[k].before;
        let w: &mut dyn Emit = self;
        let iteration = w.cast(iteration, DType::Usize)?;
        let place = w.add(before, iteration)?;
        if counts {
            let longest = self.longest_total(self.totals[k].scope);
            self.check_length(place, CmpOp::Lt, longest)?;
        }
        Ok(place)
    }

    /// The iterations of a `for` loop as the total counts them; the tapes hold them.
    pub(super) fn trips_in_total(&mut self, k: usize, count: ValueId) -> Result<ValueId> {
        let Total { scope, before } = self.totals[k];
        let longest = self.longest_total(scope);
        let w: &mut dyn Emit = self;
        let dtype = w.ty(count).dtype;
        let zero = w.full(Literal::zero(dtype), &[])?;
        let count = w.binary(BinaryOp::Max, count, zero)?;
        let count = w.cast(count, DType::Usize)?;
        // Neither alone may be too large for the sum of both.
        self.check_length(count, CmpOp::Le, longest)?;
        let w: &mut dyn Emit = self;
        let after = w.add(before, count)?;
        self.check_length(after, CmpOp::Le, longest)?;
        Ok(after)
    }

    /// The total after a `while` loop.
    pub(super) fn after_while(&mut self, k: usize, counter: Option<Counter>) -> Result<ValueId> {
        let Some(counter) = counter else { return Err(missing()) };
        let before = self.totals[k].before;
        (self as &mut dyn Emit).add(before, counter.after)
    }
}

fn missing() -> Error {
    Error::new(ErrorKind::Verify, "the iterations of a loop are not counted")
}

impl Tape {
    /// The places of all iterations of the outermost loop over the number of its iterations.
    pub(super) fn places_of_iteration(&self, scopes: &Scopes<'_>) -> f64 {
        let all: f64 = self.lengths.iter().map(|&n| n as f64).product();
        let trips = match self.counts_all {
            true => self.outermost.and_then(|s| scopes.max_trips(s)),
            false => self.lengths.first().copied(),
        };
        all / trips.unwrap_or(1).max(1) as f64
    }
}

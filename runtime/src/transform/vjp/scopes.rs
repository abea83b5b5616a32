//! The nesting of a graph's regions: where each value is defined, and how often its region runs.

use crate::dtype::DType;
use crate::graph::{Graph, Node, Region, ValueId, uses};
use crate::hash::HashMap;
use crate::op::range::{self, Range};
use crate::op::{BinaryOp, Op};
use std::cell::RefCell;

/// One region, by position in [`Scopes::list`]; the body of the graph is 0.
pub(super) type ScopeId = usize;

pub(super) struct Scope<'g> {
    pub parent: ScopeId,
    /// The control node whose region it is; none for the body of the graph.
    pub node: Option<&'g Node>,
    pub region: &'g Region,
}

impl Scope<'_> {
    /// It is the body of a loop.
    pub fn is_loop(&self) -> bool {
        self.node.is_some_and(|n| matches!(n.op, Op::For { .. } | Op::While))
    }
}

pub(super) struct Scopes<'g> {
    graph: &'g Graph,
    pub list: Vec<Scope<'g>>,
    owner: HashMap<ValueId, ScopeId>,
    definition: HashMap<ValueId, &'g Node>,
    of_region: HashMap<*const Region, ScopeId>,
    /// Bounds that were asked for.
    ranges: RefCell<HashMap<ValueId, Option<Range>>>,
    /// Loops that were asked for.
    varying: RefCell<HashMap<ValueId, Vec<ScopeId>>>,
}

/// Trips of a loop of which nothing is known, for estimates.
const UNKNOWN_TRIPS: f64 = 1000.0;

/// A bound of more iterations is none: `n - k.min(4)` of an `i64` that may be as little as -2^63.
const MANY: usize = 1 << 40;

/// Longer chains of values are not followed.
const MAX_DEPTH: usize = 100;

impl<'g> Scopes<'g> {
    pub fn new(graph: &'g Graph) -> Scopes<'g> {
        let mut scopes = Scopes {
            graph,
            list: Vec::new(),
            owner: HashMap::default(),
            definition: HashMap::default(),
            of_region: HashMap::default(),
            ranges: RefCell::default(),
            varying: RefCell::default(),
        };
        scopes.add(0, None, &graph.body);
        scopes
    }

    fn add(&mut self, parent: ScopeId, node: Option<&'g Node>, region: &'g Region) {
        let id = self.list.len();
        self.list.push(Scope { parent, node, region });
        self.of_region.insert(std::ptr::from_ref(region), id);
        self.owner.extend(region.params.iter().map(|&p| (p, id)));
        for node in &region.nodes {
            for &v in &node.outputs {
                self.owner.insert(v, id);
                self.definition.insert(v, node);
            }
            for inner in &node.regions {
                self.add(id, Some(node), inner);
            }
        }
    }

    /// The scope of a region of the graph.
    pub fn of(&self, region: &Region) -> ScopeId {
        self.of_region.get(&std::ptr::from_ref(region)).copied().unwrap_or(0)
    }

    /// Where a value is defined; values that are not of the graph count as the body's.
    pub fn owner(&self, v: ValueId) -> ScopeId {
        self.owner.get(&v).copied().unwrap_or(0)
    }

    /// A value that a pass adds to a scope.
    pub fn adopt(&mut self, v: ValueId, scope: ScopeId) {
        self.owner.insert(v, scope);
    }

    pub fn definition(&self, v: ValueId) -> Option<&'g Node> {
        self.definition.get(&v).copied()
    }

    /// `inner` is `outer` or inside it.
    pub fn is_inside(&self, mut inner: ScopeId, outer: ScopeId) -> bool {
        while inner > outer {
            inner = self.list[inner].parent;
        }
        inner == outer
    }

    /// The loops around the nodes of a scope, outermost first, itself included.
    pub fn loops(&self, mut scope: ScopeId) -> Vec<ScopeId> {
        let mut loops = Vec::new();
        while scope != 0 {
            if self.list[scope].is_loop() {
                loops.push(scope);
            }
            scope = self.list[scope].parent;
        }
        loops.reverse();
        loops
    }

    /// The most trips that the loop of this scope makes, where that is known.
    pub fn max_trips(&self, scope: ScopeId) -> Option<usize> {
        let node = self.list[scope].node?;
        match node.op {
            Op::For { .. } => {
                let most = self.range(node.inputs[1], 0)?.1.max(0);
                usize::try_from(most).ok().filter(|&most| most <= MANY)
            }
            _ => None,
        }
    }

    /// The loops around a value whose iterations it depends on, outermost first: in `for i { for j { cos(x[j]) } }` that is
    /// the inner one alone.
    pub fn loops_of(&self, v: ValueId) -> Vec<ScopeId> {
        self.varying(v, 0)
    }

    fn varying(&self, v: ValueId, depth: usize) -> Vec<ScopeId> {
        if let Some(known) = self.varying.borrow().get(&v) {
            return known.clone();
        }
        let owner = self.owner(v);
        let around = self.loops(owner);
        let inputs: Vec<ValueId> = match self.definition(v) {
            _ if around.is_empty() || depth > MAX_DEPTH => return around,
            Some(node) => uses(node),
            None => {
                // The index of a `for`; whatever else a loop carries may depend on all loops around.
                let scope = &self.list[owner];
                let index = scope.region.params.first() == Some(&v);
                match scope.node {
                    Some(node) if index && matches!(node.op, Op::For { .. }) => vec![node.inputs[0]],
                    _ => return around,
                }
            }
        };
        let own = self.definition(v).is_none();
        let mut found: Vec<ScopeId> = inputs.into_iter().flat_map(|u| self.varying(u, depth + 1)).collect();
        found.extend(own.then_some(owner));
        let loops: Vec<ScopeId> = around.into_iter().filter(|l| found.contains(l)).collect();
        self.varying.borrow_mut().insert(v, loops.clone());
        loops
    }

    /// About how many values it has.
    pub fn values(&self, v: ValueId) -> f64 {
        let trips = |s| self.max_trips(s).map_or(UNKNOWN_TRIPS, |n| n as f64);
        self.loops_of(v).into_iter().map(trips).product()
    }

    /// The smallest and largest value of an integer, where constants and loops bound it.
    fn range(&self, v: ValueId, depth: usize) -> Option<Range> {
        if depth > 32 {
            return None;
        }
        if let Some(&known) = self.ranges.borrow().get(&v) {
            return known;
        }
        let found = self.find_range(v, depth).and_then(|(found, dtype)| range::within(found, dtype));
        self.ranges.borrow_mut().insert(v, found);
        found
    }

    fn find_range(&self, v: ValueId, depth: usize) -> Option<(Range, DType)> {
        let of = |v| self.range(v, depth + 1);
        let Some(node) = self.definition(v) else {
            // The index of a loop.
            let scope = &self.list[self.owner(v)];
            let node = scope.node.filter(|_| scope.region.params.first() == Some(&v))?;
            let Op::For { step, .. } = node.op else { return None };
            let dtype = self.graph.ty(v).dtype;
            return Some((range::index(of(node.inputs[0])?, of(node.inputs[1])?, step)?, dtype));
        };
        let dtype = self.graph.ty(v).dtype;
        let found = match node.op {
            Op::Const(literal) if literal.dtype().is_int() => literal.as_i128().map(|n| (n, n)),
            Op::Binary(BinaryOp::Min) => match (of(node.inputs[0]), of(node.inputs[1])) {
                (Some(a), Some(b)) => range::binary(BinaryOp::Min, a, b),
                // Of the lesser of a number and anything the upper end is known.
                (one, other) => Some((range::limits(dtype)?.0, one.or(other)?.1)),
            },
            Op::Binary(op) => range::binary(op, of(node.inputs[0])?, of(node.inputs[1])?),
            Op::Select => Some(range::either(of(node.inputs[1])?, of(node.inputs[2])?)),
            _ => None,
        };
        Some((found?, dtype))
    }
}

//! The data of a graph: values, nodes, regions. No behaviour beyond access.

pub use crate::dtype::Type;
use crate::error::Location;
use crate::op::Op;
use std::fmt;
use std::sync::Arc;

/// One SSA value: an index into [`Graph::values`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ValueId(pub u32);

impl ValueId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}
impl fmt::Display for ValueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "%{}", self.0)
    }
}
impl fmt::Debug for ValueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What is known of a value.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueInfo {
    /// Its type.
    pub ty: Type,
    /// The user's name for it, where there is one (parameters, carries).
    pub name: Option<Arc<str>>,
}

/// An index into [`Graph::sites`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SiteId(pub u32);

/// One equation: outputs = op(inputs), with nested regions for control flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The operation.
    pub op: Op,
    /// Operands. Regions may also use any value of the scopes around them.
    pub inputs: Vec<ValueId>,
    /// Results; one, except for control flow (one per carry or branch result) and `Check` (none).
    pub outputs: Vec<ValueId>,
    /// Nested regions, as the op prescribes.
    pub regions: Vec<Region>,
    /// Where in the user's source it came from.
    pub site: SiteId,
}

/// A straight-line list of nodes with parameters and results.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Region {
    /// Values defined on entry.
    pub params: Vec<ValueId>,
    /// Nodes in order; a node uses only values defined before it, here or in an enclosing region.
    pub nodes: Vec<Node>,
    /// The values that the region yields.
    pub results: Vec<ValueId>,
}

/// A staged function: functional SSA over tensors.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    /// The function's name.
    pub name: Arc<str>,
    /// Every value, indexed by [`ValueId`].
    pub values: Vec<ValueInfo>,
    /// Places in the user's source, indexed by [`SiteId`]. Site 0 always exists.
    pub sites: Vec<Location>,
    /// The body: its parameters are the function's traced arguments, its results the outputs.
    pub body: Region,
    /// The static fields of the structs among its results, in order: known, and so no results of the body.
    pub statics: Vec<crate::dtype::Literal>,
    /// For each result, how many of its first axes are those of lists of structs that it is a field of.
    pub(crate) list_depths: Vec<usize>,
}

impl Graph {
    /// The type of a value.
    pub fn ty(&self, v: ValueId) -> &Type {
        &self.values[v.index()].ty
    }
    /// How many nodes it has, those inside loops and branches too.
    pub(crate) fn node_count(&self) -> usize {
        let mut count = 0;
        super::for_each_node(&self.body, &mut |_| count += 1);
        count
    }
    /// The place a node came from.
    pub fn location(&self, site: SiteId) -> &Location {
        &self.sites[site.0 as usize]
    }
    /// Adds a value.
    pub fn new_value(&mut self, ty: Type, name: Option<Arc<str>>) -> ValueId {
        self.values.push(ValueInfo { ty, name });
        ValueId(self.values.len() as u32 - 1)
    }
}

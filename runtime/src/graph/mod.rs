//! The graph: functional SSA over tensors with nested regions, spans on every node, a verifier, and a
//! textual form that prints and parses back.

mod analysis;
mod builder;
mod dot;
mod inline;
mod parse;
mod print;
mod types;
mod verify;

pub(crate) use analysis::{
    captures, closed, constant, for_each_node, may_fail, remove_nodes, uses, visit_regions,
};
pub(crate) use builder::Builder;
pub(crate) use inline::{Copy, as_region, inline};
pub(crate) use print::title;
pub use types::{Graph, Node, Region, SiteId, Type, ValueId, ValueInfo};

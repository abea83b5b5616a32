//! Which values of the forward pass are computed again in the reverse pass: those whose tapes would be no smaller than
//! the tapes of what they are computed from, and that cost little.

use super::Pass;
use crate::graph::{Node, ValueId, uses};
use crate::hash::HashMap;
use crate::op::{BinaryOp, Op, UnaryOp};

/// Leaves of a computation beyond which it is not worth to look.
const MAX_LEAVES: usize = 12;
/// Depth of a computation, the same.
pub(super) const MAX_DEPTH: usize = 100;
/// Taping an array whole must cost this many times as much as taping what is read of it, to be refused.
const FAVOUR_SHARED: f64 = 2.0;

/// Nodes of a branch that is made again.
const MAX_BRANCH: usize = 24;

impl<'g> Pass<'g> {
    /// The node that computes `v` again, if it is cheap.
    pub(super) fn again(&self, v: ValueId) -> Option<&'g Node> {
        let node = self.scopes.definition(v)?;
        let elementwise = matches!(
            node.op,
            Op::Unary(_) | Op::Binary(_) | Op::Compare(_) | Op::Select | Op::MulAdd | Op::Cast(_)
        );
        let moved = matches!(
            node.op,
            Op::Const(_)
                | Op::Iota { .. }
                | Op::Broadcast(_)
                | Op::Reshape(_)
                | Op::Transpose(_)
                | Op::Stack
                | Op::Load { .. }
                | Op::Take { .. }
        );
        let cheap = elementwise || moved || self.is_small_branch(node);
        cheap.then_some(node)
    }

    /// A branch of a few scalars, without functions: those cost more than a place of a tape (W7-X's gradient took 3.5
    /// times as long when the sines and cosines of its modes were computed again).
    fn is_small_branch(&self, node: &Node) -> bool {
        let mut count = 0;
        matches!(node.op, Op::Cond | Op::Switch)
            && node.outputs.iter().all(|&v| self.builder.graph().ty(v).is_scalar())
            && node.regions.iter().flat_map(|r| &r.nodes).all(|n| {
                count += 1;
                let scalar = n.outputs.iter().all(|&v| self.builder.graph().ty(v).is_scalar());
                scalar
                    && count <= MAX_BRANCH
                    && matches!(
                        n.op,
                        Op::Const(_)
                            | Op::Unary(UnaryOp::Neg | UnaryOp::Not | UnaryOp::Abs | UnaryOp::Signum)
                            | Op::Binary(
                                BinaryOp::Add
                                    | BinaryOp::Sub
                                    | BinaryOp::Mul
                                    | BinaryOp::Div
                                    | BinaryOp::Min
                                    | BinaryOp::Max
                                    | BinaryOp::And
                                    | BinaryOp::Or
                                    | BinaryOp::Xor
                                    | BinaryOp::WrappingAdd
                                    | BinaryOp::WrappingSub
                                    | BinaryOp::WrappingMul
                            )
                            | Op::Compare(_)
                            | Op::Select
                            | Op::MulAdd
                            | Op::Cast(_)
                            | Op::Load { .. }
                    )
            })
    }

    /// The elements of a tape of `v`.
    fn tape_size(&self, v: ValueId) -> f64 {
        let ty = self.builder.graph().ty(v);
        ty.count() as f64 * self.scopes.values(v)
    }

    /// The values that must be taped to have `v`: itself, or what it is computed from.
    pub(super) fn leaves(
        &self,
        v: ValueId,
        known: &mut HashMap<ValueId, Vec<ValueId>>,
        depth: usize,
    ) -> Vec<ValueId> {
        if let Some(leaves) = known.get(&v) {
            return leaves.clone();
        }
        let owner = self.scopes.owner(v);
        // What is there already costs nothing, but for the one in question.
        if owner == 0 || (depth > 0 && self.is_here(v)) {
            return Vec::new();
        }
        let itself = vec![v];
        let Some(node) = self.again(v).filter(|_| depth < MAX_DEPTH) else {
            known.insert(v, itself.clone());
            return itself;
        };
        known.insert(v, itself.clone());
        let mut leaves: Vec<ValueId> = Vec::new();
        for input in uses(node) {
            for leaf in self.leaves(input, known, depth + 1) {
                if !leaves.contains(&leaf) {
                    leaves.push(leaf);
                }
            }
            if leaves.len() > MAX_LEAVES {
                return itself;
            }
        }
        let cost: f64 = leaves.iter().map(|&leaf| self.tape_size(leaf)).sum();
        if cost > FAVOUR_SHARED * self.tape_size(v) {
            return itself;
        }
        known.insert(v, leaves.clone());
        leaves
    }
}

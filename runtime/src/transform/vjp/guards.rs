//! Arms of selects. Where a condition does not choose an arm its cotangent is 0, but what the arm is computed from
//! may have an infinite derivative there, and 0 times infinity is NaN. What belongs to one arm alone is therefore
//! differentiated under the condition: its cotangents are 0 where the arm is not chosen, whatever the factors are.

use super::scopes::Scopes;
use crate::graph::{Graph, Node, ValueId, visit_regions};
use crate::hash::{HashMap, HashSet};
use crate::op::Op;

/// The condition of a select, and what it is where the arm is chosen.
pub(super) type Guard = (ValueId, bool);

/// The guards of values that are used by one arm of a select and by nothing else.
pub(super) fn find(graph: &Graph, scopes: &Scopes<'_>) -> HashMap<ValueId, Guard> {
    let mut users: HashMap<ValueId, Vec<&Node>> = HashMap::default();
    let mut yielded: HashSet<ValueId> = HashSet::default();
    visit_regions(&graph.body, &mut |region| {
        yielded.extend(region.results.iter().copied());
        for node in &region.nodes {
            node.inputs.iter().for_each(|&v| users.entry(v).or_default().push(node));
        }
    });
    let mut guards: HashMap<ValueId, Guard> = HashMap::default();
    let mut selects: Vec<&Node> = Vec::new();
    crate::graph::for_each_node(&graph.body, &mut |n| selects.extend((n.op == Op::Select).then_some(n)));
    for select in selects {
        for (arm, chosen) in [(1, true), (2, false)] {
            let guard = (select.inputs[0], chosen);
            let mut todo = vec![select.inputs[arm]];
            while let Some(v) = todo.pop() {
                let Some(node) = scopes.definition(v) else { continue };
                let inside = |user: &&Node| match std::ptr::eq(*user, select) {
                    true => select.inputs[3 - arm] != v && select.inputs[0] != v,
                    false => guards.get(&user.outputs[0]) == Some(&guard),
                };
                let alone = !yielded.contains(&v)
                    && users
                        .get(&v)
                        .is_some_and(|list| list.iter().all(|u| !u.outputs.is_empty() && inside(u)));
                let beside = scopes.owner(v) == scopes.owner(select.outputs[0]);
                let alike = graph.ty(v).shape == graph.ty(select.inputs[0]).shape;
                if alone && beside && alike && is_elementwise(node) && !guards.contains_key(&v) {
                    guards.insert(v, guard);
                    todo.extend(&node.inputs);
                }
            }
        }
    }
    guards
}

/// Its result depends on its operands place by place.
fn is_elementwise(node: &Node) -> bool {
    matches!(node.op, Op::Unary(_) | Op::Binary(_) | Op::MulAdd | Op::Cast(_) | Op::Select)
}

//! Graphviz output.

use desc_jit::prelude::*;

#[desc_jit]
fn looped(x: &Array1<f64>) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += x[i];
    }
    s
}

#[test]
fn every_value_has_a_node_and_braces_match() {
    let dot = looped::graph(&Array1::ones(3)).unwrap().to_dot();
    assert!(dot.starts_with("digraph \"looped\" {") && dot.trim_end().ends_with('}'));
    assert_eq!(dot.matches('{').count(), dot.matches('}').count(), "{dot}");
    assert!(dot.contains("subgraph cluster_") && dot.contains("load") && dot.contains("->"), "{dot}");
}

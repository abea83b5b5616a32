//! The verifier names the failing equation.

use desc_jit::{ErrorKind, Graph};

fn refuse(body: &str, wanted: &str) {
    let text = format!("graph f(%0: f64[3], %1: f64, %2: usize, %3: bool) {{ {body} }}");
    let error = text.parse::<Graph>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Verify, "{error}");
    assert!(error.to_string().contains(wanted), "{text} gives:\n{error}\nwhich lacks {wanted:?}");
}

#[test]
fn broken_graphs_are_refused() {
    refuse("return %9", "%9 is used but not defined here");
    refuse("%4: f64[3] = add(%0, %1) return %4", "`+` takes operands of one shape");
    refuse("%4: f64 = sin(%0) return %4", "the result is [f64[3]], not [f64]");
    refuse("%4: f64 = sin(%2) return %4", "`sin` does not take usize");
    refuse("%4: f64 = load{at;}(%0, %1) return %4", "an index is an integer scalar");
    refuse("%4: f64[3] = load{0:4:1;}(%0) return %4", "reaches outside");
    refuse("%4: f64[3] = store{set; at;}(%0, %2, %0) return %4", "cannot store f64[3]");
    refuse("%4: f64 = select(%2, %1, %1) return %4", "select");
    refuse(
        "%4: f64 = cond(%3) { () %5: f64 = sin(%1) yield %5 } { () yield %0 } return %4",
        "a region yields [f64], not [f64[3]]",
    );
    refuse(
        "%4: f64 = cond(%3) { () %5: f64 = sin(%1) yield %5 } { () yield %5 } return %4",
        "%5 is used but not defined",
    );
    refuse(
        "%4: f64 = for{0}(%2, %2, %1) { (%5: usize, %6: f64) yield %6 } return %4",
        "a loop's step is not 0",
    );
    refuse("%4: f64 = for{1}(%2, %2, %1) { (%5: usize) yield %1 } return %4", "a region's parameters");
    refuse(
        "%4: f64 = while(%1) { (%5: f64) yield %5 } { (%6: f64) yield %6 } return %4",
        "a region yields [bool]",
    );
    refuse("%4: f64 = sin(%1) { () yield } return %4", "only control flow has regions");
}

#[test]
fn the_failing_equation_is_quoted() {
    let error = "graph f(%0: f64, %1: f32) {\n  %2: f64 = add(%0, %1) @0:7:9:1\n  return %2\n}\nsource 0 \"a.rs\" f\n"
        .parse::<Graph>()
        .unwrap_err()
        .to_string();
    assert!(error.contains("%2: f64 = add(%0, %1)") && error.contains("a.rs:7:9"), "{error}");
}

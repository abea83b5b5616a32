//! What is printed parses back to the same text.

use desc_jit::prelude::*;

#[desc_jit]
fn everything(x: &Array2<f64>, n: usize, c: bool) -> (f64, Array1<f64>) {
    let mut s = 0.0;
    let mut v = [0.5; 4];
    for i in (0..n).rev().step_by(2) {
        let row = x.row(i % 2);
        s += row.sum() + x[[i % 2, 0]].powi(2);
        v[i % 4] += s;
        while s > 100.0 {
            s = s / 2.0 - 1.0;
        }
    }
    let m = x.dot(&x.t());
    let w = if c && n > 2 { m.row(0).to_owned() } else { m.column(0) * 2.0 };
    let y = switch(n, [|a: f64| a + 1.0, |a: f64| a * 2.0], s.max(v[0]));
    (y, w.at(0).add(f64::INFINITY) + x.slice(s![..;-1, 0]).mapv(|t| (t as i64 as f64).sin()))
}

#[test]
fn printing_and_parsing_are_inverse() {
    let graph = everything::graph(&Array2::ones((2, 3)), 5, true).unwrap();
    graph.verify().unwrap();
    let text = graph.to_string();
    let parsed: Graph = text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"));
    assert_eq!(parsed.to_string(), text);
}

#[test]
fn a_small_graph_reads_well() {
    #[desc_jit]
    fn axpy(a: f64, x: &Array1<f64>) -> Array1<f64> {
        a * x
    }
    let graph = axpy::graph(2.0, &Array1::zeros(3)).unwrap();
    let lines: Vec<String> = graph.to_string().lines().map(str::to_string).collect();
    assert_eq!(lines[0], r#"graph axpy(%0 "a": f64, %1 "x": f64[3]) {"#);
    assert!(lines[1].starts_with("  %2: f64[3] = broadcast(%0) @0:"), "{}", lines[1]);
    assert!(lines[2].starts_with("  %3: f64[3] = mul(%2, %1) @0:"), "{}", lines[2]);
    assert_eq!(lines[3..5], ["  return %3".to_string(), "}".to_string()]);
    assert!(lines[5].starts_with("source 0 ") && lines[5].ends_with("axpy"), "{}", lines[5]);
}

#[test]
fn bad_text_says_where() {
    for (text, wanted) in [
        ("graf f() {}", "expected `graph`"),
        (
            "graph f() {\n %0: f64 = frobnicate()\n return %0\n}",
            "line 2 of the graph: there is no op `frobnicate`",
        ),
        ("graph f(%0: f65) { return }", "`f65` is not a type"),
        ("graph f(%0: f64[99999999999,99999999999]) { return }", "does not fit in memory"),
        ("graph f(%0: f64) { return %0", "expected `}`"),
        ("graph f(%0: f64, %0: f64) { return }", "%0 is defined twice"),
        ("graph f() { %0: i32 = const{99999999999}() return }", "not a number that fits"),
        ("graph f() { check{\"x}() return }", "does not end"),
        ("graph f() { return %77777777777 }", "is not a value"),
        ("graph f() { return %4000000000 }", "expected a value"),
        ("", "ends too early"),
    ] {
        let error = text.parse::<Graph>().unwrap_err().to_string();
        assert!(error.contains(wanted), "{text:?} gives {error:?}, which lacks {wanted:?}");
    }
}

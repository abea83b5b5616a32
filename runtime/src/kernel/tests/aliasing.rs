//! Versions of arrays that share buffers, or must not.

use super::{Value, agree, graph};
use crate::dtype::Literal;

fn u() -> Value {
    Value::f64s(&[1.0, 2.0, 3.0, 4.0])
}

/// A loop of three trips over the carries and body given.
fn looped(params: &str, inits: &str, carries: &str, body: &str, results: &str) -> crate::graph::Graph {
    let outputs: Vec<String> = (0..inits.split(',').count()).map(|k| format!("%{}", 90 + k)).collect();
    let typed: Vec<String> = outputs.iter().map(|o| format!("{o}: f64[4]")).collect();
    graph(&format!(
        r#"graph f({params}) {{
             %80: usize = const{{0}}()
             %81: usize = const{{3}}()
             %82: f64 = const{{10.0}}()
             %83: usize = const{{1}}()
             {typed} = for{{1}}(%80, %81, {inits}) {{
               (%9: usize, {carries})
               {body}
               yield {results}
             }}
             return {outputs}
           }}"#,
        typed = typed.join(", "),
        outputs = outputs.join(", "),
    ))
}

#[test]
fn an_array_is_carried_and_also_read_from_outside() {
    let g = looped(
        r#"%0 "u": f64[4]"#,
        "%0",
        "%1: f64[4]",
        r#"%2: f64 = load{at; "u"}(%0, %9)
           %3: f64 = load{at; "v"}(%1, %83)
           %4: f64 = add(%2, %3)
           %5: f64[4] = store{set; at; "v"}(%1, %83, %4)"#,
        "%5",
    );
    let _ = agree(&g, &[u()]);
}

#[test]
fn two_carries_start_from_one_array() {
    let g = looped(
        r#"%0 "u": f64[4]"#,
        "%0, %0",
        "%1: f64[4], %2: f64[4]",
        r#"%3: f64 = load{at; "b"}(%2, %9)
           %4: f64[4] = store{add; at; "a"}(%1, %9, %3)
           %5: f64[4] = store{mul; at; "b"}(%2, %9, %82)"#,
        "%5, %4",
    );
    let _ = agree(&g, &[u()]);
}

#[test]
fn one_result_for_two_carries() {
    for results in ["%4, %4", "%4, %1", "%2, %4", "%2, %1", "%1, %1", "%0, %4", "%4, %0", "%0, %0"] {
        let g = looped(
            r#"%0 "u": f64[4], %7 "w": f64[4]"#,
            "%0, %7",
            "%1: f64[4], %2: f64[4]",
            r#"%4: f64[4] = store{add; at; "a"}(%1, %9, %82)"#,
            results,
        );
        let _ = agree(&g, &[u(), Value::f64s(&[5.0, 6.0, 7.0, 8.0])]);
    }
}

#[test]
fn three_carries_rotate() {
    for results in ["%2, %3, %4", "%3, %4, %2", "%4, %2, %3", "%3, %2, %4", "%4, %4, %2"] {
        let g = looped(
            r#"%0 "u": f64[4], %7 "w": f64[4]"#,
            "%0, %7, %0",
            "%1: f64[4], %2: f64[4], %3: f64[4]",
            r#"%4: f64[4] = store{mul; at; "a"}(%1, %9, %82)"#,
            results,
        );
        let _ = agree(&g, &[u(), Value::f64s(&[5.0, 6.0, 7.0, 8.0])]);
    }
}

#[test]
fn an_old_version_is_read_after_a_store() {
    let g = looped(
        r#"%0 "u": f64[4]"#,
        "%0",
        "%1: f64[4]",
        r#"%2: f64[4] = store{add; at; "a"}(%1, %9, %82)
           %3: f64 = load{at; "a"}(%1, %9)
           %4: f64[4] = store{set; at; "a"}(%2, %83, %3)"#,
        "%4",
    );
    let _ = agree(&g, &[u()]);
}

#[test]
fn branches_store_on_one_side_or_choose_arrays() {
    let sides = ["%1", "%2", "%0", "%20", "%21"];
    for a in sides {
        for b in sides {
            let store = |v: &str, k: u32| match v {
                "%20" => format!(r#"%{k}20: f64[4] = store{{add; at; "a"}}(%1, %9, %82)"#),
                "%21" => format!(r#"%{k}21: f64[4] = store{{mul; at; "b"}}(%2, %9, %82)"#),
                _ => String::new(),
            };
            let name = |v: &str, k: u32| match v {
                "%20" | "%21" => format!("%{k}{}", &v[1..]),
                other => other.to_string(),
            };
            let body = format!(
                r#"%5: bool = gt(%9, %80)
                   %6: f64[4], %8: f64[4] = cond(%5) {{
                     ()
                     {}
                     yield {}, %2
                   }} {{
                     ()
                     {}
                     yield {}, %1
                   }}"#,
                store(a, 1),
                name(a, 1),
                store(b, 2),
                name(b, 2)
            );
            let g = looped(
                r#"%0 "u": f64[4], %7 "w": f64[4]"#,
                "%0, %7",
                "%1: f64[4], %2: f64[4]",
                &body,
                "%6, %8",
            );
            let _ = agree(&g, &[u(), Value::f64s(&[5.0, 6.0, 7.0, 8.0])]);
        }
    }
}

#[test]
fn a_branch_at_the_top_overwrites_what_is_given_away() {
    let g = graph(
        r#"graph f(%0 "c": bool, %1 "u": f64[4]) {
             %2: usize = const{2}()
             %3: f64 = const{9.0}()
             %4: f64[4], %5: f64[4] = cond(%0) {
               ()
               %6: f64[4] = store{set; at; "u"}(%1, %2, %3)
               yield %6, %6
             } {
               ()
               yield %1, %1
             }
             return %4, %5
           }"#,
    );
    for c in [true, false] {
        let _ = agree(&g, &[Value::Scalar(Literal::Bool(c)), u()]);
    }
}

#[test]
fn an_array_stored_into_itself_reversed() {
    let g = looped(
        r#"%0 "u": f64[4]"#,
        "%0",
        "%1: f64[4]",
        r#"%2: f64[4] = load{0:4:1; "u"}(%1)
           %3: f64[4] = store{set; 3:4:-1; "u"}(%1, %2)
           %4: f64[4] = store{add; 3:4:-1; "u"}(%3, %3)"#,
        "%4",
    );
    let _ = agree(&g, &[u()]);
}

/// `u[i] = u[i + d] + u[i]`: a strip must see what earlier iterations wrote, and nothing of later ones.
#[test]
fn loops_whose_iterations_depend_on_each_other() {
    for d in [-300i64, -5, -1, 0, 1, 5, 300] {
        let start = d.min(0).unsigned_abs();
        let count = 900 - d.unsigned_abs();
        let g = graph(&format!(
            r#"graph f(%0 "u": f64[900]) {{
                 %1: i64 = const{{{start}}}()
                 %2: i64 = const{{{count}}}()
                 %3: i64 = const{{{d}}}()
                 %10: f64[900] = for{{1}}(%1, %2, %0) {{
                   (%4: i64, %5: f64[900])
                   %6: i64 = add(%4, %3)
                   %7: f64 = load{{at; "u"}}(%5, %6)
                   %8: f64 = load{{at; "u"}}(%5, %4)
                   %9: f64 = add(%7, %8)
                   %11: f64[900] = store{{set; at; "u"}}(%5, %4, %9)
                   yield %11
                 }}
                 return %10
               }}"#
        ));
        let u: Vec<f64> = (0..900).map(|k| ((k * 37) % 101) as f64 / 50.0).collect();
        let _ = agree(&g, &[Value::f64s(&u)]);
    }
}

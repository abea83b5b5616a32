//! Rules of calls.

use super::{check, floats, integer, optimized, run, scalar, vector};
use crate::graph::Graph;
use crate::transform::{jvp, vjp};

fn graph(text: &str) -> Graph {
    text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"))
}

#[test]
fn what_is_run_again_has_the_same_derivative() {
    // What a region uses from around counts too.
    let text = "graph f(%0: f64, %1: f64[3]) {
        %2: f64 = sin(%0)
        %3: f64[3], %4: f64 = call{recompute; \"g\"}(%1, %0) {
            (%5: f64[3], %6: f64)
            %7: f64[3] = broadcast(%2)
            %8: f64[3] = mul(%7, %5)
            %9: f64 = mul(%6, %6)
            yield %8, %9
        }
        %10: f64[3] = exp(%3)
        return %10, %4 }";
    check(&graph(text), &[scalar(0.7), vector(&[0.1, 0.9, -0.4])], &[0, 1]);
}

const CUBE: &str = "graph f(%0: f64) {
    %1: f64 = call{RULE; \"cube\"}(%0) {
        (%2: f64)
        %3: f64 = mul(%2, %2)
        %4: f64 = mul(%3, %2)
        yield %4
    } { REGION }
    %5: f64 = mul(%1, %0)
    return %5 }";

#[test]
fn rules_for_tangents_serve_both_modes() {
    // A rule that is twice the derivative shows that it is used.
    let region = "(%6: f64, %7: f64)
        %8: f64 = mul(%6, %6)
        %9: f64 = mul(%8, %6)
        %10: f64 = const{6.0}()
        %11: f64 = mul(%10, %8)
        %12: f64 = mul(%11, %7)
        yield %9, %12";
    let graph = graph(&CUBE.replace("RULE", "jvp").replace("REGION", region));
    let x = 1.5f64;
    let slope = 6.0 * x * x * x + x * x * x;
    let forward = run(&optimized(jvp(&graph, &[0]).unwrap()), &[&scalar(x), &scalar(1.0)]);
    let reverse = run(&optimized(vjp(&graph, &[0], 8).unwrap()), &[&scalar(x), &scalar(1.0)]);
    assert!((floats(&forward[1])[0] - slope).abs() < 1e-12);
    assert!((floats(&reverse[1])[0] - slope).abs() < 1e-12);
    let second = jvp(&jvp(&graph, &[0]).unwrap(), &[0, 1]).unwrap();
    optimized(second);
}

#[test]
fn rules_for_cotangents_serve_reverse_mode() {
    let region = "(%6: f64, %7: f64)
        %8: f64 = mul(%6, %6)
        %9: f64 = mul(%8, %7)
        yield %9";
    let graph = graph(&CUBE.replace("RULE", "vjp").replace("REGION", region));
    let x = 1.5f64;
    let reverse = run(&optimized(vjp(&graph, &[0], 8).unwrap()), &[&scalar(x), &scalar(1.0)]);
    assert!((floats(&reverse[1])[0] - (x * x * x + x * x * x)).abs() < 1e-12);
    let error = jvp(&graph, &[0]).unwrap_err();
    assert!(error.to_string().contains("forward mode cannot differentiate `cube`"), "{error}");
}

#[test]
fn stopped_gradients_are_zero() {
    let graph = graph(&CUBE.replace("RULE", "stop").replace("{ REGION }", ""));
    let reverse = run(&optimized(vjp(&graph, &[0], 8).unwrap()), &[&scalar(2.0), &scalar(1.0)]);
    assert_eq!(floats(&reverse[1]), [8.0]);
    let forward = run(&optimized(jvp(&graph, &[0]).unwrap()), &[&scalar(2.0), &scalar(1.0)]);
    assert_eq!(floats(&forward[1]), [8.0]);
}

#[test]
fn loops_by_segments_have_the_same_derivative() {
    for count in ["%1", "%15"] {
        let text = "graph f(%0: f64[3], %1: usize) {
            %14: usize = const{2}()
            %15: usize = const{11}()
            %2: f64[3] = call{segments; \"steps\"}(%0) {
                (%3: f64[3])
                %4: f64[3] = for{3}(%14, COUNT, %3) {
                    (%5: usize, %6: f64[3])
                    %7: f64[3] = sin(%6)
                    %16: f64 = cast(%5)
                    %17: f64 = const{0.04}()
                    %8: f64 = mul(%16, %17)
                    %9: f64[3] = broadcast(%8)
                    %10: f64[3] = mul(%7, %9)
                    %11: f64[3] = mul(%10, %0)
                    yield %11
                }
                yield %4
            }
            return %2 }"
            .replace("COUNT", count);
        for n in [0, 1, 5, 9] {
            check(&graph(&text), &[vector(&[0.3, -0.2, 0.5]), integer(n)], &[0]);
        }
    }
}

//! Loops and branches.

use super::{Value, agree, graph, machine};
use crate::dtype::Literal;
use std::collections::HashSet;

fn scalar(l: Literal) -> Value {
    Value::Scalar(l)
}

#[test]
fn a_loop_without_trips_gives_its_initial_values_back() {
    let g = graph(
        r#"graph f(%0 "n": i64, %1 "x": f64, %2 "u": f64[3]) {
             %3: i64 = const{5}()
             %10: f64, %11: f64[3] = for{2}(%3, %0, %1, %2) {
               (%4: i64, %5: f64, %6: f64[3])
               %7: f64 = add(%5, %5)
               %8: usize = const{1}()
               %9: f64[3] = store{set; at; "u"}(%6, %8, %7)
               yield %7, %9
             }
             return %10, %11
           }"#,
    );
    for n in [-3, 0, 1, 4] {
        let out =
            agree(&g, &[scalar(Literal::I64(n)), scalar(Literal::F64(1.0)), Value::f64s(&[1.0, 2.0, 3.0])]);
        let doubled = 2f64.powi(n.max(0) as i32);
        assert_eq!(out.expect("no error")[0], scalar(Literal::F64(doubled)));
    }
}

#[test]
fn time_stepping_swaps_buffers() {
    let g = graph(
        r#"graph f(%0 "u": f64[40], %1 "next": f64[40], %2 "steps": usize) {
             %3: usize = const{0}()
             %4: usize = const{1}()
             %5: usize = const{38}()
             %10: f64[40], %11: f64[40] = for{1}(%3, %2, %0, %1) {
               (%20: usize, %21: f64[40], %22: f64[40])
               %30: f64[40] = for{1}(%4, %5, %22) {
                 (%31: usize, %32: f64[40])
                 %33: usize = sub(%31, %4)
                 %34: usize = add(%31, %4)
                 %35: f64 = load{at; "u"}(%21, %33)
                 %36: f64 = load{at; "u"}(%21, %34)
                 %37: f64 = add(%35, %36)
                 %38: f64[40] = store{set; at; "next"}(%32, %31, %37)
                 yield %38
               }
               yield %30, %21
             }
             return %10, %11
           }"#,
    );
    let u: Vec<f64> = (0..40).map(|k| (k * k % 17) as f64).collect();
    for steps in 0..4 {
        let _ = agree(&g, &[Value::f64s(&u), Value::f64s(&[0.0; 40]), scalar(Literal::Usize(steps))]);
    }
}

#[test]
fn nested_counted_loops_of_any_stride_and_type() {
    for (dtype, start, step) in [("i32", "10", -3), ("u32", "0", 2), ("i64", "-4", 5), ("usize", "9", -1)] {
        let g = graph(&format!(
            r#"graph f(%0 "n": {dtype}, %1 "s": f64) {{
                 %3: {dtype} = const{{{start}}}()
                 %10: f64 = for{{{step}}}(%3, %0, %1) {{
                   (%4: {dtype}, %5: f64)
                   %11: f64 = for{{{step}}}(%4, %0, %5) {{
                     (%6: {dtype}, %7: f64)
                     %8: f64 = cast(%6)
                     %12: f64 = add(%8, %7)
                     %13: f64 = mul(%12, %12)
                     yield %13
                   }}
                   yield %11
                 }}
                 return %10
               }}"#
        ));
        for n in [0, 1, 3] {
            let n = Literal::I64(n).cast(crate::dtype::DType::from_name(dtype).expect("a dtype"));
            let found = machine(&g, &[scalar(n), scalar(Literal::F64(0.5))], &HashSet::new(), true);
            assert_eq!(
                found.map_err(|e| e.to_string()),
                agree(&g, &[scalar(n), scalar(Literal::F64(0.5))]).map_err(|e| e.to_string())
            );
        }
    }
}

#[test]
fn while_loops_with_a_condition_on_arrays() {
    let g = graph(
        r#"graph f(%0 "u": f64[4], %1 "limit": f64) {
             %2: usize = const{0}()
             %10: usize, %11: f64[4] = while(%2, %0) {
               (%3: usize, %4: f64[4])
               %5: usize = const{0}()
               %6: f64 = load{at; "u"}(%4, %5)
               %7: bool = lt(%6, %1)
               yield %7
             } {
               (%20: usize, %21: f64[4])
               %22: usize = const{1}()
               %23: usize = add(%20, %22)
               %24: usize = const{0}()
               %25: f64 = load{at; "u"}(%21, %24)
               %26: f64 = const{1.5}()
               %27: f64 = mul(%25, %26)
               %28: f64[4] = store{set; at; "u"}(%21, %24, %27)
               yield %23, %28
             }
             return %10, %11
           }"#,
    );
    for limit in [0.0, 1.0, 100.0, f64::NAN] {
        let _ = agree(&g, &[Value::f64s(&[1.0, 2.0, 3.0, 4.0]), scalar(Literal::F64(limit))]);
    }
}

#[test]
fn switches_clamp_their_index() {
    let g = graph(
        r#"graph f(%0 "k": i64, %1 "x": f64) {
             %2: f64 = switch(%0) {
               ()
               %3: f64 = add(%1, %1)
               yield %3
             } {
               ()
               %4: f64 = mul(%1, %1)
               yield %4
             } {
               ()
               yield %1
             }
             return %2
           }"#,
    );
    for k in [-5, 0, 1, 2, 9] {
        let _ = agree(&g, &[scalar(Literal::I64(k)), scalar(Literal::F64(3.0))]);
    }
}

#[test]
fn a_guarded_access_stays_behind_its_guard() {
    // `if i > 0 { u[i - 1] }`: without the test the subtraction would overflow.
    let g = graph(
        r#"graph f(%0 "u": f64[20]) {
             %1: usize = const{0}()
             %2: usize = const{20}()
             %3: f64 = const{0.0}()
             %10: f64 = for{1}(%1, %2, %3) {
               (%4: usize, %5: f64)
               %6: bool = gt(%4, %1)
               %7: f64 = cond(%6) {
                 ()
                 %8: usize = const{1}()
                 %9: usize = sub(%4, %8)
                 %12: f64 = load{at; "u"}(%0, %9)
                 %13: f64 = add(%5, %12)
                 yield %13
               } {
                 ()
                 yield %5
               }
               yield %7
             }
             return %10
           }"#,
    );
    let u: Vec<f64> = (0..20).map(f64::from).collect();
    let out = agree(&g, &[Value::f64s(&u)]).expect("no error");
    assert_eq!(out[0], scalar(Literal::F64((0..19).map(f64::from).sum())));
}

#[test]
fn folds_in_strips_keep_their_order() {
    for (op, init) in [("add", "0.0"), ("sub", "0.0"), ("mul", "1.0"), ("min", "2.0"), ("max", "-2.0")] {
        for swapped in [false, true] {
            let (a, b) = if swapped { ("%7", "%5") } else { ("%5", "%7") };
            let g = graph(&format!(
                r#"graph f(%0 "u": f64[700]) {{
                     %1: usize = const{{0}}()
                     %2: usize = const{{700}}()
                     %3: f64 = const{{{init}}}()
                     %9: f64 = const{{0.5}}()
                     %10: f64, %11: f64 = for{{1}}(%1, %2, %3, %3) {{
                       (%4: usize, %5: f64, %12: f64)
                       %7: f64 = load{{at; "u"}}(%0, %4)
                       %8: f64 = {op}({a}, {b})
                       %13: bool = gt(%7, %9)
                       %14: f64 = cond(%13) {{
                         ()
                         %15: f64 = {op}(%12, %7)
                         yield %15
                       }} {{
                         ()
                         yield %12
                       }}
                       yield %8, %14
                     }}
                     return %10, %11
                   }}"#
            ));
            let u: Vec<f64> = (0..700).map(|k| ((k * 37) % 101) as f64 / 50.0).collect();
            let _ = agree(&g, &[Value::f64s(&u)]);
        }
    }
}

#[test]
fn one_program_runs_on_several_threads() {
    let g = graph(
        r#"graph f(%0 "u": f64[300], %1 "n": usize) {
             %2: usize = const{0}()
             %3: f64 = const{0.5}()
             %10: f64[300] = for{1}(%2, %1, %0) {
               (%4: usize, %5: f64[300])
               %6: f64 = load{at; "u"}(%5, %4)
               %7: f64 = mul(%6, %3)
               %8: f64[300] = store{set; at; "u"}(%5, %4, %7)
               yield %8
             }
             return %10
           }"#,
    );
    let program = super::compile_with(&g, super::control_node(&g), &|_| false, true).expect("it takes this");
    let inputs = |n| [Value::f64s(&[3.0; 300]), scalar(Literal::Usize(n))];
    std::thread::scope(|threads| {
        for n in [0, 5, 100, 300] {
            let (g, program) = (&g, &program);
            threads.spawn(move || {
                for _ in 0..50 {
                    let env = super::before_control(g, &inputs(n)).expect("no error");
                    let out = super::run_once(program, &env, &[]).expect("no error");
                    let expected: Vec<f64> = (0..300).map(|k| if k < n { 1.5 } else { 3.0 }).collect();
                    assert_eq!(out[0], Value::f64s(&expected));
                }
            });
        }
    });
}

//! Errors: the message, and the user's line.

use super::{Value, agree, graph, machine};
use crate::dtype::Literal;
use crate::error::ErrorKind;
use std::collections::HashSet;

#[test]
fn an_index_out_of_range_names_array_axis_and_line() {
    let g = graph(
        r#"graph f(%0 "u": f64[4,3], %1 "k": i64) {
             %2: usize = const{0}()
             %3: usize = const{2}()
             %4: f64 = const{0.0}()
             %10: f64 = for{1}(%2, %3, %4) {
               (%5: usize, %6: f64)
               %7: f64 = load{at, at; "u"}(%0, %5, %1) @0:12:5:4
               %8: f64 = add(%6, %7)
               yield %8
             }
             return %10
           }
           source 0 "src/heat.rs" heat"#,
    );
    let u = Value::Array(crate::dtype::DType::F64, vec![4, 3], vec![Literal::F64(1.0); 12]);
    for k in [-1, 0, 2, 3, i64::MAX, i64::MIN] {
        let result = agree(&g, &[u.clone(), Value::Scalar(Literal::I64(k))]);
        assert_eq!(result.is_ok(), (0..3).contains(&k));
    }
    let error =
        machine(&g, &[u, Value::Scalar(Literal::I64(-1))], &HashSet::new(), true).expect_err("out of range");
    assert_eq!(error.kind(), ErrorKind::Index);
    assert_eq!(error.message(), "index -1 is out of range for axis 1 of `u`, which has length 3");
    let at = error.location().expect("a place");
    assert_eq!((&*at.file, at.line, at.column), ("src/heat.rs", 12, 5));
}

#[test]
fn a_window_out_of_range() {
    let g = graph(
        r#"graph f(%0 "u": f64[5], %1 "k": i64) {
             %2: usize = const{0}()
             %3: usize = const{1}()
             %10: f64[5] = for{1}(%2, %3, %0) {
               (%5: usize, %6: f64[5])
               %7: f64[2] = load{window 2; "u"}(%6, %1) @0:3:5:4
               %8: f64[5] = store{add; window 2; "u"}(%6, %1, %7) @0:4:5:4
               yield %8
             }
             return %10
           }
           source 0 "f.rs" f"#,
    );
    for k in [-1, 0, 3, 4, 5, 9] {
        let result = agree(&g, &[Value::f64s(&[1.0, 2.0, 3.0, 4.0, 5.0]), Value::Scalar(Literal::I64(k))]);
        assert_eq!(result.is_ok(), (0..=3).contains(&k));
    }
}

#[test]
fn a_strip_stops_at_the_first_iteration_that_fails() {
    // Each iteration reads a neighbour, and the bounds are only known at run time.
    let g = graph(
        r#"graph f(%0 "u": f64[500], %1 "v": f64[500], %2 "first": usize, %3 "count": usize, %4 "k": usize[500]) {
             %10: f64[500] = for{1}(%2, %3, %1) {
               (%5: usize, %6: f64[500])
               %7: usize = const{1}()
               %8: usize = sub(%5, %7) @0:2:5:4
               %9: f64 = load{at; "u"}(%0, %8) @0:3:5:4
               %11: usize = load{at; "k"}(%4, %5) @0:4:5:4
               %12: f64 = load{at; "u"}(%0, %11) @0:5:5:4
               %13: f64 = add(%9, %12)
               %14: f64[500] = store{set; at; "v"}(%6, %5, %13) @0:6:5:4
               yield %14
             }
             return %10
           }
           source 0 "f.rs" f"#,
    );
    let u: Vec<f64> = (0..500).map(f64::from).collect();
    for (first, count, bad) in
        [(1, 499, None), (0, 10, None), (1, 600, None), (1, 499, Some(320)), (400, 0, Some(3))]
    {
        let mut k: Vec<Literal> = (0..500).map(|i| Literal::Usize((i * 7) % 500)).collect();
        if let Some(bad) = bad {
            k[bad] = Literal::Usize(500);
        }
        let k = Value::Array(crate::dtype::DType::Usize, vec![500], k);
        let scalar = |x| Value::Scalar(Literal::Usize(x));
        let _ = agree(&g, &[Value::f64s(&u), Value::f64s(&[0.0; 500]), scalar(first), scalar(count), k]);
    }
}

#[test]
fn arithmetic_that_overflows_and_checks_that_fail() {
    let g = graph(
        r#"graph f(%0 "n": usize) {
             %1: usize = const{0}()
             %2: usize = const{3}()
             %3: usize = const{1}()
             %10: usize = for{1}(%1, %2, %0) {
               (%4: usize, %5: usize)
               %6: bool = ne(%5, %2) @0:8:1:2
               check{"the count is not 3"}(%6) @0:8:1:2
               %7: usize = sub(%5, %3) @0:9:1:2
               yield %7
             }
             return %10
           }
           source 0 "f.rs" f"#,
    );
    for n in 0..9 {
        let _ = agree(&g, &[Value::Scalar(Literal::Usize(n))]);
    }
    let error =
        machine(&g, &[Value::Scalar(Literal::Usize(2))], &HashSet::new(), true).expect_err("overflow");
    assert_eq!(error.kind(), ErrorKind::Arithmetic);
    assert_eq!(error.location().map(|l| l.line), Some(9));
}

//! What is in the text of a kernel, where its numbers are the same without.

use crate::kernel::c::print::{PRELUDE, source};
use crate::kernel::ir::Kernel;
use crate::kernel::optimize;

/// The text of a kernel after the passes, the prelude aside.
fn text(kernel: &str) -> String {
    let mut kernel: Kernel = kernel.parse().unwrap();
    optimize::run(&mut kernel);
    source(&kernel).unwrap().replace(PRELUDE, "")
}

#[test]
fn arms_that_are_both_computed_are_chosen_without_a_jump() {
    let text = text(
        "kernel f(r0: u64) {
  r1: u64 = Mov r0
  loop {
    r2: bool = NeI r1 1u64
    while r2
    r3: u64 in 0..=1 = RemU r1 2u64 !0
    r4: bool = EqI r3 0u64
    if r4 {
      r5: u64 = DivU r1 2u64 !1
      r6: u64 <- r5
    } else {
      r7: u64 = MulUsize 3u64 r1 !2
      r8: u64 in 1..=18446744073709551615 = AddUsize r7 1u64 !3
      r6 <- r8
    }
    r1 <- r6
  }
  return r1
}
trap !0 = binary rem u64
trap !1 = binary div u64
trap !2 = binary mul u64
trap !3 = binary add u64
",
    );
    assert!(text.contains("choose("), "{text}");
    // Behind what stands for both checks, before the condition of the branch as written.
    assert!(text.contains(")) {\n                IN_ORDER;\n                if (r4) {"), "{text}");
}

/// A loop that divides by a constant, with what follows it.
fn quotients(divisor: &str, rest: &str) -> String {
    text(&format!(
        "kernel f() {{
  b0 \"x\": f64[100] updated
  r0: i64 in 0..=99 = Mov 0
  r1: f64 = Mov 1.0
  for r0 until 100 step 1 at most 100 {{
    r2: f64 = Load8 b0[0 + r0 + 0]
{rest}
    r4: f64 = DivF64 r3 {divisor}
    Store8 b0[0 + r0 + 0] = r4
    r1 <- r4
  }}
  return
}}
"
    ))
}

#[test]
fn quotients_by_constants_are_products_where_they_wait_for_each_other() {
    let (waits, free) = ("    r3: f64 = MulF64 r1 r2", "    r3: f64 = MulF64 r2 r2");
    let text = quotients("6.0", waits);
    assert!(text.contains("= quotient(r3, 6.0, 0.16666666666666666, 9.25185853854297e-18);"), "{text}");
    // A vector of quotients is one instruction, a tenth has too many bits, a half is a product.
    for (divisor, rest) in [("6.0", free), ("0.1", waits), ("2.0", waits)] {
        let text = quotients(divisor, rest);
        assert!(!text.contains("quotient") && text.contains(&format!("/ {divisor}")), "{text}");
    }
}

/// A loop that stores and steps on.
fn steps(body: &str) -> String {
    text(&format!(
        "kernel f(r0: i64) {{
  b0 \"x\": f64[100] updated
  r1: i64 in 1..=9 = MinS r0 9
  r2: i64 = Mov 0
  loop {{
    r3: bool = LeS r2 90
    while r3
{body}
    r5: i64 in 0..=99 = AddI r2 r1
    r2 <- r5
  }}
  return b0
}}
"
    ))
}

#[test]
fn steps_through_an_array_are_made_four_at_a_time() {
    let text = steps("    Store8 b0[0 + r2 + 0] = 1.0");
    assert!(text.contains("(r2 <= 90) && 90ull - (uint64_t)r2 >= 3 * d"), "{text}");
    assert!(text.matches("a0[r2] = 1.0;").count() == 5, "{text}");
    // What it loads, an iteration before may have stored.
    let text = steps("    r4: f64 = Load8 b0[0 + r2 + 0]\n    Store8 b0[0 + r2 + 1] = r4");
    assert!(text.matches("a0[r2 + 1] = r4;").count() == 1, "{text}");
}

/// Steps in time that are divided where something happens in between; each starts with `rest`.
fn divided_steps(rest: &str) -> String {
    text(&format!(
        "kernel f(r0: f64, r1: f64) {{
  r2: f64 = Mov r1
  loop {{
    r3: bool = LtF64 r2 100.0
    while r3
    r4: f64 = Mov {rest}
    r5: f64 = Mov r2
    loop {{
      r6: bool = LtF64 0.0 r4
      while r6
      r7: f64 = MulF64 4.5 r4
      r8: f64 = MulF64 r7 r4
      r9: f64 = AddF64 r5 r8
      r10: f64 = SubF64 r4 r9
      r4, r5 <- r10, r9
    }}
    r2 <- r5
  }}
  return r2
}}
"
    ))
}

#[test]
fn a_first_iteration_that_is_always_alike_is_written_apart() {
    for (rest, copies) in [("r0", 2), ("0.25", 2), ("r2", 1)] {
        let text = divided_steps(rest);
        assert_eq!(text.matches("= 4.5 * r4;").count(), copies, "{text}");
    }
}

/// A sum over iterations; of elements of an array, or of numbers that are computed.
fn sum(of_elements: bool) -> String {
    let term = if of_elements { "Load8 b0[0 + r0 + 0]" } else { "MulF64 r1 0.5" };
    text(&format!(
        "kernel f() {{
  b0 \"x\": f64[100] read
  r0: i64 in 0..=99 = Mov 0
  r1: f64 = Mov 1.0
  for r0 until 100 step 1 at most 100 {{
    r2: f64 = {term}
    r3: f64 = MulF64 r1 r2
    r4: f64 = AddF64 r1 r3
    r1 <- r4
  }}
  return r1
}}
"
    ))
}

#[test]
fn sums_of_elements_stay_in_order() {
    assert!(sum(true).contains("ORDERED("));
    assert!(!sum(false).contains("ORDERED("));
}

#[test]
fn vectors_are_short_where_most_of_the_work_is_outside_of_them() {
    let sweep = |between: &str| {
        text(&format!(
            "kernel f() {{
  b0 \"x\": f64[1000] read owned
  b1 \"y\": f64[1000] made
  r0: i64 in 0..=999 = Mov 0
  for r0 until 1000 step 1 at most 1000 {{
    r1: f64 = Load8 b0[0 + r0 + 0]
    r2: f64 = MulF64 2.0 r1
    Store8 b1[0 + r0 + 0] = r2
  }}
  {between}
  return b1
}}
"
        ))
    };
    assert!(!sweep("").starts_with("#define NARROW"));
    let recurrence = "r3: i64 in 0..=999 = Mov 0
  r4: f64 = Mov 1.0
  for r3 until 1000 step 1 at most 1000 {
    r5: f64 = Load8 b1[0 + r3 + 0]
    r6: f64 = DivF64 r5 r4
    r7: f64 = AddF64 r6 1.0
    Store8 b1[0 + r3 + 0] = r7
    r4 <- r7
  }";
    assert!(sweep(recurrence).starts_with("#define NARROW"));
}

#[test]
fn what_is_known_late_is_taken_in_apart() {
    let text = text(
        "kernel f() {
  b0 \"message\": u32[500] read
  b1 \"table\": u32[256] read
  r0: usize in 0..=499 = Mov 0usize
  r1: u32 = Mov 4294967295u32
  for r0 until 500 step 1 at most 500 {
    r2: u32 = Load4 b0[0 + r0 + 0]
    r3: u32 in 0..=16777215 = ShrU r1 8u32
    r4: u32 = XorI r1 r2
    r5: u32 in 0..=255 = AndI r4 255u32
    r6: u32 = Load4 b1[0 + r5 + 0]
    r7: u32 = XorI r3 r6
    r1 <- r7
  }
  return r1
}
",
    );
    assert_eq!(text.matches("ALONE(").count(), 1, "{text}");
}

/// A step of a stencil over so many points.
fn stencil(points: usize, divided: bool) -> String {
    let op = if divided { "DivF64" } else { "AddF64" };
    let last = points - 1;
    text(&format!(
        "kernel f() {{
  b0 \"x\": f64[{points}] read
  b1 \"y\": f64[{points}] updated
  r0: i64 in 1..={last} = Mov 1
  for r0 until {last} step 1 at most {last} {{
    r1: i64 in 2..={points} = AddI r0 1
    r2: f64 = Load8 b0[0 + r1 + -2]
    r3: f64 = Load8 b0[0 + r1 + -1]
    r4: f64 = Load8 b0[0 + r1 + 0]
    r5: f64 = AddF64 r2 r3
    r6: f64 = {op} r5 r4
    Store8 b1[0 + r1 + -1] = r6
  }}
  return b1
}}
"
    ))
}

#[test]
fn long_stencils_begin_at_a_cache_line() {
    let long = stencil(1000, false);
    // Where the first iteration stores.
    assert!(long.contains("const int64_t r0 = s0 + (int64_t)0;"), "{long}");
    assert!(long.contains("e0 = to_line(&a1["), "{long}");
    assert!(long.contains("UNROLLED"), "{long}");
    // Nothing would be gained.
    assert!(!stencil(500, false).contains("to_line"));
    assert!(!stencil(1000, true).contains("to_line"));
}

//! What the parser and the verifier of kernels reject.

use crate::kernel::ir::Kernel;
use crate::kernel::verify::verify;

/// A kernel with one slot for reading, one that is updated, a trap and this code.
fn kernel(code: &str) -> Result<Kernel, String> {
    format!(
        "kernel f(r0: f64, r1: i64 in 0..=3) {{\n\
         b0: f64[4] read\n\
         b1: f64[4] updated\n\
         b2: f32[4] made\n\
         b3: f64[2, 2] made\n\
         b4: f64[2, 3] made\n\
         {code}\n\
         return\n\
         }}\n\
         trap !0 = index i64 axis 0 of 4 window 1\n"
    )
    .parse()
}

#[track_caller]
fn broken(code: &str, problem: &str) {
    let kernel = kernel(code).unwrap();
    let found = verify(&kernel).unwrap_err();
    assert!(found.contains(problem), "{found}, not {problem}, in\n{kernel}");
}

#[track_caller]
fn fine(code: &str) {
    let kernel = kernel(code).unwrap();
    verify(&kernel).unwrap_or_else(|e| panic!("{e}\n{kernel}"));
}

#[test]
fn registers_are_set_before_they_are_read() {
    broken("r2: f64 = AddF64 r0 r3", "r3 is read but not set");
    broken("if true {\nr2: f64 = Mov r0\n} else {\n}\nStore8 b1[0 + r1 + 0] = r2", "r2 is read but not set");
    fine("if true {\nr2: f64 = Mov r0\n} else {\nr2 = Mov 1.0\n}\nStore8 b1[0 + r1 + 0] = r2");
    fine("if true {\nr2: f64 <- r0\n} else {\nr2 <- 1.0\n}\nStore8 b1[0 + r1 + 0] = r2");
    broken("r2: f64 = Mov r0\nloop {\nr3: bool = LtF64 r2 r4\nwhile r3\nr4: f64 = Mov r0\n}", "r4 is read");
    // A loop that may not run sets nothing; one that runs does.
    let around = |guard: &str| {
        format!(
            "r2: i64 = Mov 0\nfor r2 until 4 step 1{guard} {{\nr3: f64 = Mov r0\n}}\nStore8 b1[0 + 0 + 0] = r3"
        )
    };
    fine(&around(""));
    broken(&around(" if i64 r1 > 0"), "r3 is read but not set");
    broken("for r2 until 4 step 1 {\n}", "r2 is read but not set on every path in the loop over r2");
    broken("r2: i64 = Mov 0\nfor r2 until 4 step 1 {\nr3: f64 <- r0\n}", "the carry r3 is not set before");
}

#[test]
fn registers_and_slots_fit_each_other() {
    broken("r2: i64 = Mov r0", "different kinds");
    broken("r2: f64 = AddF64 r0 r1", "r1 is no F64");
    broken("r2: f64 = Load4 b0[0 + r1 + 0]", "an element of b0 has 8 bytes");
    broken("r2: f64 = Load4 b2[0 + r1 + 0]", "r2 is not of the kind of b2");
    broken("Store8 b0[0 + r1 + 0] = r0", "b0 is only read");
    broken("Store8 b7[0 + r1 + 0] = r0", "there is no b7");
    broken("b0 <-> b1", "b0 is only read");
    broken("b1 = b2", "of different types");
    fine("b1 = b0");
    broken("r2: f64 = Call tanh[f32] r0 r0 !0", "not what call 0 takes");
    broken("b2 = product 2x2x2 of b0[0 + 2 r + 1 c] and b0[0 + 2 r + 1 c]", "different dtypes");
    broken("b1 = product 2x2x3 of b0[0 + 2 r + 1 c] and b0[0 + 2 r + 1 c]", "no room");
    let no_matrix = kernel("b1 = product 2x2xr1 of b0[0 + 2 r + 1 c] and b0[0 + 2 r + 1 c]").unwrap_err();
    assert!(no_matrix.contains("no matrix"), "{no_matrix}");
    broken("b3 = product 2x2xr1 of b0[0 + 2 r + 1 c] and b0[0 + 2 r + 1 c]", "no room");
    fine("b4 = product 2x2xr1 of b0[0 + 2 r + 1 c] and b0[0 + 2 r + 1 c]");
    broken("b4 = product 2x2xr0 of b0[0 + 2 r + 1 c] and b0[0 + 2 r + 1 c]", "r0 is no Int");
}

#[test]
fn what_can_fail_has_a_trap() {
    fine("CheckIndex r1 4 !0");
    broken("CheckIndex r1 4", "can fail and has no trap in `CheckIndex r1 4`");
    broken("CheckIndex r1 4 !1", "there is no trap 1");
}

#[test]
fn loops_and_their_marks_are_consistent() {
    let with = |head: &str, body: &str| {
        format!("r2: i64 = Mov 0\nr3: f64 = Mov 0.0\nfor r2 until 4 {head} {{\n{body}\n}}")
    };
    fine(&with("step 1 vector", "r4: f64 = Mov r0"));
    broken(&with("step 0", ""), "the stride is 0");
    broken(&with("step 1 stride 2", ""), "the step is not the stride");
    broken(&with("step 1.5 stride 1", ""), "no integer");
    broken(&with("step 1 parallel 5", "r3 <- r0"), "a marked loop carries scalars");
    broken(&with("step 1 vector", "b1 = b0"), "no plain list");
    broken(&with("step 1 vector", "if true {\n} else {\n}"), "no plain list");
    fine(&with("step 1 Add(r3 <- r0)", ""));
    broken(
        &with("step 1 Add(r3 <- r4)", "if true {\nr4: f64 = Mov r0\n} else {\n}"),
        "r4 is read but not set",
    );
    broken(&with("step 1 Add(r3 <- r1)", ""), "the reduction of r3");
    broken(&with("step 1", "r3, r3 <- r0, r0"), "set twice at once");
    broken("if r1 {\n}", "1 arms in the branch on r1");
}

#[test]
fn the_parser_names_the_line() {
    let error = |code: &str| kernel(code).unwrap_err();
    assert_eq!(
        error("r2: f64 = Add r0 r0"),
        "line 7 of the kernel: there is no instruction `Add` with these operands"
    );
    assert_eq!(
        error("r2: f64 = AddF64 r0"),
        "line 7 of the kernel: there is no instruction `AddF64` with these operands"
    );
    assert_eq!(error("r0: f64 = Mov 0.0"), "line 7 of the kernel: r0 is declared twice");
    assert_eq!(
        error("for r1 until 4 step r1 {\n}"),
        "line 8 of the kernel: a step in a register needs its stride"
    );
}

#[test]
fn constants_keep_their_bits() {
    let all = "r2: f64 = Mov -0.0\nr3: f64 = Mov NaN\nr4: f64 = Mov 0xfff8000000000001f64\nr5: f32 = Mov -inff32\n\
               r6: f32 = Mov 1e-7f32\nr7: u32 = Mov 4294967295u32\nr8: bool = Mov true\nr9: f64 = Mov 1e300";
    let text = kernel(all).unwrap().to_string();
    for line in all.lines() {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    assert_eq!(text.parse::<Kernel>().unwrap().to_string(), text);
}

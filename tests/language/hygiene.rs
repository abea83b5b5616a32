//! No name that a user chooses breaks the generated code.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

#[desc_jit]
#[allow(clippy::too_many_arguments)]
fn cx(cx: f64, value: f64, stage: f64, desc_jit: f64, args: f64, at: f64, result: f64, out: f64) -> f64 {
    let __cx = cx + value;
    let __private = stage * desc_jit;
    let index = args - at;
    __cx + __private + index + result / out
}

#[desc_jit]
fn native(native: f64) -> f64 {
    let try_call = native + 1.0;
    let graph = try_call * 2.0;
    graph
}

#[desc_jit]
fn r#type(r#match: f64) -> f64 {
    let r#loop = r#match + 1.0;
    r#loop * r#loop
}

#[allow(non_snake_case)]
#[desc_jit]
fn upper_case(Value: f64, Tensor: &Array1<f64>, Out: usize) -> f64 {
    let Cx = Value + Tensor[Out];
    Cx
}

#[test]
fn names_that_generated_code_might_use() {
    agree!(cx(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0));
    agree!(native(2.0));
    agree!(upper_case(1.0, &Array1::from_vec(vec![5.0]), 0));
    assert_eq!(r#type(2.0), r#type::native(2.0));
}

macro_rules! kernel {
    ($name:ident, $op:tt) => {
        #[desc_jit]
        fn $name(a: f64, b: f64) -> f64 {
            let x = a $op b;
            x $op 2.0
        }
    };
}
macro_rules! around {
    ($name:ident $before:block $after:block) => {
        #[desc_jit]
        fn $name(x: f64) -> f64 {
            let mut s = x;
            $before
            for _ in 0..3 $after
            if s > 1.0 $before else $after
            s += 1.0;
            s
        }
    };
}
around!(around_blocks { let _nothing = 1.0; } { let _ = 2.0; });

kernel!(made_by_macro_add, +);
kernel!(made_by_macro_mul, *);

#[test]
fn functions_made_by_a_macro() {
    assert_eq!(agree!(around_blocks(1.0)), 2.0);
    assert_eq!(agree!(made_by_macro_add(1.0, 2.0)), 5.0);
    assert_eq!(agree!(made_by_macro_mul(3.0, 2.0)), 12.0);
}

mod no_prelude {
    // Nothing imported: the expansion names everything by absolute paths.
    #[::desc_jit::desc_jit]
    pub fn plain(x: f64, n: usize) -> f64 {
        let mut y = x;
        for _ in 0..n {
            y = if y > 1.0 { y / 2.0 } else { y + 1.0 };
        }
        y
    }

    #[allow(dead_code)]
    type Result = ();
    #[allow(dead_code)]
    enum Option {
        Some,
        None,
    }
}

#[test]
fn nothing_needs_to_be_imported() {
    use no_prelude::plain;
    agree!(plain(0.3, 5));
}

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

mod own_methods {
    use desc_jit::prelude::*;

    /// In Rust the methods of `f64` itself win.
    pub trait Roots {
        fn sqrt(self) -> Self;
        fn powi(self, n: i32) -> Self;
        fn max(self, other: Self) -> Self;
        fn sum(self) -> Self;
    }
    impl Roots for f64 {
        fn sqrt(self) -> f64 {
            -1.0
        }
        fn powi(self, _: i32) -> f64 {
            -2.0
        }
        fn max(self, _: f64) -> f64 {
            -3.0
        }
        fn sum(self) -> f64 {
            -4.0
        }
    }

    #[desc_jit]
    pub fn rooted(x: &Array1<f64>, n: usize) -> f64 {
        let mut y = x.sum();
        for i in 0..n {
            y = (y * y + x[i].powi(3)).sqrt().max(0.5);
        }
        y
    }
}

#[test]
fn methods_of_a_trait_of_ones_own_do_not_take_the_place_of_those_of_numbers() {
    use own_methods::{Roots, rooted};
    assert_eq!(Roots::sqrt(4.0) + Roots::powi(1.0, 1) + Roots::max(1.0, 2.0) + Roots::sum(1.0), -10.0);
    let x = Array1::from_vec(vec![1.0, -0.5, 2.0]);
    agree!(rooted(&x, 3));
    let slope = grad(rooted::jit())(&x, 1);
    let root = rooted::native(&x, 1);
    assert!((slope[1] - 2.5 / root).abs() < 1e-14, "{slope:?}");
}

mod own_types {
    // What the expansion and this crate use, as names of the user's.
    pub mod candle {
        pub const HALF: f64 = 0.5;
    }
    pub mod desc_jit {
        pub const TWO: f64 = 2.0;
    }
    pub mod core {
        pub const THREE: f64 = 3.0;
    }
    pub mod std {
        pub const FOUR: f64 = 4.0;
    }
    use ::desc_jit::prelude::*;

    #[derive(Tree, Clone, Debug)]
    pub struct Tensor {
        pub data: Array1<f64>,
        pub value: Value,
    }
    #[derive(Tree, Clone, Debug)]
    pub struct Value(pub f64);
    #[derive(Tree, Clone, Debug)]
    pub struct Graph {
        pub nodes: Vec<Tensor>,
        pub cx: Cx,
    }
    #[derive(Tree, Clone, Debug)]
    pub struct Cx {
        pub ty: f64,
    }

    #[::desc_jit::desc_jit]
    impl Tensor {
        fn stage(&self, at: f64) -> f64 {
            self.data.sum() * at + self.value.0
        }
    }

    #[::desc_jit::desc_jit]
    pub fn total(graph: &Graph, shape: f64) -> f64 {
        let mut out = graph.cx.ty * (candle::HALF + desc_jit::TWO + core::THREE + std::FOUR);
        for node in &graph.nodes {
            let Tensor { data, value } = node;
            out = 0.5 * out + data[0] * value.0 + node.stage(shape);
        }
        let last = Tensor { value: Value(out), ..graph.nodes[0].clone() };
        last.stage(1.0)
    }
}

#[test]
fn types_and_modules_have_the_names_of_ours() {
    use own_types::{Cx, Graph, Tensor, Value, total};
    let tensor = |v| Tensor { data: Array1::from_vec(vec![v, -2.0 * v]), value: Value(v + 1.0) };
    let graph = Graph { nodes: vec![tensor(1.0), tensor(0.25)], cx: Cx { ty: 4.0 } };
    assert_eq!(agree!(total(&graph, 3.0)), total::native(&graph, 3.0));
    let slope: Graph = grad(total::jit())(&graph, 3.0);
    assert_eq!(slope.cx.ty, 0.25 * 9.5);
}

mod without_the_prelude_of_rust {
    #![no_implicit_prelude]

    #[::desc_jit::desc_jit]
    pub fn plain(x: f64, n: usize) -> (f64, usize) {
        let mut y = x;
        let mut count = 0;
        for i in 0..n {
            match i % 3 {
                0 => y = y.abs().sqrt(),
                1 if y > 2.0 => break,
                _ => y += 1.0,
            }
            count += 1;
        }
        (y, count)
    }
}

#[test]
fn the_prelude_of_rust_is_not_needed() {
    use without_the_prelude_of_rust::plain;
    for n in [0, 1, 5, 9] {
        agree!(plain(3.0, n));
    }
}

static WEIGHTS: [f64; 3] = [0.5, -1.5, 2.0];
static SHIFT: f64 = 0.25;
static TABLE: [[i64; 2]; 2] = [[1, 2], [3, 4]];

#[desc_jit]
fn with_statics(x: &Array1<f64>, n: usize) -> (f64, i64, usize) {
    static LIMIT: f64 = 4.0;
    static OFFSETS: [usize; 2] = [1, 2];
    let mut sum = SHIFT;
    let mut count = 0;
    for i in 0..n {
        static FACTOR: f64 = 0.75;
        sum = FACTOR * sum + WEIGHTS[i % 3] * x[(i + OFFSETS[i % 2]) % x.len()];
        if sum > LIMIT {
            break;
        }
        count += TABLE[i % 2][n % 2];
    }
    (sum, count, OFFSETS.len() + WEIGHTS.iter().filter(|w| **w > SHIFT).count())
}

#[test]
fn statics_are_numbers_that_are_known() {
    let x = Array1::from_vec(vec![1.0, 2.5, -3.0]);
    for n in [0, 1, 4, 7] {
        agree!(with_statics(&x, n));
    }
    let all = vmap(with_statics::jit()).in_axes(in_axes![_, 0])(&x, &Array1::from_vec(vec![4, 1]));
    assert_eq!((all.0[0], all.1[0]), (with_statics(&x, 4).0, with_statics(&x, 4).1));
}

macro_rules! passed_on {
    ($name:ident, $k:expr, $body:expr) => {
        #[desc_jit]
        fn $name(x: f64) -> f64 {
            let whole = x * $k - $k;
            assert!(2.0 * $k < 1e9, "{}", 2.0 * $k);
            whole + $k.sqrt() + -$k + 2.0 * $body
        }
    };
}
passed_on!(of_a_sum, 7.0_f64 + 2.0_f64, 3.0 - 1.0);

/// `$e` is one operand, whatever it is.
#[test]
fn expressions_of_macros_stay_together() {
    assert_eq!(of_a_sum::native(3.0), 3.0 * 9.0 - 9.0 + 3.0 - 9.0 + 4.0);
    agree!(of_a_sum(3.0));
}

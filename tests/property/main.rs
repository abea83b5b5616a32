//! Random expressions over arrays: our arrays, and graphs on every engine, agree with `ndarray`.

use desc_jit::array::Buffer;
use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use ndarray as nd;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Reproducible by default; `DESC_JIT_SEED=7` tries other cases.
fn config(cases: u32) -> ProptestConfig {
    let seed = std::env::var("DESC_JIT_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(0);
    ProptestConfig { cases, rng_seed: RngSeed::Fixed(seed), ..ProptestConfig::default() }
}

/// An expression over a matrix `m`, a row `r` and numbers.
#[derive(Clone, Debug)]
enum Expr {
    Matrix,
    Row,
    Number(f64),
    Unary(&'static str, Box<Expr>),
    Binary(&'static str, Box<Expr>, Box<Expr>),
}

fn expr() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        Just(Expr::Matrix),
        Just(Expr::Row),
        (-4i32..5).prop_map(|k| Expr::Number(f64::from(k) / 2.0))
    ];
    leaf.prop_recursive(5, 40, 2, |inner| {
        let unary = prop::sample::select(vec![
            "neg", "abs", "sin", "exp", "floor", "sqrt", "tanh", "signum", "recip",
        ]);
        let binary = prop::sample::select(vec!["add", "sub", "mul", "div"]);
        prop_oneof![
            (unary, inner.clone()).prop_map(|(op, a)| Expr::Unary(op, Box::new(a))),
            (binary, inner.clone(), inner).prop_map(|(op, a, b)| Expr::Binary(op, Box::new(a), Box::new(b))),
        ]
    })
}

fn unary(op: &str) -> fn(f64) -> f64 {
    match op {
        "neg" => |v| -v,
        "abs" => f64::abs,
        "sin" => f64::sin,
        "exp" => f64::exp,
        "floor" => f64::floor,
        "sqrt" => f64::sqrt,
        "tanh" => f64::tanh,
        "signum" => f64::signum,
        _ => f64::recip,
    }
}

/// By `ndarray`, everything broadcast to the shape of the matrix.
fn by_ndarray(e: &Expr, m: &nd::Array2<f64>, r: &nd::Array1<f64>) -> nd::Array2<f64> {
    match e {
        Expr::Matrix => m.clone(),
        Expr::Row => r.broadcast(m.raw_dim()).unwrap().to_owned(),
        Expr::Number(v) => nd::Array2::from_elem(m.raw_dim(), *v),
        Expr::Unary(op, a) => by_ndarray(a, m, r).mapv(unary(op)),
        Expr::Binary(op, a, b) => {
            let (a, b) = (by_ndarray(a, m, r), by_ndarray(b, m, r));
            match *op {
                "add" => a + b,
                "sub" => a - b,
                "mul" => a * b,
                _ => a / b,
            }
        }
    }
}

/// By our arrays.
fn by_array(e: &Expr, m: &Array2<f64>, r: &Array1<f64>) -> Array2<f64> {
    match e {
        Expr::Matrix => m.clone(),
        Expr::Row => r.broadcast(m.dim()).unwrap().to_owned(),
        Expr::Number(v) => Array2::from_elem(m.dim(), *v),
        Expr::Unary(op, a) => {
            let a = by_array(a, m, r);
            match *op {
                "neg" => -a,
                "abs" => a.abs(),
                "sin" => a.sin(),
                "exp" => a.exp(),
                "floor" => a.floor(),
                "sqrt" => a.sqrt(),
                "tanh" => a.tanh(),
                "signum" => a.signum(),
                _ => a.recip(),
            }
        }
        Expr::Binary(op, a, b) => {
            // The row and numbers broadcast by themselves here.
            if let Expr::Number(v) = **b {
                let a = by_array(a, m, r);
                return match *op {
                    "add" => a + v,
                    "sub" => a - v,
                    "mul" => a * v,
                    _ => a / v,
                };
            }
            let (a, row) = (by_array(a, m, r), matches!(**b, Expr::Row));
            if row {
                return match *op {
                    "add" => &a + r,
                    "sub" => &a - r,
                    "mul" => &a * r,
                    _ => &a / r,
                };
            }
            let b = by_array(b, m, r);
            match *op {
                "add" => a + b,
                "sub" => &a - b,
                "mul" => a * &b,
                _ => &a / &b,
            }
        }
    }
}

/// As a graph over %0 (matrix) and %1 (row).
fn text(e: &Expr, shape: &str, next: &mut usize, out: &mut String) -> usize {
    let rhs = match e {
        Expr::Matrix => return 0,
        Expr::Row => "broadcast(%1)".to_string(),
        Expr::Number(v) => {
            let k = *next;
            *next += 1;
            out.push_str(&format!("%{k}: f64 = const{{{v:?}}}()\n"));
            format!("broadcast(%{k})")
        }
        Expr::Unary(op, a) => format!("{op}(%{})", text(a, shape, next, out)),
        Expr::Binary(op, a, b) => {
            let a = text(a, shape, next, out);
            format!("{op}(%{a}, %{})", text(b, shape, next, out))
        }
    };
    let k = *next;
    *next += 1;
    out.push_str(&format!("%{k}: {shape} = {rhs}\n"));
    k
}

fn same(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len()
        && a.iter().zip(b).all(|(x, y)| x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan()))
}

fn close(a: &[f64], b: &[f64]) -> bool {
    let near =
        |x: f64, y: f64| (x - y).abs() <= 1e-9 * x.abs().max(y.abs()) || (x.abs() > 1e200 && y.abs() > 1e200);
    a.len() == b.len() && a.iter().zip(b).all(|(&x, &y)| same(&[x], &[y]) || near(x, y))
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn expressions_agree_with_ndarray(
        e in expr(),
        rows in 0usize..4,
        columns in 0usize..5,
        seed in prop::collection::vec(prop_oneof![
            -3.0..3.0f64, Just(0.0), Just(-0.0), Just(f64::NAN), Just(f64::INFINITY)
        ], 24),
    ) {
        let data: Vec<f64> = seed[..rows * columns].to_vec();
        let row: Vec<f64> = seed[seed.len() - columns..].to_vec();
        let expected = by_ndarray(
            &e,
            &nd::Array2::from_shape_vec((rows, columns), data.clone()).unwrap(),
            &nd::Array1::from_vec(row.clone()),
        );
        let expected: Vec<f64> = expected.iter().copied().collect();

        let m = Array2::from_shape_vec((rows, columns), data.clone()).unwrap();
        let ours = by_array(&e, &m, &Array1::from_vec(row.clone()));
        prop_assert!(same(&ours.to_vec(), &expected), "{e:?}: {ours:?} and {expected:?}");

        let shape = format!("f64[{rows},{columns}]");
        let mut body = String::new();
        let result = text(&e, &shape, &mut 2, &mut body);
        let graph: Graph = format!("graph e(%0: {shape}, %1: f64[{columns}]) {{\n{body}return %{result}\n}}").parse().unwrap();
        let m = Buffer::from_vec(data, &[rows, columns]).unwrap();
        let r = Buffer::from_vec(row, &[columns]).unwrap();
        for engine in Engine::ALL {
            let got = with_engine(engine, || graph.run(&[&m, &r])).unwrap();
            let got = got[0].as_slice::<f64>().unwrap();
            // Compiled kernels have functions of their own, whose last digits an outer `exp` may blow up.
            let compiled = matches!(engine, Engine::Cranelift | Engine::C);
            let agrees = if compiled { close(got, &expected) } else { same(got, &expected) };
            prop_assert!(agrees, "{engine}: {e:?}: {got:?} and {expected:?}");
        }
    }

    #[test]
    fn reductions_agree_with_ndarray(data in prop::collection::vec(-1e3..1e3f64, 0..40)) {
        let x = nd::Array1::from_vec(data.clone());
        let ours = Array1::from_vec(data.clone());
        prop_assert_eq!(ours.sum().to_bits(), x.sum().to_bits());
        prop_assert_eq!(ours.product().to_bits(), x.product().to_bits());
        prop_assert_eq!(ours.mean(), x.mean());
        prop_assert_eq!(ours.dot(&ours).to_bits(), x.dot(&x).to_bits());
    }
}

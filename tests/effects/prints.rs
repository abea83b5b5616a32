//! `println!` and its like: at run time, in order, the text that Rust prints.

use desc_jit::backend::{Stream, capture_prints};
use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};

/// What a call prints, the same on every engine.
fn printed<R>(mut f: impl FnMut() -> R) -> String {
    let mut texts = Vec::new();
    for engine in Engine::ALL {
        let (_, prints) = capture_prints(|| with_engine(engine, &mut f));
        let mark = |stream| if stream == Stream::Err { "!" } else { "" };
        let text: String = prints.iter().map(|(stream, text)| format!("{}{text}", mark(*stream))).collect();
        texts.push(text);
    }
    assert!(texts.windows(2).all(|pair| pair[0] == pair[1]), "{texts:?}");
    texts.swap_remove(0)
}

#[desc_jit]
fn speaks(x: &Array1<f64>, scale: f64) -> f64 {
    println!("scale {scale:.3}, x = {x}");
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += scale * x[i];
        if i % 2 == 0 {
            print!("[{i}: {sum:?}]");
        }
    }
    println!();
    eprintln!("sum = {:>8}", sum);
    sum
}

#[test]
fn prints_come_in_the_order_of_execution() {
    let x = Array1::from_vec(vec![1.0, 2.0, 3.0]);
    let expected = "scale 0.500, x = [1, 2, 3]\n[0: 0.5][2: 3.0]\n!sum =        3\n";
    assert_eq!(printed(|| speaks(&x, 0.5)), expected);
    assert_eq!(speaks(&x, 0.5), speaks::native(&x, 0.5));
}

#[desc_jit]
fn unused(n: usize) {
    for i in 0..n {
        println!("{i}");
    }
}

#[test]
fn loops_that_only_print_are_kept() {
    assert_eq!(printed(|| unused(3)), "0\n1\n2\n");
    assert_eq!(printed(|| unused(0)), "");
}

#[desc_jit]
#[allow(clippy::dbg_macro)]
fn inspected(x: f64, n: usize) -> f64 {
    let y = dbg!(x * 2.0) + 1.0;
    let (z, m) = dbg!((y, n));
    dbg!();
    let (a, b) = dbg!(z, m);
    a + b as f64
}

#[test]
fn dbg_says_where_and_what_and_gives_the_value() {
    assert_eq!(inspected(1.5, 3), inspected::native(1.5, 3));
    let text = printed(|| inspected(1.5, 3));
    let line = line!() - 6;
    let file = file!();
    let expected = format!(
        "![{file}:{}:13] x * 2.0 = 3.0\n![{file}:{}:18] (y, n) = (\n    4.0,\n    3,\n)\n![{file}:{}:5]\n\
         ![{file}:{}:18] z = 4.0\n![{file}:{}:18] m = 3\n",
        line - 5,
        line - 4,
        line - 3,
        line - 2,
        line - 2
    );
    assert_eq!(text, expected);
}

#[desc_jit]
fn square(x: f64) -> f64 {
    println!("x = {x}");
    x * x
}

#[desc_jit]
fn sum_of_squares(x: &Array1<f64>) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += square(x[i]);
    }
    sum
}

#[test]
fn derivatives_print_in_their_forward_pass_once() {
    let gradient = grad(sum_of_squares::jit());
    let x = Array1::from_vec(vec![1.0, 2.0]);
    assert_eq!(printed(|| assert_eq!(gradient(&x).to_vec(), [2.0, 4.0])), "x = 1\nx = 2\n");
    let again = grad(checkpoint(square::jit()));
    assert_eq!(printed(|| assert_eq!(again(3.0), 6.0)), "x = 3\n");
}

#[desc_jit]
fn greets(x: f64) -> f64 {
    println!("hello");
    2.0 * x
}

#[test]
fn a_batch_prints_once_per_element() {
    let batch = vmap(square::jit());
    let x = Array1::from_vec(vec![1.0, 2.0]);
    assert_eq!(printed(|| assert_eq!(batch(&x).to_vec(), [1.0, 4.0])), "x = 1\nx = 2\n");
    let batch = vmap(greets::jit());
    assert_eq!(printed(|| batch(&x)), "hello\nhello\n");
}

#[desc_jit]
fn collatz(start: f64) -> f64 {
    let mut x = start;
    while x < 100.0 {
        x = 1.01 * x;
    }
    println!("done");
    x
}

#[test]
fn a_run_that_is_repeated_with_a_longer_tape_prints_once() {
    let gradient = grad(collatz::jit());
    assert_eq!(printed(|| gradient(1.0)), "done\n");
}

#[test]
fn the_graph_shows_prints_and_reads_them_back() {
    let graph = speaks::graph(&Array1::ones(2), 1.0).unwrap();
    let text = graph.to_string();
    assert!(text.contains(r#"print{"sum = {0:>8}\n"; err}"#), "{text}");
    assert_eq!(text.parse::<Graph>().unwrap().to_string(), text);
}

#[derive(Tree, Clone, Debug)]
struct Pair(f64, [usize; 2]);

#[derive(Tree, Clone, Debug)]
struct Shown {
    list: Vec<f64>,
    table: [[f64; 2]; 2],
    pairs: Vec<Pair>,
    two: [Pair; 2],
    place: (f64, bool),
    matrix: Array2<f64>,
    #[tree(static)]
    order: usize,
}

#[desc_jit]
fn shows(s: &Shown, x: &[f64]) -> f64 {
    println!("{:?} {:?} {:?} {:.2?}", s, x, &x[1..], s.pairs);
    println!("{:#?}", s);
    println!("  {:#?} {:#?}", x, (x[0], s.list.clone()));
    s.list[0]
}

#[test]
fn debug_texts_of_lists_and_structs_are_those_of_rust() {
    let s = Shown {
        list: vec![1.0, 0.5],
        table: [[1.0, 2.0], [3.0, 4.0]],
        pairs: vec![Pair(1.0, [1, 2]), Pair(0.1 + 0.2, [3, 4])],
        two: [Pair(1.0, [1, 2]), Pair(2.0, [3, 4])],
        place: (2.0, true),
        matrix: array![[1.0, -0.0], [f64::NAN, 4.0]],
        order: 3,
    };
    let x = [0.25, 3.0, -1e300];
    let mut expected = format!("{:?} {:?} {:?} {:.2?}\n{:#?}\n", s, x, &x[1..], s.pairs, s);
    expected += &format!("  {:#?} {:#?}\n", x, (x[0], &s.list));
    assert_eq!(printed(|| shows(&s, &x)), expected);
}

#[desc_jit]
fn shows_long(x: &[f64], y: &Array2<f64>) {
    println!("{:?} {:?}", x, y);
}

/// `{}` shortens arrays of more than 500 elements, as `ndarray` does.
#[test]
fn debug_texts_show_all_elements() {
    let x: Vec<f64> = (0..1000).map(f64::from).collect();
    let y = Array2::from_shape_fn((3, 400), |(i, j)| (i * j) as f64);
    let rows: Vec<Vec<f64>> = y.outer_iter().map(|row| row.to_vec()).collect();
    assert_eq!(format!("{y:?}"), format!("{rows:?}"));
    assert_eq!(printed(|| shows_long(&x, &y)), format!("{x:?} {rows:?}\n"));
}

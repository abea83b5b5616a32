//! Every case runs the batched graph on every engine, and the graph of one element for each element of the batch.

mod ops;
mod programs;

use crate::array::Buffer;
use crate::op::Op;
use crate::op::datum::{Datum, collect};
use crate::prelude::*;
use crate::transform::vmap;
use crate::{Engine, ErrorKind, with_engine};

type Axes<'a> = &'a [Option<usize>];

fn floats(shape: &[usize], from: f64, step: f64) -> Buffer {
    let data: Vec<f64> = (0..shape.iter().product()).map(|k| from + step * k as f64).collect();
    Buffer::from_vec(data, shape).unwrap()
}

fn indices(list: &[usize], shape: &[usize]) -> Buffer {
    Buffer::from_vec(list.to_vec(), shape).unwrap()
}

/// Element `k` of a batch along `axis`.
fn element(batch: &Buffer, axis: usize, k: usize) -> Buffer {
    let (n, inner) = (batch.shape()[axis], batch.shape()[axis + 1..].iter().product::<usize>());
    let mut shape = batch.shape().to_vec();
    shape.remove(axis);
    let datum = Datum::Lent(batch);
    let read = datum.reader().unwrap();
    collect(batch.dtype(), &shape, |j| Ok(read((j / inner * n + k) * inner + j % inner))).unwrap()
}

/// The same values; floats may differ by `rounding`, relative to the largest of them or 1.
fn same(a: &Buffer, b: &Buffer, rounding: f64) -> bool {
    let (x, y) = (Datum::Lent(a), Datum::Lent(b));
    let (x, y) = (x.reader().unwrap(), y.reader().unwrap());
    let near = || match (a.as_slice::<f64>(), b.as_slice::<f64>()) {
        (Some(x), Some(y)) => {
            let size = y.iter().fold(1.0_f64, |m, y| m.max(y.abs()));
            x.iter().zip(y).all(|(x, y)| (x - y).abs() <= rounding * size)
        }
        _ => false,
    };
    let equal = || (0..a.count()).all(|k| x(k) == y(k));
    a.shape() == b.shape() && a.dtype() == b.dtype() && (equal() || near())
}

fn size(inputs: &[&Buffer], in_axes: Axes) -> usize {
    let axes = inputs.iter().zip(in_axes);
    axes.filter_map(|(b, axis)| axis.map(|axis| b.shape()[axis])).next().unwrap()
}

/// The batched graph gives what the loop over the elements gives; the batched graph.
fn agree(graph: &Graph, in_axes: Axes, out_axes: &[usize], inputs: &[&Buffer]) -> Graph {
    agree_on(&Engine::ALL, graph, in_axes, out_axes, inputs)
}

fn agree_on(
    engines: &[Engine],
    graph: &Graph,
    in_axes: Axes,
    out_axes: &[usize],
    inputs: &[&Buffer],
) -> Graph {
    let n = size(inputs, in_axes);
    // The sums of a product of matrices have another order in a batch.
    let rounding = if graph.to_string().contains("dot(") { 1e-13 } else { 0.0 };
    let batched = vmap(graph, in_axes, out_axes, n, None).unwrap();
    batched.verify().unwrap_or_else(|e| panic!("{e}\n{batched}"));
    for &engine in engines {
        with_engine(engine, || {
            let got = batched.run(inputs).unwrap_or_else(|e| panic!("{engine}: {e}\n{batched}"));
            for k in 0..n {
                let own: Vec<Buffer> = inputs
                    .iter()
                    .zip(in_axes)
                    .map(|(b, axis)| axis.map_or_else(|| b.deep_clone().unwrap(), |axis| element(b, axis, k)))
                    .collect();
                let wanted = graph.run(&own.iter().collect::<Vec<_>>()).unwrap();
                for ((got, wanted), &axis) in got.iter().zip(&wanted).zip(out_axes) {
                    let got = element(got, axis, k);
                    assert!(
                        same(&got, wanted, rounding),
                        "{engine}, element {k}: {got:?}, not {wanted:?}\n{batched}"
                    );
                }
            }
        });
    }
    batched
}

fn loops_at_top(graph: &Graph) -> usize {
    graph.body.nodes.iter().filter(|n| matches!(n.op, Op::For { .. })).count()
}

#[desc_jit]
fn affine(a: f64, x: &Array1<f64>) -> (Array1<f64>, bool) {
    let y = a * x + 1.0;
    let positive = y[0] > 0.0;
    (y, positive)
}

#[test]
fn elementwise_along_every_axis() {
    let graph = affine::graph(1.0, &Array1::zeros(3)).unwrap();
    let (many, one) = (floats(&[4], -1.0, 0.75), floats(&[], 2.0, 0.0));
    agree(&graph, &[Some(0), None], &[0, 0], &[&many, &floats(&[3], -1.0, 0.5)]);
    agree(&graph, &[None, Some(0)], &[0, 0], &[&one, &floats(&[4, 3], -1.0, 0.5)]);
    agree(&graph, &[None, Some(1)], &[1, 0], &[&one, &floats(&[3, 4], -1.0, 0.5)]);
    agree(&graph, &[Some(0), Some(1)], &[1, 0], &[&many, &floats(&[3, 4], -1.0, 0.5)]);
    agree(&graph, &[Some(0), Some(1)], &[0, 0], &[&floats(&[1], 1.0, 0.0), &floats(&[3, 1], -1.0, 0.5)]);
}

#[desc_jit]
fn sums(x: &Array2<f64>) -> (f64, Array1<f64>, usize) {
    (x.sum(), x.sum_axis(Axis(1)), x.sum_axis(Axis(0)).mapv(|v| v * v).argmax())
}

#[test]
fn reductions() {
    let graph = sums::graph(&Array2::zeros((3, 40))).unwrap();
    agree(&graph, &[Some(0)], &[0, 1, 0], &[&floats(&[5, 3, 40], -3.0, 0.37)]);
    agree(&graph, &[Some(2)], &[0, 0, 0], &[&floats(&[3, 40, 5], -3.0, 0.37)]);
}

#[desc_jit]
fn bump(x: &Array1<f64>, k: usize) -> Array1<f64> {
    let mut y = x.clone();
    y[k] += 10.0;
    y
}

#[test]
fn an_update_touches_its_element_only() {
    let graph = bump::graph(&Array1::zeros(3), 0).unwrap();
    let k = indices(&[2, 0, 1, 2], &[4]);
    agree(&graph, &[Some(0), Some(0)], &[0], &[&floats(&[4, 3], 0.0, 1.0), &k]);
    agree(&graph, &[None, Some(0)], &[1], &[&floats(&[3], 0.0, 1.0), &k]);
    agree(&graph, &[Some(1), None], &[1], &[&floats(&[3, 4], 0.0, 1.0), &indices(&[1], &[])]);
}

#[desc_jit]
fn root_or_zero(x: f64, n: usize) -> (f64, usize) {
    if x > 0.0 { (x.sqrt(), n / 2) } else { (-x, n + 1) }
}

#[test]
fn each_element_takes_its_branch() {
    let graph = root_or_zero::graph(1.0, 1).unwrap();
    let n = indices(&[4, 0, 7, 8], &[4]);
    agree(&graph, &[Some(0), Some(0)], &[0, 0], &[&floats(&[4], -2.0, 1.25), &n]);
    // A branch that fails is only taken by the elements whose branch it is.
    #[desc_jit]
    fn guarded(k: usize) -> usize {
        if k > 0 { k - 1 } else { 100 }
    }
    let graph = guarded::graph(1).unwrap();
    agree(&graph, &[Some(0)], &[0], &[&indices(&[0, 3, 0, 1], &[4])]);
}

#[desc_jit]
fn collatz(start: i64) -> i64 {
    let mut n = start;
    let mut count = 0;
    while n != 1 {
        n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
        count += 1;
    }
    count
}

#[desc_jit]
fn escape(re: f64, im: f64, limit: i64) -> i64 {
    let (mut x, mut y) = (0.0, 0.0);
    let mut k = 0;
    while k < limit && x * x + y * y <= 4.0 {
        let next_x = x * x - y * y + re;
        y = 2.0 * x * y + im;
        x = next_x;
        k += 1;
    }
    k
}

#[test]
fn each_element_stops_by_itself() {
    let starts = Buffer::from_vec(vec![1_i64, 27, 2, 97, 6, 7, 871, 3, 9], &[9]).unwrap();
    agree(&collatz::graph(1).unwrap(), &[Some(0)], &[0], &[&starts]);
    let limit = Buffer::from_vec(vec![60_i64], &[]).unwrap();
    let (re, im) = (floats(&[30], -2.25, 0.1), floats(&[30], -1.25, 0.09));
    agree(&escape::graph(0.0, 0.0, 1).unwrap(), &[Some(0), Some(0), None], &[0], &[&re, &im, &limit]);
}

#[test]
fn batches_of_batches() {
    let row = vmap(&escape::graph(0.0, 0.0, 1).unwrap(), &[Some(0), None, None], &[0], 12, None).unwrap();
    let limit = Buffer::from_vec(vec![60_i64], &[]).unwrap();
    let (re, im) = (floats(&[12], -2.25, 0.25), floats(&[10], -1.25, 0.3));
    for out in [0, 1] {
        agree(&row, &[None, Some(0), None], &[out], &[&re, &im, &limit]);
    }
}

#[desc_jit]
fn triangle(x: &Array2<f64>, n: usize) -> Array1<f64> {
    let mut y = Array1::zeros(x.nrows());
    for i in 0..n {
        for j in 0..i {
            y[i] += x[[i, j]] * y[j] + 1.0;
        }
    }
    y
}

#[test]
fn nested_loops_with_bounds_of_their_own() {
    let graph = triangle::graph(&Array2::zeros((4, 4)), 1).unwrap();
    let n = indices(&[4, 0, 3], &[3]);
    agree(&graph, &[Some(0), Some(0)], &[0], &[&floats(&[3, 4, 4], -1.0, 0.125), &n]);
    agree(&graph, &[Some(2), None], &[1], &[&floats(&[4, 4, 3], -1.0, 0.125), &indices(&[4], &[])]);
}

/// The types of the carries of the loops in a loop's body.
fn carried_inside(batched: &Graph) -> Vec<String> {
    let mut types = Vec::new();
    for outer in batched.body.nodes.iter().filter(|n| matches!(n.op, Op::For { .. })) {
        let inner = outer.regions[0].nodes.iter().filter(|n| matches!(n.op, Op::For { .. }));
        types.extend(inner.flat_map(|n| &n.outputs).map(|&v| batched.ty(v).to_string()));
    }
    types
}

#[desc_jit]
fn running(x: &Array1<f64>, first: f64) -> (Array1<f64>, Array1<f64>, Array1<f64>) {
    let mut sums = Array1::zeros(x.len());
    let mut halves = x.clone();
    let mut seen_whole = Array1::zeros(x.len());
    for i in 1..x.len() {
        sums[i] = sums[i - 1] + x[i] * first;
        halves[i] /= 2.0;
        seen_whole[i] = seen_whole.sum() + x[i];
    }
    (sums, halves, seen_whole)
}

#[test]
fn results_are_built_where_they_are_stacked() {
    let graph = running::graph(&Array1::zeros(5), 1.0).unwrap();
    let batched = agree(
        &graph,
        &[Some(0), Some(0)],
        &[0, 1, 0],
        &[&floats(&[3, 5], 1.0, 0.5), &floats(&[3], 1.0, 1.0)],
    );
    assert_eq!(carried_inside(&batched), ["f64[3,5]", "f64[5,3]", "f64[5]"], "{batched}");
    let row = vmap(&escape::graph(0.0, 0.0, 1).unwrap(), &[Some(0), None, None], &[0], 12, None).unwrap();
    let batched = vmap(&row, &[None, Some(0), None], &[1], 7, None).unwrap();
    assert_eq!(carried_inside(&batched), ["i64[12,7]"], "{batched}");
}

#[test]
fn elements_are_read_where_they_lie() {
    let graph = triangle::graph(&Array2::zeros((4, 4)), 1).unwrap();
    let mut batched = vmap(&graph, &[Some(2), Some(0)], &[1], 3, None).unwrap();
    crate::optimize::run(&mut batched).unwrap();
    let text = batched.to_string();
    assert!(text.contains("= load{at, at, at; \"x\"}(%0, ") && !text.contains(": f64[4,4] ="), "{text}");
}

#[desc_jit]
fn product(a: &Array2<f64>, b: &Array1<f64>) -> Array1<f64> {
    a.dot(b)
}

#[test]
fn matrix_products() {
    let graph = product::graph(&Array2::zeros((5, 4)), &Array1::zeros(4)).unwrap();
    let a = floats(&[5, 4], -3.0, 1.0);
    // Of integers, so that no order of the sums can be seen.
    agree(&graph, &[None, Some(0)], &[0], &[&a, &floats(&[6, 4], -7.0, 1.0)]);
    agree(&graph, &[None, Some(1)], &[1], &[&a, &floats(&[4, 6], -7.0, 1.0)]);
    let batched = agree(
        &graph,
        &[Some(0), Some(0)],
        &[0],
        &[&floats(&[6, 5, 4], -9.0, 1.0), &floats(&[6, 4], -7.0, 1.0)],
    );
    assert!(!batched.to_string().contains("dot("), "{batched}");
    let graph: Graph = "graph all(%0: f64[3,4], %1: f64[4,2], %2: f64[3]) {
        %3: f64[3,2] = dot(%0, %1)
        %4: f64[2] = dot(%2, %3)
        return %3, %4
    }"
    .parse()
    .unwrap();
    let (a, b, c) = (floats(&[3, 4], -3.0, 1.0), floats(&[4, 5, 2], -7.0, 1.0), floats(&[3], 1.0, 1.0));
    agree(&graph, &[None, Some(1), None], &[0, 1], &[&a, &b, &c]);
    // The product that is the same for all stays one.
    let batched =
        agree(&graph, &[None, None, Some(0)], &[2, 0], &[&a, &element(&b, 1, 0), &floats(&[2, 3], 1.0, 1.0)]);
    assert_eq!(batched.to_string().matches("dot(").count(), 1, "{batched}");
}

#[test]
fn gather_and_scatter() {
    let graph: Graph = "graph rows(%0: f64[3,2], %1: usize[4], %2: usize[4]) {
        %3: f64[4,2] = take(%0, %1)
        %4: f64[3,2] = put{add;}(%0, %2, %3)
        return %4
    }"
    .parse()
    .unwrap();
    let from = indices(&[0, 2, 1, 1, 2, 2, 0, 0], &[2, 4]);
    let to = indices(&[1, 1, 0, 2], &[4]);
    agree(&graph, &[Some(0), Some(0), None], &[0], &[&floats(&[2, 3, 2], 0.0, 1.0), &from, &to]);
    agree(&graph, &[None, Some(0), None], &[2], &[&floats(&[3, 2], 0.0, 1.0), &from, &to]);
}

/// `sqrt(x) + table[k]`, with a check.
fn guarded_root() -> Graph {
    let text = r#"graph guarded_root(%0: f64, %1: f64[2], %2: usize) {
        %3: f64 = const{0.0}()
        %4: bool = ge(%0, %3)
        check{"a root of a negative number"}(%4)
        %5: f64 = sqrt(%0)
        %6: f64 = load{at; "table"}(%1, %2)
        %7: f64 = add(%5, %6)
        return %7
    }"#;
    text.parse().unwrap()
}

#[test]
fn errors_are_those_of_the_plain_loop() {
    let graph = guarded_root();
    let batched = vmap(&graph, &[Some(0), None, Some(0)], &[0], 3, None).unwrap();
    let table = floats(&[2], 0.0, 1.0);
    let run = |x: &[f64], k: &[usize]| {
        batched.run(&[&Buffer::from_vec(x.to_vec(), &[3]).unwrap(), &table, &indices(k, &[3])])
    };
    for engine in Engine::ALL {
        with_engine(engine, || {
            assert!(run(&[1.0, 4.0, 0.0], &[0, 1, 1]).is_ok());
            let error = run(&[1.0, -1.0, 4.0], &[0, 1, 1]).unwrap_err();
            assert!(error.to_string().contains("a root of a negative number"), "{engine}: {error}");
            let error = run(&[1.0, 4.0, -1.0], &[0, 2, 1]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Index, "{engine}: {error}");
            assert!(error.to_string().contains("index 2 is out of range for axis 0 of `table`"), "{error}");
            assert_eq!(error.location().unwrap().function.as_ref(), "guarded_root");
        });
    }
}

#[desc_jit]
fn with_setup(x: &Array1<f64>, k: f64) -> (f64, f64) {
    let mut norm = 0.0;
    for i in 0..x.len() {
        norm += x[i] * x[i];
    }
    (norm, norm * k)
}

#[test]
fn what_is_the_same_for_all_is_computed_once() {
    let graph = with_setup::graph(&Array1::zeros(3), 1.0).unwrap();
    let batched =
        agree(&graph, &[None, Some(0)], &[0, 0], &[&floats(&[3], 1.0, 1.0), &floats(&[4], 0.5, 1.0)]);
    assert_eq!(loops_at_top(&batched), 2, "{batched}");
    // Nothing is mapped that a result depends on.
    let all = floats(&[3], 1.0, 1.0);
    let got =
        vmap(&graph, &[None, None], &[0, 0], 2, None).unwrap().run(&[&all, &floats(&[], 2.0, 0.0)]).unwrap();
    assert_eq!(got[1].as_slice::<f64>(), Some(&[28.0, 28.0][..]));
}

#[test]
fn a_batch_without_elements() {
    let graph = guarded_root();
    let batched = vmap(&graph, &[Some(0), None, None], &[0], 0, Some(2)).unwrap();
    for engine in Engine::ALL {
        let got = with_engine(engine, || {
            batched.run(&[&floats(&[0], 0.0, 0.0), &floats(&[2], 0.0, 0.0), &indices(&[9], &[])]).unwrap()
        });
        assert_eq!(got[0].shape(), [0], "{engine}");
    }
    let graph = affine::graph(1.0, &Array1::zeros(3)).unwrap();
    let batched = vmap(&graph, &[None, Some(1)], &[1, 0], 0, None).unwrap();
    let got = batched.run(&[&floats(&[], 0.0, 0.0), &floats(&[3, 0], 0.0, 0.0)]).unwrap();
    assert_eq!((got[0].shape(), got[1].shape()), (&[3, 0][..], &[0][..]));
}

#[test]
fn misuse_names_what_is_wrong() {
    let graph = affine::graph(1.0, &Array1::zeros(3)).unwrap();
    let wrong = |in_axes: Axes, out_axes: &[usize], chunk| {
        let error = vmap(&graph, in_axes, out_axes, 2, chunk).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Argument, "{error}");
        error.to_string()
    };
    assert!(wrong(&[Some(0)], &[0, 0], None).contains("takes 2 input axes, not 1"));
    assert!(wrong(&[Some(0), None], &[0], None).contains("takes 2 output axes, not 1"));
    assert!(wrong(&[Some(1), None], &[0, 0], None).contains("can't map axis 1"));
    assert!(
        wrong(&[Some(0), None], &[0, 1], None).contains("can't stack a result of type bool along axis 1")
    );
    assert!(wrong(&[Some(0), None], &[0, 0], Some(0)).contains("chunks of 1 element at least"));
}

//! Derivative and batch of every construct of `docs/language.md`: each row has a function here, named in its first cell.
//!
//! All have one signature, so that one harness compares them: natively and on every engine, reverse mode with forward mode
//! and with differences of the function as written, batches with the function element by element.

use desc_jit::differences::{Scheme, gradient};
use desc_jit::implicit::Iteration;
use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use std::cmp::Ordering;

/// Points at which no function here has a kink.
fn points() -> Array2<f64> {
    array![[0.73, 1.31, -0.42, 2.16], [1.93, 0.24, 0.62, -1.17], [-0.33, 0.84, 1.71, 0.53]]
}

macro_rules! constructs {
    ($($f:ident: $row:literal;)*) => {
        /// The first cells of the rows.
        #[cfg(test)]
        const ROWS: &[&str] = &[$($row),*];

        mod of {
        use super::*;

        $(#[test]
        fn $f() {
            let points = points();
            for engine in Engine::ALL {
                with_engine(engine, || {
                    let slope = grad(super::$f::jit());
                    for (k, x) in points.outer_iter().enumerate() {
                        let x = x.to_owned();
                        let native = super::$f::native(&x, 3);
                        assert!((super::$f(&x, 3) - native).abs() <= 1e-13 * native.abs().max(1.0), "{engine}, point {k}");
                        // Of four evaluations for each element, so that they agree to about 1e-9.
                        let near = gradient(|x| super::$f::native(x, 3), &x, Scheme::Richardson);
                        let found = slope(&x, 3);
                        let size = near.iter().fold(1.0_f64, |m, v| m.max(v.abs()));
                        for (found, near) in found.iter().zip(near.iter()) {
                            assert!((found - near).abs() <= 1e-8 * size, "{engine}, point {k}: {found} is not {near}");
                        }
                        let along = Array1::from_vec(vec![0.3, -1.0, 0.5, 0.25]);
                        let (_, forward) = jvp(super::$f::jit())(&x, 3, &along);
                        let reverse = found.dot(&along);
                        assert!((forward - reverse).abs() <= 1e-12 * size, "{engine}, point {k}: {forward} {reverse}");
                    }
                    let values = vmap(super::$f::jit()).in_axes(in_axes![0, _])(&points, 3);
                    let slopes = vmap(grad(super::$f::jit())).in_axes(in_axes![0, _])(&points, 3);
                    for (k, x) in points.outer_iter().enumerate() {
                        let x = x.to_owned();
                        let (value, one) = (super::$f(&x, 3), slope(&x, 3));
                        assert!((values[k] - value).abs() <= 1e-13 * value.abs().max(1.0), "{engine}, element {k}");
                        for (a, b) in slopes.row(k).iter().zip(one.iter()) {
                            assert!((a - b).abs() <= 1e-12 * b.abs().max(1.0), "{engine}, element {k}: {a} is not {b}");
                        }
                    }
                });
            }
        })*
        }
    };
}

constructs! {
    floats: "`f64`, `f32`";
    integers: "`i32`, `u32`, `i64`, `u64`, `usize`";
    bits: "`wrapping_*`, `rotate_*`, `count_ones`, bit operations";
    bools: "`bool`, `&&`, `\\|\\|`, `!`";
    literals: "unsuffixed literals";
    tuples: "tuples, `let (a, b) = ..`, `(a, b) = (b, a)`";
    names_of_parts: "`let r = &mut x;`, `let mut row = x.row_mut(i);`";
    structs: "structs with `#[derive(Tree)]`: fields, literals with `..old`, patterns, `State { x, .. } = s;`, methods in `#[desc_jit] impl`, lists of them";
    generic_structs: "generic structs, `struct Complex<T>`, `struct Gas<T: Float, const D: usize>`, and `#[desc_jit] impl<T: Float> Complex<T>`";
    casts: "`as`";
    methods: "methods of numbers";
    indices: "`x[i]`, `x[[i, j]]`, `x[i][j]`";
    assignments: "`x[i] = v`, `x[[i, j]] += v`";
    slices: "`x.slice(s![a..b, ..])`, `row`, `column`, `slice_mut(..).assign(&v)`";
    whole_arrays: "arithmetic on whole arrays, `sum`, `dot`, `mapv(\\|v\\| ..)`";
    constructors: "`Array1::zeros(n)`, `from_shape_fn`, `linspace`, `array![..]`, `vec![v; n]`";
    parts_of_lists: "`v[a..b]`, `v[1..]` of lists, `.first().unwrap()`, `.last().unwrap()`";
    lists_of_lists: "`vec![vec![0.0; n]; m]`, `[[f64; 2]; 3]`: `table[i][j]`, `table.len()`, `for row in &table`";
    swaps: "`std::mem::swap(&mut a, &mut b)`, `mem::replace`, `x.swap(i, j)`";
    functional_updates: "`put(..)`, `x.at(i).set(v)`, `.add(v)`, `.mul(v)`, `.min(v)`, `.max(v)`";
    branches: "`if`, `else`, as statements and values";
    matches: "`match`, with ranges, `\\|`, constants, tuples, guards, `name @ pattern`; `if let`, `matches!`";
    counted_loops: "`for i in a..b`, `..=`, `.rev()`, `.step_by(k)`";
    while_loops: "`while`, `while let`, whose conditions may assign";
    orderings: "`match a.cmp(&b) { Ordering::Less => .. }`";
    endless_loops: "`loop`, `break value`";
    jumps: "`break`, `continue`, with labels, from any depth; labelled blocks";
    returns: "`return` anywhere, also in closures";
    results: "`desc_jit::Result<T>` as result, `Ok(v)`, `Err(Error::msg(format!(..)))`, `f(x)?`, `f(x).unwrap()`";
    parallel_loops: "`#[parallel]` on a `for`";
    unrolled_loops: "`#[unroll]` on a `for` of static range";
    checkpointed_loops: "`#[checkpoint]` on a `for`";
    functionals: "`cond`, `switch`, `fori_loop`, `while_loop`, `scan`, `map`";
    items_of_arrays: "`for x in &a`, `a.iter()`, `for x in a.iter_mut()`, `for x in &mut a`";
    parts_of_arrays: "`rows`, `columns`, `outer_iter`, `axis_iter(Axis(k))`, `windows(n)`, `chunks(n)`, `chunks_exact(n)`";
    adapters: "`map`, `enumerate`, `zip`, `rev`, `skip`, `take`, `step_by`, `copied`, `cloned`";
    filters: "`filter`, `take_while`";
    sums: "`sum`, `product`, `fold`, `count`, `any`, `all`, `for_each`";
    searches: "`min_by`, `max_by` with `total_cmp`, `min_by_key`, `max_by_key`, `min`, `max`, `reduce`, `position`, `find`, `next`, `nth`, `last`, each with `.unwrap()` or `.unwrap_or(v)`";
    collected: "`collect`";
    calls: "calls of annotated functions";
    mutable_arguments: "`&mut` arguments";
    closures: "closures in variables, by reference or `move`; closures as arguments";
    generics: "`fn f<T: Float>`, `where T: Float`, traits of one's own beside it; `T::zero()`, `T::from(x).unwrap()`, `T::PI()`, `T::max(a, b)`; `f(x)`, `f::<T>(x)`, `f::jit::<f64>()`";
    const_generics: "`fn f<const N: usize>(x: [f64; N])`, `fn f<const K: u32>(x: f64)`";
    items: "annotated functions inside functions, `const`, `static`, `use`, `const { .. }`";
    transforms: "`grad(f)(&x)`, `vmap(..)`, `jvp(..)` of annotated functions";
    roots: "`root_scalar`, `root`, `fixed_point`";
    assertions: "`assert!`, `assert_eq!`, `assert_ne!`, `debug_assert!`..";
    panics: "`panic!`, `unreachable!`, `todo!`, `unimplemented!`";
    progress_bars: "`for t in progress(\"name\", a..b)`";
}

#[test]
fn every_row_of_the_page_is_here() {
    let page = include_str!("../../docs/language.md");
    let cells = page.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let cells: Vec<&str> = cells.filter(|cell| *cell != "construct" && !cell.starts_with("---")).collect();
    // Those of signatures have tests of their own, and prints write to the terminal: `effects/prints.rs`.
    let own = ["`&[f64]`, ", "`println!`, "];
    let missing: Vec<_> =
        cells.iter().filter(|c| !ROWS.contains(c) && !own.iter().any(|own| c.starts_with(own))).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    let gone: Vec<_> = ROWS.iter().filter(|row| !cells.contains(row)).collect();
    assert!(gone.is_empty(), "{gone:#?}");
}

#[desc_jit]
fn floats(x: &Array1<f64>, n: usize) -> f64 {
    x[0] * x[1] - x[2] / (2.0 + x[3] * x[3]) + x[n]
}

#[desc_jit]
fn integers(x: &Array1<f64>, n: usize) -> f64 {
    let k: i32 = n as i32 * 7 % 4;
    let m: u64 = (n as u64 + 5) / 2;
    x[k as usize] * x[k as usize] * m as f64 - x[(n - 1) % 2]
}

#[desc_jit]
fn bits(x: &Array1<f64>, n: usize) -> f64 {
    let h = (n as u32).wrapping_mul(2_654_435_761).rotate_left(5) ^ 0x55;
    let k = (h & 3) as usize;
    x[k].sin() * h.count_ones() as f64
}

#[desc_jit]
fn bools(x: &Array1<f64>, n: usize) -> f64 {
    let far = x[0] > 1.0 || x[1] > 1.0 && !(x[2] > 1.0);
    if far && n > 2 { x[0] * x[1] } else { x[2] * x[3] }
}

#[desc_jit]
fn literals(x: &Array1<f64>, n: usize) -> f64 {
    let half = 0.5;
    let mut sum = 0.0;
    for i in 0..n {
        sum += half * x[i] * x[i] + 3.0;
    }
    sum
}

#[desc_jit]
fn tuples(x: &Array1<f64>, n: usize) -> f64 {
    let (mut a, mut b) = (x[0], x[1]);
    for i in 0..n {
        (a, b) = (b, a * x[i] + b);
    }
    let pair = (a, (b, n));
    pair.0 * pair.1.0
}

#[desc_jit]
fn names_of_parts(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = x.clone();
    let first = &mut y[0];
    *first *= 2.0;
    let mut table = Array2::zeros((2, 4));
    let mut row = table.row_mut(1);
    for i in 0..n {
        row[i] = y[i] * y[i + 1];
    }
    table[[1, 0]] * table[[1, 1]] + table[[1, 2]]
}

#[derive(Tree, Clone)]
struct Body {
    position: f64,
    velocity: f64,
    charges: Array1<f64>,
}

#[desc_jit]
impl Body {
    fn drift(&mut self, dt: f64) {
        self.position += dt * self.velocity;
    }

    fn energy(&self) -> f64 {
        0.5 * self.velocity * self.velocity + self.charges.sum() * self.position
    }
}

#[desc_jit]
fn structs(x: &Array1<f64>, n: usize) -> f64 {
    let mut body = Body { position: x[0], velocity: x[1], charges: x * 0.5 };
    for _ in 0..n {
        body.drift(0.1);
        body = Body { velocity: body.velocity - 0.1 * body.position, ..body };
    }
    let Body { position, .. } = &body;
    let two = vec![body.clone(), Body { position: 2.0 * position, ..body.clone() }];
    two[0].energy() * two[1].energy()
}

#[derive(Tree, Clone)]
struct Complex<T> {
    re: T,
    im: T,
}

#[desc_jit]
impl<T: Float> Complex<T> {
    fn times(&self, other: &Complex<T>) -> Complex<T> {
        Complex { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }
}

#[desc_jit]
fn generic_structs(x: &Array1<f64>, n: usize) -> f64 {
    let mut z = Complex { re: x[0], im: x[1] };
    for i in 0..n {
        z = z.times(&Complex { re: x[i], im: x[i + 1] });
    }
    z.re + 2.0 * z.im
}

#[desc_jit]
fn casts(x: &Array1<f64>, n: usize) -> f64 {
    let scale = n as f64 / 4 as f64;
    let whole = (x[0] * 10.0) as i64 as f64;
    scale * x[1] * x[2] + whole * x[3]
}

#[desc_jit]
fn methods(x: &Array1<f64>, n: usize) -> f64 {
    let y = x[0].sin() * x[1].exp() + x[2].abs().sqrt() + x[3].powi(n as i32);
    y.atan2(2.0 + x[0].cosh())
        + x[1].hypot(x[2])
        + x[3].mul_add(x[0], x[1]).tanh()
        + x[2].max(x[3]).clamp(-5.0, 5.0)
}

#[desc_jit]
fn indices(x: &Array1<f64>, n: usize) -> f64 {
    let table = array![[x[0], x[1]], [x[2], x[3]]];
    let lists = [[x[3], x[2]], [x[1], x[0]]];
    table[[n % 2, 0]] * lists[n % 2][1] + x[n]
}

#[desc_jit]
fn assignments(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = Array1::<f64>::zeros(4);
    let mut table = Array2::<f64>::zeros((2, 2));
    for i in 0..n {
        y[i + 1] = y[i] * x[i] + x[i + 1];
        table[[i % 2, 1]] += y[i + 1];
    }
    y[2] * y[3] + table[[0, 1]] * table[[1, 1]]
}

#[desc_jit]
fn slices(x: &Array1<f64>, n: usize) -> f64 {
    let mut table = Array2::zeros((3, 4));
    table.slice_mut(s![1, ..]).assign(x);
    table.row_mut(2).assign(&(x * x));
    let inner = table.slice(s![1.., 1..3]).to_owned();
    let column = table.column(n).to_owned();
    inner.sum() * column.sum() + table.row(1)[n - 1]
}

#[desc_jit]
fn whole_arrays(x: &Array1<f64>, n: usize) -> f64 {
    let y = x * 2.0 + &x.mapv(|v| v.sin() * v);
    y.dot(x) / (1.0 + (&y * &y).sum()) + x.mean().unwrap() * n as f64
}

#[desc_jit]
fn constructors(x: &Array1<f64>, n: usize) -> f64 {
    let squares = Array1::from_shape_fn(4, |i| x[i] * x[i] + i as f64);
    let line = Array1::linspace(0.0, 1.0, 4);
    let table = array![[x[0], 1.0], [2.0, x[1]]];
    let list = vec![x[2]; 3];
    squares.dot(&line) + table.sum() * list[n - 1] + Array1::<f64>::ones(4).dot(x)
}

#[desc_jit]
fn parts_of_lists(x: &Array1<f64>, n: usize) -> f64 {
    let list = vec![x[0], x[1], x[2], x[3]];
    let part = &list[1..3];
    part[0] * part[1] + list[1..].first().unwrap() * list.last().unwrap() + part.len() as f64 * list[n]
}

#[desc_jit]
fn lists_of_lists(x: &Array1<f64>, n: usize) -> f64 {
    let mut table = vec![vec![0.0; 2]; 2];
    for i in 0..n {
        table[i % 2][i / 2] += x[i] * x[i + 1];
    }
    let mut product = 1.0;
    for row in &table {
        product *= row[0] + 2.0 * row[1];
    }
    product + table.len() as f64 * table[1][0]
}

#[desc_jit]
fn swaps(x: &Array1<f64>, n: usize) -> f64 {
    let (mut a, mut b) = (x.clone(), x * 3.0);
    for i in 0..n {
        a[i] = b[i + 1] * x[i];
        std::mem::swap(&mut a, &mut b);
        b.swap(0, i);
    }
    let old = std::mem::replace(&mut a, b);
    old[0] * a[0] + old[1] * a[2]
}

#[desc_jit]
fn functional_updates(x: &Array1<f64>, n: usize) -> f64 {
    let y = x.at(0).set(x[1] * x[2]).at(1).add(x[3]).at(n).mul(x[0]);
    let z = put(&y, 2, x[0] * x[0]).at(0).max(-10.0).at(1).min(10.0);
    z.dot(x)
}

#[desc_jit]
fn branches(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = if x[0] > x[1] { x[0] * x[2] } else { x[1].exp() };
    for i in 0..n {
        if x[i] > 0.5 {
            y += x[i] * y;
        } else if x[i] > 0.0 {
            y -= x[i];
        }
    }
    y
}

#[desc_jit]
fn matches(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = x[0];
    for i in 0..=n {
        y = match (i, x[i] > 0.5) {
            (0, _) => y * y,
            (k @ 1..=2, true) => y + x[k] * x[i],
            (2 | 3, false) if y > 0.0 => y.sqrt(),
            _ => y - x[i],
        };
    }
    if let 3 = n {
        y * x[1]
    } else if matches!(n, 4..) {
        y
    } else {
        0.0
    }
}

#[desc_jit]
fn counted_loops(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = 1.0;
    for i in (0..=n).rev() {
        y = y * x[i] + 1.0;
    }
    for i in (0..n + 1).step_by(2) {
        y += x[i] * x[i];
    }
    y
}

#[desc_jit]
fn while_loops(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = x[0] * x[0] + 1.0;
    let mut count = 0;
    while y < 20.0 && count < 10 * n {
        y = y * 1.5 + 0.1 * x[count % 4];
        count += 1;
    }
    while let 0..=40 = count {
        y += 0.01 * x[1] * y;
        count += 1;
    }
    y
}

#[desc_jit]
fn orderings(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = 0.0;
    for i in 0..n {
        y += match i.cmp(&1) {
            Ordering::Less => x[i] * x[i],
            Ordering::Equal => x[i].sin(),
            Ordering::Greater => x[i] * x[0],
        };
    }
    y
}

#[desc_jit]
fn endless_loops(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = x[0];
    let mut i = 0;
    loop {
        y = y * y * 0.5 + x[i % 4];
        i += 1;
        if i > n {
            break y * x[3];
        }
    }
}

#[desc_jit]
fn jumps(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = 1.0;
    'outer: for i in 0..n {
        for j in 0..4 {
            if x[j] < 0.0 {
                continue;
            }
            if y > 6.0 {
                break 'outer;
            }
            y += x[i] * x[j] * y;
        }
    }
    let z = 'block: {
        if y > 3.0 {
            break 'block y * x[0];
        }
        y * x[1]
    };
    z + y
}

#[desc_jit]
fn returns(x: &Array1<f64>, n: usize) -> f64 {
    let squared = |v: f64| {
        if v > 1.0 {
            return v * v;
        }
        v
    };
    let mut y = x[0];
    for i in 0..n {
        y += squared(x[i]) * y;
        if y > 5.0 {
            return y * x[3];
        }
    }
    y
}

#[desc_jit]
fn positive(v: f64) -> desc_jit::Result<f64> {
    if v < -100.0 {
        return Err(Error::msg(format!("{v} is too small")));
    }
    Ok(v * v + 1.0)
}

#[desc_jit]
fn both_positive(a: f64, b: f64) -> desc_jit::Result<f64> {
    let a = positive(a)?;
    Ok(a * positive(b)?)
}

#[desc_jit]
fn results(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = 0.0;
    for i in 0..n {
        y += both_positive(x[i], x[i + 1]).unwrap();
    }
    y
}

#[desc_jit]
fn parallel_loops(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = x.clone();
    #[parallel]
    for i in 0..4 {
        y[i] = x[i].sin() * x[n - i.min(3)];
    }
    y.dot(x)
}

#[desc_jit]
fn unrolled_loops(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = 1.0;
    #[unroll]
    for i in 0..4 {
        y = y * x[i] + (i * n) as f64;
    }
    y
}

#[desc_jit]
fn checkpointed_loops(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = x.clone();
    #[checkpoint]
    for t in 0..5 * n {
        y[t % 4] = 0.9 * y[t % 4] + 0.1 * (y[(t + 1) % 4] * x[0]).sin();
    }
    y.dot(&y)
}

#[desc_jit]
fn functionals(x: &Array1<f64>, n: usize) -> f64 {
    let a = cond(x[0] > 0.0, |v: f64| v * v, |v: f64| v.exp(), x[1]);
    let b = switch(n % 2, [|v: f64| v + 1.0, |v: f64| v * v], x[2]);
    let c = fori_loop(0, n, |i, v: f64| v * x[i] + 1.0, x[3]);
    let d = while_loop(|v: &f64| *v < 9.0, |v: f64| v * 2.0, x[0] * x[0] + 1.0);
    let (e, _) = scan(|s: f64, v: f64| (s * v + 1.0, s), x[0], x);
    a * b + c * d + e + map(|v: f64| v * v, x).sum()
}

#[desc_jit]
fn items_of_arrays(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = x * n as f64;
    for v in y.iter_mut() {
        *v = *v * *v;
    }
    for v in &mut y {
        *v += 1.0;
    }
    let mut product = 1.0;
    for (a, b) in x.iter().zip(&y) {
        product *= a + 0.1 * b;
    }
    for v in x {
        product += v * v;
    }
    product
}

#[desc_jit]
fn parts_of_arrays(x: &Array1<f64>, n: usize) -> f64 {
    let table = array![[x[0], x[1]], [x[2], x[3]]];
    let mut y = 0.0;
    for row in table.rows() {
        y += row[0] * row[1];
    }
    for column in table.columns() {
        y += column[0] * column[0] * column[1];
    }
    for part in table.axis_iter(Axis(1)) {
        y += part.sum() * y;
    }
    for row in table.outer_iter() {
        y -= row.dot(&row);
    }
    let list = vec![x[0], x[1], x[2], x[3]];
    for w in list.windows(2) {
        y += w[0] * w[1];
    }
    for c in list.chunks(2) {
        y *= c[0] + c[1] * n as f64;
    }
    y
}

#[desc_jit]
fn adapters(x: &Array1<f64>, n: usize) -> f64 {
    let a: f64 = x.iter().skip(1).take(n).map(|v| v * v).sum();
    let b: f64 = x.iter().rev().enumerate().map(|(i, v)| v * i as f64).sum();
    let c: f64 = x.iter().copied().zip(x.iter().cloned().skip(1)).map(|(u, v)| u * v).sum();
    let d: f64 = x.iter().step_by(2).map(|v| v.sin()).sum();
    a * b + c * d
}

#[desc_jit]
fn filters(x: &Array1<f64>, n: usize) -> f64 {
    let a: f64 = x.iter().filter(|v| **v > 0.5).map(|v| v * v).sum();
    let b: f64 = x.iter().take_while(|v| **v > -0.35).map(|v| v * x[n]).sum();
    a + b * x[0]
}

#[desc_jit]
fn sums(x: &Array1<f64>, n: usize) -> f64 {
    let product: f64 = x.iter().map(|v| v + 2.0).product();
    let folded = x.iter().fold(1.0, |s, v| s * v + 1.0);
    let many = x.iter().filter(|v| **v > 0.0).count();
    let mut total = 0.0;
    x.iter().for_each(|v| total += v * v);
    let any = x.iter().any(|v| *v > 2.0) || x.iter().all(|v| *v < 0.0);
    product + folded * many as f64 + if any { total } else { total * n as f64 } + x.iter().sum::<f64>()
}

#[desc_jit]
fn searches(x: &Array1<f64>, n: usize) -> f64 {
    let most = x.iter().max_by(|a, b| a.total_cmp(b)).unwrap();
    let least = x.iter().copied().min_by(|a, b| a.total_cmp(b)).unwrap();
    let first = x.iter().find(|v| **v > 0.65).unwrap_or(&0.0);
    let at = x.iter().position(|v| *v > 1.2).unwrap();
    let nearest = (0..4).min_by_key(|i| (*i as i64 - 2).abs()).unwrap();
    let longest = x.iter().copied().reduce(|a, b| if a * a > b * b { a } else { b }).unwrap();
    most * least + first * x[at] + x[nearest] * longest + x.iter().nth(n).unwrap() * x.iter().last().unwrap()
}

#[desc_jit]
fn collected(x: &Array1<f64>, n: usize) -> f64 {
    let squares: Vec<f64> = x.iter().map(|v| v * v).collect();
    let sums: Array1<f64> = (0..3).map(|i| squares[i] + x[i + 1]).collect();
    sums.dot(&sums) * squares[n]
}

#[desc_jit]
fn parabola(v: f64, k: usize) -> f64 {
    v * v + k as f64 * v
}

#[desc_jit]
fn calls(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = 0.0;
    for i in 0..n {
        y += parabola(x[i], i) * parabola(y, n);
    }
    y
}

#[desc_jit]
fn relax(y: &mut Array1<f64>, sum: &mut f64, by: f64) {
    for i in 1..y.len() {
        y[i] = (1.0 - by) * y[i] + by * y[i - 1];
        *sum += y[i] * y[i];
    }
}

#[desc_jit]
fn mutable_arguments(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = x.clone();
    let mut sum = 0.0;
    for _ in 0..n {
        relax(&mut y, &mut sum, x[0]);
    }
    sum
}

#[desc_jit]
fn closures(x: &Array1<f64>, n: usize) -> f64 {
    let scale = x[0] * n as f64;
    let scaled = |v: f64| scale * v;
    let owned = move |v: f64| v * v + scale;
    scaled(x[1]) * owned(x[2]) + x.mapv(|v| scaled(v) * v).sum()
}

#[desc_jit]
fn horner<T>(x: &Array1<T>, at: T) -> T
where
    T: Float + Copy,
{
    let mut y = T::zero();
    for i in 0..x.len() {
        y = y * at + T::max(x[i], T::from(-50.0).unwrap()) * T::PI();
    }
    y
}

#[desc_jit]
fn generics(x: &Array1<f64>, n: usize) -> f64 {
    horner(x, x[0]) + horner::<f64>(x, 1.0 / n as f64)
}

#[desc_jit]
fn length<const N: usize>(x: [f64; N]) -> f64 {
    let mut sum = 0.0;
    for i in 0..N {
        sum += x[i] * x[i];
    }
    sum / N as f64
}

#[desc_jit]
fn power<const K: u32>(x: f64) -> f64 {
    let mut result = 1.0;
    for _ in 0..K {
        result *= x;
    }
    result
}

#[desc_jit]
fn const_generics(x: &Array1<f64>, n: usize) -> f64 {
    length([x[0], x[1], x[2]]) * power::<3>(x[3]) + length([x[n], x[0]])
}

const STIFFNESS: f64 = 2.5;
static LIMITS: [f64; 2] = [0.5, 4.0];

#[desc_jit]
fn items(x: &Array1<f64>, n: usize) -> f64 {
    use std::f64::consts::TAU;
    const SHIFT: f64 = 0.25;
    #[desc_jit]
    fn spring(v: f64) -> f64 {
        STIFFNESS * v * v
    }
    spring(x[0]) + TAU * x[1] * x[2] + SHIFT * x[3] + LIMITS[n % 2] * x[0] * const { 3.0 * 1.5 }
}

#[desc_jit]
fn well(v: f64, k: f64) -> f64 {
    k * v.powi(4) - v * v
}

#[desc_jit]
fn transforms(x: &Array1<f64>, n: usize) -> f64 {
    let force = -grad(well)(x[0], x[1]);
    let (_, slope) = jvp(well)(x[2], x[3], 0.5);
    let all = vmap(grad(well)).in_axes(in_axes![0, _])(x, n as f64);
    force * slope + all.sum()
}

#[desc_jit]
fn roots(x: &Array1<f64>, n: usize) -> f64 {
    // To the last digits: differences divide by a small step.
    let kepler = |e: f64| e - 0.3 * e.sin() - x[0];
    let (e, _) = root_scalar_with(kepler, x[0], None, None, 1e-15, 50, 5, 0.1);
    let cosine = |v: f64| (v * 0.5).cos() + 0.1 * x[1];
    let (v, _) = fixed_point_with(cosine, 1.0, 1e-15, 200, Iteration::Simple);
    e * v * n as f64
}

#[desc_jit]
fn assertions(x: &Array1<f64>, n: usize) -> f64 {
    assert!(x[0] > -100.0, "{} is too small", x[0]);
    assert_eq!(n, 3);
    assert_ne!(x[1], 100.0);
    debug_assert!(x[2] < 100.0);
    x[0] * x[1] * x[2]
}

#[desc_jit]
fn panics(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = x[0];
    for i in 0..n {
        y *= match i {
            0 => x[1],
            1 | 2 => x[2] + x[3],
            _ => unreachable!("{i}"),
        };
        if y > 1e6 {
            panic!("{y} is too large");
        }
    }
    y
}

#[desc_jit]
fn progress_bars(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = 1.0;
    for t in progress("steps", 0..n) {
        y += x[t] * y * x[t + 1];
    }
    y
}

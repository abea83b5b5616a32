//! *Iterators* of `docs/language.md`.

use desc_jit::prelude::*;

constructs! {
    items_of_arrays: "`for x in &a`, `a.iter()`, `for x in a.iter_mut()`, `for x in &mut a`";
    parts_of_arrays: "`rows`, `columns`, `outer_iter`, `axis_iter(Axis(k))`, `windows(n)`, `chunks(n)`, `chunks_exact(n)`";
    whole_chunks: "`rows`, `columns`, `outer_iter`, `axis_iter(Axis(k))`, `windows(n)`, `chunks(n)`, `chunks_exact(n)`";
    items_of_parts: "`for v in x` of a `&mut`, `x[a..b].iter()`, `x[k..].iter_mut()`, `for v in &mut x[1..]`";
    indexed: "`x.indexed_iter()`, `indexed_iter_mut()`";
    adapters: "`map`, `enumerate`, `zip`, `rev`, `skip`, `take`, `step_by`, `copied`, `cloned`, `inspect`";
    inspected: "`map`, `enumerate`, `zip`, `rev`, `skip`, `take`, `step_by`, `copied`, `cloned`, `inspect`";
    filters: "`filter`, `take_while`, `skip_while`; `filter_map`, `map_while` with `Some(v)`, `None`, `c.then(\\|\\| v)`";
    chains: "`a.iter().chain(&b)`, `std::iter::once(v)`, `repeat(v)`";
    nested: "`flat_map`, `flatten`";
    scans: "`scan(init, \\|s, x\\| ..)`";
    endless: "`for i in 0..`, `(1..).zip(&x)`, `(1..).map(f).take_while(g)`";
    sums: "`sum`, `product`, `fold`, `count`, `any`, `all`, `for_each`";
    searches: "`min_by`, `max_by` with `total_cmp`, `min_by_key`, `max_by_key`, `min`, `max`, `reduce`, `position`, `find`, `find_map`, `next`, `nth`, `last`, each with `.unwrap()` or `.unwrap_or(v)`";
    keys_and_options: "`min_by`, `max_by` with `total_cmp`, `min_by_key`, `max_by_key`, `min`, `max`, `reduce`, `position`, `find`, `find_map`, `next`, `nth`, `last`, each with `.unwrap()` or `.unwrap_or(v)`";
    collected: "`collect`, `unzip`";
}

#[desc_jit]
fn squared(x: &mut [f64]) {
    for v in x {
        *v *= *v;
    }
}

#[desc_jit]
fn items_of_parts(x: &Array1<f64>, n: usize) -> f64 {
    let mut list = vec![x[0], x[1], x[2], x[3]];
    squared(&mut list);
    for (k, v) in list[n..].iter_mut().enumerate() {
        *v *= x[k];
    }
    for v in &mut list[1..3] {
        *v += 0.5 * x[0];
    }
    let mut sum = 0.0;
    for k in 0..list.len() {
        sum += list[k..].iter().product::<f64>() * list[..=k].iter().sum::<f64>();
    }
    sum
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
    for c in list.chunks(3) {
        y += c.iter().map(|v| v * v).sum::<f64>() * c[0];
    }
    for c in list.chunks(2) {
        y *= c[0] + c[1] * n as f64;
    }
    y
}

#[desc_jit]
fn whole_chunks(x: &Array1<f64>, n: usize) -> f64 {
    let list = vec![x[0], x[1], x[2], x[3], x[0] * x[1]];
    let mut y = 1.0;
    for c in list.chunks_exact(2) {
        y = y * c[0] + c[1] * n as f64;
    }
    let products: f64 = list.chunks_exact(3).map(|c| c.iter().product::<f64>()).sum();
    let firsts: Array1<f64> = list.chunks_exact(2).enumerate().map(|(k, c)| c[0] * (k + 1) as f64).collect();
    y * products + firsts.dot(&firsts)
}

#[desc_jit]
fn inspected(x: &Array1<f64>, n: usize) -> f64 {
    let mut seen = x[0];
    let mut count = 0;
    let squares: f64 = x
        .iter()
        .inspect(|v| seen = 0.5 * seen * *v + 1.0)
        .filter(|v| **v > 0.0)
        .inspect(|_| count += n)
        .map(|v| v * v)
        .sum();
    squares * seen + count as f64 * x[1]
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
    let c: f64 = x.iter().skip_while(|v| **v < 0.5).enumerate().map(|(i, v)| v * i as f64).sum();
    let d: f64 = x.iter().filter_map(|v| (*v > 0.0).then(|| v.sqrt())).sum();
    a + b * x[0] + c * d
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
fn keys_and_options(x: &Array1<f64>, n: usize) -> f64 {
    let (last, _) = (0..4).map(|i| (i, i * n % 4)).max_by_key(|(_, k)| *k).unwrap();
    let root = x.iter().find_map(|v| if *v > 0.6 { Some(v.ln()) } else { None }).unwrap_or(0.5);
    let none = x.iter().find_map(|v| (*v > 100.0).then(|| v * v)).unwrap_or(x[3]);
    let first = x.iter().next().unwrap();
    let positive = x.iter().skip(2).filter(|v| **v > 0.0).map(|v| v * v).next().unwrap_or(x[0]);
    let (least, most) = ((0..n).map(|i| i * i % 3).min().unwrap(), (0..n).map(|i| i * i % 3).max().unwrap());
    x[last] * root + none * first + positive * x[least] * x[most]
}

#[desc_jit]
fn collected(x: &Array1<f64>, n: usize) -> f64 {
    let squares: Vec<f64> = x.iter().map(|v| v * v).collect();
    let sums: Array1<f64> = (0..3).map(|i| squares[i] + x[i + 1]).collect();
    let (sines, cubes): (Vec<f64>, Vec<f64>) = x.iter().map(|v| (v.sin(), v * v * v)).unzip();
    sums.dot(&sums) * squares[n] + sines[1] * cubes[n]
}

#[desc_jit]
fn indexed(x: &Array1<f64>, n: usize) -> f64 {
    let mut table = Array2::zeros((2, 2));
    for ((i, j), v) in table.indexed_iter_mut() {
        *v = x[i] * x[j] + n as f64;
    }
    let moment: f64 = x.indexed_iter().map(|(i, v)| i as f64 * v * v).sum();
    moment * table.indexed_iter().map(|((i, j), v)| v * (i + 2 * j) as f64).sum::<f64>()
}

#[desc_jit]
fn chains(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = 1.0;
    for v in x.iter().chain(x.iter().rev()) {
        y = 0.5 * y * v + v;
    }
    let ends: f64 = std::iter::once(y).chain(x.iter().copied().take(n)).map(|v| v * v).sum();
    ends + x.iter().take_while(|v| **v > -0.35).chain(x.iter().skip(1)).fold(1.0, |s, v| s * (v + 2.0))
}

#[desc_jit]
fn nested(x: &Array1<f64>, n: usize) -> f64 {
    let products: f64 = (0..n).flat_map(|i| (0..=i).map(move |j| x[i] * x[j])).sum();
    let list: Array1<f64> = x.iter().flat_map(|a| [a * a, a + 1.0]).collect();
    let pairs: f64 = x.iter().zip(x.iter().flat_map(|a| [a * a, 3.0 * a])).map(|(a, b)| a * b).sum();
    let chained: f64 = x.iter().take(2).copied().chain(x.iter().flat_map(|a| [a * a, a + 1.0])).product();
    products * list.iter().rev().fold(0.5, |s, v| 0.5 * s * v + v) + pairs + chained
}

#[desc_jit]
fn scans(x: &Array1<f64>, n: usize) -> f64 {
    let running: Array1<f64> = x
        .iter()
        .scan(1.0, |s, v| {
            *s *= v + 2.0;
            Some(*s)
        })
        .collect();
    let mut total = 0.0;
    for v in x.iter().scan(0.0, |s, v| {
        if *s > 2.0 {
            None
        } else {
            *s += v * v;
            Some(*s * v)
        }
    }) {
        total += v;
    }
    running.dot(x) + total * running[n]
}

#[desc_jit]
fn endless(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = x[0];
    for k in 1.. {
        if k > n {
            break;
        }
        y = y * x[1] + x[2] / k as f64;
    }
    let moment: f64 = (1..).zip(x).map(|(k, v)| v * v / k as f64).sum();
    let series: f64 = (1..).map(|k| x[3] / k as f64).take_while(|v| v.abs() > 0.05).sum();
    y * moment + series
}

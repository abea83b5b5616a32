//! *Arrays* of `docs/language.md`.

use desc_jit::prelude::*;

constructs! {
    indices: "`x[i]`, `x[[i, j]]`, `x[i][j]`";
    assignments: "`x[i] = v`, `x[[i, j]] += v`";
    slices: "`x.slice(s![a..b, ..])`, `row`, `column`, `slice_mut(..).assign(&v)`";
    whole_arrays: "arithmetic on whole arrays, `sum`, `dot`, `mapv(\\|v\\| ..)`";
    positions: "arithmetic on whole arrays, `sum`, `dot`, `mapv(\\|v\\| ..)`";
    constructors: "`Array1::zeros(n)`, `from_shape_fn`, `linspace`, `array![..]`, `vec![v; n]`";
    parts_of_lists: "`v[a..b]`, `v[1..]` of lists, `.first().unwrap()`, `.last().unwrap()`";
    lists_of_lists: "`vec![vec![0.0; n]; m]`, `[[f64; 2]; 3]`: `table[i][j]`, `table.len()`, `for row in &table`";
    swaps: "`std::mem::swap(&mut a, &mut b)`, `mem::replace`, `x.swap(i, j)`";
    functional_updates: "`put(..)`, `x.at(i).set(v)`, `.add(v)`, `.mul(v)`, `.min(v)`, `.max(v)`";
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
fn positions(x: &Array1<f64>, n: usize) -> f64 {
    let y = x.mapv(|v| v * v);
    let (most, least) = (y.argmax(), x.argmin());
    let mut z = x.clone();
    z[most] *= x[least];
    z.sum() + y[y.argmin()] * (most + n) as f64
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

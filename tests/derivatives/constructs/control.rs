//! *Control flow* of `docs/language.md`.

use desc_jit::prelude::*;
use std::cmp::Ordering;

constructs! {
    branches: "`if`, `else`, as statements and values";
    matches: "`match`, with ranges, `\\|`, constants, tuples, lists, structs, guards, `name @ pattern`, `(0, x) \\| (x, 0)`; `if let`, `let .. else`, `matches!`";
    counted_loops: "`for i in a..b`, `..=`, `.rev()`, `.step_by(k)`";
    while_loops: "`while`, `while let`, whose conditions may assign";
    orderings: "`match a.cmp(&b) { Ordering::Less => .. }`";
    endless_loops: "`loop`, `break value`";
    jumps: "`break`, `continue`, with labels, from any depth; labelled blocks";
    jumps_in_matches: "`break`, `continue`, with labels, from any depth; labelled blocks";
    values_of_outer_loops: "`break`, `continue`, with labels, from any depth; labelled blocks";
    returns: "`return` anywhere, also in closures";
    results: "`desc_jit::Result<T>` as result, `Ok(v)`, `Err(Error::msg(format!(..)))`, `f(x)?`, `f(x).unwrap()`";
    parallel_loops: "`#[parallel]` on a `for`";
    unrolled_loops: "`#[unroll]` on a `for` of static range";
    checkpointed_loops: "`#[checkpoint]` on a `for`";
    functionals: "`cond`, `switch`, `fori_loop`, `while_loop`, `scan`, `map`";
    scans_of_arrays: "`cond`, `switch`, `fori_loop`, `while_loop`, `scan`, `map`";
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
    y *= match (n, [x[0], x[1]]) {
        (0, [v, _]) | (1..=3, [_, v]) => v,
        _ => 1.0,
    };
    let (1.., factor) = (n, x[2]) else { return y };
    y += factor * y;
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
fn jumps_in_matches(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = x[0];
    for i in 0..4 {
        let mut k = 0;
        while k < 3 * n {
            match (i + k) % 5 {
                0 => y = y * x[i] + 0.5,
                1 if y > 1.0 => break,
                1 | 2 => {
                    k += 2;
                    continue;
                }
                3 if y < -1.5 => return y * x[1] * k as f64,
                _ => y += x[k % 4] * x[i],
            }
            k += 1;
        }
        y = 0.9 * y + x[i];
    }
    y
}

#[desc_jit]
fn values_of_outer_loops(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = x[0] * x[0] + 0.5;
    let found = 'outer: loop {
        for j in 0..=n {
            y = 1.25 * y + x[j] * x[j];
            if y > 8.5 {
                break 'outer y * x[j];
            }
            if j == 2 && x[j] > 1.0 {
                break;
            }
        }
        if y > 6.0 {
            break y.sqrt();
        }
    };
    found + y
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
    let (mut y, mut z) = (x.clone(), x * 2.0);
    #[parallel]
    for i in 0..4 {
        y[i] = x[i].sin() * x[n - i.min(3)];
        z[i] *= x[i] * 0.5;
    }
    y.dot(x) + z.dot(&y)
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
fn scans_of_arrays(x: &Array1<f64>, n: usize) -> f64 {
    let (a, before) = scan_reverse(|s: f64, v: f64| (0.5 * s * v + x[n], s * v), x[0], x);
    let (b, powers) = scan_n(|p: f64| (p * x[1] + 0.5, p * p), x[3], 4);
    let (c, rest) = scan_with(|s: f64, v: f64| (0.5 * s + v * v, s - v), x[1], x, true, 2);
    let (d, ()) = scan_with(|s: f64, v: f64| (s * v.cos(), ()), x[2], x, false, 3);
    let (e, running) = scan(|(s, m): (f64, f64), v: f64| ((s + v * m, m * 0.5), (s, m * v)), (x[0], x[1]), x);
    a * b + c * d + e.0 + before.dot(&powers) + rest.dot(&running.0) * running.1.sum()
}

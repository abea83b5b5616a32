#[must_use]
#[cfg(unix)]
fn calls((cx, value): (f64, f64), x: &mut Array1<f64>, args: usize) -> (f64, f64) {
    let mut at = cx;
    let r#type = other::step(&mut at, value);
    step(x, &mut at);
    let a = cond(at > 0.0, |v| v + value, f64::sqrt, at);
    let b = fori_loop(0, args, |i, (s, t)| (s + i as f64, t), (a, 1.0)).0;
    let c = x.mapv(|v| v.max(b)).sum();
    (f64::max(a, r#type), c)
}

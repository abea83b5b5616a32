pub(crate) fn branches(x: f64, n: usize) -> f64 {
    let sign;
    if x < 0.0 {
        sign = -1.0;
    } else {
        sign = 1.0;
    }
    let mut y = if n == 0 { 1.0 } else { let mut t = x; t += 1.0; t };
    if x > 1.0 && y > x {
        y *= 2.0;
    }
    while y < 10.0 {
        let x = y + sign;
        y = x;
    }
    return y;
}

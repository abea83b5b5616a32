/// The heat equation on a plate.
pub fn heat(u0: &Array2<f64>, alpha: f64, steps: usize) -> Array2<f64> {
    let (nx, ny) = u0.dim();
    let mut u = u0.clone();
    let mut next = u0.clone();
    for _ in 0..steps {
        for i in 1..nx - 1 {
            for j in 1..ny - 1 {
                next[[i, j]] = u[[i, j]] + alpha * (u[[i + 1, j]] - 4.0 * u[[i, j]]);
            }
        }
        std::mem::swap(&mut u, &mut next);
    }
    u
}

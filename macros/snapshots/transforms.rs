fn relax(x: &Array1<f64>, k: f64) -> Array1<f64> {
    let slope = grad(energy::potential::jit().wrt(argnums![0]));
    let second = grad(&slope);
    slope(x, k) - vmap(grad(energy::potential)).in_axes(in_axes![0, _])(x, k) * second(x, k)
}

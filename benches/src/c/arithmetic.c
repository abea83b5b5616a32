void arithmetic(const Argument *args) {
    int64_t n = args[0].n;
    const double *restrict a = args[1].f64, *restrict b = args[2].f64, *restrict c = args[3].f64;
    double *restrict y = args[4].f64;
    /* Sharing less costs more than it saves. */
#pragma omp parallel for simd schedule(static) if (n > 20000)
    for (int64_t i = 0; i < n; i++) {
        y[i] = 2.0 * a[i] * b[i] + c[i] * (a[i] - b[i]) / 2.0;
    }
}

void spmv(const Argument *args) {
    int64_t rows = args[0].n;
    const uint32_t *restrict start = (const uint32_t *)args[1].i32, *restrict column = (const uint32_t *)args[2].i32;
    const double *restrict value = args[3].f64, *restrict x = args[4].f64;
    double *restrict y = args[5].f64;
#pragma omp parallel for schedule(static) if (start[rows] > 100000)
    for (int64_t i = 0; i < rows; i++) {
        double sum = 0.0;
        for (uint32_t k = start[i]; k < start[i + 1]; k++) {
            sum += value[k] * x[column[k]];
        }
        y[i] = sum;
    }
}

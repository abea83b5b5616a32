/* Sums may be split over the lanes. */
#pragma GCC optimize("fast-math")

/* Four rows at once: x and y pass through the registers a quarter as often. */
static void four_rows(int64_t n, const double *restrict a, const double *restrict x, double *restrict y) {
    const double *b = a + n, *c = b + n, *d = c + n;
    double s = 0.0, t = 0.0, u = 0.0, v = 0.0;
    for (int64_t j = 0; j < n; j++) {
        s += a[j] * x[j];
        t += b[j] * x[j];
        u += c[j] * x[j];
        v += d[j] * x[j];
    }
    for (int64_t j = 0; j < n; j++) {
        y[j] += a[j] * s + b[j] * t + c[j] * u + d[j] * v;
    }
}

static void one_row(int64_t n, const double *restrict a, const double *restrict x, double *restrict y) {
    double s = 0.0;
    for (int64_t j = 0; j < n; j++) {
        s += a[j] * x[j];
    }
    for (int64_t j = 0; j < n; j++) {
        y[j] += a[j] * s;
    }
}

void atax(const Argument *args) {
    int64_t m = args[0].n, n = args[1].n;
    const double *a = args[2].f64, *x = args[3].f64;
    double *y = args[4].f64;
    memset(y, 0, n * sizeof(double));
#pragma omp parallel if (m * n > 100000)
    {
        double *mine = calloc(n, sizeof(double));
#pragma omp for schedule(static)
        for (int64_t i = 0; i < m / 4; i++) {
            four_rows(n, a + 4 * i * n, x, mine);
        }
#pragma omp for schedule(static)
        for (int64_t i = m / 4 * 4; i < m; i++) {
            one_row(n, a + i * n, x, mine);
        }
#pragma omp critical
        for (int64_t j = 0; j < n; j++) {
            y[j] += mine[j];
        }
        free(mine);
    }
}

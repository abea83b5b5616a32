static void sweep(int64_t nx, int64_t ny, int64_t nz, const double *restrict from, double *restrict to) {
    int64_t plane = ny * nz;
#pragma omp for collapse(2) schedule(static)
    for (int64_t i = 1; i < nx - 1; i++) {
        for (int64_t j = 1; j < ny - 1; j++) {
            const double *u = from + i * plane + j * nz;
            double *v = to + i * plane + j * nz;
            for (int64_t k = 1; k < nz - 1; k++) {
                v[k] = 0.25 * u[k]
                     + 0.125 * (u[k + plane] + u[k - plane] + u[k + nz] + u[k - nz] + u[k + 1] + u[k - 1]);
            }
        }
    }
}

void heat_3d(const Argument *args) {
    int64_t nx = args[0].n, ny = args[1].n, nz = args[2].n, tsteps = args[3].n;
    double *a = args[4].f64, *b = args[5].f64;
#pragma omp parallel
    for (int64_t t = 1; t < tsteps; t++) {
        sweep(nx, ny, nz, a, b);
        sweep(nx, ny, nz, b, a);
    }
}

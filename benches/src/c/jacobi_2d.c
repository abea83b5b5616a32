static void sweep(int64_t nx, int64_t ny, const double *restrict from, double *restrict to) {
#pragma omp for schedule(static)
    for (int64_t i = 1; i < nx - 1; i++) {
        for (int64_t j = 1; j < ny - 1; j++) {
            const double *u = from + i * ny + j;
            to[i * ny + j] = 0.2 * (u[0] + u[-1] + u[1] + u[ny] + u[-ny]);
        }
    }
}

void jacobi_2d(const Argument *args) {
    int64_t nx = args[0].n, ny = args[1].n, tsteps = args[2].n;
    double *a = args[3].f64, *b = args[4].f64;
#pragma omp parallel
    for (int64_t t = 1; t < tsteps; t++) {
        sweep(nx, ny, a, b);
        sweep(nx, ny, b, a);
    }
}

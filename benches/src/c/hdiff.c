static inline double laplacian(const double *f, int64_t row, int64_t nk) {
    return 4.0 * f[0] - (f[row] + f[-row] + f[nk] + f[-nk]);
}

static inline double limited(double flux, double slope) { return flux * slope > 0.0 ? 0.0 : flux; }

/* One pass: along a row of columns, the Laplacian and the flux on the near side are those of the far side of
   the column before; the Laplacians of the rows on both sides are computed again. */
void hdiff(const Argument *args) {
    int64_t ni = args[0].n, nj = args[1].n, nk = args[2].n, row = (nj + 4) * nk;
    const double *restrict field = args[3].f64, *restrict coeff = args[4].f64;
    double *restrict out = args[5].f64;
#pragma omp parallel
    {
        double *restrict centre = malloc(nk * sizeof(double)), *restrict near = malloc(nk * sizeof(double));
#pragma omp for schedule(static)
        for (int64_t i = 0; i < ni; i++) {
            const double *restrict f = field + (i + 2) * row + 2 * nk;
            for (int64_t k = 0; k < nk; k++) {
                centre[k] = laplacian(f + k, row, nk);
                near[k] = limited(centre[k] - laplacian(f + k - nk, row, nk), f[k] - f[k - nk]);
            }
            for (int64_t j = 0; j < nj; j++, f += nk) {
                const double *restrict c = coeff + (i * nj + j) * nk;
                double *restrict o = out + (i * nj + j) * nk;
                for (int64_t k = 0; k < nk; k++) {
                    const double *u = f + k;
                    double next = laplacian(u + nk, row, nk);
                    double above = limited(centre[k] - laplacian(u - row, row, nk), u[0] - u[-row]);
                    double below = limited(laplacian(u + row, row, nk) - centre[k], u[row] - u[0]);
                    double far = limited(next - centre[k], u[nk] - u[0]);
                    o[k] = u[0] - c[k] * (below - above + far - near[k]);
                    centre[k] = next;
                    near[k] = far;
                }
            }
        }
        free(centre);
        free(near);
    }
}

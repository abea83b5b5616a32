#include <omp.h>

static inline double limited(double flux, double slope) { return flux * slope > 0.0 ? 0.0 : flux; }

/* A row of columns is one long loop: f is its first column but one. */
static void laplacian(int64_t m, int64_t row, int64_t nk, const double *restrict f, double *restrict lap) {
    for (int64_t q = 0; q < m; q++) {
        lap[q] = 4.0 * f[q] - (f[q + row] + f[q - row] + f[q + nk] + f[q - nk]);
    }
}

/* The flux between two rows. */
static void across(int64_t m, int64_t row, const double *restrict f, const double *restrict lap,
                   const double *restrict next, double *restrict flux) {
    for (int64_t q = 0; q < m; q++) {
        flux[q] = limited(next[q] - lap[q], f[q + row] - f[q]);
    }
}

static void result(int64_t m, int64_t row, int64_t nk, const double *restrict f, const double *restrict lap,
                   const double *restrict next, double *restrict flux, const double *restrict coeff,
                   double *restrict out) {
    for (int64_t q = 0; q < m; q++) {
        double below = limited(next[q] - lap[q], f[q + row] - f[q]);
        double far = limited(lap[q + nk] - lap[q], f[q + nk] - f[q]);
        double near = limited(lap[q] - lap[q - nk], f[q] - f[q - nk]);
        out[q] = f[q] - coeff[q] * (below - flux[q] + far - near);
        flux[q] = below;
    }
}

/* Row by row: the Laplacians of two rows and the flux between the last two stay in the caches. */
void hdiff(const Argument *args) {
    int64_t ni = args[0].n, nj = args[1].n, nk = args[2].n, row = (nj + 4) * nk;
    const double *field = args[3].f64, *coeff = args[4].f64;
    double *out = args[5].f64;
    int64_t inner = nj * nk, wide = inner + 2 * nk;
#pragma omp parallel
    {
        int64_t me = omp_get_thread_num(), threads = omp_get_num_threads();
        int64_t lo = ni * me / threads, hi = ni * (me + 1) / threads;
        double *lap = malloc((2 * wide + inner) * sizeof(double)), *next = lap + wide, *flux = next + wide;
        double *first = lap;
        const double *f = field + (lo + 1) * row + nk;
        if (lo < hi) {
            laplacian(wide, row, nk, f, next);
            laplacian(wide, row, nk, f + row, lap);
            across(inner, row, f + nk, next + nk, lap + nk, flux);
        }
        for (int64_t i = lo; i < hi; i++) {
            f += row;
            laplacian(wide, row, nk, f + row, next);
            result(inner, row, nk, f + nk, lap + nk, next + nk, flux, coeff + i * inner, out + i * inner);
            double *other = lap;
            lap = next;
            next = other;
        }
        free(first);
    }
}

#include <omp.h>

/* A tile stays in the L1 cache for DEPTH steps. It is taken with so much of its neighbours that what their
   missing updates spoil, one element from each end per sweep, does not reach the tile itself. */
enum { DEPTH = 32, HALO = 2 * DEPTH, TILE = 2000 };

static void sweep(int64_t n, const double *restrict from, double *restrict to) {
    for (int64_t i = 1; i < n - 1; i++) {
        to[i] = 0.33333 * (from[i - 1] + from[i] + from[i + 1]);
    }
}

static void advance(int64_t n, int64_t lo, int64_t hi, int64_t steps, const double *from, double *to, double *b,
                    int last) {
    double u[TILE + 2 * HALO], w[TILE + 2 * HALO];
    int64_t first = lo > HALO ? lo - HALO : 0, end = hi + HALO < n ? hi + HALO : n;
    int64_t m = end - first;
    memcpy(u, from + first, m * sizeof *u);
    w[0] = first == 0 ? b[0] : 0.0;
    w[m - 1] = end == n ? b[n - 1] : 0.0;
    for (int64_t s = 0; s < steps; s++) {
        sweep(m, u, w);
        sweep(m, w, u);
    }
    memcpy(to + lo, u + (lo - first), (hi - lo) * sizeof *u);
    if (last) {
        memcpy(b + lo, w + (lo - first), (hi - lo) * sizeof *w);
    }
}

void jacobi_1d(const Argument *args) {
    int64_t n = args[0].n, tsteps = args[1].n;
    double *a = args[2].f64, *b = args[3].f64;
    double *scratch = malloc(n * sizeof *scratch);
    int64_t threads = omp_get_max_threads(), share = (n + threads - 1) / threads;
    int64_t tile = share < TILE ? share : TILE;
    double *from = a, *to = scratch;
#pragma omp parallel firstprivate(from, to)
    for (int64_t t = 1; t < tsteps; t += DEPTH) {
        int64_t steps = tsteps - t < DEPTH ? tsteps - t : DEPTH;
#pragma omp for schedule(static)
        for (int64_t lo = 0; lo < n; lo += tile) {
            int64_t hi = lo + tile < n ? lo + tile : n;
            advance(n, lo, hi, steps, from, to, b, t + steps == tsteps);
        }
        double *other = from;
        from = to;
        to = other;
    }
    if (tsteps > 1 && (tsteps - 2) / DEPTH % 2 == 0) {
        memcpy(a, scratch, n * sizeof *a);
    }
    free(scratch);
}

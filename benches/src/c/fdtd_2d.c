#include <omp.h>

static void update_hz(int64_t ny, const double *restrict ex, const double *restrict ey, double *restrict hz) {
    for (int64_t j = 0; j < ny - 1; j++) {
        hz[j] -= 0.7 * (ex[j + 1] - ex[j] + ey[j + ny] - ey[j]);
    }
}

/* One pass over the three fields per step: row i - 1 of hz follows row i of the others, which is the last to
   need its old values. A thread's last row of hz waits for the next thread's first row of ey. */
void fdtd_2d(const Argument *args) {
    int64_t nx = args[0].n, ny = args[1].n, tmax = args[2].n;
    double *restrict ex = args[3].f64, *restrict ey = args[4].f64, *restrict hz = args[5].f64;
    const double *source = args[6].f64;
#pragma omp parallel
    {
        int64_t me = omp_get_thread_num(), threads = omp_get_num_threads();
        int64_t lo = nx * me / threads, hi = nx * (me + 1) / threads;
        for (int64_t t = 0; t < tmax; t++) {
            for (int64_t i = lo; i < hi; i++) {
                int64_t row = i * ny;
                if (i == 0) {
                    for (int64_t j = 0; j < ny; j++) {
                        ey[j] = source[t];
                    }
                } else {
                    for (int64_t j = 0; j < ny; j++) {
                        ey[row + j] -= 0.5 * (hz[row + j] - hz[row + j - ny]);
                    }
                }
                for (int64_t j = 1; j < ny; j++) {
                    ex[row + j] -= 0.5 * (hz[row + j] - hz[row + j - 1]);
                }
                if (i > lo) {
                    update_hz(ny, ex + row - ny, ey + row - ny, hz + row - ny);
                }
            }
#pragma omp barrier
            if (lo < hi && hi < nx) {
                int64_t row = (hi - 1) * ny;
                update_hz(ny, ex + row, ey + row, hz + row);
            }
#pragma omp barrier
        }
    }
}

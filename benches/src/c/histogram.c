/* Neighbouring samples go to different copies, so that additions to one bin do not wait for each other. */
enum { COPIES = 4 };

void histogram(const Argument *args) {
    int64_t n = args[0].n, bins = args[1].n;
    const double *restrict samples = args[2].f64, *restrict weights = args[3].f64;
    double *histogram = args[4].f64;
    memset(histogram, 0, bins * sizeof(double));
#pragma omp parallel if (n > 100000)
    {
        double *restrict mine = calloc(COPIES * bins, sizeof(double));
#pragma omp for schedule(static)
        for (int64_t i = 0; i < n / COPIES; i++) {
            for (int64_t c = 0; c < COPIES; c++) {
                int64_t k = i * COPIES + c;
                mine[c * bins + (int64_t)(samples[k] * bins)] += weights[k];
            }
        }
#pragma omp single nowait
        for (int64_t k = n / COPIES * COPIES; k < n; k++) {
            mine[(int64_t)(samples[k] * bins)] += weights[k];
        }
#pragma omp critical
        for (int64_t k = 0; k < COPIES * bins; k++) {
            histogram[k % bins] += mine[k];
        }
        free(mine);
    }
}

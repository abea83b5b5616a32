/* Neighbours in a row advance together until the last of them has escaped. */
enum { LANES = 16 };

static void block(const double *restrict re, double im, int64_t limit, int64_t lanes, int64_t *restrict count) {
    double c[LANES], x[LANES], y[LANES];
    int64_t steps[LANES];
    for (int64_t l = 0; l < LANES; l++) {
        c[l] = l < lanes ? re[l] : 4.0;
        x[l] = y[l] = 0.0;
        steps[l] = 0;
    }
    for (int64_t k = 0; k < limit; k++) {
        int64_t inside = 0;
#pragma omp simd reduction(+ : inside)
        for (int64_t l = 0; l < LANES; l++) {
            double x2 = x[l] * x[l], y2 = y[l] * y[l];
            int64_t stays = x2 + y2 <= 4.0;
            /* One that has escaped stays where it is. */
            double next_x = x2 - y2 + c[l], next_y = 2.0 * x[l] * y[l] + im;
            x[l] = stays ? next_x : x[l];
            y[l] = stays ? next_y : y[l];
            steps[l] += stays;
            inside += stays;
        }
        if (inside == 0) {
            break;
        }
    }
    memcpy(count, steps, lanes * sizeof(int64_t));
}

void mandelbrot(const Argument *args) {
    int64_t rows = args[0].n, columns = args[1].n, limit = args[4].n;
    const double *re = args[2].f64, *im = args[3].f64;
    int64_t *count = args[5].i64;
#pragma omp parallel for schedule(dynamic) if (rows * columns > 1000)
    for (int64_t i = 0; i < rows; i++) {
        for (int64_t j = 0; j < columns; j += LANES) {
            int64_t lanes = columns - j < LANES ? columns - j : LANES;
            block(re + j, im[i], limit, lanes, count + i * columns + j);
        }
    }
}

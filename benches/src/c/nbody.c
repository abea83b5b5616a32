/* Without errno the square root becomes one vector instruction; sums may be split over the lanes. */
#pragma GCC optimize("fast-math")

static void accelerate(int64_t n, const double *restrict x, const double *restrict y, const double *restrict z,
                       const double *restrict mass, double softening, int64_t i, double *restrict acceleration) {
    double ax = 0.0, ay = 0.0, az = 0.0;
    double softening2 = softening * softening;
    for (int64_t j = 0; j < n; j++) {
        double dx = x[j] - x[i], dy = y[j] - y[i], dz = z[j] - z[i];
        double r2 = dx * dx + dy * dy + dz * dz + softening2;
        double weight = mass[j] / (r2 * sqrt(r2));
        ax += weight * dx;
        ay += weight * dy;
        az += weight * dz;
    }
    acceleration[3 * i] = ax;
    acceleration[3 * i + 1] = ay;
    acceleration[3 * i + 2] = az;
}

void nbody(const Argument *args) {
    int64_t n = args[0].n;
    const double *position = args[1].f64, *mass = args[2].f64;
    double softening = args[3].x, *acceleration = args[4].f64;
    double *coordinates = malloc(3 * n * sizeof(double));
    for (int64_t i = 0; i < n; i++) {
        for (int64_t k = 0; k < 3; k++) {
            coordinates[k * n + i] = position[3 * i + k];
        }
    }
#pragma omp parallel for schedule(static) if (n > 100)
    for (int64_t i = 0; i < n; i++) {
        accelerate(n, coordinates, coordinates + n, coordinates + 2 * n, mass, softening, i, acceleration);
    }
    free(coordinates);
}

/* Without errno the square root becomes one vector instruction; sums may be split over the lanes. */
#pragma GCC optimize("fast-math")

/* Neighbouring segments share the distance to the vertex between them. */
static void field_at(int64_t vertices, const double *restrict x, const double *restrict y, const double *restrict z,
                     const double *restrict point, double scale, double *restrict distance, double *restrict field) {
    double px = point[0], py = point[1], pz = point[2];
    for (int64_t k = 0; k < vertices; k++) {
        double dx = px - x[k], dy = py - y[k], dz = pz - z[k];
        distance[k] = sqrt(dx * dx + dy * dy + dz * dz);
    }
    double bx = 0.0, by = 0.0, bz = 0.0;
    for (int64_t k = 0; k < vertices - 1; k++) {
        double ax = px - x[k], ay = py - y[k], az = pz - z[k];
        double cx = px - x[k + 1], cy = py - y[k + 1], cz = pz - z[k + 1];
        double a = distance[k], c = distance[k + 1];
        double weight = (a + c) / (a * c * (a * c + ax * cx + ay * cy + az * cz));
        bx += weight * (ay * cz - az * cy);
        by += weight * (az * cx - ax * cz);
        bz += weight * (ax * cy - ay * cx);
    }
    field[0] = scale * bx;
    field[1] = scale * by;
    field[2] = scale * bz;
}

void biot_savart(const Argument *args) {
    int64_t n = args[0].n, vertices = args[1].n;
    const double *points = args[2].f64, *coil = args[3].f64;
    double scale = args[4].x, *field = args[5].f64;
    double *coordinates = malloc(3 * vertices * sizeof(double));
    for (int64_t i = 0; i < vertices; i++) {
        for (int64_t k = 0; k < 3; k++) {
            coordinates[k * vertices + i] = coil[3 * i + k];
        }
    }
    const double *x = coordinates, *y = x + vertices, *z = y + vertices;
#pragma omp parallel if (n * vertices > 10000)
    {
        double *distance = malloc(vertices * sizeof(double));
#pragma omp for schedule(static)
        for (int64_t i = 0; i < n; i++) {
            field_at(vertices, x, y, z, points + 3 * i, scale, distance, field + 3 * i);
        }
        free(distance);
    }
    free(coordinates);
}

/* A few particles stay in the caches through all steps; their coordinates lie side by side. */
enum { LANES = 64 };

static void push(double (*restrict x)[LANES], double (*restrict v)[LANES], const double *e, const double *ge,
                 const double *b, const double *gb, double half, double dt) {
#pragma omp simd
    for (int64_t l = 0; l < LANES; l++) {
        double px = x[0][l], py = x[1][l], pz = x[2][l];
        double ex = half * (e[0] + ge[0] * px + ge[1] * py + ge[2] * pz);
        double ey = half * (e[1] + ge[3] * px + ge[4] * py + ge[5] * pz);
        double ez = half * (e[2] + ge[6] * px + ge[7] * py + ge[8] * pz);
        double tx = half * (b[0] + gb[0] * px + gb[1] * py + gb[2] * pz);
        double ty = half * (b[1] + gb[3] * px + gb[4] * py + gb[5] * pz);
        double tz = half * (b[2] + gb[6] * px + gb[7] * py + gb[8] * pz);
        double scale = 2.0 / (1.0 + tx * tx + ty * ty + tz * tz);
        double mx = v[0][l] + ex, my = v[1][l] + ey, mz = v[2][l] + ez;
        double rx = mx + (my * tz - mz * ty), ry = my + (mz * tx - mx * tz), rz = mz + (mx * ty - my * tx);
        double vx = mx + scale * (ry * tz - rz * ty) + ex;
        double vy = my + scale * (rz * tx - rx * tz) + ey;
        double vz = mz + scale * (rx * ty - ry * tx) + ez;
        v[0][l] = vx;
        v[1][l] = vy;
        v[2][l] = vz;
        x[0][l] = px + dt * vx;
        x[1][l] = py + dt * vy;
        x[2][l] = pz + dt * vz;
    }
}

void boris(const Argument *args) {
    int64_t n = args[0].n, steps = args[9].n;
    double *x = args[1].f64, *v = args[2].f64;
    const double *e = args[3].f64, *grad_e = args[4].f64, *b = args[5].f64, *grad_b = args[6].f64;
    double dt = args[8].x, half = 0.5 * dt * args[7].x;
#pragma omp parallel for schedule(static) if (n * steps > 10000)
    for (int64_t start = 0; start < n; start += LANES) {
        double bx[3][LANES] = {{0}}, bv[3][LANES] = {{0}};
        int64_t lanes = n - start < LANES ? n - start : LANES;
        for (int64_t l = 0; l < lanes; l++) {
            for (int64_t k = 0; k < 3; k++) {
                bx[k][l] = x[3 * (start + l) + k];
                bv[k][l] = v[3 * (start + l) + k];
            }
        }
        for (int64_t s = 0; s < steps; s++) {
            push(bx, bv, e, grad_e, b, grad_b, half, dt);
        }
        for (int64_t l = 0; l < lanes; l++) {
            for (int64_t k = 0; k < 3; k++) {
                x[3 * (start + l) + k] = bx[k][l];
                v[3 * (start + l) + k] = bv[k][l];
            }
        }
    }
}

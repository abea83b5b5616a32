typedef struct { double x, y, z; } State;
static double sigma, rho, beta;

/* from + h velocity(at), arranged so that every component is two dependent operations away from `at`. */
static inline State moved(State from, State at, double h) {
    double hx = h * at.x;
    return (State){
        from.x + h * sigma * (at.y - at.x),
        (from.y - h * at.y) + hx * (rho - at.z),
        (from.z - h * beta * at.z) + hx * at.y,
    };
}

void lorenz(const Argument *args) {
    sigma = args[0].x, rho = args[1].x, beta = args[2].x;
    double h = args[3].x;
    int64_t steps = args[4].n;
    double *state = args[5].f64;
    State s = {state[0], state[1], state[2]};
    for (int64_t t = 0; t < steps; t++) {
        State s2 = moved(s, s, h / 2.0), s3 = moved(s, s2, h / 2.0), s4 = moved(s, s3, h);
        /* The weighted sum of the first three is ready before the fourth velocity. */
        State sum = moved(moved(moved(s, s, h / 6.0), s2, h / 3.0), s3, h / 3.0);
        s = moved(sum, s4, h / 6.0);
    }
    state[0] = s.x, state[1] = s.y, state[2] = s.z;
}

/* The matrix in square tiles (Venkataraman et al., J. Exp. Algorithmics 8, 2003): all paths through the vertices
   of one tile at a time, first within it, then in its row and column, then everywhere else. */
enum { TILE = 40, FAR = 1 << 29 };
typedef int32_t Tile[TILE][TILE];

static inline int32_t least(int32_t x, int32_t y) { return x < y ? x : y; }

/* c may be a or b: vertex by vertex. */
static void through_own(Tile c, Tile a, Tile b) {
    for (int k = 0; k < TILE; k++) {
        int32_t tail[TILE];
        memcpy(tail, b[k], sizeof tail);
        for (int i = 0; i < TILE; i++) {
            int32_t head = a[i][k];
            for (int j = 0; j < TILE; j++) {
                c[i][j] = least(c[i][j], head + tail[j]);
            }
        }
    }
}

static void through_other(int32_t (*restrict c)[TILE], int32_t (*restrict a)[TILE], int32_t (*restrict b)[TILE]) {
    for (int i = 0; i < TILE; i++) {
        for (int k = 0; k < TILE; k += 4) {
            for (int j = 0; j < TILE; j++) {
                int32_t x = least(a[i][k] + b[k][j], a[i][k + 1] + b[k + 1][j]);
                int32_t y = least(a[i][k + 2] + b[k + 2][j], a[i][k + 3] + b[k + 3][j]);
                c[i][j] = least(c[i][j], least(x, y));
            }
        }
    }
}

void floyd_warshall(const Argument *args) {
    int64_t n = args[0].n, m = (n + TILE - 1) / TILE;
    int32_t *path = args[1].i32;
    Tile *tiles = aligned_alloc(64, m * m * sizeof(Tile));
#pragma omp parallel
    {
#pragma omp for collapse(2) schedule(static)
        for (int64_t i = 0; i < m * TILE; i++) {
            for (int64_t j = 0; j < m * TILE; j++) {
                int32_t x = i < n && j < n ? path[i * n + j] : FAR;
                tiles[i / TILE * m + j / TILE][i % TILE][j % TILE] = x;
            }
        }
        for (int64_t k = 0; k < m; k++) {
            Tile *own = &tiles[k * m + k];
#pragma omp single
            through_own(*own, *own, *own);
#pragma omp for schedule(static)
            for (int64_t t = 0; t < 2 * m; t++) {
                int64_t other = t / 2;
                if (other != k) {
                    Tile *tile = t % 2 ? &tiles[k * m + other] : &tiles[other * m + k];
                    through_own(*tile, t % 2 ? *own : *tile, t % 2 ? *tile : *own);
                }
            }
#pragma omp for collapse(2) schedule(static)
            for (int64_t i = 0; i < m; i++) {
                for (int64_t j = 0; j < m; j++) {
                    if (i != k && j != k) {
                        through_other(tiles[i * m + j], tiles[i * m + k], tiles[k * m + j]);
                    }
                }
            }
        }
#pragma omp for schedule(static)
        for (int64_t i = 0; i < n; i++) {
            for (int64_t j = 0; j < n; j++) {
                path[i * n + j] = tiles[i / TILE * m + j / TILE][i % TILE][j % TILE];
            }
        }
    }
    free(tiles);
}

import jax
from jax import lax
from numba import njit


# XLA makes plain loops of these, faster than scans by rows.
@jax.jit
def jax_kernel(tsteps, a):
    nx, ny = a.shape

    def element(i, j, a):
        above = a[i - 1, j - 1] + a[i - 1, j] + a[i - 1, j + 1]
        level = a[i, j - 1] + a[i, j] + a[i, j + 1]
        below = a[i + 1, j - 1] + a[i + 1, j] + a[i + 1, j + 1]
        return a.at[i, j].set((above + level + below) / 9.0)

    def row(i, a):
        return lax.fori_loop(1, ny - 1, lambda j, a: element(i, j, a), a)

    return (lax.fori_loop(1, tsteps, lambda _, a: lax.fori_loop(1, nx - 1, row, a), a),)


# Every element waits for its left neighbour.
@njit(fastmath=True)
def numba_kernel(tsteps, a):
    nx, ny = a.shape
    for _ in range(1, tsteps):
        for i in range(1, nx - 1):
            for j in range(1, ny - 1):
                a[i, j] = (
                    a[i - 1, j - 1]
                    + a[i - 1, j]
                    + a[i - 1, j + 1]
                    + a[i, j - 1]
                    + a[i, j]
                    + a[i, j + 1]
                    + a[i + 1, j - 1]
                    + a[i + 1, j]
                    + a[i + 1, j + 1]
                ) / 9.0
    return (a,)

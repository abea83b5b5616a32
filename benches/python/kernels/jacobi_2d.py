import jax
from jax import lax
from numba import njit, prange


def sweep(u, v):
    inner = 0.2 * (u[1:-1, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] + u[2:, 1:-1] + u[:-2, 1:-1])
    return v.at[1:-1, 1:-1].set(inner)


@jax.jit
def jax_kernel(tsteps, a, b):
    def step(_, carry):
        a, b = carry
        b = sweep(a, b)
        a = sweep(b, a)
        return a, b

    return lax.fori_loop(1, tsteps, step, (a, b))


@njit(parallel=True, fastmath=True)
def numba_kernel(tsteps, a, b):
    nx, ny = a.shape
    for _ in range(1, tsteps):
        for i in prange(1, nx - 1):
            for j in range(1, ny - 1):
                b[i, j] = 0.2 * (a[i, j] + a[i, j - 1] + a[i, j + 1] + a[i + 1, j] + a[i - 1, j])
        for i in prange(1, nx - 1):
            for j in range(1, ny - 1):
                a[i, j] = 0.2 * (b[i, j] + b[i, j - 1] + b[i, j + 1] + b[i + 1, j] + b[i - 1, j])
    return a, b

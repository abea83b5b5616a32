import jax
from jax import lax
from numba import njit, prange


def sweep(u, v):
    middle = u[1:-1, 1:-1, 1:-1]
    inner = (
        0.125 * (u[2:, 1:-1, 1:-1] - 2.0 * middle + u[:-2, 1:-1, 1:-1])
        + 0.125 * (u[1:-1, 2:, 1:-1] - 2.0 * middle + u[1:-1, :-2, 1:-1])
        + 0.125 * (u[1:-1, 1:-1, 2:] - 2.0 * middle + u[1:-1, 1:-1, :-2])
        + middle
    )
    return v.at[1:-1, 1:-1, 1:-1].set(inner)


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
    nx, ny, nz = a.shape
    for _ in range(1, tsteps):
        for i in prange(1, nx - 1):
            for j in range(1, ny - 1):
                for k in range(1, nz - 1):
                    b[i, j, k] = (
                        0.125 * (a[i + 1, j, k] - 2.0 * a[i, j, k] + a[i - 1, j, k])
                        + 0.125 * (a[i, j + 1, k] - 2.0 * a[i, j, k] + a[i, j - 1, k])
                        + 0.125 * (a[i, j, k + 1] - 2.0 * a[i, j, k] + a[i, j, k - 1])
                        + a[i, j, k]
                    )
        for i in prange(1, nx - 1):
            for j in range(1, ny - 1):
                for k in range(1, nz - 1):
                    a[i, j, k] = (
                        0.125 * (b[i + 1, j, k] - 2.0 * b[i, j, k] + b[i - 1, j, k])
                        + 0.125 * (b[i, j + 1, k] - 2.0 * b[i, j, k] + b[i, j - 1, k])
                        + 0.125 * (b[i, j, k + 1] - 2.0 * b[i, j, k] + b[i, j, k - 1])
                        + b[i, j, k]
                    )
    return a, b

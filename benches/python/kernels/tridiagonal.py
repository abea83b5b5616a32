import jax
import numpy as np
from jax import lax
from numba import njit


@jax.jit
def jax_kernel(a, b, c, d):
    lower = a.at[0].set(0.0)
    upper = c.at[-1].set(0.0)
    return lax.linalg.tridiagonal_solve(lower, b, upper, d[:, None])[:, 0]


# Two recurrences: no two iterations are independent.
@njit(fastmath=True)
def numba_kernel(a, b, c, d):
    n = d.shape[0]
    cp = np.empty(n)
    x = np.empty(n)
    cp[0] = c[0] / b[0]
    x[0] = d[0] / b[0]
    for i in range(1, n):
        m = b[i] - a[i] * cp[i - 1]
        cp[i] = c[i] / m
        x[i] = (d[i] - a[i] * x[i - 1]) / m
    for i in range(n - 2, -1, -1):
        x[i] -= cp[i] * x[i + 1]
    return x

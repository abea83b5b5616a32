import jax
import numpy as np
from numba import njit, prange


@jax.jit
def jax_kernel(a, b, c):
    return 2.0 * a * b + c * (a - b) / 2.0


@njit(parallel=True, fastmath=True)
def numba_kernel(a, b, c):
    n = a.shape[0]
    y = np.empty(n)
    for i in prange(n):
        y[i] = 2.0 * a[i] * b[i] + c[i] * (a[i] - b[i]) / 2.0
    return y

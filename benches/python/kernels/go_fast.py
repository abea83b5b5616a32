import math

import jax
import jax.numpy as jnp
import numpy as np
from numba import njit, prange


@jax.jit
def jax_kernel(a):
    return a + jnp.sum(jnp.tanh(jnp.diag(a)))


@njit(parallel=True, fastmath=True)
def numba_kernel(a):
    rows, columns = a.shape
    trace = 0.0
    for i in range(rows):
        trace += math.tanh(a[i, i])
    y = np.empty_like(a)
    for i in prange(rows):
        for j in range(columns):
            y[i, j] = a[i, j] + trace
    return y

import math

import jax
import jax.numpy as jnp
import numpy as np
from numba import njit, prange


@jax.jit
def jax_kernel(x):
    return jnp.sin(x) * jnp.exp(-x * x) + jnp.sqrt(jnp.abs(x) + 1.0)


@njit(parallel=True, fastmath=True)
def numba_kernel(x):
    n = x.shape[0]
    y = np.empty(n)
    for i in prange(n):
        y[i] = math.sin(x[i]) * math.exp(-x[i] * x[i]) + math.sqrt(abs(x[i]) + 1.0)
    return y

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numba import njit, prange


@jax.jit
def jax_kernel(path):
    def through(k, path):
        return jnp.minimum(path, path[:, k, None] + path[None, k])

    return (lax.fori_loop(0, path.shape[0], through, path),)


@njit(parallel=True, fastmath=True)
def numba_kernel(path):
    n = path.shape[0]
    for k in range(n):
        for i in prange(n):
            first = path[i, k]
            for j in range(n):
                # A sum of 32-bit integers has 64 bits here.
                path[i, j] = min(path[i, j], np.int32(first + path[k, j]))
    return (path,)

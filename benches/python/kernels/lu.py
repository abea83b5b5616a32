import jax
import jax.numpy as jnp
from jax import lax
from numba import njit, prange


@jax.jit
def jax_kernel(a):
    index = jnp.arange(a.shape[0])

    def eliminate(k, a):
        below = index > k
        column = jnp.where(below, a[:, k] / a[k, k], 0.0)[:, None]
        row = jnp.where(below, a[k], 0.0)
        return jnp.where(below[:, None] & (index == k), column, a - column * row)

    return (lax.fori_loop(0, a.shape[0], eliminate, a),)


@njit(parallel=True, fastmath=True)
def numba_kernel(a):
    n = a.shape[0]
    for k in range(n):
        for i in prange(k + 1, n):
            a[i, k] /= a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= a[i, k] * a[k, j]
    return (a,)

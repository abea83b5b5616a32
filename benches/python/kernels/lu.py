import jax
import jax.numpy as jnp
from jax import lax
from numba import njit, prange


@jax.jit
def jax_kernel(a):
    index = jnp.arange(a.shape[0])

    def eliminate(k, a):
        after = index > k
        column = jnp.where(after, a[:, k] / a[k, k], 0.0)
        row = jnp.where(after, a[k], 0.0)
        a = a - column[:, None] * row
        return a.at[:, k].set(jnp.where(after, column, a[:, k]))

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

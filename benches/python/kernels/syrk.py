import jax
import jax.numpy as jnp
from numba import njit, prange


@jax.jit
def jax_kernel(alpha, beta, c, a):
    lower = jnp.tri(c.shape[0], dtype=bool)
    return jnp.where(lower, alpha * (a @ a.T) + beta * c, c)


@njit(parallel=True, fastmath=True)
def numba_kernel(alpha, beta, c, a):
    n, m = a.shape
    for i in prange(n):
        for j in range(i + 1):
            total = 0.0
            for k in range(m):
                total += a[i, k] * a[j, k]
            c[i, j] = alpha * total + beta * c[i, j]
    return c

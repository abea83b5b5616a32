import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numba import njit


def before(v, k):
    """The `k` elements `v[k - 1], .., v[0]`, and zeros."""
    n = v.shape[0]
    return lax.dynamic_slice(jnp.concatenate([v[::-1], jnp.zeros(n)]), (n - k,), (n,))


@jax.jit
def jax_kernel(r):
    n = r.shape[0]

    def extend(k, state):
        y, alpha, beta = state
        beta = beta * (1.0 - alpha * alpha)
        alpha = -(r[k] + before(r, k) @ y) / beta
        y = y + alpha * before(y, k)
        return y.at[k].set(alpha), alpha, beta

    y = jnp.zeros(n).at[0].set(-r[0])
    return lax.fori_loop(1, n, extend, (y, -r[0], 1.0))[0]


# Each loop is too short for threads.
@njit(fastmath=True)
def numba_kernel(r):
    n = r.shape[0]
    y = np.zeros(n)
    z = np.zeros(n)
    alpha = -r[0]
    beta = 1.0
    y[0] = -r[0]
    for k in range(1, n):
        beta *= 1.0 - alpha * alpha
        total = r[k]
        for i in range(k):
            total += r[k - i - 1] * y[i]
        alpha = -total / beta
        for i in range(k):
            z[i] = y[i] + alpha * y[k - i - 1]
        for i in range(k):
            y[i] = z[i]
        y[k] = alpha
    return y

import jax
import numpy as np
from jax import lax, vmap
from numba import njit, prange


@jax.jit
def jax_kernel(re, im, limit):
    def count(y0, x0):
        def stays(state):
            k, x, y = state
            return (k < limit) & (x * x + y * y <= 4.0)

        def step(state):
            k, x, y = state
            return k + 1, x * x - y * y + x0, 2.0 * x * y + y0

        return lax.while_loop(stays, step, (0, 0.0, 0.0))[0]

    return vmap(lambda y0: vmap(lambda x0: count(y0, x0))(re))(im)


@njit(parallel=True, fastmath=True)
def numba_kernel(re, im, limit):
    rows, columns = im.shape[0], re.shape[0]
    count = np.empty((rows, columns), np.int64)
    for i in prange(rows):
        for j in range(columns):
            x, y = 0.0, 0.0
            k = 0
            while k < limit and x * x + y * y <= 4.0:
                x, y = x * x - y * y + re[j], 2.0 * x * y + im[i]
                k += 1
            count[i, j] = k
    return count

import jax
import numpy as np
from jax.scipy.linalg import solve_triangular
from numba import njit


@jax.jit
def jax_kernel(l, b):
    # LAPACK wants columns; this way `l` is not copied.
    return solve_triangular(l.T, b, trans="T")


# Every row waits for the rows before it.
@njit(fastmath=True)
def numba_kernel(l, b):
    n = b.shape[0]
    x = np.empty(n)
    for i in range(n):
        rest = b[i]
        for j in range(i):
            rest -= l[i, j] * x[j]
        x[i] = rest / l[i, i]
    return x

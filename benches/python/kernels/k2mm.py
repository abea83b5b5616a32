import jax
from numba import njit


@jax.jit
def jax_kernel(alpha, beta, a, b, c, d):
    return alpha * (a @ b @ c) + beta * d


# The products are threaded by BLAS already.
@njit(fastmath=True)
def numba_kernel(alpha, beta, a, b, c, d):
    d[:] = alpha * (a @ b @ c) + beta * d
    return d

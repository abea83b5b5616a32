import jax
from numba import njit


@jax.jit
def jax_kernel(alpha, beta, c, a, b):
    return alpha * (a @ b) + beta * c


# The product is threaded by BLAS already; `parallel=True` makes small ones twenty times slower.
@njit(fastmath=True)
def numba_kernel(alpha, beta, c, a, b):
    c[:] = alpha * (a @ b) + beta * c
    return c

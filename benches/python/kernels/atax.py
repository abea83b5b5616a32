import jax
from numba import njit


@jax.jit
def jax_kernel(a, x):
    return (a @ x) @ a


# The products are threaded by BLAS already.
@njit(fastmath=True)
def numba_kernel(a, x):
    return (a @ x) @ a

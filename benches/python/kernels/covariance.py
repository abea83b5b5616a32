import jax
import jax.numpy as jnp
import numpy as np
from numba import njit


@jax.jit
def jax_kernel(data):
    centred = data - jnp.mean(data, axis=0)
    return centred.T @ centred / (data.shape[0] - 1)


# The product is threaded by BLAS already.
@njit(fastmath=True)
def numba_kernel(data):
    n = data.shape[0]
    centred = data - np.sum(data, axis=0) / n
    return centred.T @ centred / (n - 1)

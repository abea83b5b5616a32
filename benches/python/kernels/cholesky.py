import jax
import jax.numpy as jnp
import numpy as np
from numba import njit


@jax.jit
def jax_kernel(a):
    lower = jnp.tri(a.shape[0], dtype=bool)
    return (jnp.where(lower, jnp.linalg.cholesky(a, symmetrize_input=False), a),)


# LAPACK's.
@njit(fastmath=True)
def numba_kernel(a):
    factor = np.linalg.cholesky(a)
    for i in range(a.shape[0]):
        a[i, : i + 1] = factor[i, : i + 1]
    return (a,)

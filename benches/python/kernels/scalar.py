import math

import jax
import jax.numpy as jnp
from numba import njit


@jax.jit
def jax_kernel(beta):
    return 1.0 / jnp.sqrt(1.0 - beta * beta)


@njit(fastmath=True)
def numba_kernel(beta):
    return 1.0 / math.sqrt(1.0 - beta * beta)

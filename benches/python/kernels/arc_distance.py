import math

import jax
import jax.numpy as jnp
import numpy as np
from numba import njit, prange


@jax.jit
def jax_kernel(theta_1, phi_1, theta_2, phi_2):
    h = (
        jnp.sin((theta_2 - theta_1) / 2) ** 2
        + jnp.cos(theta_1) * jnp.cos(theta_2) * jnp.sin((phi_2 - phi_1) / 2) ** 2
    )
    return 2 * jnp.arctan2(jnp.sqrt(h), jnp.sqrt(1 - h))


@njit(parallel=True, fastmath=True)
def numba_kernel(theta_1, phi_1, theta_2, phi_2):
    n = theta_1.shape[0]
    distance = np.empty(n)
    for i in prange(n):
        sin_theta = math.sin((theta_2[i] - theta_1[i]) / 2)
        sin_phi = math.sin((phi_2[i] - phi_1[i]) / 2)
        h = sin_theta**2 + math.cos(theta_1[i]) * math.cos(theta_2[i]) * sin_phi**2
        distance[i] = 2 * math.atan2(math.sqrt(h), math.sqrt(1 - h))
    return distance

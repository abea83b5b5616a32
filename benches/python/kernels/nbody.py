import math

import jax
import jax.numpy as jnp
import numpy as np
from numba import njit, prange


@jax.jit
def jax_kernel(position, mass, softening):
    d = position[None, :, :] - position[:, None, :]
    r2 = jnp.sum(d**2, axis=2) + softening**2
    weight = mass / (r2 * jnp.sqrt(r2))
    return jnp.einsum("ij,ijk->ik", weight, d)


@njit(parallel=True, fastmath=True)
def numba_kernel(position, mass, softening):
    n = mass.shape[0]
    acceleration = np.empty((n, 3))
    for i in prange(n):
        ax, ay, az = 0.0, 0.0, 0.0
        for j in range(n):
            dx = position[j, 0] - position[i, 0]
            dy = position[j, 1] - position[i, 1]
            dz = position[j, 2] - position[i, 2]
            r2 = dx * dx + dy * dy + dz * dz + softening * softening
            weight = mass[j] / (r2 * math.sqrt(r2))
            ax += weight * dx
            ay += weight * dy
            az += weight * dz
        acceleration[i, 0] = ax
        acceleration[i, 1] = ay
        acceleration[i, 2] = az
    return acceleration

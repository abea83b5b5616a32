import math

import jax
import jax.numpy as jnp
import numpy as np
from numba import njit, prange

MU_0 = 4e-7 * math.pi


@jax.jit
def jax_kernel(points, coil, current):
    d = points[:, None, :] - coil[None, :, :]
    distance = jnp.linalg.norm(d, axis=2)
    start, end = d[:, :-1], d[:, 1:]
    a, c = distance[:, :-1], distance[:, 1:]
    weight = (a + c) / (a * c * (a * c + jnp.sum(start * end, axis=2)))
    field = jnp.sum(weight[:, :, None] * jnp.cross(start, end), axis=1)
    return MU_0 * current / (4 * jnp.pi) * field


@njit(parallel=True, fastmath=True)
def numba_kernel(points, coil, current):
    n = points.shape[0]
    segments = coil.shape[0] - 1
    field = np.empty((n, 3))
    for i in prange(n):
        bx, by, bz = 0.0, 0.0, 0.0
        for k in range(segments):
            ax = points[i, 0] - coil[k, 0]
            ay = points[i, 1] - coil[k, 1]
            az = points[i, 2] - coil[k, 2]
            cx = points[i, 0] - coil[k + 1, 0]
            cy = points[i, 1] - coil[k + 1, 1]
            cz = points[i, 2] - coil[k + 1, 2]
            a = math.sqrt(ax * ax + ay * ay + az * az)
            c = math.sqrt(cx * cx + cy * cy + cz * cz)
            weight = (a + c) / (a * c * (a * c + ax * cx + ay * cy + az * cz))
            bx += weight * (ay * cz - az * cy)
            by += weight * (az * cx - ax * cz)
            bz += weight * (ax * cy - ay * cx)
        scale = MU_0 * current / (4 * math.pi)
        field[i, 0] = scale * bx
        field[i, 1] = scale * by
        field[i, 2] = scale * bz
    return field

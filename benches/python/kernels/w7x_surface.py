import math

import jax
import jax.numpy as jnp
import numpy as np
from numba import njit, prange


def basis(k, x):
    frequency = jnp.abs(k)[:, None]
    phase = frequency * x
    even = k[:, None] >= 0
    sin, cos = jnp.sin(phase), jnp.cos(phase)
    return jnp.where(even, cos, sin), frequency * jnp.where(even, -sin, cos)


def series(modes, coefficients, nfp, theta, zeta):
    a, a_theta = basis(modes[:, 0], theta)
    b, b_x = basis(modes[:, 1], nfp * zeta)
    a, a_theta = coefficients[:, None] * a, coefficients[:, None] * a_theta
    return a.T @ b, a_theta.T @ b, a.T @ (nfp * b_x)


@jax.jit
def jax_kernel(r_modes, r_coefficients, z_modes, z_coefficients, nfp, theta, zeta):
    r, r_theta, r_zeta = series(r_modes, r_coefficients, nfp, theta, zeta)
    _, z_theta, z_zeta = series(z_modes, z_coefficients, nfp, theta, zeta)
    cell = (2 * jnp.pi / theta.size) * (2 * jnp.pi / (nfp * zeta.size))
    volume = jnp.sum(r**2 * z_theta)
    normal_r = -r * z_theta
    normal_phi = z_theta * r_zeta - r_theta * z_zeta
    normal_z = r * r_theta
    area = jnp.sum(jnp.sqrt(normal_r**2 + normal_phi**2 + normal_z**2))
    return jnp.abs(0.5 * nfp * volume * cell), nfp * area * cell


@njit(fastmath=True)
def numba_basis(k, x):
    frequency = abs(k)
    phase = frequency * x
    if k >= 0:
        return math.cos(phase), -frequency * math.sin(phase)
    return math.sin(phase), frequency * math.cos(phase)


@njit(parallel=True, fastmath=True)
def numba_series(modes, coefficients, nfp, theta, zeta):
    f = np.zeros((theta.size, zeta.size))
    f_theta = np.zeros_like(f)
    f_zeta = np.zeros_like(f)
    for i in prange(theta.size):
        for k in range(coefficients.size):
            c = coefficients[k]
            a, a_theta = numba_basis(modes[k, 0], theta[i])
            for j in range(zeta.size):
                b, b_x = numba_basis(modes[k, 1], nfp * zeta[j])
                f[i, j] += c * a * b
                f_theta[i, j] += c * a_theta * b
                f_zeta[i, j] += c * a * (nfp * b_x)
    return f, f_theta, f_zeta


@njit(parallel=True, fastmath=True)
def numba_kernel(r_modes, r_coefficients, z_modes, z_coefficients, nfp, theta, zeta):
    r, r_theta, r_zeta = numba_series(r_modes, r_coefficients, nfp, theta, zeta)
    _, z_theta, z_zeta = numba_series(z_modes, z_coefficients, nfp, theta, zeta)
    cell = (2 * math.pi / theta.size) * (2 * math.pi / (nfp * zeta.size))
    volume = 0.0
    area = 0.0
    for i in prange(theta.size):
        for j in range(zeta.size):
            radius = r[i, j]
            volume += radius**2 * z_theta[i, j]
            normal_r = -radius * z_theta[i, j]
            normal_phi = z_theta[i, j] * r_zeta[i, j] - r_theta[i, j] * z_zeta[i, j]
            normal_z = radius * r_theta[i, j]
            area += math.sqrt(normal_r**2 + normal_phi**2 + normal_z**2)
    return abs(0.5 * nfp * volume * cell), nfp * area * cell

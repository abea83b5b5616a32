import jax
import jax.numpy as jnp
import numpy as np
from numba import njit, prange


def limited(flux, slope):
    return jnp.where(flux * slope > 0.0, 0.0, flux)


@jax.jit
def jax_kernel(field, coeff):
    lap = 4.0 * field[1:-1, 1:-1] - (field[2:, 1:-1] + field[:-2, 1:-1] + field[1:-1, 2:] + field[1:-1, :-2])
    flx = limited(lap[1:, 1:-1] - lap[:-1, 1:-1], field[2:-1, 2:-2] - field[1:-2, 2:-2])
    fly = limited(lap[1:-1, 1:] - lap[1:-1, :-1], field[2:-2, 2:-1] - field[2:-2, 1:-2])
    return field[2:-2, 2:-2] - coeff * (flx[1:] - flx[:-1] + fly[:, 1:] - fly[:, :-1])


@njit(parallel=True, fastmath=True)
def numba_kernel(field, coeff):
    ni, nj, nk = coeff.shape

    lap = np.empty((ni + 2, nj + 2, nk))
    for i in prange(ni + 2):
        for j in range(nj + 2):
            for k in range(nk):
                lap[i, j, k] = 4.0 * field[i + 1, j + 1, k] - (
                    field[i + 2, j + 1, k] + field[i, j + 1, k] + field[i + 1, j + 2, k] + field[i + 1, j, k]
                )

    flx = np.empty((ni + 1, nj, nk))
    for i in prange(ni + 1):
        for j in range(nj):
            for k in range(nk):
                flux = lap[i + 1, j + 1, k] - lap[i, j + 1, k]
                slope = field[i + 2, j + 2, k] - field[i + 1, j + 2, k]
                flx[i, j, k] = 0.0 if flux * slope > 0.0 else flux

    fly = np.empty((ni, nj + 1, nk))
    for i in prange(ni):
        for j in range(nj + 1):
            for k in range(nk):
                flux = lap[i + 1, j + 1, k] - lap[i + 1, j, k]
                slope = field[i + 2, j + 2, k] - field[i + 2, j + 1, k]
                fly[i, j, k] = 0.0 if flux * slope > 0.0 else flux

    out = np.empty((ni, nj, nk))
    for i in prange(ni):
        for j in range(nj):
            for k in range(nk):
                out[i, j, k] = field[i + 2, j + 2, k] - coeff[i, j, k] * (
                    flx[i + 1, j, k] - flx[i, j, k] + fly[i, j + 1, k] - fly[i, j, k]
                )
    return out

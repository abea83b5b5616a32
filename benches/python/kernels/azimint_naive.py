from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numba import njit, prange


@partial(jax.jit, static_argnums=2)
def jax_kernel(data, radius, npt):
    largest = jnp.max(radius)

    def ring(i):
        inside = (largest * i / npt <= radius) & (radius < largest * (i + 1) / npt)
        return jnp.mean(data, where=inside)

    return lax.map(ring, jnp.arange(npt))


@njit(parallel=True, fastmath=True)
def numba_kernel(data, radius, npt):
    largest = radius.max()
    mean = np.empty(npt)
    for i in prange(npt):
        inner = largest * i / npt
        outer = largest * (i + 1) / npt
        total = 0.0
        count = 0
        for k in range(data.shape[0]):
            if inner <= radius[k] and radius[k] < outer:
                total += data[k]
                count += 1
        mean[i] = total / count
    return mean

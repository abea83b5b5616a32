from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from numba import njit


@partial(jax.jit, static_argnums=2)
def jax_kernel(samples, weights, bins):
    bin_of = (samples * bins).astype(jnp.int32)
    return jnp.zeros(bins).at[bin_of].add(weights)


# Threads would add to the same bins at once.
@njit(fastmath=True)
def numba_kernel(samples, weights, bins):
    histogram = np.zeros(bins)
    for i in range(samples.shape[0]):
        histogram[int(samples[i] * bins)] += weights[i]
    return histogram

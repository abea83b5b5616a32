import jax
import jax.numpy as jnp
import numpy as np
from numba import njit, prange


@jax.jit
def jax_kernel(start, column, value, x):
    rows = start.shape[0] - 1
    row = jnp.repeat(jnp.arange(rows), jnp.diff(start), total_repeat_length=value.shape[0])
    return jax.ops.segment_sum(value * x[column], row, num_segments=rows, indices_are_sorted=True)


@njit(parallel=True, fastmath=True)
def numba_kernel(start, column, value, x):
    rows = start.shape[0] - 1
    y = np.empty(rows)
    for i in prange(rows):
        total = 0.0
        for k in range(start[i], start[i + 1]):
            total += value[k] * x[column[k]]
        y[i] = total
    return y

import jax
import jax.numpy as jnp


def energy(x):
    i, j = jnp.tril_indices(x.shape[0], -1)
    d = x[i] - x[j]
    s3 = jnp.sum(d * d, axis=1) ** -3
    return jnp.sum(4.0 * (s3 * s3 - s3))


jax_kernel = jax.jit(energy)

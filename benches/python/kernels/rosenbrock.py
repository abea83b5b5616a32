import jax
import jax.numpy as jnp


def value(x):
    return jnp.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


jax_kernel = jax.jit(value)

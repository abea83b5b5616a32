import jax
import jax.numpy as jnp
from jax import lax


def value(a, r):
    def step(i, a):
        return a.at[i].set(r * a[i - 1] * (1.0 - a[i - 1]) + 0.1 * a[i])

    a = lax.fori_loop(1, a.size, step, a)
    return jnp.sum(a * a)


jax_kernel = jax.jit(value)

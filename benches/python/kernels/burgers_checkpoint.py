import math
from functools import partial

import jax
import jax.numpy as jnp
from burgers import step
from jax import lax


@partial(jax.jit, static_argnums=3)
@partial(jax.grad, argnums=0)
def jax_kernel(u, c, d, steps):
    # About as many blocks as there are steps in each; what is left over follows.
    length = max(math.isqrt(steps), 1)

    @jax.checkpoint
    def block(_, u):
        return lax.fori_loop(0, length, lambda _, u: step(u, c, d), u)

    u = lax.fori_loop(0, steps // length, block, u)
    u = lax.fori_loop(0, steps % length, lambda _, u: step(u, c, d), u)
    return 0.5 * jnp.sum(u * u)

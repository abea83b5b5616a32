import jax
from lorenz96 import state

jax_kernel = jax.jit(jax.jacrev(state), static_argnums=3)

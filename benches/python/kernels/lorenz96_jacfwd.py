import jax
from lorenz96 import state

jax_kernel = jax.jit(jax.jacfwd(state), static_argnums=3)

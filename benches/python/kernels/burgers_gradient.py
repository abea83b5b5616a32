import jax
from burgers import energy

jax_kernel = jax.jit(jax.grad(energy), static_argnums=3)

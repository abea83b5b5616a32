import jax
from heat_energy import energy

jax_kernel = jax.jit(jax.grad(energy), static_argnums=1)

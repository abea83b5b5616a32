import jax
from w7x_volume import volume

jax_kernel = jax.jit(jax.grad(volume, argnums=(1, 3)))

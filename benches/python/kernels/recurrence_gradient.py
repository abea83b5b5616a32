import jax
from recurrence import value

jax_kernel = jax.jit(jax.grad(value))

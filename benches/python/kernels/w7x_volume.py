import jax
import jax.numpy as jnp
from w7x_surface import series


def volume(r_modes, r_coefficients, z_modes, z_coefficients, nfp, theta, zeta):
    r, _, _ = series(r_modes, r_coefficients, nfp, theta, zeta)
    _, z_theta, _ = series(z_modes, z_coefficients, nfp, theta, zeta)
    cell = (2 * jnp.pi / theta.size) * (2 * jnp.pi / (nfp * zeta.size))
    return jnp.abs(0.5 * nfp * jnp.sum(r**2 * z_theta) * cell)


jax_kernel = jax.jit(volume)

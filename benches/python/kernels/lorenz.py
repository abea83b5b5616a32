import jax
from jax import lax
from numba import njit

SIGMA = 10.0
RHO = 28.0
BETA = 8.0 / 3.0


def velocity(x, y, z):
    return SIGMA * (y - x), x * (RHO - z) - y, x * y - BETA * z


def runge_kutta(velocity):
    """One step with this velocity."""

    def step(x, y, z, dt):
        half = 0.5 * dt
        x1, y1, z1 = velocity(x, y, z)
        x2, y2, z2 = velocity(x + half * x1, y + half * y1, z + half * z1)
        x3, y3, z3 = velocity(x + half * x2, y + half * y2, z + half * z2)
        x4, y4, z4 = velocity(x + dt * x3, y + dt * y3, z + dt * z3)
        x += dt / 6.0 * (x1 + 2.0 * x2 + 2.0 * x3 + x4)
        y += dt / 6.0 * (y1 + 2.0 * y2 + 2.0 * y3 + y4)
        z += dt / 6.0 * (z1 + 2.0 * z2 + 2.0 * z3 + z4)
        return x, y, z

    return step


jax_step = runge_kutta(velocity)
numba_step = njit(fastmath=True)(runge_kutta(njit(fastmath=True)(velocity)))


@jax.jit
def jax_kernel(x0, y0, z0, dt, steps):
    return lax.fori_loop(0, steps, lambda _, state: jax_step(*state, dt), (x0, y0, z0))


# Every step waits for the one before it.
@njit(fastmath=True)
def numba_kernel(x0, y0, z0, dt, steps):
    x, y, z = x0, y0, z0
    for _ in range(steps):
        x, y, z = numba_step(x, y, z, dt)
    return x, y, z

import jax
import jax.numpy as jnp
from jax import lax
from numba import njit, prange


@jax.jit
def jax_kernel(x, v, e, grad_e, b, grad_b, q, dt, steps):
    half = 0.5 * dt * q

    def step(_, state):
        x, v = state
        kick = half * (e + x @ grad_e.T)
        t = half * (b + x @ grad_b.T)
        s = 2 * t / (1 + jnp.sum(t**2, axis=1, keepdims=True))
        minus = v + kick
        prime = minus + jnp.cross(minus, t)
        v = minus + jnp.cross(prime, s) + kick
        return x + dt * v, v

    return lax.fori_loop(0, steps, step, (x, v))


@njit(inline="always")
def field(f, g, x, y, z):
    return (
        f[0] + g[0, 0] * x + g[0, 1] * y + g[0, 2] * z,
        f[1] + g[1, 0] * x + g[1, 1] * y + g[1, 2] * z,
        f[2] + g[2, 0] * x + g[2, 1] * y + g[2, 2] * z,
    )


@njit(parallel=True, fastmath=True)
def numba_kernel(x, v, e, grad_e, b, grad_b, q, dt, steps):
    half = 0.5 * dt * q
    for _ in range(steps):
        for p in prange(x.shape[0]):
            ex, ey, ez = field(e, grad_e, x[p, 0], x[p, 1], x[p, 2])
            bx, by, bz = field(b, grad_b, x[p, 0], x[p, 1], x[p, 2])
            tx, ty, tz = half * bx, half * by, half * bz
            scale = 2.0 / (1.0 + tx * tx + ty * ty + tz * tz)
            mx = v[p, 0] + half * ex
            my = v[p, 1] + half * ey
            mz = v[p, 2] + half * ez
            rx = mx + my * tz - mz * ty
            ry = my + mz * tx - mx * tz
            rz = mz + mx * ty - my * tx
            v[p, 0] = mx + scale * (ry * tz - rz * ty) + half * ex
            v[p, 1] = my + scale * (rz * tx - rx * tz) + half * ey
            v[p, 2] = mz + scale * (rx * ty - ry * tx) + half * ez
            for k in range(3):
                x[p, k] += dt * v[p, k]
    return x, v

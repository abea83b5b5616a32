import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numba import njit


@jax.jit
def jax_kernel(nt, nit, u, v, dt, dx, dy, p, rho, nu):
    def divergence(u, v):
        ux = (u[1:-1, 2:] - u[1:-1, :-2]) / (2.0 * dx)
        uy = (u[2:, 1:-1] - u[:-2, 1:-1]) / (2.0 * dy)
        vx = (v[1:-1, 2:] - v[1:-1, :-2]) / (2.0 * dx)
        vy = (v[2:, 1:-1] - v[:-2, 1:-1]) / (2.0 * dy)
        return rho * (1.0 / dt * (ux + vy) - ux**2 - 2.0 * (uy * vx) - vy**2)

    def relax(p, b):
        inner = (
            (p[1:-1, 2:] + p[1:-1, :-2]) * dy**2 + (p[2:, 1:-1] + p[:-2, 1:-1]) * dx**2
        ) / (2.0 * (dx**2 + dy**2)) - dx**2 * dy**2 / (2.0 * (dx**2 + dy**2)) * b
        # No slope at three walls, nothing at the fourth.
        return jnp.pad(inner, 1, mode="edge").at[-1].set(0.0)

    def transported(w, u, v, slope):
        """The new inner elements of a velocity `w`."""
        middle = w[1:-1, 1:-1]
        return (
            middle
            - u[1:-1, 1:-1] * dt / dx * (middle - w[1:-1, :-2])
            - v[1:-1, 1:-1] * dt / dy * (middle - w[:-2, 1:-1])
            - slope
            + nu
            * (
                dt / dx**2 * (w[1:-1, 2:] - 2.0 * middle + w[1:-1, :-2])
                + dt / dy**2 * (w[2:, 1:-1] - 2.0 * middle + w[:-2, 1:-1])
            )
        )

    def step(_, state):
        u, v, p = state
        b = divergence(u, v)
        p = lax.fori_loop(0, nit, lambda _, p: relax(p, b), p)
        slope_x = dt / (2.0 * rho * dx) * (p[1:-1, 2:] - p[1:-1, :-2])
        slope_y = dt / (2.0 * rho * dy) * (p[2:, 1:-1] - p[:-2, 1:-1])
        new_u = jnp.pad(transported(u, u, v, slope_x), 1).at[-1].set(1.0)
        new_v = jnp.pad(transported(v, u, v, slope_y), 1)
        return new_u, new_v, p

    return lax.fori_loop(0, nt, step, (u, v, p))


# Threads take longer to meet than they save; `parallel=True` is twice as slow.
@njit(fastmath=True)
def numba_kernel(nt, nit, u, v, dt, dx, dy, p, rho, nu):
    ny, nx = u.shape
    b = np.empty((ny, nx))
    for _ in range(nt):
        un = u.copy()
        vn = v.copy()

        for j in range(1, ny - 1):
            for i in range(1, nx - 1):
                ux = (u[j, i + 1] - u[j, i - 1]) / (2.0 * dx)
                uy = (u[j + 1, i] - u[j - 1, i]) / (2.0 * dy)
                vx = (v[j, i + 1] - v[j, i - 1]) / (2.0 * dx)
                vy = (v[j + 1, i] - v[j - 1, i]) / (2.0 * dy)
                b[j, i] = rho * (1.0 / dt * (ux + vy) - ux * ux - 2.0 * (uy * vx) - vy * vy)

        for _ in range(nit):
            pn = p.copy()
            for j in range(1, ny - 1):
                for i in range(1, nx - 1):
                    around = (pn[j, i + 1] + pn[j, i - 1]) * dy * dy + (pn[j + 1, i] + pn[j - 1, i]) * dx * dx
                    p[j, i] = (
                        around / (2.0 * (dx * dx + dy * dy))
                        - dx * dx * dy * dy / (2.0 * (dx * dx + dy * dy)) * b[j, i]
                    )
            for j in range(ny):
                p[j, nx - 1] = p[j, nx - 2]
            for i in range(nx):
                p[0, i] = p[1, i]
            for j in range(ny):
                p[j, 0] = p[j, 1]
            for i in range(nx):
                p[ny - 1, i] = 0.0

        for j in range(1, ny - 1):
            for i in range(1, nx - 1):
                u[j, i] = (
                    un[j, i]
                    - un[j, i] * dt / dx * (un[j, i] - un[j, i - 1])
                    - vn[j, i] * dt / dy * (un[j, i] - un[j - 1, i])
                    - dt / (2.0 * rho * dx) * (p[j, i + 1] - p[j, i - 1])
                    + nu
                    * (
                        dt / (dx * dx) * (un[j, i + 1] - 2.0 * un[j, i] + un[j, i - 1])
                        + dt / (dy * dy) * (un[j + 1, i] - 2.0 * un[j, i] + un[j - 1, i])
                    )
                )
                v[j, i] = (
                    vn[j, i]
                    - un[j, i] * dt / dx * (vn[j, i] - vn[j, i - 1])
                    - vn[j, i] * dt / dy * (vn[j, i] - vn[j - 1, i])
                    - dt / (2.0 * rho * dy) * (p[j + 1, i] - p[j - 1, i])
                    + nu
                    * (
                        dt / (dx * dx) * (vn[j, i + 1] - 2.0 * vn[j, i] + vn[j, i - 1])
                        + dt / (dy * dy) * (vn[j + 1, i] - 2.0 * vn[j, i] + vn[j - 1, i])
                    )
                )
        for i in range(nx):
            u[0, i] = 0.0
            v[0, i] = 0.0
            v[ny - 1, i] = 0.0
        for j in range(ny):
            u[j, 0] = 0.0
            u[j, nx - 1] = 0.0
            v[j, 0] = 0.0
            v[j, nx - 1] = 0.0
        for i in range(nx):
            u[ny - 1, i] = 1.0
    return u, v, p

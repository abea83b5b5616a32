import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numba import njit, prange


def coefficients(n, tsteps):
    dx = 1.0 / n
    dt = 1.0 / tsteps
    mul1 = 2.0 * dt / (dx * dx)
    mul2 = dt / (dx * dx)
    return -mul1 / 2.0, 1.0 + mul1, -mul2 / 2.0, 1.0 + mul2


def implicit(side, middle, right):
    """Solves along the first axis for all columns together; the values at both ends are 1."""

    def forward(carry, right):
        p, q = carry
        pivot = side * p + middle
        carry = -side / pivot, (right - side * q) / pivot
        return carry, carry

    def back(x, row):
        p, q = row
        x = p * x + q
        return x, x

    ends = jnp.ones(right.shape[1])
    _, rows = lax.scan(forward, (0.0, ends), right)
    _, x = lax.scan(back, ends, rows, reverse=True)
    return x


@jax.jit
def jax_kernel(tsteps, u):
    n = u.shape[0]
    a, b, d, e = coefficients(n, tsteps)

    def step(_, u):
        right = -d * u[1:-1, :-2] + (1.0 + 2.0 * d) * u[1:-1, 1:-1] - d * u[1:-1, 2:]
        v = jnp.pad(implicit(a, b, right), ((1, 1), (0, 0)), constant_values=1.0)
        right = -a * v[:-2] + (1.0 + 2.0 * a) * v[1:-1] - a * v[2:]
        inner = implicit(d, e, right.T).T
        return u.at[1:-1].set(jnp.pad(inner, ((0, 0), (1, 1)), constant_values=1.0))

    return (lax.fori_loop(0, tsteps, step, u),)


@njit(parallel=True, fastmath=True)
def numba_kernel(tsteps, u):
    n = u.shape[0]
    v = np.zeros((n, n))
    p = np.zeros((n, n))
    q = np.zeros((n, n))

    dx = 1.0 / n
    dt = 1.0 / tsteps
    mul1 = 2.0 * dt / (dx * dx)
    mul2 = dt / (dx * dx)
    a = -mul1 / 2.0
    b = 1.0 + mul1
    c = a
    d = -mul2 / 2.0
    e = 1.0 + mul2
    f = d

    for _ in range(tsteps):
        for i in prange(1, n - 1):
            v[0, i] = 1.0
            p[i, 0] = 0.0
            q[i, 0] = v[0, i]
            for j in range(1, n - 1):
                p[i, j] = -c / (a * p[i, j - 1] + b)
                q[i, j] = (
                    -d * u[j, i - 1] + (1.0 + 2.0 * d) * u[j, i] - f * u[j, i + 1] - a * q[i, j - 1]
                ) / (a * p[i, j - 1] + b)
            v[n - 1, i] = 1.0
            for j in range(n - 2, 0, -1):
                v[j, i] = p[i, j] * v[j + 1, i] + q[i, j]
        for i in prange(1, n - 1):
            u[i, 0] = 1.0
            p[i, 0] = 0.0
            q[i, 0] = u[i, 0]
            for j in range(1, n - 1):
                p[i, j] = -f / (d * p[i, j - 1] + e)
                q[i, j] = (
                    -a * v[i - 1, j] + (1.0 + 2.0 * a) * v[i, j] - c * v[i + 1, j] - d * q[i, j - 1]
                ) / (d * p[i, j - 1] + e)
            u[i, n - 1] = 1.0
            for j in range(n - 2, 0, -1):
                u[i, j] = p[i, j] * u[i, j + 1] + q[i, j]
    return (u,)

import jax
import numpy as np
from jax import lax
from numba import njit


def forward(carry, row):
    cp, x = carry
    a, b, c, d = row
    m = b - a * cp
    carry = c / m, (d - a * x) / m
    return carry, carry


def back(x, row):
    cp, rest = row
    x = rest - cp * x
    return x, x


@jax.jit
def jax_kernel(a, b, c, d):
    _, rows = lax.scan(forward, (0.0, 0.0), (a, b, c, d))
    _, x = lax.scan(back, 0.0, rows, reverse=True)
    return x


# Two recurrences: no two iterations are independent.
@njit(fastmath=True)
def numba_kernel(a, b, c, d):
    n = d.shape[0]
    cp = np.empty(n)
    x = np.empty(n)
    cp[0] = c[0] / b[0]
    x[0] = d[0] / b[0]
    for i in range(1, n):
        m = b[i] - a[i] * cp[i - 1]
        cp[i] = c[i] / m
        x[i] = (d[i] - a[i] * x[i - 1]) / m
    for i in range(n - 2, -1, -1):
        x[i] -= cp[i] * x[i + 1]
    return x

#!/usr/bin/env python3
"""Minimax polynomials of the vector mathematics library: prints the Rust constants.

Each polynomial is fitted by the Remez exchange algorithm (Cheney, *Introduction to Approximation Theory*,
1966, ch. 3) in 60-digit arithmetic, its coefficients are rounded to double precision, and the error that is
left is printed as a power of two. Run: `python3 fit.py [NAME]` (needs mpmath).
"""
import struct
import sys

from mpmath import (acos, asin, atan, atanh, cos, cosh, exp, log, lu_solve, matrix, mp, mpf, pi, sin, sinh,
                    sqrt)

mp.dps = 60


def remez(f, weight, lo, hi, degree):
    """Coefficients c0.. that minimise max |weight(t) (f(t) - sum c_i t^i)| over [lo, hi]."""
    count = degree + 2
    nodes = [(lo + hi) / 2 + (hi - lo) / 2 * cos(pi * (2 * i + 1) / (2 * count)) for i in range(count)]
    nodes.sort()
    for _ in range(12):
        rows, right = matrix(count, count), matrix(count, 1)
        for i, t in enumerate(nodes):
            for j in range(degree + 1):
                rows[i, j] = t**j
            rows[i, degree + 1] = (-1) ** i / weight(t)
            right[i] = f(t)
        solution = lu_solve(rows, right)
        coefficients = [solution[i] for i in range(degree + 1)]
        level = abs(solution[degree + 1])

        def error(t):
            return weight(t) * (f(t) - horner(coefficients, t))

        # One extremum of the error between neighbouring sign changes.
        grid = [lo + (hi - lo) * (1 - cos(pi * k / (24 * count))) / 2 for k in range(24 * count + 1)]
        values = [error(t) for t in grid]
        extrema = []
        for t, v in zip(grid, values):
            if extrema and (v > 0) == (extrema[-1][1] > 0):
                if abs(v) > abs(extrema[-1][1]):
                    extrema[-1] = (t, v)
            else:
                extrema.append((t, v))
        while len(extrema) > count:
            extrema.pop(0 if abs(extrema[0][1]) < abs(extrema[-1][1]) else -1)
        if len(extrema) < count:
            break
        nodes = [t for t, _ in extrema]
        if max(abs(v) for _, v in extrema) < level * mpf("1.001"):
            break
    return coefficients


def horner(coefficients, t):
    total = mpf(0)
    for c in reversed(coefficients):
        total = total * t + c
    return total


def doubles(x, parts):
    """`x` as an unevaluated sum of doubles."""
    found = []
    for _ in range(parts):
        found.append(mpf(float(x)))
        x -= found[-1]
    return found


def truncated(x, bits):
    """`x` cut to its leading `bits` bits."""
    mantissa, exponent = mp.frexp(x)
    return mp.ldexp(mp.floor(mp.ldexp(mantissa, bits)), exponent - bits)


def bits(x):
    return struct.unpack("<Q", struct.pack("<d", float(x)))[0]


def rust(x):
    return repr(float(x))


def one():
    return lambda t: mpf(1)


def safe(f, at_zero):
    return lambda t: mpf(at_zero) if abs(t) < mpf(10) ** -25 else f(t)


LN_Z = ((sqrt(2) - 1) / (sqrt(2) + 1)) ** 2 * mpf("1.0001")
QUARTER = pi / 4 * mpf("1.0004")
EXP_R = log(2) / 2 * mpf("1.0002")

FITS = {
    # name: (function, lo, hi, degree)
    "EXP: (exp(r) - 1 - r) / r^2": (safe(lambda r: (exp(r) - 1 - r) / r**2, 0.5), -EXP_R, EXP_R, 10),
    "SINH: (sinh(r)/r - 1) / r^2, in r^2": (safe(lambda z: (sinh(sqrt(z)) / sqrt(z) - 1) / z, mpf(1) / 6), mpf(0), EXP_R**2, 5),
    "COSH: (cosh(r) - 1) / r^2, in r^2": (safe(lambda z: (cosh(sqrt(z)) - 1) / z, 0.5), mpf(0), EXP_R**2, 5),
    "LOG: (2 atanh(s)/s - 2) / s^2, in s^2": (safe(lambda z: (2 * atanh(sqrt(z)) / sqrt(z) - 2) / z, mpf(2) / 3), mpf(0), LN_Z, 6),
    "POW: (2 atanh(s)/s - 2 - 2/3 s^2 - 2/5 s^4) / s^6 / ln 2, in s^2": (
        safe(lambda z: (2 * atanh(sqrt(z)) / sqrt(z) - 2 - z * 2 / 3 - z**2 * 2 / 5) / z**3 / log(2),
             mpf(2) / 7 / log(2)), mpf(0), LN_Z, 6),
    "SIN: (sin(r)/r - 1) / r^2, in r^2": (safe(lambda z: (sin(sqrt(z)) / sqrt(z) - 1) / z, -mpf(1) / 6), mpf(0), QUARTER**2, 6),
    "COS: (cos(r) - 1 + r^2/2) / r^4, in r^2": (safe(lambda z: (cos(sqrt(z)) - 1 + z / 2) / z**2, mpf(1) / 24), mpf(0), QUARTER**2, 6),
    "ASIN: (asin(t)/t - 1) / t^2, in t^2": (safe(lambda z: (asin(sqrt(z)) / sqrt(z) - 1) / z, mpf(1) / 6), mpf(0), mpf(1) / 4, 12),
    "ATAN: (atan(t)/t - 1) / t^2, in t^2": (safe(lambda z: (atan(sqrt(z)) / sqrt(z) - 1) / z, -mpf(1) / 3), mpf(0), (sqrt(2) - 1) ** 2 * mpf("1.001"), 11),
    "CBRT: m^(1/3)": (lambda m: mp.cbrt(m), mpf(1), mpf(2), 4),
}


def main():
    wanted = sys.argv[1:]
    for name, (f, lo, hi, degree) in FITS.items():
        if wanted and not any(name.startswith(w) for w in wanted):
            continue
        coefficients = remez(f, one(), lo, hi, degree)
        rounded = [mpf(float(c)) for c in coefficients]
        grid = [lo + (hi - lo) * k / 400 for k in range(401)]
        left = max(abs(f(t) - horner(coefficients, t)) for t in grid)
        after = max(abs(f(t) - horner(rounded, t)) for t in grid)
        print(f"// {name} on [{mp.nstr(lo, 6)}, {mp.nstr(hi, 6)}]: 2^{mp.nstr(log(left, 2), 4)},"
              f" rounded 2^{mp.nstr(log(after, 2), 4)}")
        for c in rounded:
            print(f"    {rust(c)},")
    if not wanted:
        constants = {
            "LOG2_E": doubles(1 / log(2), 2),
            "LN_2": doubles(log(2), 2),
            "LN_2 (32 bits + rest)": [truncated(log(2), 32)] + doubles(log(2) - truncated(log(2), 32), 2),
            "LOG10_E": doubles(1 / log(10), 2),
            "LOG10_2 (32 bits + rest)": [truncated(log(2, 10), 32)] + doubles(log(2, 10) - truncated(log(2, 10), 32), 1),
            "TWO_OVER_LN_2": doubles(2 / log(2), 2),
            "TWO_THIRDS_OVER_LN_2": doubles(mpf(2) / 3 / log(2), 2),
            "TWO_FIFTHS_OVER_LN_2": doubles(mpf(2) / 5 / log(2), 2),
            "TWO_OVER_PI": doubles(2 / pi, 1),
            "PI_2": doubles(pi / 2, 3),
            "CBRT_2": doubles(mp.cbrt(2), 1),
            "CBRT_4": doubles(mp.cbrt(4), 1),
        }
        for name, parts in constants.items():
            print(f"// {name}: " + ", ".join(rust(p) for p in parts))
        mp.prec = 1400
        digits = int(mp.floor(mp.ldexp(2 / pi, 64 * 19)))
        print("// 2/pi in words of 64 bits, most significant first")
        for k in reversed(range(19)):
            print(f"    0x{(digits >> (64 * k)) & (2**64 - 1):016x},")


if __name__ == "__main__":
    main()

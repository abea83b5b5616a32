#!/usr/bin/env python3
"""Reference values of the vector mathematics library, from multiprecision arithmetic.

    python3 make_reference.py [--points N] [--seed S] [--out DIR] [NAME ..]

writes one file `NAME.bin` per function into DIR (default: `reference` beside this script), made of records
`x: f64, [y: f64,] result: f64, residual: i16`, little-endian: `result` is the exact value rounded to
nearest, and the exact value is `result + residual / 65536` units of the last place of `result`.
The points cover the whole range: random bits of every exponent, the neighbourhoods of thresholds, zeros and
poles, subnormal arguments and results, and for the trigonometric functions, for every exponent, the doubles
that come closest to a multiple of pi/2 (from the continued fraction of 2^e / (pi/2)).

Needs mpmath; gmpy2 makes it faster.
"""
import argparse
import math
import pathlib
import random
import struct

from mpmath import mp, mpf

mp.prec = 240


# --- Rounding -------------------------------------------------------------------------------------------

def rounded(value):
    """`(result, residual)` of an mpf."""
    if value == 0:
        return 0.0, 0
    sign = -1 if value < 0 else 1
    mantissa, exponent = (int(part) for part in abs(value).man_exp)
    unit = max(mantissa.bit_length() + exponent - 53, -1074)
    shift = unit - exponent
    if shift <= 0:
        return sign * mp_to_float(mantissa << -shift, unit), 0
    if shift > mantissa.bit_length() + 64:
        return sign * 0.0, 0
    quotient, rest = mantissa >> shift, mantissa & ((1 << shift) - 1)
    half = 1 << (shift - 1)
    if rest > half or (rest == half and quotient & 1):
        quotient, rest = quotient + 1, rest - (1 << shift)
    if quotient.bit_length() > 53:  # up to a power of two: the unit of the result is twice as large
        rest //= 2
    result = mp_to_float(quotient, unit)
    if math.isinf(result):
        return sign * result, 0
    residual = (rest << 16) >> shift
    return sign * result, sign * max(-32767, min(32767, residual))


def mp_to_float(mantissa, exponent):
    try:
        return math.ldexp(mantissa, exponent)
    except OverflowError:
        return math.inf


# --- Points ---------------------------------------------------------------------------------------------

def sign():
    return random.choice((-1.0, 1.0))


def any_bits():
    return struct.unpack("<d", struct.pack("<Q", random.getrandbits(64)))[0]


def uniform(a, b):
    return lambda: random.uniform(a, b)


def scale(a, b):
    """2^[a, b], either sign."""
    def point():
        t = random.uniform(a, b)
        return sign() * math.ldexp(2.0 ** (t - math.floor(t)), math.floor(t))
    return point


def beside(center, a=-54, b=-1):
    """`center` plus or minus 2^[a, b]."""
    offset = scale(a, b)
    return lambda: center + offset()


def neighbours(center, steps=40):
    """Within a few doubles of `center`, or of `-center`."""
    return lambda: sign() * (center + random.randint(-steps, steps) * math.ulp(center))


def positive(point):
    return lambda: abs(point())


subnormal = scale(-1074, -1021)


def near_quarter_turns():
    """Doubles closest to a multiple of pi/2, for every exponent: denominators of convergents."""
    found = []
    with mp.workprec(2400):
        for e in range(-52, 972):
            ratio = mp.ldexp(2 / mp.pi, e)
            # q 2^e is near p pi/2 where p/q is a convergent of 2^e / (pi/2): the last one that is a double.
            q0, q1, rest = 0, 1, ratio
            while q1 < 2**53:
                rest = 1 / (rest - mp.floor(rest))
                q0, q1 = q1, int(mp.floor(rest)) * q1 + q0
            found.append(math.ldexp(float(q0), e))
    return found


def multiples_of_quarter_turn():
    k = random.randint(1, 2 ** random.randint(1, 52))
    with mp.workprec(200):
        return sign() * float(k * mp.pi / 2)


ANGLES = [uniform(-1, 1), uniform(-10, 10), uniform(-1000, 1000), scale(-30, 60), scale(38, 42), any_bits,
          multiples_of_quarter_turn, scale(-1074, 1024)]
LOGS = [uniform(0.6, 1.6), uniform(0, 20), beside(1.0), positive(subnormal), positive(any_bits), positive(scale(-30, 30))]
EXPS = [uniform(-0.4, 0.4), uniform(-20, 20), scale(-60, 0), any_bits]
LARGE_EXP, LARGE_SINH = 709.782712893384, 710.4758600739439
SMALL_EXP = 745.1332191019412

UNARY = {
    "exp": (mp.exp, EXPS + [uniform(-746, 710), uniform(-746, -707), neighbours(LARGE_EXP), neighbours(SMALL_EXP)]),
    "exp2": (lambda x: mp.power(2, x), EXPS + [uniform(-1076, 1024), uniform(-1076, -1020), lambda: float(random.randint(-1076, 1024))]),
    "exp_m1": (mp.expm1, EXPS + [uniform(-40, 4), uniform(-1.5, 1.5), uniform(20, 710), neighbours(LARGE_EXP)]),
    "ln": (mp.log, LOGS),
    "log2": (lambda x: mp.log(x) / mp.ln2, LOGS),
    "log10": (lambda x: mp.log(x) / mp.ln10, LOGS),
    "ln_1p": (mp.log1p, [uniform(-0.5, 0.6), uniform(-1, 3), scale(-60, -1), positive(any_bits), positive(scale(-5, 70)), beside(-1.0), subnormal]),
    "sin": (mp.sin, ANGLES),
    "cos": (mp.cos, ANGLES),
    "tan": (mp.tan, ANGLES),
    "asin": (mp.asin, [uniform(-1, 1), uniform(0.45, 0.55), beside(1.0), beside(-1.0), scale(-60, 0), subnormal]),
    "acos": (mp.acos, [uniform(-1, 1), uniform(0.45, 0.55), beside(1.0), beside(-1.0), scale(-60, 0)]),
    "atan": (mp.atan, [uniform(-3, 3), uniform(0.35, 0.5), uniform(2.2, 2.6), scale(-60, 60), any_bits]),
    "sinh": (mp.sinh, EXPS + [uniform(-3, 3), uniform(15, 25), uniform(-711, 711), neighbours(LARGE_SINH), subnormal]),
    "cosh": (mp.cosh, EXPS + [uniform(-3, 3), uniform(15, 25), uniform(-711, 711), neighbours(LARGE_SINH)]),
    "tanh": (mp.tanh, EXPS + [uniform(-3, 3), uniform(-25, 25), subnormal]),
    "asinh": (mp.asinh, [uniform(-1, 1), uniform(-3, 3), uniform(-100, 100), scale(-60, 40), scale(25, 31), any_bits]),
    "acosh": (mp.acosh, [beside(1.0), uniform(1, 3), uniform(1, 100), positive(scale(0, 40)), positive(scale(25, 31)), positive(any_bits)]),
    "atanh": (mp.atanh, [uniform(-1, 1), uniform(-0.3, 0.3), beside(1.0), beside(-1.0), scale(-60, 0), subnormal]),
    "cbrt": (lambda x: mp.cbrt(x) if x > 0 else -mp.cbrt(-x), [uniform(1, 8), uniform(-3, 3), subnormal, any_bits]),
}


def power_point():
    """`x` of every kind, and `y` so that the result is of every size, subnormal ones among them."""
    x = random.choice([uniform(0, 3), beside(1.0), positive(any_bits), positive(scale(-20, 20)),
                       positive(subnormal), uniform(0.7, 0.71), uniform(1.41, 1.42)])()
    if not 0 < x < math.inf:
        return 1.0, 1.0
    log = float(mp.log(x) / mp.ln2) or 1.0
    size = random.choice([uniform(-1080, 1030), uniform(-1076, -1015), uniform(1015, 1025), uniform(-60, 60)])()
    y = size / log
    if random.random() < 0.1:
        y = float(round(y)) if abs(y) < 1e15 else y
    if random.random() < 0.1 and abs(y) < 1e15:
        return -x, float(round(y))
    return x, y if math.isfinite(y) else 1.0


def plane_point():
    if random.random() < 0.2:
        z = scale(-1070, 1020)()
        return z, z * scale(-3, 3)()
    kinds = [uniform(-3, 3), any_bits, scale(-30, 30), subnormal, scale(1000, 1023.9)]
    return random.choice(kinds)(), random.choice(kinds)()


BINARY = {
    "pow": (mp.power, power_point),
    "atan2": (mp.atan2, plane_point),
    "hypot": (mp.hypot, plane_point),
}


# --- Tables ---------------------------------------------------------------------------------------------

def in_domain(name, arguments):
    x = arguments[0]
    if not all(math.isfinite(v) and v != 0 for v in arguments):
        return False
    return {"ln": x > 0, "log2": x > 0, "log10": x > 0, "ln_1p": x > -1, "asin": abs(x) <= 1, "acos": abs(x) <= 1,
            "acosh": x >= 1, "atanh": abs(x) < 1}.get(name, True)


def exact(name, function, arguments):
    """Enough bits that a result near 0 or near 1 has them too."""
    small = min(abs(v) for v in arguments)
    with mp.workprec(400 if small > 1e-20 else 2600):
        return function(*(mpf(v) for v in arguments))


def points_of(name, count):
    if name in BINARY:
        while True:
            yield BINARY[name][1]()
    kinds = UNARY[name][1]
    if kinds is ANGLES:
        every = near_quarter_turns()
        for x in every if count > 4000 else every[:: max(1, 4 * len(every) // count)]:
            yield (sign() * x,)
    while True:
        yield (random.choice(kinds)(),)


def table(name, count):
    function = (BINARY if name in BINARY else UNARY)[name][0]
    records = []
    for arguments in points_of(name, count):
        if in_domain(name, arguments):
            result, residual = rounded(exact(name, function, arguments))
            records.append(struct.pack(f"<{len(arguments) + 1}dh", *arguments, result, residual))
            if len(records) == count:
                return b"".join(records)
    return b""


def main():
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=2200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=pathlib.Path, default=here / "reference")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.names or [*UNARY, *BINARY]:
        random.seed(f"{options.seed} {name}")
        (options.out / f"{name}.bin").write_bytes(table(name, options.points))


if __name__ == "__main__":
    main()

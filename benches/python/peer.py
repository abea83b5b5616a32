"""One library's side of the benchmark: answers the runner's requests, a line of JSON each.

{"load": kernel, "arguments": [..], "folder": dir}  ->  {"first_ms": .., "outputs": [file.npy, ..]}
{"time": calls}                                     ->  {"ms": of these calls together}

Anything that goes wrong is {"error": text}. The kernels are in kernels/NAME.py.
"""

import argparse
import importlib.util
import json
import os
import pathlib
import sys
import time

sys.dont_write_bytecode = True  # a checkout stays clean
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["JAX_ENABLE_X64"] = "1"

import numpy as np

HERE = pathlib.Path(__file__).parent
sys.path.append(str(HERE / "kernels"))  # kernels of derivatives import what they differentiate


def module(name):
    """The file of a kernel."""
    spec = importlib.util.spec_from_file_location(name, HERE / "kernels" / f"{name}.py")
    kernel = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(kernel)
    return kernel


class Arguments:
    """The arguments of a kernel; arrays that it changes in place are put back by `restore`."""

    def __init__(self, described, convert):
        self.values, self.changed = [], []
        for one in described:
            if "scalar" in one:
                self.values.append(one["scalar"])
                continue
            value = convert(np.load(one["array"]))
            self.values.append(value)
            # An array of JAX cannot be changed.
            if one["in_place"] and isinstance(value, np.ndarray):
                self.changed.append((value, value.copy()))

    def restore(self):
        for value, fresh in self.changed:
            np.copyto(value, fresh)


class Jax:
    """Calls `jax_kernel` and waits for its results."""

    def __init__(self):
        import jax

        self.convert = jax.numpy.asarray
        self.wait = jax.block_until_ready

    def function(self, kernel):
        wait, function = self.wait, kernel.jax_kernel
        return lambda *values: wait(function(*values))


class Numba:
    """Calls `numba_kernel`."""

    def __init__(self):
        import numba  # noqa: F401 (here, so that a missing library is noticed at the start)

        self.convert = np.ascontiguousarray

    def function(self, kernel):
        return kernel.numba_kernel


class Peer:
    """The kernel that was loaded last, with its arguments."""

    def __init__(self, library):
        self.library = {"jax": Jax, "numba": Numba}[library]()

    def answer(self, request):
        if "load" in request:
            return self.load(request["load"], request["arguments"], pathlib.Path(request["folder"]))
        return {"ms": self.time(request["time"])}

    def load(self, name, described, folder):
        self.function = self.library.function(module(name))
        self.arguments = Arguments(described, self.library.convert)
        start = time.perf_counter_ns()
        results = self.function(*self.arguments.values)
        first = time.perf_counter_ns() - start
        if not isinstance(results, tuple):
            results = (results,)
        outputs = []
        for k, result in enumerate(results):
            result = np.asarray(result)
            result = result.astype(np.float64 if result.dtype.kind == "f" else np.int64)
            outputs.append(str(folder / f"{type(self.library).__name__}_{k}.npy"))
            np.save(outputs[-1], result)
        return {"first_ms": first * 1e-6, "outputs": outputs}

    def time(self, calls):
        function, values = self.function, self.arguments.values
        if not self.arguments.changed:
            start = time.perf_counter_ns()
            for _ in range(calls):
                result = function(*values)
            return (time.perf_counter_ns() - start) * 1e-6
        total = 0
        for _ in range(calls):
            self.arguments.restore()
            start = time.perf_counter_ns()
            result = function(*values)
            total += time.perf_counter_ns() - start
        del result
        return total * 1e-6


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", choices=["jax", "numba"], required=True)
    library = parser.parse_args().library
    # Replies have the standard output to themselves; what kernels print goes to the standard error.
    replies = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)

    def answer(work):
        try:
            reply = work()
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), file=replies, flush=True)

    peer = None

    def start():
        nonlocal peer
        peer = Peer(library)
        return {"ready": True}

    answer(start)
    for line in sys.stdin:
        answer(lambda: peer.answer(json.loads(line)))


if __name__ == "__main__":
    main()

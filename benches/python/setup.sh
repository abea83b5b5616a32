#!/bin/sh
# Installs the Python peers of the benchmark, JAX and Numba, into target/bench-venv of this checkout.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv="$here/../../target/bench-venv"
python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --requirement "$here/requirements.txt"
"$venv/bin/python" -c 'import jax, numba; print("jax", jax.__version__, "numba", numba.__version__)'

from mandelbrot import jax_kernel  # noqa: F401 (it maps a loop over one point)

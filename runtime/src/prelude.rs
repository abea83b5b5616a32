//! What a file with annotated functions needs: `use desc_jit::prelude::*;`

pub use crate::__array as array;
pub use crate::array::{Array, Array1, Array2, Array3, ArrayD, ArrayView, ArrayViewMut, Axis, Float, put, s};
pub use crate::backend::{device, print_backend_info, require_device, set_device};
pub use crate::desc_jit;
pub use crate::functional::{
    cond, fori_loop, map, put, scan, scan_n, scan_n_with, scan_reverse, scan_with, stop_gradient, switch,
    while_loop,
};
pub use crate::implicit::{fixed_point, fixed_point_with, root, root_scalar, root_scalar_with, root_with};
pub use crate::jnp;
pub use crate::progress;
pub use crate::safe::{safe_div, safe_norm};
pub use crate::tree::{
    Tree, tree_flatten, tree_leaves, tree_map, tree_map2, tree_stack, tree_unflatten, tree_unstack,
};
pub use crate::{
    Derivative, checkpoint, grad, grad_with_aux, hessian, hvp, jacfwd, jacrev, jvp, linearize,
    value_and_grad, value_and_grad_with_aux, vjp, vmap,
};
pub use crate::{Error, Graph};
pub use crate::{argnums, in_axes};
pub use desc_jit_macros::Tree;

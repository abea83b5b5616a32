//! Every item of the language, native = graph = register machine.

mod adjoints;
mod arithmetic;
mod arrays;
mod bindings;
mod branches;
mod calls;
mod explain;
mod extremes;
mod failures;
mod functionals;
mod fusion;
mod hygiene;
mod implicit;
mod indexing;
mod integers;
mod kernels;
mod loops;
mod methods;
mod numerics;
mod parallel;
mod safe;
mod side_by_side;
mod slices;
mod sliding;
mod structs;
mod triangles;

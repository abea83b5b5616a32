//! JAX's `jax.tree_util` by its names: a function over the leaves of a tree, the leaves as a list, many trees as one.
//!
//! Leaves are arrays of one element type `T`, scalars among them arrays without axes; static fields are no leaves. Inside
//! annotated functions a leaf is what the field is.

use super::Tree;
use crate::array::{Array, ArrayD, Element};
use crate::dtype::Literal;
use crate::error::{Error, ErrorKind, Result};
use crate::exec::{Leaf, Outputs};
use crate::staged::{staged, staged_with};
use ndarray::IxDyn;
use std::marker::PhantomData;

/// What a tree is besides its leaves: made by [`tree_flatten`], taken by [`tree_unflatten`].
pub struct TreeDef<S> {
    statics: Vec<Literal>,
    /// The leaves that are scalars.
    scalars: Vec<bool>,
    of: PhantomData<fn() -> S>,
}

fn leaves<S: Tree>(tree: &S) -> Result<Vec<Leaf>> {
    let mut found = Vec::new();
    S::__shared(tree).leaves(&mut found)?;
    Ok(found)
}

fn array<T: Element>(leaf: &Leaf) -> Result<ArrayD<T>> {
    match leaf {
        Leaf::Scalar(literal) | Leaf::Static(literal) => {
            let value = T::from_literal(*literal).ok_or_else(|| other_type::<T>(literal.dtype()))?;
            Ok(Array::from_elem(IxDyn(&[]), value))
        }
        Leaf::Array(buffer) if buffer.dtype() != T::DTYPE => Err(other_type::<T>(buffer.dtype())),
        Leaf::Array(buffer) => Array::from_buffer(buffer.deep_clone()?),
    }
}

fn other_type<T: Element>(found: crate::dtype::DType) -> Error {
    Error::new(ErrorKind::DType, format!("a leaf of the tree is {found}, not {}", T::DTYPE)).note(
        "the leaves of such a tree have one element type; what is none of them can be `#[tree(static)]`",
    )
}

fn flatten<T: Element, S: Tree>(tree: &S) -> Result<(Vec<ArrayD<T>>, TreeDef<S>)> {
    let mut definition = TreeDef { statics: Vec::new(), scalars: Vec::new(), of: PhantomData };
    let mut arrays = Vec::new();
    for leaf in leaves(tree)? {
        if let Leaf::Static(literal) = leaf {
            definition.statics.push(literal);
            continue;
        }
        definition.scalars.push(matches!(leaf, Leaf::Scalar(_)));
        arrays.push(array(&leaf)?);
    }
    Ok((arrays, definition))
}

fn unflatten<T: Element, S: Tree>(definition: &TreeDef<S>, arrays: Vec<ArrayD<T>>) -> Result<S> {
    if arrays.len() != definition.scalars.len() {
        let message = format!("a tree has {} leaves, not {}", definition.scalars.len(), arrays.len());
        return Err(Error::new(ErrorKind::Argument, message));
    }
    let leaves =
        arrays.into_iter().zip(&definition.scalars).map(|(array, &scalar)| match array.iter().next() {
            Some(value) if scalar && array.ndim() == 0 => Leaf::Scalar(value.to_literal()),
            _ => Leaf::Array(array.into_buffer()),
        });
    S::__take(&mut Outputs::of(leaves.collect(), &definition.statics))
}

#[track_caller]
fn unwrap<T>(result: Result<T>) -> T {
    crate::__private::unwrap(result)
}

/// The leaves of a tree.
///
/// # Panics
/// With leaves of another element type.
#[track_caller]
pub fn tree_leaves<T: Element, S: Tree>(tree: &S) -> Vec<ArrayD<T>> {
    unwrap(flatten(tree)).0
}
staged!(tree_leaves(cx, [tree], at) { Ok(cx.spread(tree, at)?.leaf_list()) });

/// The leaves of a tree, and what makes a tree of such leaves.
///
/// # Panics
/// With leaves of another element type.
#[track_caller]
pub fn tree_flatten<T: Element, S: Tree>(tree: &S) -> (Vec<ArrayD<T>>, TreeDef<S>) {
    unwrap(flatten(tree))
}
// In staged code any tree of the same kind says what a tree is besides its leaves.
staged!(tree_flatten(cx, [tree], at) {
    let _ = at;
    Ok(cx.tuple(vec![cx.spread(tree, at)?.leaf_list(), tree.clone()]))
});

/// The tree with these leaves.
///
/// # Panics
/// With another number of leaves, and leaves that don't fit their fields.
#[track_caller]
pub fn tree_unflatten<T: Element, S: Tree>(definition: &TreeDef<S>, leaves: Vec<ArrayD<T>>) -> S {
    unwrap(unflatten(definition, leaves))
}
staged!(tree_unflatten(cx, [tree, leaves], at) { cx.tree_unflatten(tree, leaves, at) });

/// The same tree with `f` of every leaf. A leaf keeps its number of axes. The closure names the type of its argument, as
/// nothing else does.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[derive(Tree, Clone)]
/// struct Weights {
///     matrix: Array2<f64>,
///     bias: f64,
/// }
///
/// #[desc_jit]
/// fn halved(w: &Weights) -> Weights {
///     tree_map(|x: &ArrayD<f64>| 0.5 * x, w)
/// }
///
/// let halves = halved(&Weights { matrix: Array2::ones((2, 2)), bias: 3.0 });
/// assert_eq!((halves.matrix.to_vec()[0], halves.bias), (0.5, 1.5));
/// ```
///
/// # Panics
/// With leaves of another element type.
#[track_caller]
pub fn tree_map<T: Element, S: Tree>(f: impl Fn(&ArrayD<T>) -> ArrayD<T>, tree: &S) -> S {
    let (leaves, definition) = unwrap(flatten(tree));
    unwrap(unflatten(&definition, leaves.iter().map(f).collect()))
}
staged_with!(tree_map => tree_map_operands);

/// The same with two trees of one type, leaf by leaf: `tree_map2(|p: &ArrayD<f64>, g| p - &(0.1 * g), &parameters, &gradient)`. Static
/// fields are those of the first.
///
/// # Panics
/// With leaves of another element type.
#[track_caller]
pub fn tree_map2<T: Element, S: Tree>(
    f: impl Fn(&ArrayD<T>, &ArrayD<T>) -> ArrayD<T>,
    first: &S,
    second: &S,
) -> S {
    let (leaves, definition) = unwrap(flatten(first));
    let (others, _) = unwrap(flatten(second));
    let mapped = leaves.iter().zip(&others).map(|(a, b)| f(a, b));
    unwrap(unflatten(&definition, mapped.collect()))
}
staged_with!(tree_map2 => tree_map2_operands);

/// Many trees as one whose leaves have one axis more, the first one: what [`vmap`](crate::vmap) maps over and gives.
/// Its type is a struct of the same fields: `Array2<f64>` for `Array1<f64>`, `Array1<f64>` for `f64`.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[derive(Tree, Clone)]
/// struct Spring {
///     place: Array1<f64>,
///     stiffness: f64,
/// }
///
/// #[desc_jit]
/// fn energy(spring: &Spring) -> f64 {
///     0.5 * spring.stiffness * spring.place.dot(&spring.place)
/// }
///
/// #[desc_jit]
/// fn energies(a: &Spring, b: &Spring) -> Array1<f64> {
///     vmap(energy)(&tree_stack(&[a.clone(), b.clone()]))
/// }
///
/// let springs = [3.0, 5.0].map(|stiffness| Spring { place: Array1::ones(2), stiffness });
/// assert_eq!(energies(&springs[0], &springs[1]).to_vec(), [3.0, 5.0]);
/// ```
///
/// # Panics
/// Without trees, and with trees that differ in shapes or static fields.
#[track_caller]
pub fn tree_stack<S: Tree>(trees: &[S]) -> S::__Stacked {
    unwrap(stack(trees))
}
staged!(tree_stack(cx, [trees], at) { cx.tree_stack(trees, at) });

fn stack<S: Tree>(trees: &[S]) -> Result<S::__Stacked> {
    let lists = trees.iter().map(leaves).collect::<Result<Vec<Vec<Leaf>>>>()?;
    let Some(first) = lists.first() else {
        return Err(Error::new(ErrorKind::Argument, "a stack of trees has at least one of them"));
    };
    let (mut statics, mut stacked) = (Vec::new(), Vec::new());
    for (k, leaf) in first.iter().enumerate() {
        let column: Vec<&Leaf> = lists.iter().map(|list| &list[k]).collect();
        match leaf {
            Leaf::Static(literal) => {
                if column.iter().any(|other| !matches!(other, Leaf::Static(other) if other == literal)) {
                    return Err(Error::new(
                        ErrorKind::Argument,
                        "the trees of a stack have the same static fields",
                    ));
                }
                statics.push(*literal);
            }
            _ => stacked.push(Leaf::Array(Leaf::stack(&column)?)),
        }
    }
    S::__Stacked::__take(&mut Outputs::of(stacked, &statics))
}

/// The trees of a stack.
#[track_caller]
pub fn tree_unstack<S: Tree>(stack: &S::__Stacked) -> Vec<S> {
    unwrap(unstack(stack))
}
staged!(tree_unstack(cx, [stack], at) { cx.tree_unstack(stack, at) });

fn unstack<S: Tree>(stack: &S::__Stacked) -> Result<Vec<S>> {
    let (mut statics, mut columns) = (Vec::new(), Vec::new());
    for leaf in leaves(stack)? {
        match leaf {
            Leaf::Static(literal) => statics.push(literal),
            leaf => columns.push(leaf.unstack()?),
        }
    }
    let count = columns.iter().map(Vec::len).min().unwrap_or(0);
    let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
    let trees = (0..count).map(|_| {
        let leaves = columns.iter_mut().filter_map(Iterator::next).collect();
        S::__take(&mut Outputs::of(leaves, &statics))
    });
    trees.collect()
}

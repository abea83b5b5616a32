//! Elements as the iteration plus a distance along each axis, and which of two accesses comes first.

use super::nest::Nest;
use crate::kernel::forms::Forms;
use crate::kernel::inst::{Buf, Inst, Reg};
use crate::kernel::ir::Kernel;
use crate::kernel::marks::digits;
use crate::kernel::ranges::Form;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// An element that an iteration touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub plane: Plane,
    /// The element's index less the counter (or what is added to it taken off), along each axis of the nest.
    pub distance: Vec<i64>,
}

/// Elements of one array that differ in the indices of the nest only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plane {
    pub buf: Buf,
    /// Along each axis of the array: which loop of the nest goes along it, and what is added that the nest does not
    /// change.
    indices: Vec<(Option<usize>, Form)>,
}

/// How the elements of two accesses lie.
pub(super) enum Meeting {
    Never,
    /// Where both touch the same element, the first one does so before the other (or behind it).
    Ordered(Ordering),
    Unknown,
}

/// An access of an instruction of the nest.
#[derive(Clone, Debug)]
pub(super) struct Access {
    /// The instruction's number.
    pub at: usize,
    pub store: bool,
    pub place: Place,
}

/// The element of a load or store; `None` unless every iteration of the nest has another one.
pub(super) fn place(
    kernel: &Kernel,
    forms: &Forms,
    nest: &Nest<'_>,
    set: &BTreeSet<Reg>,
    inst: &Inst,
) -> Option<Place> {
    let buf = inst.bufs()[0]?;
    let address = forms.address(kernel, inst)?;
    let mut distance = vec![None; nest.axes.len()];
    let mut indices = Vec::new();
    for mut index in digits::indices(forms, &kernel.slots[buf.index()].shape, &address)? {
        let mut along = None;
        for (k, axis) in nest.axes.iter().enumerate() {
            let Some(at) = index.terms.iter().position(|t| t.0 == axis.l.iv) else { continue };
            if index.terms.remove(at).1 != axis.sign || along.is_some() || distance[k].is_some() {
                return None;
            }
            along = Some(k);
            distance[k] = Some(std::mem::take(&mut index.constant));
        }
        if index.terms.iter().any(|t| set.contains(&t.0)) {
            return None;
        }
        indices.push((along, index));
    }
    Some(Place { plane: Plane { buf, indices }, distance: distance.into_iter().collect::<Option<_>>()? })
}

impl Plane {
    /// They have no element in common.
    fn apart(&self, other: &Plane) -> bool {
        self.buf != other.buf
            || self.indices.iter().zip(&other.indices).any(|((along, f), (other, g))| {
                let fixed = along.is_none() && other.is_none();
                fixed && f.sub(g).is_some_and(|d| d.terms.is_empty() && d.constant != 0)
            })
    }
}

impl Access {
    /// How two accesses meet while the nest runs as written.
    pub fn meets(&self, other: &Access, nest: &Nest<'_>) -> Meeting {
        let (a, b) = (&self.place, &other.place);
        if a.plane != b.plane {
            return if a.plane.apart(&b.plane) { Meeting::Never } else { Meeting::Unknown };
        }
        // The element at `e` is touched in the iterations `e - a` and `e - b`.
        let order = key(nest, &a.distance).cmp(&key(nest, &b.distance));
        Meeting::Ordered(order.then(self.at.cmp(&other.at)))
    }
}

/// Of accesses of one element, the one with the least key comes first.
pub(super) fn key(nest: &Nest<'_>, distance: &[i64]) -> Vec<i64> {
    nest.axes.iter().zip(distance).map(|(axis, &d)| if axis.down { d } else { -d }).collect()
}

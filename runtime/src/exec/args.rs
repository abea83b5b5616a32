//! Arguments on the way in, results on the way out.

use super::leaf::row;
use crate::array::{Array, Buffer, Device, Element};
use crate::dtype::{DType, Literal};
use crate::error::{Error, ErrorKind, Result};
use crate::kernel::{Access, OutSlot, OutSlots, Slot};
use crate::op::datum::filled;
use crate::stage::{Ty, Typed};
use ndarray::Dimension;

/// One argument of a call.
#[derive(Debug)]
pub enum ArgValue<'a> {
    /// A scalar.
    Scalar(Literal),
    /// A borrowed array: read only.
    Ref(&'a Buffer),
    /// An array given away: its storage may be reused.
    Owned(Buffer),
    /// An array updated in place.
    Mut(MutArg<'a>),
    /// A scalar that is part of the cache key, whatever the parameter says: a static field of a struct.
    Static(Literal),
    /// A tuple, or the fields of a struct.
    Tuple(Vec<ArgValue<'a>>),
    /// A list of trees, until the call begins.
    List(Vec<ArgValue<'a>>),
    /// A list as graphs take long ones: its length, that it is gathered, and an element with the leaves of all.
    Gathered(Vec<ArgValue<'a>>),
}

/// An array behind `&mut`, with the way to write the result back.
pub struct MutArg<'a> {
    target: Held<'a>,
}

enum Held<'a> {
    /// The caller's.
    Lent(&'a mut dyn Target),
    /// Made for the call, of something else than an array.
    Own(Box<dyn Target + 'a>),
}

impl<'a> MutArg<'a> {
    pub(super) fn own(target: Box<dyn Target + 'a>) -> MutArg<'a> {
        MutArg { target: Held::Own(target) }
    }

    fn lent(target: &'a mut dyn Target) -> MutArg<'a> {
        MutArg { target: Held::Lent(target) }
    }

    fn read(&self) -> Read<'_> {
        match &self.target {
            Held::Lent(target) => target.read(),
            Held::Own(target) => target.read(),
        }
    }

    pub(super) fn target(&mut self) -> &mut dyn Target {
        match &mut self.target {
            Held::Lent(target) => &mut **target,
            Held::Own(target) => &mut **target,
        }
    }
}

impl std::fmt::Debug for MutArg<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "&mut {:?}", self.read())
    }
}

/// What a `&mut` argument points to.
pub(super) trait Target {
    fn read(&self) -> Read<'_>;
    /// An array's elements, to be changed where they lie.
    fn lend(&mut self) -> Option<&mut Buffer>;
    fn write(&mut self, value: OutSlot) -> Result<()>;
}

#[derive(Debug)]
pub(super) enum Read<'a> {
    Scalar(Literal),
    Array(&'a Buffer),
}

impl<T: Element, D: Dimension> Target for Array<T, D> {
    fn read(&self) -> Read<'_> {
        Read::Array(self.buffer())
    }
    fn lend(&mut self) -> Option<&mut Buffer> {
        Some(self.buffer_mut())
    }
    fn write(&mut self, value: OutSlot) -> Result<()> {
        if !matches!(value, OutSlot::Updated) {
            *self = Array::from_buffer(buffer_of(value)?)?;
        }
        Ok(())
    }
}

impl<'a> ArgValue<'a> {
    pub(super) fn dtype(&self) -> DType {
        match self {
            ArgValue::Scalar(v) | ArgValue::Static(v) => v.dtype(),
            ArgValue::Ref(b) => b.dtype(),
            ArgValue::Owned(b) => b.dtype(),
            ArgValue::Mut(m) => match m.read() {
                Read::Scalar(v) => v.dtype(),
                Read::Array(b) => b.dtype(),
            },
            // A tuple has no dtype of its own; its parts are asked one by one.
            ArgValue::Tuple(_) | ArgValue::List(_) | ArgValue::Gathered(_) => DType::Bool,
        }
    }

    pub(super) fn parts(&self) -> Option<&[ArgValue<'a>]> {
        match self {
            ArgValue::Tuple(parts) | ArgValue::Gathered(parts) => Some(parts),
            _ => None,
        }
    }

    pub(super) fn shape(&self) -> &[usize] {
        self.buffer().map_or(&[], Buffer::shape)
    }

    pub(super) fn literal(&self) -> Option<Literal> {
        match self {
            ArgValue::Scalar(v) | ArgValue::Static(v) => Some(*v),
            ArgValue::Mut(m) => match m.read() {
                Read::Scalar(v) => Some(v),
                Read::Array(_) => None,
            },
            _ => None,
        }
    }

    pub(super) fn buffer(&self) -> Option<&Buffer> {
        match self {
            ArgValue::Scalar(_) | ArgValue::Static(_) => None,
            ArgValue::Tuple(_) | ArgValue::List(_) | ArgValue::Gathered(_) => None,
            ArgValue::Ref(b) => Some(b),
            ArgValue::Owned(b) => Some(b),
            ArgValue::Mut(m) => match m.read() {
                Read::Scalar(_) => None,
                Read::Array(b) => Some(b),
            },
        }
    }

    /// The accelerator that it lies on.
    pub(super) fn accelerator(&self) -> Option<Device> {
        match self {
            ArgValue::Tuple(parts) | ArgValue::List(parts) | ArgValue::Gathered(parts) => {
                parts.iter().find_map(ArgValue::accelerator)
            }
            _ => self.buffer().filter(|buffer| !buffer.is_host()).map(Buffer::device),
        }
    }

    /// The argument as a kernel takes it. Of an array that the kernel changes and that is not given away, it gets a
    /// copy, so that an error leaves the array as it was; [`Access::Update`] is asked for only where the kernel has
    /// no errors by then.
    pub(super) fn slot(&mut self, access: Access) -> Result<Slot<'_>> {
        if access == Access::Scalar
            && let Some(literal) = self.literal()
        {
            return Ok(Slot::Scalar(literal));
        }
        match (access, self) {
            (Access::Write, arg @ ArgValue::Owned(_)) => {
                match std::mem::replace(arg, ArgValue::Scalar(Literal::Bool(false))) {
                    ArgValue::Owned(buffer) => Ok(Slot::Write(buffer)),
                    _ => Err(neither()),
                }
            }
            (Access::Update, ArgValue::Mut(m)) => m.target().lend().map(Slot::Update).ok_or_else(neither),
            (Access::Write, arg) => Ok(Slot::Write(arg.buffer().ok_or_else(neither)?.deep_clone()?)),
            (_, arg) => arg.buffer().map(Slot::Read).ok_or_else(neither),
        }
    }

    /// Writes the final values of a `&mut` parameter back.
    pub(super) fn write(&mut self, outputs: &mut Outputs) -> Result<()> {
        match self {
            ArgValue::Mut(m) => m.target().write(outputs.next_value()?),
            ArgValue::Tuple(parts) | ArgValue::Gathered(parts) => {
                parts.iter_mut().try_for_each(|part| part.write(outputs))
            }
            _ => Ok(()),
        }
    }

    /// The value of a static argument, or of a static part of one.
    pub(super) fn known(&self, is_static: bool) -> Option<Literal> {
        match self {
            ArgValue::Static(literal) => Some(*literal),
            _ if is_static => self.literal(),
            _ => None,
        }
    }

    /// All scalars in it become static.
    pub fn fixed(self) -> ArgValue<'a> {
        match self {
            ArgValue::Tuple(parts) => ArgValue::Tuple(parts.into_iter().map(ArgValue::fixed).collect()),
            ArgValue::List(parts) => ArgValue::List(parts.into_iter().map(ArgValue::fixed).collect()),
            arg => arg.literal().map_or(arg, ArgValue::Static),
        }
    }

    /// The same argument, of which nothing is given away.
    pub(super) fn lend(&mut self) -> ArgValue<'_> {
        match self {
            ArgValue::Scalar(v) => ArgValue::Scalar(*v),
            ArgValue::Static(v) => ArgValue::Static(*v),
            ArgValue::Ref(b) => ArgValue::Ref(b),
            ArgValue::Owned(b) => ArgValue::Ref(b),
            ArgValue::Mut(m) => ArgValue::Mut(MutArg::lent(m.target())),
            ArgValue::Tuple(parts) => ArgValue::Tuple(parts.iter_mut().map(ArgValue::lend).collect()),
            ArgValue::List(parts) => ArgValue::List(parts.iter_mut().map(ArgValue::lend).collect()),
            ArgValue::Gathered(parts) => ArgValue::Gathered(parts.iter_mut().map(ArgValue::lend).collect()),
        }
    }

    /// How many results it takes as a `&mut` argument.
    pub(super) fn updated(&self) -> usize {
        match self {
            ArgValue::Mut(_) => 1,
            ArgValue::Tuple(parts) | ArgValue::Gathered(parts) => parts.iter().map(ArgValue::updated).sum(),
            _ => 0,
        }
    }
}

pub(super) fn neither() -> Error {
    Error::new(ErrorKind::Verify, "an argument is neither a scalar nor an array")
}

/// What can be passed to an annotated function.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be passed to a #[desc_jit] function",
    label = "not a scalar, an array, or a struct with `#[derive(Tree)]`"
)]
pub trait IntoArg<'a> {
    /// What it is in a graph. No bound on `Typed`: a type that fits neither is reported once.
    #[doc(hidden)]
    const TY: Ty;
    #[doc(hidden)]
    fn into_arg(self) -> ArgValue<'a>;
}

impl<'a, T: Element, D: Dimension> IntoArg<'a> for &'a Array<T, D> {
    const TY: Ty = <Array<T, D> as Typed>::TY;
    fn into_arg(self) -> ArgValue<'a> {
        ArgValue::Ref(self.buffer())
    }
}
impl<'a, T: Element, D: Dimension> IntoArg<'a> for Array<T, D> {
    const TY: Ty = <Array<T, D> as Typed>::TY;
    fn into_arg(self) -> ArgValue<'a> {
        ArgValue::Owned(self.into_buffer())
    }
}
impl<'a, T: Element, D: Dimension> IntoArg<'a> for &'a mut Array<T, D> {
    const TY: Ty = <Array<T, D> as Typed>::TY;
    fn into_arg(self) -> ArgValue<'a> {
        ArgValue::Mut(MutArg::lent(self))
    }
}

/// The results of a run, to be taken in order.
#[derive(Default)]
pub struct Outputs {
    values: OutSlots,
    taken: usize,
    statics: std::vec::IntoIter<Literal>,
    /// The element that is taken of the gathered list, and of that in it, and so on.
    row: Vec<usize>,
}

impl Outputs {
    /// Where the run puts them.
    pub(super) fn values(&mut self) -> &mut OutSlots {
        &mut self.values
    }

    /// The static fields among the results.
    pub(super) fn set_statics(&mut self, statics: &[Literal]) {
        self.statics = Vec::from(statics).into_iter();
    }

    pub(crate) fn next_static(&mut self) -> Result<Literal> {
        self.statics.next().ok_or_else(|| Error::new(ErrorKind::Verify, "a graph has too few static results"))
    }

    pub(crate) fn next_value(&mut self) -> Result<OutSlot> {
        let value = self.values.get_mut(self.taken);
        self.taken += 1;
        let few = || Error::new(ErrorKind::Verify, "a graph has too few results");
        let value = value.ok_or_else(few)?;
        if self.row.is_empty() {
            return Ok(std::mem::replace(value, OutSlot::Updated));
        }
        let OutSlot::Array(buffer) = value else { return Err(few()) };
        if !buffer.is_host() {
            *buffer = buffer.to_device(&Device::cpu())?;
        }
        row(buffer, &self.row)
    }

    /// The elements of a list that is gathered, each taken by `take`.
    pub(crate) fn rows<T>(&mut self, count: usize, take: fn(&mut Outputs) -> Result<T>) -> Result<Vec<T>> {
        let (first, statics) = (self.taken, self.statics.clone());
        let each = (0..count).map(|k| {
            (self.taken, self.statics) = (first, statics.clone());
            self.row.push(k);
            let item = take(self);
            self.row.pop();
            item
        });
        each.collect()
    }

    /// Those that nobody took.
    pub(super) fn rest(self) -> impl Iterator<Item = OutSlot> {
        self.values.into_iter().skip(self.taken)
    }
}

/// What an annotated function can return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned by a #[desc_jit] function",
    label = "not a scalar, an array, a tuple of them, or a struct with `#[derive(Tree)]`"
)]
pub trait Output: Typed + Sized {
    /// What it is in a graph, for code that asks for this trait.
    #[doc(hidden)]
    const __TY: Ty = <Self as Typed>::TY;
    #[doc(hidden)]
    fn take(outputs: &mut Outputs) -> Result<Self>;
}

macro_rules! scalars {
    ($($t:ty),*) => { $(
        impl<'a> IntoArg<'a> for $t {
            const TY: Ty = <$t as Typed>::TY;
            fn into_arg(self) -> ArgValue<'a> { ArgValue::Scalar(self.to_literal()) }
        }
        impl Output for $t {
            fn take(outputs: &mut Outputs) -> Result<$t> { scalar_of(outputs.next_value()?) }
        }
    )* };
}
scalars!(f64, f32, i64, i32, u32, u64, usize, bool);

impl<'a, T: Element> IntoArg<'a> for &'a T {
    const TY: Ty = Ty::Scalar(T::DTYPE);
    fn into_arg(self) -> ArgValue<'a> {
        ArgValue::Scalar(self.to_literal())
    }
}
impl<'a, T: Element> IntoArg<'a> for &'a mut T {
    const TY: Ty = Ty::Scalar(T::DTYPE);
    fn into_arg(self) -> ArgValue<'a> {
        ArgValue::Mut(MutArg::lent(self))
    }
}

/// A scalar behind `&mut`.
impl<T: Element> Target for T {
    fn read(&self) -> Read<'_> {
        Read::Scalar(self.to_literal())
    }
    fn lend(&mut self) -> Option<&mut Buffer> {
        None
    }
    fn write(&mut self, value: OutSlot) -> Result<()> {
        *self = scalar_of(value)?;
        Ok(())
    }
}

fn scalar_of<T: Element>(value: OutSlot) -> Result<T> {
    let OutSlot::Scalar(literal) = value else {
        return Err(Error::new(ErrorKind::Verify, "a result is an array, not a scalar"));
    };
    T::from_literal(literal).ok_or_else(|| {
        Error::new(ErrorKind::Verify, format!("a result is {}, not {}", literal.dtype(), T::DTYPE))
    })
}

/// A result as an array.
pub(crate) fn buffer_of(value: OutSlot) -> Result<Buffer> {
    match value {
        OutSlot::Array(buffer) => Ok(buffer),
        OutSlot::Scalar(literal) => filled(literal, &[], &Device::cpu()),
        OutSlot::Updated => Err(Error::new(ErrorKind::Verify, "a result is an argument")),
    }
}

impl<T: Element, D: Dimension> Output for Array<T, D> {
    fn take(outputs: &mut Outputs) -> Result<Array<T, D>> {
        Array::from_buffer(buffer_of(outputs.next_value()?)?)
    }
}

impl Output for () {
    fn take(_: &mut Outputs) -> Result<()> {
        Ok(())
    }
}

macro_rules! tuples {
    ($($($t:ident)+;)*) => {
        $(impl<'a, $($t: IntoArg<'a>),+> IntoArg<'a> for ($($t,)+) {
            const TY: Ty = Ty::Tuple(&[$($t::TY),+]);
            #[allow(non_snake_case)]
            fn into_arg(self) -> ArgValue<'a> {
                let ($($t,)+) = self;
                ArgValue::Tuple(vec![$($t.into_arg()),+])
            }
        }
        impl<$($t: Output),+> Output for ($($t,)+) {
            fn take(outputs: &mut Outputs) -> Result<Self> { Ok(($($t::take(outputs)?,)+)) }
        })*
    };
}
tuples! { A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H; }

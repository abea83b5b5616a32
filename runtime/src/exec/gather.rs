//! Lists of trees on their way in. A graph knows them by their length, and whether they come element by element or, long
//! ones, gathered: then an argument of the graph is a field of all elements, as one array.

use super::args::{ArgValue, MutArg, Read, Target, buffer_of, neither};
use super::leaf::row;
use crate::array::{Buffer, Device, Element};
use crate::dtype::{DType, Literal};
use crate::error::Result;
use crate::kernel::OutSlot;
use crate::op::datum::with_type;
use crate::stage::is_long;

/// Brings the lists in an argument into the form that graphs take; `gather` says whether long ones are gathered.
pub(super) fn settle(arg: &mut ArgValue<'_>, gather: bool) -> Result<()> {
    if has_list(arg) {
        let own = std::mem::replace(arg, ArgValue::Tuple(Vec::new()));
        *arg = settled(own, gather)?;
    }
    Ok(())
}

fn has_list(arg: &ArgValue<'_>) -> bool {
    match arg {
        ArgValue::List(_) => true,
        ArgValue::Tuple(parts) => parts.iter().any(has_list),
        _ => false,
    }
}

fn settled(arg: ArgValue<'_>, gather: bool) -> Result<ArgValue<'_>> {
    let each =
        |parts: Vec<_>| parts.into_iter().map(|part| settled(part, gather)).collect::<Result<Vec<_>>>();
    Ok(match arg {
        ArgValue::Tuple(parts) => ArgValue::Tuple(each(parts)?),
        ArgValue::List(items) => {
            let items = each(items)?;
            let count = items.len();
            // As staging gathers them, in `Cx::list`.
            let gather = gather
                && is_long(count, items.first().map_or(0, leaf_count))
                && items.iter().all(|item| alike(&items[0], item));
            let statics = [Literal::Usize(count), Literal::Bool(gather)].map(ArgValue::Static);
            let parts = |items| statics.into_iter().chain([items]).collect();
            match gather {
                true => ArgValue::Gathered(parts(gathered(items)?)),
                false => ArgValue::Tuple(parts(ArgValue::Tuple(items))),
            }
        }
        arg => arg,
    })
}

fn leaf_count(arg: &ArgValue<'_>) -> usize {
    match arg.parts() {
        Some(parts) => parts.iter().map(leaf_count).sum(),
        None => usize::from(!matches!(arg, ArgValue::Static(_))),
    }
}

/// Two elements have leaves of the same types, and the same static fields.
fn alike<'a>(a: &ArgValue<'a>, b: &ArgValue<'a>) -> bool {
    match (a, b) {
        (ArgValue::Tuple(a), ArgValue::Tuple(b)) | (ArgValue::Gathered(a), ArgValue::Gathered(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b))
        }
        (ArgValue::Static(a), ArgValue::Static(b)) => a == b,
        _ if [a, b].iter().any(|arg| arg.parts().is_some() || matches!(arg, ArgValue::Static(_))) => false,
        _ => a.dtype() == b.dtype() && a.shape() == b.shape(),
    }
}

/// An element whose leaves are those of all of them, one behind the other. They are alike.
fn gathered(items: Vec<ArgValue<'_>>) -> Result<ArgValue<'_>> {
    Ok(match &items[0] {
        ArgValue::Static(literal) => ArgValue::Static(*literal),
        ArgValue::Tuple(parts) | ArgValue::Gathered(parts) => {
            let is_list = matches!(items[0], ArgValue::Gathered(_));
            let mut columns: Vec<Vec<ArgValue<'_>>> = parts.iter().map(|_| Vec::new()).collect();
            for item in items {
                if let ArgValue::Tuple(parts) | ArgValue::Gathered(parts) = item {
                    columns.iter_mut().zip(parts).for_each(|(column, part)| column.push(part));
                }
            }
            let columns = columns.into_iter().map(gathered).collect::<Result<_>>()?;
            if is_list { ArgValue::Gathered(columns) } else { ArgValue::Tuple(columns) }
        }
        ArgValue::Mut(_) => {
            let buffer = stacked(&items)?;
            let homes = items.into_iter().filter_map(|item| match item {
                ArgValue::Mut(home) => Some(home),
                _ => None,
            });
            ArgValue::Mut(MutArg::own(Box::new(Rows { buffer, homes: homes.collect() })))
        }
        _ => ArgValue::Owned(stacked(&items)?),
    })
}

fn stacked(items: &[ArgValue<'_>]) -> Result<Buffer> {
    let shape = [&[items.len()], items[0].shape()].concat();
    with_type!(items[0].dtype(), T => {
        let mut all: Vec<T> = Vec::with_capacity(shape.iter().product());
        for item in items {
            match (item.literal(), item.buffer()) {
                (Some(literal), _) => all.extend(T::from_literal(literal)),
                (None, Some(buffer)) => match buffer.as_slice::<T>() {
                    Some(elements) => all.extend_from_slice(elements),
                    None => {
                        let host = buffer.to_device(&Device::cpu())?;
                        all.extend_from_slice(host.as_slice::<T>().ok_or_else(neither)?);
                    }
                },
                _ => return Err(neither()),
            }
        }
        Buffer::from_vec(all, &shape)
    })
}

/// A leaf of all elements of a list behind `&mut`; each gets its own back when the call has succeeded.
struct Rows<'a> {
    buffer: Buffer,
    homes: Vec<MutArg<'a>>,
}

impl Target for Rows<'_> {
    fn read(&self) -> Read<'_> {
        Read::Array(&self.buffer)
    }
    fn lend(&mut self) -> Option<&mut Buffer> {
        Some(&mut self.buffer)
    }
    fn write(&mut self, value: OutSlot) -> Result<()> {
        if !matches!(value, OutSlot::Updated) {
            self.buffer = buffer_of(value)?;
        }
        if !self.buffer.is_host() {
            self.buffer = self.buffer.to_device(&Device::cpu())?;
        }
        let buffer = &self.buffer;
        self.homes.iter_mut().enumerate().try_for_each(|(k, home)| home.target().write(row(buffer, &[k])?))
    }
}

//! Derivatives as linear maps: a run of the function keeps what the map needs, and the map runs by itself.

use super::args::{ArgValue, Output, Outputs, neither};
use super::cache::Planned;
use super::call::{Callee, Leaves, compile_and_run, device_of, push_leaves, run_leaves};
use super::derived::Derived;
use super::gather::settle;
use crate::array::{Buffer, Device};
use crate::dtype::{Literal, Type};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::kernel::OutSlot;
use crate::transform::other_tangent;
use smallvec::SmallVec;

/// The derivative of a function at one point.
pub(crate) struct LinearMap {
    derived: &'static Derived,
    /// That of the function, which holds the one of the map. It stays compiled as long as the map is there.
    plan: Planned,
    residuals: Vec<Residual>,
    device: Device,
}

/// What the map needs of the function's run.
enum Residual {
    Scalar(Literal),
    Array(Buffer),
}

/// Runs a linearised function.
pub(super) fn call<R: Output>(
    derived: &'static Derived,
    args: &mut [ArgValue<'_>],
) -> Result<(R, LinearMap)> {
    let device = device_of(args);
    let mut outputs = Outputs::default();
    let plan = compile_and_run(&derived, args, &device, outputs.values())?;
    outputs.set_statics(&plan.graph.statics);
    let result = R::take(&mut outputs)?;
    let residuals = outputs.rest().map(|slot| match slot {
        OutSlot::Scalar(literal) => Ok(Residual::Scalar(literal)),
        OutSlot::Array(buffer) => Ok(Residual::Array(buffer)),
        OutSlot::Updated => Err(neither()),
    });
    let residuals = residuals.collect::<Result<Vec<_>>>()?;
    Ok((result, LinearMap { derived, plan, residuals, device }))
}

/// The error of a linear map of what is none.
pub(super) fn no_map() -> Error {
    Error::new(ErrorKind::Verify, "a function that was not linearised has no linear map")
}

impl LinearMap {
    /// The function's name, as it is written with its transforms.
    pub fn name(&self) -> &'static str {
        super::Target::Derived(self.derived).name()
    }

    /// Its graph.
    pub fn graph(&self) -> Result<Graph> {
        self.plan.linear.as_deref().map(|linear| linear.graph.clone()).ok_or_else(no_map)
    }

    /// The tangent of the result for these tangents, one per differentiated argument.
    ///
    /// # Errors
    /// Tangents of other types than the arguments.
    pub fn apply<R: Output>(&self, tangents: &mut [ArgValue<'_>]) -> Result<R> {
        let linear = self.plan.linear.as_deref().ok_or_else(no_map)?;
        let params = &linear.graph.body.params;
        let expected: SmallVec<[&Type; 4]> =
            params.iter().skip(self.residuals.len()).map(|&p| linear.graph.ty(p)).collect();
        let gather = !self.derived.lists_apart();
        tangents.iter_mut().try_for_each(|tangent| settle(tangent, gather))?;
        self.check(&expected, tangents)?;
        let residuals = self.residuals.iter().map(Residual::lent);
        let mut args: SmallVec<[ArgValue<'_>; 8]> =
            residuals.chain(tangents.iter_mut().map(ArgValue::lend)).collect();
        let mut leaves = Leaves::new();
        args.iter_mut().for_each(|arg| push_leaves(false, arg, &mut leaves));
        let mut outputs = Outputs::default();
        run_leaves(linear, leaves, &self.device, outputs.values())?;
        outputs.set_statics(&linear.graph.statics);
        R::take(&mut outputs)
    }

    /// A tangent has the types of its argument.
    fn check(&self, expected: &[&Type], tangents: &[ArgValue<'_>]) -> Result<()> {
        let mut rest = expected;
        for (k, tangent) in tangents.iter().enumerate() {
            let mut found = SmallVec::new();
            parts(tangent, &mut found);
            let (own, behind) = rest.split_at(found.len().min(rest.len()));
            rest = behind;
            let fits =
                |(ty, part): (&&Type, &&ArgValue<'_>)| ty.dtype == part.dtype() && ty.shape == part.shape();
            if own.len() != found.len() || !own.iter().zip(&found).all(fits) {
                let name = self.derived.linearized_by().get(k).copied().unwrap_or_default();
                let found: Vec<Type> = found.iter().map(|p| Type::new(p.dtype(), p.shape())).collect();
                return Err(other_tangent(name, &found.iter().collect::<Vec<_>>(), own));
            }
        }
        Ok(())
    }
}

impl Residual {
    fn lent(&self) -> ArgValue<'_> {
        match self {
            Residual::Scalar(literal) => ArgValue::Scalar(*literal),
            Residual::Array(buffer) => ArgValue::Ref(buffer),
        }
    }
}

/// The scalars and arrays of an argument, in order.
fn parts<'s, 'a>(arg: &'s ArgValue<'a>, found: &mut SmallVec<[&'s ArgValue<'a>; 4]>) {
    match (arg.parts(), arg) {
        (Some(inner), _) => inner.iter().for_each(|part| parts(part, found)),
        (None, ArgValue::Static(_)) => {}
        (None, arg) => found.push(arg),
    }
}

//! What specialises a graph, and in what two such keys differ.

use super::args::ArgValue;
use crate::array::Device;
use crate::backend::Engine;
use crate::dtype::{DType, Literal};
use crate::stage::Param;

/// Where and how a graph runs: its device, the engine, and whether that fuses products with sums.
pub(super) type Target<'a> = (&'a Device, Engine, bool);

/// What specialises a graph.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Key {
    device: Device,
    engine: Engine,
    fma: bool,
    args: Vec<ArgKey>,
}

#[derive(Clone, PartialEq, Eq)]
enum ArgKey {
    Traced(DType, Vec<usize>),
    Static(Literal),
    Tuple(Vec<ArgKey>),
}

impl ArgKey {
    fn of(is_static: bool, arg: &ArgValue<'_>) -> ArgKey {
        match (arg.parts(), arg.known(is_static)) {
            (Some(parts), _) => ArgKey::Tuple(parts.iter().map(|p| ArgKey::of(is_static, p)).collect()),
            (None, Some(literal)) => ArgKey::Static(literal),
            _ => ArgKey::Traced(arg.dtype(), arg.shape().to_vec()),
        }
    }

    fn matches(&self, is_static: bool, arg: &ArgValue<'_>) -> bool {
        match self {
            ArgKey::Static(literal) => arg.known(is_static) == Some(*literal),
            ArgKey::Traced(dtype, shape) => {
                // Shapes are too short for a call of `memcmp`.
                arg.parts().is_none()
                    && !matches!(arg, ArgValue::Static(_))
                    && arg.dtype() == *dtype
                    && arg.shape().iter().eq(shape)
            }
            ArgKey::Tuple(keys) => arg.parts().is_some_and(|parts| {
                keys.len() == parts.len() && keys.iter().zip(parts).all(|(k, p)| k.matches(is_static, p))
            }),
        }
    }

    /// Adds what is new in this argument, called `name`, where it was `before`.
    fn changes(&self, before: &ArgKey, name: &str, found: &mut Vec<String>) {
        match (before, self) {
            (ArgKey::Traced(old, before), ArgKey::Traced(new, after)) => {
                if old != new {
                    found.push(format!("other dtype of argument `{name}`: {old} -> {new}"));
                }
                if before != after {
                    found.push(format!(
                        "other shape of argument `{name}`: {} -> {}",
                        tuple(before),
                        tuple(after)
                    ));
                }
            }
            (ArgKey::Static(before), ArgKey::Static(after)) if before != after => {
                found.push(format!("other static value `{name}`: {before} -> {after}"));
            }
            (ArgKey::Tuple(before), ArgKey::Tuple(after)) if before.len() == after.len() => {
                for (k, (before, after)) in before.iter().zip(after).enumerate() {
                    after.changes(before, &format!("{name}.{k}"), found);
                }
            }
            (before, after) if before != after => {
                found.push(format!("another kind of argument `{name}`"));
            }
            _ => {}
        }
    }
}

/// A shape as Rust writes it.
fn tuple(shape: &[usize]) -> String {
    match shape {
        [n] => format!("({n},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

impl Key {
    pub fn of(params: &[Param], args: &[ArgValue<'_>], (device, engine, fma): Target<'_>) -> Key {
        let args = params.iter().zip(args).map(|(param, arg)| ArgKey::of(param.is_static, arg));
        Key { device: device.clone(), engine, fma, args: args.collect() }
    }

    /// Equality without building a key: this is on the path of every call.
    pub fn matches(
        &self,
        params: &[Param],
        args: &[ArgValue<'_>],
        (device, engine, fma): Target<'_>,
    ) -> bool {
        self.device == *device
            && self.engine == engine
            && self.fma == fma
            && self.args.len() == args.len()
            && self.args.iter().zip(params).zip(args).all(|((key, p), arg)| key.matches(p.is_static, arg))
    }

    /// In what this key differs from one `before` of the same function, a clause each.
    pub fn changes(&self, before: &Key, params: &[Param]) -> Vec<String> {
        let mut found = Vec::new();
        for ((param, before), after) in params.iter().zip(&before.args).zip(&self.args) {
            after.changes(before, param.name, &mut found);
        }
        if before.device != self.device {
            found.push(format!("other device: {} -> {}", before.device, self.device));
        }
        if before.fma != self.fma {
            let word = |fma: bool| if fma { "on" } else { "off" };
            found.push(format!("fused multiply-adds: {} -> {}", word(before.fma), word(self.fma)));
        }
        if before.engine != self.engine {
            found.push(format!("other engine: {} -> {}", before.engine, self.engine));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::{Mode, Ty};

    fn param(name: &'static str) -> Param {
        Param { name, mode: Mode::Ref, is_static: false, ty: Ty::Unit }
    }

    fn key(engine: Engine, args: Vec<ArgKey>) -> Key {
        Key { device: Device::cpu(), engine, fma: false, args }
    }

    #[test]
    fn every_difference_has_a_clause() {
        let params = [param("u"), param("n"), param("p")];
        let pair =
            |n| ArgKey::Tuple(vec![ArgKey::Static(Literal::F64(0.5)), ArgKey::Traced(DType::I64, vec![n])]);
        let before = key(
            Engine::Cranelift,
            vec![ArgKey::Traced(DType::F64, vec![64, 64]), ArgKey::Static(Literal::Usize(3)), pair(2)],
        );
        let after = key(
            Engine::C,
            vec![ArgKey::Traced(DType::F32, vec![128, 128]), ArgKey::Static(Literal::Usize(4)), pair(7)],
        );
        assert_eq!(
            after.changes(&before, &params),
            [
                "other dtype of argument `u`: f64 -> f32",
                "other shape of argument `u`: (64, 64) -> (128, 128)",
                "other static value `n`: 3 -> 4",
                "other shape of argument `p.1`: (2,) -> (7,)",
                "other engine: cranelift -> c",
            ]
        );
        assert!(after.changes(&after, &params).is_empty());
    }

    #[test]
    fn an_argument_can_change_its_kind() {
        let before = key(Engine::C, vec![ArgKey::Static(Literal::Bool(true))]);
        let after = key(Engine::C, vec![ArgKey::Tuple(Vec::new())]);
        assert_eq!(after.changes(&before, &[param("x")]), ["another kind of argument `x`"]);
    }
}

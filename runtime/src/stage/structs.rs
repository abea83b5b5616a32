//! Structs: literals, fields by name, and their types.

use super::cx::{At, Cx, Out, Param};
use super::typed::{Method, StructInfo, Ty};
use super::value::Value;
use crate::error::{Error, ErrorKind};

impl Cx {
    /// `State { x: a, v: b, ..base }`
    ///
    /// # Errors
    /// A field of another type, a static field that is not known.
    pub fn structure(
        &self,
        ty: Ty,
        fields: Vec<(&'static str, Value)>,
        base: Option<Value>,
        at: At,
    ) -> Out<Value> {
        let Ty::Struct(info) = ty else {
            return Err(self.error(ErrorKind::DType, format!("{ty} is not a struct"), at));
        };
        let mut items = Vec::with_capacity(info.fields.len());
        for field in info.fields {
            let given = fields.iter().find(|(name, _)| *name == field.name).map(|(_, v)| v.clone());
            let value = match (given, &base) {
                (Some(value), _) => value,
                (None, Some(base)) => self.named(base, field.name, at)?,
                (None, None) => {
                    let message = format!("`{}` has no value for its field `{}`", info.name, field.name);
                    return Err(self.error(ErrorKind::DType, message, at));
                }
            };
            items.push(value);
        }
        let value = Value::tuple(items);
        let mismatch = || self.error(ErrorKind::DType, format!("this is not a {}", info.name), at);
        self.coerce_struct(&value, info, at)?.ok_or_else(mismatch)
    }

    /// The same of a generic struct: of the first of these types that the fields fit.
    ///
    /// # Errors
    /// Fields that fit none.
    pub fn structure_of(
        &self,
        candidates: &[Ty],
        fields: Vec<(&'static str, Value)>,
        base: Option<Value>,
        at: At,
    ) -> Out<Value> {
        let mut first = None;
        for ty in candidates {
            match self.structure(*ty, fields.clone(), base.clone(), at) {
                // Of unsuffixed numbers alone the type is still open: they stay as they are until they meet one.
                Ok(made) if first.is_none() => return Ok(self.open_literals(&made, &fields)),
                Ok(made) => return Ok(made),
                Err(error) => first = first.or(Some(error)),
            }
        }
        Err(first.unwrap_or_else(|| self.error(ErrorKind::Verify, "a generic struct has a type", at)))
    }

    /// The struct with the unsuffixed numbers that its fields were given, where these are all its floats.
    fn open_literals(&self, made: &Value, fields: &[(&'static str, Value)]) -> Value {
        let (Some(info), Some(items)) = (made.struct_info(), made.items()) else { return made.clone() };
        let given = |name: &str| fields.iter().find(|f| f.0 == name).map(|f| f.1.clone());
        let items: Vec<Value> = info
            .fields
            .iter()
            .zip(items.iter())
            .map(|(field, item)| given(field.name).filter(Value::is_weak).unwrap_or_else(|| item.clone()))
            .collect();
        let open = Value::structure(info, items);
        if self.is_open(&open) { open } else { made.clone() }
    }

    /// All floats in it are unsuffixed numbers.
    fn is_open(&self, v: &Value) -> bool {
        let leaves = v.leaves();
        leaves
            .iter()
            .all(|leaf| leaf.is_weak() || self.ty(leaf, At(0, 0, 0)).is_ok_and(|ty| !ty.dtype.is_float()))
    }

    /// `v.name`
    ///
    /// # Errors
    /// Not a struct, or one without such a field.
    pub fn named(&self, v: &Value, name: &'static str, at: At) -> Out<Value> {
        let k = self.field_position(v, name, at)?;
        self.field(v, k, at)
    }

    /// `v.name = new`, functionally.
    ///
    /// # Errors
    /// Not a struct, a value of another type, a static field that is not known.
    pub fn set_named(&self, v: &Value, name: &'static str, new: Value, at: At) -> Out<Value> {
        let k = self.field_position(v, name, at)?;
        self.set_field(v, k, new, at)
    }

    fn field_position(&self, v: &Value, name: &str, at: At) -> Out<usize> {
        v.struct_info().and_then(|info| info.position(name)).ok_or_else(|| {
            self.error(ErrorKind::DType, format!("{} has no field `{name}`", self.describe(v)), at)
        })
    }

    /// The fields of a struct, brought to their types. What enters from outside is a tuple of its fields. `None` for
    /// something else.
    pub(super) fn coerce_struct(&self, v: &Value, info: &'static StructInfo, at: At) -> Out<Option<Value>> {
        let Some(items) = v.items().filter(|items| items.len() == info.fields.len()) else { return Ok(None) };
        // Another choice of the parameters of one struct, as long as it is open.
        if v.struct_info().is_some_and(|own| own != info && !(own.path == info.path && self.is_open(v))) {
            return Ok(None);
        }
        let mut fields = Vec::with_capacity(items.len());
        for (k, item) in items.iter().enumerate() {
            fields.push(self.field_value(info, k, item, at)?);
        }
        Ok(Some(Value::structure(info, fields)))
    }

    /// A value in the type of field `k`.
    pub(super) fn field_value(&self, info: &StructInfo, k: usize, v: &Value, at: At) -> Out<Value> {
        let field = &info.fields[k];
        let named = |e: Error| e.note(format!("this is the field `{}` of `{}`", field.name, info.name));
        let value = self.coerce(v, field.ty, at).map_err(named)?;
        if field.is_static {
            self.require_static_field(&value, info, field.name, at)?;
        }
        Ok(value)
    }

    fn require_static_field(&self, v: &Value, info: &StructInfo, name: &str, at: At) -> Out<()> {
        let mut leaves = Vec::new();
        v.all_leaves(&mut leaves);
        let what = format!("the static field `{name}` of `{}`", info.name);
        leaves.iter().try_for_each(|leaf| self.require_static(leaf, &what, at).map(|_| ()))
    }

    /// What is static in a `&mut` parameter belongs to the compiled graph: it can't come out changed.
    pub(super) fn keeps_statics(&self, param: &Param, before: &Value, after: &Value, at: At) -> Out<()> {
        let before = self.as_given(&self.coerce(before, param.ty, at)?, at)?;
        let (mut was, mut is) = (Vec::new(), Vec::new());
        before.statics(&mut was);
        after.statics(&mut is);
        if was == is {
            return Ok(());
        }
        let message =
            format!("a static field of `{}` is changed, which its caller would not see", param.name);
        Err(self
            .error(ErrorKind::Static, message, at)
            .note("return the new struct, or take `#[tree(static)]` off the field"))
    }

    /// `receiver.name(args)` of a struct; `args[0]` is the receiver, which is `assignable` where it is a variable.
    ///
    /// # Errors
    /// No such method, and what the method itself refuses.
    pub fn call_method(
        &self,
        name: &'static str,
        assignable: bool,
        tried: bool,
        args: &mut [Value],
        at: At,
    ) -> Out<Value> {
        let found = args.first().map_or(Vec::new(), |receiver| methods_of(receiver, name));
        // What every value has, or a variable that looked like a struct and is none.
        if let (true, [receiver, rest @ ..]) = (found.is_empty(), &args[..]) {
            match self.method(name, receiver, rest, at) {
                Err(error) if error.kind() == ErrorKind::Unsupported => {}
                found => return found,
            }
        }
        let [method] = found[..] else {
            let receiver = args.first().map_or("nothing".into(), |v| self.describe(v));
            let error = match args.first().is_some_and(|v| v.struct_info().is_none()) {
                true => Error::new(
                    ErrorKind::Unsupported,
                    format!("`.{name}(..)` is not a method of {receiver} in staged code"),
                )
                .note("write it out with loops, or with the methods that staged code has"),
                false => not_one(name, &receiver, found.len()),
            };
            return Err(self.locate_error(error, at));
        };
        if args.len() != method.parameters {
            let message = format!("`{}` takes {} arguments", method.name, method.parameters);
            return Err(self.error(ErrorKind::Argument, message, at));
        }
        if method.updates && !assignable {
            let message = format!("`{}` updates its receiver, which is no variable here", method.name);
            return Err(self
                .error(ErrorKind::Unsupported, message, at)
                .note("bind it with `let mut`, outside of closures, and give the method a name that arrays have not"));
        }
        if method.fallible && !tried {
            return self.kept_result(method.name, at);
        }
        (method.stage)(self, args, at)
    }
}

impl Cx {
    /// The method takes `&mut self`.
    pub fn updates_receiver(&self, name: &str, receiver: &Value) -> bool {
        methods_of(receiver, name).iter().any(|method| method.updates)
    }
}

/// The annotated methods of a struct that have this name.
pub(super) fn methods_of(receiver: &Value, name: &str) -> Vec<Method> {
    receiver.struct_info().map_or(Vec::new(), |info| (info.methods)(name))
}

/// Why a name is not that of a method: staged code knows none, or several.
pub(crate) fn not_one(name: &str, of: &str, count: usize) -> Error {
    let call = match name.strip_prefix("::") {
        Some(name) => format!("`{name}(..)` is"),
        None => format!("`.{name}(..)` is"),
    };
    let (message, note) = match count {
        0 => (
            format!("{call} not a method of {of} in staged code"),
            "put `#[desc_jit]` on the `impl` block that it stands in",
        ),
        _ => (
            format!("{call} the name of {count} methods of {of}"),
            "rename one of them: staged code finds methods by their names alone",
        ),
    };
    Error::new(ErrorKind::Unsupported, message).note(note)
}

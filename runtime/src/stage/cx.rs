//! The staging context: the graph under construction, and the function whose body is being staged.

use super::typed::Ty;
use super::value::{Repr, Value};
use crate::dtype::{Literal, Type};
use crate::error::{Error, ErrorKind, Location, Result};
use crate::graph::{Builder, Graph, SiteId, ValueId};
use crate::op::Op;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// What staging functions return.
pub type Out<T> = Result<T, Error>;

/// A place in the source of the function being staged: line and column from 1, and a width.
#[derive(Clone, Copy, Debug)]
pub struct At(pub u32, pub u32, pub u32);

/// The source of an annotated function, rebuilt from its tokens.
#[derive(Debug)]
pub struct Source {
    /// The file as the compiler names it.
    pub file: &'static str,
    /// The function's name.
    pub function: &'static str,
    /// The line of `lines[0]`.
    pub first_line: u32,
    /// Its lines.
    pub lines: &'static [&'static str],
}

/// How a parameter is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// By value.
    Value,
    /// `&T`
    Ref,
    /// `&mut T`: updated in place.
    Mut,
}

/// A parameter of an annotated function.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// How it is passed.
    pub mode: Mode,
    /// Its value is part of the cache key and known at staging.
    pub is_static: bool,
    /// Its declared type.
    pub ty: Ty,
}

/// The generated staging function.
pub type StageFn = fn(&Cx, &mut [Value], At) -> Out<Value>;

/// What staging knows of an annotated function.
#[derive(Debug)]
pub struct FunctionInfo {
    /// Its name.
    pub name: &'static str,
    /// Its staging function.
    pub stage: StageFn,
    /// Its parameters.
    pub params: &'static [Param],
    /// Its result.
    pub result: Ty,
    /// It gives a `Result` of that.
    pub fallible: bool,
    /// Its source.
    pub source: &'static Source,
}

/// Calls nested deeper than this are taken for a recursion that never ends.
const MAX_CALL_DEPTH: usize = 64;

/// The staging context of one function body.
pub struct Cx {
    pub(super) builder: Rc<RefCell<Builder>>,
    pub(super) function: &'static FunctionInfo,
    pub(super) within: Within,
}

/// What a function is staged inside of.
#[derive(Clone, Default)]
pub(crate) struct Within {
    /// How many calls.
    pub depth: usize,
    /// Which calls these are.
    pub calls: Vec<StageFn>,
    /// The functions whose rules are being staged: inside, these are what their bodies say.
    pub rules_of: Vec<&'static FunctionInfo>,
    /// How many iterations a loop records for a reverse pass, where its trip count is known only at run time.
    pub tape: usize,
    /// Its graph takes and gives all lists of trees element by element.
    pub lists_apart: bool,
}

impl Within {
    /// Nothing, with tapes of this length.
    pub fn tape(tape: usize) -> Within {
        Within { tape, ..Within::default() }
    }

    /// One call deeper.
    pub fn deeper(&self) -> Within {
        Within { depth: self.depth + 1, ..self.clone() }
    }
}

/// The place `at` in a function's source.
fn locate(function: &FunctionInfo, at: At) -> Location {
    let source = function.source;
    let text = at.0.checked_sub(source.first_line).and_then(|k| source.lines.get(k as usize));
    Location {
        file: source.file.into(),
        function: function.name.into(),
        line: at.0,
        column: at.1,
        width: at.2,
        text: text.map(|t| (*t).into()),
    }
}

/// An argument of a function that is staged from the outside.
#[derive(Clone, Debug)]
pub(crate) enum Argument {
    /// Known at run time.
    Traced(Type),
    /// Known now.
    Static(Literal),
    /// A tuple.
    Tuple(Vec<Argument>),
    /// A list that is gathered: its length, that it is, and an element with the leaves of all.
    Gathered(Vec<Argument>),
}

impl Argument {
    /// The value inside the function; traced parts become parameters of the graph.
    fn value(&self, builder: &mut Builder, name: String) -> Value {
        match self {
            Argument::Traced(ty) => Value::traced(builder.param(ty.clone(), Some(name.into()))),
            Argument::Static(literal) => Value::literal(*literal),
            Argument::Tuple(parts) | Argument::Gathered(parts) => {
                let parts = parts.iter().enumerate();
                Value::tuple(parts.map(|(k, part)| part.value(builder, format!("{name}.{k}"))).collect())
            }
        }
    }
}

/// Stages a function from the outside: `params` are its arguments. Returns
/// the graph (results first, then the final values of `&mut` parameters) and the tree of results.
pub(crate) fn stage_root(function: &'static FunctionInfo, params: &[Argument], within: Within) -> Out<Graph> {
    stage_alone(function, function.stage, params, within)
}

/// The same with another body of the function, and inside of something.
pub(super) fn stage_alone(
    function: &'static FunctionInfo,
    stage: StageFn,
    params: &[Argument],
    within: Within,
) -> Out<Graph> {
    let start = At(function.source.first_line, 1, 1);
    let mut builder = Builder::new(function.name.into(), locate(function, start));
    let mut args: Vec<Value> = Vec::new();
    for (param, argument) in function.params.iter().zip(params) {
        args.push(argument.value(&mut builder, param.name.to_string()));
    }
    let cx = Cx { builder: Rc::new(RefCell::new(builder)), function, within };
    let before = args.clone();
    let result = stage(&cx, &mut args, start)?;
    let result = cx.as_given(&result, start)?;
    let mut leaves = result.leaves();
    let (mut statics, mut list_depths) = (Vec::new(), Vec::new());
    result.statics(&mut statics);
    result.list_depths(&mut list_depths);
    for (k, (param, arg)) in function.params.iter().zip(&args).enumerate() {
        if param.mode == Mode::Mut {
            let arg = cx.as_given(&cx.coerce(arg, param.ty, start)?, start)?;
            cx.keeps_statics(param, &before[k], &arg, start)?;
            leaves.extend(arg.leaves());
            arg.list_depths(&mut list_depths);
        }
    }
    let results = leaves.iter().map(|v| cx.node(v, start)).collect::<Out<Vec<_>>>()?;
    let Cx { builder, .. } = cx;
    let builder = Rc::try_unwrap(builder)
        .map_err(|_| Error::new(ErrorKind::Verify, "a staging context outlived its function"))?;
    Ok(Graph { statics, list_depths, ..builder.into_inner().finish(results) })
}

impl Cx {
    /// Enters an annotated function that the current one calls: checks and coerces its arguments.
    ///
    /// # Errors
    /// A recursion that does not end, or an argument that does not fit.
    pub fn enter(&self, callee: &'static FunctionInfo, args: &mut [Value], at: At) -> Out<Cx> {
        if self.too_deep() {
            let message = format!("`{}` calls itself without end while it is staged", callee.name);
            return Err(self
                .error(ErrorKind::Recursion, message, at)
                .note("a recursion cannot become a graph: write it as a loop"));
        }
        for (param, arg) in callee.params.iter().zip(args.iter_mut()) {
            *arg = self
                .coerce(arg, param.ty, at)
                .map_err(|e| e.note(format!("this is the argument `{}` of `{}`", param.name, callee.name)))?;
        }
        let mut within = self.within.deeper();
        within.calls.push(callee.stage);
        Ok(Cx { builder: self.builder.clone(), function: callee, within })
    }

    /// Gives the result of a body its declared type.
    ///
    /// # Errors
    /// A result of another type.
    pub fn ret(&self, value: Value, at: At) -> Out<Value> {
        self.coerce(&value, self.function.result, at).map_err(|e| {
            e.note(format!("`{}` is declared to return {}", self.function.name, self.function.result))
        })
    }

    pub(super) fn too_deep(&self) -> bool {
        self.within.depth >= MAX_CALL_DEPTH
    }

    /// An error at a place of this function.
    pub(crate) fn error(&self, kind: ErrorKind, message: impl Into<String>, at: At) -> Error {
        self.locate_error(Error::new(kind, message), at)
    }

    pub(crate) fn locate_error(&self, error: Error, at: At) -> Error {
        error.at(locate(self.function, at))
    }

    pub(super) fn site(&self, at: At) -> SiteId {
        self.builder.borrow_mut().site(locate(self.function, at))
    }

    /// Staging is at the top of a function body, where everything is executed exactly once.
    pub(super) fn is_unconditional(&self) -> bool {
        self.builder.borrow().depth() == 1
    }

    /// Stages what depends on nothing at the end of the function's body instead of inside open regions.
    pub(super) fn at_top<R>(&self, f: impl FnOnce(&Cx) -> R) -> R {
        let regions = self.builder.borrow_mut().suspend();
        let result = f(self);
        self.builder.borrow_mut().resume(regions);
        result
    }

    /// Adds a node with one result.
    pub(crate) fn push(&self, op: Op, inputs: Vec<ValueId>, at: At) -> Out<Value> {
        let site = self.site(at);
        let outputs = self.builder.borrow_mut().push(op, inputs, site);
        let outputs = outputs.map_err(|e| self.locate_error(e, at))?;
        Ok(outputs.first().map_or_else(Value::unit, |&id| Value::traced(id)))
    }

    /// The graph value of a scalar or array; a static one becomes a constant.
    pub(crate) fn node(&self, v: &Value, at: At) -> Out<ValueId> {
        match &v.0 {
            Repr::Traced { id, .. } => Ok(*id),
            Repr::Rows(array, _) => self.node(array, at),
            Repr::Static { literal, .. } => match self.push(Op::Const(*literal), Vec::new(), at)?.0 {
                Repr::Traced { id, .. } => Ok(id),
                _ => Err(self.error(ErrorKind::Verify, "a constant has a value", at)),
            },
            _ => Err(self.error(
                ErrorKind::DType,
                format!("{} is not a number or an array", self.describe(v)),
                at,
            )),
        }
    }

    /// The type of a scalar or array.
    pub(crate) fn ty(&self, v: &Value, at: At) -> Out<Type> {
        match &v.0 {
            Repr::Traced { id, .. } => Ok(self.builder.borrow().graph().ty(*id).clone()),
            Repr::Rows(array, _) => self.ty(array, at),
            Repr::Static { literal, .. } => Ok(Type::scalar(literal.dtype())),
            Repr::Uninit(name) => {
                Err(self.error(ErrorKind::Unsupported, format!("`{name}` has no value yet on this path"), at))
            }
            _ => Err(self.error(
                ErrorKind::DType,
                format!("{} is not a number or an array", self.describe(v)),
                at,
            )),
        }
    }

    /// How messages name a value's type.
    pub(super) fn describe(&self, v: &Value) -> String {
        self.describe_with(v, &mut std::iter::empty())
    }

    /// The same with these types of what has none of its own.
    pub(super) fn describe_with(&self, v: &Value, types: &mut dyn Iterator<Item = String>) -> String {
        match &v.0 {
            Repr::Uninit("") => types.next().unwrap_or_else(|| "a value that is not there yet".into()),
            Repr::Uninit(name) => format!("`{name}`, which has no value yet,"),
            Repr::Neutral(_) => "a sum of nothing".to_string(),
            Repr::Static { literal, .. } => literal.dtype().to_string(),
            Repr::Traced { id, .. } => self.builder.borrow().graph().ty(*id).to_string(),
            Repr::Rows(array, _) => self.describe_with(array, types),
            Repr::Tuple(items) => {
                let items: Vec<String> = items.iter().map(|v| self.describe_with(v, types)).collect();
                format!("({})", items.join(", "))
            }
            Repr::List(items) => {
                let item = items.first().map_or("_".into(), |v| self.describe_with(v, types));
                format!("Vec<{item}> of length {}", items.len())
            }
            Repr::Columns(columns) => {
                format!("Vec<{}> of length {}", self.describe_row(columns), columns.count)
            }
            Repr::Struct(info, _) => info.name.to_string(),
            Repr::At { .. } => "`.at(..)` without `.set(..)`".to_string(),
        }
    }

    /// Names of the function's arguments on which a traced value depends, for messages.
    pub(super) fn roots(&self, v: &Value) -> Vec<Arc<str>> {
        let Repr::Traced { id, .. } = v.whole().0.0 else { return Vec::new() };
        self.builder.borrow().roots(id)
    }

    /// The static value of `v`, which decides a shape or the like.
    pub(crate) fn require_static(&self, v: &Value, what: &str, at: At) -> Out<Literal> {
        if let Some(literal) = v.as_static() {
            return Ok(literal);
        }
        let mut error = self.error(
            ErrorKind::Static,
            format!("{what} must be known when the function is staged, but it is only known at run time"),
            at,
        );
        let roots = self.roots(v);
        if !roots.is_empty() {
            let names = roots.iter().map(|r| format!("`{r}`")).collect::<Vec<_>>().join(", ");
            let list = roots.iter().map(|r| r.to_string()).collect::<Vec<_>>().join(", ");
            error = error
                .note(format!("it depends on {names}"))
                .note(format!("declare it static: #[desc_jit(static({list}))]"));
        }
        Err(error)
    }

    /// A static non-negative integer.
    pub(crate) fn require_usize(&self, v: &Value, what: &str, at: At) -> Out<usize> {
        let literal = self.require_static(v, what, at)?;
        literal.as_i128().and_then(|n| usize::try_from(n).ok()).ok_or_else(|| {
            self.error(ErrorKind::Argument, format!("{what} is a non-negative integer, not {literal}"), at)
        })
    }
}

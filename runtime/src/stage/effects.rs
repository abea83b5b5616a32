//! `assert!`, `panic!` and their like.

use super::cx::{At, Cx, Out};
use super::value::{Repr, Value};
use crate::backend::Stream;
use crate::dtype::Literal;
use crate::error::ErrorKind;
use crate::graph::ValueId;
use crate::op::datum::Datum;
use crate::op::text::{Piece, Spec, Template};
use crate::op::{Op, UnaryOp, eval};

/// What a macro says: a format string in which every argument has its number, and the arguments.
#[derive(Clone, Debug)]
pub struct Text {
    /// The format string.
    pub format: &'static str,
    /// The arguments.
    pub values: Vec<Value>,
}

impl Text {
    /// No text.
    pub const NONE: Option<fn() -> Out<Text>> = None;
}

/// A text under construction. Of a tuple every part is a value of its own.
#[derive(Default)]
struct Message {
    pieces: Vec<Piece>,
    values: Vec<Value>,
}

impl Message {
    fn plain(mut self, text: impl Into<String>) -> Message {
        self.pieces.push(Piece::Text(text.into()));
        self
    }

    fn text(mut self, text: &Text, cx: &Cx, at: At) -> Out<Message> {
        for piece in Template::parse(text.format)?.0 {
            match piece {
                Piece::Text(plain) => self.pieces.push(Piece::Text(plain)),
                Piece::Value(k, mut spec) => {
                    spec.for_each_argument(|k| {
                        self.values.push(text.values[*k].clone());
                        *k = self.values.len() - 1;
                    });
                    self = self.value(&cx.spread(&text.values[k], at)?, spec);
                }
            }
        }
        Ok(self)
    }

    fn value(self, value: &Value, spec: Spec) -> Message {
        self.nested(value, spec, 1)
    }

    /// A value inside of so many others and one. Structs are printed as `#[derive(Debug)]` does.
    fn nested(mut self, value: &Value, spec: Spec, depth: usize) -> Message {
        let Some(parts) = value.items() else {
            self.pieces.push(Piece::Value(self.values.len(), spec.inside(depth - 1)));
            self.values.push(value.clone());
            return self;
        };
        let name = value.struct_info().map_or("", |info| info.name);
        let labels = value.struct_info().filter(|info| info.fields.iter().any(|f| !is_number(f.name)));
        let (open, close) = match (&value.0, labels) {
            (Repr::List(_), _) => ("[", "]"),
            (_, Some(_)) => (" {", "}"),
            _ if parts.is_empty() && !name.is_empty() => ("", ""),
            _ => ("(", ")"),
        };
        // `{:#?}` gives each part a line.
        let pretty = spec.is_pretty() && !parts.is_empty();
        let line = |depth: usize| format!("\n{}", "    ".repeat(depth));
        self = self.plain(format!("{name}{open}"));
        for (k, part) in parts.iter().enumerate() {
            let before = match (pretty, k) {
                (true, _) => line(depth),
                (false, 0) if labels.is_some() => " ".into(),
                (false, 0) => String::new(),
                _ => ", ".into(),
            };
            let label = labels.map_or(String::new(), |info| format!("{}: ", info.fields[k].name));
            self = self.plain(before + &label).nested(part, spec, depth + 1);
            if pretty {
                self = self.plain(",");
            }
        }
        let single = name.is_empty() && parts.len() == 1 && open == "(";
        self.plain(match pretty {
            true => line(depth - 1) + close,
            false if labels.is_some() => format!(" {close}"),
            false if single => format!(",{close}"),
            false => close.into(),
        })
    }
}

fn is_number(name: &str) -> bool {
    name.parse::<usize>().is_ok()
}

impl Cx {
    /// A call of a function that gives a `Result`, without `?`.
    ///
    /// # Errors
    /// Always.
    pub fn kept_result(&self, name: &str, at: At) -> Out<Value> {
        let message = format!("`{name}` gives a `Result`, which staged code can't keep");
        let help = format!("write `{name}(..)?` or `{name}(..).unwrap()`, or give it back at once");
        Err(self.error(ErrorKind::Unsupported, message, at).note(help))
    }

    /// `assert!(condition, "..", values)`; the text is made where the condition does not hold, unless it is `simple`
    /// and can be made at once.
    ///
    /// # Errors
    /// A condition that is no bool, or false whatever the arguments.
    pub fn assert(
        &self,
        condition: &Value,
        simple: bool,
        text: impl FnOnce() -> Out<Text>,
        at: At,
    ) -> Out<()> {
        self.check_that(condition, simple, || Message::default().text(&text()?, self, at), at)
    }

    /// `assert!(condition)`, with the condition as it is written.
    ///
    /// # Errors
    /// As of [`Cx::assert`].
    pub fn assert_plain(&self, condition: &Value, written: &str, at: At) -> Out<()> {
        let message = || Ok(Message::default().plain(format!("assertion failed: {written}")));
        self.check_that(condition, true, message, at)
    }

    /// `assert_eq!(left, right)` and, where they are not to be `equal`, `assert_ne!`, with a text or none.
    ///
    /// # Errors
    /// Operands that can't be compared, or values that are known to be wrong.
    pub fn assert_equal(
        &self,
        equal: bool,
        [left, right]: [&Value; 2],
        simple: bool,
        text: Option<impl FnOnce() -> Out<Text>>,
        at: At,
    ) -> Out<()> {
        let symbol = if equal { "==" } else { "!=" };
        let (holds, left, right) = self.equal(symbol, left, right, at)?;
        let holds = if equal { holds } else { self.unary(UnaryOp::Not, &holds, at)? };
        let message = || {
            let mut message = Message::default().plain(format!("assertion `left {symbol} right` failed"));
            if let Some(text) = text {
                message = message.plain(": ").text(&text()?, self, at)?;
            }
            message = message.plain("\n  left: ").value(&self.spread(&left, at)?, Spec::DEBUG);
            Ok(message.plain("\n right: ").value(&self.spread(&right, at)?, Spec::DEBUG))
        };
        self.check_that(&holds, simple, message, at)
    }

    /// `panic!(..)`: an error wherever it is executed. Its value is that of no type.
    ///
    /// # Errors
    /// It is executed whatever the arguments are, with a text that is known.
    pub fn panic(&self, text: &Text, at: At) -> Out<Value> {
        let message = || Message::default().text(text, self, at);
        self.check_that(&self.bool(false), true, message, at)?;
        Ok(self.never())
    }

    /// What the macro could not read, and expected rustc to report.
    ///
    /// # Errors
    /// Always.
    pub fn rejected(&self, at: At) -> Out<Value> {
        Err(self
            .error(ErrorKind::Unsupported, "this is not part of the staged language", at)
            .note("names in a format string are variables or CONSTANTS"))
    }

    /// `print!` and its like.
    ///
    /// # Errors
    /// A value that has no text.
    pub fn print(&self, stream: Stream, text: &Text, at: At) -> Out<()> {
        self.push_print(stream, Message::default().text(text, self, at)?, at)
    }

    /// `dbg!(value)`, with the value as it is written.
    ///
    /// # Errors
    /// A value that has no text.
    pub fn dbg(&self, value: Value, written: &str, at: At) -> Out<Value> {
        let place = format!("[{}:{}:{}]", self.function.source.file, at.0, at.1);
        let message = Message::default()
            .plain(format!("{place} {written} = "))
            .value(&self.spread(&value, at)?, Spec::PRETTY);
        self.push_print(Stream::Err, message.plain("\n"), at)?;
        Ok(value)
    }

    /// `dbg!()`
    ///
    /// # Errors
    /// None.
    pub fn dbg_place(&self, at: At) -> Out<()> {
        let place = format!("[{}:{}:{}]\n", self.function.source.file, at.0, at.1);
        self.push_print(Stream::Err, Message::default().plain(place), at)
    }

    fn push_print(&self, stream: Stream, message: Message, at: At) -> Out<()> {
        let inputs = self.shown(&message.values, at)?;
        let text = Template(message.pieces).to_string().into();
        self.push(Op::Print { stream, text }, inputs, at).map(drop)
    }

    /// An error with this message where the condition does not hold.
    fn check_that(
        &self,
        condition: &Value,
        simple: bool,
        message: impl FnOnce() -> Out<Message>,
        at: At,
    ) -> Out<()> {
        let ty = self.ty(condition, at)?;
        if ty != crate::dtype::Type::scalar(crate::dtype::DType::Bool) {
            return Err(self.error(ErrorKind::DType, format!("a condition is a bool, not {ty}"), at));
        }
        match condition.as_static() {
            Some(Literal::Bool(true)) => Ok(()),
            None if !simple => {
                let fails = self.unary(UnaryOp::Not, condition, at)?;
                let fails = self.node(&fails, at)?;
                self.builder.borrow_mut().open();
                let never = self.bool(false);
                let pushed = message().and_then(|message| self.push_check(&never, message, at));
                let region = self.builder.borrow_mut().close(Vec::new());
                pushed?;
                self.builder.borrow_mut().open();
                let otherwise = self.builder.borrow_mut().close(Vec::new());
                let (regions, site) = (vec![region, otherwise], self.site(at));
                self.builder.borrow_mut().push_control(Op::Cond, vec![fails], regions, Vec::new(), site);
                Ok(())
            }
            _ => self.push_check(condition, message()?, at),
        }
    }

    fn push_check(&self, condition: &Value, message: Message, at: At) -> Out<()> {
        let template = Template(message.pieces).to_string();
        let literals: Option<Vec<Literal>> = message.values.iter().map(Value::as_static).collect();
        if let (Some(_), Some(literals), true) = (condition.as_static(), literals, self.is_unconditional()) {
            let values: Vec<Datum<'_>> = literals.into_iter().map(Datum::Scalar).collect();
            return Err(self.locate_error(eval::failed_check(&template, true, &values), at));
        }
        let mut inputs = vec![self.node(condition, at)?];
        inputs.extend(self.shown(&message.values, at)?);
        self.push(Op::Check { message: template.into(), user: true }, inputs, at)?;
        Ok(())
    }

    fn shown(&self, values: &[Value], at: At) -> Out<Vec<ValueId>> {
        let value = |v: &Value| match &v.0 {
            Repr::At { .. } | Repr::Tuple(_) | Repr::Uninit(_) | Repr::Neutral(_) => {
                let message = format!("{} has no text", self.describe(v));
                Err(self.error(ErrorKind::Unsupported, message, at))
            }
            _ => self.node(v, at),
        };
        values.iter().map(value).collect()
    }
}

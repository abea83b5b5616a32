//! One value in the format that a text asks for.
//!
//! Rust formats by options that are known when it compiles, so every combination of them is written out here; what
//! fills up to the width is added behind that, because any character can.

use super::{Count, Kind, Spec};
use crate::array::{Element, Nested};
use crate::dtype::{DType, Literal};
use crate::error::{Error, ErrorKind, Result};
use crate::op::datum::{Datum, with_type};
use ndarray::{ArrayD, IxDyn};
use std::fmt::{self, Write};

/// A format whose width and precision are numbers.
#[derive(Clone, Copy)]
struct Fixed {
    spec: Spec,
    width: usize,
    precision: Option<usize>,
}

/// Adds value `k`.
pub(super) fn show(out: &mut String, k: usize, spec: &Spec, values: &[Datum<'_>]) -> Result<()> {
    let missing = || Error::new(ErrorKind::Verify, "a text with fewer values than it shows");
    let count = |count: Option<Count>| match count {
        None => Ok(None),
        Some(Count::Number(n)) => Ok(Some(n)),
        Some(Count::Argument(k)) => {
            let number = values.get(k).ok_or_else(missing)?.scalar()?.as_i128();
            number.and_then(|n| usize::try_from(n).ok()).map(Some).ok_or_else(missing)
        }
    };
    let fixed =
        Fixed { spec: *spec, width: count(spec.width)?.unwrap_or(0), precision: count(spec.precision)? };
    match values.get(k).ok_or_else(missing)? {
        Datum::Scalar(literal) => out.push_str(&fixed.literal(*literal)),
        array => fixed.array(out, array.clone())?,
    }
    Ok(())
}

/// `format!` with these options: `+`, `#`, `0`, a precision; the width stands behind the zero.
macro_rules! with_options {
    ($fixed:expr, $x:expr, $kind:literal, $zero:literal) => {{
        let (x, s, w) = ($x, $fixed.spec, $fixed.zero_width());
        match (s.plus, s.alternate, $fixed.precision) {
            (false, false, None) => format!(concat!("{x:", $zero, "w$", $kind, "}"), x = x, w = w),
            (false, false, Some(p)) => {
                format!(concat!("{x:", $zero, "w$.p$", $kind, "}"), x = x, w = w, p = p)
            }
            (false, true, None) => format!(concat!("{x:#", $zero, "w$", $kind, "}"), x = x, w = w),
            (false, true, Some(p)) => {
                format!(concat!("{x:#", $zero, "w$.p$", $kind, "}"), x = x, w = w, p = p)
            }
            (true, false, None) => format!(concat!("{x:+", $zero, "w$", $kind, "}"), x = x, w = w),
            (true, false, Some(p)) => {
                format!(concat!("{x:+", $zero, "w$.p$", $kind, "}"), x = x, w = w, p = p)
            }
            (true, true, None) => format!(concat!("{x:+#", $zero, "w$", $kind, "}"), x = x, w = w),
            (true, true, Some(p)) => {
                format!(concat!("{x:+#", $zero, "w$.p$", $kind, "}"), x = x, w = w, p = p)
            }
        }
    }};
    ($fixed:expr, $x:expr, $kind:literal) => {
        if $fixed.spec.zero {
            with_options!($fixed, $x, $kind, "0")
        } else {
            with_options!($fixed, $x, $kind, "")
        }
    };
}

impl Fixed {
    /// The width that zeros fill; others are filled later.
    fn zero_width(&self) -> usize {
        if self.spec.zero { self.width } else { 0 }
    }

    fn literal(&self, literal: Literal) -> String {
        macro_rules! any {
            ($x:expr; $($more:tt)*) => {
                match self.spec.kind {
                    Kind::Display => with_options!(self, $x, ""),
                    Kind::Debug => with_options!(self, $x, "?"),
                    $($more)*
                }
            };
        }
        macro_rules! float {
            ($x:expr) => {
                any!($x;
                    Kind::UpperExp => with_options!(self, $x, "E"),
                    _ => with_options!(self, $x, "e"),
                )
            };
        }
        macro_rules! integer {
            ($x:expr) => {
                any!($x;
                    Kind::LowerExp => with_options!(self, $x, "e"),
                    Kind::UpperExp => with_options!(self, $x, "E"),
                    Kind::LowerHex => with_options!(self, $x, "x"),
                    Kind::UpperHex => with_options!(self, $x, "X"),
                    Kind::Octal => with_options!(self, $x, "o"),
                    Kind::Binary => with_options!(self, $x, "b"),
                )
            };
        }
        let text = match literal {
            Literal::Bool(x) => return self.word(if x { "true" } else { "false" }),
            Literal::I32(x) => integer!(x),
            Literal::U32(x) => integer!(x),
            Literal::I64(x) => integer!(x),
            Literal::U64(x) => integer!(x),
            Literal::Usize(x) => integer!(x),
            Literal::F32(x) => float!(x),
            Literal::F64(x) => float!(x),
        };
        self.filled(text, '>')
    }

    /// A text: a precision cuts it, zeros are no numbers to it.
    fn word(&self, text: &str) -> String {
        let cut = text.chars().take(self.precision.unwrap_or(usize::MAX)).collect();
        self.filled(cut, '<')
    }

    fn filled(&self, text: String, default: char) -> String {
        let missing = self.width.saturating_sub(text.chars().count());
        let before = match self.spec.align.unwrap_or(default) {
            '<' => 0,
            '^' => missing / 2,
            _ => missing,
        };
        let fill = |n: usize| std::iter::repeat_n(self.spec.fill, n);
        fill(before).chain(text.chars()).chain(fill(missing - before)).collect()
    }

    /// As this library's arrays print themselves.
    fn array(&self, out: &mut String, array: Datum<'_>) -> Result<()> {
        let ty = array.ty();
        let array = array.on_host()?;
        let host = || Error::new(ErrorKind::Verify, "an array was expected on the host");
        let elements: Vec<Shown> = with_type!(ty.dtype, T => {
            let slice = array.buffer().and_then(|b| b.as_slice::<T>()).ok_or_else(host)?;
            slice.iter().map(|x| Shown(x.to_literal(), *self)).collect()
        });
        let shown = ArrayD::from_shape_vec(IxDyn(&ty.shape), elements).map_err(|_| host())?;
        let written = match (self.spec.kind, self.spec.alternate) {
            (Kind::Debug, false) => write!(out, "{:?}", Nested(shown.view())),
            (Kind::Debug, true) => {
                let text = format!("{:#?}", Nested(shown.view()));
                let line = format!("\n{}", "    ".repeat(self.spec.indent));
                out.write_str(&text.replace('\n', &line))
            }
            (_, false) => write!(out, "{shown}"),
            (_, true) => write!(out, "{shown:#}"),
        };
        written.map_err(|_| host())
    }
}

/// An element that has its format with it.
#[derive(Clone)]
struct Shown(Literal, Fixed);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.1.literal(self.0))
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.1.literal(self.0))
    }
}

//! Texts with values: the format strings of `panic!`, `println!` and the like, with Rust's meaning.
//!
//! The macro numbers every argument, so that what arrives here is `"{0:>8.3} of {1}"`: no names, nothing implicit.

mod show;

use super::datum::Datum;
use crate::error::{Error, ErrorKind, Result};
use std::fmt::{self, Write};

/// A format string, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Template(pub Vec<Piece>);

/// A part of a format string.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    Text(String),
    Value(usize, Spec),
}

/// What stands behind the colon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spec {
    fill: char,
    align: Option<char>,
    plus: bool,
    alternate: bool,
    zero: bool,
    width: Option<Count>,
    precision: Option<Count>,
    kind: Kind,
    /// Inside of so many structs and tuples: the lines of a `{:#?}` begin further right.
    indent: usize,
}

impl Spec {
    /// `{:?}`
    pub const DEBUG: Spec = Spec {
        fill: ' ',
        align: None,
        plus: false,
        alternate: false,
        zero: false,
        width: None,
        precision: None,
        kind: Kind::Debug,
        indent: 0,
    };

    /// `{:#?}`
    pub const PRETTY: Spec = Spec { alternate: true, ..Spec::DEBUG };

    /// `{:#?}`, perhaps with more.
    pub fn is_pretty(&self) -> bool {
        self.alternate && self.kind == Kind::Debug
    }

    /// The same, inside of so many structs and tuples.
    pub fn inside(self, indent: usize) -> Spec {
        if self.is_pretty() { Spec { indent, ..self } } else { self }
    }

    /// Calls `f` for the arguments that the width and the precision are.
    pub fn for_each_argument(&mut self, mut f: impl FnMut(&mut usize)) {
        for count in [&mut self.width, &mut self.precision] {
            if let Some(Count::Argument(k)) = count {
                f(k);
            }
        }
    }
}

/// A width or a precision.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Count {
    Number(usize),
    /// The value of an argument: `3$`.
    Argument(usize),
}

/// The trait that prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Display,
    Debug,
    LowerExp,
    UpperExp,
    LowerHex,
    UpperHex,
    Octal,
    Binary,
}

const KINDS: [(&str, Kind); 8] = [
    ("", Kind::Display),
    ("?", Kind::Debug),
    ("e", Kind::LowerExp),
    ("E", Kind::UpperExp),
    ("x", Kind::LowerHex),
    ("X", Kind::UpperHex),
    ("o", Kind::Octal),
    ("b", Kind::Binary),
];

fn broken(text: &str) -> Error {
    Error::new(ErrorKind::Verify, format!("{text:?} is not a format string"))
}

impl Template {
    /// Reads a format string.
    pub fn parse(text: &str) -> Result<Template> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '{' | '}' if rest.peek() == Some(&c) => {
                    plain.push(c);
                    rest.next();
                }
                '{' => {
                    if !plain.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut plain)));
                    }
                    let mut inside: Vec<char> = Vec::new();
                    loop {
                        match rest.next() {
                            // `}` may be the character that fills.
                            Some('}')
                                if inside.last() != Some(&':')
                                    || !matches!(rest.peek(), Some('<' | '^' | '>')) =>
                            {
                                break;
                            }
                            Some(c) => inside.push(c),
                            None => return Err(broken(text)),
                        }
                    }
                    pieces.push(value(&inside).ok_or_else(|| broken(text))?);
                }
                c => plain.push(c),
            }
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Template(pieces))
    }

    /// How many arguments it asks for.
    pub fn arguments(&self) -> usize {
        let mut count = 0;
        for piece in &self.0 {
            if let Piece::Value(k, mut spec) = *piece {
                count = count.max(k + 1);
                spec.for_each_argument(|k| count = count.max(*k + 1));
            }
        }
        count
    }

    /// The text with these values.
    pub fn render(&self, values: &[Datum<'_>]) -> Result<String> {
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Value(k, spec) => show::show(&mut out, *k, spec, values)?,
            }
        }
        Ok(out)
    }
}

/// `0:>8.3`
fn value(inside: &[char]) -> Option<Piece> {
    let mut rest = Rest(inside);
    let index = rest.number()?;
    let mut spec = Spec { kind: Kind::Display, ..Spec::DEBUG };
    if rest.0.is_empty() {
        return Some(Piece::Value(index, spec));
    }
    rest.eat(':').then_some(())?;
    if let [fill, align @ ('<' | '^' | '>'), ..] = *rest.0 {
        (spec.fill, spec.align) = (fill, Some(align));
        rest.0 = &rest.0[2..];
    } else if let [align @ ('<' | '^' | '>'), ..] = *rest.0 {
        spec.align = Some(align);
        rest.0 = &rest.0[1..];
    }
    spec.plus = rest.eat('+');
    if !spec.plus {
        rest.eat('-');
    }
    spec.alternate = rest.eat('#');
    // `0$` is a width.
    spec.zero = !matches!(rest.0, ['0', '$', ..]) && rest.eat('0');
    spec.width = rest.count();
    if rest.eat('.') {
        spec.precision = Some(rest.count()?);
    }
    // What Rust's format strings don't have.
    if let Some(k) = rest.0.iter().position(|c| *c == '@') {
        spec.indent = Rest(&rest.0[k + 1..]).number()?;
        rest.0 = &rest.0[..k];
    }
    let kind: String = rest.0.iter().collect();
    spec.kind = KINDS.iter().find(|(name, _)| *name == kind)?.1;
    Some(Piece::Value(index, spec))
}

struct Rest<'a>(&'a [char]);

impl Rest<'_> {
    fn eat(&mut self, c: char) -> bool {
        let found = self.0.first() == Some(&c);
        self.0 = &self.0[usize::from(found)..];
        found
    }

    fn number(&mut self) -> Option<usize> {
        let digits = self.0.iter().take_while(|c| c.is_ascii_digit()).count();
        let number: String = self.0[..digits].iter().collect();
        self.0 = &self.0[digits..];
        number.parse().ok()
    }

    fn count(&mut self) -> Option<Count> {
        let number = self.number()?;
        Some(if self.eat('$') { Count::Argument(number) } else { Count::Number(number) })
    }
}

/// As it is read back.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => {
                    for c in text.chars() {
                        if matches!(c, '{' | '}') {
                            f.write_char(c)?;
                        }
                        f.write_char(c)?;
                    }
                }
                Piece::Value(k, spec) => write!(f, "{{{k}{spec}}}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == (Spec { kind: Kind::Display, ..Spec::DEBUG }) {
            return Ok(());
        }
        f.write_char(':')?;
        if let Some(align) = self.align {
            if self.fill != ' ' {
                f.write_char(self.fill)?;
            }
            f.write_char(align)?;
        }
        for (flag, c) in [(self.plus, '+'), (self.alternate, '#'), (self.zero, '0')] {
            if flag {
                f.write_char(c)?;
            }
        }
        if let Some(width) = self.width {
            write!(f, "{width}")?;
        }
        if let Some(precision) = self.precision {
            write!(f, ".{precision}")?;
        }
        f.write_str(KINDS.iter().find(|(_, kind)| *kind == self.kind).map_or("", |(name, _)| name))?;
        if self.indent > 0 { write!(f, "@{}", self.indent) } else { Ok(()) }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Count::Number(n) => write!(f, "{n}"),
            Count::Argument(k) => write!(f, "{k}$"),
        }
    }
}

#[cfg(test)]
mod tests;

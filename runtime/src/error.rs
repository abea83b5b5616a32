//! The one error type: what went wrong, on which line of the user's function, and what to write instead.

use std::fmt;
use std::sync::Arc;

/// `Result` with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of thing went wrong; the message says it in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Shapes that do not fit together.
    Shape,
    /// Element types that do not fit together.
    DType,
    /// The wrong number of axes or indices.
    Rank,
    /// An index outside its array.
    Index,
    /// Integer overflow, division by zero and the like: what panics in a debug build of Rust.
    Arithmetic,
    /// An `assert!` that does not hold, a `panic!` and its like, an [`Error::msg`].
    Panic,
    /// A NaN made of operands without one, where runs look for that.
    NotANumber,
    /// A value that is only known at run time where staging needs a constant.
    Static,
    /// A variable carried through a loop or branch whose type changes.
    Carry,
    /// Functions that call each other without end while they are staged.
    Recursion,
    /// An argument that the function can't take.
    Argument,
    /// Something that staged code can't express.
    Unsupported,
    /// A device that is missing or that refused.
    Device,
    /// Reading or writing a file.
    Io,
    /// Text of a graph that does not parse.
    Parse,
    /// A broken invariant of a graph: a bug in a pass or in hand-written graph text.
    Verify,
    /// An error that Candle reported.
    Candle,
}

impl ErrorKind {
    /// The code under which `docs/errors.md` explains it, of what makes a function impossible to stage for its arguments.
    #[must_use]
    pub fn code(self) -> Option<&'static str> {
        match self {
            ErrorKind::Static => Some("DJ1201"),
            ErrorKind::Carry => Some("DJ1202"),
            ErrorKind::Recursion => Some("DJ1203"),
            _ => None,
        }
    }
}

/// Where that page can be read.
const PAGE: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/errors.md");

/// A place in the user's source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The source file as the compiler names it.
    pub file: Arc<str>,
    /// The annotated function.
    pub function: Arc<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1; 0 when unknown.
    pub column: u32,
    /// How many columns to underline.
    pub width: u32,
    /// The text of that line, where it is known.
    pub text: Option<Arc<str>>,
}

/// What went wrong, where, and how to mend it.
#[derive(Clone, thiserror::Error)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    location: Option<Location>,
    notes: Vec<String>,
    /// An element of a list of unlike values was asked for by an index that is known at run time.
    unlike: bool,
}

impl Error {
    /// An error of that kind with a message of one sentence.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error(Box::new(Inner {
            kind,
            message: message.into(),
            location: None,
            notes: Vec::new(),
            unlike: false,
        }))
    }

    /// An error of the user's, of kind [`ErrorKind::Panic`]. In a function that gives a [`Result`] staged code knows it as
    /// the argument of `Err`, with one literal or `format!(..)` as the text.
    ///
    /// ```
    /// use desc_jit::prelude::*;
    ///
    /// #[desc_jit]
    /// fn root(x: f64) -> desc_jit::Result<f64> {
    ///     if x < 0.0 {
    ///         return Err(Error::msg(format!("{x} has no root")));
    ///     }
    ///     Ok(x.sqrt())
    /// }
    ///
    /// assert_eq!(root(4.0).unwrap(), 2.0);
    /// assert_eq!(root(-1.0).unwrap_err().message(), "-1 has no root");
    /// ```
    pub fn msg(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Panic, message)
    }

    /// Adds the place, unless a more precise one is there already.
    #[must_use]
    pub fn at(mut self, location: Location) -> Error {
        self.0.location.get_or_insert(location);
        self
    }

    /// Adds a line after the message: a reason, the other side of a mismatch, or what to write instead.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Error {
        self.0.notes.push(note.into());
        self
    }

    /// In a loop that is unrolled the index is known.
    pub(crate) fn unlike(mut self) -> Error {
        self.0.unlike = true;
        self
    }

    pub(crate) fn is_unlike(&self) -> bool {
        self.0.unlike
    }

    /// The kind of error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The message, without place and notes.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The place in the user's source, where one is known.
    pub fn location(&self) -> Option<&Location> {
        self.0.location.as_ref()
    }

    /// The notes.
    pub fn notes(&self) -> &[String] {
        &self.0.notes
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.0.kind.code();
        if let Some(code) = code {
            write!(f, "[{code}] ")?;
        }
        write!(f, "{}", self.0.message)?;
        if let Some(at) = &self.0.location {
            write!(f, "\n  --> {}:{}", at.file, at.line)?;
            if at.column > 0 {
                write!(f, ":{}", at.column)?;
            }
            write!(f, " in `{}`", at.function)?;
            if let Some(text) = &at.text {
                let number = at.line.to_string();
                let gutter = " ".repeat(number.len());
                write!(f, "\n {gutter} |\n {number} | {}", text.trim_end())?;
                if at.column > 0 {
                    let indent = " ".repeat(at.column as usize - 1);
                    let carets = "^".repeat(at.width.max(1) as usize);
                    write!(f, "\n {gutter} | {indent}{carets}")?;
                }
            }
        }
        for note in &self.0.notes {
            write!(f, "\n  = {note}")?;
        }
        if let Some(code) = code {
            write!(f, "\n  = see {PAGE}#{}", code.to_lowercase())?;
        }
        Ok(())
    }
}

/// The same text as [`Display`](fmt::Display), so that `unwrap` shows the sentence.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<candle_core::Error> for Error {
    fn from(e: candle_core::Error) -> Error {
        Error::new(ErrorKind::Candle, format!("Candle reports: {e}"))
    }
}

impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Error {
        Error::new(ErrorKind::Io, e.to_string())
    }
}

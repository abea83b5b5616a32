//! Element types, array types and literals: the vocabulary every other module shares.

use std::fmt;

/// The type of one array element or scalar.
///
/// `usize` is a dtype of its own because indices are `usize` in Rust; it and `u64` are stored as 64-bit integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DType {
    /// `bool`, stored as bytes 0 and 1.
    Bool,
    /// `i32`
    I32,
    /// `u32`
    U32,
    /// `i64`
    I64,
    /// `u64`
    U64,
    /// `usize`
    Usize,
    /// `f32`
    F32,
    /// `f64`
    F64,
}

impl DType {
    /// All dtypes, in promotion order.
    pub const ALL: [DType; 8] =
        [DType::Bool, DType::I32, DType::U32, DType::I64, DType::U64, DType::Usize, DType::F32, DType::F64];

    /// The name of the Rust type.
    pub const fn name(self) -> &'static str {
        match self {
            DType::Bool => "bool",
            DType::I32 => "i32",
            DType::U32 => "u32",
            DType::I64 => "i64",
            DType::U64 => "u64",
            DType::Usize => "usize",
            DType::F32 => "f32",
            DType::F64 => "f64",
        }
    }

    /// The dtype of that name, if there is one.
    pub fn from_name(name: &str) -> Option<DType> {
        DType::ALL.into_iter().find(|d| d.name() == name)
    }

    /// `f32` or `f64`.
    pub const fn is_float(self) -> bool {
        matches!(self, DType::F32 | DType::F64)
    }

    /// Any of the integer types (not `bool`).
    pub const fn is_int(self) -> bool {
        matches!(self, DType::I32 | DType::U32 | DType::I64 | DType::U64 | DType::Usize)
    }

    /// An integer with a sign.
    pub const fn is_signed(self) -> bool {
        matches!(self, DType::I32 | DType::I64)
    }

    /// Bytes of one element in memory.
    pub const fn size(self) -> usize {
        match self {
            DType::Bool => 1,
            DType::I32 | DType::U32 | DType::F32 => 4,
            DType::I64 | DType::U64 | DType::Usize | DType::F64 => 8,
        }
    }

    /// The Candle dtype that stores it (`bool` as `U8`, `u64` and `usize` as `I64` of the same bits: Candle has none of them).
    pub const fn candle(self) -> candle_core::DType {
        match self {
            DType::Bool => candle_core::DType::U8,
            DType::I32 => candle_core::DType::I32,
            DType::U32 => candle_core::DType::U32,
            DType::I64 | DType::U64 | DType::Usize => candle_core::DType::I64,
            DType::F32 => candle_core::DType::F32,
            DType::F64 => candle_core::DType::F64,
        }
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Element type and shape. A scalar has the empty shape.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Type {
    /// The element type.
    pub dtype: DType,
    /// The length of each axis.
    pub shape: Vec<usize>,
}

impl Type {
    /// An array type.
    pub fn new(dtype: DType, shape: impl Into<Vec<usize>>) -> Type {
        Type { dtype, shape: shape.into() }
    }
    /// A scalar type.
    pub fn scalar(dtype: DType) -> Type {
        Type { dtype, shape: Vec::new() }
    }
    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.shape.len()
    }
    /// No axes.
    pub fn is_scalar(&self) -> bool {
        self.shape.is_empty()
    }
    /// The number of elements.
    pub fn count(&self) -> usize {
        self.shape.iter().product()
    }
    /// The same shape with another dtype.
    pub fn with_dtype(&self, dtype: DType) -> Type {
        Type { dtype, shape: self.shape.clone() }
    }
}

/// `f64` or `f64[3,4]`.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.dtype)?;
        if !self.shape.is_empty() {
            write!(f, "[")?;
            for (i, n) in self.shape.iter().enumerate() {
                if i > 0 {
                    write!(f, ",")?;
                }
                write!(f, "{n}")?;
            }
            write!(f, "]")?;
        }
        Ok(())
    }
}
impl fmt::Debug for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One scalar of known value.
#[derive(Clone, Copy, Debug)]
pub enum Literal {
    /// A `bool`.
    Bool(bool),
    /// An `i32`.
    I32(i32),
    /// A `u32`.
    U32(u32),
    /// An `i64`.
    I64(i64),
    /// A `u64`.
    U64(u64),
    /// A `usize`.
    Usize(usize),
    /// An `f32`.
    F32(f32),
    /// An `f64`.
    F64(f64),
}

impl Literal {
    /// Its dtype.
    pub const fn dtype(self) -> DType {
        match self {
            Literal::Bool(_) => DType::Bool,
            Literal::I32(_) => DType::I32,
            Literal::U32(_) => DType::U32,
            Literal::I64(_) => DType::I64,
            Literal::U64(_) => DType::U64,
            Literal::Usize(_) => DType::Usize,
            Literal::F32(_) => DType::F32,
            Literal::F64(_) => DType::F64,
        }
    }

    /// The bits of the value in the low bytes of a 64-bit word (sign-extended for signed integers).
    /// The bit pattern is the identity of a literal: `-0.0` and `0.0` differ, a NaN equals itself.
    pub const fn bits(self) -> u64 {
        match self {
            Literal::Bool(v) => v as u64,
            Literal::I32(v) => v as i64 as u64,
            Literal::U32(v) => v as u64,
            Literal::I64(v) => v as u64,
            Literal::U64(v) => v as u64,
            Literal::Usize(v) => v as u64,
            Literal::F32(v) => v.to_bits() as u64,
            Literal::F64(v) => v.to_bits(),
        }
    }

    /// The literal of `dtype` with these [`bits`](Self::bits).
    pub const fn from_bits(dtype: DType, bits: u64) -> Literal {
        match dtype {
            DType::Bool => Literal::Bool(bits != 0),
            DType::I32 => Literal::I32(bits as i32),
            DType::U32 => Literal::U32(bits as u32),
            DType::I64 => Literal::I64(bits as i64),
            DType::U64 => Literal::U64(bits as u64),
            DType::Usize => Literal::Usize(bits as usize),
            DType::F32 => Literal::F32(f32::from_bits(bits as u32)),
            DType::F64 => Literal::F64(f64::from_bits(bits)),
        }
    }

    /// Zero (`false`) of `dtype`.
    pub const fn zero(dtype: DType) -> Literal {
        Literal::from_bits(dtype, 0)
    }

    /// One (`true`) of `dtype`.
    pub const fn one(dtype: DType) -> Literal {
        match dtype {
            DType::F32 => Literal::F32(1.0),
            DType::F64 => Literal::F64(1.0),
            other => Literal::from_bits(other, 1),
        }
    }

    /// Its value as `f64` (`as` conversion).
    pub const fn as_f64(self) -> f64 {
        match self {
            Literal::Bool(v) => v as u8 as f64,
            Literal::I32(v) => v as f64,
            Literal::U32(v) => v as f64,
            Literal::I64(v) => v as f64,
            Literal::U64(v) => v as f64,
            Literal::Usize(v) => v as f64,
            Literal::F32(v) => v as f64,
            Literal::F64(v) => v,
        }
    }

    /// The value of an integer or bool, exactly; `None` for floats.
    pub const fn as_i128(self) -> Option<i128> {
        match self {
            Literal::Bool(v) => Some(v as i128),
            Literal::I32(v) => Some(v as i128),
            Literal::U32(v) => Some(v as i128),
            Literal::I64(v) => Some(v as i128),
            Literal::U64(v) => Some(v as i128),
            Literal::Usize(v) => Some(v as i128),
            Literal::F32(_) | Literal::F64(_) => None,
        }
    }

    /// The value of a `bool`, `None` for anything else.
    pub const fn as_bool(self) -> Option<bool> {
        match self {
            Literal::Bool(v) => Some(v),
            _ => None,
        }
    }

    /// Conversion with the meaning of Rust's `as` (saturating from floats, wrapping between integers;
    /// a number becomes `bool` as `!= 0`).
    pub fn cast(self, to: DType) -> Literal {
        if to == DType::Bool {
            return Literal::Bool(match self.as_i128() {
                Some(v) => v != 0,
                None => self.as_f64() != 0.0,
            });
        }
        match self.as_i128() {
            Some(v) => match to {
                DType::Bool => Literal::Bool(v != 0),
                DType::I32 => Literal::I32(v as i32),
                DType::U32 => Literal::U32(v as u32),
                DType::I64 => Literal::I64(v as i64),
                DType::U64 => Literal::U64(v as u64),
                DType::Usize => Literal::Usize(v as usize),
                DType::F32 => Literal::F32(v as f32),
                DType::F64 => Literal::F64(v as f64),
            },
            None => match (self, to) {
                (Literal::F32(v), DType::F32) => Literal::F32(v),
                (Literal::F64(v), DType::F32) => Literal::F32(v as f32),
                _ => {
                    let v = self.as_f64();
                    match to {
                        DType::Bool => Literal::Bool(v != 0.0),
                        DType::I32 => Literal::I32(v as i32),
                        DType::U32 => Literal::U32(v as u32),
                        DType::I64 => Literal::I64(v as i64),
                        DType::U64 => Literal::U64(v as u64),
                        DType::Usize => Literal::Usize(v as usize),
                        DType::F32 => Literal::F32(v as f32),
                        DType::F64 => Literal::F64(v),
                    }
                }
            },
        }
    }
}

impl PartialEq for Literal {
    fn eq(&self, other: &Self) -> bool {
        self.dtype() == other.dtype() && self.bits() == other.bits()
    }
}
impl Eq for Literal {}
impl std::hash::Hash for Literal {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.dtype().hash(state);
        self.bits().hash(state);
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Literal::Bool(v) => write!(f, "{v}"),
            Literal::I32(v) => write!(f, "{v}"),
            Literal::U32(v) => write!(f, "{v}"),
            Literal::I64(v) => write!(f, "{v}"),
            Literal::U64(v) => write!(f, "{v}"),
            Literal::Usize(v) => write!(f, "{v}"),
            // `{:?}` prints the shortest text that reads back to the same bits, with `.0` on integers.
            Literal::F32(v) => write!(f, "{v:?}"),
            Literal::F64(v) => write!(f, "{v:?}"),
        }
    }
}

//! What compiled code calls: the table of functions, and any scalar op by its definition.

use super::ir::Call;
use super::launch::{self, Task};
use super::machine::call as call_scalar;
use super::math::reduce::Combine;
use super::math::{self, reduce};
use super::optimize;
use crate::dtype::DType;
use crate::op::{BinaryOp, UnaryOp};
use std::sync::OnceLock;

/// A function that compiled code may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Function {
    /// `void(double *dst, const double *src, size_t n)`, see [`math`]; `dst` may be `src`.
    Tile64(UnaryOp),
    /// `void(double *dst, const double *a, const double *b, size_t n)`
    Tile64x2(BinaryOp),
    /// `void(float *dst, const float *src, size_t n)`
    Tile32(UnaryOp),
    /// `void(float *dst, const float *a, const float *b, size_t n)`
    Tile32x2(BinaryOp),
    /// `double(double)`, with the bits of the tile form.
    Scalar64(UnaryOp),
    /// `double(double, double)`
    Scalar64x2(BinaryOp),
    /// `float(float)`
    Scalar32(UnaryOp),
    /// `float(float, float)`
    Scalar32x2(BinaryOp),
    /// `double(const double *src, size_t n)`: combines one block of values, see [`reduce`].
    Fold64(Combine),
    /// `float(const float *src, size_t n)`
    Fold32(Combine),
    /// `void(Cascade64 *, uint32_t combine, double x)`: takes in the value of one block.
    CascadePush64,
    /// `double(Cascade64 *, uint32_t combine)`
    CascadeFinish64,
    /// `void(Cascade32 *, uint32_t combine, float x)`
    CascadePush32,
    /// `float(Cascade32 *, uint32_t combine)`
    CascadeFinish32,
}

impl Function {
    /// Where it stands in [`Context::functions`]; `None` when there is no such function.
    pub fn index(self) -> Option<usize> {
        table().0.iter().position(|&f| f == self)
    }

    /// Its address; `None` when there is no such function.
    pub fn address(self) -> Option<*const u8> {
        Some(table().1[self.index()?] as *const u8)
    }

    /// The tile form of a call, where there is one.
    pub fn tile_of(call: Call) -> Option<Function> {
        let function = match call {
            Call::Unary(op, DType::F64) => Function::Tile64(op),
            Call::Unary(op, DType::F32) => Function::Tile32(op),
            Call::Binary(op, DType::F64, DType::F64) => Function::Tile64x2(op),
            Call::Binary(op, DType::F32, DType::F32) => Function::Tile32x2(op),
            _ => return None,
        };
        function.index().filter(|_| !optimize::native_arithmetic()).map(|_| function)
    }

    /// The scalar form of a call, where there is one; otherwise it goes through [`Context::call`].
    pub fn scalar_of(call: Call) -> Option<Function> {
        let function = match call {
            Call::Unary(op, DType::F64) => Function::Scalar64(op),
            Call::Unary(op, DType::F32) => Function::Scalar32(op),
            Call::Binary(op, DType::F64, DType::F64) => Function::Scalar64x2(op),
            Call::Binary(op, DType::F32, DType::F32) => Function::Scalar32x2(op),
            _ => return None,
        };
        function.index().filter(|_| !optimize::native_arithmetic()).map(|_| function)
    }
}

type Table = (Vec<Function>, Vec<usize>);

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = (Vec::new(), Vec::new());
        let mut add = |function: Function, address: Option<usize>| {
            if let Some(address) = address {
                table.0.push(function);
                table.1.push(address);
            }
        };
        for &op in UnaryOp::ALL {
            add(Function::Tile64(op), math::unary64(op).map(|f| f as usize));
            add(Function::Tile32(op), math::unary32(op).map(|f| f as usize));
            add(Function::Scalar64(op), math::scalar_unary64(op).map(|f| f as usize));
            add(Function::Scalar32(op), math::scalar_unary32(op).map(|f| f as usize));
        }
        for &op in BinaryOp::ALL {
            add(Function::Tile64x2(op), math::binary64(op).map(|f| f as usize));
            add(Function::Tile32x2(op), math::binary32(op).map(|f| f as usize));
            add(Function::Scalar64x2(op), math::scalar_binary64(op).map(|f| f as usize));
            add(Function::Scalar32x2(op), math::scalar_binary32(op).map(|f| f as usize));
        }
        for op in [Combine::Add, Combine::Mul, Combine::Min, Combine::Max] {
            add(Function::Fold64(op), Some(reduce::fold64(op) as usize));
            add(Function::Fold32(op), Some(reduce::fold32(op) as usize));
        }
        add(Function::CascadePush64, Some(reduce::cascade_push64 as *const () as usize));
        add(Function::CascadeFinish64, Some(reduce::cascade_finish64 as *const () as usize));
        add(Function::CascadePush32, Some(reduce::cascade_push32 as *const () as usize));
        add(Function::CascadeFinish32, Some(reduce::cascade_finish32 as *const () as usize));
        table
    })
}

/// The names of the functions, in order: compiled code that is kept belongs to one such list.
pub(super) fn names() -> String {
    format!("{:?}", table().0)
}

/// What compiled code gets at run time.
#[repr(C)]
#[derive(Debug)]
pub(super) struct Context {
    /// Runs a parallel loop.
    pub launch: unsafe extern "C" fn(*const Task) -> i64,
    /// A scalar op by its definition: `(code, a, b, failed) -> bits`; sets `*failed` to 1 when it fails.
    pub call: unsafe extern "C" fn(u64, u64, u64, *mut u64) -> u64,
    /// A matrix product, see [`Matmul`](super::ir::Matmul).
    pub matmul: Product,
    /// The functions of [`Function`], by index.
    pub functions: *const usize,
}

/// `(dst, left, right, m, n, k, row, left row, left column, right row, right column, size of an element)`:
/// pointers to the first elements; distances in elements; `dst` is row-major, `row` is the distance of its rows.
/// Without columns, nothing is done.
pub(super) type Product =
    unsafe extern "C" fn(*mut u8, *const u8, *const u8, i64, i64, i64, i64, i64, i64, i64, i64, i64);

// SAFETY: it points to a table that is never changed.
unsafe impl Sync for Context {}
// SAFETY: as above.
unsafe impl Send for Context {}

/// The one context.
pub(super) fn context() -> &'static Context {
    static CONTEXT: OnceLock<Context> = OnceLock::new();
    CONTEXT.get_or_init(|| Context {
        launch: launch::launch,
        call,
        matmul: super::product::product,
        functions: table().1.as_ptr(),
    })
}

/// A call as a number, for [`Context::call`].
pub(super) fn encode(call: Call) -> u64 {
    let position = |x: usize| x as u64;
    let dtype = |d: DType| position(DType::ALL.iter().position(|&x| x == d).unwrap_or(0));
    match call {
        Call::Unary(op, x) => position(op as usize) << 8 | dtype(x) << 16,
        Call::Binary(op, x, y) => 1 | position(op as usize) << 8 | dtype(x) << 16 | dtype(y) << 24,
    }
}

fn decode(code: u64) -> Call {
    let byte = |k: u32| (code >> (8 * k) & 0xff) as usize;
    match byte(0) {
        0 => Call::Unary(UnaryOp::ALL[byte(1)], DType::ALL[byte(2)]),
        _ => Call::Binary(BinaryOp::ALL[byte(1)], DType::ALL[byte(2)], DType::ALL[byte(3)]),
    }
}

unsafe extern "C" fn call(code: u64, a: u64, b: u64, failed: *mut u64) -> u64 {
    match call_scalar(decode(code), a, b) {
        Some(bits) => bits,
        None => {
            // SAFETY: compiled code passes a variable of its own.
            unsafe { *failed = 1 };
            0
        }
    }
}

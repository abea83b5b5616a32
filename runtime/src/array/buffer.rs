//! One uniquely owned, contiguous block of elements in Candle storage.
//!
//! All `unsafe` about storage is here. The idea: an array element must be reachable with a bounds check and
//! a load, but Candle hands its CPU storage out only behind a lock. A [`Buffer`] is the only owner of its
//! storage, so it may keep the address of the elements and leave the lock to Candle's own operations.
//!
//! Invariants, which every function here keeps and every `unsafe` block relies on:
//!
//! * **unique**: no other `Tensor` shares the storage at a time when the elements are written through the
//!   buffer. [`Buffer::tensor`] is visible in this crate only, and its clones are dropped before the next
//!   write.
//! * **contiguous**: the elements are in row-major order from the start of the storage, and the storage
//!   holds no others.
//! * **pinned**: the vector inside the CPU storage is never grown or replaced while the buffer lives, so the
//!   address stays valid. (Moving the `Tensor` moves an `Arc`, not the vector.)
//! * **alone**: a buffer that is dropped gives its memory to the pool only when `tensor` never was asked for.
//! * **bool**: a buffer of dtype `Bool` on the host holds only the bytes 0 and 1.

use super::device::Device;
use super::element::Element;
use super::{lines, pool};
use crate::dtype::DType;
use crate::error::{Error, ErrorKind, Result};
use candle_core::op::BackpropOp;
use candle_core::{CpuStorage, InplaceOp1, Layout, Storage, Tensor};
use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering};

// `u64` and `usize` elements are kept in Candle's 64-bit integers.
const _: () = assert!(size_of::<usize>() == 8, "desc-jit needs a 64-bit machine");

/// A block of elements with dtype and shape: what an [`Array`](super::Array) owns.
pub struct Buffer {
    tensor: Tensor,
    /// The first element, when the storage is on the host.
    host: Option<NonNull<u8>>,
    count: usize,
    dtype: DType,
    /// Somebody may hold a clone of the tensor, or the memory came from elsewhere: it is not to be used again when
    /// this is dropped.
    lent: AtomicBool,
}

// SAFETY: the pointer is only the address of elements that the tensor in the same struct owns (unique), and
// `Tensor` itself is `Send`.
unsafe impl Send for Buffer {}
// SAFETY: through `&Buffer` elements are only read (writes need `&mut Buffer`), and `Tensor` is `Sync`.
unsafe impl Sync for Buffer {}

impl Buffer {
    /// Zeros (`false`) on a device.
    ///
    /// # Errors
    ///
    /// When the device refuses, or the shape has more elements than a machine word can count.
    pub fn zeros(dtype: DType, shape: &[usize], device: &Device) -> Result<Buffer> {
        let count = count_of(shape)?;
        if !device.is_cpu() {
            let tensor = Tensor::zeros(shape, dtype.candle(), device.candle())?;
            return Ok(Buffer { tensor, host: None, count, dtype, lent: AtomicBool::new(true) });
        }
        match dtype {
            DType::Bool => Buffer::pooled(zeroed(count, false), shape),
            DType::I32 => Buffer::pooled(zeroed(count, 0i32), shape),
            DType::U32 => Buffer::pooled(zeroed(count, 0u32), shape),
            DType::I64 => Buffer::pooled(zeroed(count, 0i64), shape),
            DType::U64 => Buffer::pooled(zeroed(count, 0u64), shape),
            DType::Usize => Buffer::pooled(zeroed(count, 0usize), shape),
            DType::F32 => Buffer::pooled(zeroed(count, 0f32), shape),
            DType::F64 => Buffer::pooled(zeroed(count, 0f64), shape),
        }
    }

    /// Memory on the host for a kernel's results: what it holds is not specified.
    ///
    /// # Errors
    ///
    /// When there is not enough memory.
    ///
    /// # Safety
    ///
    /// Every element is written before it is read, and of `Bool` as 0 or 1.
    pub(crate) unsafe fn unwritten(dtype: DType, shape: &[usize]) -> Result<Buffer> {
        let count = count_of(shape)?;
        match dtype {
            DType::Bool => Buffer::pooled(unwritten::<bool>(count)?, shape),
            DType::I32 => Buffer::pooled(unwritten::<i32>(count)?, shape),
            DType::U32 => Buffer::pooled(unwritten::<u32>(count)?, shape),
            DType::I64 => Buffer::pooled(unwritten::<i64>(count)?, shape),
            DType::U64 => Buffer::pooled(unwritten::<u64>(count)?, shape),
            DType::Usize => Buffer::pooled(unwritten::<usize>(count)?, shape),
            DType::F32 => Buffer::pooled(unwritten::<f32>(count)?, shape),
            DType::F64 => Buffer::pooled(unwritten::<f64>(count)?, shape),
        }
    }

    /// These elements, in row-major order, on the CPU. Nothing is copied.
    ///
    /// # Errors
    ///
    /// When the shape does not hold exactly that many elements.
    pub fn from_vec<T: Element>(mut data: Vec<T>, shape: &[usize]) -> Result<Buffer> {
        let count = count_of(shape)?;
        if data.len() != count {
            return Err(Error::new(
                ErrorKind::Shape,
                format!("an array of shape {shape:?} has {count} elements, not {}", data.len()),
            ));
        }
        let host = NonNull::new(data.as_mut_ptr().cast::<u8>());
        let storage = match T::DTYPE {
            DType::Bool => CpuStorage::U8(same_vec(data)),
            DType::I32 => CpuStorage::I32(same_vec(data)),
            DType::U32 => CpuStorage::U32(same_vec(data)),
            DType::I64 | DType::U64 | DType::Usize => CpuStorage::I64(same_vec(data)),
            DType::F32 => CpuStorage::F32(same_vec(data)),
            DType::F64 => CpuStorage::F64(same_vec(data)),
        };
        let tensor = Tensor::from_storage(Storage::Cpu(storage), shape, BackpropOp::none(), false);
        Ok(Buffer { tensor, host, count, dtype: T::DTYPE, lent: AtomicBool::new(true) })
    }

    /// As [`Buffer::from_vec`], of a vector that this file made: its memory goes to the pool afterwards. Vectors of
    /// others stay out of it, since nothing here would ask for their sizes again.
    fn pooled<T: Element>(data: Vec<T>, shape: &[usize]) -> Result<Buffer> {
        let mut buffer = Buffer::from_vec(data, shape)?;
        *buffer.lent.get_mut() = false;
        Ok(buffer)
    }

    /// The elements of an iterator that gives as many as the shape has.
    ///
    /// # Errors
    ///
    /// When there is not enough memory.
    pub(super) fn collect<T: Element>(elements: impl Iterator<Item = T>, shape: &[usize]) -> Result<Buffer> {
        let mut data = room(count_of(shape)?)?;
        data.extend(elements);
        Buffer::pooled(data, shape)
    }

    /// Takes a freshly made tensor over. The caller promises the *unique* invariant: nobody else holds its
    /// storage. What is not contiguous from the start of its storage is copied.
    ///
    /// # Errors
    ///
    /// When Candle's dtype is not the one that stores `dtype`, or a byte of a `bool` is neither 0 nor 1.
    pub(crate) fn from_tensor(tensor: Tensor, dtype: DType) -> Result<Buffer> {
        if tensor.dtype() != dtype.candle() {
            return Err(Error::new(
                ErrorKind::DType,
                format!(
                    "a Candle tensor of {} can't become an array of {dtype}, which Candle stores as {}",
                    tensor.dtype().as_str(),
                    dtype.candle().as_str()
                ),
            ));
        }
        let count = tensor.elem_count();
        if count == 0 {
            // Candle's copies of tensors without elements are not to be relied on.
            return Buffer::zeros(dtype, tensor.dims(), &tensor.device().clone().into());
        }
        let tensor =
            if fills_storage(&tensor) { tensor.detach() } else { tensor.force_contiguous()?.detach() };
        // Others may have shared it, and may do so still until they are dropped.
        let mut buffer = Buffer { host: None, count, dtype, tensor, lent: AtomicBool::new(true) };
        if buffer.tensor.device().is_cpu() {
            let address = Address(Cell::new(None));
            buffer.tensor.inplace_op1(&address)?;
            buffer.host = address.0.get();
            buffer.check_bools()?;
        }
        Ok(buffer)
    }

    /// A copy of any tensor, on the tensor's device.
    ///
    /// # Errors
    ///
    /// As [`Buffer::zeros`], or when Candle's dtype is not the one that stores `dtype`.
    pub fn copy_of_tensor(tensor: &Tensor, dtype: DType) -> Result<Buffer> {
        if tensor.elem_count() == 0 || tensor.dtype() != dtype.candle() {
            return Buffer::from_tensor(tensor.clone(), dtype);
        }
        Buffer::from_tensor(tensor.force_contiguous()?, dtype)
    }

    /// The element type.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// The length of each axis.
    pub fn shape(&self) -> &[usize] {
        self.tensor.dims()
    }

    /// The number of elements.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Where the elements are.
    pub fn device(&self) -> Device {
        self.tensor.device().clone().into()
    }

    /// The elements are in memory that the CPU reads.
    pub fn is_host(&self) -> bool {
        self.host.is_some()
    }

    /// The tensor, for Candle operations that read it. It shares the storage: clones are to be gone before the
    /// buffer is written to.
    pub(crate) fn tensor(&self) -> &Tensor {
        self.lent.store(true, Ordering::Relaxed);
        &self.tensor
    }

    /// The tensor itself.
    pub fn into_tensor(self) -> Tensor {
        self.tensor().clone()
    }

    /// The elements in row-major order; `None` on a device or when `T` is not the dtype.
    pub fn as_slice<T: Element>(&self) -> Option<&[T]> {
        let host = self.host.filter(|_| T::DTYPE == self.dtype)?;
        // SAFETY: `host` is the address of `count` elements (pinned, contiguous) of the type that `dtype`
        // names (Element is sealed; bool), aligned because the vector was made for a type of the same
        // alignment. They are not written while `&self` lives (unique).
        Some(unsafe { std::slice::from_raw_parts(host.as_ptr().cast::<T>(), self.count) })
    }

    /// The elements in row-major order, to write; `None` on a device or when `T` is not the dtype.
    pub fn as_mut_slice<T: Element>(&mut self) -> Option<&mut [T]> {
        let host = self.host.filter(|_| T::DTYPE == self.dtype)?;
        // SAFETY: as in `as_slice`; `&mut self` and uniqueness make this the only access.
        Some(unsafe { std::slice::from_raw_parts_mut(host.as_ptr().cast::<T>(), self.count) })
    }

    /// The address of the first element, when it is on the host. Valid for reads while the buffer lives.
    pub fn host_ptr(&self) -> Option<*const u8> {
        self.host.map(|p| p.as_ptr().cast_const())
    }

    /// The address of the first element, when it is on the host. Valid for reads and writes while the buffer
    /// lives; a `bool` is to be written as 0 or 1.
    pub fn host_ptr_mut(&mut self) -> Option<*mut u8> {
        self.host.map(NonNull::as_ptr)
    }

    /// The first element, when it is on the host.
    #[inline]
    pub(super) fn first(&self) -> Option<NonNull<u8>> {
        self.host
    }

    /// A copy on the same device.
    ///
    /// # Errors
    ///
    /// When the device refuses.
    pub fn deep_clone(&self) -> Result<Buffer> {
        match self.dtype {
            _ if !self.is_host() => Buffer::copy_of_tensor(&self.tensor, self.dtype),
            DType::Bool => self.host_clone::<bool>(),
            DType::I32 => self.host_clone::<i32>(),
            DType::U32 => self.host_clone::<u32>(),
            DType::I64 => self.host_clone::<i64>(),
            DType::U64 => self.host_clone::<u64>(),
            DType::Usize => self.host_clone::<usize>(),
            DType::F32 => self.host_clone::<f32>(),
            DType::F64 => self.host_clone::<f64>(),
        }
    }

    /// Exchanges the elements with those of a buffer of the same type. Both keep their addresses.
    ///
    /// # Errors
    ///
    /// When the types differ, or one of them is not on the host.
    pub(crate) fn swap_elements(&mut self, other: &mut Buffer) -> Result<()> {
        match self.dtype {
            DType::Bool => self.swap::<bool>(other),
            DType::I32 => self.swap::<i32>(other),
            DType::U32 => self.swap::<u32>(other),
            DType::I64 => self.swap::<i64>(other),
            DType::U64 => self.swap::<u64>(other),
            DType::Usize => self.swap::<usize>(other),
            DType::F32 => self.swap::<f32>(other),
            DType::F64 => self.swap::<f64>(other),
        }
    }

    fn swap<T: Element>(&mut self, other: &mut Buffer) -> Result<()> {
        match (self.as_mut_slice::<T>(), other.as_mut_slice::<T>()) {
            (Some(a), Some(b)) if a.len() == b.len() => {
                a.swap_with_slice(b);
                Ok(())
            }
            _ => Err(Error::new(ErrorKind::DType, "arrays of different types can't exchange their elements")),
        }
    }

    fn host_clone<T: Element>(&self) -> Result<Buffer> {
        let elements = self.as_slice::<T>().unwrap_or_default();
        let mut copy = room::<T>(elements.len())?;
        copy.extend_from_slice(elements);
        Buffer::pooled(copy, self.shape())
    }

    /// The same elements under another shape of as many. Nothing is copied.
    ///
    /// # Errors
    ///
    /// When the number of elements differs.
    pub fn reshaped(self, shape: &[usize]) -> Result<Buffer> {
        // A reshaped tensor shares the storage; the other one is dropped here, without its memory.
        let tensor = self.tensor.reshape(shape)?.detach();
        let lent = AtomicBool::new(self.lent.swap(true, Ordering::Relaxed));
        Ok(Buffer { tensor, host: self.host, count: self.count, dtype: self.dtype, lent })
    }

    /// A copy on that device (a copy even where it is the same one).
    ///
    /// # Errors
    ///
    /// When one of the devices refuses.
    pub fn to_device(&self, device: &Device) -> Result<Buffer> {
        if self.device() == *device {
            return self.deep_clone();
        }
        if self.count == 0 {
            return Buffer::zeros(self.dtype, self.shape(), device);
        }
        Buffer::from_tensor(self.tensor.to_device(device.candle())?, self.dtype)
    }

    /// The elements as a vector, without a copy when they are on the host; gives the buffer back when it is
    /// on a device or `T` is not the dtype.
    pub fn into_vec<T: Element>(self) -> Result<Vec<T>, Buffer> {
        if !self.is_host() || T::DTYPE != self.dtype {
            return Err(self);
        }
        let storage = Take(Cell::new(None));
        match self.tensor.inplace_op1(&storage) {
            Ok(()) => Ok(match storage.0.take() {
                Some(CpuStorage::U8(v)) => same_vec(v),
                Some(CpuStorage::I32(v)) => same_vec(v),
                Some(CpuStorage::U32(v)) => same_vec(v),
                Some(CpuStorage::I64(v)) => same_vec(v),
                Some(CpuStorage::F32(v)) => same_vec(v),
                Some(CpuStorage::F64(v)) => same_vec(v),
                _ => Vec::new(),
            }),
            Err(_) => Err(self),
        }
    }

    /// Keeps the *bool* invariant.
    fn check_bools(&self) -> Result<()> {
        if self.dtype != DType::Bool {
            return Ok(());
        }
        let (storage, _) = self.tensor.storage_and_layout();
        if let Storage::Cpu(CpuStorage::U8(bytes)) = &*storage
            && let Some((k, byte)) = bytes.iter().enumerate().find(|(_, b)| **b > 1)
        {
            return Err(Error::new(
                ErrorKind::DType,
                format!("an array of bool is made of the bytes 0 and 1, but element {k} is {byte}"),
            ));
        }
        Ok(())
    }
}

/// Large blocks are kept for the next call.
impl Drop for Buffer {
    fn drop(&mut self) {
        if *self.lent.get_mut() || self.host.is_none() || self.count * self.dtype.size() < pool::LARGE {
            return;
        }
        let storage = Take(Cell::new(None));
        if self.tensor.inplace_op1(&storage).is_err() {
            return;
        }
        match storage.0.take() {
            Some(CpuStorage::U8(v)) => pool::give(v),
            Some(CpuStorage::U32(v)) => pool::give(v),
            Some(CpuStorage::I32(v)) => pool::give(v),
            Some(CpuStorage::I64(v)) => pool::give(v),
            Some(CpuStorage::F32(v)) => pool::give(v),
            Some(CpuStorage::F64(v)) => pool::give(v),
            _ => {}
        }
    }
}

impl std::fmt::Debug for Buffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Buffer({}{:?} on {})", self.dtype, self.shape(), self.device())
    }
}

/// An empty vector with room for exactly so many elements.
fn room<T: Element>(count: usize) -> Result<Vec<T>> {
    if let Some(room) = pool::take(count) {
        return Ok(room);
    }
    let bytes = count.saturating_mul(size_of::<T>());
    let mut data = lines::reserve::<T>(count).map_err(|_| {
        Error::new(ErrorKind::Device, format!("there is not enough memory for an array of {bytes} bytes"))
    })?;
    huge_pages(data.as_mut_ptr().cast(), bytes);
    Ok(data)
}

/// So many zeros: overwritten memory of the pool where there is some, else fresh memory, which has them.
fn zeroed<T: Element>(count: usize, zero: T) -> Vec<T> {
    // Of a heap that is used again the system would clear the memory as well.
    const FROM_HEAP: usize = 128 << 10;
    let heap = || match count.saturating_mul(size_of::<T>()) < FROM_HEAP {
        true => lines::reserve(count).ok(),
        false => None,
    };
    match pool::take(count).or_else(heap) {
        Some(mut data) => {
            data.resize(count, zero);
            data
        }
        None => {
            let mut data = vec![zero; count];
            huge_pages(data.as_mut_ptr().cast(), size_of_val(data.as_slice()));
            data
        }
    }
}

/// A vector of elements that are still to be written.
fn unwritten<T: Element>(count: usize) -> Result<Vec<T>> {
    let mut data = std::mem::ManuallyDrop::new(room::<T>(count)?);
    // SAFETY: the parts are those of a vector with room for `count` elements that is not dropped. The
    // elements are plain numbers; the caller of `Buffer::unwritten` writes them before anybody reads them.
    Ok(unsafe { Vec::from_raw_parts(data.as_mut_ptr(), count, data.capacity()) })
}

/// Asks for large pages under a large block: touching 32 MB for the first time costs 16 page faults then
/// instead of 8000.
fn huge_pages(start: *mut u8, bytes: usize) {
    const WORTH: usize = 4 << 20;
    #[cfg(target_os = "linux")]
    if bytes >= WORTH {
        const PAGE: usize = 4096;
        let skipped = start.align_offset(PAGE);
        if skipped < bytes {
            // SAFETY: the range lies inside the block; the advice changes nothing that a program sees.
            unsafe {
                libc::madvise(
                    start.add(skipped).cast(),
                    (bytes - skipped) & !(PAGE - 1),
                    libc::MADV_HUGEPAGE,
                );
            }
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (start, bytes, WORTH);
}

/// The number of elements of a shape.
pub(crate) fn count_of(shape: &[usize]) -> Result<usize> {
    // ndarray's rule: the product of the lengths that are not 0 is limited even for an empty array.
    let limit = isize::MAX as usize / 8;
    let full = shape.iter().filter(|&&k| k != 0).try_fold(1usize, |n, &k| n.checked_mul(k));
    let count = full.filter(|&n| n <= limit).map(|n| if shape.contains(&0) { 0 } else { n });
    count.ok_or_else(|| {
        Error::new(ErrorKind::Shape, format!("an array of shape {shape:?} does not fit into memory"))
    })
}

/// The tensor is contiguous from the start of its storage, and there is nothing after it.
fn fills_storage(tensor: &Tensor) -> bool {
    let (storage, layout) = tensor.storage_and_layout();
    let exact = match &*storage {
        Storage::Cpu(storage) => storage_len(storage) == Some(tensor.elem_count()),
        _ => true,
    };
    exact && layout.is_contiguous() && layout.start_offset() == 0
}

fn storage_len(storage: &CpuStorage) -> Option<usize> {
    match storage {
        CpuStorage::U8(v) => Some(v.len()),
        CpuStorage::U32(v) => Some(v.len()),
        CpuStorage::I32(v) => Some(v.len()),
        CpuStorage::I64(v) => Some(v.len()),
        CpuStorage::F32(v) => Some(v.len()),
        CpuStorage::F64(v) => Some(v.len()),
        _ => None,
    }
}

/// The same vector under the type that stores its elements: `bool` as `u8`, `u64` and `usize` as `i64`, and back;
/// any other type as itself.
fn same_vec<A: 'static, B: 'static>(v: Vec<A>) -> Vec<B> {
    use std::any::TypeId;
    let pair = (TypeId::of::<A>(), TypeId::of::<B>());
    let stored_as = [
        (TypeId::of::<bool>(), TypeId::of::<u8>()),
        (TypeId::of::<u64>(), TypeId::of::<i64>()),
        (TypeId::of::<usize>(), TypeId::of::<i64>()),
    ];
    assert!(pair.0 == pair.1 || stored_as.iter().any(|&(a, b)| pair == (a, b) || pair == (b, a)));
    let mut v = std::mem::ManuallyDrop::new(v);
    // SAFETY: by the assertion A and B are the same type, or a pair of the same size and alignment where
    // every A is a valid B: bool to u8, u64 and usize to i64 and back, and u8 to bool by the *bool* invariant. The
    // parts come from a vector that is not dropped.
    unsafe { Vec::from_raw_parts(v.as_mut_ptr().cast::<B>(), v.len(), v.capacity()) }
}

/// An in-place operation that changes nothing: Candle's public way to the address of the elements with the
/// right to write there.
struct Address(Cell<Option<NonNull<u8>>>);

impl InplaceOp1 for Address {
    fn name(&self) -> &'static str {
        "address of the elements"
    }
    fn cpu_fwd(&self, storage: &mut CpuStorage, _: &Layout) -> candle_core::Result<()> {
        let pointer = match storage {
            CpuStorage::U8(v) => v.as_mut_ptr(),
            CpuStorage::U32(v) => v.as_mut_ptr().cast(),
            CpuStorage::I32(v) => v.as_mut_ptr().cast(),
            CpuStorage::I64(v) => v.as_mut_ptr().cast(),
            CpuStorage::F32(v) => v.as_mut_ptr().cast(),
            CpuStorage::F64(v) => v.as_mut_ptr().cast(),
            _ => candle_core::bail!("no array has elements of this dtype"),
        };
        self.0.set(NonNull::new(pointer));
        Ok(())
    }
}

/// Takes the vector out of a tensor that is about to be dropped.
struct Take(Cell<Option<CpuStorage>>);

impl InplaceOp1 for Take {
    fn name(&self) -> &'static str {
        "take the elements"
    }
    fn cpu_fwd(&self, storage: &mut CpuStorage, _: &Layout) -> candle_core::Result<()> {
        let empty = match storage {
            CpuStorage::U8(_) => CpuStorage::U8(Vec::new()),
            CpuStorage::U32(_) => CpuStorage::U32(Vec::new()),
            CpuStorage::I32(_) => CpuStorage::I32(Vec::new()),
            CpuStorage::I64(_) => CpuStorage::I64(Vec::new()),
            CpuStorage::F32(_) => CpuStorage::F32(Vec::new()),
            CpuStorage::F64(_) => CpuStorage::F64(Vec::new()),
            _ => candle_core::bail!("no array has elements of this dtype"),
        };
        self.0.set(Some(std::mem::replace(storage, empty)));
        Ok(())
    }
}

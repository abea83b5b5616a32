//! NumPy's files: `.npy` holds one array, `.npz` several by name.

use super::element::Element;
use super::{Array, Dimension, IxDyn};
use crate::dtype::DType;
use crate::error::{Error, ErrorKind, Result};
use ndarray as nd;
use ndarray_npy::npy::header::Header;
use ndarray_npy::{NpzReader, NpzWriter, ReadNpyError, ReadNpyExt, ReadNpzError, WriteNpyExt};
use std::fs::File;
use std::io::{BufReader, BufWriter, Seek, Write};
use std::path::Path;

/// What is read or written, to begin the error messages with.
#[derive(Clone, Copy)]
struct Place<'a> {
    path: &'a Path,
    entry: Option<&'a str>,
}

impl Place<'_> {
    fn error(&self, what: impl std::fmt::Display) -> Error {
        let path = self.path.display();
        Error::new(
            ErrorKind::Io,
            match self.entry {
                None => format!("{path}: {what}"),
                Some(name) => format!("{path}, array `{name}`: {what}"),
            },
        )
    }

    fn reading<T: Element>(&self, e: &ReadNpyError) -> Error {
        match e {
            ReadNpyError::WrongDescriptor(found) => self.wrong_type::<T>(&found.to_string()),
            ReadNpyError::ParseHeader(e) => self.error(format_args!("not a NumPy file ({e})")),
            ReadNpyError::LengthOverflow => self.error("its shape is larger than any memory"),
            ReadNpyError::MissingData => self.error("the file ends before the last element"),
            ReadNpyError::ExtraBytes(n) => self.error(format_args!("{n} bytes follow the last element")),
            ReadNpyError::Io(e) => self.error(e),
            other => self.error(other),
        }
    }

    fn wrong_type<T: Element>(&self, descriptor: &str) -> Error {
        let descriptor = descriptor.trim_matches('\'');
        let found = name_of(descriptor);
        let wanted = T::DTYPE;
        let error = self.error(format_args!("holds {found}, not {}", file_type::<T>()));
        match DType::from_name(found) {
            Some(found) => {
                error.note(format!("read it as an array of {found}, or write {wanted} from NumPy"))
            }
            None => {
                error.note(format!("convert it in NumPy: `a.astype(\"{}\")`", numpy_name(file_type::<T>())))
            }
        }
    }
}

/// The type that a file must hold to be read as an array of `T`.
fn file_type<T: Element>() -> &'static str {
    match T::DTYPE {
        DType::Usize => "i64",
        other => other.name(),
    }
}

/// NumPy's name for one of our types.
fn numpy_name(name: &'static str) -> &'static str {
    match name {
        "f64" => "float64",
        "f32" => "float32",
        "i64" => "int64",
        "u64" => "uint64",
        "i32" => "int32",
        "u32" => "uint32",
        other => other,
    }
}

/// Rust's name for one of NumPy's type descriptors, or the descriptor itself.
fn name_of(descriptor: &str) -> &str {
    match descriptor.trim_start_matches(['<', '>', '|', '=']) {
        "f8" => "f64",
        "f4" => "f32",
        "i8" => "i64",
        "i4" => "i32",
        "u4" => "u32",
        "b1" => "bool",
        "u8" => "u64",
        "i2" => "i16",
        "u2" => "u16",
        "i1" => "i8",
        "u1" => "u8",
        "c16" => "complex numbers of f64",
        "c8" => "complex numbers of f32",
        _ => descriptor,
    }
}

/// The elements of a file, in whatever order they were, as an array of ours.
fn array_of<T: Element, D: Dimension>(
    place: Place<'_>,
    read: nd::Array<T::File, IxDyn>,
) -> Result<Array<T, D>> {
    let shape = read.raw_dim();
    // `iter` goes in row-major order whether the file was in C or in Fortran order.
    let data: Option<Vec<T>> = read.iter().map(|&x| T::from_file(x)).collect();
    let Some(data) = data else {
        return Err(place.error(format_args!("holds negative numbers, which {} is not", T::DTYPE)));
    };
    Array::from_shape_vec(shape, data)?.into_dimensionality().map_err(|e| place.error(e.message()))
}

/// The array in the form of the file.
fn file_form<T: Element, D: Dimension>(
    place: Place<'_>,
    array: &Array<T, D>,
) -> Result<nd::Array<T::File, IxDyn>> {
    let data: Option<Vec<T::File>> = array.iter().map(|x| x.to_file()).collect();
    let Some(data) = data else {
        return Err(place.error("holds numbers above the largest i64, which a NumPy file can't take"));
    };
    nd::Array::from_shape_vec(IxDyn(array.shape()), data).map_err(|e| place.error(e))
}

/// Reads an array from a `.npy` file, as `numpy.load`; in C or Fortran order, of either endianness.
///
/// ```
/// use desc_jit::array::{Array2, read_npy};
///
/// # fn main() -> desc_jit::error::Result<()> {
/// let path = std::env::temp_dir().join(format!("desc-jit-doc-{}.npy", std::process::id()));
/// Array2::<f64>::eye(2).write_npy(&path)?;
/// let a: Array2<f64> = read_npy(&path)?;
/// assert_eq!(a, Array2::eye(2));
/// # std::fs::remove_file(path)?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`ErrorKind::Io`], naming the file: it can't be read, is not such a file, is cut short, or holds another
/// type or number of axes. Types are never converted; `usize` is read from files of `i64`.
pub fn read_npy<T: Element, D: Dimension>(path: impl AsRef<Path>) -> Result<Array<T, D>> {
    let place = Place { path: path.as_ref(), entry: None };
    let mut file = BufReader::new(File::open(place.path).map_err(|e| place.error(e))?);
    // The header of a damaged file may claim any size: it is compared with the file's before memory is asked
    // for.
    let header = Header::from_reader(&mut file).map_err(|e| place.reading::<T>(&e.into()))?;
    let name = header.type_descriptor.to_string();
    if name_of(name.trim_matches('\'')) != file_type::<T>() {
        return Err(place.wrong_type::<T>(&name));
    }
    let size = header.shape.iter().try_fold(T::DTYPE.size() as u64, |n, &k| n.checked_mul(k as u64));
    let length = file.get_ref().metadata().map_err(|e| place.error(e))?;
    if length.is_file() && size.is_none_or(|size| size > length.len()) {
        return Err(place.reading::<T>(&ReadNpyError::MissingData));
    }
    file.rewind().map_err(|e| place.error(e))?;
    let read = nd::Array::<T::File, IxDyn>::read_npy(file).map_err(|e| place.reading::<T>(&e))?;
    array_of(place, read)
}

/// Reads the array of that name from a `.npz` file (from `numpy.savez` or `numpy.savez_compressed`).
///
/// # Errors
///
/// As [`read_npy`]; when there is no array of that name the error lists those that there are.
pub fn read_npz<T: Element, D: Dimension>(path: impl AsRef<Path>, name: &str) -> Result<Array<T, D>> {
    let file = Place { path: path.as_ref(), entry: None };
    let place = Place { entry: Some(name), ..file };
    let broken = |e: ReadNpzError| match e {
        ReadNpzError::Npy(e) => place.reading::<T>(&e),
        ReadNpzError::Zip(e) => file.error(format_args!("not a `.npz` file ({e})")),
    };
    let reader = BufReader::new(File::open(file.path).map_err(|e| file.error(e))?);
    let mut archive = NpzReader::new(reader).map_err(broken)?;
    let names = archive.names().map_err(broken)?;
    if !names.iter().any(|n| n == name) {
        let list = names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
        return Err(file.error(format_args!("has no array `{name}`; it has {list}")));
    }
    let read: nd::Array<T::File, IxDyn> = archive.by_name(name).map_err(broken)?;
    array_of(place, read)
}

/// Writes arrays of one type and number of axes to a `.npz` file, by name, uncompressed, as `numpy.savez`.
///
/// # Errors
///
/// [`ErrorKind::Io`], naming the file, when it can't be written.
pub fn write_npz<T: Element, D: Dimension>(
    path: impl AsRef<Path>,
    arrays: &[(&str, &Array<T, D>)],
) -> Result<()> {
    let place = Place { path: path.as_ref(), entry: None };
    let file = File::create(place.path).map_err(|e| place.error(e))?;
    let mut archive = NpzWriter::new(BufWriter::new(file));
    for &(name, array) in arrays {
        let place = Place { entry: Some(name), ..place };
        let data = file_form(place, array)?;
        archive.add_array(name, &data).map_err(|e| place.error(e))?;
    }
    archive.finish().map_err(|e| place.error(e))?;
    Ok(())
}

impl<T: Element, D: Dimension> Array<T, D> {
    /// Reads an array from a `.npy` file: see [`read_npy`].
    ///
    /// # Errors
    ///
    /// As [`read_npy`].
    pub fn read_npy(path: impl AsRef<Path>) -> Result<Self> {
        read_npy(path)
    }

    /// Reads an array from a `.npz` file: see [`read_npz`].
    ///
    /// # Errors
    ///
    /// As [`read_npz`].
    pub fn read_npz(path: impl AsRef<Path>, name: &str) -> Result<Self> {
        read_npz(path, name)
    }

    /// Writes the array to a `.npy` file, as `numpy.save`, in C order.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`], naming the file, when it can't be written.
    pub fn write_npy(&self, path: impl AsRef<Path>) -> Result<()> {
        let place = Place { path: path.as_ref(), entry: None };
        let data = file_form(place, self)?;
        let mut file = BufWriter::new(File::create(place.path).map_err(|e| place.error(e))?);
        data.write_npy(&mut file).map_err(|e| place.error(e))?;
        file.flush().map_err(|e| place.error(e))
    }
}

//! Limits written in C: compiled at run time with the system's compiler for this very processor.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};

use anyhow::{Context, Result, ensure};
use desc_jit::array::{Array, Dimension, Element};
use libloading::Library;

/// What every C file begins with: one kind of argument, read by the member that was passed.
const PRELUDE: &str = "
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
typedef union { double *f64; float *f32; int64_t *i64; int32_t *i32; uint8_t *boolean; int64_t n; double x; } Argument;
#line 1
";

/// One argument of a C function: `array(&a)`, `array_mut(&mut b)`, `int(n)`, `real(alpha)`.
#[derive(Clone, Copy)]
#[repr(C)]
pub union Argument<'a> {
    pointer: *const u8,
    n: i64,
    x: f64,
    lifetime: PhantomData<&'a mut u8>,
}

/// An array that the C function only reads: `a[k].f64` and so on.
pub fn array<T: Element, D: Dimension>(array: &Array<T, D>) -> Argument<'_> {
    let elements = array.as_slice().expect("arrays are contiguous");
    Argument { pointer: elements.as_ptr().cast() }
}

/// An array that the C function may change.
pub fn array_mut<T: Element, D: Dimension>(array: &mut Array<T, D>) -> Argument<'_> {
    let elements = array.as_slice_mut().expect("arrays are contiguous");
    Argument { pointer: elements.as_mut_ptr().cast_const().cast() }
}

/// An integer: `a[k].n`.
pub fn int(n: usize) -> Argument<'static> {
    Argument { n: n as i64 }
}

/// A floating-point number: `a[k].x`.
#[allow(dead_code, reason = "part of the set that C kernels pass")]
pub fn real(x: f64) -> Argument<'static> {
    Argument { x }
}

type Entry = unsafe extern "C" fn(*const Argument<'_>);

/// A C file of this package; it defines `void NAME(const Argument *a)`.
pub struct CFile {
    name: &'static str,
    source: &'static str,
}

impl CFile {
    /// The file of that source, whose function has that name.
    pub const fn new(name: &'static str, source: &'static str) -> CFile {
        CFile { name, source }
    }

    /// Calls the function, compiling the file before the first call.
    pub fn call(&self, arguments: &[Argument<'_>]) -> Result<()> {
        let entry = self.entry()?;
        // SAFETY: `entry` is the function of a file of this package, which was written beside this call: it
        // reads the arguments by the members they were passed with, stays within the arrays whose extents it
        // is given, and writes only those lent as mutable; the borrows in `arguments` last through the call.
        unsafe { entry(arguments.as_ptr()) };
        Ok(())
    }

    fn entry(&self) -> Result<Entry> {
        static COMPILED: OnceLock<Mutex<HashMap<&'static str, Entry>>> = OnceLock::new();
        let compiled = COMPILED.get_or_init(Mutex::default);
        let mut compiled = compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = compiled.get(self.name) {
            return Ok(*entry);
        }
        let entry = self.compile()?;
        compiled.insert(self.name, entry);
        Ok(entry)
    }

    fn compile(&self) -> Result<Entry> {
        let folder = tempfile::tempdir()?;
        let source = folder.path().join(format!("{}.c", self.name));
        let library = folder.path().join(format!("{}.so", self.name));
        std::fs::write(&source, format!("{PRELUDE}{}", self.source))?;
        let output = Command::new("cc")
            .args(["-O3", "-march=native", "-fno-math-errno", "-fopenmp", "-shared", "-fPIC", "-o"])
            .args([&library, &source])
            .arg("-lm")
            .output()
            .context("cannot run the C compiler `cc`")?;
        let messages = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "the C compiler refuses {}.c:\n{messages}", self.name);
        // SAFETY: the library was compiled from a file of this package, which has no initialisers.
        let library = unsafe { Library::new(&library) }?;
        // SAFETY: every such file defines a function of this type under its name.
        let entry = *unsafe { library.get::<Entry>(self.name) }?;
        // The function is called until the program ends.
        std::mem::forget(library);
        Ok(entry)
    }
}

//! Which compiler, and what it is asked for.

use super::{assembly, process};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// How long a compiler may take for one kernel.
pub(super) const LIMIT: Duration = Duration::from_secs(60);

/// How long it may take to say what it is.
const PROBE_LIMIT: Duration = Duration::from_secs(10);

/// What never changes a value: no contraction, no reassociation, zeros keep their signs and NaNs are NaNs.
const FLAGS: [&str; 10] = [
    "-std=gnu11",
    "-w",
    "-O3",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fwrapv",
    "-fno-stack-protector",
    "-fvisibility=hidden",
    "-fPIC",
];

/// What GCC is kept from: it cuts a recurrence that two arrays are written from in two loops, each of which computes all
/// of it, and makes jumps again of selects, whose values it sinks to where they are taken. Which loops are to be cut, and
/// which branches are to be flattened, the passes know better.
const GCC: [&str; 2] = ["-fno-tree-loop-distribution", "-fno-tree-sink"];

/// What GCC is asked for, in turn, until it does not contract: it makes one instruction of a product and of a difference
/// beside a sum, whatever `-ffp-contract` says.
const WITHOUT_CONTRACTION: [&[&str]; 3] =
    [&[], &["-mno-fma", "-mno-avx512f"], &["-fno-tree-vectorize", "-fno-tree-slp-vectorize"]];

/// Code for this very CPU: what the compiler takes of this, the best first.
const TARGETS: [&[&str]; 4] =
    [&["-march=native", "-mprefer-vector-width=512"], &["-march=native"], &["-mcpu=native"], &[]];

/// What GCC is asked for on AMD's Zen, and on a processor that is newer than it: tuned for those, it takes a load for no
/// dearer than a register, and loads each element of a stencil as often as it is named, up to twice as often as needed.
/// Which instructions there are is not touched.
const FEW_LOADS: [&str; 1] = ["-mtune=skylake-avx512"];

/// A compiler that answers.
#[derive(Clone, Debug)]
pub(super) struct Compiler {
    program: OsString,
    /// What goes with the program, as in `CC="ccache gcc"`.
    arguments: Vec<OsString>,
    flags: Vec<&'static str>,
    limit: Duration,
    /// It is GCC for AVX, whose assembly is looked at: [`assembly`].
    avx: bool,
    /// It is GCC that loads too often: [`FEW_LOADS`].
    loads: bool,
    /// Its name and version, as it gives them.
    pub version: String,
    /// Everything that the code that it makes depends on, the source aside.
    pub identity: String,
}

impl Compiler {
    /// The compiler that `DESC_CC` names, else `CC`, `cc`, `gcc` or `clang`. `dir` is for temporary files.
    pub fn find(dir: &Path) -> Result<Compiler, String> {
        let given = |name: &str| std::env::var(name).ok().filter(|text| !text.trim().is_empty());
        if given("DESC_C").is_some_and(|text| text == "off") {
            return Err("DESC_C is off".into());
        }
        if let Some(named) = given("DESC_CC") {
            return Compiler::probe(&named, dir, PROBE_LIMIT);
        }
        let candidates = given("CC").into_iter().chain(["cc", "gcc", "clang"].map(String::from));
        let mut problem = String::new();
        for candidate in candidates {
            match Compiler::probe(&candidate, dir, PROBE_LIMIT) {
                Ok(found) => return Ok(found),
                Err(e) => problem = e,
            }
        }
        Err(problem)
    }

    /// Asks a compiler for its version and for what it knows of this CPU.
    pub fn probe(command: &str, dir: &Path, limit: Duration) -> Result<Compiler, String> {
        let mut words = command.split_whitespace().map(OsString::from);
        let program = words.next().ok_or("no compiler is named")?;
        let mut compiler = Compiler {
            program,
            arguments: words.collect(),
            flags: Vec::new(),
            limit: LIMIT,
            avx: false,
            loads: false,
            version: String::new(),
            identity: String::new(),
        };
        let ask = |compiler: &Compiler, arguments: &[&str]| {
            let mut command = compiler.command();
            command.args(arguments);
            process::run(command, dir, limit)
        };
        let version = ask(&compiler, &["--version"])?;
        compiler.version = version.lines().next().unwrap_or_default().trim().to_string();
        let mut problem = String::new();
        for (target, own) in TARGETS.iter().flat_map(|target| [(target, &GCC[..]), (target, &[])]) {
            compiler.flags = FLAGS.iter().chain(own).chain(*target).copied().collect();
            let arguments: Vec<&str> =
                compiler.flags.iter().copied().chain(["-dM", "-E", "-x", "c", "/dev/null"]).collect();
            match ask(&compiler, &arguments) {
                // The instructions that it uses, the language that it speaks.
                Ok(macros) if macros.contains("#define __") => {
                    let has = |name: &str| macros.contains(&format!("#define {name} "));
                    let gcc = has("__GNUC__") && !has("__clang__");
                    compiler.avx = gcc && has("__AVX__");
                    let untuned = !macros.contains("#define __tune_");
                    compiler.loads = compiler.avx && (untuned || macros.contains("#define __tune_znver"));
                    compiler.identity = format!("{version}\n{compiler:?}\n{macros}\n{}", cpu());
                    return Ok(compiler);
                }
                Ok(_) => problem = "the compiler does not say what it is".into(),
                Err(e) => problem = e,
            }
        }
        Err(problem)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        command
    }

    /// With these flags after the others.
    #[cfg(test)]
    pub fn with_flag(mut self, flag: &'static str) -> Compiler {
        self.flags.push(flag);
        self
    }

    /// Makes a shared library of C text, in this directory.
    pub fn compile(&self, source: &str, dir: &Path) -> Result<PathBuf, String> {
        let (text, library) = (dir.join("kernel.c"), dir.join("kernel.so"));
        std::fs::write(&text, source).map_err(|e| format!("{}: {e}", text.display()))?;
        // Code of scalars is as fast as it was, or a little slower.
        let vectors = self.loads && source.lines().any(|line| line.trim() == "INDEPENDENT");
        let run = |arguments: &[&str]| {
            let mut command = self.command();
            command.args(&self.flags).args(FEW_LOADS.iter().filter(|_| vectors)).args(arguments);
            process::run(command, dir, self.limit)
        };
        if !self.avx {
            run(&["-shared", "-o", "kernel.so", "kernel.c", "-lm"])?;
            return Ok(library);
        }
        let assembly = dir.join("kernel.s");
        let io = |e| format!("{}: {e}", assembly.display());
        let asks_for_fma = source.contains("__builtin_fma");
        let flags = WITHOUT_CONTRACTION.iter().filter(|flags| !(asks_for_fma && flags.contains(&"-mno-fma")));
        let written = flags.map(|flags| {
            run(&[flags, &["-S", "-o", "kernel.s", "kernel.c"][..]].concat())?;
            std::fs::read_to_string(&assembly).map_err(io)
        });
        let mut exact = written.filter(|text| !text.as_ref().is_ok_and(|text| assembly::contracts(text)));
        let text = exact.next().ok_or("the compiler contracts products and sums")??;
        std::fs::write(&assembly, assembly::rename_copies(&text)).map_err(io)?;
        run(&["-shared", "-o", "kernel.so", "kernel.s", "-lm"])?;
        Ok(library)
    }
}

/// What is known of the CPU.
fn cpu() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let first = text.split("\n\n").next().unwrap_or_default();
    let line = |name: &str| first.lines().find(|l| l.starts_with(name)).unwrap_or_default().to_string();
    [std::env::consts::ARCH.into(), line("vendor_id"), line("model name"), line("flags"), line("Features")]
        .join("\n")
}

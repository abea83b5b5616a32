//! The instructions of the register machine, and the check that makes running them safe.
//!
//! A register holds the [`bits`](crate::dtype::Literal::bits) of a scalar. Integers are kept sign- or
//! zero-extended to 64 bits, so that one 64-bit instruction serves every integer type wherever overflow
//! is excluded. Arrays are addressed through a table of slots, so that a swap of two arrays is a swap of
//! two table entries.

/// A scalar register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Reg(pub u16);

impl Reg {
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A slot of the buffer table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Buf(pub u16);

impl Buf {
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// So many values an error of [`Inst::Check`] shows at most.
pub(super) const SHOWN: usize = 6;

/// How an instruction uses a register.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    Read,
    Write,
    /// Reads the old value and writes a new one.
    Update,
}

/// The operands of most instructions, whatever they do.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    pub dst: Option<Reg>,
    pub regs: Vec<Reg>,
    /// `slot[base + idx + off]`
    pub address: Option<(Buf, Reg, Reg, i32)>,
}

/// Declares the instruction set. Instructions of a group have the same operands; the groups give
/// `for_each_reg` and the constructors of the lowering.
macro_rules! instructions {
    (
        binary { $($bin:ident,)* }
        unary { $($un:ident,)* }
        compare_jump { $($jump:ident,)* }
        load { $($load:ident,)* }
        store { $($store:ident,)* }
        with_load { $($with:ident,)* }
        ternary { $($tern:ident,)* }
    ) => {
        /// One instruction of 16 bytes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(super) enum Inst {
            $($bin { dst: Reg, a: Reg, b: Reg },)*
            $($un { dst: Reg, a: Reg },)*
            /// Jumps by `to` instructions when the comparison holds (`If..`) or does not (`Unless..`).
            $($jump { a: Reg, b: Reg, to: i32 },)*
            /// `dst = slot[base + idx + off]`
            $($load { dst: Reg, buf: Buf, base: Reg, idx: Reg, off: i32 },)*
            /// `slot[base + idx + off] = val` (or `+=`)
            $($store { val: Reg, buf: Buf, base: Reg, idx: Reg, off: i32 },)*
            /// `dst = a op slot[base + idx + off]`
            $($with { dst: Reg, a: Reg, buf: Buf, base: Reg, idx: Reg, off: i32 },)*
            $($tern { dst: Reg, a: Reg, b: Reg, c: Reg },)*
            /// An `f64` function.
            Math { dst: Reg, a: Reg, op: crate::op::UnaryOp },
            /// An `f64` function of two arguments.
            Math2 { dst: Reg, a: Reg, b: Reg, op: crate::op::BinaryOp },
            /// Any scalar op through its definition in `op::scalar`, from the table of calls.
            Call { dst: Reg, a: Reg, b: Reg, id: u32 },
            /// The same for an op that never fails.
            CallPure { dst: Reg, a: Reg, b: Reg, id: u32 },
            /// An error unless `idx < len` (unsigned, so that a negative index fails too).
            CheckIndex { idx: Reg, len: Reg },
            /// An error unless `cond`, with the first `shown` of these values.
            Check { cond: Reg, shown: u8, values: [Reg; SHOWN] },
            /// An error unless every value of the loop index fits its dtype.
            CheckLoop { dtype: crate::dtype::DType, start: Reg, count: Reg, step: Reg },
            Jump { to: i32 },
            JumpIf { cond: Reg, to: i32 },
            JumpUnless { cond: Reg, to: i32 },
            /// Jumps to one of the targets of a table, the index clamped.
            JumpTable { idx: Reg, signed: bool, id: u32 },
            /// `iv += step; if iv != end { jump }`
            LoopNext { iv: Reg, end: Reg, step: Reg, to: i32 },
            /// Runs whole strips of a loop; jumps when that finished the loop.
            Strip { id: u32, to: i32 },
            /// Copies all elements of a slot.
            CopyBuf { dst: Buf, src: Buf },
            /// A matrix product, from the kernel's table; the registers hold the number of columns and the
            /// operands' offsets. Only of the compiled engines.
            Matmul { id: u16, n: Reg, left: Reg, right: Reg, dst: Buf, a: Buf, b: Buf },
            /// Exchanges two entries of the buffer table.
            SwapBuf { a: Buf, b: Buf },
            Halt,
        }

        impl Inst {
            /// Calls `f` for every register operand; operands that are read come before those written.
            pub fn for_each_reg(&mut self, mut f: impl FnMut(Role, &mut Reg)) {
                use Role::*;
                match self {
                    $(Inst::$bin { dst, a, b })|* => { f(Read, a); f(Read, b); f(Write, dst) }
                    $(Inst::$un { dst, a })|* => { f(Read, a); f(Write, dst) }
                    $(Inst::$jump { a, b, .. })|* => { f(Read, a); f(Read, b) }
                    $(Inst::$load { dst, base, idx, .. })|* => { f(Read, base); f(Read, idx); f(Write, dst) }
                    $(Inst::$store { val, base, idx, .. })|* => { f(Read, val); f(Read, base); f(Read, idx) }
                    $(Inst::$with { dst, a, base, idx, .. })|* => {
                        f(Read, a); f(Read, base); f(Read, idx); f(Write, dst)
                    }
                    $(Inst::$tern { dst, a, b, c })|* => { f(Read, a); f(Read, b); f(Read, c); f(Write, dst) }
                    Inst::Math { dst, a, .. } => { f(Read, a); f(Write, dst) }
                    Inst::Math2 { dst, a, b, .. } => { f(Read, a); f(Read, b); f(Write, dst) }
                    Inst::Call { dst, a, b, .. } | Inst::CallPure { dst, a, b, .. } => {
                        f(Read, a); f(Read, b); f(Write, dst)
                    }
                    Inst::CheckIndex { idx, len } => { f(Read, idx); f(Read, len) }
                    Inst::Check { cond, shown, values } => {
                        f(Read, cond);
                        values[..usize::from(*shown)].iter_mut().for_each(|r| f(Read, r))
                    }
                    Inst::CheckLoop { start, count, step, .. } => {
                        f(Read, start); f(Read, count); f(Read, step)
                    }
                    Inst::JumpIf { cond, .. } | Inst::JumpUnless { cond, .. } => f(Read, cond),
                    Inst::JumpTable { idx, .. } => f(Read, idx),
                    Inst::Matmul { n, left, right, .. } => { f(Read, n); f(Read, left); f(Read, right) }
                    Inst::LoopNext { iv, end, step, .. } => { f(Read, end); f(Read, step); f(Update, iv) }
                    Inst::Jump { .. } | Inst::Strip { .. } | Inst::CopyBuf { .. } | Inst::SwapBuf { .. }
                    | Inst::Halt => {}
                }
            }

            /// The slots that it touches.
            pub fn bufs(&self) -> [Option<Buf>; 3] {
                match *self {
                    $(Inst::$load { buf, .. })|* => [Some(buf), None, None],
                    $(Inst::$store { buf, .. })|* => [Some(buf), None, None],
                    $(Inst::$with { buf, .. })|* => [Some(buf), None, None],
                    Inst::CopyBuf { dst, src } => [Some(dst), Some(src), None],
                    Inst::Matmul { dst, a, b, .. } => [Some(dst), Some(a), Some(b)],
                    Inst::SwapBuf { a, b } => [Some(a), Some(b), None],
                    _ => [None; 3],
                }
            }

            /// Where it jumps, relative to itself.
            pub fn target(&mut self) -> Option<&mut i32> {
                match self {
                    $(Inst::$jump { to, .. })|* => Some(to),
                    Inst::Jump { to } | Inst::JumpIf { to, .. } | Inst::JumpUnless { to, .. }
                    | Inst::LoopNext { to, .. } | Inst::Strip { to, .. } => Some(to),
                    _ => None,
                }
            }

            /// Its name and operands; of the instructions with operands of their own kind, nothing.
            pub fn parts(&self) -> Option<(&'static str, Parts)> {
                let parts = |dst, regs: &[Reg], address| Parts { dst, regs: regs.to_vec(), address };
                Some(match *self {
                    $(Inst::$bin { dst, a, b } => (stringify!($bin), parts(Some(dst), &[a, b], None)),)*
                    $(Inst::$un { dst, a } => (stringify!($un), parts(Some(dst), &[a], None)),)*
                    $(Inst::$load { dst, buf, base, idx, off } => {
                        (stringify!($load), parts(Some(dst), &[], Some((buf, base, idx, off))))
                    })*
                    $(Inst::$store { val, buf, base, idx, off } => {
                        (stringify!($store), parts(None, &[val], Some((buf, base, idx, off))))
                    })*
                    $(Inst::$with { dst, a, buf, base, idx, off } => {
                        (stringify!($with), parts(Some(dst), &[a], Some((buf, base, idx, off))))
                    })*
                    $(Inst::$tern { dst, a, b, c } => (stringify!($tern), parts(Some(dst), &[a, b, c], None)),)*
                    _ => return None,
                })
            }

            /// The instruction with that name and these operands, if there is one.
            #[cfg(test)]
            pub fn of_parts(name: &str, parts: &Parts) -> Option<Inst> {
                Some(match (parts.dst, &parts.regs[..], parts.address) {
                    $((Some(dst), &[a, b], None) if name == stringify!($bin) => Inst::$bin { dst, a, b },)*
                    $((Some(dst), &[a], None) if name == stringify!($un) => Inst::$un { dst, a },)*
                    $((Some(dst), &[], Some((buf, base, idx, off))) if name == stringify!($load) => {
                        Inst::$load { dst, buf, base, idx, off }
                    })*
                    $((None, &[val], Some((buf, base, idx, off))) if name == stringify!($store) => {
                        Inst::$store { val, buf, base, idx, off }
                    })*
                    $((Some(dst), &[a], Some((buf, base, idx, off))) if name == stringify!($with) => {
                        Inst::$with { dst, a, buf, base, idx, off }
                    })*
                    $((Some(dst), &[a, b, c], None) if name == stringify!($tern) => Inst::$tern { dst, a, b, c },)*
                    _ => return None,
                })
            }

            /// It reads an array element.
            pub fn is_load(&self) -> bool {
                matches!(self, $(Inst::$load { .. })|* | $(Inst::$with { .. })|*)
            }

            /// It writes an array element.
            pub fn is_store(&self) -> bool {
                matches!(self, $(Inst::$store { .. })|*)
            }
        }
    };
}

instructions! {
    binary {
        AddF64, SubF64, MulF64, DivF64, MinF64, MaxF64,
        AddF32, SubF32, MulF32, DivF32, MinF32, MaxF32,
        // Wrapping, where overflow is excluded.
        AddI, SubI, MulI,
        // Modulo 2^64. That they are not `AddI` and so on is what keeps their results out of affine forms.
        AddW, SubW, MulW,
        // The distance is below 64.
        ShlI, ShrS, ShrU,
        // The distance modulo the width; 32 bits are zero-extended.
        Rotl32, Rotl64,
        AddI32, SubI32, MulI32, AddU32, SubU32, MulU32,
        AddI64, SubI64, MulI64, AddUsize, SubUsize, MulUsize,
        DivI32, RemI32, DivI64, RemI64, DivU, RemU,
        AndI, OrI, XorI, MinS, MaxS, MinU, MaxU,
        EqI, NeI, LtS, LeS, LtU, LeU,
        EqF64, NeF64, LtF64, LeF64, EqF32, NeF32, LtF32, LeF32,
    }
    unary {
        Mov, NegF64, AbsF64, SqrtF64, NegF32, AbsF32, SqrtF32,
        S64ToF64, U64ToF64, S64ToF32, U64ToF32, F64ToF32, F32ToF64,
        F64ToI32, F64ToU32, F64ToI64, F64ToUsize, Sext32, Zext32,
        // Of 64 bits.
        PopI, ClzI, CtzI,
    }
    compare_jump {
        IfEqI, IfNeI, IfLtS, IfLeS, IfLtU, IfLeU, IfEqF64, IfNeF64, IfLtF64, IfLeF64,
        UnlessLtF64, UnlessLeF64,
    }
    load { Load8, Load4, Load4S, Load1, }
    store { Store8, Store4, Store1, AddTo8, }
    with_load { AddLoad8, SubLoad8, MulLoad8, RsubLoad8, }
    ternary {
        // `if a != 0 { b } else { c }`
        Select,
        // One rounding.
        FmaF64, FmaF32,
        // Two roundings: `a * b + c`, `a * b - c`, `c - a * b`.
        MulAddF64, MulSubF64, RsubMulF64,
    }
}

const _: () = assert!(size_of::<Inst>() == 16);

impl Inst {
    /// The register that it sets.
    pub fn dst(&self) -> Option<Reg> {
        let mut dst = None;
        let mut copy = *self;
        copy.for_each_reg(|role, r| {
            if role != Role::Read {
                dst = Some(*r);
            }
        });
        dst
    }

    /// The registers that it reads.
    pub fn reads(&self) -> impl Iterator<Item = Reg> {
        let mut regs = [None; 1 + SHOWN];
        let mut n = 0;
        let mut copy = *self;
        copy.for_each_reg(|role, r| {
            if role != Role::Write {
                regs[n] = Some(*r);
                n += 1;
            }
        });
        regs.into_iter().flatten()
    }

    /// It raises an error for some operands.
    pub fn may_fail(&self) -> bool {
        use Inst::*;
        matches!(
            self,
            AddI32 { .. }
                | SubI32 { .. }
                | MulI32 { .. }
                | AddU32 { .. }
                | SubU32 { .. }
                | MulU32 { .. }
                | AddI64 { .. }
                | SubI64 { .. }
                | MulI64 { .. }
                | AddUsize { .. }
                | SubUsize { .. }
                | MulUsize { .. }
                | DivI32 { .. }
                | RemI32 { .. }
                | DivI64 { .. }
                | RemI64 { .. }
                | DivU { .. }
                | RemU { .. }
                | Call { .. }
                | CheckIndex { .. }
                | Check { .. }
                | CheckLoop { .. }
        )
    }

    /// Only bytecode has it: in the code tree, loops and branches take the place of jumps.
    pub fn is_bytecode(&self) -> bool {
        let mut copy = *self;
        copy.target().is_some() || matches!(self, Inst::JumpTable { .. } | Inst::Halt)
    }

    /// It only computes a register from registers and memory and can be left out or moved.
    pub fn is_pure(&self) -> bool {
        self.dst().is_some() && !self.may_fail() && !matches!(self, Inst::LoopNext { .. })
    }
}

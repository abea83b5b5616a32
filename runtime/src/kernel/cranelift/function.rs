//! A function while it is written: registers are variables, constants and slots are at hand.

use super::super::engine::OPERANDS;
use super::super::inst::{Buf, Reg};
use super::super::ir::TrapId;
use super::unit::{Body, Unit, for_each_inst};
use crate::dtype::{DType, Literal};
use crate::hash::HashMap;
use cranelift_codegen::ir::{
    self, AbiParam, AliasRegion, AliasRegionData, Block, InstBuilder, MemFlagsData, SigRef, Signature,
    StackSlotData, StackSlotKind, Type, Value, types,
};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Variable};
use cranelift_module::Module;

/// Where a slot's elements are.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Fixed(Value),
    /// Of a slot that takes part in a swap.
    Moving {
        pointer: Variable,
        owner: Variable,
    },
}

/// What happens when an instruction fails.
#[derive(Clone, Copy)]
pub(super) enum OnFailure {
    /// The function returns the trap.
    Return,
    /// A tile is left to the plain loop.
    Leave(Block),
}

/// A function in progress.
pub(super) struct Function<'a, 'k> {
    pub unit: &'a mut Unit<'k>,
    pub b: FunctionBuilder<'a>,
    vars: Vec<Option<Variable>>,
    pub places: HashMap<Buf, Place>,
    regions: HashMap<Buf, AliasRegion>,
    signatures: Vec<(Vec<Type>, Option<Type>, SigRef)>,
    /// How many loops are around the code that is being written.
    pub depth: u32,
    /// The loop in which a register changes, by its depth.
    pub changes: Vec<u32>,
    pub on_failure: OnFailure,
    /// Inside a parallel loop: no other one is launched.
    pub inside_body: bool,
    pub slots: Value,
    pub context: Value,
    pub trap: Value,
}

/// The C type of a register.
pub(super) fn type_of(dtype: DType) -> Type {
    match dtype {
        DType::F64 => types::F64,
        DType::F32 => types::F32,
        _ => types::I64,
    }
}

impl<'a, 'k> Function<'a, 'k> {
    fn start(
        unit: &'a mut Unit<'k>,
        func: &'a mut ir::Function,
        shared: &'a mut FunctionBuilderContext,
    ) -> (Self, Vec<Value>) {
        let mut b = FunctionBuilder::new(func, shared);
        let block = b.create_block();
        b.append_block_params_for_function_params(block);
        b.switch_to_block(block);
        b.seal_block(block);
        let params = b.block_params(block).to_vec();
        let registers = unit.kernel.regs.len();
        let function = Function {
            unit,
            b,
            vars: vec![None; registers],
            places: HashMap::default(),
            regions: HashMap::default(),
            signatures: Vec::new(),
            depth: 0,
            changes: vec![0; registers],
            on_failure: OnFailure::Return,
            inside_body: false,
            slots: params[0],
            context: params[0],
            trap: params[0],
        };
        (function, params)
    }

    /// Writes the kernel's entry.
    pub fn entry(unit: &'a mut Unit<'k>, func: &'a mut ir::Function, shared: &'a mut FunctionBuilderContext) {
        let kernel = unit.kernel;
        let (mut f, params) = Function::start(unit, func, shared);
        let (registers, owners) = (params[0], params[2]);
        (f.slots, f.context, f.trap) = (params[1], params[3], params[4]);
        f.load_slots(&kernel.code, Some(owners));
        for &r in &kernel.arguments {
            let at = 8 * r.index() as i32;
            let value = f.b.ins().load(type_of(kernel.regs[r.index()]), plain(), registers, at);
            f.set(r, value);
        }
        f.list(&kernel.code);
        for &r in &kernel.results {
            let bits = f.bits(r);
            f.b.ins().store(plain(), bits, registers, 8 * r.index() as i32);
        }
        f.store_slots(Some(owners));
        f.succeed();
        f.finish();
    }

    /// Writes the body of a parallel loop.
    pub fn body(
        unit: &'a mut Unit<'k>,
        body: &Body<'k>,
        func: &'a mut ir::Function,
        shared: &'a mut FunctionBuilderContext,
    ) {
        let kernel = unit.kernel;
        let (mut f, params) = Function::start(unit, func, shared);
        let (frame, first, count, partial) = (params[0], params[3], params[4], params[5]);
        (f.slots, f.context, f.trap) = (params[1], params[2], params[6]);
        f.inside_body = true;
        f.load_slots(&body.code.body, None);
        for (k, &r) in body.captured.iter().enumerate() {
            let value = f.b.ins().load(type_of(kernel.regs[r.index()]), plain(), frame, 8 * k as i32);
            f.set(r, value);
        }
        let start = f.b.ins().load(types::I64, plain(), frame, 8 * body.captured.len() as i32);
        f.part(body.code, start, first, count, partial);
        f.succeed();
        f.finish();
    }

    fn succeed(&mut self) {
        let zero = self.number(0);
        self.b.ins().return_(&[zero]);
    }

    fn finish(self) {
        let config = self.unit.module.isa().frontend_config();
        self.b.finalize(config);
    }

    /// Loads the addresses of the slots that the code touches.
    fn load_slots(&mut self, code: &[super::super::ir::Item], owners: Option<Value>) {
        let mut used = std::collections::BTreeSet::new();
        for_each_inst(code, &mut |inst| used.extend(inst.bufs().into_iter().flatten()));
        for buf in used {
            let at = 8 * buf.index() as i32;
            let pointer = self.b.ins().load(types::I64, plain(), self.slots, at);
            let moving = owners.filter(|_| self.unit.swapped.contains(&buf));
            let place = match moving {
                None => Place::Fixed(pointer),
                Some(owners) => {
                    let owner = self.b.ins().load(types::I64, plain(), owners, at);
                    let place = (self.b.declare_var(types::I64), self.b.declare_var(types::I64));
                    self.b.def_var(place.0, pointer);
                    self.b.def_var(place.1, owner);
                    Place::Moving { pointer: place.0, owner: place.1 }
                }
            };
            self.places.insert(buf, place);
            // Swapped buffers change places, so they are one region of memory.
            let swapped = self.unit.swapped.contains(&buf);
            let user_id = if swapped { 0 } else { 1 + buf.0 as u32 };
            let data = AliasRegionData { user_id, description: "slot".into() };
            let region = self.b.func.dfg.alias_regions.insert(data);
            self.regions.insert(buf, region);
        }
    }

    /// Writes the addresses of swapped slots back to the table.
    pub fn store_slots(&mut self, owners: Option<Value>) {
        let mut places: Vec<_> = self.places.iter().map(|(&b, &p)| (b, p)).collect();
        places.sort_unstable_by_key(|p| p.0);
        for (buf, place) in places {
            if let Place::Moving { pointer, owner } = place {
                let at = 8 * buf.index() as i32;
                let pointer = self.b.use_var(pointer);
                self.b.ins().store(plain(), pointer, self.slots, at);
                if let Some(owners) = owners {
                    let owner = self.b.use_var(owner);
                    self.b.ins().store(plain(), owner, owners, at);
                }
            }
        }
    }

    /// How elements of a slot are accessed.
    pub fn access(&self, buf: Buf) -> MemFlagsData {
        let flags = plain().with_alias_region(self.regions.get(&buf).copied());
        match self.unit.written.contains(&buf) || self.unit.swapped.contains(&buf) {
            true => flags,
            false => flags.with_readonly(),
        }
    }

    pub fn number(&mut self, x: i64) -> Value {
        self.b.ins().iconst(types::I64, x)
    }

    /// A constant of a floating-point type.
    pub fn float(&mut self, ty: Type, x: f64) -> Value {
        if x.to_bits() == 0 {
            return match ty {
                types::F32 => self.b.ins().f32const(0.0),
                _ => self.b.ins().f64const(0.0),
            };
        }
        let bits = match ty {
            // The first four bytes, whatever the order of bytes is.
            types::F32 => {
                let [a, b, c, d] = (x as f32).to_ne_bytes();
                u64::from_ne_bytes([a, b, c, d, 0, 0, 0, 0])
            }
            _ => x.to_bits(),
        };
        match self.unit.pool.place(bits) {
            Some((address, offset)) => {
                let address = self.number(address);
                let flags = plain().with_readonly().with_can_move();
                self.b.ins().load(ty, flags, address, offset)
            }
            None if ty == types::F32 => self.b.ins().f32const(x as f32),
            None => self.b.ins().f64const(x),
        }
    }

    fn literal(&mut self, literal: Literal) -> Value {
        match literal {
            Literal::F64(x) => self.float(types::F64, x),
            Literal::F32(x) => self.float(types::F32, x.into()),
            other => self.number(other.bits() as i64),
        }
    }

    pub fn dtype(&self, r: Reg) -> DType {
        self.unit.kernel.regs[r.index()]
    }

    fn var(&mut self, r: Reg) -> Variable {
        let ty = type_of(self.dtype(r));
        let Function { vars, b, .. } = self;
        *vars[r.index()].get_or_insert_with(|| b.declare_var(ty))
    }

    /// The value of a register, in its own type.
    pub fn get(&mut self, r: Reg) -> Value {
        match self.unit.kernel.constant(r) {
            Some(literal) => self.literal(literal),
            None => {
                let var = self.var(r);
                self.b.use_var(var)
            }
        }
    }

    /// Its value as one of another type with the same bits.
    pub fn get_as(&mut self, r: Reg, ty: Type) -> Value {
        let value = self.get(r);
        self.convert(value, ty)
    }

    pub fn bits(&mut self, r: Reg) -> Value {
        self.get_as(r, types::I64)
    }

    pub fn set(&mut self, r: Reg, value: Value) {
        let value = self.convert(value, type_of(self.dtype(r)));
        let var = self.var(r);
        self.b.def_var(var, value);
    }

    /// A register's bits in another type; results of comparisons become 0 or 1.
    pub fn convert(&mut self, value: Value, to: Type) -> Value {
        let from = self.b.func.dfg.value_type(value);
        let plain = MemFlagsData::new();
        match (from, to) {
            _ if from == to => value,
            (types::I8, types::I64) => self.b.ins().uextend(types::I64, value),
            (types::F64, types::I64) | (types::I64, types::F64) => self.b.ins().bitcast(to, plain, value),
            (types::F32, types::I64) => {
                let bits = self.b.ins().bitcast(types::I32, plain, value);
                self.b.ins().uextend(types::I64, bits)
            }
            (types::I64, types::F32) => {
                let bits = self.b.ins().ireduce(types::I32, value);
                self.b.ins().bitcast(types::F32, plain, bits)
            }
            _ => {
                let bits = self.convert(value, types::I64);
                self.convert(bits, to)
            }
        }
    }

    /// Calls the function at an address.
    pub fn call(
        &mut self,
        address: Value,
        params: &[Type],
        result: Option<Type>,
        args: &[Value],
    ) -> Option<Value> {
        let known = self.signatures.iter().find(|s| s.0 == params && s.1 == result).map(|s| s.2);
        let signature = known.unwrap_or_else(|| {
            let mut signature = Signature::new(self.unit.module.isa().default_call_conv());
            signature.params = params.iter().map(|&ty| AbiParam::new(ty)).collect();
            signature.returns = result.iter().map(|&ty| AbiParam::new(ty)).collect();
            let id = self.b.import_signature(signature);
            self.signatures.push((params.to_vec(), result, id));
            id
        });
        let call = self.b.ins().call_indirect(signature, address, args);
        self.b.inst_results(call).first().copied()
    }

    /// Room on the stack, as its address.
    pub fn room(&mut self, bytes: usize) -> Value {
        let data = StackSlotData::new(StackSlotKind::ExplicitSlot, bytes as u32, 4);
        let slot = self.b.create_sized_stack_slot(data);
        self.b.ins().stack_addr(types::I64, slot, 0)
    }

    /// Continues in a block that only the code before it reaches.
    pub fn continue_in(&mut self, block: Block) {
        self.b.switch_to_block(block);
        self.b.seal_block(block);
    }

    /// Fails when `cond` is not zero.
    pub fn fail_if(&mut self, cond: Value, trap: Option<TrapId>, operands: &[Reg]) {
        let next = self.b.create_block();
        let failed = match self.on_failure {
            OnFailure::Leave(block) => block,
            OnFailure::Return => self.b.create_block(),
        };
        self.b.ins().brif(cond, failed, &[], next, &[]);
        if let OnFailure::Return = self.on_failure {
            self.b.set_cold_block(failed);
            self.continue_in(failed);
            for (k, &r) in operands.iter().take(OPERANDS).enumerate() {
                let bits = self.bits(r);
                self.b.ins().store(plain(), bits, self.trap, 8 * k as i32);
            }
            // A failure that nobody described has a number that no trap has.
            let number = trap.map_or(self.unit.kernel.traps.len() as i64, |t| i64::from(t.0));
            let code = self.number(number + 1);
            self.b.ins().return_(&[code]);
        }
        self.continue_in(next);
    }

    pub fn fail_unless(&mut self, cond: Value, trap: Option<TrapId>, operands: &[Reg]) {
        let failed = self.b.ins().icmp_imm_u(ir::condcodes::IntCC::Equal, cond, 0);
        self.fail_if(failed, trap, operands);
    }
}

/// An access to memory that is there and aligned.
pub(super) fn plain() -> MemFlagsData {
    MemFlagsData::trusted()
}

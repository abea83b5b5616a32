//! The register machine against the op-by-op evaluation of the same graph.

mod aliasing;
mod control;
mod errors;
mod passes;
pub(in crate::kernel) mod random;
mod scalars;
mod text;

use super::program::kernel_of;
use super::{Access, OutSlot, OutSlots, Program, Slot, Unit, machine as machine_engine};
use crate::array::{Buffer, Device};
use crate::dtype::{DType, Literal};
use crate::error::Result;
use crate::graph::{Graph, Node, Region, ValueId};
use crate::op::datum::Datum;
use crate::op::{Op, eval};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// A value in a test.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Scalar(Literal),
    Array(DType, Vec<usize>, Vec<Literal>),
}

impl Value {
    pub fn f64s(data: &[f64]) -> Value {
        Value::Array(DType::F64, vec![data.len()], data.iter().map(|&x| Literal::F64(x)).collect())
    }

    pub fn buffer(&self) -> Buffer {
        let Value::Array(dtype, shape, data) = self else { panic!("a scalar") };
        macro_rules! buffer {
            ($variant:ident) => {
                Buffer::from_vec(
                    data.iter().map(|l| if let Literal::$variant(x) = l { *x } else { panic!() }).collect(),
                    shape,
                )
            };
        }
        match dtype {
            DType::Bool => buffer!(Bool),
            DType::I32 => buffer!(I32),
            DType::U32 => buffer!(U32),
            DType::I64 => buffer!(I64),
            DType::U64 => buffer!(U64),
            DType::Usize => buffer!(Usize),
            DType::F32 => buffer!(F32),
            DType::F64 => buffer!(F64),
        }
        .expect("the data have that shape")
    }

    pub fn of_buffer(buffer: &Buffer) -> Value {
        macro_rules! read {
            ($ty:ty, $variant:ident) => {
                buffer.as_slice::<$ty>().expect("on the host").iter().map(|&x| Literal::$variant(x)).collect()
            };
        }
        let data = match buffer.dtype() {
            DType::Bool => read!(bool, Bool),
            DType::I32 => read!(i32, I32),
            DType::U32 => read!(u32, U32),
            DType::I64 => read!(i64, I64),
            DType::U64 => read!(u64, U64),
            DType::Usize => read!(usize, Usize),
            DType::F32 => read!(f32, F32),
            DType::F64 => read!(f64, F64),
        };
        Value::Array(buffer.dtype(), buffer.shape().to_vec(), data)
    }
}

/// The same bits; all NaNs count as one.
fn same(a: Literal, b: Literal) -> bool {
    a == b || (a.dtype() == b.dtype() && a.as_f64().is_nan() && b.as_f64().is_nan())
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Scalar(a), Value::Scalar(b)) => same(*a, *b),
            (Value::Array(d, s, a), Value::Array(e, t, b)) => {
                (d, s) == (e, t) && a.iter().zip(b).all(|(&a, &b)| same(a, b))
            }
            _ => false,
        }
    }
}

/// Parses a graph whose body has one control node.
pub(super) fn graph(text: &str) -> Graph {
    match text.parse() {
        Ok(graph) => graph,
        Err(e) => panic!("{e}"),
    }
}

fn control_node(graph: &Graph) -> &Node {
    graph.body.nodes.iter().find(|n| n.op.is_control()).expect("a control node")
}

/// Compiles a control node for the machine.
pub(super) fn compile_with(
    graph: &Graph,
    node: &Node,
    dead_after: &dyn Fn(ValueId) -> bool,
    strips: bool,
) -> Option<Program> {
    let unit = Unit { graph, nodes: std::slice::from_ref(node), outputs: &node.outputs, dead_after };
    let (kernel, interface) = kernel_of(&unit)?;
    super::text::assert_reads_back(&kernel);
    let code = Box::new(machine_engine::compile(&kernel, strips)?);
    Some(Program::new(graph, kernel, interface, code))
}

/// Runs the control node in the machine; inputs in `dead` are given away.
pub(super) fn machine(
    graph: &Graph,
    inputs: &[Value],
    dead: &HashSet<ValueId>,
    strips: bool,
) -> Result<Vec<Value>> {
    let node = control_node(graph);
    let program = compile_with(graph, node, &|v| dead.contains(&v), strips);
    let program = program.unwrap_or_else(|| panic!("the machine does not take the graph\n{graph}"));
    run(program, graph, inputs)
}

/// Runs a program of the control node with what the nodes before it give; then again, with the arguments updated in
/// place that can be.
pub(super) fn run(mut program: Program, graph: &Graph, inputs: &[Value]) -> Result<Vec<Value>> {
    let env = before_control(graph, inputs)?;
    let results = run_once(&program, &env, &[]);
    let taken: Vec<usize> =
        (0..program.inputs().len()).filter(|&k| program.inputs()[k].access == Access::Write).collect();
    let count = control_node(graph).outputs.len();
    let mut homes: Vec<(usize, usize)> = Vec::new();
    for (input, output) in taken.into_iter().flat_map(|input| (0..count).map(move |output| (input, output))) {
        let free = homes.iter().all(|&(i, o)| i != input && o != output);
        if free && program.update_in_place(input, output) {
            homes.push((input, output));
        }
    }
    if !homes.is_empty() {
        let again = run_once(&program, &env, &homes);
        match (&again, &results) {
            (Ok(a), Ok(b)) => assert_eq!(a, b, "in place, in the graph\n{graph}"),
            (Err(a), Err(b)) => assert_eq!(a.to_string(), b.to_string(), "in place, in the graph\n{graph}"),
            (a, b) => panic!("in place {a:?}, else {b:?}, in the graph\n{graph}"),
        }
    }
    results
}

/// Results in the buffers of arguments, so far.
static UPDATED: AtomicUsize = AtomicUsize::new(0);

/// `homes`: arguments, and the results that may end in them.
fn run_once(program: &Program, env: &Env, homes: &[(usize, usize)]) -> Result<Vec<Value>> {
    let values: Vec<Value> = program.inputs().iter().map(|i| value_of(&env[&i.value])).collect();
    let array = |value: &Value| matches!(value, Value::Array(..)).then(|| value.buffer());
    let mut buffers: Vec<Option<Buffer>> = values.iter().map(array).collect();
    let slots = program.inputs().iter().zip(&values).zip(&mut buffers);
    let slots = slots.map(|((input, value), buffer)| match (value, buffer, input.access) {
        (Value::Scalar(l), ..) => Ok(Slot::Scalar(*l)),
        (array, _, Access::Write) => Ok(Slot::Write(array.buffer())),
        (_, Some(buffer), Access::Update) => Ok(Slot::Update(buffer)),
        (_, Some(buffer), _) => Ok(Slot::Read(buffer)),
        _ => panic!("an argument is neither"),
    });
    let mut out = OutSlots::new();
    let outcome = program.run(slots, &mut out);
    let home = |k: usize| homes.iter().find(|(_, output)| *output == k).map(|home| home.0);
    let results = out.iter().enumerate().map(|(k, slot)| match slot {
        OutSlot::Scalar(l) => Value::Scalar(*l),
        OutSlot::Array(b) => Value::of_buffer(b),
        OutSlot::Updated => {
            UPDATED.fetch_add(1, Relaxed);
            let home = home(k).and_then(|input| buffers[input].as_ref());
            Value::of_buffer(home.expect("only these were to be updated"))
        }
    });
    let results = results.collect();
    for (k, (buffer, value)) in buffers.iter().zip(&values).enumerate() {
        let updated =
            out.iter().enumerate().any(|(o, slot)| matches!(slot, OutSlot::Updated) && home(o) == Some(k));
        if let Some(buffer) = buffer
            && !updated
        {
            assert_eq!(&Value::of_buffer(buffer), value, "an argument that was lent has changed");
        }
    }
    outcome.map(|()| results)
}

fn value_of(datum: &Datum<'static>) -> Value {
    match datum {
        Datum::Scalar(l) => Value::Scalar(*l),
        array => {
            let array = array.clone().into_unique(&Device::cpu()).expect("an array on the host");
            Value::of_buffer(&array)
        }
    }
}

/// The arguments, and the values of the nodes before the control node.
fn before_control(graph: &Graph, inputs: &[Value]) -> Result<Env> {
    let mut env = Env::new();
    for (&p, value) in graph.body.params.iter().zip(inputs) {
        let datum = match value {
            Value::Scalar(l) => Datum::Scalar(*l),
            Value::Array(..) => Datum::owned(value.buffer()),
        };
        env.insert(p, datum);
    }
    for node in graph.body.nodes.iter().take_while(|n| !n.op.is_control()) {
        node_value(graph, node, &mut env)?;
    }
    Ok(env)
}

/// Evaluates the control node op by op.
pub(super) fn oracle(graph: &Graph, inputs: &[Value]) -> Result<Vec<Value>> {
    let mut env = before_control(graph, inputs)?;
    let node = control_node(graph);
    node_value(graph, node, &mut env)?;
    Ok(node.outputs.iter().map(|v| value_of(&env[v])).collect())
}

type Env = HashMap<ValueId, Datum<'static>>;

fn region_value(
    graph: &Graph,
    region: &Region,
    args: Vec<Datum<'static>>,
    env: &mut Env,
) -> Result<Vec<Datum<'static>>> {
    env.extend(region.params.iter().copied().zip(args));
    for node in &region.nodes {
        node_value(graph, node, env)?;
    }
    Ok(region.results.iter().map(|v| env[v].clone()).collect())
}

fn node_value(graph: &Graph, node: &Node, env: &mut Env) -> Result<()> {
    let inputs: Vec<Datum<'static>> = node.inputs.iter().map(|v| env[v].clone()).collect();
    let integer = |d: &Datum<'_>| d.scalar().map(|l| l.as_i128().expect("an integer"));
    let out = match &node.op {
        Op::For { step, .. } => {
            let (first, count) = (inputs[0].scalar()?, integer(&inputs[1])?);
            if let Some(e) = crate::op::index::loop_overflow(first, inputs[1].scalar()?, *step) {
                return Err(e.at(graph.location(node.site).clone()));
            }
            let mut carry = inputs[2..].to_vec();
            for t in 0..count {
                let index = first.as_i128().expect("an integer") + t * i128::from(*step);
                let mut args = vec![Datum::Scalar(Literal::I64(index as i64).cast(first.dtype()))];
                args.extend(carry);
                carry = region_value(graph, &node.regions[0], args, env)?;
            }
            carry
        }
        Op::While => {
            let mut carry = inputs;
            while region_value(graph, &node.regions[0], carry.clone(), env)?[0].scalar()?
                == Literal::Bool(true)
            {
                carry = region_value(graph, &node.regions[1], carry, env)?;
            }
            carry
        }
        Op::Cond => {
            let k = usize::from(inputs[0].scalar()? != Literal::Bool(true));
            region_value(graph, &node.regions[k], Vec::new(), env)?
        }
        Op::Switch => {
            let k = integer(&inputs[0])?.clamp(0, node.regions.len() as i128 - 1);
            region_value(graph, &node.regions[k as usize], Vec::new(), env)?
        }
        Op::Check { .. } => {
            let ty = crate::dtype::Type::scalar(DType::Bool);
            eval::eval(&node.op, inputs, &ty, &Device::cpu())
                .map_err(|e| e.at(graph.location(node.site).clone()))?;
            Vec::new()
        }
        op => {
            let ty = graph.ty(node.outputs[0]);
            let value = eval::eval(op, inputs, ty, &Device::cpu());
            let value = value.map_err(|e| e.at(graph.location(node.site).clone()))?;
            // A repeated value that is not written out would be summed in another order.
            vec![match value {
                Datum::Scalar(_) => value,
                array => array.written_out(&Device::cpu())?,
            }]
        }
    };
    env.extend(node.outputs.iter().copied().zip(out));
    Ok(())
}

/// The machine and the op-by-op evaluation agree, whichever arguments are given away, in strips and not.
pub(super) fn agree(graph: &Graph, inputs: &[Value]) -> Result<Vec<Value>> {
    let expected = oracle(graph, inputs);
    let all: HashSet<ValueId> = graph.body.params.iter().copied().collect();
    for (dead, strips) in [(HashSet::new(), true), (all.clone(), true), (all, false)] {
        let found = machine(graph, inputs, &dead, strips);
        match (&found, &expected) {
            (Ok(a), Ok(b)) => assert_eq!(a, b, "in the graph\n{graph}"),
            (Err(a), Err(b)) => assert_eq!(a.to_string(), b.to_string(), "in the graph\n{graph}"),
            (a, b) => panic!("the machine gives {a:?}, op by op it is {b:?}, in the graph\n{graph}"),
        }
    }
    expected
}

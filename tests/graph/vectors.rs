//! Loops that run in vectors, at every length around the size of a group and of a block: the bits, and the first
//! error, of the op-by-op engine; sums have the bits of C.

use desc_jit::__private::with_native_arithmetic;
use desc_jit::array::{Buffer, Number};
use desc_jit::{Engine, Graph, with_engine};

const LEN: usize = 2100;

/// Every kind of instruction over `x[i]`, a neighbour, every second element and one in reverse, stored to `y`.
/// `%3` counts the iterations where `trips` is not known.
fn program(dtype: &str, step: i64, trips: Option<usize>, sum: bool) -> String {
    let float = dtype != "i64";
    let start = if step < 0 { LEN - 2 } else { 1 };
    let one = if float { "1.5" } else { "3" };
    let (third, fourth) = if float {
        ("mul(%23, %12)\n%25: T = neg(%24)\n%26: T = abs(%25)\n%27: T = sqrt(%26)", "div(%27, %22)")
    } else {
        (
            "xor(%23, %12)\n%25: T = min(%24, %20)\n%26: T = max(%25, %12)\n%27: T = min(%26, %23)",
            "xor(%27, %22)",
        )
    };
    // Checked arithmetic of loaded integers stays scalar.
    let (plus, minus) = if float { ("add", "sub") } else { ("xor", "max") };
    let count = trips.map_or(String::new(), |n| format!("%40: usize = const{{{n}}}()\n"));
    let n = if trips.is_some() { 40 } else { 3 };
    let (total, carry) = if sum { ("%33: T = add(%11, %31)\n", 33) } else { ("", 11) };
    let text = format!(
        "graph f(%0: T[{LEN}], %1: T[{LEN}], %2: T, %3: usize) {{
%5: usize = const{{{start}}}()
{count}%6: T[{LEN}], %7: T = for{{{step}}}(%5, %{n}, %1, %2) {{
(%9: usize, %10: T[{LEN}], %11: T)
%12: T = const{{{one}}}()
%14: usize = const{{1}}()
%15: usize = sub(%9, %14)
%16: usize = const{{{last}}}()
%17: usize = sub(%16, %9)
%18: T = load{{at; \"x\"}}(%0, %9)
%19: T = load{{at; \"x\"}}(%0, %15)
%20: T = load{{at; \"x\"}}(%0, %17)
%21: T = {plus}(%18, %19)
%22: T = max(%20, %18)
%23: T = min(%21, %20)
%24: T = {third}
%28: T = {fourth}
%29: bool = lt(%18, %19)
%30: T = select(%29, %28, %21)
%31: T = {minus}(%30, %12)
%32: T[{LEN}] = store{{set; at; \"y\"}}(%10, %9, %31)
{total}yield %32, %{carry}
}}
return %6, %7
}}",
        last = LEN - 1,
    );
    text.replace(": T", &format!(": {dtype}"))
}

/// `special`: NaN, infinities and zeros of both signs are among the elements.
fn run<T: Number>(
    graph: &Graph,
    engine: Engine,
    trips: usize,
    special: bool,
) -> Result<Vec<Vec<u64>>, String> {
    let specials = [f64::NAN, 0.0, -0.0, f64::INFINITY, -1.0, 0.0, f64::NEG_INFINITY];
    let scale = if T::DTYPE.is_float() { 0.37 } else { 1.0 };
    let number = |k: usize| match k % 11 {
        at @ 0..7 if special && k.is_multiple_of(5) && T::DTYPE.is_float() => T::of_f64(specials[at]),
        _ => T::of_f64(((k * 37) % 41) as f64 * scale + 1.0 - scale * 10.0),
    };
    let array = |shift: usize| Buffer::from_vec((0..LEN).map(|k| number(k + shift)).collect(), &[LEN]);
    let (x, y) = (array(0).unwrap(), array(17).unwrap());
    let s = Buffer::from_vec(vec![T::of_f64(0.75)], &[]).unwrap();
    let n = Buffer::from_vec(vec![trips], &[]).unwrap();
    let outputs =
        with_engine(engine, || graph.run(&[&x, &y, &s, &n])).map_err(|e| e.message().to_string())?;
    let bits = |v: &T| if v.is_nan_value() { u64::MAX - 7 } else { v.to_literal().bits() };
    Ok(outputs.iter().map(|b| b.as_slice::<T>().unwrap().iter().map(bits).collect()).collect())
}

fn lengths() -> impl Iterator<Item = usize> {
    (0..=40).chain([511, 512, 513, 519, 1024, 1031])
}

fn maps<T: Number>(dtype: &str) {
    for step in [1, 2, -1] {
        let unknown: Graph = program(dtype, step, None, false).parse().unwrap();
        for trips in lengths() {
            let known: Graph = program(dtype, step, Some(trips), false).parse().unwrap();
            let expected = run::<T>(&known, Engine::Candle, trips, true);
            assert!(expected.is_ok(), "{expected:?}");
            for graph in [&known, &unknown] {
                for engine in [Engine::Machine, Engine::Cranelift] {
                    assert_eq!(
                        expected,
                        run::<T>(graph, engine, trips, true),
                        "{engine}, {trips} by {step}\n{graph}"
                    );
                }
            }
        }
        // The last iterations leave the array: the first of them is reported.
        let trips = LEN + 5;
        let expected = run::<T>(&unknown, Engine::Candle, trips, true);
        assert!(expected.is_err());
        assert_eq!(expected, run::<T>(&unknown, Engine::Cranelift, trips, true), "{step}");
    }
}

#[test]
fn maps_of_f64() {
    maps::<f64>("f64");
}

#[test]
fn maps_of_f32() {
    maps::<f32>("f32");
}

#[test]
fn maps_of_i64() {
    maps::<i64>("i64");
}

fn sums<T: Number>(dtype: &str) {
    for step in [1, 2, -1] {
        for trips in [7, 32, 33, 40, 511, 512, 513, 1031] {
            let graph: Graph = program(dtype, step, Some(trips), true).parse().unwrap();
            let in_order = with_native_arithmetic(|| run::<T>(&graph, Engine::Cranelift, trips, false));
            assert_eq!(
                run::<T>(&graph, Engine::Candle, trips, false),
                in_order,
                "{trips} by {step}\n{graph}"
            );
            let expected = run::<T>(&graph, Engine::C, trips, false);
            assert_eq!(
                expected,
                run::<T>(&graph, Engine::Cranelift, trips, false),
                "{trips} by {step}\n{graph}"
            );
        }
    }
}

#[test]
fn sums_of_f64_by_lanes() {
    sums::<f64>("f64");
}

#[test]
fn sums_of_f32_by_lanes() {
    sums::<f32>("f32");
}

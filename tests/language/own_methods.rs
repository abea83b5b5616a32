//! Methods of one's own that are called like those of lists and iterators.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

#[derive(Tree, Clone, Copy, Debug, PartialEq)]
struct Stack {
    items: [f64; 8],
    len: usize,
}
#[desc_jit]
impl Stack {
    fn new() -> Stack {
        Stack { items: [0.0; 8], len: 0 }
    }
    fn push(&mut self, v: f64) {
        self.items[self.len] = v;
        self.len += 1;
    }
    fn pop(&mut self) -> f64 {
        self.len -= 1;
        self.items[self.len]
    }
    fn clear(&mut self) {
        self.len = 0;
    }
    fn swap(&mut self) {
        let n = self.len;
        self.items.swap(n - 1, n - 2);
    }
    fn sum(&self) -> f64 {
        let mut s = 0.0;
        for i in 0..self.len {
            s += self.items[i];
        }
        s
    }
    fn count(&self) -> usize {
        self.len
    }
    fn last(&self) -> f64 {
        self.items[self.len - 1]
    }
    fn set(&mut self, i: usize, v: f64) {
        self.items[i] = v;
    }
    fn add(&mut self, v: f64) -> f64 {
        let n = self.len - 1;
        self.items[n] += v;
        self.items[n]
    }
    fn fill(&mut self, v: f64) {
        for i in 0..8 {
            self.items[i] = v;
        }
        self.len = 8;
    }
    fn next(&mut self) -> f64 {
        let v = self.items[0];
        for i in 1..self.len {
            self.items[i - 1] = self.items[i];
        }
        self.len -= 1;
        v
    }
    fn map(&self, k: f64) -> Stack {
        let mut s = *self;
        for i in 0..8 {
            s.items[i] *= k;
        }
        s
    }
    fn get(&self, i: usize) -> f64 {
        self.items[i]
    }
    fn is_empty(&self) -> bool {
        self.len == 0
    }
    fn reverse(&mut self) {
        let n = self.len;
        for i in 0..n / 2 {
            self.items.swap(i, n - 1 - i);
        }
    }
    fn max(&self, o: f64) -> f64 {
        self.last().max(o)
    }
    fn insert(&mut self, i: usize, v: f64) {
        self.push(v);
        let mut k = self.len - 1;
        while k > i {
            self.items.swap(k, k - 1);
            k -= 1;
        }
    }
    fn both(&mut self, v: f64) {
        self.push(v);
        self.push(2.0 * v);
        self.swap();
    }
    fn sort(&mut self) {
        for i in 0..self.len {
            for j in 0..self.len - 1 - i {
                if self.items[j] > self.items[j + 1] {
                    self.items.swap(j, j + 1);
                }
            }
        }
    }
}
#[desc_jit]
fn a_stack_is_changed(x: &[f64]) -> (f64, usize, f64) {
    let mut s = Stack::new();
    for v in x.iter() {
        s.push(*v);
    }
    let a = s.pop();
    s.swap();
    s.add(0.5);
    s.set(0, 9.0);
    (s.items[0] + s.items[1] * 10.0 + s.items[4] * 100.0, s.len, a + s.last())
}
#[desc_jit]
fn methods_call_methods(x: &[f64], n: usize) -> (f64, usize) {
    let mut s = Stack { items: [x[2]; 8], len: 3 };
    s.both(4.0);
    let mut t = s.clone();
    t.fill(2.0);
    t.clear();
    t.push(3.0);
    let q = s.next();
    s.reverse();
    s.insert(1, 7.0);
    s.sort();
    let m = s.map(2.0);
    (s.sum() + q * 100.0 + m.max(1.0) + t.get(0), s.count() + n)
}
#[desc_jit]
fn a_closure_pushes(x: &[f64]) -> f64 {
    let mut s = Stack::new();
    let mut f = |v: f64| s.push(v);
    f(1.0);
    f(x[1]);
    for i in 0..3 {
        f(i as f64);
    }
    s.sum() + s.len as f64 * 100.0
}
#[desc_jit]
fn go(s: &mut Stack, n: usize) -> f64 {
    while !s.is_empty() {
        let v = s.pop();
        if v > 2.0 && s.count() < 6 {
            s.push(v * 0.5);
            s.push(v * 0.25);
        }
        if s.count() > n {
            break;
        }
    }
    s.sum()
}
#[desc_jit]
fn a_stack_is_passed_on(x: &[f64]) -> (f64, usize, f64) {
    let mut s = Stack::new();
    s.push(x[3] + 5.0);
    let r = go(&mut s, 3);
    let p = &mut s;
    p.push(1.0);
    p.add(3.0);
    (s.items[0] + s.items[1] * 10.0, s.len, r)
}
#[desc_jit]
fn iterators_push_and_pop(x: &[f64]) -> f64 {
    let mut s = Stack::new();
    x.iter().for_each(|v| s.push(*v));
    let k: f64 = (0..2).map(|_| s.pop()).sum();
    k + s.sum()
}
#[desc_jit]
fn branches_push_or_add(x: &[f64], n: usize) -> f64 {
    let mut s = Stack::new();
    for i in 0..n {
        if i % 2 == 0 {
            s.push(x[i]);
        } else {
            s.add(1.0);
        }
    }
    let mut g = |k: f64| -> f64 {
        s.add(k);
        s.last()
    };
    let a = g(1.0);
    a + g(2.0) * 10.0
}

const X: [f64; 6] = [1.0, -2.5, 3.25, 4.0, 0.5, 7.0];

#[test]
fn methods_of_structs_may_be_called_like_those_of_lists() {
    agree!(a_stack_is_changed(&X));
    agree!(methods_call_methods(&X, 2));
    agree!(a_closure_pushes(&X));
    agree!(a_stack_is_passed_on(&X));
    agree!(iterators_push_and_pop(&X));
    for n in [1, 4, 6] {
        agree!(branches_push_or_add(&X, n));
    }
}

/// Of elements and fields the macro does not know that they are structs.
#[desc_jit]
fn of_an_element(x: f64) -> f64 {
    let mut list = [Stack::new(); 2];
    list[1].set(0, x);
    list[1].items[0]
}

#[test]
fn elements_with_such_methods_are_an_error() {
    let error = of_an_element::try_call(1.0).unwrap_err();
    assert!(
        error.message().starts_with("`Stack::set` updates its receiver, which is no variable here"),
        "{error}"
    );
}

/// Another name for an array is no struct.
type Field = Array2<f64>;

#[desc_jit]
fn of_another_name(u: &mut Field, v: &Field) -> f64 {
    let mut w: Field = v.clone();
    w.fill(0.5);
    u.row_mut(0).assign(&v.row(1));
    u.swap([0, 1], [1, 0]);
    let sum = &w + &u.slice(s![.., ..]);
    w.assign(&sum);
    let mut sum = w.sum();
    for i in 0..u.nrows() {
        sum += u[[i, 0]] * u.row(i).sum();
    }
    sum + w.mapv(|x| 2.0 * x)[[1, 1]]
}

#[test]
fn another_name_for_an_array_has_its_methods() {
    let v = array![[1.0, 2.0], [3.0, 4.0]];
    let mut expected = array![[0.5, 1.5], [2.5, 3.5]];
    let start = expected.clone();
    let value = of_another_name::native(&mut expected, &v);
    for engine in desc_jit::Engine::ALL {
        let mut u = start.clone();
        assert_eq!(desc_jit::with_engine(engine, || of_another_name(&mut u, &v)), value, "{engine}");
        assert_eq!(u, expected, "{engine}");
    }
}

/// Without the attribute: `len` and `sum` were those of its fields.
impl Span {
    fn len(&self) -> usize {
        self.last - self.first
    }

    fn sum(&self) -> usize {
        self.first * self.last
    }
}

#[derive(Tree, Clone, Copy)]
struct Span {
    first: usize,
    last: usize,
}

#[desc_jit]
fn length(span: &Span) -> usize {
    span.len()
}

#[desc_jit]
fn summed(span: &Span) -> usize {
    span.sum()
}

#[test]
fn the_fields_of_a_struct_are_no_list() {
    let span = Span { first: 3, last: 10 };
    assert_eq!((length::native(&span), summed::native(&span)), (7, 30));
    for engine in desc_jit::Engine::ALL {
        let found = desc_jit::with_engine(engine, || [length::try_call(&span), summed::try_call(&span)]);
        for (error, name) in found.map(Result::unwrap_err).iter().zip(["len", "sum"]) {
            assert_eq!(error.message(), format!("staged code does not have the method `{name}` for Span"));
        }
    }
}

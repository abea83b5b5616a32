use desc_jit::prelude::*;

#[derive(Tree, Clone)]
struct State {
    x: f64,
}

#[desc_jit(static(n))]
impl State {
    fn boxed(self: Box<Self>) -> f64 {
        1.0
    }
}

#[desc_jit]
impl State {
    fn energy(&self) -> f64 {
        self.x * self.x
    }

    fn endless(&self) -> f64 {
        unsafe { 1.0 }
    }
}

#[desc_jit]
fn unknown_method(s: &State) -> f64 {
    s.enregy()
}

impl State {
    fn as_written(&self) -> f64 {
        self.x
    }
}

#[desc_jit]
fn not_annotated(s: &State) -> f64 {
    State::as_written(s)
}

fn main() {}

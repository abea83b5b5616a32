use desc_jit::prelude::*;

#[derive(Tree)]
struct State<T> {
    x: T,
}

fn main() {}

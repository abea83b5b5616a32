use desc_jit::prelude::*;

mod inside {
    use desc_jit::prelude::*;

    #[derive(Tree, Clone)]
    pub struct State {
        pub position: f64,
        hidden: f64,
    }
}

use inside::State;

#[desc_jit]
fn misspelled(s: &State) -> f64 {
    s.positoin
}

#[desc_jit]
fn private(s: &State) -> f64 {
    s.hidden
}

#[desc_jit]
fn other_type(s: &State) -> State {
    let mut s = s.clone();
    s.position = true;
    s
}

fn main() {}

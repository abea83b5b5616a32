//! Fields that are lists of numbers: `Vec<f64>`, `[f64; N]`, `[[f64; M]; N]`, as lists are anywhere.

use desc_jit::prelude::*;

#[derive(Tree, Clone, Debug, PartialEq)]
struct Lists {
    list: Vec<f64>,
    four: [f64; 4],
    table: [[f64; 2]; 3],
    places: Vec<usize>,
    nested: Vec<Vec<f64>>,
    number: f64,
}

fn lists() -> Lists {
    Lists {
        list: vec![1.0, 2.0, 3.0],
        four: [4.0, 3.0, 2.0, 1.0],
        table: [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]],
        places: vec![2, 0, 1],
        nested: vec![vec![1.0, 2.0], vec![3.0, 4.0]],
        number: 0.5,
    }
}

#[desc_jit]
fn total(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for v in x {
        sum += v;
    }
    sum
}

#[desc_jit]
fn scale(x: &mut [f64], k: f64) {
    for v in x.iter_mut() {
        *v *= k;
    }
}

#[desc_jit]
impl Lists {
    /// To slices, whole and in parts.
    fn passed_on(&self, i: usize) -> f64 {
        let pair = (self.four, 1.0);
        total(&self.list) + 3.0 * total(&self.list[..2]) + 5.0 * total(&self.table[i]) + 7.0 * total(&pair.0)
    }

    fn passed_on_to_be_changed(&mut self, i: usize) {
        scale(&mut self.list, 3.0);
        scale(&mut self.list[i..i + 2], 5.0);
        scale(&mut self.four, 7.0);
        scale(&mut self.table[i], 11.0);
    }

    fn read_in_parts(&self) -> f64 {
        let mut sum = self.list[..2].iter().sum::<f64>() + self.four[1..].iter().sum::<f64>();
        for pair in self.list.windows(2) {
            sum += pair[1] * pair[0];
        }
        for block in self.four.chunks(2) {
            sum = 0.5 * sum + block[0] - block[1];
        }
        if let [first, .., last] = &self.list[..] {
            sum += 10.0 * first + 100.0 * last;
        }
        let [a, b, c, d] = self.four;
        let doubled: [f64; 4] = self.four.map(|v| 2.0 * v);
        sum + a + 2.0 * b + 3.0 * c + 4.0 * d + doubled[2]
    }

    fn rows(&mut self, i: usize) -> f64 {
        self.table[i] = [9.0, 8.0];
        self.table[2][1] += self.list[self.places[i]];
        self.table.swap(0, i);
        for row in &mut self.table {
            row[0] *= 2.0;
        }
        let mut sum = 0.0;
        for (k, row) in self.table.iter().enumerate() {
            let [x, y] = *row;
            sum += k as f64 * x + y;
        }
        sum + self.table.iter().map(|[x, y]| x * y).sum::<f64>()
    }

    fn lists_of_lists(&mut self, i: usize) -> f64 {
        self.nested[1] = vec![7.0, 8.0];
        self.nested[i % 2][1] *= 3.0;
        let mut sum = 0.0;
        for k in 0..self.nested.len() {
            for l in 0..self.nested[k].len() {
                sum = 2.0 * sum + self.nested[k][l];
            }
        }
        for row in &self.nested {
            for v in row {
                sum += v;
            }
        }
        sum
    }

    fn filled_and_copied(&mut self, i: usize) {
        self.list[1..].fill(0.5);
        self.four[..2].copy_from_slice(&self.table[i]);
        let four = self.four;
        self.list.copy_from_slice(&four[1..]);
        self.places[i] += 1;
        let Lists { list, four, table, .. } = self;
        for (a, b) in list.iter_mut().zip(four.iter()) {
            *a += b;
        }
        table[0][1] = list[0];
        std::mem::swap(&mut self.list[0], &mut self.number);
    }

    fn replaced(&self, i: usize) -> Lists {
        let mut new = Lists { four: [self.number; 4], places: vec![0, i, 2], ..self.clone() };
        new.list = self.list.iter().zip(&self.four).map(|(a, b)| a * b).collect();
        new.table[1] = if i > 0 { self.table[0] } else { [0.0, 1.0] };
        new
    }

    fn given_back(&self) -> (Vec<f64>, [f64; 4], [[f64; 2]; 3]) {
        (self.list.clone(), self.four, self.table)
    }

    fn lengths(&self) -> usize {
        let lists = self.list.len() + 10 * self.nested.len() + 100 * self.nested[0].len();
        lists + 1000 * self.table.len() + 10_000 * self.table[0].len()
    }

    fn in_order(&self) -> f64 {
        let mut sorted = self.four;
        for i in 0..4 {
            for j in 0..3 - i.min(3) {
                if sorted[j] > sorted[j + 1] {
                    sorted.swap(j, j + 1);
                }
            }
        }
        sorted.iter().fold(0.0, |sum, v| 10.0 * sum + v)
    }
}

/// What a method gives, and what it leaves behind.
macro_rules! as_written {
    ($($name:ident $native:ident($($i:expr),*);)*) => { $(
        #[test]
        #[allow(unused_mut)]
        fn $name() {
            let mut expected = lists();
            let value = expected.$native($($i),*);
            for engine in desc_jit::Engine::ALL {
                let mut lists = lists();
                assert_eq!(desc_jit::with_engine(engine, || lists.$name($($i),*)), value, "{engine}");
                assert_eq!(lists, expected, "{engine}");
            }
        }
    )* };
}

as_written! {
    passed_on passed_on_native(1);
    passed_on_to_be_changed passed_on_to_be_changed_native(1);
    read_in_parts read_in_parts_native();
    rows rows_native(1);
    lists_of_lists lists_of_lists_native(1);
    filled_and_copied filled_and_copied_native(1);
    replaced replaced_native(1);
    given_back given_back_native();
    lengths lengths_native();
    in_order in_order_native();
}

#[desc_jit]
fn places(s: &Lists) -> usize {
    let mut sum = 0;
    for k in &s.places {
        sum = 10 * sum + k;
    }
    sum
}

/// They were as many scalars once: a graph for thousands of elements took seconds.
#[test]
fn a_long_list_is_one_array() {
    let long =
        Lists { places: (0..100_000).map(|k| usize::from(k % 2 == 0 && k > 99_990)).collect(), ..lists() };
    for engine in desc_jit::Engine::ALL {
        assert_eq!(desc_jit::with_engine(engine, || places(&long)), places::native(&long), "{engine}");
        let graph = desc_jit::with_engine(engine, || places::graph(&long)).unwrap().to_string();
        assert!(graph.len() < 5000, "{graph}");
    }
}

#[desc_jit]
fn energy(s: &Lists) -> f64 {
    let mut sum = s.number * total(&s.list);
    for [x, y] in &s.table {
        sum += s.four[1] * x * y;
    }
    sum + s.nested[1][0] * s.nested[1][1]
}

#[test]
fn derivatives_have_the_same_lists() {
    let gradient = Lists {
        list: vec![0.5; 3],
        four: [0.0, 44.0, 0.0, 0.0],
        table: [[6.0, 3.0], [12.0, 9.0], [18.0, 15.0]],
        places: vec![0; 3],
        nested: vec![vec![0.0; 2], vec![4.0, 3.0]],
        number: 6.0,
    };
    for engine in desc_jit::Engine::ALL {
        let found: Lists = desc_jit::with_engine(engine, || grad(energy::jit())(&lists()));
        assert_eq!((&found.list, found.four, found.table), (&gradient.list, gradient.four, gradient.table));
        assert_eq!((&found.nested, found.number), (&gradient.nested, gradient.number), "{engine}");
    }
}

/// An array with an axis more for each list of numbers, lists of those for lists of lists.
#[test]
fn a_stack_has_an_array_for_each_list() {
    let all = [lists(), Lists { number: 2.0, four: [1.0; 4], ..lists() }];
    let stack = tree_stack(&all);
    assert_eq!(
        (stack.list.shape(), stack.four.shape(), stack.table.shape()),
        (&[2, 3][..], &[2, 4][..], &[2, 3, 2][..])
    );
    assert_eq!(stack.nested[1].shape(), [2, 2]);
    let again: Vec<Lists> = tree_unstack(&stack);
    assert_eq!(again, all);
    for engine in desc_jit::Engine::ALL {
        let energies = desc_jit::with_engine(engine, || vmap(energy::jit())(&stack));
        assert_eq!(energies.to_vec(), all.each_ref().map(energy::native), "{engine}");
    }
}

#[desc_jit]
fn copied(s: &mut Lists) {
    s.four.copy_from_slice(&s.list[..1]);
}

/// One element would be repeated in an assignment of arrays.
#[test]
fn a_copy_of_another_length_is_an_error() {
    for engine in desc_jit::Engine::ALL {
        let error = desc_jit::with_engine(engine, || copied::try_call(&mut lists())).unwrap_err();
        assert_eq!(error.message(), "a list of 1 elements is copied to one of 4", "{error}");
    }
}

#[derive(Tree, Clone, Copy, Debug, PartialEq)]
struct Body {
    r: [f64; 3],
    v: [f64; 3],
}

#[desc_jit]
fn drifted(bodies: &mut Vec<Body>, dt: f64) -> f64 {
    for b in bodies.iter_mut() {
        for k in 0..3 {
            b.r[k] += dt * b.v[k];
        }
    }
    bodies.iter().map(|b| b.r[0] * b.v[1]).sum()
}

/// A pass of the compiler looked at each pair of them in all of the code: 100 took 20 seconds.
#[test]
fn many_structs_with_lists_are_updated_in_a_loop() {
    let bodies = |n: usize| -> Vec<Body> {
        (0..n).map(|k| Body { r: [k as f64, 1.0, 2.0], v: [0.5, k as f64, 1.0] }).collect()
    };
    let mut expected = bodies(40);
    let sum = drifted::native(&mut expected, 0.25);
    for engine in desc_jit::Engine::ALL {
        let mut found = bodies(40);
        assert_eq!(desc_jit::with_engine(engine, || drifted(&mut found, 0.25)), sum, "{engine}");
        assert_eq!(found, expected, "{engine}");
    }
}

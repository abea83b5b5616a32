//! Names for parts of variables.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

#[desc_jit]
fn scaled(v: &mut f64, by: f64) {
    *v *= by;
}

#[desc_jit]
fn references(x: &Array2<f64>, i: usize) -> (f64, Array2<f64>) {
    let mut total = 1.0;
    let mut y = x.clone();
    {
        let t = &mut total;
        *t += 2.0;
        scaled(t, 3.0);
        for k in 0..3 {
            *t += k as f64;
        }
    }
    let mut k = i;
    let mut row = y.row_mut(k);
    k = 0;
    row[k] = 7.0;
    for j in 1..row.len() {
        row[j] += row[j - 1];
    }
    row[1] *= 2.0;
    let whole = &mut y;
    whole[[0, 0]] = total;
    (total, y)
}

#[test]
fn a_reference_is_another_name() {
    let x = Array2::from_shape_fn((3, 4), |(i, j)| (i * 4 + j) as f64);
    for i in 0..3 {
        agree!(references(&x, i));
    }
}

#[desc_jit]
fn pairs(n: usize) -> (Array1<f64>, f64) {
    let mut state = (Array1::from_vec(vec![1.0, 2.0, 3.0]), 0.5);
    let position = &mut state.0;
    for i in 0..n {
        position[i % 3] *= 0.5 + i as f64;
    }
    let velocity = &mut state.1;
    *velocity -= 1.0;
    state
}

#[test]
fn parts_of_tuples_have_names() {
    for n in [0, 1, 5] {
        agree!(pairs(n));
    }
}

/// Each gives `x` its final elements.
macro_rules! updates {
    ($($name:ident($($argument:expr),*);)*) => { $(
        #[test]
        fn $name() {
            let start = [1.0, 2.0, 3.0, 4.0];
            let mut expected = start;
            programs::$name::native(&mut expected, $($argument),*);
            assert_ne!(expected, start);
            for engine in desc_jit::Engine::ALL {
                let mut x = start;
                desc_jit::with_engine(engine, || programs::$name(&mut x, $($argument),*));
                assert_eq!(x, expected, "{engine}");
            }
        }
    )* };
}

updates! {
    a_parameter_is_iterated_over();
    a_parameter_is_taken_over_by_an_iterator();
    a_parameter_is_zipped(&[0.5, 0.25, 2.0]);
    a_moved_reference_is_another_name();
    a_moved_reference_may_keep_its_name();
    rows_of_items_are_iterated_over();
    items_are_passed_to_functions();
    references_are_parts_of_tuples(&mut [7.0, 8.0]);
    references_change_their_names();
    a_tuple_is_taken_apart();
    a_struct_is_taken_apart();
    the_receiver_is_taken_apart();
    matched_parts_are_references(2);
    parts_are_passed_on(2);
    parts_are_iterated_over(1);
}

mod programs {
    use desc_jit::prelude::*;

    #[desc_jit]
    pub fn a_parameter_is_iterated_over(x: &mut [f64]) {
        for v in x {
            *v += 1.0;
        }
    }

    #[desc_jit]
    pub fn a_parameter_is_taken_over_by_an_iterator(x: &mut [f64]) {
        for (i, v) in x.into_iter().enumerate().rev() {
            *v *= i as f64;
        }
    }

    #[desc_jit]
    pub fn a_parameter_is_zipped(x: &mut [f64], y: &[f64]) {
        for (y, x) in y.iter().zip(x) {
            *x += y;
        }
    }

    #[desc_jit]
    pub fn a_moved_reference_is_another_name(x: &mut [f64]) {
        let y = x;
        y[0] = 5.0;
        let z: &mut [f64] = y;
        z[1] += z[0];
    }

    #[desc_jit]
    pub fn a_moved_reference_may_keep_its_name(x: &mut [f64]) {
        let x = x;
        x[0] = 5.0;
        for k in 1..x.len() {
            let x: &mut f64 = &mut x[k];
            *x *= 2.0;
        }
    }

    #[desc_jit]
    pub fn rows_of_items_are_iterated_over(x: &mut [f64]) {
        let mut table = [[1.0, 2.0], [3.0, 4.0]];
        for row in &mut table {
            for v in row {
                *v += x[0];
            }
        }
        for row in table.iter_mut() {
            let row = row;
            for v in row {
                *v *= 2.0;
            }
        }
        for (k, row) in table.iter().enumerate() {
            x[2 * k] = row[0];
            x[2 * k + 1] = row[1];
        }
    }

    #[desc_jit]
    fn halved(v: &mut f64) {
        *v *= 0.5;
    }

    #[desc_jit]
    pub fn items_are_passed_to_functions(x: &mut [f64]) {
        x.iter_mut().for_each(halved);
        for v in x.iter_mut().skip(1) {
            halved(v);
        }
        x.iter_mut().enumerate().filter(|item| item.0 % 2 == 0).for_each(|(_, v)| halved(v));
    }

    #[desc_jit]
    pub fn references_are_parts_of_tuples(x: &mut [f64], y: &mut [f64]) {
        let (a, b) = (x, y);
        a[0] = b[1];
        b[0] = a[1];
        a[3] = b[0] + b[1];
    }

    #[desc_jit]
    pub fn references_change_their_names(x: &mut [f64]) {
        let (mut s, mut t) = (1.0, 10.0);
        let (a, b, c) = (&mut s, &mut t, x[3]);
        let (a, b) = (b, a);
        *a = 3.0;
        *b += c;
        x[0] = s;
        x[1] = t;
    }

    #[desc_jit]
    pub fn a_tuple_is_taken_apart(x: &mut [f64]) {
        let mut pair = ([1.0, 2.0], 3.0);
        let ([a, _], b) = &mut pair;
        *a += *b;
        *b -= *a;
        x[0] = pair.0[0];
        x[1] = pair.1;
    }

    #[derive(Tree, Clone, Copy)]
    struct State {
        x: f64,
        v: f64,
    }

    #[desc_jit]
    impl State {
        fn step(&mut self, dt: f64) {
            let State { x, v } = self;
            *x += *v * dt;
            *v *= 0.5;
        }
    }

    #[desc_jit]
    pub fn a_struct_is_taken_apart(x: &mut [f64]) {
        let mut s = State { x: x[0], v: x[1] };
        let State { x: position, .. } = &mut s;
        *position -= 1.5;
        x[0] = s.x;
    }

    #[desc_jit]
    pub fn the_receiver_is_taken_apart(x: &mut [f64]) {
        let mut s = State { x: x[0], v: x[1] };
        for _ in 0..3 {
            let r = &mut s;
            r.step(0.5);
            r.x += 1.0;
        }
        x[2] = s.x;
        x[3] = s.v;
    }

    #[desc_jit]
    impl State {
        fn kick(&mut self, n: usize) -> usize {
            match (n, 1) {
                (0, _) => 0,
                _ => match self {
                    State { v, .. } if *v > 1.0 => {
                        halved(v);
                        1
                    }
                    State { x, v } => {
                        *x = *v + *x;
                        *v += 1.0;
                        *x -= *v;
                        2
                    }
                },
            }
        }
    }

    #[desc_jit]
    pub fn matched_parts_are_references(x: &mut [f64], n: usize) {
        let mut s = State { x: x[0], v: x[2] };
        let mut count = 0;
        for k in 0..n + 3 {
            count += s.kick(k);
        }
        let mut pair = (1, [s.x, s.v]);
        match &mut pair {
            (0, _) => x[0] = 7.0,
            (k, [first, last]) if *k < 5 => {
                *first += *last;
                *last = *first;
                *k += 1;
            }
            _ => x[0] = 8.0,
        }
        if let (2, [.., last]) = &mut pair {
            *last *= 2.0;
        }
        while let (k @ 1..=4, list) = &mut pair {
            *k += 1;
            list[0] += 1.0;
        }
        let (5, list) = &mut pair else { return };
        list[1] -= 0.25;
        x[0] = pair.1[0];
        x[1] = pair.1[1];
        x[2] = s.v;
        x[3] = (count + pair.0) as f64;
    }

    #[desc_jit]
    fn summed(x: &mut [f64]) {
        for k in 1..x.len() {
            x[k] += x[k - 1];
        }
    }

    #[desc_jit]
    pub fn parts_are_passed_on(x: &mut [f64], n: usize) {
        summed(&mut x[1..]);
        summed(&mut x[n - 2..n]);
        x[1..3].fill(0.5);
        let mut table = Array2::from_elem((2, 3), x[0]);
        let mut line = Array1::from_vec(vec![1.0, 2.0, x[3]]);
        row_by_row(table.row_mut(1), 3.0);
        row_by_row(table.column_mut(0), 0.5);
        row_by_row(table.slice_mut(s![0, 1..]), 7.0);
        row_by_row(line.view_mut(), 2.0);
        summed(line.as_slice_mut().unwrap());
        x[0] = table.sum() + line[2];
    }

    #[desc_jit]
    fn row_by_row(mut row: desc_jit::array::ArrayViewMut1<f64>, by: f64) {
        row[0] += by;
        row *= by;
    }

    #[desc_jit]
    pub fn parts_are_iterated_over(x: &mut [f64], n: usize) {
        for v in &mut x[n..] {
            *v *= 2.0;
        }
        for (v, k) in x[..=n].iter_mut().zip([5.0, 6.0, 7.0]) {
            *v += k;
        }
        for (i, v) in x[1..3].iter_mut().enumerate() {
            *v += i as f64;
        }
    }
}

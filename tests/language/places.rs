//! When the place of something that is written is chosen: before what comes behind it changes its indices.

use desc_jit::prelude::*;

#[derive(Tree, Clone, Copy, Debug, PartialEq)]
struct S {
    x: f64,
    n: f64,
}

#[desc_jit]
impl S {
    fn kick(&mut self, v: f64) -> f64 {
        self.x += v;
        self.x
    }

    fn added(self, v: f64) -> f64 {
        self.x * 100.0 + v
    }

    fn swap(&mut self, i: usize, j: usize) {
        self.x += i as f64;
        self.n -= j as f64;
    }
}

#[desc_jit]
fn put(a: &mut f64, v: f64) {
    *a += v;
}

#[desc_jit]
fn put_behind(v: f64, a: &mut f64) {
    *a += v;
}

#[desc_jit]
fn first(a: &mut [f64], v: f64) {
    a[0] += v;
}

#[desc_jit]
fn next(i: &mut usize) -> usize {
    *i += 1;
    *i - 1
}

/// Each gives `x` its final elements.
macro_rules! chosen {
    ($($name:ident($x:ident) $body:block)*) => {
        mod programs {
            use super::*;
            $(
                #[desc_jit]
                #[allow(unused_assignments, clippy::blocks_in_conditions)]
                pub fn $name($x: &mut [f64]) $body
            )*
        }
        $(
            #[test]
            fn $name() {
                let start = [1.0, -2.5, 3.25, 4.0, 0.5, 7.0];
                let mut expected = start;
                programs::$name::native(&mut expected);
                assert_ne!(expected, start);
                for engine in desc_jit::Engine::ALL {
                    let mut x = start;
                    desc_jit::with_engine(engine, || programs::$name(&mut x));
                    assert_eq!(x, expected, "{engine}");
                }
            }
        )*
    };
}

chosen! {
    an_argument_is_a_place_of_before(x) {
        let mut i = 0;
        put(&mut x[i], { i = 2; 10.0 });
        put(&mut x[i], next(&mut i) as f64 + 10.0);
        put(&mut x[i], loop { i += 1; if i == 5 { break 4.0; } });
        put_behind({ i = 1; 5.0 }, &mut x[i]);
    }
    an_argument_in_a_loop(x) {
        let mut i = 0;
        let a = [1.0, 2.0, 3.0, 4.0];
        while i + 1 < 3 {
            put(&mut x[i], a[next(&mut i)]);
        }
    }
    a_row_is_an_argument(x) {
        let mut i = 0;
        let mut m = vec![vec![1.0; 3]; 3];
        first(&mut m[i], { i = 1; 2.0 });
        first(&mut m[2][i..], { i = 0; 7.0 });
        x[0] = m[0][0];
        x[1] = m[1][0];
        x[2] = m[2][1] + i as f64;
    }
    a_receiver_is_a_place_of_before(x) {
        let mut v = [S { x: 1.0, n: 0.0 }; 3];
        let mut i = 0;
        v[i].kick({ i = 2; 5.0 });
        x[0] = v[0].x;
        x[1] = v[2].x;
    }
    a_receiver_that_is_copied_is_not_written(x) {
        let mut s = S { x: 1.0, n: 0.0 };
        x[0] = s.added(s.kick(1.0));
        x[1] = s.x;
        x[2] = s.added({ s.x = 10.0; 1.0 });
        x[3] = s.x;
        let mut v = [s, s];
        x[4] = v[1].added({ v[1].n = 4.0; 0.5 });
        x[5] = v[1].n;
    }
    what_is_replaced_and_swapped_is_chosen_before(x) {
        let mut i = 0;
        let old = std::mem::replace(&mut x[i], { i = 1; 2.5 });
        let mut b = [0.0, 1.0, old];
        std::mem::swap(&mut x[i], &mut b[{ i += 1; i }]);
        x.swap(i, { i = 3; 4 });
        x[5] = b[2] + i as f64;
    }
    what_is_iterated_over_is_chosen_before(x) {
        let mut k = 0;
        let mut m = [[1.0, 2.0], [3.0, 4.0]];
        for r in m[k].iter_mut() {
            k = 1;
            *r += 0.5;
        }
        x[0] = m[0][0] * m[0][1];
        x[1] = m[1][0] * m[1][1];
        k = 0;
        x[2] = m[k].iter_mut().map(|v| { *v += 1.0; k = 1; *v }).sum();
        k = 0;
        for v in &mut m[k][1..] {
            k = 1;
            *v *= 3.0;
        }
        x[3] = m[0][1];
    }
    a_block_is_chosen_before_its_value(x) {
        let mut a = Array2::<f64>::zeros((3, 3));
        let mut i = 0;
        a.row_mut(i).fill({ i = 1; 2.0 });
        a.row_mut(i).assign(&{ i = 2; Array1::from_elem(3, 3.0) });
        a.slice_mut(s![i - 2..i, 2..]).fill({ i = 3; 4.0 });
        let mut j = 0;
        for v in a.row_mut(j).iter_mut() {
            j = 1;
            *v += i as f64;
        }
        for k in 0..3 {
            x[k] = a[[k, 0]];
            x[k + 3] = a[[k, 2]];
        }
    }
}

#[desc_jit]
fn swapped_in_a_list(x: f64) -> S {
    let mut list = [S { x, n: 2.0 }; 2];
    list[1].swap(0, 1);
    for s in &mut list {
        s.swap(0, 1);
    }
    list[1]
}

#[test]
fn a_method_that_is_called_swap_is_not_taken_for_that_of_lists() {
    assert_eq!(swapped_in_a_list::native(3.0), S { x: 3.0, n: 0.0 });
    for engine in desc_jit::Engine::ALL {
        let error = desc_jit::with_engine(engine, || swapped_in_a_list::try_call(3.0)).unwrap_err();
        assert_eq!(error.message(), "a struct S has no elements", "{error}");
    }
}

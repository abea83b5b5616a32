//! Every text is what `format!` makes of the same format string.

use super::*;
use crate::array::Array2;
use crate::dtype::Literal;

fn render(text: &str, values: &[Literal]) -> String {
    let template = Template::parse(text).unwrap();
    assert_eq!(Template::parse(&template.to_string()).unwrap(), template, "{text}");
    let values: Vec<Datum<'_>> = values.iter().map(|l| Datum::Scalar(*l)).collect();
    template.render(&values).unwrap()
}

macro_rules! same {
    ($x:expr, $variant:ident: $($format:literal)*) => {
        $(assert_eq!(render($format, &[Literal::$variant($x)]), format!($format, $x), "{}", $format);)*
    };
}

#[test]
fn floats_are_formatted_as_rust_does() {
    for x in [0.0, -0.0, 1.5, -2.25, 1e300, 1e-9, f64::NAN, f64::INFINITY, 123456.789] {
        same!(x, F64: "{0}" "{0:?}" "{0:.3}" "{0:.0?}" "{0:10}" "{0:<10}|" "{0:^10}|" "{0:*>12.2}" "{0:+}" "{0:+.1}"
            "{0:08.3}" "{0:+08.3}" "{0:e}" "{0:E}" "{0:.2e}" "{0:12.1e}" "{0:#?}" "{0:}<9.1}" "{0:012e}");
    }
    same!(0.1f32, F32: "{0}" "{0:?}" "{0:.9}" "{0:e}");
}

#[test]
fn integers_are_formatted_as_rust_does() {
    for x in [0, 7, -7, i32::MIN] {
        same!(x, I32: "{0}" "{0:?}" "{0:5}" "{0:<5}|" "{0:05}" "{0:+}" "{0:x}" "{0:#x}" "{0:#010x}" "{0:X}" "{0:o}" "{0:b}"
            "{0:#b}" "{0:.3}" "{0:-^9}" "{0:e}");
    }
    same!(usize::MAX, Usize: "{0}" "{0:x}");
}

#[test]
fn bools_are_texts() {
    for x in [true, false] {
        same!(x, Bool: "{0}" "{0:?}" "{0:7}|" "{0:>7}" "{0:_^9}" "{0:.2}" "{0:5.1}|");
    }
}

#[test]
fn widths_and_precisions_may_be_values() {
    let values = [Literal::F64(1.0 / 3.0), Literal::Usize(9), Literal::Usize(4)];
    assert_eq!(render("{0:1$.2$}|{0:.2$}|{0:01$.3}", &values), "   0.3333|0.3333|00000.333");
}

#[test]
fn braces_are_doubled() {
    assert_eq!(render("{{{0}}} }}{{", &[Literal::I32(4)]), "{4} }{");
}

#[test]
fn arrays_print_themselves() {
    let a = Array2::from_shape_fn((2, 3), |(i, j)| i as f64 + 0.25 * j as f64);
    let datum = Datum::owned(
        crate::array::Buffer::from_vec(a.iter().copied().collect::<Vec<f64>>(), &[2, 3]).unwrap(),
    );
    let render = |text: &str| Template::parse(text).unwrap().render(std::slice::from_ref(&datum)).unwrap();
    assert_eq!(render("{0}"), format!("{a}"));
    assert_eq!(render("{0:?}"), format!("{a:?}"));
    assert_eq!(render("{0:.3}"), format!("{a:.3}"));
    assert_eq!(render("{0:<7}"), format!("{a:<7}"));
    let long = crate::array::Array1::from_shape_fn(2000, |i| i as f64);
    let datum = Datum::owned(crate::array::Buffer::from_vec(long.to_vec(), &[2000]).unwrap());
    let render = |text: &str| Template::parse(text).unwrap().render(std::slice::from_ref(&datum)).unwrap();
    assert_eq!(render("{0}"), format!("{long}"));
    assert_eq!(render("{0:#?}"), format!("{long:#?}"));
}

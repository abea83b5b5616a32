//! Numbers of other types, control flow, calls.

use super::Argument::Integers;
use super::{Case, case, floats, index, without_derivative};
use crate::op::Rule;

/// Constants, and numbers that are no floats.
pub(super) fn numbers() -> impl Iterator<Item = Case> {
    let counted = "graph f(%0: f64[4], %1: i32[4]) {
        %2: f64[4] = iota()
        %3: f64 = const{0.75}()
        %4: f64[4] = broadcast(%3)
        %5: f64[4] = cast(%1)
        %6: f64[4] = mul(%0, %2)
        %7: f64[4] = add(%6, %4)
        %8: f64[4] = mul(%7, %5)
        return %8 }";
    let shown = "graph f(%0: f64, %1: usize) {
        %2: usize = const{9}()
        %3: bool = lt(%1, %2)
        check{\"{0} is too large\"}(%3, %1)
        print{\"\"}()
        progress{\"steps\"}(%1, %2)
        %4: f64 = mul(%0, %0)
        return %4 }";
    [case(counted, &[floats(&[4]), Integers(vec![4])]), case(shown, &[floats(&[]), index(9)])].into_iter()
}

pub(super) fn control() -> impl Iterator<Item = Case> {
    let filled = "graph f(%0: f64[4], %1: f64) {
        %2: f64[4] = empty()
        %3: usize = const{0}()
        %4: usize = const{4}()
        %5: f64[4], %6: f64 = for{1}(%3, %4, %2, %1) {
            (%7: usize, %8: f64[4], %9: f64)
            %10: f64 = load{at; \"u\"}(%0, %7)
            %11: f64 = mul(%10, %9)
            %12: f64[4] = store{set; at; \"v\"}(%8, %7, %11)
            yield %12, %11 }
        return %5, %6 }";
    let counted = "graph f(%0: f64, %1: f64[4], %2: usize) {
        %3: usize = const{3}()
        %4: f64 = for{-1}(%3, %2, %0) {
            (%5: usize, %6: f64)
            %7: f64 = load{at; \"u\"}(%1, %5)
            %8: f64 = mul(%6, %7)
            %9: f64 = sin(%8)
            yield %9 }
        return %4 }";
    let parallel = "graph f(%0: f64[4]) {
        %1: usize = const{0}()
        %2: usize = const{4}()
        %3: f64[4] = for{1; parallel}(%1, %2, %0) {
            (%4: usize, %5: f64[4])
            %6: f64 = load{at; \"u\"}(%0, %4)
            %7: f64 = exp(%6)
            %8: f64[4] = store{mul; at; \"v\"}(%5, %4, %7)
            yield %8 }
        return %3 }";
    let endless = "graph f(%0: f64, %1: f64, %2: usize) {
        %3: usize = const{1}()
        %4: usize, %5: f64 = while(%2, %0) {
            (%6: usize, %7: f64)
            %8: bool = ge(%6, %3)
            yield %8
        } {
            (%9: usize, %10: f64)
            %11: usize = sub(%9, %3)
            %12: f64 = mul(%10, %1)
            %13: f64 = cos(%12)
            yield %11, %13 }
        return %5 }";
    let either = "graph f(%0: f64, %1: f64[3]) {
        %2: f64 = const{0.0}()
        %3: bool = lt(%0, %2)
        %4: f64, %5: f64[3] = cond(%3) {
            ()
            %6: f64 = mul(%0, %0)
            yield %6, %1
        } {
            ()
            %7: f64 = sin(%0)
            %8: f64[3] = mul(%1, %1)
            yield %7, %8 }
        return %4, %5 }";
    // Of three branches the last one is taken by two of the indices.
    let one_of = "graph f(%0: f64, %1: f64[3], %2: usize) {
        %3: f64, %4: f64[3] = switch(%2) {
            ()
            %5: f64 = mul(%0, %0)
            yield %5, %1
        } {
            ()
            %6: f64 = sin(%0)
            %7: f64[3] = mul(%1, %1)
            yield %6, %7
        } {
            ()
            %8: f64[3] = broadcast(%0)
            yield %0, %8 }
        return %3, %4 }";
    let steps = [floats(&[]), floats(&[4]), index(5)];
    let branches = [floats(&[]), floats(&[3]), index(4)];
    [
        case(filled, &[floats(&[4]), floats(&[])]),
        case(counted, &steps),
        case(parallel, &[floats(&[4])]),
        case(endless, &[floats(&[]), floats(&[]), index(5)]),
        case(either, &branches[..2]),
        case(one_of, &branches),
    ]
    .into_iter()
}

pub(super) fn calls() -> impl Iterator<Item = Case> {
    Rule::ALL.iter().map(|&rule| {
        let second = match rule {
            // The derivative of the region.
            Rule::Jvp => {
                "{ (%8: f64, %9: f64, %10: f64, %11: f64)
                    %12: f64 = mul(%8, %9)
                    %13: f64 = mul(%10, %9)
                    %14: f64 = mul(%8, %11)
                    %15: f64 = add(%13, %14)
                    yield %12, %15 }"
            }
            Rule::Vjp => {
                "{ (%8: f64, %9: f64, %10: f64)
                    %11: f64 = mul(%10, %9)
                    %12: f64 = mul(%10, %8)
                    yield %11, %12 }"
            }
            Rule::Stop | Rule::Recompute | Rule::Segments => "",
        };
        let text = format!(
            "graph f(%0: f64, %1: f64) {{
                %2: f64 = call{{{}; \"product\"}}(%0, %1) {{
                    (%3: f64, %4: f64)
                    %5: f64 = mul(%3, %4)
                    yield %5 }} {second}
                %6: f64 = mul(%2, %0)
                return %6 }}",
            rule.name()
        );
        let arguments = [floats(&[]), floats(&[])];
        match rule {
            // Forward mode is an error, or the derivative is not that of the values.
            Rule::Vjp | Rule::Stop => without_derivative(&text, &arguments),
            Rule::Jvp | Rule::Recompute | Rule::Segments => case(&text, &arguments),
        }
    })
}

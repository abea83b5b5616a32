//! Method calls.

use super::assign::viewed;
use super::iterate::{self, Found};
use super::{Parser, bare, expression, rejected};
use crate::ast::{Argument, Expr, ExprKind, Part, SliceArg, Spot, Target};
use crate::build;
use crate::diag::methods::*;
use crate::diag::statements;
use crate::names::{self, FALLIBLE, Method, Unknown};
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Expr as Rust, ExprMethodCall, RangeLimits, Token};

impl Parser<'_> {
    pub(super) fn method_call(&mut self, m: &ExprMethodCall) -> Expr {
        let tried = std::mem::take(&mut self.tried);
        let name = m.method.to_string();
        if iterate::CONSUMERS.contains(&name.as_str()) && iterate::is_iterator(&m.receiver) {
            return self.consume(m).unwrap_or_else(|| rejected(Spot::at(m.method.span())));
        }
        if let Rust::MethodCall(end) = bare(&m.receiver)
            && matches!(name.as_str(), "unwrap" | "expect")
            && end.args.is_empty()
            && (end.method == "first" || end.method == "last" && !iterate::is_iterator(&end.receiver))
        {
            return self.end_of_list(end);
        }
        if let Rust::MethodCall(inner) = bare(&m.receiver)
            && iterate::CONSUMERS.contains(&inner.method.to_string().as_str())
            && iterate::is_iterator(&inner.receiver)
        {
            let found = match (name.as_str(), m.args.len()) {
                ("unwrap", 0) | ("expect", 1) => Some(Found::Surely),
                ("unwrap_or", 1) => Some(Found::Or(&m.args[0])),
                _ => None,
            };
            if let Some(found) = found {
                let item = self.consume_optional(inner, &found);
                return item.unwrap_or_else(|| rejected(Spot::at(m.method.span())));
            }
        }
        if let ("contains", Rust::Range(range), 1) = (name.as_str(), bare(&m.receiver), m.args.len()) {
            return self.in_range(range, &m.args[0]);
        }
        let expr = self.method_named(m, tried);
        match &m.turbofish {
            Some(turbofish) if !is_rejected(&expr) => self.reject(turbofish, &TURBOFISH, &[]),
            _ => expr,
        }
    }

    /// `x.first().unwrap()`, `x.last().unwrap()`: an element, whose index is out of range where there is none.
    fn end_of_list(&mut self, m: &ExprMethodCall) -> Expr {
        let at = Spot::at(m.method.span());
        let mut stmts = Vec::new();
        let list = self.expr(&m.receiver);
        let list = self.kept(list, &mut stmts);
        let index = match m.method == "first" {
            true => build::int(0, at),
            false => build::binary("Sub", build::method("len", list.clone(), Vec::new()), build::int(1, at)),
        };
        let value = expression(ExprKind::Index(Box::new(list), vec![index]), at);
        expression(ExprKind::Block(build::block(stmts, value)), at)
    }

    fn method_named(&mut self, m: &ExprMethodCall, tried: bool) -> Expr {
        let name = m.method.to_string();
        let at = Spot::at(m.method.span());
        if matches!(bare(&m.receiver), Rust::MethodCall(_))
            && iterate::is_iterator(&m.receiver)
            && !iterate::is_adapter(&name)
        {
            return self.reject(&m.method, &crate::diag::iterators::ADAPTER, &[&name, &iterate::near(&name)]);
        }
        if self.is_of_struct(m) {
            return self.own_method(m, name, tried, at);
        }
        match names::method(&name) {
            // No method of an array gives a `Result`.
            Some(Method::Plain) if tried && !FALLIBLE.contains(&name.as_str()) => {
                self.own_method(m, name, tried, at)
            }
            Some(Method::Plain) => {
                let receiver = self.expr(&m.receiver);
                let mut arguments = self.arguments(m, &receiver);
                if is_rejected(&receiver) {
                    return rejected(at);
                }
                if name == "at"
                    && let ([written], [index]) = (&m.args.iter().collect::<Vec<_>>()[..], &mut arguments[..])
                {
                    super::call::position(written, index);
                }
                expression(ExprKind::Method(name, Box::new(receiver), arguments), at)
            }
            Some(Method::Map) => self.map_method(m, name, at),
            Some(Method::Slice) => {
                let receiver = self.expr(&m.receiver);
                if is_rejected(&receiver) {
                    return rejected(at);
                }
                let [argument] = &m.args.iter().collect::<Vec<_>>()[..] else {
                    return self.reject(&m.method, &SLICE_MACRO, &[&name]);
                };
                match self.slice_spec(&name, argument) {
                    Some(spec) => expression(ExprKind::Slice(Box::new(receiver), spec), at),
                    None => rejected(at),
                }
            }
            Some(Method::Assign) => self.write(m, None, at),
            Some(Method::Copy) => self.copy(m, at),
            Some(Method::Update(op)) => self.write(m, Some(op), at),
            Some(Method::Swap) => self.swap_elements(m, at),
            Some(Method::View(twin)) => {
                self.expr(&m.receiver);
                self.reject(&m.method, &statements::MUTABLE_VIEW, &[&name, &twin])
            }
            Some(Method::Unwrap) => {
                if let Some(converted) = self.converted(&m.receiver) {
                    return converted;
                }
                let receiver = self.tried(&m.receiver);
                let callee = match &receiver.kind {
                    ExprKind::Call(..) | ExprKind::MethodCall(..) => return receiver,
                    ExprKind::Method(callee, ..) => callee.as_str(),
                    ExprKind::TypeFn(function, ..) => function.name.as_str(),
                    ExprKind::Rejected => return receiver,
                    _ => "",
                };
                if FALLIBLE.contains(&callee) {
                    return receiver;
                }
                self.unknown(m, name)
            }
            None => {
                if names::unknown_method(&name).is_none() {
                    return self.own_method(m, name, tried, at);
                }
                let receiver = self.expr(&m.receiver);
                self.arguments(m, &receiver);
                if is_rejected(&receiver) {
                    return rejected(at);
                }
                self.unknown(m, name)
            }
        }
    }

    /// Reads the arguments. A method of something that was reported may have been anything, so closures
    /// among its arguments are no error of their own.
    fn arguments(&mut self, m: &ExprMethodCall, receiver: &Expr) -> Vec<Expr> {
        let known = names::method(&m.method.to_string()).is_some() && !is_rejected(receiver);
        let read = m.args.iter().filter(|a| known || !matches!(bare(a), Rust::Closure(_) | Rust::Range(_)));
        read.map(|a| self.argument(a)).collect()
    }

    fn unknown(&mut self, m: &ExprMethodCall, name: String) -> Expr {
        let Some(unknown) = names::unknown_method(&name) else { return rejected(Spot::of(&m.method)) };
        match unknown {
            Unknown::Iterator if iterate::is_source(&name) => self.reject(&m.method, &ITERATOR_VALUE, &[]),
            Unknown::Iterator => self.reject(&m.method, &ITERATOR, &[&name]),
            Unknown::Grows => self.reject(&m.method, &GROWS, &[&name]),
            Unknown::InPlace(help) => self.reject(&m.method, &IN_PLACE, &[&name, &help]),
            Unknown::Optional(help) => self.reject(&m.method, &OPTIONAL, &[&name, &help]),
            Unknown::Instead(help) => self.reject(&m.method, &UNKNOWN, &[&name, &help]),
        }
    }

    /// A method of a struct of the user's. Which struct that is the value says when it is staged.
    fn own_method(&mut self, m: &ExprMethodCall, name: String, tried: bool, at: Spot) -> Expr {
        let receiver = self.receiver(&m.receiver);
        let known = !matches!(&receiver, Argument::Value(e) if is_rejected(e));
        let written =
            m.args.iter().filter(|a| known || !matches!(bare(a), Rust::Closure(_) | Rust::Range(_)));
        let arguments: Option<Vec<_>> = written.map(|a| self.call_argument(a)).collect();
        match arguments {
            Some(arguments) if known => {
                let all = std::iter::once(receiver).chain(arguments);
                expression(ExprKind::MethodCall(name, all.collect(), tried), at)
            }
            _ => rejected(at),
        }
    }

    /// The receiver: the method may take `&mut self`, so a variable that can be assigned may be.
    fn receiver(&mut self, e: &Rust) -> Argument {
        if self.read_only == 0
            && let Some(root) = place_root(e)
            && self.scopes.variable(root).is_some_and(|v| v.mutable && !v.rejected)
            && let Some(place) = self.place(e)
        {
            return Argument::Mut(place);
        }
        Argument::Value(self.expr(e))
    }

    /// `x.mapv(|v| ..)`
    fn map_method(&mut self, m: &ExprMethodCall, name: String, at: Spot) -> Expr {
        let receiver = self.expr(&m.receiver);
        if is_rejected(&receiver) {
            return rejected(at);
        }
        let mut arguments: Vec<&Rust> = m.args.iter().collect();
        let Some(last) = arguments.pop() else { return rejected(at) };
        let arguments = arguments.into_iter().map(|a| self.argument(a)).collect();
        match self.callable(last, &name) {
            Some(f) => expression(ExprKind::MapMethod(name, Box::new(receiver), arguments, Box::new(f)), at),
            None => rejected(at),
        }
    }

    /// `x.assign(&v)`, `x.row_mut(i).fill(v)`, `x.slice_mut(s![..]).add_assign(&v)`
    fn write(&mut self, m: &ExprMethodCall, op: Option<&'static str>, at: Spot) -> Expr {
        let target = self.block_target(&m.receiver, &m.method.to_string());
        let values: Vec<Expr> = m.args.iter().map(|a| self.argument(a)).collect();
        let Some((place, spec)) = target else { return rejected(at) };
        // A wrong number of arguments is rustc's error.
        let Some(value) = values.into_iter().next() else { return rejected(at) };
        let value = Box::new(value);
        let kind = match op {
            None => ExprKind::Assign(Box::new(Target::Block(place, spec)), value),
            Some(op) if spec.is_empty() => ExprKind::Update(op, Box::new(Target::Place(place)), value),
            Some(op) => ExprKind::Update(op, Box::new(Target::Block(place, spec)), value),
        };
        expression(kind, at)
    }

    /// `x[a..b].copy_from_slice(&y)`: what is assigned would be repeated where it is one element, so its length is asked for.
    fn copy(&mut self, m: &ExprMethodCall, at: Spot) -> Expr {
        let ExprKind::Assign(target, value) = self.write(m, None, at).kind else { return rejected(at) };
        let part = self.expr(viewed(&m.receiver).unwrap_or(&m.receiver));
        let length = build::method("len", part, Vec::new());
        let value = Expr { at, ..build::method("of_length", *value, vec![length]) };
        expression(ExprKind::Assign(target, Box::new(value)), at)
    }

    /// `(a..b).contains(&x)`
    fn in_range(&mut self, range: &syn::ExprRange, item: &Rust) -> Expr {
        let at = Spot::of(range);
        let mut stmts = Vec::new();
        let mut bound = |e: &Option<Box<Rust>>, stmts: &mut Vec<_>| {
            e.as_ref().map(|e| {
                let bound = self.expr(e);
                self.kept(bound, stmts)
            })
        };
        let (start, end) = (bound(&range.start, &mut stmts), bound(&range.end, &mut stmts));
        let item = self.expr(item);
        let item = self.kept(item, &mut stmts);
        let compare =
            |op, bound| expression(ExprKind::Compare(op, Box::new(item.clone()), Box::new(bound)), at);
        let above = start.map(|start| compare("Ge", start));
        let below = end.map(|end| match range.limits {
            RangeLimits::Closed(_) => compare("Le", end),
            RangeLimits::HalfOpen(_) => compare("Lt", end),
        });
        let inside = match (above, below) {
            (Some(above), Some(below)) => build::and(above, below),
            (above, below) => above.or(below).unwrap_or_else(|| build::boolean(true, at)),
        };
        expression(ExprKind::Block(build::block(stmts, inside)), at)
    }

    /// `x.swap(i, j)`
    fn swap_elements(&mut self, m: &ExprMethodCall, at: Spot) -> Expr {
        let place = self.place(&m.receiver);
        let indices: Vec<Vec<Expr>> = m.args.iter().map(|a| self.indices(a)).collect();
        let (Some(place), Ok([i, j])) = (place, <[Vec<Expr>; 2]>::try_from(indices)) else {
            return rejected(at);
        };
        let element = |index| {
            let mut element = place.clone();
            match element.parts.last_mut() {
                Some(Part::Index(chain)) => chain.extend(index),
                _ => element.parts.push(Part::Index(index)),
            }
            element
        };
        let (a, b) = (element(i), element(j));
        expression(ExprKind::Swap(Box::new(a), Box::new(b)), at)
    }

    /// The axes of `s![..]`.
    pub(super) fn slice_spec(&mut self, taker: &str, e: &Rust) -> Option<Vec<SliceArg>> {
        let Rust::Macro(m) = bare(e) else {
            self.sink.report(e, &SLICE_MACRO, &[&taker]);
            return None;
        };
        if m.mac.path.segments.last().is_none_or(|s| s.ident != "s") {
            self.sink.report(e, &SLICE_MACRO, &[&taker]);
            return None;
        }
        let axis = |input: ParseStream| {
            let range = input.parse::<Rust>()?;
            let step = input.parse::<Option<Token![;]>>()?.map(|_| input.parse::<Rust>()).transpose()?;
            Ok((range, step))
        };
        let parser = |input: ParseStream| Punctuated::<_, Token![,]>::parse_terminated_with(input, axis);
        let axes = match parser.parse2(m.mac.tokens.clone()) {
            Ok(axes) => axes,
            Err(error) => {
                self.sink.report_at(error.span(), &SLICE_SYNTAX, &[]);
                return None;
            }
        };
        axes.into_iter().map(|(e, step)| self.slice_axis(&e, step.as_ref())).collect()
    }

    pub(super) fn slice_axis(&mut self, e: &Rust, step: Option<&Rust>) -> Option<SliceArg> {
        match bare(e) {
            Rust::Range(r) => Some(SliceArg::Range {
                start: r.start.as_ref().map(|e| Box::new(self.expr(e))),
                end: r.end.as_ref().map(|e| Box::new(self.expr(e))),
                inclusive: matches!(r.limits, RangeLimits::Closed(_)),
                step: step.map(|e| Box::new(self.expr(e))),
            }),
            Rust::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == "NewAxis") => {
                self.sink.report(p, &SLICE_SYNTAX, &[]);
                None
            }
            e => match step {
                None => Some(SliceArg::Index(self.expr(e))),
                Some(step) => {
                    self.sink.report(step, &SLICE_SYNTAX, &[]);
                    None
                }
            },
        }
    }
}

fn is_rejected(e: &Expr) -> bool {
    matches!(e.kind, ExprKind::Rejected)
}

/// The variable that a place is part of.
pub(super) fn place_root(e: &Rust) -> Option<&syn::Ident> {
    match bare(e) {
        Rust::Path(p) => p.path.get_ident(),
        Rust::Field(f) => place_root(&f.base),
        Rust::Index(x) => place_root(&x.expr),
        Rust::Unary(u) if matches!(u.op, syn::UnOp::Deref(_)) => place_root(&u.expr),
        _ => None,
    }
}

//! Assignments: which variable is written, and which part of it.

use super::call::starts_uppercase;
use super::{Parser, bare, expression, rejected};
use crate::ast::{Expr, ExprKind, FieldName, Part, Place, SliceArg, Spot, Target};
use crate::diag::{indexing::*, methods, statements::PATTERN_REST};
use crate::names::{Method, method};
use crate::scope::Variable;
use syn::{Expr as Rust, ExprMethodCall, Lit, UnOp};

impl Parser<'_> {
    pub(super) fn assign(&mut self, e: &syn::ExprAssign) -> Expr {
        if self.rebinds(&e.left) {
            return rejected(Spot::of(&e.left));
        }
        let target = self.target(&e.left);
        let value = self.moved(&e.right);
        let at = Spot::of(&e.left);
        match target {
            Some(target) => expression(ExprKind::Assign(Box::new(target), Box::new(value)), at),
            None => rejected(at),
        }
    }

    /// The left side of an assignment.
    pub(super) fn target(&mut self, e: &Rust) -> Option<Target> {
        match bare(e) {
            Rust::Infer(_) => Some(Target::Wild),
            Rust::Tuple(t) => {
                let parts: Vec<Option<Target>> = t.elems.iter().map(|e| self.target(e)).collect();
                Some(Target::Tuple(parts.into_iter().collect::<Option<_>>()?, Spot::of(t)))
            }
            Rust::Array(t) => {
                let parts: Vec<Option<Target>> = t.elems.iter().map(|e| self.target(e)).collect();
                Some(Target::Tuple(parts.into_iter().collect::<Option<_>>()?, Spot::of(t)))
            }
            Rust::Struct(s) if s.rest.is_none() => {
                let fields: Vec<_> = s
                    .fields
                    .iter()
                    .map(|f| Some((FieldName::of(&f.member), self.target(&f.expr)?)))
                    .collect();
                Some(Target::Struct(fields.into_iter().collect::<Option<_>>()?, Spot::of(s)))
            }
            Rust::Call(call) if is_constructor(&call.func) => {
                // Behind `..` positions are counted from an end that is not known here.
                let rest = call.args.iter().position(|e| matches!(bare(e), Rust::Range(_)));
                if let Some(late) = rest.filter(|k| k + 1 < call.args.len()).map(|k| &call.args[k]) {
                    self.sink.report(late, &PATTERN_REST, &[]);
                }
                let parts: Vec<_> = call
                    .args
                    .iter()
                    .take(rest.unwrap_or(call.args.len()))
                    .enumerate()
                    .map(|(k, e)| Some((FieldName::Number(k), self.target(e)?)))
                    .collect();
                Some(Target::Struct(parts.into_iter().collect::<Option<_>>()?, Spot::of(call)))
            }
            // `*x.slice_mut(s![..]) += &v`
            Rust::Unary(u) if matches!(u.op, UnOp::Deref(_)) => match bare(&u.expr) {
                Rust::MethodCall(m) if is_view(m) => self.target(&u.expr),
                e if self.is_copy(e) => None,
                e => self.place(e).map(Target::Place),
            },
            Rust::MethodCall(m) if is_view(m) => {
                let (place, spec) = self.block_target(&Rust::MethodCall(m.clone()), "slice_mut")?;
                Some(Target::Block(place, spec))
            }
            // rustc's error: it is no place.
            Rust::MethodCall(_) | Rust::Call(_) | Rust::Lit(_) | Rust::Binary(_) => None,
            e => self.place(e).map(Target::Place),
        }
    }

    /// A variable or a part of one that is about to be written.
    pub(super) fn place(&mut self, e: &Rust) -> Option<Place> {
        let mut place = self.place_parts(e)?;
        place.at = Spot::of(e);
        let span = place.root.ident.span();
        let span = root_span(e).unwrap_or(span);
        self.scopes.assign(&place.root, span);
        Some(place)
    }

    pub(super) fn place_parts(&mut self, e: &Rust) -> Option<Place> {
        match bare(e) {
            Rust::Path(p) if p.qself.is_none() => match p.path.get_ident() {
                Some(ident) => match self.scopes.variable(ident).cloned() {
                    Some(v) if v.rejected => None,
                    Some(Variable { alias: Some(place), .. }) => self.alias(ident, &place),
                    Some(v) => Some(Place { root: v, parts: Vec::new(), at: Spot::of(ident), writes: false }),
                    // A static, which needs `unsafe`, or rustc's error.
                    None => None,
                },
                None => None,
            },
            Rust::Field(f) => {
                let mut place = self.place_parts(&f.base)?;
                place.parts.push(Part::Field(FieldName::of(&f.member)));
                Some(place)
            }
            Rust::Index(x) => {
                let mut place = self.place_parts(&x.expr)?;
                let index = self.indices(&x.index);
                // `x[i][j]` is one element of `x`, and so is `x.column_mut(j)[i]`.
                match place.parts.last_mut() {
                    Some(Part::Index(chain)) => chain.extend(index),
                    _ => place.parts.push(Part::Index(index)),
                }
                if is_column(&x.expr)
                    && let Some(Part::Index(chain)) = place.parts.last_mut()
                    && let [.., column, row] = &mut chain[..]
                {
                    std::mem::swap(column, row);
                }
                Some(place)
            }
            Rust::Unary(u) if matches!(u.op, UnOp::Deref(_)) => self.place_parts(&u.expr),
            // `x.row_mut(i)[j]` and `x.column_mut(j)[i]`
            Rust::MethodCall(m)
                if (m.method == "row_mut" || m.method == "column_mut") && m.args.len() == 1 =>
            {
                let mut place = self.place_parts(&m.receiver)?;
                let index = self.expr(&m.args[0]);
                place.parts.push(Part::Index(vec![index]));
                Some(place)
            }
            e if let Some(whole) = viewed(e) => self.place_parts(whole),
            other => {
                self.sink.report(other, &NOT_A_TARGET, &[]);
                None
            }
        }
    }

    /// A block of an array that is passed on to be changed: `&mut x[a..b]`, `x.slice_mut(s![..])`, `x.view_mut()`.
    pub(super) fn block_place(&mut self, e: &Rust) -> Option<Place> {
        let (mut place, spec) = self.block_target(e, "slice_mut")?;
        if !spec.is_empty() {
            place.parts.push(Part::Slice(spec));
        }
        place.at = Spot::of(e);
        Some(place)
    }

    /// What stands in brackets: `i`, `[i, j]`, `(i, j)`.
    pub(super) fn indices(&mut self, e: &Rust) -> Vec<Expr> {
        match bare(e) {
            Rust::Array(list) => list.elems.iter().map(|e| self.expr(e)).collect(),
            Rust::Tuple(list) => list.elems.iter().map(|e| self.expr(e)).collect(),
            Rust::Reference(r) => self.indices(&r.expr),
            Rust::Range(range) => vec![self.reject(range, &RANGE_INDEX, &[])],
            e => vec![self.expr(e)],
        }
    }

    /// The receiver of `.assign(v)` and the like: a variable, or a mutable view of (a part of) one. The
    /// list says which block of the array is meant; it is empty for all of it.
    pub(super) fn block_target(&mut self, e: &Rust, taker: &str) -> Option<(Place, Vec<SliceArg>)> {
        if let Some(whole) = viewed(e) {
            return self.block_target(whole, taker);
        }
        // `x[a..b].fill(v)`
        if let Rust::Index(x) = bare(e)
            && let Rust::Range(_) = bare(&x.index)
        {
            let place = self.place(&x.expr);
            let axis = self.slice_axis(&x.index, None)?;
            return Some((place?, vec![axis]));
        }
        let Rust::MethodCall(m) = bare(e) else { return Some((self.place(e)?, Vec::new())) };
        if !is_view(m) {
            self.sink.report(m, &methods::NOT_ASSIGNABLE, &[&taker]);
            return None;
        }
        let place = self.place(&m.receiver);
        let name = m.method.to_string();
        let spec = match (name.as_str(), m.args.len()) {
            ("row_mut", 1) => vec![SliceArg::Index(self.expr(&m.args[0])), SliceArg::ALL],
            ("column_mut", 1) => vec![SliceArg::ALL, SliceArg::Index(self.expr(&m.args[0]))],
            ("index_axis_mut", 2) => {
                let Some(axis) = axis(&m.args[0]) else {
                    self.sink.report(&m.args[0], &methods::AXIS, &[&name]);
                    return None;
                };
                let index = self.expr(&m.args[1]);
                if axis == 0 {
                    // `x[i]`, whatever the rank is.
                    let mut place = place?;
                    place.parts.push(Part::Index(vec![index]));
                    return Some((place, Vec::new()));
                }
                let mut spec = vec![SliceArg::ALL; axis];
                spec.push(SliceArg::Index(index));
                spec
            }
            ("slice_mut", 1) => self.slice_spec(&name, &m.args[0])?,
            // A wrong number of arguments is rustc's error, but nothing can be emitted for it.
            _ => {
                self.sink.report(&m.method, &methods::NOT_ASSIGNABLE, &[&name]);
                return None;
            }
        };
        Some((place?, spec))
    }
}

pub(super) fn is_view(m: &ExprMethodCall) -> bool {
    matches!(method(&m.method.to_string()), Some(Method::View(_)))
}

/// What `x.view_mut()` and `x.as_slice_mut().unwrap()` show all of.
pub(super) fn viewed(e: &Rust) -> Option<&Rust> {
    let Rust::MethodCall(m) = bare(e) else { return None };
    match (bare(&m.receiver), m.method.to_string().as_str()) {
        (_, "view_mut") if m.args.is_empty() => Some(&m.receiver),
        (Rust::MethodCall(slice), "unwrap" | "expect") if slice.method == "as_slice_mut" => {
            Some(&slice.receiver)
        }
        _ => None,
    }
}

/// It is a mutable view of a whole variable, or of what can be a part of one.
pub(super) fn is_place_view(e: &Rust) -> bool {
    viewed(e).is_some() || matches!(bare(e), Rust::MethodCall(m) if m.method == "row_mut")
}

fn is_column(e: &Rust) -> bool {
    matches!(bare(e), Rust::MethodCall(m) if m.method == "column_mut")
}

/// The number in `Axis(k)`.
pub(super) fn axis(e: &Rust) -> Option<usize> {
    let Rust::Call(call) = bare(e) else { return None };
    let Rust::Lit(lit) = bare(call.args.first()?) else { return None };
    let Lit::Int(number) = &lit.lit else { return None };
    // More axes than ndarray has are rustc's or the runtime's error, not a list of that length here.
    number.base10_parse().ok().filter(|axis| *axis < 32)
}

fn root_span(e: &Rust) -> Option<proc_macro2::Span> {
    match bare(e) {
        Rust::Path(p) => p.path.get_ident().map(syn::Ident::span),
        Rust::Field(f) => root_span(&f.base),
        Rust::Index(x) => root_span(&x.expr),
        Rust::Unary(u) => root_span(&u.expr),
        Rust::MethodCall(m) => root_span(&m.receiver),
        _ => None,
    }
}

/// `Pair`, by its spelling.
fn is_constructor(function: &Rust) -> bool {
    let Rust::Path(path) = bare(function) else { return false };
    path.path.segments.last().is_some_and(|s| starts_uppercase(&s.ident.to_string()))
}

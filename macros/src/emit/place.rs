//! Assignments. Everything is functional: writing a part of a variable makes a new value of the whole, from
//! the inside out.

use super::at;
use super::expr::{Emitter, read_field};
use crate::ast::{Expr, ExprKind, FieldName, Part, Place, SliceArg, Target, ours, own, place_name};
use proc_macro2::TokenStream;

/// A place whose indices are evaluated: `indices[k]` is an expression of type `&[Value]`, or of a slice `&[SliceArg]`, for
/// part `k`.
struct Evaluated<'a> {
    place: &'a Place,
    indices: Vec<TokenStream>,
    at: TokenStream,
}

impl Emitter {
    /// `target = value;`
    pub fn assign(&self, target: &Target, value: &Expr, at: &TokenStream) -> TokenStream {
        match target {
            Target::Wild => {
                let value = self.value(value);
                quote_ours! { let _ = #value; }
            }
            Target::Place(place) if place.parts.is_empty() && !value.writes => {
                let value = self.value(value);
                self.write_root(place, value, at)
            }
            Target::Place(_) | Target::Tuple(..) | Target::Struct(..) => {
                // The value comes first, then the indices of the target.
                let temporary = own("value");
                let value = self.value(value);
                let write = self.write(target, quote_ours! { #temporary });
                quote_ours! { { let #temporary = #value; #write } }
            }
            Target::Block(place, spec) => {
                let value = self.value(value);
                self.assign_block(place, spec, value, at)
            }
        }
    }

    /// `x.slice_mut(s![..]).assign(&value);`
    fn assign_block(
        &self,
        place: &Place,
        spec: &[SliceArg],
        value: TokenStream,
        at: &TokenStream,
    ) -> TokenStream {
        let cx = own("cx");
        self.with_block(place, spec, value, |name, array, axes, value| match spec {
            // Axes without an index are taken whole.
            [] => quote_ours! { #cx.store(#name, #array, &[], #value, #at)? },
            _ => quote_ours! { #cx.slice_assign(#name, #array, #axes, #value, #at)? },
        })
    }

    /// `target = value;` where the value is a variable of ours.
    fn write(&self, target: &Target, value: TokenStream) -> TokenStream {
        match target {
            Target::Wild => TokenStream::new(),
            Target::Place(place) => {
                let at = at(place.at);
                if place.parts.is_empty() {
                    return self.write_root(place, value, &at);
                }
                let (prelude, evaluated) = self.evaluate(place);
                let write = evaluated.write(place.parts.len(), value);
                quote_ours! { { #prelude #write } }
            }
            Target::Tuple(targets, spot) => {
                let (cx, at) = (own("cx"), at(*spot));
                let names: Vec<_> = targets.iter().map(|_| self.fresh()).collect();
                let writes = targets.iter().zip(&names).map(|(t, name)| self.write(t, quote_ours! { #name }));
                quote_ours! {
                    let [#(#names),*] = #cx.untuple(&#value, #at)?;
                    #(#writes)*
                }
            }
            Target::Struct(fields, spot) => {
                let (at, whole) = (at(*spot), self.fresh());
                let reference = quote_ours! { &#whole };
                let writes = fields.iter().map(|(name, target)| {
                    let (part, value) = (self.fresh(), read_field(&reference, name, &at));
                    let write = self.write(target, quote_ours! { #part });
                    quote_ours! { let #part = #value; #write }
                });
                quote_ours! { let #whole = #value; #(#writes)* }
            }
            Target::Block(place, spec) => self.assign_block(place, spec, value, &at(place.at)),
        }
    }

    /// `x = value;`: the variable keeps its dtype, or has that of its declaration.
    fn write_root(&self, place: &Place, value: TokenStream, at: &TokenStream) -> TokenStream {
        let cx = own("cx");
        let (x, name) = (&place.root.ident, place.root.name());
        let value = match &place.root.declared {
            Some(ty) => quote_ours! { #cx.ascribe(&#value, #ty, #at)? },
            None => value,
        };
        quote_ours! { #x = #cx.assign(#name, &#x, #value, #at)?; }
    }

    /// `target += value;`
    pub fn update(&self, op: &'static str, target: &Target, value: &Expr, at: &TokenStream) -> TokenStream {
        let cx = own("cx");
        let op = ours(op);
        let op = quote_ours! { ::desc_jit::__private::BinaryOp::#op };
        match target {
            Target::Place(place) => {
                let temporary = own("value");
                let simple = place.parts.len() <= 1 && !value.writes && !place.writes;
                let (prelude, evaluated) = self.evaluate(place);
                let depth = place.parts.len();
                let operand = match simple {
                    true => self.reference(value, false),
                    false => quote_ours! { &#temporary },
                };
                let write = match place.parts.last() {
                    Some(Part::Index(_)) => {
                        let name = place_name(&place.root, &place.parts);
                        let array = evaluated.read(depth - 1);
                        let index = &evaluated.indices[depth - 1];
                        let new = quote_ours! { #cx.update(#op, #name, #array, #index, #operand, #at)? };
                        evaluated.write(depth - 1, new)
                    }
                    Some(Part::Field(_) | Part::Slice(_)) => {
                        let old = evaluated.read(depth);
                        evaluated.write(depth, quote_ours! { #cx.op_assign(#op, #old, #operand, #at)? })
                    }
                    None => {
                        let x = &place.root.ident;
                        let name = place_name(&place.root, &[]);
                        let new = quote_ours! { #cx.update(#op, #name, &#x, &[], #operand, #at)? };
                        self.write_root(place, new, at)
                    }
                };
                if simple {
                    return quote_ours! { #prelude #write };
                }
                let value = self.value(value);
                quote_ours! { { let #temporary = #value; #prelude #write } }
            }
            Target::Block(place, spec) => {
                let value = self.value(value);
                self.with_block(place, spec, value, |name, array, spec, value| {
                    quote_ours! { #cx.slice_update(#op, #name, #array, #spec, #value, #at)? }
                })
            }
            // Reported by the parser.
            Target::Wild | Target::Tuple(..) | Target::Struct(..) => TokenStream::new(),
        }
    }

    /// Writes a block of an array: `new` makes the new array from the name, the old array, the axes and the
    /// value.
    fn with_block(
        &self,
        place: &Place,
        spec: &[SliceArg],
        value: TokenStream,
        new: impl FnOnce(&str, TokenStream, TokenStream, TokenStream) -> TokenStream,
    ) -> TokenStream {
        let temporary = own("block");
        let name = place_name(&place.root, &place.parts);
        // The block is chosen before the value is computed.
        let (prelude, evaluated) = self.evaluate_first(place);
        let depth = place.parts.len();
        let spec = (!spec.is_empty()).then(|| {
            let (axes, name) = (self.slice_spec(spec), self.fresh());
            (quote_ours! { let #name = [#axes]; }, quote_ours! { &#name })
        });
        let (axes, spec) = spec.unwrap_or_default();
        let new = new(&name, evaluated.read(depth), spec, quote_ours! { &#temporary });
        let write = evaluated.write(depth, new);
        quote_ours! { { #prelude #axes let #temporary = #value; #write } }
    }

    /// `std::mem::swap(&mut a, &mut b);`
    pub fn swap(&self, a: &Place, b: &Place) -> TokenStream {
        if a.parts.is_empty() && b.parts.is_empty() && !a.root.is(&b.root) {
            let (a, b) = (&a.root.ident, &b.root.ident);
            return quote_ours! { ::core::mem::swap(&mut #a, &mut #b); };
        }
        let (first_prelude, first) = self.evaluate_first(a);
        let (second_prelude, second) = self.evaluate_first(b);
        let (x, y) = (self.fresh(), self.fresh());
        let (read_first, read_second) = (first.read(a.parts.len()), second.read(b.parts.len()));
        let write_first = first.write(a.parts.len(), quote_ours! { #y });
        let write_second = second.write(b.parts.len(), quote_ours! { #x });
        quote_ours! {
            {
                #first_prelude
                #second_prelude
                let #x = ::core::clone::Clone::clone(#read_first);
                let #y = ::core::clone::Clone::clone(#read_second);
                #write_first
                #write_second
            }
        }
    }

    /// `std::mem::replace(&mut a, value)`
    pub fn replace(&self, place: &Place, value: &Expr, at: &TokenStream) -> TokenStream {
        let (prelude, evaluated) = self.evaluate_first(place);
        let (old, new) = (self.fresh(), self.fresh());
        let value = self.value(value);
        let read = evaluated.read(place.parts.len());
        let write = match place.parts.is_empty() {
            true => self.write_root(place, quote_ours! { #new }, at),
            false => evaluated.write(place.parts.len(), quote_ours! { #new }),
        };
        quote_ours! {
            {
                #prelude
                let #old = ::core::clone::Clone::clone(#read);
                let #new = #value;
                #write
                #old
            }
        }
    }

    /// A copy of what a place holds, and the statement that writes `new` there: for `&mut` arguments.
    pub fn borrow_mut(&self, place: &Place, new: TokenStream) -> (TokenStream, TokenStream, TokenStream) {
        let (prelude, evaluated) = self.evaluate_first(place);
        let read = evaluated.read(place.parts.len());
        let read = quote_ours! { ::core::clone::Clone::clone(#read) };
        (prelude, read, evaluated.write(place.parts.len(), new))
    }

    /// Evaluates the indices of a place once. Where that is not needed they stay where they are used: nothing of the
    /// user's is evaluated between reading and writing it.
    fn evaluate<'a>(&self, place: &'a Place) -> (TokenStream, Evaluated<'a>) {
        self.evaluate_if(place, place.parts.len() > 1 || place.writes)
    }

    /// Evaluates the indices of a place once, before what comes between reading and writing it.
    fn evaluate_first<'a>(&self, place: &'a Place) -> (TokenStream, Evaluated<'a>) {
        let known = |part: &Part| match part {
            Part::Index(index) => index.iter().all(|e| matches!(e.kind, ExprKind::Int(_))),
            _ => true,
        };
        self.evaluate_if(place, place.parts.len() > 1 || !place.parts.iter().all(known))
    }

    fn evaluate_if<'a>(&self, place: &'a Place, once: bool) -> (TokenStream, Evaluated<'a>) {
        let mut prelude = TokenStream::new();
        let inline = !once;
        let indices = place.parts.iter().map(|part| match part {
            Part::Field(_) => TokenStream::new(),
            Part::Index(index) => {
                let index = self.values(index);
                if inline {
                    return quote_ours! { &[#index] };
                }
                let name = self.fresh();
                prelude.extend(quote_ours! { let #name = [#index]; });
                quote_ours! { &#name }
            }
            Part::Slice(spec) => {
                let (spec, name) = (self.slice_spec(spec), self.fresh());
                prelude.extend(quote_ours! { let #name = [#spec]; });
                quote_ours! { &#name }
            }
        });
        let indices = indices.collect();
        (prelude, Evaluated { place, indices, at: at(place.at) })
    }
}

impl Evaluated<'_> {
    fn name(&self, depth: usize) -> String {
        place_name(&self.place.root, &self.place.parts[..depth])
    }

    /// The value of the first `depth` parts, as a `&Value`.
    fn read(&self, depth: usize) -> TokenStream {
        let (cx, at) = (own("cx"), &self.at);
        let Some(outer) = depth.checked_sub(1) else {
            let x = &self.place.root.ident;
            return quote_ours! { &#x };
        };
        let base = self.read(outer);
        match &self.place.parts[outer] {
            Part::Field(name) => {
                let field = read_field(&base, name, at);
                quote_ours! { &#field }
            }
            Part::Index(_) => {
                let (name, index) = (self.name(outer), &self.indices[outer]);
                quote_ours! { &#cx.load(#name, #base, #index, #at)? }
            }
            Part::Slice(_) => {
                let (name, spec) = (self.name(outer), &self.indices[outer]);
                quote_ours! { &#cx.slice(#name, #base, #spec, #at)? }
            }
        }
    }

    /// The statement that gives the first `depth` parts the value `new`.
    fn write(&self, depth: usize, new: TokenStream) -> TokenStream {
        let (cx, at) = (own("cx"), &self.at);
        let Some(outer) = depth.checked_sub(1) else {
            let x = &self.place.root.ident;
            return quote_ours! { #x = #new; };
        };
        let base = self.read(outer);
        let new = match &self.place.parts[outer] {
            Part::Field(FieldName::Number(k)) => quote_ours! { #cx.set_field(#base, #k, #new, #at)? },
            Part::Field(FieldName::Name(name)) => quote_ours! { #cx.set_named(#base, #name, #new, #at)? },
            Part::Index(_) => {
                let (name, index) = (self.name(outer), &self.indices[outer]);
                quote_ours! { #cx.store(#name, #base, #index, &#new, #at)? }
            }
            Part::Slice(_) => {
                let (name, spec) = (self.name(outer), &self.indices[outer]);
                quote_ours! { #cx.slice_assign(#name, #base, #spec, &#new, #at)? }
            }
        };
        self.write(outer, new)
    }
}

//! The item at a position.

use super::{Chain, Counted, Each, End, Exits, Item, Source};
use crate::ast::{Expr, ExprKind, Part, Place, SliceArg, Spot, Stmt};
use crate::build::{assign, binary, block, branch, int, method, not, read, when};
use crate::parse::{Parser, expression};
use crate::scope::Variable;
use syn::Expr as Rust;

impl Parser<'_> {
    /// The item of `source` at position `k`; what must happen before in the body of the loop goes to `out`.
    pub(super) fn item_at(
        &mut self,
        source: Source,
        k: Expr,
        out: &mut Vec<Stmt>,
        exits: &Exits,
    ) -> Option<Item> {
        let at = k.at;
        Some(match source {
            // The counter itself.
            Source::Range(_) => Item::Value(k),
            Source::Count(start) => Item::Value(self.kept(method("offset", start, vec![k]), out)),
            Source::Constant(value) => Item::Value(value),
            Source::Elements(array) => {
                let element = method("element", array, vec![k]);
                Item::Value(self.kept(element, out))
            }
            Source::Places(mut place) => {
                // The items of a matrix are its elements.
                let index = method("indices", place.value(), vec![k]);
                place.parts.push(Part::Index(vec![self.kept(index, out)]));
                Item::Place(place)
            }
            Source::Indexed(array) => {
                let index = self.kept(method("indices", array.clone(), vec![k.clone()]), out);
                let elements = self.kept(method("elements", array, Vec::new()), out);
                let element = self.kept(method("element", elements, vec![k]), out);
                Item::Tuple(vec![Item::Value(index), Item::Value(element)])
            }
            Source::IndexedPlaces(mut place) => {
                let index = self.kept(method("indices", place.value(), vec![k]), out);
                place.parts.push(Part::Index(vec![index.clone()]));
                Item::Tuple(vec![Item::Value(index), Item::Place(place)])
            }
            Source::Parts(array, axis) => {
                let axis = int(axis as i128, at);
                let part = method("index_axis", array, vec![axis, k]);
                Item::Value(self.kept(part, out))
            }
            Source::Windows(array, length) => {
                let end = binary("Add", k.clone(), length);
                Item::Value(self.block_of(array, k, end, out))
            }
            Source::Chunks(array, length, ragged) => {
                let start = self.kept(binary("Mul", k, length.clone()), out);
                let end = match ragged {
                    true => method("chunk_end", array.clone(), vec![start.clone(), length]),
                    false => binary("Add", start.clone(), length),
                };
                Item::Value(self.block_of(array, start, end, out))
            }
            Source::Enumerate(inner) => {
                let item = self.item_at(*inner, k.clone(), out, exits)?;
                Item::Tuple(vec![Item::Value(k), item])
            }
            Source::Zip(a, b) => {
                let a = self.item_at(*a, k.clone(), out, exits)?;
                Item::Tuple(vec![a, self.item_at(*b, k, out, exits)?])
            }
            Source::Rev(inner, count) => {
                let last = binary("Sub", count, int(1, at));
                let k = self.kept(binary("Sub", last, k), out);
                self.item_at(*inner, k, out, exits)?
            }
            // Rust computes the items that are passed over, too.
            Source::Skip(inner, n) => {
                let since = self.scopes.mark();
                let k = self.kept(binary("Add", k, n), out);
                let item = self.item_at(*inner, k, out, exits)?;
                self.refuse_assignments(since);
                item
            }
            Source::StepBy(inner, n) => {
                let since = self.scopes.mark();
                let k = self.kept(binary("Mul", k, n), out);
                let item = self.item_at(*inner, k, out, exits)?;
                self.refuse_assignments(since);
                item
            }
            Source::Same(inner) => self.item_at(*inner, k, out, exits)?,
            Source::Item(item) => item,
            Source::Each(each, inner, f) => {
                let item = self.item_at(*inner, k, out, exits)?;
                self.each(&each, item, f, at, out, exits)?
            }
            Source::Scan(inner, state, f) => {
                let item = self.item_at(*inner, k, out, exits)?;
                let state = Place { root: state, parts: Vec::new(), at, writes: false };
                Item::Value(self.apply_option(f, vec![Item::Place(state), item], &exits.end(at), out)?)
            }
            Source::Counted(counted, inner, number) => {
                self.counted_item(counted, *inner, &number, k, out, exits)?
            }
            Source::Chain(chain) => self.chain_item(*chain, k, out, exits)?,
            // It is a loop of its own, see `loops.rs`.
            Source::Nested(..) | Source::Hole => return None,
        })
    }

    /// What is done with an item by itself.
    fn each(
        &mut self,
        each: &Each,
        item: Item,
        f: &Rust,
        at: Spot,
        out: &mut Vec<Stmt>,
        exits: &Exits,
    ) -> Option<Item> {
        // Those but `map` and its like see references to items, through which nothing is written.
        let items = match each {
            Each::Map | Each::FilterMap | Each::MapWhile => vec![item.clone()],
            Each::Inspect | Each::Filter | Each::TakeWhile | Each::SkipWhile(_) => vec![item.read()],
        };
        match each {
            Each::Map => {
                let value = self.apply(f, items, "map")?;
                return Some(Item::Value(self.kept(value, out)));
            }
            Each::FilterMap => {
                return Some(Item::Value(self.apply_option(f, items, &exits.pass(at), out)?));
            }
            Each::MapWhile => return Some(Item::Value(self.apply_option(f, items, &exits.end(at), out)?)),
            Each::Inspect => {
                let unit = self.apply(f, items, "inspect")?;
                out.push(Stmt::Expr(unit));
            }
            Each::Filter => {
                let keep = self.apply(f, items, "filter")?;
                out.push(when(not(keep), exits.pass(at), at));
            }
            Each::TakeWhile => {
                let goes_on = self.apply(f, items, "take_while")?;
                out.push(when(not(goes_on), exits.end(at), at));
            }
            Each::SkipWhile(skips) => {
                let more = self.apply(f, items, "skip_while")?;
                out.push(when(read(skips, at), vec![assign(skips, more)], at));
                out.push(when(read(skips, at), exits.pass(at), at));
            }
        }
        Some(item)
    }

    /// What depends on how many items there have been.
    fn counted_item(
        &mut self,
        counted: Counted,
        inner: Source,
        number: &Variable,
        k: Expr,
        out: &mut Vec<Stmt>,
        exits: &Exits,
    ) -> Option<Item> {
        let at = k.at;
        let next = assign(number, binary("Add", read(number, at), int(1, at)));
        let reached = |n: Expr| compare("Ge", read(number, at), n);
        // Rust asks for no item behind the last one.
        if let Counted::Take(n) = &counted {
            out.push(when(reached(n.clone()), exits.end(at), at));
        }
        let item = self.item_at(inner, k, out, exits)?;
        Some(match counted {
            Counted::Take(_) => {
                out.push(next);
                item
            }
            Counted::Enumerate => {
                let position = self.copied(number, at, out);
                out.push(next);
                Item::Tuple(vec![Item::Value(position), item])
            }
            Counted::Zip(other, count) => {
                out.extend(count.map(|count| when(reached(count), exits.end(at), at)));
                let position = self.copied(number, at, out);
                out.push(next);
                Item::Tuple(vec![item, self.item_at(*other, position, out, exits)?])
            }
            Counted::Skip(n) => {
                let skips = compare("Lt", read(number, at), n);
                let mut stmts = vec![next];
                stmts.extend(exits.pass(at));
                out.push(when(skips, stmts, at));
                item
            }
            Counted::StepBy(n) => {
                let position = self.copied(number, at, out);
                out.push(next);
                let passes = compare("Ne", binary("Rem", position, n), int(0, at));
                out.push(when(passes, exits.pass(at), at));
                item
            }
        })
    }

    /// What a variable of ours holds now.
    fn copied(&mut self, variable: &Variable, at: Spot, out: &mut Vec<Stmt>) -> Expr {
        let copy = self.own("position");
        out.push(crate::build::let_(&copy, read(variable, at)));
        read(&copy, at)
    }

    /// An item of the first source, or of the second one.
    fn chain_item(&mut self, chain: Chain, k: Expr, out: &mut Vec<Stmt>, exits: &Exits) -> Option<Item> {
        let at = k.at;
        let Chain { first, second, split, ended } = chain;
        let mut early: Vec<Stmt> = Vec::new();
        let mut first_exits = exits.clone();
        if let Some(ended) = ended {
            early.push(when(read(&ended, at), exits.pass(at), at));
            first_exits.end = End::Flag(ended);
        }
        let item = self.item_at(first, k.clone(), &mut early, &first_exits)?;
        let then = block(early, item.value());
        let mut late = Vec::new();
        let position = self.kept(binary("Sub", k.clone(), split.clone()), &mut late);
        let item = self.item_at(second, position, &mut late, exits)?;
        let otherwise = block(late, item.value());
        let value = branch(compare("Lt", k, split), then, Some(otherwise), at);
        Some(Item::Value(self.kept(value, out)))
    }

    fn block_of(&mut self, array: Expr, start: Expr, end: Expr, out: &mut Vec<Stmt>) -> Expr {
        let at = start.at;
        let (start, end) = (Some(Box::new(start)), Some(Box::new(end)));
        let axis = SliceArg::Range { start, end, inclusive: false, step: None };
        let block = expression(ExprKind::Slice(Box::new(array), vec![axis]), at);
        self.kept(block, out)
    }
}

fn compare(op: &'static str, a: Expr, b: Expr) -> Expr {
    let at = a.at;
    expression(ExprKind::Compare(op, Box::new(a), Box::new(b)), at)
}

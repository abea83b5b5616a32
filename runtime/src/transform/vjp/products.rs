//! Cotangents that are multiples of another one. The operands of an expression get multiples of the cotangent of its
//! result, and one that stands in it twice, like `u` in `u - c * u * (r - l)`, gets two of them: `d + -(d * (r - l)) * c`.
//! They become one multiple, `d * (1 - (r - l) * c)`, of a factor that knows nothing of `d`: what of it does not change in
//! a loop is computed in front of the loop.

use super::super::emit::Emit;
use super::super::rules::Share;
use super::Pass;
use crate::error::Result;
use crate::graph::ValueId;

/// `± base * factor`
#[derive(Clone, Copy)]
pub(super) struct Product {
    base: ValueId,
    negative: bool,
    /// `None`: 1.
    factor: Option<ValueId>,
}

impl Pass<'_> {
    fn product(&self, d: ValueId) -> Product {
        self.products.get(&d).copied().unwrap_or(Product { base: d, negative: false, factor: None })
    }

    /// `value` is that share of the cotangent `d`.
    pub(super) fn note_share(&mut self, d: ValueId, value: ValueId, share: Share) -> Result<()> {
        let of = self.product(d);
        let product = match share {
            Share::Same => of,
            Share::Opposite => Product { negative: !of.negative, ..of },
            Share::Times(by) => {
                let factor = match of.factor {
                    Some(factor) => (self as &mut dyn Emit).mul(factor, by)?,
                    None => by,
                };
                Product { factor: Some(factor), ..of }
            }
            Share::Other => return Ok(()),
        };
        if value != d {
            self.products.insert(value, product);
        }
        Ok(())
    }

    /// The sum of two cotangents, as one multiple where they are multiples of the same.
    pub(super) fn sum(&mut self, a: ValueId, b: ValueId) -> Result<ValueId> {
        let (first, second) = (self.product(a), self.product(b));
        let w: &mut dyn Emit = self;
        if first.base != second.base || first.factor.or(second.factor).is_none() {
            return w.add(a, b);
        }
        let mut factor = |of: Product| match of.factor {
            Some(factor) => Ok(factor),
            None => w.number(1.0, of.base),
        };
        let (x, y) = (factor(first)?, factor(second)?);
        let (factor, negative) = match (first.negative, second.negative) {
            (false, true) => (w.sub(x, y)?, false),
            (true, false) => (w.sub(y, x)?, false),
            (negative, _) => (w.add(x, y)?, negative),
        };
        let product = w.mul(first.base, factor)?;
        let sum = if negative { w.neg(product)? } else { product };
        self.products.insert(sum, Product { base: first.base, negative, factor: Some(factor) });
        Ok(sum)
    }
}

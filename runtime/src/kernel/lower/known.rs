//! What is known of integers at a place in the code.

use super::Lower;
use crate::dtype::Literal;
use crate::kernel::inst::Reg;
use crate::kernel::ranges::{Form, Interval};

impl Lower<'_> {
    /// What is known of an integer here, and the scope on whose facts that relies (0: none).
    pub(super) fn range(&self, r: Reg) -> (Interval, usize) {
        let (mut range, mut proof) = self.direct_range(r);
        if let Some(form) = &self.info(r).form {
            let (by_form, form_proof) = self.form_range(form);
            if !range.within(by_form) {
                range = range.and(by_form);
                proof = proof.max(form_proof);
            }
        }
        (range, proof)
    }

    fn direct_range(&self, r: Reg) -> (Interval, usize) {
        let mut range = self.info(r).range;
        let mut proof = 0;
        for (depth, scope) in self.scopes.iter().enumerate() {
            if let Some(&refined) = scope.refined.get(&r)
                && !range.within(refined)
            {
                range = range.and(refined);
                proof = depth;
            }
        }
        (range, proof)
    }

    pub(super) fn form_range(&self, form: &Form) -> (Interval, usize) {
        let mut range = Interval::point(form.constant.into());
        let mut proof = 0;
        for &(r, c) in &form.terms {
            let (leaf, leaf_proof) = self.direct_range(r);
            range = range.add(leaf.mul(Interval::point(c.into())));
            proof = proof.max(leaf_proof);
        }
        (range, proof)
    }

    /// The affine form of an integer register.
    pub(super) fn form(&self, r: Reg) -> Form {
        let info = self.info(r);
        match (info.constant.and_then(Literal::as_i128), &info.form) {
            (Some(x), _) if i64::try_from(x).is_ok() => Form::constant(x as i64),
            (_, Some(form)) => form.clone(),
            _ => Form::leaf(r),
        }
    }

    /// From here on in this scope, `r` is in `range` (because something was tested).
    pub(super) fn refine(&mut self, r: Reg, range: Interval) {
        let offset = self.info(r).form.as_ref().and_then(Form::as_offset);
        let refined = &mut self.scope().refined;
        let mut narrow = |r: Reg, range: Interval| {
            let entry = refined.entry(r).or_insert(range);
            *entry = entry.and(range);
        };
        narrow(r, range);
        if let Some((leaf, c)) = offset {
            narrow(leaf, range.sub(Interval::point(c.into())));
        }
    }
}

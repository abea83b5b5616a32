//! Native code of functions with transforms: a path that stands for a handle is written out as one.

use crate::ast::{Handles, span_key};
use crate::parse::handle::jit;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr};

/// Writes `potential::jit()` for the `potential` of `grad(potential)`.
pub fn write_out(block: &mut Block, handles: &Handles) {
    if handles.not_rust {
        // What a transform was applied to was reported; rustc would report it again.
        *block = syn::parse_quote!({ ::core::panic!() });
    } else if !handles.paths.is_empty() {
        WriteOut(handles).visit_block_mut(block);
    }
}

struct WriteOut<'a>(&'a Handles);

impl VisitMut for WriteOut<'_> {
    fn visit_expr_mut(&mut self, e: &mut Expr) {
        visit_mut::visit_expr_mut(self, e);
        if let Expr::Path(p) = e
            && let Some(last) = p.path.segments.last()
            && self.0.paths.contains(&span_key(last.ident.span()))
        {
            *e = Expr::Verbatim(jit(&p.path));
        }
    }
}

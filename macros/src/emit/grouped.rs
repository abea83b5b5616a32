//! Expressions that a `macro_rules!` passes on, `$e`. They come in invisible groups, which rustc does not see any more in
//! what an attribute gives back: `$a * $b` of `1 + 2` and `3` would be `1 + 2 * 3`. They get parentheses.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use syn::token::Paren;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprParen, Macro};

/// Invisible groups around expressions that operators would tear apart become parentheses.
pub struct InParentheses;

impl VisitMut for InParentheses {
    fn visit_expr_mut(&mut self, e: &mut Expr) {
        visit_mut::visit_expr_mut(self, e);
        if let Expr::Group(group) = e
            && binds_loosely(&group.expr)
        {
            // Not of the user's code, where rustc would call some of them unused.
            let paren_token = Paren(Span::mixed_site());
            let expr = group.expr.clone();
            *e = Expr::Paren(ExprParen { attrs: Vec::new(), paren_token, expr });
        }
    }

    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        mac.tokens = in_parentheses(std::mem::take(&mut mac.tokens));
    }
}

fn in_parentheses(tokens: TokenStream) -> TokenStream {
    let trees = tokens.into_iter().map(|tree| match tree {
        TokenTree::Group(group) => {
            let inner = in_parentheses(group.stream());
            let loose = group.delimiter() == Delimiter::None
                && syn::parse2::<Expr>(inner.clone()).is_ok_and(|e| binds_loosely(&e));
            let delimiter = if loose { Delimiter::Parenthesis } else { group.delimiter() };
            let mut new = Group::new(delimiter, inner);
            new.set_span(if loose { Span::mixed_site() } else { group.span() });
            TokenTree::Group(new)
        }
        tree => tree,
    });
    trees.collect()
}

fn binds_loosely(e: &Expr) -> bool {
    match e {
        Expr::Group(group) => binds_loosely(&group.expr),
        Expr::Binary(_) | Expr::Cast(_) | Expr::Unary(_) | Expr::Range(_) | Expr::Reference(_) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::{ToTokens, quote};

    fn group(tokens: TokenStream) -> TokenTree {
        TokenTree::Group(Group::new(Delimiter::None, tokens))
    }

    fn written(mut e: Expr) -> String {
        InParentheses.visit_expr_mut(&mut e);
        e.to_token_stream().to_string()
    }

    #[test]
    fn what_a_macro_passes_on_stays_together() {
        let (sum, name) = (group(quote!(a + b)), group(quote!(c)));
        let e = syn::parse2(quote!(#sum * #name.sqrt() - #sum.sqrt())).expect("an expression");
        assert_eq!(written(e), "(a + b) * c . sqrt () - (a + b) . sqrt ()");
        let e = syn::parse2(quote!(vec![#sum * 2.0, #name])).expect("an expression");
        assert_eq!(written(e), "vec ! [(a + b) * 2.0 , c]");
    }
}

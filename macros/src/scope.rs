//! Lexical scope: which variable a name means, and which variables a region of code assigns.
//!
//! Variables are numbered in the order of their declaration. A region (condition, closure, operand) is marked
//! when it begins; what it assigns of the code around it is then exactly *assigned since the mark* ∩ *numbered
//! before the mark*, whatever shadows whatever inside.

use crate::ast::Place;
use proc_macro2::{Ident, Span, TokenStream};
use std::rc::Rc;
use syn::ext::IdentExt;

/// What the variable of a method's receiver is called: no variable can be called `self`.
pub const RECEIVER: &str = "__self";

/// A declared variable.
#[derive(Clone, Debug)]
pub struct Variable {
    /// What it is called in the code that is emitted.
    pub ident: Ident,
    /// Its name, as declared.
    pub spelled: Ident,
    /// A `&mut` parameter: a call that it is passed to may assign it.
    pub by_mut_ref: bool,
    /// It can be assigned: `let mut x`, or a `&mut` parameter.
    pub mutable: bool,
    /// The type of a `let x: T;` without a value: every assignment gives its value that type.
    pub declared: Option<Rc<TokenStream>>,
    /// Its value was reported as an error: what is done with it is no error of its own.
    pub rejected: bool,
    /// It holds a handle of a function, which is no value of staged code.
    pub is_handle: bool,
    /// It holds a closure.
    pub is_closure: bool,
    /// The types of that closure's parameters are inferred: they may be mutable references.
    pub infers: bool,
    /// It stands for a part of another variable: an item of `iter_mut()`.
    pub alias: Option<Rc<Place>>,
    /// It is ours: no name of the user's means it.
    pub is_own: bool,
    number: usize,
}

impl Variable {
    /// The name without `r#`.
    pub fn name(&self) -> String {
        match self.spelled.unraw().to_string() {
            name if name == RECEIVER => "self".into(),
            name => name,
        }
    }

    /// Its number, which no other variable of the function has.
    pub fn number(&self) -> usize {
        self.number
    }

    /// A variable of ours.
    pub fn own(ident: Ident, declared: Option<TokenStream>, number: usize) -> Variable {
        let declared = declared.map(Rc::new);
        Variable {
            spelled: ident.clone(),
            ident,
            by_mut_ref: false,
            mutable: true,
            declared,
            rejected: false,
            is_handle: false,
            is_closure: false,
            infers: false,
            alias: None,
            is_own: true,
            number,
        }
    }

    /// It is the same variable.
    pub fn is(&self, other: &Variable) -> bool {
        self.number == other.number
    }
}

/// The beginning of a region.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    number: usize,
    assignment: usize,
}

/// An assignment, and the token that made it.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// What is assigned.
    pub variable: Variable,
    /// Where its name stands.
    pub span: Span,
}

enum Name {
    Variable(Variable),
    /// A `const`, `static` or `use` of a block: it hides variables of the scopes around it.
    Item(String),
}

/// What can be named at a point.
#[derive(Clone, Copy)]
pub struct Seen(usize);

/// Names that can't be named for a while.
pub struct Hidden(Vec<Name>);

/// The scopes around the current point.
#[derive(Default)]
pub struct Scopes {
    names: Vec<Name>,
    opened: Vec<usize>,
    count: usize,
    log: Vec<Assignment>,
    renames: bool,
}

impl Scopes {
    /// Opens a scope.
    pub fn open(&mut self) {
        self.opened.push(self.names.len());
    }

    /// Closes the innermost scope: its names are gone.
    pub fn close(&mut self) {
        let start = self.opened.pop().unwrap_or(0);
        self.names.truncate(start);
    }

    /// What can be named now.
    pub fn seen(&self) -> Seen {
        Seen(self.names.len())
    }

    /// Items declared since, in blocks that are still open.
    pub fn items_since(&self, since: Seen) -> impl Iterator<Item = &str> {
        self.names.iter().skip(since.0).filter_map(|name| match name {
            Name::Item(name) => Some(name.as_str()),
            Name::Variable(_) => None,
        })
    }

    /// Hides the names declared since, for code that stands inside of their scopes and does not see them.
    pub fn hide(&mut self, since: Seen) -> Hidden {
        Hidden(self.names.split_off(since.0))
    }

    /// The hidden names can be named again.
    pub fn show(&mut self, hidden: Hidden) {
        self.names.extend(hidden.0);
    }

    /// Declares a variable; from here on its name means it.
    pub fn declare(&mut self, ident: &Ident, by_mut_ref: bool, declared: Option<TokenStream>) -> Variable {
        let declared = declared.map(Rc::new);
        let (spelled, number) = (ident.clone(), self.count);
        let ident = match self.renames {
            true => crate::ast::own(&format!("{}_{number}", spelled.unraw())),
            false => spelled.clone(),
        };
        let variable = Variable {
            ident,
            spelled,
            by_mut_ref,
            mutable: by_mut_ref,
            declared,
            rejected: false,
            is_handle: false,
            is_closure: false,
            infers: false,
            alias: None,
            is_own: false,
            number,
        };
        self.count += 1;
        self.names.push(Name::Variable(variable.clone()));
        variable
    }

    /// Declares a variable that can be assigned.
    pub fn declare_mutable(&mut self, ident: &Ident, by_mut_ref: bool) -> Variable {
        self.declare(ident, by_mut_ref, None);
        match self.names.last_mut() {
            Some(Name::Variable(variable)) => {
                variable.mutable = true;
                variable.clone()
            }
            _ => unreachable!("a variable was declared"),
        }
    }

    /// Whether what is declared from here on gets a name of ours in the code that is emitted: it stands there around
    /// code that must not see it. Gives what held before.
    pub fn rename(&mut self, renames: bool) -> bool {
        std::mem::replace(&mut self.renames, renames)
    }

    /// Declares a variable of ours, which no name of the user's means.
    pub fn own(&mut self, name: impl FnOnce(usize) -> Ident) -> Variable {
        let number = self.count;
        self.count += 1;
        Variable::own(name(number), None, number)
    }

    /// Declares a variable that holds a closure.
    pub fn declare_closure(&mut self, ident: &Ident, infers: bool) -> Variable {
        let variable = self.declare(ident, false, None);
        match self.names.last_mut() {
            Some(Name::Variable(variable)) => {
                variable.is_closure = true;
                variable.infers = infers;
                variable.clone()
            }
            _ => variable,
        }
    }

    /// Declares a name for a part of a variable.
    pub fn declare_alias(&mut self, ident: &Ident, place: Place) {
        self.declare(ident, true, None);
        if let Some(Name::Variable(variable)) = self.names.last_mut() {
            variable.alias = Some(Rc::new(place));
        }
    }

    /// Declares a variable that holds a handle.
    pub fn declare_handle(&mut self, ident: &Ident) -> Variable {
        self.declare(ident, false, None);
        match self.names.last_mut() {
            Some(Name::Variable(variable)) => {
                variable.is_handle = true;
                variable.clone()
            }
            _ => unreachable!("a variable was declared"),
        }
    }

    /// The variables declared since the mark hold something that was reported.
    pub fn reject(&mut self, since: Mark) {
        for name in &mut self.names {
            if let Name::Variable(variable) = name
                && variable.number >= since.number
            {
                variable.rejected = true;
            }
        }
    }

    /// Declares an item of a block.
    pub fn declare_item(&mut self, ident: &Ident) {
        self.names.push(Name::Item(ident.unraw().to_string()));
    }

    /// The variable that a name means; `None` for an item or something from outside the function.
    pub fn variable(&self, ident: &Ident) -> Option<&Variable> {
        let wanted = if ident == "self" { Ident::new(RECEIVER, ident.span()) } else { ident.unraw() };
        for name in self.names.iter().rev() {
            match name {
                Name::Variable(v) if v.spelled.unraw() == wanted => return Some(v),
                Name::Item(item) if wanted == item => return None,
                _ => {}
            }
        }
        None
    }

    /// The code that is emitted means this variable by its name. Aliases have no name there.
    pub fn is_visible(&self, root: &Variable) -> bool {
        let wanted = root.spelled.unraw();
        let hides = |name: &&Name| match name {
            Name::Variable(v) => v.alias.is_none() && v.spelled.unraw() == wanted,
            Name::Item(item) => wanted == item,
        };
        matches!(self.names.iter().rev().find(hides), Some(Name::Variable(v)) if v.is(root))
    }

    /// Records an assignment of (a part of) a variable.
    pub fn assign(&mut self, variable: &Variable, span: Span) {
        self.log.push(Assignment { variable: variable.clone(), span });
    }

    /// Begins a region.
    pub fn mark(&self) -> Mark {
        Mark { number: self.count, assignment: self.log.len() }
    }

    /// Assignments since the mark to variables from before it.
    pub fn outer_assignments(&self, since: Mark) -> impl Iterator<Item = &Assignment> {
        self.log[since.assignment..].iter().filter(move |a| a.variable.number < since.number)
    }

    /// How many variables have been declared.
    pub fn count(&self) -> usize {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ident(name: &str) -> Ident {
        Ident::new(name, Span::call_site())
    }

    fn assigned(s: &Scopes, since: Mark) -> Vec<String> {
        s.outer_assignments(since).map(|a| a.variable.name()).collect()
    }

    fn assign(scopes: &mut Scopes, name: &str) {
        let variable = scopes.variable(&ident(name)).expect("a variable").clone();
        scopes.assign(&variable, Span::call_site());
    }

    #[test]
    fn a_region_assigns_what_was_declared_before_it() {
        let mut s = Scopes::default();
        for name in ["a", "b", "c"] {
            s.declare(&ident(name), false, None);
        }
        let region = s.mark();
        s.open();
        s.declare(&ident("local"), false, None);
        for name in ["local", "c", "a", "c"] {
            assign(&mut s, name);
        }
        s.close();
        assert_eq!(assigned(&s, region), ["c", "a", "c"]);
    }

    #[test]
    fn an_inner_declaration_shadows_only_from_where_it_stands() {
        let mut s = Scopes::default();
        s.declare(&ident("x"), false, None);
        let region = s.mark();
        s.open();
        s.declare(&ident("x"), false, None);
        assign(&mut s, "x");
        s.close();
        assert!(assigned(&s, region).is_empty());

        let region = s.mark();
        s.open();
        assign(&mut s, "x");
        s.declare(&ident("x"), false, None);
        assign(&mut s, "x");
        s.close();
        assert_eq!(assigned(&s, region), ["x"]);
    }

    #[test]
    fn regions_nest() {
        let mut s = Scopes::default();
        s.declare(&ident("a"), false, None);
        let outer = s.mark();
        s.open();
        s.declare(&ident("b"), false, None);
        let inner = s.mark();
        assign(&mut s, "a");
        assign(&mut s, "b");
        assert_eq!(assigned(&s, inner), ["a", "b"]);
        s.close();
        assert_eq!(assigned(&s, outer), ["a"]);
    }

    #[test]
    fn items_hide_variables_and_raw_names_are_names() {
        let mut s = Scopes::default();
        s.declare(&ident("n"), false, None);
        s.declare(&Ident::new_raw("type", Span::call_site()), false, None);
        assert!(s.variable(&Ident::new_raw("type", Span::call_site())).is_some());
        s.open();
        s.declare_item(&ident("n"));
        assert!(s.variable(&ident("n")).is_none());
        s.close();
        assert!(s.variable(&ident("n")).is_some());
    }
}

//! What the attribute's arguments and the signature must have in common.

use crate::args::{Arguments, Rule};
use crate::ast::{Function, Mode, Param, Pattern};
use crate::diag::{Sink, attribute, warnings};
use crate::names::nearest;
use crate::parse::types;
use quote::ToTokens;
use syn::ext::IdentExt;

/// Checks the list of static parameters, and the rule of the derivative.
pub fn function(function: &Function, arguments: &Arguments, sink: &mut Sink) {
    rule(function, sink);
    let names: Vec<(String, &Param)> =
        function.params.iter().filter_map(|p| Some((parameter_name(&p.pattern)?, p))).collect();
    for (k, ident) in arguments.statics.iter().enumerate() {
        let name = ident.unraw().to_string();
        if arguments.statics[..k].iter().any(|earlier| earlier.unraw() == name) {
            sink.report(ident, &attribute::DUPLICATE_STATIC, &[&name]);
        } else if let Some((_, param)) = names.iter().find(|(n, _)| *n == name) {
            if param.mode != Mode::Value || types::is_array(&param.ty) {
                sink.report(ident, &attribute::STATIC_ARRAY, &[&name]);
            } else if let Some(float) = types::float(&param.ty) {
                sink.warn(ident, &warnings::STATIC_NUMBER, &[&name, &float]);
            }
        } else {
            let help = match nearest(&name, names.iter().map(|(n, _)| n.as_str())) {
                Some(near) => format!("did you mean `{near}`?"),
                None if names.is_empty() => "the function has no parameters".to_string(),
                None => {
                    let list: Vec<String> = names.iter().map(|(n, _)| format!("`{n}`")).collect();
                    format!("its parameters are {}", list.join(", "))
                }
            };
            sink.report(ident, &attribute::UNKNOWN_PARAMETER, &[&name, &function.name, &help]);
        }
    }
}

/// A rule can't follow what is updated in place.
fn rule(function: &Function, sink: &mut Sink) {
    let span = match &function.rule {
        Some(Rule::Checkpoint(name)) => name.to_token_stream(),
        Some(Rule::Jvp(path) | Rule::Vjp(path)) => path.to_token_stream(),
        None => return,
    };
    if let Some(param) = function.params.iter().find(|p| p.mode == Mode::Mut) {
        let name = parameter_name(&param.pattern).unwrap_or_default();
        sink.report(span, &attribute::RULE_OF_UPDATE, &[&name]);
    }
}

fn parameter_name(pattern: &Pattern) -> Option<String> {
    match pattern {
        Pattern::Name(variable) => Some(variable.name()),
        Pattern::Typed(inner, ..) => parameter_name(inner),
        Pattern::Whole(variable, _) => Some(variable.name()),
        Pattern::Wild | Pattern::Rest(_) | Pattern::Tuple(..) | Pattern::Struct(..) => None,
    }
}

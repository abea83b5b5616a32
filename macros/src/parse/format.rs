//! Format strings: names and implicit positions become numbers. Whether the string fits its arguments is rustc's to
//! say, which reads it in the function as written; of one that does not, nothing is made here.

/// A format string whose arguments all have numbers, and what it captures.
#[derive(Debug, PartialEq)]
pub(super) struct Numbered {
    /// `"{0:>8.3} of {1}"`
    pub format: String,
    /// Variables named in the string; their numbers follow those of the arguments.
    pub captures: Vec<String>,
}

/// An argument as the string sees it.
pub(super) struct Argument {
    /// `name = value`
    pub name: Option<String>,
    /// A literal text, which becomes part of the string.
    pub text: Option<String>,
}

struct Numbering<'a> {
    arguments: &'a [Argument],
    captures: Vec<String>,
    /// The next argument that no one names.
    next: usize,
}

/// Numbers the arguments of a format string; `None` where it is none, or shows a text in a way that only rustc knows.
pub(super) fn number(text: &str, arguments: &[Argument]) -> Option<Numbered> {
    let mut numbering = Numbering { arguments, captures: Vec::new(), next: 0 };
    let mut format = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        format.push(c);
        match c {
            '{' | '}' if rest.peek() == Some(&c) => format.extend(rest.next()),
            '{' => {
                format.pop();
                let mut inside = String::new();
                loop {
                    match rest.next()? {
                        // `}` may be the character that fills.
                        '}' if !inside.ends_with(':') || !matches!(rest.peek(), Some('<' | '^' | '>')) => {
                            break;
                        }
                        c => inside.push(c),
                    }
                }
                format.push_str(&numbering.value(&inside)?);
            }
            '}' => return None,
            _ => {}
        }
    }
    Some(Numbered { format, captures: numbering.captures })
}

impl Numbering<'_> {
    /// What stands between braces.
    fn value(&mut self, inside: &str) -> Option<String> {
        let (argument, spec) = inside.split_once(':').unwrap_or((inside, ""));
        let spec = spec.trim_end();
        // `.*` takes its precision before the value.
        let before = spec.find(".*").map(|at| (at, self.implicit()));
        let number = match argument.trim() {
            "" => self.implicit(),
            named => self.argument(named)?,
        };
        if let Some(text) = self.arguments.get(number).and_then(|a| a.text.as_ref()) {
            let shown = match spec {
                "" => text.clone(),
                "?" => format!("{text:?}"),
                _ => return None,
            };
            return Some(shown.replace('{', "{{").replace('}', "}}"));
        }
        let spec = match before {
            Some((at, precision)) => format!("{}.{precision}${}", &spec[..at], &spec[at + 2..]),
            None => spec.to_string(),
        };
        let spec = self.counts(&spec)?;
        Some(if spec.is_empty() { format!("{{{number}}}") } else { format!("{{{number}:{spec}}}") })
    }

    fn implicit(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    /// A number, the name of an argument, or a variable.
    fn argument(&mut self, named: &str) -> Option<usize> {
        if let Ok(number) = named.parse() {
            return Some(number);
        }
        if let Some(k) = self.arguments.iter().position(|a| a.name.as_deref() == Some(named)) {
            return Some(k);
        }
        let word = |c: char| c.is_alphanumeric() || c == '_';
        if !named.chars().all(word) || named == "_" {
            return None;
        }
        let k = self.captures.iter().position(|c| c == named).unwrap_or_else(|| {
            self.captures.push(named.into());
            self.captures.len() - 1
        });
        Some(self.arguments.len() + k)
    }

    /// Widths and precisions that are arguments: `name$`.
    fn counts(&mut self, spec: &str) -> Option<String> {
        let mut out = String::new();
        let mut rest = spec;
        // A character that fills may be `$`, or begin a name.
        let mut chars = spec.char_indices();
        if let (Some(_), Some((at, '<' | '^' | '>'))) = (chars.next(), chars.next()) {
            out.push_str(&spec[..=at]);
            rest = &spec[at + 1..];
        }
        while let Some(at) = rest.find('$') {
            let start = rest[..at].rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(0, |k| k + 1);
            let mut name = &rest[start..at];
            out.push_str(&rest[..start]);
            // Zeros that fill, before a number.
            if let Some(after) = name.strip_prefix('0')
                && !after.is_empty()
            {
                out.push('0');
                name = after;
            }
            out.push_str(&format!("{}$", self.argument(name)?));
            rest = &rest[at + 1..];
        }
        out.push_str(rest);
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(text: &str, names: &[&str]) -> Option<(String, Vec<String>)> {
        let arguments: Vec<Argument> = names
            .iter()
            .map(|name| Argument {
                name: (!name.is_empty()).then(|| name.to_string()),
                text: name.strip_prefix('=').map(str::to_string),
            })
            .collect();
        number(text, &arguments).map(|n| (n.format, n.captures))
    }

    fn format(text: &str, names: &[&str]) -> String {
        numbered(text, names).unwrap().0
    }

    #[test]
    fn every_argument_gets_a_number() {
        assert_eq!(format("{} {:?} {0:.3} {}", &["", "", ""]), "{0} {1:?} {0:.3} {2}");
        assert_eq!(format("{b} {}", &["", "b"]), "{1} {0}");
        assert_eq!(
            numbered("{x} {y:8} {x}", &[""]).unwrap(),
            ("{1} {2:8} {1}".into(), vec!["x".into(), "y".into()])
        );
    }

    #[test]
    fn widths_and_precisions_are_arguments_too() {
        assert_eq!(format("{:1$} {:.*} {}", &["", "", "", ""]), "{0:1$} {2:.1$} {3}");
        assert_eq!(format("{x:>w$.p$}", &["x", "w", "p"]), "{0:>1$.2$}");
        assert_eq!(format("{:0w$}", &["", "w"]), "{0:01$}");
        assert_eq!(format("{:$>8}", &[""]), "{0:$>8}");
    }

    #[test]
    fn texts_become_part_of_the_string() {
        assert_eq!(format("a {} {:?}", &["=b{}", "=c"]), "a b{{}} \"c\"");
        assert_eq!(numbered("{:8}", &["=b"]), None);
    }

    #[test]
    fn braces_are_kept_and_what_is_broken_is_left_to_rustc() {
        assert_eq!(format("{{}} {:}<5}", &[""]), "{{}} {0:}<5}");
        assert_eq!(numbered("{", &[]), None);
        assert_eq!(numbered("}", &[]), None);
        assert_eq!(numbered("{a b}", &[]), None);
    }
}

//! The words of a kernel's text.

use crate::dtype::{DType, Literal};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A word: names, numbers, registers.
    Word(String),
    /// A quoted string.
    Text(String),
    Punct(char),
    /// The end of a line that has tokens.
    End,
}

pub(super) fn lex(text: &str) -> Result<Vec<(Token, usize)>, String> {
    let mut tokens: Vec<(Token, usize)> = Vec::new();
    for (k, line) in text.lines().enumerate() {
        let start = tokens.len();
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            let token = match c {
                '#' => break,
                ' ' => continue,
                '"' => Token::Text(quoted(&mut chars).ok_or("a quoted string does not end")?),
                _ => {
                    let next = |chars: &std::iter::Peekable<std::str::Chars<'_>>| chars.clone().next();
                    let sign = c == '-' && next(&chars).is_some_and(char::is_alphanumeric);
                    if !(c.is_alphanumeric() || c == '_' || sign) {
                        tokens.push((Token::Punct(c), k + 1));
                        continue;
                    }
                    let mut word = String::from(c);
                    while let Some(d) = next(&chars) {
                        let mut rest = chars.clone();
                        rest.next();
                        let number = rest.next().is_some_and(|e| e.is_ascii_digit());
                        let exponent = word.ends_with('e') && word.starts_with(|w: char| !w.is_alphabetic());
                        if !(d.is_alphanumeric()
                            || d == '_'
                            || (d == '.' && number)
                            || (d == '-' && exponent))
                        {
                            break;
                        }
                        word.push(d);
                        chars.next();
                    }
                    Token::Word(word)
                }
            };
            tokens.push((token, k + 1));
        }
        if tokens.len() > start {
            tokens.push((Token::End, k + 1));
        }
    }
    Ok(tokens)
}

/// The rest of a string as `{:?}` writes it.
fn quoted(chars: &mut impl Iterator<Item = char>) -> Option<String> {
    let mut word = String::new();
    loop {
        match chars.next()? {
            '"' => return Some(word),
            '\\' => match chars.next()? {
                'n' => word.push('\n'),
                't' => word.push('\t'),
                other => word.push(other),
            },
            other => word.push(other),
        }
    }
}

/// The number in `r12` or `b3`.
pub(super) fn index(word: &str, letter: char) -> Option<u16> {
    word.strip_prefix(letter)?.parse().ok()
}

/// A constant: a number with its dtype behind it, `i64` and `f64` aside.
pub(super) fn literal(word: &str) -> Option<Literal> {
    match word {
        "true" => return Some(Literal::Bool(true)),
        "false" => return Some(Literal::Bool(false)),
        _ => {}
    }
    let suffixed = DType::ALL.into_iter().find_map(|d| Some((word.strip_suffix(d.name())?, Some(d))));
    let (number, dtype) = suffixed.unwrap_or((word, None));
    if let (Some(bits), Some(dtype)) = (number.strip_prefix("0x"), dtype) {
        return Some(Literal::from_bits(dtype, u64::from_str_radix(bits, 16).ok()?));
    }
    match dtype {
        None => number.parse().map(Literal::I64).or_else(|_| number.parse().map(Literal::F64)).ok(),
        Some(DType::I32) => number.parse().map(Literal::I32).ok(),
        Some(DType::U32) => number.parse().map(Literal::U32).ok(),
        Some(DType::U64) => number.parse().map(Literal::U64).ok(),
        Some(DType::Usize) => number.parse().map(Literal::Usize).ok(),
        Some(DType::F32) => number.parse().map(Literal::F32).ok(),
        Some(_) => None,
    }
}

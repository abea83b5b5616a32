//! From text to a kernel. The result is not verified, so that tests can make broken kernels.

use crate::dtype::{DType, Literal};
use crate::graph::SiteId;
use crate::kernel::inst::{Buf, Inst, Parts, Reg};
use crate::kernel::ir::{
    Blocked, Branch, Call, Code, Fold, Item, Kernel, Loop, Mark, Matmul, Operand, Origin, Selector, SlotInfo,
    Trap, TrapId, TrapKind, While,
};
use crate::kernel::math::reduce::Combine;
use crate::kernel::ranges::Interval;
use crate::op::{BinaryOp, UnaryOp};
use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;
use std::sync::Arc;

type Parsed<T> = Result<T, String>;

impl FromStr for Kernel {
    type Err = String;

    /// Parses what [`Display`](std::fmt::Display) prints; `#` starts a comment. Registers keep their numbers;
    /// those of constants come behind them.
    fn from_str(text: &str) -> Parsed<Kernel> {
        let tokens = lex(text)?;
        let numbers = tokens.iter().filter_map(|(token, _)| match token {
            Token::Word(word) => index(word, 'r'),
            _ => None,
        });
        let registers = numbers.max().map_or(0, |n| usize::from(n) + 1);
        let mut parser = Parser {
            tokens,
            pos: 0,
            declared: HashMap::new(),
            constants: Vec::new(),
            registers,
            slots: Vec::new(),
            calls: Vec::new(),
            matmuls: Vec::new(),
        };
        let at = |parser: &Parser, e: String| {
            let line = parser.tokens.get(parser.pos).or(parser.tokens.last()).map_or(1, |t| t.1);
            format!("line {line} of the kernel: {e}")
        };
        parser.kernel().map_err(|e| at(&parser, e))
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// A word: names, numbers, registers.
    Word(String),
    /// A quoted string.
    Text(String),
    Punct(char),
    /// The end of a line that has tokens.
    End,
}

fn lex(text: &str) -> Parsed<Vec<(Token, usize)>> {
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
fn index(word: &str, letter: char) -> Option<u16> {
    word.strip_prefix(letter)?.parse().ok()
}

/// A constant: a number with its dtype behind it, `i64` and `f64` aside.
fn literal(word: &str) -> Option<Literal> {
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
        Some(DType::Usize) => number.parse().map(Literal::Usize).ok(),
        Some(DType::F32) => number.parse().map(Literal::F32).ok(),
        Some(_) => None,
    }
}

struct Parser {
    tokens: Vec<(Token, usize)>,
    pos: usize,
    declared: HashMap<Reg, (DType, Interval)>,
    constants: Vec<Literal>,
    /// How many registers are written as such; constants come behind them.
    registers: usize,
    slots: Vec<SlotInfo>,
    calls: Vec<Call>,
    matmuls: Vec<Matmul>,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.pos).map(|(token, _)| token)
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(&Token::Punct(c));
        self.pos += usize::from(found);
        found
    }

    fn expect(&mut self, text: &str) -> Parsed<()> {
        text.chars().try_for_each(|c| if self.eat(c) { Ok(()) } else { Err(format!("expected `{text}`")) })
    }

    fn at_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(w)) if w == word)
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        self.pos += usize::from(found);
        found
    }

    fn word(&mut self) -> Parsed<String> {
        let Some(Token::Word(word)) = self.peek() else { return Err("expected a word".to_string()) };
        let word = word.clone();
        self.pos += 1;
        Ok(word)
    }

    fn keyword(&mut self, word: &str) -> Parsed<()> {
        if self.eat_word(word) { Ok(()) } else { Err(format!("expected `{word}`")) }
    }

    fn number<T: FromStr>(&mut self) -> Parsed<T> {
        let word = self.word()?;
        word.parse().map_err(|_| format!("`{word}` is not a number that fits here"))
    }

    fn text(&mut self) -> Option<Arc<str>> {
        let Some(Token::Text(text)) = self.peek() else { return None };
        let text = text.as_str().into();
        self.pos += 1;
        Some(text)
    }

    fn end(&mut self) -> Parsed<()> {
        if self.peek() != Some(&Token::End) {
            return Err("expected the end of the line".to_string());
        }
        self.pos += 1;
        Ok(())
    }

    fn dtype(&mut self) -> Parsed<DType> {
        let word = self.word()?;
        DType::from_name(&word).ok_or_else(|| format!("`{word}` is not a dtype"))
    }

    /// A register, or the one that holds a constant.
    fn reg(&mut self) -> Parsed<Reg> {
        let word = self.word()?;
        if let Some(n) = index(&word, 'r') {
            return Ok(Reg(n));
        }
        let literal =
            literal(&word).ok_or_else(|| format!("`{word}` is neither a register nor a constant"))?;
        self.constant(literal)
    }

    fn constant(&mut self, literal: Literal) -> Parsed<Reg> {
        let at = self.constants.iter().position(|&c| c == literal).unwrap_or_else(|| {
            self.constants.push(literal);
            self.constants.len() - 1
        });
        u16::try_from(self.registers + at).map(Reg).map_err(|_| "too many registers".to_string())
    }

    /// A register that is set, perhaps with its declaration.
    fn set(&mut self) -> Parsed<Reg> {
        let r = self.reg()?;
        if !self.eat(':') {
            return Ok(r);
        }
        let dtype = self.dtype()?;
        let mut range = Interval::of(dtype);
        if self.eat_word("in") {
            let lo = self.number()?;
            self.expect("..=")?;
            range = Interval::new(lo, self.number()?);
        }
        match self.declared.insert(r, (dtype, range)) {
            Some(_) => Err(format!("r{} is declared twice", r.0)),
            None => Ok(r),
        }
    }

    fn buf(&mut self) -> Parsed<Buf> {
        let word = self.word()?;
        index(&word, 'b').map(Buf).ok_or_else(|| format!("`{word}` is not a slot"))
    }

    fn kernel(&mut self) -> Parsed<Kernel> {
        self.keyword("kernel")?;
        let name: Arc<str> = self.word()?.into();
        self.expect("(")?;
        let mut arguments = Vec::new();
        while !self.eat(')') {
            arguments.push(self.set()?);
            self.eat(',');
        }
        self.expect("{")?;
        self.end()?;
        while matches!(self.peek(), Some(Token::Word(w)) if index(w, 'b').is_some()) && self.declares_slot() {
            self.slot()?;
        }
        let code = self.list()?;
        self.keyword("return")?;
        let mut results = Vec::new();
        while self.peek() != Some(&Token::End) {
            results.push(self.reg()?);
            self.eat(',');
        }
        self.end()?;
        self.expect("}")?;
        self.end()?;
        let traps = self.traps()?;
        let zero = self.constant(Literal::I64(0))?;
        let (mut regs, mut ranges, mut constants) = (Vec::new(), Vec::new(), Vec::new());
        for k in 0..self.registers {
            // A number that nobody uses can have any dtype; the verifier finds one that is read and not set.
            let known = self.declared.get(&Reg(k as u16)).copied();
            let (dtype, range) = known.unwrap_or((DType::I64, Interval::of(DType::I64)));
            regs.push(dtype);
            ranges.push(range);
            constants.push(None);
        }
        for &literal in &self.constants {
            regs.push(literal.dtype());
            ranges.push(literal.as_i128().map_or(Interval::of(literal.dtype()), Interval::point));
            constants.push(Some(literal));
        }
        Ok(Kernel {
            name,
            code,
            regs,
            ranges,
            constants,
            zero,
            arguments,
            results,
            slots: std::mem::take(&mut self.slots),
            calls: std::mem::take(&mut self.calls),
            traps,
            matmuls: std::mem::take(&mut self.matmuls),
            names: Vec::new(),
            array_names: Vec::new(),
            notes: Vec::new(),
        })
    }

    /// `b0 "x": ..` or `b0: ..`, and not an instruction on whole buffers.
    fn declares_slot(&self) -> bool {
        matches!(self.tokens.get(self.pos + 1), Some((Token::Text(_) | Token::Punct(':'), _)))
    }

    fn slot(&mut self) -> Parsed<()> {
        let buf = self.buf()?;
        if buf.index() != self.slots.len() {
            return Err("slots are numbered from 0".to_string());
        }
        let name = self.text();
        self.expect(":")?;
        let dtype = self.dtype()?;
        self.expect("[")?;
        let mut shape = Vec::new();
        while !self.eat(']') {
            shape.push(self.number()?);
            self.eat(',');
        }
        let word = self.word()?;
        let origin = match word.as_str() {
            "read" => Origin::Input { owned: self.eat_word("owned"), taken: false },
            "updated" => Origin::Input { owned: true, taken: true },
            "made" => Origin::Temporary,
            _ => return Err(format!("a slot is read, updated or made, not `{word}`")),
        };
        self.slots.push(SlotInfo { dtype, shape, origin, name });
        self.end()
    }

    fn traps(&mut self) -> Parsed<Vec<Trap>> {
        let mut known = BTreeMap::new();
        while self.eat_word("trap") {
            self.expect("!")?;
            let id: usize = self.number()?;
            self.expect("=")?;
            known.insert(id, self.trap()?);
            self.end()?;
        }
        if let Some(token) = self.peek() {
            return Err(format!("{token:?} behind the kernel"));
        }
        let count = known.keys().max().map_or(0, |&k| k + 1);
        let unused = || TrapKind::Check { message: "unused".into() };
        Ok((0..count)
            .map(|k| Trap { site: SiteId(0), kind: known.remove(&k).unwrap_or_else(unused) })
            .collect())
    }

    fn trap(&mut self) -> Parsed<TrapKind> {
        let word = self.word()?;
        Ok(match word.as_str() {
            "index" => {
                let dtype = self.dtype()?;
                self.keyword("axis")?;
                let axis = self.number()?;
                self.keyword("of")?;
                let len = self.number()?;
                self.keyword("window")?;
                let window = self.number()?;
                TrapKind::Index { name: self.text(), axis, len, window, dtype }
            }
            "binary" => {
                let word = self.word()?;
                let op = BinaryOp::from_name(&word).ok_or_else(|| format!("there is no op `{word}`"))?;
                TrapKind::Binary { op, dtype: self.dtype()? }
            }
            "call" => TrapKind::Call(self.call()?),
            "check" => TrapKind::Check { message: self.text().ok_or("`check` takes a message")? },
            "loop" => {
                let dtype = self.dtype()?;
                self.keyword("step")?;
                TrapKind::Loop { dtype, step: self.number()? }
            }
            _ => return Err(format!("there is no trap `{word}`")),
        })
    }

    /// `powi[f64, i32]`
    fn call(&mut self) -> Parsed<Call> {
        let word = self.word()?;
        self.expect("[")?;
        let x = self.dtype()?;
        let second = if self.eat(',') { Some(self.dtype()?) } else { None };
        self.expect("]")?;
        let call = match second {
            None => UnaryOp::from_name(&word).map(|op| Call::Unary(op, x)),
            Some(y) => BinaryOp::from_name(&word).map(|op| Call::Binary(op, x, y)),
        };
        call.ok_or_else(|| format!("there is no op `{word}`"))
    }

    fn call_id(&mut self) -> Parsed<u32> {
        let call = self.call()?;
        let at = self.calls.iter().position(|&c| c == call).unwrap_or_else(|| {
            self.calls.push(call);
            self.calls.len() - 1
        });
        Ok(at as u32)
    }

    /// The items up to what ends a list: `}`, `while`, `return`, or moves.
    fn list(&mut self) -> Parsed<Code> {
        let mut code = Code::new();
        loop {
            let ends =
                self.peek() == Some(&Token::Punct('}')) || self.at_word("while") || self.at_word("return");
            if ends || self.at_moves() {
                return Ok(code);
            }
            code.push(self.item()?);
        }
    }

    /// The line has a `<-` between registers.
    fn at_moves(&self) -> bool {
        let line = self.tokens[self.pos..].iter().map(|(token, _)| token).take_while(|t| **t != Token::End);
        let line: Vec<&Token> = line.collect();
        let arrow = line.windows(3).position(|w| {
            w[0] == &Token::Punct('<') && w[1] == &Token::Punct('-') && w[2] != &Token::Punct('>')
        });
        arrow.is_some() && !self.at_word("for")
    }

    fn moves(&mut self) -> Parsed<Vec<(Reg, Reg)>> {
        if !self.at_moves() {
            return Ok(Vec::new());
        }
        let mut to = vec![self.set()?];
        while self.eat(',') {
            to.push(self.set()?);
        }
        self.expect("<-")?;
        let mut from = vec![self.reg()?];
        while self.eat(',') {
            from.push(self.reg()?);
        }
        self.end()?;
        if to.len() != from.len() {
            return Err("moves to as many registers as from".to_string());
        }
        Ok(to.into_iter().zip(from).collect())
    }

    fn item(&mut self) -> Parsed<Item> {
        if self.eat_word("for") {
            return Ok(Item::Loop(Box::new(self.counted()?)));
        }
        if self.eat_word("loop") {
            self.expect("{")?;
            self.end()?;
            let head = self.list()?;
            self.keyword("while")?;
            let cond = self.reg()?;
            self.end()?;
            let body = self.list()?;
            let moves = self.moves()?;
            self.expect("}")?;
            self.end()?;
            return Ok(Item::While(Box::new(While { head, cond, body, moves })));
        }
        if self.eat_word("if") {
            let selector = Selector::Bool(self.reg()?);
            return Ok(Item::Branch(Box::new(Branch { selector, arms: self.arms()? })));
        }
        if self.eat_word("switch") {
            let signed = self.eat_word("signed");
            let selector = Selector::Index { idx: self.reg()?, signed };
            return Ok(Item::Branch(Box::new(Branch { selector, arms: self.arms()? })));
        }
        let inst = self.inst()?;
        let trap = if self.eat('!') { Some(TrapId(self.number()?)) } else { None };
        self.end()?;
        Ok(Item::Inst(inst, trap))
    }

    #[expect(clippy::type_complexity, reason = "the arms of a branch")]
    fn arms(&mut self) -> Parsed<Vec<(Code, Vec<(Reg, Reg)>)>> {
        let mut arms = Vec::new();
        loop {
            self.expect("{")?;
            self.end()?;
            let code = self.list()?;
            arms.push((code, self.moves()?));
            self.expect("}")?;
            if !self.eat_word("else") {
                self.end()?;
                return Ok(arms);
            }
        }
    }

    fn counted(&mut self) -> Parsed<Loop> {
        let iv = self.reg()?;
        self.keyword("until")?;
        let end = self.reg()?;
        self.keyword("step")?;
        let step = self.reg()?;
        let by_constant = self.constants.get(step.index().wrapping_sub(self.registers));
        let mut stride = by_constant.and_then(|c| c.as_i128()).map(|x| x as i64);
        let (mut guard, mut max_trips, mut site, mut mark) = (None, None, None, Mark::default());
        while !self.eat('{') {
            if self.eat('@') {
                site = Some(SiteId(self.number()?));
                continue;
            }
            let word = self.word()?;
            match word.as_str() {
                "stride" => stride = Some(self.number()?),
                "if" => {
                    let dtype = self.dtype()?;
                    guard = Some((self.reg()?, dtype));
                    self.expect(">")?;
                    self.number::<u8>()?;
                }
                "at" => {
                    self.keyword("most")?;
                    max_trips = Some(self.number()?);
                }
                "parallel" => mark.parallel = Some(self.number()?),
                "vector" => mark.vector = true,
                "simt" => mark.simt = true,
                "blocked" => mark.blocked = Some(self.blocked()?),
                _ => mark.folds.push(self.fold(&word)?),
            }
        }
        self.end()?;
        let stride = stride.ok_or("a step in a register needs its stride")?;
        let body = self.list()?;
        let moves = self.moves()?;
        self.expect("}")?;
        self.end()?;
        Ok(Loop { site, iv, end, step, stride, guard, max_trips, body, moves, strip: None, mark })
    }

    fn blocked(&mut self) -> Parsed<Blocked> {
        if self.eat_word("whole") {
            Ok(Blocked::Whole)
        } else if self.eat_word("carried") {
            Ok(Blocked::Carried(self.reg()?))
        } else if self.eat_word("last") {
            Ok(Blocked::Last(self.reg()?))
        } else {
            let written_twice = self.eat_word("twice");
            Ok(Blocked::Element { buf: self.buf()?, written_twice })
        }
    }

    fn fold(&mut self, word: &str) -> Parsed<Fold> {
        let all = [Combine::Add, Combine::Mul, Combine::Min, Combine::Max];
        let combine = all.into_iter().find(|c| format!("{c:?}") == word);
        let combine = combine.ok_or_else(|| format!("a loop has no `{word}`"))?;
        self.expect("(")?;
        let carry = self.reg()?;
        self.expect("<-")?;
        let value = self.reg()?;
        self.expect(")")?;
        let dtype = self.declared.get(&carry).ok_or("a reduction into a register without a dtype")?.0;
        Ok(Fold { carry, value, combine, dtype })
    }

    fn address(&mut self) -> Parsed<(Buf, Reg, Reg, i32)> {
        let buf = self.buf()?;
        self.expect("[")?;
        let base = self.reg()?;
        self.expect("+")?;
        let idx = self.reg()?;
        self.expect("+")?;
        let off = self.number()?;
        self.expect("]")?;
        Ok((buf, base, idx, off))
    }

    fn at_slot(&self) -> bool {
        matches!(self.peek(), Some(Token::Word(w)) if index(w, 'b').is_some())
    }

    fn inst(&mut self) -> Parsed<Inst> {
        if self.at_slot() {
            return self.whole();
        }
        let set = matches!(self.peek(), Some(Token::Word(w)) if index(w, 'r').is_some());
        let dst = if set { Some(self.set()?) } else { None };
        if set {
            self.expect("=")?;
        }
        let word = self.word()?;
        match (word.as_str(), dst) {
            ("Call", Some(dst)) => {
                let id = self.call_id()?;
                return Ok(Inst::Call { dst, a: self.reg()?, b: self.reg()?, id });
            }
            ("CallPure", Some(dst)) => {
                let id = self.call_id()?;
                return Ok(Inst::CallPure { dst, a: self.reg()?, b: self.reg()?, id });
            }
            ("CheckIndex", None) => return Ok(Inst::CheckIndex { idx: self.reg()?, len: self.reg()? }),
            ("Check", None) => return Ok(Inst::Check { cond: self.reg()? }),
            ("CheckLoop", None) => {
                let dtype = self.dtype()?;
                let (start, count, step) = (self.reg()?, self.reg()?, self.reg()?);
                return Ok(Inst::CheckLoop { dtype, start, count, step });
            }
            _ => {}
        }
        let (mut regs, mut address) = (Vec::new(), None);
        while let Some(Token::Word(_)) = self.peek() {
            if self.at_slot() {
                address = Some(self.address()?);
                if self.eat('=') {
                    regs.push(self.reg()?);
                }
                break;
            }
            regs.push(self.reg()?);
        }
        let parts = Parts { dst, regs, address };
        let known = match (dst, &parts.regs[..], address) {
            (Some(dst), &[a], None) => UnaryOp::from_name(&word).map(|op| Inst::Math { dst, a, op }),
            (Some(dst), &[a, b], None) => BinaryOp::from_name(&word).map(|op| Inst::Math2 { dst, a, b, op }),
            _ => None,
        };
        known
            .or_else(|| Inst::of_parts(&word, &parts))
            .ok_or_else(|| format!("there is no instruction `{word}` with these operands"))
    }

    /// `b0 = b1`, `b0 <-> b1`, `b0 = product ..`
    fn whole(&mut self) -> Parsed<Inst> {
        let dst = self.buf()?;
        if self.eat('<') {
            self.expect("->")?;
            return Ok(Inst::SwapBuf { a: dst, b: self.buf()? });
        }
        self.expect("=")?;
        if !self.eat_word("product") {
            return Ok(Inst::CopyBuf { dst, src: self.buf()? });
        }
        let word = self.word()?;
        let sizes: Option<Vec<i64>> = word.split('x').map(|n| n.parse().ok()).collect();
        let Some([m, k, n]) = sizes.as_deref() else { return Err(format!("`{word}` are no sizes")) };
        let (m, k, n) = (*m, *k, *n);
        self.keyword("of")?;
        let left = self.operand()?;
        self.keyword("and")?;
        let right = self.operand()?;
        let dtype = self.slots.get(dst.index()).ok_or("the result has no slot")?.dtype;
        self.matmuls.push(Matmul { dst, dtype, m, n, k, left, right });
        let id = self.matmuls.len() as u32 - 1;
        Ok(Inst::Matmul { id, left: left.offset, right: right.offset, dst, a: left.buf, b: right.buf })
    }

    fn operand(&mut self) -> Parsed<Operand> {
        let buf = self.buf()?;
        self.expect("[")?;
        let offset = self.reg()?;
        self.expect("+")?;
        let row = self.number()?;
        self.keyword("r")?;
        self.expect("+")?;
        let column = self.number()?;
        self.keyword("c")?;
        self.expect("]")?;
        Ok(Operand { buf, offset, row, column })
    }
}

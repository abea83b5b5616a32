//! From text to a kernel. The result is not verified, so that tests can make broken kernels.

use super::lex::{Token, index, lex, literal};
use crate::dtype::{DType, Literal};
use crate::graph::SiteId;
use crate::kernel::inst::{Buf, Inst, Parts, Reg, SHOWN};
use crate::kernel::ir::{
    Branch, Call, Code, Item, Kernel, Loop, Mark, Matmul, Selector, SlotInfo, TrapId, While,
};
use crate::kernel::ranges::Interval;
use crate::op::{BinaryOp, UnaryOp};
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

pub(super) type Parsed<T> = Result<T, String>;

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

pub(super) struct Parser {
    tokens: Vec<(Token, usize)>,
    pos: usize,
    pub(super) declared: HashMap<Reg, (DType, Interval)>,
    constants: Vec<Literal>,
    /// How many registers are written as such; constants come behind them.
    registers: usize,
    pub(super) slots: Vec<SlotInfo>,
    pub(super) calls: Vec<Call>,
    pub(super) matmuls: Vec<Matmul>,
}

impl Parser {
    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.pos).map(|(token, _)| token)
    }

    pub(super) fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(&Token::Punct(c));
        self.pos += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, text: &str) -> Parsed<()> {
        text.chars().try_for_each(|c| if self.eat(c) { Ok(()) } else { Err(format!("expected `{text}`")) })
    }

    pub(super) fn at_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(w)) if w == word)
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        self.pos += usize::from(found);
        found
    }

    pub(super) fn word(&mut self) -> Parsed<String> {
        let Some(Token::Word(word)) = self.peek() else { return Err("expected a word".to_string()) };
        let word = word.clone();
        self.pos += 1;
        Ok(word)
    }

    pub(super) fn keyword(&mut self, word: &str) -> Parsed<()> {
        if self.eat_word(word) { Ok(()) } else { Err(format!("expected `{word}`")) }
    }

    pub(super) fn number<T: FromStr>(&mut self) -> Parsed<T> {
        let word = self.word()?;
        word.parse().map_err(|_| format!("`{word}` is not a number that fits here"))
    }

    pub(super) fn text(&mut self) -> Option<Arc<str>> {
        let Some(Token::Text(text)) = self.peek() else { return None };
        let text = text.as_str().into();
        self.pos += 1;
        Some(text)
    }

    pub(super) fn end(&mut self) -> Parsed<()> {
        if self.peek() != Some(&Token::End) {
            return Err("expected the end of the line".to_string());
        }
        self.pos += 1;
        Ok(())
    }

    pub(super) fn dtype(&mut self) -> Parsed<DType> {
        let word = self.word()?;
        DType::from_name(&word).ok_or_else(|| format!("`{word}` is not a dtype"))
    }

    /// A register, or the one that holds a constant.
    pub(super) fn reg(&mut self) -> Parsed<Reg> {
        let word = self.word()?;
        self.reg_of(&word)
    }

    pub(super) fn reg_of(&mut self, word: &str) -> Parsed<Reg> {
        if let Some(n) = index(word, 'r') {
            return Ok(Reg(n));
        }
        let literal =
            literal(word).ok_or_else(|| format!("`{word}` is neither a register nor a constant"))?;
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

    pub(super) fn buf(&mut self) -> Parsed<Buf> {
        let word = self.word()?;
        index(&word, 'b').map(Buf).ok_or_else(|| format!("`{word}` is not a slot"))
    }

    fn kernel(&mut self) -> Parsed<Kernel> {
        self.keyword("kernel")?;
        let name: Arc<str> = match self.text() {
            Some(name) => name,
            None => self.word()?.into(),
        };
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
        let (mut results, mut returned) = (Vec::new(), Vec::new());
        while self.peek() != Some(&Token::End) {
            if self.at_slot() {
                returned.push(self.buf()?);
            } else {
                results.push(self.reg()?);
            }
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
            returned,
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
            ("Check", None) => {
                let (cond, mut values, mut shown) = (self.reg()?, [Reg(0); SHOWN], 0);
                while let Some(Token::Word(_)) = self.peek() {
                    *values.get_mut(shown).ok_or("a `Check` with too many values")? = self.reg()?;
                    shown += 1;
                }
                return Ok(Inst::Check { cond, shown: shown as u8, values });
            }
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
}

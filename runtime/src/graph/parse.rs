//! Reads the textual form of a graph back; the result is verified.

use super::types::{Graph, Node, Region, SiteId, Type, ValueId, ValueInfo};
use crate::backend::Stream;
use crate::dtype::{DType, Literal};
use crate::error::{Error, ErrorKind, Location, Result};
use crate::op::{ArgOp, Axis, BinaryOp, CmpOp, Op, ReduceOp, Rule, StoreMode, UnaryOp};
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

impl FromStr for Graph {
    type Err = Error;

    /// Parses what [`Display`](std::fmt::Display) prints. Value numbers are kept; `@` places may be left
    /// out; `#` starts a comment.
    fn from_str(text: &str) -> Result<Graph> {
        let mut parser = Parser { tokens: lex(text)?, pos: 0, values: HashMap::new(), sites: Vec::new() };
        let graph = parser.graph()?;
        graph.verify()?;
        Ok(graph)
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// A word: names, numbers, keywords.
    Word(String),
    /// A quoted string.
    Text(String),
    Value(u32),
    Punct(char),
}

fn error(line: usize, message: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Parse, format!("line {line} of the graph: {message}"))
}

fn lex(text: &str) -> Result<Vec<(Token, usize)>> {
    let mut tokens = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let number = number + 1;
        let mut chars = line.chars().peekable();
        while let Some(&c) = chars.peek() {
            if c.is_whitespace() {
                chars.next();
            } else if c == '#' {
                break;
            } else if c == '"' {
                chars.next();
                let mut word = String::new();
                loop {
                    match chars.next() {
                        None => return Err(error(number, "a quoted string does not end")),
                        Some('"') => break,
                        Some('\\') => match chars.next() {
                            Some('n') => word.push('\n'),
                            Some('t') => word.push('\t'),
                            Some(other) => word.push(other),
                            None => return Err(error(number, "a quoted string does not end")),
                        },
                        Some(other) => word.push(other),
                    }
                }
                tokens.push((Token::Text(word), number));
            } else if c == '%' || c.is_alphanumeric() || c == '_' || c == '-' {
                chars.next();
                let mut word = String::from(c);
                while let Some(&d) = chars.peek() {
                    // A sign inside a word belongs to an exponent: `1e-5`.
                    let exponent = (d == '-' || d == '+')
                        && word.ends_with('e')
                        && word.starts_with(|w: char| w.is_ascii_digit() || w == '-');
                    if d.is_alphanumeric() || d == '_' || d == '.' || exponent {
                        word.push(d);
                        chars.next();
                    } else {
                        break;
                    }
                }
                let token = match word.strip_prefix('%') {
                    Some(id) => Token::Value(
                        id.parse().map_err(|_| error(number, format!("`{word}` is not a value")))?,
                    ),
                    None => Token::Word(word),
                };
                tokens.push((token, number));
            } else {
                chars.next();
                tokens.push((Token::Punct(c), number));
            }
        }
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<(Token, usize)>,
    pos: usize,
    values: HashMap<u32, ValueInfo>,
    /// (source, line, column, width) of each site.
    sites: Vec<(usize, u32, u32, u32)>,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.pos).map(|(t, _)| t)
    }

    fn fail(&self, message: impl std::fmt::Display) -> Error {
        let line = self.tokens.get(self.pos).or(self.tokens.last()).map_or(1, |(_, line)| *line);
        error(line, message)
    }

    fn next(&mut self) -> Result<Token> {
        let token = self.peek().cloned().ok_or_else(|| self.fail("the text ends too early"))?;
        self.pos += 1;
        Ok(token)
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(&Token::Punct(c));
        self.pos += usize::from(found);
        found
    }

    fn expect(&mut self, c: char) -> Result<()> {
        if self.eat(c) { Ok(()) } else { Err(self.fail(format!("expected `{c}`"))) }
    }

    fn word(&mut self) -> Result<String> {
        match self.next()? {
            Token::Word(word) => Ok(word),
            _ => {
                self.pos -= 1;
                Err(self.fail("expected a word"))
            }
        }
    }

    fn number<T: FromStr>(&mut self) -> Result<T> {
        let word = self.word()?;
        word.parse().map_err(|_| self.fail(format!("`{word}` is not a number that fits here")))
    }

    fn keyword(&mut self, keyword: &str) -> Result<()> {
        let word = self.word()?;
        if word == keyword { Ok(()) } else { Err(self.fail(format!("expected `{keyword}`, found `{word}`"))) }
    }

    fn value(&mut self) -> Result<ValueId> {
        match self.next()? {
            // Ids are dense in printed graphs; the cap keeps hostile text from allocating without bound.
            Token::Value(id) if (id as usize) < self.tokens.len() * 4 + 1024 => Ok(ValueId(id)),
            _ => {
                self.pos -= 1;
                Err(self.fail("expected a value such as %3"))
            }
        }
    }

    fn values(&mut self) -> Result<Vec<ValueId>> {
        let mut ids = Vec::new();
        while let Some(Token::Value(_)) = self.peek() {
            ids.push(self.value()?);
            if !self.eat(',') {
                break;
            }
        }
        Ok(ids)
    }

    fn ty(&mut self) -> Result<Type> {
        let word = self.word()?;
        let dtype = DType::from_name(&word).ok_or_else(|| self.fail(format!("`{word}` is not a type")))?;
        let mut shape = Vec::new();
        if self.eat('[') {
            while !self.eat(']') {
                shape.push(self.number()?);
                self.eat(',');
            }
        }
        crate::op::infer::checked_count(&shape)?;
        Ok(Type { dtype, shape })
    }

    fn definition(&mut self) -> Result<ValueId> {
        let v = self.value()?;
        let name = match self.peek() {
            Some(Token::Text(name)) => {
                let name = Arc::from(name.as_str());
                self.pos += 1;
                Some(name)
            }
            _ => None,
        };
        self.expect(':')?;
        let ty = self.ty()?;
        if self.values.insert(v.0, ValueInfo { ty, name }).is_some() {
            return Err(self.fail(format!("{v} is defined twice")));
        }
        Ok(v)
    }

    fn params(&mut self) -> Result<Vec<ValueId>> {
        self.expect('(')?;
        let mut params = Vec::new();
        while !self.eat(')') {
            params.push(self.definition()?);
            self.eat(',');
        }
        Ok(params)
    }

    fn graph(&mut self) -> Result<Graph> {
        self.keyword("graph")?;
        let name: Arc<str> = match self.text()? {
            Some(name) => name,
            None => self.word()?.into(),
        };
        let params = self.params()?;
        self.expect('{')?;
        let (nodes, results) = self.nodes("return")?;
        self.expect('}')?;
        let mut sources: Vec<(Arc<str>, Arc<str>)> = Vec::new();
        while self.peek().is_some() {
            self.keyword("source")?;
            let k: usize = self.number()?;
            let Token::Text(file) = self.next()? else { return Err(self.fail("expected a file name")) };
            let function = self.word()?;
            if k != sources.len() {
                return Err(self.fail("sources are numbered from 0"));
            }
            sources.push((file.into(), function.into()));
        }
        if sources.is_empty() {
            sources.push(("graph".into(), name.clone()));
        }
        let sites = std::iter::once(&(0, 0, 0, 0)).chain(&self.sites).map(|&(k, line, column, width)| {
            let (file, function) =
                sources.get(k).ok_or_else(|| error(1, format!("there is no source {k}")))?;
            let (file, function) = (file.clone(), function.clone());
            Ok(Location { file, function, line, column, width, text: None })
        });
        let sites = sites.collect::<Result<Vec<_>>>()?;
        let count = self.values.keys().max().map_or(0, |&m| m as usize + 1);
        let unused = ValueInfo { ty: Type::scalar(DType::Bool), name: None };
        let mut values = vec![unused; count];
        for (id, info) in self.values.drain() {
            values[id as usize] = info;
        }
        Ok(Graph {
            name,
            values,
            sites,
            body: Region { params, nodes, results },
            statics: Vec::new(),
            list_depths: Vec::new(),
        })
    }

    fn nodes(&mut self, end: &str) -> Result<(Vec<Node>, Vec<ValueId>)> {
        let mut nodes = Vec::new();
        loop {
            if matches!(self.peek(), Some(Token::Word(w)) if w == end) {
                self.pos += 1;
                return Ok((nodes, self.values()?));
            }
            nodes.push(self.node()?);
        }
    }

    fn node(&mut self) -> Result<Node> {
        let mut outputs = Vec::new();
        while let Some(Token::Value(_)) = self.peek() {
            outputs.push(self.definition()?);
            if !self.eat(',') {
                break;
            }
        }
        if !outputs.is_empty() {
            self.expect('=')?;
        }
        let result = outputs.first().map(|v| self.values[&v.0].ty.clone());
        let op = self.op(result)?;
        self.expect('(')?;
        let inputs = self.values()?;
        self.expect(')')?;
        let mut site = SiteId(0);
        if self.eat('@') {
            let source = self.number()?;
            let mut part = || {
                self.expect(':')?;
                self.number()
            };
            let (line, column, width) = (part()?, part()?, part()?);
            self.sites.push((source, line, column, width));
            site = SiteId(self.sites.len() as u32);
        }
        let mut regions = Vec::new();
        while self.eat('{') {
            let params = self.params()?;
            let (nodes, results) = self.nodes("yield")?;
            self.expect('}')?;
            regions.push(Region { params, nodes, results });
        }
        Ok(Node { op, inputs, outputs, regions, site })
    }

    fn text(&mut self) -> Result<Option<Arc<str>>> {
        match self.peek().cloned() {
            Some(Token::Text(text)) => {
                self.pos += 1;
                Ok(Some(text.into()))
            }
            _ => Ok(None),
        }
    }

    fn list(&mut self) -> Result<Vec<usize>> {
        let mut items = Vec::new();
        while let Some(Token::Word(_)) = self.peek() {
            items.push(self.number()?);
            self.eat(',');
        }
        Ok(items)
    }

    fn axes(&mut self) -> Result<Vec<Axis>> {
        let mut axes = Vec::new();
        while let Some(Token::Word(word)) = self.peek().cloned() {
            self.pos += 1;
            axes.push(match word.as_str() {
                "at" => Axis::At,
                "window" => Axis::Window { len: self.number()? },
                start => {
                    let start = start.parse().map_err(|_| self.fail(format!("`{start}` is not an axis")))?;
                    self.expect(':')?;
                    let len = self.number()?;
                    self.expect(':')?;
                    Axis::Range { start, len, step: self.number()? }
                }
            });
            self.eat(',');
        }
        Ok(axes)
    }

    fn mode(&mut self) -> Result<StoreMode> {
        let word = self.word()?;
        let mode =
            StoreMode::from_name(&word).ok_or_else(|| self.fail(format!("`{word}` is not a store mode")))?;
        self.expect(';')?;
        Ok(mode)
    }

    fn op(&mut self, result: Option<Type>) -> Result<Op> {
        let name = self.word()?;
        let braces = self.eat('{');
        let ty = || result.clone().ok_or_else(|| error(0, format!("`{name}` has a result")));
        let op = match name.as_str() {
            "const" => Op::Const(self.literal(ty()?.dtype)?),
            "iota" => Op::Iota { dtype: ty()?.dtype, len: ty()?.count() },
            "empty" => Op::Empty(ty()?),
            "select" => Op::Select,
            "mul_add" => Op::MulAdd,
            "cast" => Op::Cast(ty()?.dtype),
            "broadcast" => Op::Broadcast(ty()?.shape),
            "reshape" => Op::Reshape(ty()?.shape),
            "transpose" => Op::Transpose(self.list()?),
            "concat" => Op::Concat { axis: self.number()? },
            "stack" => Op::Stack,
            "load" => {
                let axes = self.axes()?;
                self.expect(';')?;
                Op::Load { axes, name: self.text()? }
            }
            "store" => {
                let mode = self.mode()?;
                let axes = self.axes()?;
                self.expect(';')?;
                Op::Store { axes, mode, name: self.text()? }
            }
            "take" => Op::Take { name: if braces { self.text()? } else { None } },
            "put" => {
                let mode = self.mode()?;
                Op::Put { mode, name: self.text()? }
            }
            "reduce" => {
                let word = self.word()?;
                let op = ReduceOp::from_name(&word)
                    .ok_or_else(|| self.fail(format!("`{word}` is not a reduction")))?;
                self.expect(';')?;
                Op::Reduce { op, axes: self.list()? }
            }
            "cumsum" => Op::CumSum { axis: self.number()? },
            "dot" => Op::Dot,
            "check" => {
                let message = self.text()?.ok_or_else(|| self.fail("`check` takes a message"))?;
                let user = self.eat(';');
                if user && self.word()? != "user" {
                    return Err(self.fail("a `check` is by the `user` or nothing"));
                }
                Op::Check { message, user }
            }
            "progress" => {
                Op::Progress { name: self.text()?.ok_or_else(|| self.fail("`progress` takes a name"))? }
            }
            "print" => {
                let text = self.text()?.ok_or_else(|| self.fail("`print` takes a text"))?;
                let err = self.eat(';');
                if err && self.word()? != "err" {
                    return Err(self.fail("a `print` is to `err` or to standard output"));
                }
                Op::Print { stream: if err { Stream::Err } else { Stream::Out }, text }
            }
            "for" => {
                let step = self.number()?;
                let parallel = self.eat(';');
                if parallel && self.word()? != "parallel" {
                    return Err(self.fail("a `for` is `parallel` or nothing"));
                }
                Op::For { step, parallel }
            }
            "while" => Op::While,
            "cond" => Op::Cond,
            "switch" => Op::Switch,
            "call" => {
                let word = self.word()?;
                let rule = Rule::from_name(&word)
                    .ok_or_else(|| self.fail(format!("`{word}` is not a rule of derivatives")))?;
                self.expect(';')?;
                let name = self.text()?.ok_or_else(|| self.fail("`call` takes a name"))?;
                Op::Call { rule, name }
            }
            other => {
                let unary = UnaryOp::from_name(other).map(Op::Unary);
                let binary = || BinaryOp::from_name(other).map(Op::Binary);
                let compare = || CmpOp::from_name(other).map(Op::Compare);
                let arg = || ArgOp::from_name(other).map(Op::ArgReduce);
                unary
                    .or_else(binary)
                    .or_else(compare)
                    .or_else(arg)
                    .ok_or_else(|| self.fail(format!("there is no op `{other}`")))?
            }
        };
        if braces {
            self.expect('}')?;
        }
        Ok(op)
    }

    fn literal(&mut self, dtype: DType) -> Result<Literal> {
        Ok(match dtype {
            DType::Bool => Literal::Bool(self.number()?),
            DType::I32 => Literal::I32(self.number()?),
            DType::U32 => Literal::U32(self.number()?),
            DType::I64 => Literal::I64(self.number()?),
            DType::U64 => Literal::U64(self.number()?),
            DType::Usize => Literal::Usize(self.number()?),
            DType::F32 => Literal::F32(self.number()?),
            DType::F64 => Literal::F64(self.number()?),
        })
    }
}

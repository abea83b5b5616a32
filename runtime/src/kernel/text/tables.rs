//! The parts of a kernel's text that become entries of its tables: slots, traps, calls, products, marks.

use super::lex::Token;
use super::parse::{Parsed, Parser};
use crate::graph::SiteId;
use crate::kernel::inst::Inst;
use crate::kernel::ir::{Blocked, Call, Fold, Matmul, Operand, Origin, SlotInfo, Trap, TrapKind};
use crate::kernel::math::reduce::Combine;
use crate::op::{BinaryOp, UnaryOp};
use std::collections::BTreeMap;

impl Parser {
    pub(super) fn slot(&mut self) -> Parsed<()> {
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

    pub(super) fn traps(&mut self) -> Parsed<Vec<Trap>> {
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
        let unused = || TrapKind::Check { message: "unused".into(), user: false, values: Vec::new() };
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
            "check" => {
                let message = self.text().ok_or("`check` takes a message")?;
                let user = self.eat_word("user");
                let mut values = Vec::new();
                while let Some(Token::Word(_)) = self.peek() {
                    values.push(self.dtype()?);
                }
                TrapKind::Check { message, user, values }
            }
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

    pub(super) fn call_id(&mut self) -> Parsed<u32> {
        let call = self.call()?;
        let at = self.calls.iter().position(|&c| c == call).unwrap_or_else(|| {
            self.calls.push(call);
            self.calls.len() - 1
        });
        Ok(at as u32)
    }

    pub(super) fn blocked(&mut self) -> Parsed<Blocked> {
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

    pub(super) fn fold(&mut self, word: &str) -> Parsed<Fold> {
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

    /// `b0 = b1`, `b0 <-> b1`, `b0 = product ..`
    pub(super) fn whole(&mut self) -> Parsed<Inst> {
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
        let sizes = || {
            let mut sizes = word.split('x');
            let mut number = || sizes.next()?.parse::<i64>().ok();
            Some((number()?, number()?, sizes.next()?.to_string()))
        };
        let (m, k, n) = sizes().ok_or_else(|| format!("`{word}` are no sizes"))?;
        let columns = n.parse().ok();
        let n = self.reg_of(&n)?;
        self.keyword("of")?;
        let left = self.operand()?;
        self.keyword("and")?;
        let right = self.operand()?;
        let slot = self.slots.get(dst.index()).ok_or("the result has no slot")?;
        let (dtype, row) = match slot.shape[..] {
            [_, row] => (slot.dtype, row as i64),
            _ => (slot.dtype, columns.ok_or("the result is no matrix")?),
        };
        self.matmuls.push(Matmul { dst, dtype, m, k, n, row, left, right });
        let id = self.matmuls.len() as u16 - 1;
        Ok(Inst::Matmul { id, n, left: left.offset, right: right.offset, dst, a: left.buf, b: right.buf })
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

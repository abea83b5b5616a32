//! temporary
use super::bytecode::{Reg, Role};
use super::tree::{Code, Loop, SlotInfo};
#[derive(Debug, Clone)]
pub(super) struct StripPlan {}
pub(super) struct Lanes {}
impl Lanes { pub fn new(_: usize) -> Lanes { Lanes {} } }
impl StripPlan {
    pub fn for_each_reg(&mut self, _f: &mut dyn FnMut(Role, &mut Reg)) {}
    pub fn validate(&self, _r: usize, _s: &[SlotInfo]) -> bool { true }
    pub fn vectors(&self) -> usize { 0 }
}
pub(super) fn plan(_l: &Loop, _s: &[SlotInfo]) -> Option<StripPlan> { None }
pub(super) fn plan_all(_c: &mut Code, _s: &[SlotInfo], _n: usize, _o: &[Reg]) {}
pub(super) unsafe fn run(_p: &StripPlan, _r: *mut u64, _b: *mut *mut u8, _l: &mut Lanes) -> bool { false }

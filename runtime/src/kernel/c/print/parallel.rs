//! Loops on several threads: the loop becomes a function of a range of iterations.

use super::expr::{Exprs, array, element_type, variable_type};
use super::folds::number;
use super::loops::Trips;
use super::scope::Scopes;
use super::unit::{Body, Result, Unit, Uses};
use crate::dtype::DType;
use crate::kernel::inst::Reg;
use crate::kernel::ir::{Loop, SHORT_FOLD};
use crate::kernel::launch::WORTH;
use std::collections::HashSet;
use std::fmt::Write;

impl<'k> Unit<'k> {
    pub fn parallel(&mut self, l: &'k Loop, trips: &Trips) -> Result<()> {
        if l.mark.folds.is_empty() {
            return self.launch(l, trips);
        }
        match trips.known {
            Some(n) if n < SHORT_FOLD => self.in_order(l, trips),
            Some(_) => self.launch(l, trips),
            None => {
                self.line(format!("if ({} < {SHORT_FOLD}) {{", trips.count));
                self.in_order(l, trips)?;
                self.line("} else {");
                self.launch(l, trips)?;
                self.line("}");
                Ok(())
            }
        }
    }

    /// Builds the task and runs it.
    fn launch(&mut self, l: &'k Loop, trips: &Trips) -> Result<()> {
        let n = self.fresh();
        let captured = l.captured(self.kernel);
        let uses = Uses::of(&l.body);
        self.range(l, n, &captured, &uses)?;
        let frame: Vec<String> = captured.iter().map(|&r| self.e.bits(r)).collect();
        let start = format!("(uint64_t){}", trips.start);
        let frame = [start].into_iter().chain(frame).collect::<Vec<_>>().join(", ");
        self.line(format!("const uint64_t frame{n}[] = {{{frame}}};"));
        let slots: Vec<String> = uses.slots.iter().map(|&b| format!("(uint8_t *){}", array(b))).collect();
        let slots = if slots.is_empty() { "0".into() } else { slots.join(", ") };
        self.line(format!("uint8_t *const now{n}[] = {{{slots}}};"));
        let folds = &l.mark.folds;
        let (mut combines, mut totals) = ("0".to_string(), "0".to_string());
        if !folds.is_empty() {
            let codes: Vec<String> = folds
                .iter()
                .map(|f| (number(f.combine) + if f.dtype == DType::F32 { 4 } else { 0 }).to_string())
                .collect();
            self.line(format!("static const uint64_t combines{n}[] = {{{}}};", codes.join(", ")));
            self.line(format!("uint64_t totals{n}[{}];", folds.len()));
            (combines, totals) = (format!("combines{n}"), format!("totals{n}"));
        }
        let cost = l.mark.parallel.unwrap_or(1);
        // More than that fail early, or never end.
        let count = match trips.counter {
            "int64_t" => trips.count.clone(),
            _ => format!("(int64_t)({0} > INT64_MAX ? INT64_MAX : {0})", trips.count),
        };
        self.line(format!("const int64_t count{n} = {count};"));
        self.line(format!("int64_t failed{n};"));
        // Where a loop runs a few times at most of its calls, to hand it over takes longer than to run it.
        let few = WORTH.div_ceil(cost);
        let shortcut = few > 1 && trips.known.is_none();
        if shortcut {
            self.line(format!("if (count{n} < {few}ll) {{"));
            self.line(format!(
                "    failed{n} = range{n}(frame{n}, now{n}, context, 0, count{n}, {totals}, trap);"
            ));
            self.line("} else {");
        }
        self.line(format!(
            "const struct task task{n} = {{range{n}, frame{n}, now{n}, context, count{n}, {cost}, {}, {combines}, {totals}, trap}};",
            folds.len(),
        ));
        self.line(format!("failed{n} = context->launch(&task{n});"));
        if shortcut {
            self.line("}");
        }
        self.line(format!("if (UNLIKELY(failed{n})) return failed{n};"));
        for (k, fold) in folds.iter().enumerate() {
            let total = Exprs::from_bits(fold.dtype, &format!("totals{n}[{k}]"));
            self.take_in(fold, &total);
        }
        Ok(())
    }

    /// The functions of a range of iterations: one that unpacks, one that works.
    fn range(&mut self, l: &'k Loop, n: usize, captured: &[Reg], uses: &Uses) -> Result<()> {
        let mut known: HashSet<Reg> = captured.iter().copied().collect();
        known.insert(l.iv);
        let scopes = Scopes::of_loop(self.kernel, l, &known);
        let body = Body { scopes, parallel: true, restricted: true, ..Body::default() };
        let trips = Trips {
            count: "count".into(),
            known: None,
            start: "start".into(),
            counter: "int64_t",
            partial: true,
        };
        let inside = self.inside(body, |this| {
            let step = l.stride;
            this.line(format!("const int64_t start = s + first * {step}ll;"));
            this.iterations(l, &trips)?;
            this.line("return 0;");
            Ok(())
        })?;
        let (parameters, pointers) = self.slot_parameters(uses);
        let mut head = format!("NEST int64_t nest{n}({parameters}");
        let mut call = String::new();
        for (k, &buf) in pointers.iter().enumerate() {
            let ty = element_type(self.kernel.slots[buf.index()].dtype);
            let _ = write!(call, "({ty} *)slots[{k}], ");
        }
        for (k, &r) in captured.iter().enumerate() {
            let dtype = self.e.dtype(r);
            let _ = write!(head, "{} r{}, ", variable_type(dtype), r.0);
            let _ = write!(call, "{}, ", Exprs::from_bits(dtype, &format!("frame[{}]", k + 1)));
        }
        head += "int64_t s, int64_t first, int64_t count, const struct context *context, uint64_t *partial, \
                 uint64_t *trap)";
        self.finish(&head, &inside);
        let head = format!(
            "static int64_t range{n}(const uint64_t *frame, uint8_t *const *slots, const struct context *context, \
             int64_t first, int64_t count, uint64_t *partial, uint64_t *trap)"
        );
        let call =
            format!("    return nest{n}({call}(int64_t)frame[0], first, count, context, partial, trap);\n");
        self.finish(&head, &call);
        Ok(())
    }
}

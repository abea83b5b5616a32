//! Wall-clock times of calls: the first one apart, the median of the others.

use std::time::{Duration, Instant};

use desc_jit::Result;

/// Repeating stops once this much time went into it, so that large inputs are not run five times over.
const REPEAT_BUDGET: Duration = Duration::from_secs(5);

/// The result of `call` and how long it took, in seconds.
pub fn timed<T>(call: impl FnOnce() -> Result<T>) -> Result<(T, f64)> {
    let start = Instant::now();
    let result = call()?;
    Ok((result, start.elapsed().as_secs_f64()))
}

/// Seconds of each of at most `repeats` calls; at least one, and no further one once the calls took
/// five seconds together.
pub fn repeated<T>(repeats: usize, mut call: impl FnMut() -> Result<T>) -> Result<Vec<f64>> {
    let start = Instant::now();
    let mut seconds = Vec::with_capacity(repeats);
    loop {
        seconds.push(timed(&mut call)?.1);
        if seconds.len() >= repeats || start.elapsed() > REPEAT_BUDGET {
            return Ok(seconds);
        }
    }
}

/// The median of `seconds`, NaN where there are none.
pub fn median(seconds: &[f64]) -> f64 {
    let mut sorted = seconds.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]),
    }
}

/// A time with a unit that suits it: `1.24 ms`.
pub fn show(seconds: f64) -> String {
    match seconds {
        s if s >= 1.0 => format!("{s:.2} s"),
        s if s >= 1e-3 => format!("{:.2} ms", s * 1e3),
        s => format!("{:.2} us", s * 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_of_times_lies_between_the_middle_two() {
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), 2.5);
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn times_are_shown_with_a_unit_that_suits_them() {
        assert_eq!(show(2.5), "2.50 s");
        assert_eq!(show(0.001_24), "1.24 ms");
        assert_eq!(show(0.000_003), "3.00 us");
    }
}

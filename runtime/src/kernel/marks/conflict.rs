//! Whether two accesses of different iterations can touch the same element.
//!
//! The difference of two addresses is a sum `constant + sum of coefficient * unknown`, each unknown in an
//! interval; one of the unknowns is the distance between the iterations. They conflict when the sum can be 0
//! with a distance that is not. Addresses of a row-major array are sums of indices times strides, and
//! an index stays below the next larger stride: so the sum is taken apart again, stride by stride
//! (delinearisation), where the small part cannot reach the greatest common divisor of the large part.

/// `coefficient * unknown`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub coefficient: i128,
    pub lo: i128,
    pub hi: i128,
    /// It is the distance between the iterations.
    pub distance: bool,
}

impl Term {
    fn range(&self) -> (i128, i128) {
        let (a, b) = (self.coefficient.saturating_mul(self.lo), self.coefficient.saturating_mul(self.hi));
        (a.min(b), a.max(b))
    }
}

/// What is known of the distance where the sum is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The sum is never 0.
    Never,
    /// It is 0 only at distance 0.
    SameIteration,
    /// It may be 0 at other distances.
    Maybe,
}

/// When `constant + sum of terms` can be 0.
pub(super) fn solve(mut terms: Vec<Term>, constant: i128) -> Answer {
    terms.retain(|t| t.coefficient != 0);
    terms.sort_by_key(|t| std::cmp::Reverse(t.coefficient.abs()));
    sorted(&terms, constant)
}

fn total(terms: &[Term]) -> (i128, i128) {
    terms
        .iter()
        .map(Term::range)
        .fold((0, 0), |(lo, hi), (a, b)| (lo.saturating_add(a), hi.saturating_add(b)))
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

fn sorted(terms: &[Term], constant: i128) -> Answer {
    if let [t] = terms {
        return single(t, constant);
    }
    let (lo, hi) = total(terms);
    if constant.saturating_add(lo) > 0 || constant.saturating_add(hi) < 0 {
        return Answer::Never;
    }
    if terms.is_empty() {
        return Answer::Maybe;
    }
    // Take the smallest strides off, as many as can be told apart from the rest.
    for cut in (1..terms.len()).rev() {
        let (large, small) = terms.split_at(cut);
        let g = large.iter().fold(0, |g, t| gcd(g, t.coefficient));
        let rest = constant.rem_euclid(g);
        let (lo, hi) = total(small);
        // The small part and the rest of the constant add up to a multiple of g.
        let first =
            rest.saturating_add(lo).div_euclid(g) + i128::from(rest.saturating_add(lo).rem_euclid(g) != 0);
        let last = rest.saturating_add(hi).div_euclid(g);
        if first > last {
            return Answer::Never;
        }
        if first != last {
            continue;
        }
        let small = sorted(small, rest - first * g);
        let large = sorted(large, constant - rest + first * g);
        return match (large, small) {
            (Answer::Never, _) | (_, Answer::Never) => Answer::Never,
            (Answer::SameIteration, _) | (_, Answer::SameIteration) => Answer::SameIteration,
            _ => Answer::Maybe,
        };
    }
    by_distance(terms, constant)
}

fn single(t: &Term, constant: i128) -> Answer {
    let (c, x) = (t.coefficient, -constant);
    if x % c != 0 || !(t.lo..=t.hi).contains(&(x / c)) {
        Answer::Never
    } else if t.distance && x == 0 {
        Answer::SameIteration
    } else {
        Answer::Maybe
    }
}

/// The sum at every distance but 0 stays clear of 0.
fn by_distance(terms: &[Term], constant: i128) -> Answer {
    let Some(distance) = terms.iter().find(|t| t.distance) else { return Answer::Maybe };
    let others: Vec<Term> = terms.iter().copied().filter(|t| !t.distance).collect();
    let (lo, hi) = total(&others);
    let (lo, hi) = (constant.saturating_add(lo), constant.saturating_add(hi));
    let clear = |from: i128, to: i128| {
        if from > to {
            return true;
        }
        let (a, b) = Term { lo: from, hi: to, ..*distance }.range();
        a.saturating_add(lo) > 0 || b.saturating_add(hi) < 0
    };
    match clear(distance.lo, -1) && clear(1, distance.hi) {
        true => Answer::SameIteration,
        false => Answer::Maybe,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(coefficient: i128, reach: i128) -> Term {
        Term { coefficient, lo: -reach, hi: reach, distance: false }
    }
    fn distance(coefficient: i128, reach: i128) -> Term {
        Term { distance: true, ..unknown(coefficient, reach) }
    }

    #[test]
    fn rows_of_a_matrix_are_apart() {
        // a[i, j] against a[i', j'] of 100 columns, i' != i
        assert_eq!(solve(vec![distance(100, 99), unknown(1, 99)], 0), Answer::SameIteration);
        // against a[i' - 1, j']
        assert_eq!(solve(vec![distance(100, 99), unknown(1, 99)], 100), Answer::Maybe);
        // against a[i', j' + 1]: the same row only
        assert_eq!(solve(vec![distance(100, 99), unknown(1, 98)], -1), Answer::SameIteration);
    }

    #[test]
    fn columns_are_apart_when_the_other_row_is_unknown() {
        // a[i, j] against a[k, j'], over j
        assert_eq!(solve(vec![unknown(100, 99), distance(1, 99)], 0), Answer::SameIteration);
        // a row too short: a[i, j] can be a[i + 1, j']
        assert_eq!(solve(vec![unknown(100, 99), distance(1, 100)], 0), Answer::Maybe);
    }

    #[test]
    fn strides_that_never_meet() {
        // a[2 i] against a[2 i' + 1]
        assert_eq!(solve(vec![distance(2, 50)], 1), Answer::Never);
        // a[i] against a[i' + 200]
        assert_eq!(solve(vec![distance(1, 100)], 200), Answer::Never);
        assert_eq!(solve(vec![distance(1, 100)], 20), Answer::Maybe);
    }

    #[test]
    fn the_answers_are_those_of_a_search() {
        let mut seed = 1u64;
        let mut next = |n: u64| {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (seed >> 33) % n
        };
        for _ in 0..20_000 {
            let mut terms = vec![distance(next(40) as i128 - 20, next(6) as i128)];
            for _ in 0..next(3) {
                terms.push(unknown(next(40) as i128 - 20, next(6) as i128));
            }
            let constant = next(60) as i128 - 30;
            let answer = solve(terms.clone(), constant);
            let (mut same, mut other) = (false, false);
            search(&terms, constant, 0, &mut |d| if d == 0 { same = true } else { other = true });
            match answer {
                Answer::Never => assert!(!same && !other, "{terms:?} {constant}"),
                Answer::SameIteration => assert!(!other, "{terms:?} {constant}"),
                Answer::Maybe => {}
            }
        }
    }

    fn search(terms: &[Term], sum: i128, d: i128, found: &mut dyn FnMut(i128)) {
        let Some((t, rest)) = terms.split_first() else {
            if sum == 0 {
                found(d);
            }
            return;
        };
        for x in t.lo..=t.hi {
            search(rest, sum + t.coefficient * x, if t.distance { x } else { d }, found);
        }
    }
}

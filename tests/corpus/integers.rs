//! Integers: primes, divisors, check sums.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;

/// The sieve of Eratosthenes (Knuth, *The Art of Computer Programming* 2, section 4.5.4, exercise 8): which of the
/// numbers up to `n` are prime.
#[desc_jit(static(n))]
pub fn sieve(n: usize) -> Array1<bool> {
    let mut prime = Array1::from_elem(n + 1, true);
    prime[0] = false;
    if n > 0 {
        prime[1] = false;
    }
    let mut p = 2;
    while p * p <= n {
        if prime[p] {
            let mut multiple = p * p;
            while multiple <= n {
                prime[multiple] = false;
                multiple += p;
            }
        }
        p += 1;
    }
    prime
}

/// The same with counted loops and a list.
#[desc_jit(static(n))]
fn count_primes(n: usize) -> usize {
    let mut composite = vec![false; n + 1];
    let mut count = 0;
    for p in 2..=n {
        if composite[p] {
            continue;
        }
        count += 1;
        for multiple in (p * p..=n).step_by(p) {
            composite[multiple] = true;
        }
    }
    count
}

#[test]
fn primes_up_to_a_bound() {
    let primes: Vec<usize> =
        agree!(sieve(50)).iter().enumerate().filter(|(_, p)| **p).map(|(k, _)| k).collect();
    assert_eq!(primes, [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47]);
    assert_eq!(agree!(sieve(0)).to_vec(), [false]);
    assert_eq!(agree!(sieve(3)).to_vec(), [false, false, true, true]);
    for (n, count) in [(0, 0), (1, 0), (2, 1), (100, 25), (1000, 168)] {
        assert_eq!(agree!(count_primes(n)), count);
    }
}

/// Is `n` prime? By trial division with the numbers around the multiples of 6.
#[desc_jit]
fn is_prime(n: u32) -> bool {
    if n < 2 {
        return false;
    }
    if n % 2 == 0 || n % 3 == 0 {
        return n <= 3;
    }
    let mut d = 5;
    while d * d <= n {
        if n % d == 0 || n % (d + 2) == 0 {
            return false;
        }
        d += 6;
    }
    true
}

#[test]
fn primes_by_trial_division() {
    let primes = sieve(200);
    for n in 0..=200 {
        assert_eq!(agree!(is_prime(n)), primes[n as usize]);
    }
    assert!(agree!(is_prime(65_521)));
    assert!(!agree!(is_prime(65_521 * 3)));
    let numbers = Array1::from_shape_fn(201, |n| n as u32);
    for engine in Engine::ALL {
        assert_eq!(with_engine(engine, || vmap(is_prime::jit())(&numbers)), primes, "{engine}");
    }
}

/// The extended Euclidean algorithm (Knuth 1, section 1.2.1, algorithm E): the greatest common divisor of `a` and `b`,
/// and the factors that combine them to it.
#[desc_jit]
fn extended_gcd(a: i64, b: i64) -> (i64, i64, i64) {
    let (mut r, mut next_r) = (a, b);
    let (mut s, mut next_s) = (1, 0);
    let (mut t, mut next_t) = (0, 1);
    while next_r != 0 {
        let q = r / next_r;
        (r, next_r) = (next_r, r - q * next_r);
        (s, next_s) = (next_s, s - q * next_s);
        (t, next_t) = (next_t, t - q * next_t);
    }
    (r, s, t)
}

/// `base` to the power of `exponent`, modulo `modulus`, by squaring (Knuth 2, section 4.6.3, algorithm A).
#[desc_jit]
fn power_modulo(base: i64, exponent: i64, modulus: i64) -> i64 {
    let mut result = 1;
    let mut square = base % modulus;
    let mut rest = exponent;
    while rest > 0 {
        if rest & 1 == 1 {
            result = result * square % modulus;
        }
        square = square * square % modulus;
        rest >>= 1;
    }
    result
}

#[test]
fn divisors_and_powers() {
    for (a, b, g) in [(240, 46, 2), (46, 240, 2), (17, 0, 17), (0, 17, 17), (1_000_000_007, 998_244_353, 1)] {
        let (gcd, s, t) = agree!(extended_gcd(a, b));
        assert_eq!(gcd, g);
        assert_eq!(s * a + t * b, g);
    }
    assert_eq!(agree!(power_modulo(3, 200, 13)), 9);
    // Fermat's little theorem.
    assert_eq!(agree!(power_modulo(2, 1_000_000_006, 1_000_000_007)), 1);
}

/// The cyclic redundancy check of zip and Ethernet, by a table (Warren, *Hacker's Delight*, section 14-2).
#[desc_jit]
pub fn crc32(message: &Array1<u32>) -> u32 {
    let mut table = [0u32; 256];
    for byte in 0..256 {
        let mut crc = byte as u32;
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
        table[byte] = crc;
    }
    let mut crc = 0xFFFF_FFFF;
    for &byte in message.iter() {
        crc = (crc >> 8) ^ table[((crc ^ byte) & 0xFF) as usize];
    }
    !crc
}

/// The same bit by bit.
#[desc_jit]
fn crc32_by_bits(message: &Array1<u32>) -> u32 {
    const POLYNOMIAL: u32 = 0xEDB8_8320;
    let mut crc = u32::MAX;
    for byte in message {
        crc ^= byte;
        for _ in 0..8 {
            let mask = if crc & 1 != 0 { POLYNOMIAL } else { 0 };
            crc = (crc >> 1) ^ mask;
        }
    }
    crc ^ u32::MAX
}

#[test]
fn check_sums() {
    let bytes = |text: &str| Array1::from_vec(text.bytes().map(u32::from).collect());
    for (text, sum) in
        [("", 0), ("123456789", 0xCBF4_3926), ("The quick brown fox jumps over the lazy dog", 0x414F_A339)]
    {
        assert_eq!(agree!(crc32(&bytes(text))), sum);
        assert_eq!(agree!(crc32_by_bits(&bytes(text))), sum);
    }
    let three = Array2::from_shape_vec((2, 3), "abcxyz".bytes().map(u32::from).collect()).unwrap();
    let alone = ["abc", "xyz"].map(|text| crc32::native(&bytes(text)));
    for engine in Engine::ALL {
        with_engine(engine, || {
            assert_eq!(vmap(crc32::jit())(&three).to_vec(), alone, "{engine}");
            assert_eq!(vmap(crc32_by_bits::jit())(&three).to_vec(), alone, "{engine}");
        });
    }
}

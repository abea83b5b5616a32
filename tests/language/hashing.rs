//! Checksums, hashes and generators of random numbers as one writes them in Rust, against their published values.

use desc_jit::prelude::*;
use desc_jit_tests::{agree, refuse};

const REFLECTED: u32 = 0xedb8_8320;

fn bytes(text: &str) -> Array1<u32> {
    Array1::from_vec(text.bytes().map(u32::from).collect())
}

#[desc_jit]
fn crc32(data: &Array1<u32>) -> u32 {
    let mut crc: u32 = !0;
    for k in 0..data.len() {
        crc ^= data[k];
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ REFLECTED } else { crc >> 1 };
        }
    }
    !crc
}

#[desc_jit]
fn crc32_table() -> Array1<u32> {
    let mut table = Array1::<u32>::zeros(256);
    for k in 0..256 {
        let mut c = k as u32;
        for _ in 0..8 {
            c = (c >> 1) ^ (REFLECTED & (c & 1).wrapping_neg());
        }
        table[k] = c;
    }
    table
}

#[desc_jit]
fn crc32_by_table(data: &Array1<u32>) -> u32 {
    let table = crc32_table();
    let mut crc = 0xffff_ffffu32;
    for k in 0..data.len() {
        crc = (crc >> 8) ^ table[((crc ^ data[k]) & 0xff) as usize];
    }
    crc ^ u32::MAX
}

#[test]
fn crc_of_the_nine_digits() {
    let data = bytes("123456789");
    assert_eq!(agree!(crc32(&data)), 0xcbf4_3926);
    assert_eq!(agree!(crc32_by_table(&data)), 0xcbf4_3926);
    assert_eq!(agree!(crc32_table())[255], 0x2d02_ef8d);
}

#[desc_jit]
fn fnv_1a(data: &Array1<u32>) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for k in 0..data.len() {
        hash ^= data[k] as u64;
        hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash
}

#[test]
fn fnv_1a_of_known_words() {
    assert_eq!(agree!(fnv_1a(&bytes(""))), 0xcbf2_9ce4_8422_2325);
    assert_eq!(agree!(fnv_1a(&bytes("a"))), 0xaf63_dc4c_8601_ec8c);
    assert_eq!(agree!(fnv_1a(&bytes("foobar"))), 0x8594_4171_f739_67e8);
}

/// Knuth's generator of MMIX.
#[desc_jit]
fn mmix(seed: u64, steps: usize) -> u64 {
    let mut x = seed;
    for _ in 0..steps {
        x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    }
    x
}

#[test]
fn linear_congruences() {
    assert_eq!(agree!(mmix(0, 1)), 1_442_695_040_888_963_407);
    agree!(mmix(u64::MAX, 1000));
    agree!(mmix(1 << 63, 17));
}

#[desc_jit(static(n))]
fn splitmix64(seed: u64, n: usize) -> Array1<u64> {
    let mut state = seed;
    let mut out = Array1::<u64>::zeros(n);
    for k in 0..n {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        out[k] = z ^ (z >> 31);
    }
    out
}

#[test]
fn splitmix64_from_zero() {
    let out = agree!(splitmix64(0, 5));
    assert_eq!(out.to_vec()[..3], [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f]);
}

#[desc_jit]
fn xorshift64_star(seed: u64, steps: usize) -> u64 {
    let mut x = seed;
    for _ in 0..steps {
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
    }
    x.wrapping_mul(0x2545_f491_4f6c_dd1d)
}

#[test]
fn xorshift64_star_from_one() {
    assert_eq!(agree!(xorshift64_star(1, 1)), 5_180_492_295_206_395_165);
    agree!(xorshift64_star(u64::MAX, 100));
}

/// The output of each step, from the state and the odd increment that the seed and the stream make.
#[desc_jit(static(n))]
fn pcg32(seed: u64, stream: u64, n: usize) -> Array1<u32> {
    let increment = stream << 1 | 1;
    let mut state = increment.wrapping_add(seed);
    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(increment);
    let mut out = Array1::<u32>::zeros(n);
    for k in 0..n {
        let old = state;
        state = old.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(increment);
        let shifted = (((old >> 18) ^ old) >> 27) as u32;
        out[k] = shifted.rotate_right((old >> 59) as u32);
    }
    out
}

#[test]
fn pcg32_of_the_demonstration() {
    let out = agree!(pcg32(42, 54, 6));
    let known = [0xa15c_02b7, 0x7b47_f409, 0xba1d_3330, 0x83d2_f293, 0xbfa4_784b, 0xcbed_606e];
    assert_eq!(out.to_vec(), known);
}

/// Numbers of `[0, 1)` from the upper 53 bits.
#[desc_jit(static(n))]
fn uniform(seed: u64, n: usize) -> Array1<f64> {
    let words = splitmix64(seed, n);
    words.mapv(|w| (w >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0))
}

#[test]
fn uniform_numbers() {
    let out = agree!(uniform(7, 300));
    assert!(out.iter().all(|&x| (0.0..1.0).contains(&x)));
    assert!((out.sum() / 300.0 - 0.5).abs() < 0.1);
}

#[desc_jit]
fn ones(words: &Array1<u64>) -> (u32, Array1<u32>) {
    let mut total = 0;
    for k in 0..words.len() {
        total += words[k].count_ones();
    }
    (total, words.mapv(|w| w.leading_zeros() + w.trailing_zeros()))
}

/// Kernighan's way.
#[desc_jit]
fn ones_one_by_one(word: u64) -> u32 {
    let mut rest = word;
    let mut n = 0;
    while rest != 0 {
        rest &= rest - 1;
        n += 1;
    }
    n
}

#[test]
fn population_counts() {
    let words = Array1::from_vec((0..200).map(|k: u64| k.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect());
    let expected: u32 = words.iter().map(|w| w.count_ones()).sum();
    assert_eq!(agree!(ones(&words)).0, expected);
    for w in [0, 1, u64::MAX, 1 << 63, 0xcbf2_9ce4_8422_2325] {
        assert_eq!(agree!(ones_one_by_one(w)), w.count_ones());
    }
}

#[desc_jit]
fn collatz(start: u64) -> (u64, u64) {
    let mut x = start;
    let (mut steps, mut highest) = (0, start);
    while x > 1 {
        x = if x.is_power_of_two() || x % 2 == 0 { x >> 1 } else { 3 * x + 1 };
        highest = highest.max(x);
        steps += 1;
    }
    (steps, highest)
}

/// Two steps at once where the number is odd: how many there are, and how many times it was even.
#[desc_jit]
fn shortcut(start: u64) -> (u64, u64) {
    let (mut k, mut steps, mut even) = (start, 0, 0);
    while k != 1 {
        if k % 2 == 0 {
            k /= 2;
            even += 1;
        } else {
            k = (3 * k + 1) / 2;
            steps += 1;
            even += 1;
        }
        steps += 1;
    }
    (steps, even)
}

#[test]
fn collatz_sequences_of_unsigned_numbers() {
    assert_eq!(agree!(collatz(27)), (111, 9232));
    assert_eq!(agree!(collatz(1 << 63)), (63, 1 << 63));
    refuse!(collatz(u64::MAX), Arithmetic, "attempt to multiply with overflow");
    // Three times it is the largest number; the next odd one below is the last that has a successor.
    refuse!(collatz(u64::MAX / 3), Arithmetic, "attempt to add with overflow");
    assert_eq!(agree!(shortcut(27)), (111, 70));
    refuse!(shortcut(u64::MAX / 3 - 2), Arithmetic, "attempt to multiply with overflow");
    agree!(shortcut(1 << 63));
    refuse!(shortcut(u64::MAX / 3), Arithmetic, "attempt to add with overflow");
    refuse!(shortcut(u64::MAX), Arithmetic, "attempt to multiply with overflow");
}

#[desc_jit]
fn mixed(words: &Array1<u64>) -> (Array1<u64>, Array1<u64>, u64, u64) {
    let turned = words.mapv(|w| (w ^ (w >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd).rotate_left(31));
    let shifted = (words >> 3) ^ (words << 5);
    let (mut least, mut most) = (u64::MAX, u64::MIN);
    for k in 0..words.len() {
        least = least.min(turned[k]);
        most = most.max(turned[k]);
    }
    (turned, shifted, least, most)
}

#[test]
fn whole_arrays_are_hashed_word_by_word() {
    let words = Array1::from_vec((0..300).map(|k: u64| k.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect());
    agree!(mixed(&words));
}

/// Monte Carlo with a parameter: what the generator does is constant, the rest has a derivative.
#[desc_jit]
fn expectation(sigma: f64, seed: u64) -> f64 {
    let mut state = seed;
    let mut sum = 0.0;
    for _ in 0..50 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let x = (state >> 11) as f64 / 9_007_199_254_740_992.0;
        sum += (sigma * x).sin() + if state.count_ones() > 32 { sigma * sigma } else { 0.0 };
    }
    sum / 50.0
}

#[test]
fn derivatives_beside_random_numbers() {
    agree!(expectation(0.7, 3));
    let slope = grad(expectation::jit())(0.7, 3);
    let h = 1e-6;
    let difference = (expectation::native(0.7 + h, 3) - expectation::native(0.7 - h, 3)) / (2.0 * h);
    assert!((slope - difference).abs() < 1e-8, "{slope} and {difference}");
}

#[desc_jit]
fn seeds(seeds: u64) -> u64 {
    splitmix64(seeds, 1)[0]
}

#[test]
fn a_batch_of_generators() {
    let many = Array1::from_vec((0..20u64).collect());
    let all = vmap(seeds::jit())(&many);
    for (k, word) in all.iter().enumerate() {
        assert_eq!(*word, seeds::native(k as u64));
    }
}

/// A checksum of 64 bits whose table is looked up as long as there is something left, beside one of signed numbers, which
/// takes the element in on the other side and shifts signs in.
#[desc_jit]
fn tabulated(words: &Array1<u64>, table: &Array1<u64>) -> (u64, i64) {
    let mut at = 0;
    let (mut sum, mut other) = (!0u64, -1i64);
    while at < words.len() {
        sum = table[((sum ^ words[at]) & 0xff) as usize] ^ (sum >> 8);
        other = (other >> 3) ^ table[(((words[at] as i64) ^ other) & 0x7f) as usize] as i64;
        at += 1;
    }
    (sum, other)
}

#[test]
fn elements_that_are_looked_up_are_taken_in_last() {
    let noise = |k: u64| (k + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let table = Array1::from_vec((0..256).map(|k| noise(k) ^ (noise(k) >> 17)).collect());
    for n in [0, 1, 2, 500] {
        let words = Array1::from_vec((0..n).map(|k| noise(1000 + k)).collect());
        agree!(tabulated(&words, &table));
    }
}

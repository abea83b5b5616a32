//! Whether the time of a call is linear in the number of steps, and that of compilation independent of it.

use anyhow::{Result, bail};
use desc_jit_examples::timing::median;

use crate::bench::{Bench, Case, Way};
use crate::measure::{calls_in_a_sample, milliseconds, settle};

/// The steps, in units of those of the size.
const FACTORS: [usize; 4] = [1, 2, 4, 8];

/// How far the time of eight times as many steps may be from eight times the time.
const TOLERANCE: f64 = 0.25;

/// Prints the table; an error where a kernel's time is not linear.
pub fn run(work: &[(Bench, &'static str)], rounds: usize) -> Result<()> {
    let mut misses = Vec::new();
    print!("{:<18} {:<4}", "ms", "size");
    for what in ["compile", "call"] {
        for factor in FACTORS {
            print!(" {:>10}", format!("{what} {factor}x"));
        }
    }
    println!(" {:>10}", "8x / 1x");
    for (bench, size) in work.iter().filter(|(bench, _)| bench.has_steps()) {
        let mut cases = FACTORS.iter().map(|&k| bench.longer(size, k)).collect::<Result<Vec<_>>>()?;
        print!("{:<18} {size:<4}", bench.name());
        for case in &mut cases {
            print!(" {:>10.3}", compile(&mut **case, rounds)?);
        }
        // An array with one element per step makes every case a graph of its own.
        for case in &mut cases {
            settle(&mut **case)?;
        }
        let mut samples = vec![Vec::new(); cases.len()];
        for _ in 0..rounds {
            for (case, samples) in cases.iter_mut().zip(&mut samples) {
                let (calls, taken) = calls_in_a_sample(|calls| case.time(Way::Ours, calls))?;
                samples.push(milliseconds(taken) / calls as f64);
            }
        }
        let times: Vec<f64> = samples.iter().map(|samples| median(samples)).collect();
        times.iter().for_each(|ms| print!(" {ms:>10.3}"));
        let growth = times[times.len() - 1] / times[0];
        println!(" {growth:>10.2}");
        if (growth / 8.0 - 1.0).abs() > TOLERANCE {
            misses.push(format!("{} {size} {growth:.2}", bench.name()));
        }
    }
    if !misses.is_empty() {
        bail!("eight times as many steps take another time than eight times as long: {}", misses.join(", "));
    }
    Ok(())
}

/// The milliseconds of staging and compiling.
fn compile(case: &mut dyn Case, rounds: usize) -> Result<f64> {
    let mut samples = Vec::new();
    for _ in 0..rounds {
        case.forget();
        let before = case.compile_time();
        case.time(Way::Ours, 1)?;
        samples.push(milliseconds(case.compile_time() - before));
    }
    Ok(median(&samples))
}

//! What is changed in the assembly that GCC writes, and what must not be in it.

/// Somewhere a difference and a sum side by side (`c * a - s * b`, `s * a + c * b`) have become one instruction with a
/// product, which is rounded once where the source rounds twice.
pub(super) fn contracts(text: &str) -> bool {
    let contraction =
        |line: &str| ["vfmaddsub", "vfmsubadd"].iter().any(|name| line.trim_start().starts_with(name));
    text.lines().any(contraction)
}

/// With AVX, GCC copies a scalar with `vmovsd a, a, b`, an operation like any other. `vmovapd a, b` does the same, and
/// processors do it by renaming registers: in a recurrence that is a cycle of each iteration.
pub(super) fn rename_copies(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        match copy(line) {
            Some((kind, a, b)) => out += &format!("\tvmova{kind}\t{a}, {b}\n"),
            None => out += line,
        }
    }
    out
}

/// Of a copy between two of the first 16 registers, which every AVX can name: the type, from where, to where.
fn copy(line: &str) -> Option<(&str, &str, &str)> {
    let rest = line.trim().strip_prefix("vmovs")?;
    let (kind, operands) = rest.split_once('\t')?;
    let mut operands = operands.split(", ");
    let (a, same, b) = (operands.next()?, operands.next()?, operands.next()?);
    let low = |r: &str| r.strip_prefix("%xmm").and_then(|n| n.parse().ok()).is_some_and(|n: u32| n < 16);
    let kind = match kind {
        "d" => "pd",
        "s" => "ps",
        _ => return None,
    };
    (a == same && low(a) && low(b) && operands.next().is_none()).then_some((kind, a, b))
}

#[cfg(test)]
mod tests {
    use super::{contracts, rename_copies};

    #[test]
    fn a_rounding_left_out_is_found() {
        assert!(contracts("\tret\n\tvfmaddsub231pd\t%xmm4, %xmm3, %xmm0\n"));
        assert!(contracts("\tvfmsubadd132ps\t%ymm4, %ymm3, %ymm0"));
        assert!(!contracts("\tvfmadd231pd\t%xmm4, %xmm3, %xmm0\n\tvaddsubpd\t%xmm0, %xmm3, %xmm3\n"));
    }

    #[test]
    fn copies_of_scalars_rename_registers() {
        let given = "\tvmovsd\t%xmm0, %xmm0, %xmm12\n\tvmovss\t%xmm1, %xmm1, %xmm2\n";
        assert_eq!(rename_copies(given), "\tvmovapd\t%xmm0, %xmm12\n\tvmovaps\t%xmm1, %xmm2\n");
        // Merges of two registers, those that AVX alone does not have, masked moves, loads and stores, names.
        for other in [
            "\tvmovsd\t%xmm0, %xmm1, %xmm2\n",
            "\tvmovsd\t%xmm16, %xmm16, %xmm2\n",
            "\tvmovsd\t%xmm1, %xmm1, %xmm2{%k1}\n",
            "\tvmovsd\t(%rdi), %xmm0\n",
            "\tvmovsd\t%xmm0, 8(%rdi,%rax,8)\n",
            "vmovsd:\n",
            "\tret",
        ] {
            assert_eq!(rename_copies(other), other);
        }
    }
}

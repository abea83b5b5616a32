//! Progress bars on standard error, drawn only where that is a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over `length` pieces of work; `unit` names one of them in the plural.
pub fn bar(length: u64, unit: &str) -> ProgressBar {
    let template = format!("{{msg:<18}} [{{bar:32}}] {{pos}}/{{len}} {unit}  {{elapsed}}");
    let style = ProgressStyle::with_template(&template).expect("the template above is well formed");
    ProgressBar::new(length).with_style(style.progress_chars("=> "))
}

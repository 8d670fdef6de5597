//! The command line, and what is said when something is wrong.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use serde::de::DeserializeOwned;

/// Reads the command line of `program` and runs what it says. What is wrong is one line on standard error: exit code 2
/// for the command line, 1 for everything else.
pub fn run<C: Parser>(program: &str, run: impl FnOnce(C) -> Result<ExitCode>) -> ExitCode {
    let cli = match C::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or("error: wrong options");
            eprintln!("{program}: {} (see {program} --help)", line.trim_start_matches("error: "));
            return ExitCode::from(2);
        }
        Err(help) => {
            let _ = help.print();
            return ExitCode::SUCCESS;
        }
    };
    run(cli).unwrap_or_else(|error| {
        eprintln!("{program}: {}", format!("{error:#}").replace('\n', " "));
        ExitCode::FAILURE
    })
}

/// Reads the TOML file, if there is to be one.
///
/// # Errors
/// When it cannot be read, or says what nobody knows.
pub fn read_file<F: DeserializeOwned + Default>(path: Option<&Path>) -> Result<F> {
    let Some(path) = path else { return Ok(F::default()) };
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).map_err(|error| {
        anyhow::anyhow!("{} is not right: {}", path.display(), error.message().replace('\n', " "))
    })
}

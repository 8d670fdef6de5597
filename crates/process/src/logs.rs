//! Logs, on standard error.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use serde::Deserialize;
use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// The options that every program has.
#[derive(Args)]
pub struct Logs {
    /// TOML file with the same names as the options.
    #[arg(long, global = true, env = "MAITRED_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How log lines look.
    #[arg(long, global = true, env = "MAITRED_LOG_FORMAT")]
    log_format: Option<LogFormat>,
    /// What is logged: a level, or targets with levels.
    #[arg(long, global = true, env = "MAITRED_LOG", value_name = "FILTER")]
    log: Option<String>,
}

impl Logs {
    /// Starts logging as the options say, or the file, or as this program does when nobody says.
    ///
    /// # Errors
    /// When the filter is none.
    pub fn start(self, filter: Option<&str>, format: Option<LogFormat>, unless_said: &str) -> Result<()> {
        let filter = self.log.as_deref().or(filter).unwrap_or(unless_said);
        let filter = EnvFilter::try_new(filter).with_context(|| format!("{filter:?} is not a log filter"))?;
        let colours = io::stderr().is_terminal();
        let lines =
            tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colours);
        match self.log_format.or(format).unwrap_or_default() {
            LogFormat::Text => lines.init(),
            LogFormat::Json => lines.json().init(),
        }
        Ok(())
    }
}

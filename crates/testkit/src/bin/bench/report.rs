//! Figures, for people and for whoever compares runs.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::Outcome;

/// One figure with the floor beside it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Figure {
    /// Its name, for ever the same.
    #[serde(skip)]
    pub name: String,
    /// What was measured.
    pub value: f64,
    /// In what.
    pub unit: String,
    /// What the machine does at its barest, in the same unit, and what that is.
    pub floor: Option<(f64, String)>,
    /// How many times the floor the figure is.
    pub ratio: Option<f64>,
    /// What the ratio (or, without a floor, the value) is to be.
    pub target: Option<Target>,
    /// Whether it is.
    pub met: Option<bool>,
}

/// What a figure is to be.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// No more than.
    AtMost(f64),
    /// No less than.
    AtLeast(f64),
}

impl Figure {
    /// A figure without anything beside it.
    pub fn new(name: &str, value: f64, unit: &str) -> Self {
        let (name, unit) = (name.to_owned(), unit.to_owned());
        Self { name, value, unit, floor: None, ratio: None, target: None, met: None }
    }

    /// Beside what it is measured.
    pub fn beside(self, floor: f64, what: &str) -> Self {
        let ratio = Some(self.value / floor);
        Self { floor: Some((floor, what.to_owned())), ratio, ..self }
    }

    /// What it is to be.
    pub fn wants(self, target: Target) -> Self {
        let compared = self.ratio.unwrap_or(self.value);
        let met = match target {
            Target::AtMost(most) => compared <= most,
            Target::AtLeast(least) => compared >= least,
        };
        Self { target: Some(target), met: Some(met), ..self }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<34} {:>11.2} {:<10}", self.name, self.value, self.unit)?;
        if let (Some((floor, what)), Some(ratio)) = (&self.floor, self.ratio) {
            write!(f, " = {ratio:>6.2} x {floor:.2} ({what})")?;
        }
        match (self.target, self.met) {
            (Some(Target::AtMost(most)), Some(met)) => write!(f, "  target <= {most}: {}", verdict(met)),
            (Some(Target::AtLeast(least)), Some(met)) => write!(f, "  target >= {least}: {}", verdict(met)),
            (Some(_) | None, _) => Ok(()),
        }
    }
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}

/// Figures by name.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Report {
    figures: BTreeMap<String, serde_json::Value>,
}

impl Report {
    /// Replaces the figures of the same names in `file`, and leaves all others there.
    pub fn merge(file: &Path, figures: &[Figure]) -> Outcome<()> {
        let known = std::fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let mut report: Self = known.unwrap_or_default();
        for figure in figures {
            report.figures.insert(figure.name.clone(), serde_json::to_value(figure)?);
        }
        std::fs::write(file, serde_json::to_vec_pretty(&report)?)?;
        Ok(())
    }
}

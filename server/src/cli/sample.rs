//! The sample company: a folder with documents and `sample.toml`, which names the document sets
//! with their files, the questions to measure with, and the people.

use super::ingest::WantedSet;
use anyhow::{Context as _, bail};
use inhouse_protocol::{NewQuestionSet, Role};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// `sample.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sample {
    /// The company's name.
    pub(super) company: String,
    /// Example questions that the documents answer.
    pub(super) suggestions: Vec<String>,
    pub(super) questions: SampleQuestions,
    #[serde(rename = "set")]
    pub(super) sets: Vec<SampleSet>,
    pub(super) person: Vec<SamplePerson>,
}

/// A set and its documents.
#[derive(Debug, Deserialize)]
pub(super) struct SampleSet {
    /// Relative to the folder of `sample.toml`.
    pub(super) files: Vec<PathBuf>,
    #[serde(flatten)]
    pub(super) set: WantedSet,
}

/// The labelled questions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SampleQuestions {
    pub(super) name: String,
    pub(super) description: String,
    /// JSON lines, relative to the folder of `sample.toml`.
    file: PathBuf,
}

impl SampleQuestions {
    /// Reads them as a set that can be made.
    pub(super) fn read(&self, folder: &Path) -> anyhow::Result<NewQuestionSet> {
        let file = folder.join(&self.file);
        let questions = std::fs::read_to_string(&file)
            .with_context(|| format!("{} can't be read", file.display()))?;
        Ok(NewQuestionSet {
            name: self.name.clone(),
            description: self.description.clone(),
            questions,
        })
    }
}

/// Somebody who works there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SamplePerson {
    pub(super) email: String,
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) department: Option<String>,
}

/// The sample company's folder: the one given, else that of the working copy, else the one beside
/// the installed program.
pub(super) fn folder(given: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    let beside = std::env::current_exe()
        .ok()
        .and_then(|exe| Some(exe.parent()?.parent()?.join("share/inhouse/sample")));
    let places: Vec<PathBuf> = match given {
        Some(given) => vec![given],
        None => [
            Some("assets/sample".into()),
            beside,
            Some("/usr/share/inhouse/sample".into()),
        ]
        .into_iter()
        .flatten()
        .collect(),
    };
    let looked: Vec<_> = places
        .iter()
        .map(|place| place.display().to_string())
        .collect();
    match places
        .into_iter()
        .find(|place| place.join("sample.toml").is_file())
    {
        Some(place) => Ok(place),
        None => bail!(
            "there is no sample.toml in {}; name the sample company's folder with --from",
            looked.join(" or ")
        ),
    }
}

/// Reads `sample.toml`.
pub(super) fn read(folder: &Path) -> anyhow::Result<Sample> {
    let file = folder.join("sample.toml");
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("{} can't be read", file.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is not as it should be", file.display()))
}

#[cfg(test)]
mod tests;

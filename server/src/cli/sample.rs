//! The sample company: a folder with documents and `sample.toml`, which names the document sets
//! with their files, and the people.

use super::ingest::WantedSet;
use anyhow::{Context as _, bail};
use inhouse_protocol::Role;
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
mod tests {
    use super::*;
    use inhouse_protocol::Audience;

    #[test]
    fn the_shipped_sample_has_its_files_a_set_for_a_group_and_each_role() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/sample");
        let sample = read(&folder).unwrap();
        for file in sample.sets.iter().flat_map(|set| &set.files) {
            assert!(folder.join(file).is_file(), "{}", file.display());
        }
        assert!(
            sample
                .sets
                .iter()
                .any(|set| set.set.audience == Audience::Groups && !set.set.grants.is_empty())
        );
        for role in Role::ALL {
            assert!(
                sample.person.iter().any(|person| person.role == role),
                "{role}"
            );
        }
        assert!(!sample.suggestions.is_empty());
    }
}

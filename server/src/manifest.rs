//! The manifest of the files that Inhouse starts with (`deploy/models.toml`), compiled in, so that
//! a file in the models folder can be checked and a missing one explained.

use serde::Deserialize;
use std::path::Path;
use std::sync::LazyLock;

/// A file of the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ShippedFile {
    /// What it is, for people.
    pub id: String,
    /// Where it lies, relative to the models folder.
    pub destination: String,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
    /// Under what license.
    pub license: String,
    /// `default`, `test` or `optional`.
    pub group: String,
    /// The machine it is built for; absent: any.
    #[serde(default)]
    pub machine: Option<String>,
}

#[derive(Deserialize)]
struct Manifest {
    file: Vec<ShippedFile>,
}

static MANIFEST: LazyLock<Vec<ShippedFile>> = LazyLock::new(|| {
    toml::from_str::<Manifest>(include_str!("../../deploy/models.toml"))
        .map(|manifest| manifest.file)
        .unwrap_or_default()
});

/// The files for this machine.
pub fn files() -> impl Iterator<Item = &'static ShippedFile> {
    MANIFEST.iter().filter(|file| {
        file.machine
            .as_deref()
            .is_none_or(|name| name == std::env::consts::ARCH)
    })
}

/// The file at `path`, where the manifest has one there.
pub fn file_at(models: &Path, path: &Path) -> Option<&'static ShippedFile> {
    let inside = path.strip_prefix(models).ok()?;
    files().find(|file| Path::new(&file.destination) == inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_knows_the_default_embedding_model() {
        let models = Path::new("/m");
        let model = models.join("embedding/all-MiniLM-L6-v2/model.onnx");
        let file = file_at(models, &model).unwrap();
        assert_eq!(file.sha256.len(), 64);
        assert_eq!(file_at(models, Path::new("/elsewhere/model.onnx")), None);
    }
}

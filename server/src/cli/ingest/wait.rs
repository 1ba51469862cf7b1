//! Following files until each can be found or has failed.

use super::Tally;
use super::found::shown;
use super::live::LiveLine;
use inhouse_protocol::{DocumentId, DocumentSummary, Timestamp, VersionId, VersionState};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// The files that are waited for.
pub(super) struct Waiting {
    /// When the first was queued: what came before isn't ours.
    begun: Timestamp,
    /// By version; the name with its folder.
    open: BTreeMap<VersionId, String>,
    /// Documents that are ours, so that what comes out of them is too.
    documents: BTreeSet<DocumentId>,
    seen: BTreeSet<VersionId>,
}

impl Waiting {
    pub(super) fn since(begun: Timestamp) -> Self {
        Self {
            begun,
            open: BTreeMap::new(),
            documents: BTreeSet::new(),
            seen: BTreeSet::new(),
        }
    }

    pub(super) fn add(&mut self, document: DocumentId, version: VersionId, name: String) {
        self.documents.insert(document);
        if self.seen.insert(version.clone()) {
            self.open.insert(version, name);
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.open.is_empty()
    }

    /// The names of the files that are still on their way.
    pub(super) fn names(self) -> impl ExactSizeIterator<Item = String> {
        self.open.into_values()
    }

    /// Says what became of files since the last look at the set's documents.
    pub(super) fn look(
        &mut self,
        documents: &[DocumentSummary],
        tally: &mut Tally,
        line: &mut LiveLine,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        self.add_parts(documents);
        let mut there = BTreeSet::new();
        let mut reading = None;
        for document in documents {
            if !self.open.contains_key(&document.version) {
                continue;
            }
            there.insert(document.version.clone());
            let name = shown(&document.folder, &document.name);
            match &document.state {
                VersionState::Ready => {
                    tally.ready += 1;
                    self.open.remove(&document.version);
                    let (done, total) = (self.seen.len() - self.open.len(), self.seen.len());
                    let passages = document.passages;
                    line.clear(out)?;
                    writeln!(
                        out,
                        "ready    {name}: {passages} passages ({done} of {total})"
                    )?;
                }
                VersionState::Failed { reason, .. } => {
                    tally.failed += 1;
                    self.open.remove(&document.version);
                    line.clear(out)?;
                    writeln!(out, "failed   {name}: {reason}")?;
                }
                state => reading = how_far(&name, state).or(reading),
            }
        }
        // Deleted or replaced by a newer version while it waited.
        self.open.retain(|version, _| there.contains(version));
        match reading {
            Some(reading) if !self.is_over() => line.show(&reading, out)?,
            _ => line.clear(out)?,
        }
        out.flush()
    }

    /// What came out of an archive or a mail of ours is waited for too.
    fn add_parts(&mut self, documents: &[DocumentSummary]) {
        loop {
            let before = self.documents.len();
            for document in documents {
                let parent = document.part_of.as_ref();
                let ours = parent.is_some_and(|parent| self.documents.contains(parent));
                if ours && document.added_at >= self.begun {
                    let name = shown(&document.folder, &document.name);
                    self.add(document.id.clone(), document.version.clone(), name);
                }
            }
            if self.documents.len() == before {
                return;
            }
        }
    }
}

/// How far a file is that is on its way, for people.
fn how_far(name: &str, state: &VersionState) -> Option<String> {
    match state {
        VersionState::Reading { done, total } if *total > 0 => {
            Some(format!("reading  {name}: page {done} of {total}"))
        }
        VersionState::Embedding { done, total } if *total > 0 => {
            Some(format!("embedding  {name}: {done} of {total} passages"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(id: &str, part_of: Option<&str>, state: VersionState) -> DocumentSummary {
        DocumentSummary {
            id: id.parse().unwrap(),
            set: "set".parse().unwrap(),
            folder: part_of.unwrap_or_default().into(),
            name: format!("{id}.txt"),
            title: id.into(),
            version: format!("v-{id}").parse().unwrap(),
            version_number: 1,
            validity: None,
            media_type: "text/plain".into(),
            size_bytes: 1,
            pages: None,
            passages: 2,
            added_at: Timestamp(10),
            moved_at: Timestamp(10),
            part_of: part_of.map(|id| id.parse().unwrap()),
            attention: false,
            narrowed: false,
            groups: Vec::new(),
            state,
        }
    }

    #[test]
    fn an_archive_is_over_when_its_parts_and_theirs_are() {
        let mut waiting = Waiting::since(Timestamp(10));
        let (mut tally, mut line) = (Tally::default(), LiveLine::silent());
        waiting.add("a".parse().unwrap(), "v-a".parse().unwrap(), "a.zip".into());
        let mut out = Vec::new();
        let mut older = document("e", Some("a"), VersionState::Queued);
        older.added_at = Timestamp(9);
        let mut documents = vec![
            document("c", Some("b"), VersionState::Queued),
            document("b", Some("a"), VersionState::Ready),
            document("a", None, VersionState::Ready),
            older,
        ];
        waiting
            .look(&documents, &mut tally, &mut line, &mut out)
            .unwrap();
        assert!(!waiting.is_over());
        documents[0].state = VersionState::Failed {
            cause: inhouse_protocol::FailureCause::Broken,
            reason: "It is damaged.".into(),
        };
        waiting
            .look(&documents, &mut tally, &mut line, &mut out)
            .unwrap();
        assert!(waiting.is_over());
        assert_eq!((tally.ready, tally.failed), (2, 1));
        let told = String::from_utf8(out).unwrap();
        assert!(told.contains("ready    a/b.txt: 2 passages"), "{told}");
        assert!(
            told.ends_with("failed   b/c.txt: It is damaged.\n"),
            "{told}"
        );
    }

    #[test]
    fn a_file_that_was_deleted_meanwhile_is_not_waited_for() {
        let mut waiting = Waiting::since(Timestamp(10));
        waiting.add("a".parse().unwrap(), "v-a".parse().unwrap(), "a.txt".into());
        let mut out = Vec::new();
        waiting
            .look(
                &[],
                &mut Tally::default(),
                &mut LiveLine::silent(),
                &mut out,
            )
            .unwrap();
        assert!(waiting.is_over() && out.is_empty());
    }

    #[test]
    fn pages_are_told_once_they_are_counted() {
        let at = |done, total| how_far("a.pdf", &VersionState::Reading { done, total });
        assert_eq!(at(0, 0), None);
        assert_eq!(at(12, 80).unwrap(), "reading  a.pdf: page 12 of 80");
    }
}

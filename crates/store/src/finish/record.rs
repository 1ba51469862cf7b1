//! What the record says of a run's end.

use super::{FinishRun, ModelCall};
use crate::Result;
use crate::row::{Columns, placeholders};
use crate::write::Write;
use inhouse_protocol::{ConflictSide, PassageRef, VersionId};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sqlx::AssertSqlSafe;
use std::collections::{BTreeSet, HashMap};

/// Ids of one `IN` list.
const AT_ONCE: usize = 500;

/// What the record says of a run: what decided and what it was made of, in hashes and figures; and
/// apart from that what tells something of the asker. No words out of documents: whoever reads the
/// log may not be allowed to see them.
pub(super) async fn record_of(write: &mut Write, end: &FinishRun) -> Result<(Value, Value)> {
    let originals = originals_of(write, end).await?;
    let passages = end.passages.iter();
    let passages: Vec<Value> = passages
        .map(|found| passage_of(&originals, found))
        .collect();
    let conflict: Option<Vec<Value>> = end.conflict.as_ref().map(|conflict| {
        let sides = conflict.sides.iter();
        sides.map(|side| side_of(&originals, side)).collect()
    });
    let calls: Vec<Value> = end.model_calls.iter().map(call_of).collect();
    let detail = json!({
        "outcome": end.outcome,
        "rule": end.rule,
        "answerability": end.answerability,
        "mode": end.mode,
        "approved_answer": end.approved,
        "settings": end.settings,
        "sentences": end.sentences.len(),
        "passages": passages,
        "conflict": conflict,
        "model_calls": calls,
    });
    let told = json!({
        "rules": end.trace["rules"],
        "signals": end.trace["signals"],
        "flags": end.flags,
        "standalone_question": end.standalone_question,
        "as_of": end.as_of,
    });
    Ok((detail, told))
}

/// The version that a passage stands in: its original file and the set of its document.
struct Original {
    sha256: String,
    set: String,
}

type Originals = HashMap<String, Original>;

/// The versions that a run's passages and conflict stand in, by id.
async fn originals_of(write: &mut Write, end: &FinishRun) -> Result<Originals> {
    let found = end.passages.iter().map(|passage| &passage.version);
    let sides = end.conflict.iter().flat_map(|conflict| &conflict.sides);
    let versions: BTreeSet<&VersionId> = found
        .chain(sides.map(|side| &side.citation.version))
        .collect();
    let versions: Vec<&VersionId> = versions.into_iter().collect();
    let mut originals = HashMap::with_capacity(versions.len());
    for versions in versions.chunks(AT_ONCE) {
        let sql = format!(
            "SELECT v.id, v.sha256, d.set_id FROM versions v JOIN documents d ON d.id = v.document_id
             WHERE v.id IN ({})",
            placeholders(1, versions.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for version in versions {
            query = query.bind(version.as_str());
        }
        for row in query.fetch_all(write.connection()).await? {
            let original = Original {
                sha256: row.text("sha256")?,
                set: row.text("set_id")?,
            };
            originals.insert(row.text("id")?, original);
        }
    }
    Ok(originals)
}

/// A passage with the version that it stands in, and hashes of the original file and of its own
/// text.
fn passage_of(originals: &Originals, passage: &PassageRef) -> Value {
    let original = originals.get(passage.version.as_str());
    json!({
        "set": original.map(|original| &original.set),
        "document": passage.document,
        "version": passage.version,
        "number": passage.version_number,
        "original_sha256": original.map(|original| &original.sha256),
        "passage": passage.id,
        "text_sha256": digest(passage.text.as_bytes()),
    })
}

/// A side of a conflict: where it stands.
fn side_of(originals: &Originals, side: &ConflictSide) -> Value {
    let citation = &side.citation;
    let original = originals.get(citation.version.as_str());
    json!({
        "set": original.map(|original| &original.set),
        "document": citation.document,
        "version": citation.version,
        "passage": citation.passage,
    })
}

fn call_of(call: &ModelCall) -> Value {
    json!({
        "task": call.task,
        "engine": call.engine,
        "model": call.model,
        "prompt_sha256": call.prompt_sha256,
        "parameters_sha256": digest(call.parameters.to_string().as_bytes()),
        "prompt_tokens": call.prompt_tokens,
        "completion_tokens": call.completion_tokens,
        "failed": call.error.is_some(),
    })
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

//! Approved answers as files: JSON Lines, or a table for a spreadsheet. What is brought in becomes
//! drafts of whoever brings it.

use inhouse_protocol::{
    ApprovalState, ApprovedAnswer, ApprovedAnswerChange, Citation, Day, GroupId, ImportReport,
};
use inhouse_record::export::{cell, write_line};
use inhouse_store::{Principal, Store, StoreError};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{self, Write};

/// How answers are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// JSON Lines: one answer a line.
    #[default]
    Jsonl,
    /// A table (RFC 4180) for a spreadsheet.
    Csv,
}

/// The columns of a table. Several ways to ask, or groups, stand in one cell, a line each;
/// citations as JSON.
const COLUMNS: [&str; 9] = [
    "question",
    "phrasings",
    "body",
    "state",
    "owner",
    "valid_until",
    "everyone",
    "groups",
    "citations",
];

/// An answer as it travels. State and owner are told, and not taken over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Portable {
    question: String,
    #[serde(default)]
    phrasings: Vec<String>,
    body: String,
    #[serde(default)]
    state: Option<ApprovalState>,
    #[serde(default)]
    owner: Option<String>,
    #[serde(default)]
    valid_until: Option<Day>,
    /// Where nothing is said: for everyone, unless groups are named.
    #[serde(default)]
    everyone: Option<bool>,
    /// By name.
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    citations: Vec<Citation>,
}

impl From<&ApprovedAnswer> for Portable {
    fn from(answer: &ApprovedAnswer) -> Self {
        let summary = &answer.summary;
        Self {
            question: summary.question.clone(),
            phrasings: answer.phrasings.clone(),
            body: answer.body.clone(),
            state: Some(summary.state),
            owner: summary.owner.as_ref().map(|owner| owner.name.clone()),
            valid_until: summary.valid_until,
            everyone: Some(summary.everyone),
            groups: answer.groups.iter().map(|(_, name)| name.clone()).collect(),
            citations: answer.citations.clone(),
        }
    }
}

/// Writes answers; no cell of a table is taken for a formula.
pub(crate) fn write(
    out: &mut dyn Write,
    format: Format,
    answers: &[ApprovedAnswer],
) -> io::Result<()> {
    let mut out = out;
    if format == Format::Jsonl {
        for answer in answers {
            write_line(&mut out, &Portable::from(answer))?;
        }
        return Ok(());
    }
    let mut table = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    table.write_record(COLUMNS)?;
    for answer in answers {
        table.write_record(row(&Portable::from(answer))?)?;
    }
    table.flush()
}

fn row(answer: &Portable) -> io::Result<Vec<String>> {
    let citations = if answer.citations.is_empty() {
        String::new()
    } else {
        serde_json::to_string(&answer.citations)?
    };
    let everyone = match answer.everyone {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    };
    let cells: [&str; 9] = [
        answer.question.as_str(),
        &answer.phrasings.join("\n"),
        &answer.body,
        answer.state.map_or("", ApprovalState::as_str),
        answer.owner.as_deref().unwrap_or_default(),
        &answer
            .valid_until
            .map_or_else(String::new, |day| day.to_string()),
        everyone,
        &answer.groups.join("\n"),
        &citations,
    ];
    Ok(cells.iter().map(|text| cell(text).into_owned()).collect())
}

/// Adds what a file holds as drafts of the principal: JSON Lines or a table, whichever it is.
/// What is there already, by its question, is left alone; what is wrong with a line stands in the
/// report, and the others are added. `NotFound` unless the principal works the desk.
pub(crate) async fn import(
    store: &Store,
    by: &Principal,
    text: &str,
) -> Result<ImportReport, StoreError> {
    let known = store.approved_answers(by).await?;
    let retired = ApprovalState::Retired;
    let known = known.into_iter().filter(|answer| answer.state != retired);
    let mut known: HashSet<String> = known.map(|answer| key(&answer.question)).collect();
    let mut report = ImportReport::default();
    for (line, answer) in read(text) {
        let added = match answer {
            Ok(answer) if !known.insert(key(&answer.question)) => {
                report.known += 1;
                continue;
            }
            Ok(answer) => add(store, by, answer).await,
            Err(fault) => Err(StoreError::Invalid(fault)),
        };
        match added {
            Ok(0) => report.added += 1,
            Ok(left_out) => {
                report.added += 1;
                report.faults.push(format!(
                    "Line {line}: added without {left_out} citations of what isn't here. Cite it \
                     anew."
                ));
            }
            Err(StoreError::Invalid(fault)) => report.faults.push(format!("Line {line}: {fault}")),
            Err(error) => return Err(error),
        }
    }
    Ok(report)
}

/// Adds one; gives how many of its citations had to be left out.
async fn add(store: &Store, by: &Principal, answer: Portable) -> Result<usize, StoreError> {
    let mut groups: Vec<GroupId> = Vec::new();
    for name in &answer.groups {
        let group = store.group_by_name(name).await?;
        let group = group.ok_or_else(|| {
            StoreError::Invalid(format!("There is no group '{name}'. It was not added."))
        })?;
        groups.push(group.id);
    }
    let citations = store.citable(by, &answer.citations).await?;
    let left_out = answer.citations.len() - citations.len();
    let change = ApprovedAnswerChange {
        question: answer.question,
        phrasings: answer.phrasings,
        body: answer.body,
        owner: None,
        valid_until: answer.valid_until,
        everyone: answer.everyone.unwrap_or(groups.is_empty()),
        groups,
        citations,
        escalation: None,
        revision: None,
    };
    store.create_approved_answer(by, &change).await?;
    Ok(left_out)
}

/// By what two questions are taken for the same one.
fn key(question: &str) -> String {
    question.trim().to_lowercase()
}

type Read = Vec<(u64, Result<Portable, String>)>;

/// The answers of a file, each with its line, or with what is wrong with it.
fn read(text: &str) -> Read {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        read_lines(text)
    } else {
        read_table(text)
    }
}

fn read_lines(text: &str) -> Read {
    (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            let answer = serde_json::from_str(line);
            (number, answer.map_err(|error| format!("{error}.")))
        })
        .collect()
}

fn read_table(text: &str) -> Read {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let columns: Vec<String> = match reader.headers() {
        Ok(headers) => headers
            .iter()
            .map(|name| name.trim().to_lowercase())
            .collect(),
        Err(error) => return vec![(1, Err(format!("{error}.")))],
    };
    if !["question", "body"]
        .iter()
        .all(|name| columns.iter().any(|column| column == name))
    {
        let fault = "a table needs the columns 'question' and 'body' in its first line.";
        return vec![(1, Err(fault.to_owned()))];
    }
    reader
        .records()
        .map(|record| match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                let of = |name: &str| {
                    let at = columns.iter().position(|column| column == name);
                    let text = at.and_then(|at| record.get(at)).unwrap_or_default();
                    bare(text).into_owned()
                };
                (line, from_row(of))
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                (line, Err(format!("{error}.")))
            }
        })
        .collect()
}

fn from_row(of: impl Fn(&str) -> String) -> Result<Portable, String> {
    let lines = |name| -> Vec<String> {
        let text = of(name);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect()
    };
    let everyone = match of("everyone").trim().to_lowercase().as_str() {
        "" => None,
        "yes" | "true" | "1" => Some(true),
        "no" | "false" | "0" => Some(false),
        other => {
            return Err(format!(
                "'{other}' is not yes or no in the column 'everyone'."
            ));
        }
    };
    let valid_until = match of("valid_until").trim() {
        "" => None,
        day => Some(
            day.parse::<Day>()
                .map_err(|error| format!("'{day}': {error}."))?,
        ),
    };
    let citations = match of("citations").trim() {
        "" => Vec::new(),
        json => serde_json::from_str(json)
            .map_err(|error| format!("the citations can't be read: {error}."))?,
    };
    Ok(Portable {
        question: of("question"),
        phrasings: lines("phrasings"),
        body: of("body"),
        state: None,
        owner: None,
        valid_until,
        everyone,
        groups: lines("groups"),
        citations,
    })
}

/// A cell without the apostrophe that keeps a spreadsheet from taking it for a formula.
fn bare(text: &str) -> Cow<'_, str> {
    match text.strip_prefix('\'') {
        Some(rest) if matches!(cell(rest), Cow::Owned(_)) => Cow::Borrowed(rest),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn portable(question: &str) -> Portable {
        Portable {
            question: question.into(),
            phrasings: vec!["How long, then?".into(), "Until when?".into()],
            body: "Ninety days.\n\nThen it ends, \"as agreed\".".into(),
            state: Some(ApprovalState::Approved),
            owner: Some("Lena".into()),
            valid_until: Some("2027-03-31".parse().unwrap()),
            everyone: Some(false),
            groups: vec!["Board".into(), "-Sales".into()],
            citations: Vec::new(),
        }
    }

    fn table(rows: &[Vec<String>]) -> String {
        let mut table = csv::Writer::from_writer(Vec::new());
        table.write_record(COLUMNS).unwrap();
        for row in rows {
            table.write_record(row).unwrap();
        }
        String::from_utf8(table.into_inner().unwrap()).unwrap()
    }

    #[test]
    fn a_table_comes_back_as_it_went_and_holds_no_formula() {
        let before = portable("=HYPERLINK(\"http://x\") How long?");
        let text = table(&[row(&before).unwrap()]);
        assert!(text.contains("'=HYPERLINK"), "{text}");
        let read = read(&text);
        let (_, after) = &read[0];
        let told = Portable {
            state: None,
            owner: None,
            ..before
        };
        assert_eq!(after.as_ref(), Ok(&told));
    }

    #[test]
    fn a_line_of_json_comes_back_as_it_went() {
        let before = portable("How long?");
        let text = format!("\u{feff}{}\n\n", serde_json::to_string(&before).unwrap());
        assert_eq!(read(&text), [(1, Ok(before))]);
        let least = read("{\"question\": \"Q?\", \"body\": \"A.\"}");
        let least = least[0].1.as_ref().unwrap();
        assert_eq!((least.everyone, least.valid_until), (None, None));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let faults = |text: &str| -> Vec<(u64, String)> {
            let faulty = read(text).into_iter();
            faulty
                .filter_map(|(line, answer)| Some((line, answer.err()?)))
                .collect()
        };
        let lines = faults("{}\n{\"question\": \"Q?\", \"body\": \"A.\"}\nnonsense");
        let numbers: Vec<u64> = lines.iter().map(|(line, _)| *line).collect();
        assert_eq!(numbers, [1, 3]);
        assert!(lines[0].1.contains("question"), "{lines:?}");
        let rows = faults("question,body,everyone\nQ?,A.,perhaps\nP?,B.,yes");
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].0, 2);
        assert_eq!(faults("one,two\n1,2").len(), 1);
        assert_eq!(
            faults("question,body,valid_until\nQ?,A.,31.12.2027").len(),
            1
        );
    }
}

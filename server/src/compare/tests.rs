//! Two versions of a small contract in all the ways in which they differ.

use super::*;
use inhouse_protocol::{BlockKind, Piece};

/// Lines as blocks: `#` begins a heading, `-` a list item, `|` a table row, others are paragraphs.
fn document(lines: &[&str]) -> (String, Vec<Block>) {
    let (mut text, mut blocks) = (String::new(), Vec::new());
    let mut at = 0;
    for (page, line) in (1..).zip(lines) {
        let (kind, words) = if let Some(words) = line.strip_prefix("## ") {
            (BlockKind::Heading { level: 2 }, words)
        } else if let Some(words) = line.strip_prefix("# ") {
            (BlockKind::Heading { level: 1 }, words)
        } else if let Some(words) = line.strip_prefix("- ") {
            (BlockKind::ListItem, words)
        } else if let Some(words) = line.strip_prefix("| ") {
            (BlockKind::TableRow, words)
        } else {
            (BlockKind::Paragraph, *line)
        };
        let length = words.chars().count();
        blocks.push(Block {
            kind,
            start: at,
            end: at + length,
            page: Some(page),
        });
        text += words;
        text.push('\n');
        at += length + 1;
    }
    (text, blocks)
}

fn compared(before: &[&str], after: &[&str]) -> Vec<ClauseChange> {
    let ((old, old_blocks), (new, new_blocks)) = (document(before), document(after));
    let before = Written {
        text: &old,
        blocks: &old_blocks,
    };
    let after = Written {
        text: &new,
        blocks: &new_blocks,
    };
    compare(before, after).unwrap()
}

fn text(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}

/// A line a clause: its kind, what only one version has in brackets.
fn told(changes: &[ClauseChange]) -> Vec<String> {
    let marked = |side: &Option<ClauseSide>| {
        side.as_ref().map_or("-".to_owned(), |side| {
            side.pieces
                .iter()
                .map(|piece| {
                    if piece.changed {
                        format!("[{}]", piece.text)
                    } else {
                        piece.text.clone()
                    }
                })
                .collect()
        })
    };
    changes
        .iter()
        .map(|change| {
            let (before, after) = (marked(&change.before), marked(&change.after));
            format!("{:?}: {before} => {after}", change.kind)
        })
        .collect()
}

const TERM: &str = "7.1 This agreement runs for three years from its signature.";
const NOTICE: &str = "7.2 Either party may end it with notice of 30 days.";
const LAW: &str = "8.1 The law of Germany governs this agreement.";

#[test]
fn a_text_is_the_same_as_itself_whatever_its_quotation_marks_and_line_breaks() {
    let changes = compared(
        &["# Term", TERM, "The \u{201c}Supplier\u{201d} delivers."],
        &["# Term", TERM, "The \"Supplier\"   delivers."],
    );
    assert_eq!(changes.len(), 2, "{changes:?}");
    assert!(changes.iter().all(|change| change.kind == ChangeKind::Same));
}

#[test]
fn the_words_that_differ_are_marked() {
    let after = NOTICE.replace("30 days", "three full months");
    let changes = compared(
        &["# 7 Term", TERM, NOTICE, LAW],
        &["# 7 Term", TERM, &after, LAW],
    );
    assert_eq!(
        told(&changes)[1],
        "Changed: 7.2 Either party may end it with notice of [30 days]. => \
         7.2 Either party may end it with notice of [three full months]."
    );
    assert_eq!(
        changes[1].before.as_ref().unwrap().heading,
        ["7 Term", "7.2"]
    );
}

#[test]
fn clauses_come_and_go_where_they_are() {
    let gone = "7.3 The supplier keeps a register of its own people.";
    let come = "8.2 Disputes go to the courts of Hamburg alone.";
    let changes = compared(&[TERM, NOTICE, gone, LAW], &[TERM, NOTICE, LAW, come]);
    let kinds: Vec<_> = changes.iter().map(|change| change.kind).collect();
    assert_eq!(
        kinds,
        [
            ChangeKind::Same,
            ChangeKind::Same,
            ChangeKind::Removed,
            ChangeKind::Same,
            ChangeKind::Added
        ]
    );
    assert_eq!(text(&changes[2].before.as_ref().unwrap().pieces), gone);
    assert_eq!(text(&changes[4].after.as_ref().unwrap().pieces), come);
}

#[test]
fn another_number_alone_is_a_move_and_the_number_is_marked() {
    let new = "7.2 The supplier tells us of every breach at once.";
    let later = NOTICE.replace("7.2", "7.3");
    let changes = compared(&[TERM, NOTICE], &[TERM, new, &later]);
    let told = told(&changes);
    assert!(told[1].starts_with("Added"), "{told:?}");
    assert!(
        told[2].starts_with("Moved: [7.2] Either") && told[2].contains("=> [7.3] Either"),
        "{told:?}"
    );
}

#[test]
fn a_clause_at_another_place_is_found_there() {
    let changes = compared(
        &[
            TERM,
            NOTICE,
            LAW,
            "9.1 Nothing else was agreed between the parties.",
        ],
        &[
            LAW,
            TERM,
            NOTICE,
            "9.1 Nothing else was agreed between the parties.",
        ],
    );
    let kinds: Vec<_> = changes.iter().map(|change| change.kind).collect();
    let same = |kind: &&ChangeKind| **kind == ChangeKind::Same;
    assert_eq!(kinds.len(), 4);
    assert_eq!(kinds.iter().filter(same).count(), 3, "{kinds:?}");
    assert!(kinds.contains(&ChangeKind::Moved));
    let order: Vec<_> = changes
        .iter()
        .map(|change| change.after.as_ref().unwrap().start)
        .collect();
    assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn a_renamed_heading_is_a_change_of_the_first_clause_below_it() {
    let second = "Every gift goes into the register.";
    let first = "Nobody accepts cash from a supplier.";
    let changes = compared(
        &["# 4 Gifts", first, second],
        &["# 4 Gifts and entertainment", first, second],
    );
    let told = told(&changes);
    assert!(told[0].starts_with("Changed: 4 Gifts\n"), "{told:?}");
    assert!(told[0].contains("[ and entertainment]"), "{told:?}");
    assert!(told[1].starts_with("Same"), "{told:?}");
    let renumbered = compared(&["# 4 Gifts", first], &["# 5 Gifts", first]);
    assert_eq!(renumbered[0].kind, ChangeKind::Moved);
}

#[test]
fn a_paragraph_cut_by_a_page_is_one_clause() {
    let changes = compared(
        &[
            "The supplier keeps all records for ten",
            "years after the end.",
        ],
        &[
            "The supplier keeps all records for ten years",
            "after the end.",
        ],
    );
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].kind, ChangeKind::Same);
    assert_eq!(changes[0].after.as_ref().unwrap().page, Some(1));
}

#[test]
fn a_letter_counts_below_its_clause_and_a_row_is_a_clause() {
    let changes = compared(
        &["# 7 Term", NOTICE, "- (b) in writing", "| Fee | 10 EUR"],
        &["# 7 Term", NOTICE, "- (b) in text form", "| Fee | 12 EUR"],
    );
    let item = changes.iter().find(|c| c.kind != ChangeKind::Same).unwrap();
    let heading = &item.before.as_ref().unwrap().heading;
    assert_eq!(heading, &["7 Term", "7.2", "(b)"]);
    let row = changes.last().unwrap();
    assert_eq!(
        told(std::slice::from_ref(row)),
        ["Changed: Fee | [10] EUR => Fee | [12] EUR"]
    );
}

#[test]
fn a_heading_without_a_text_and_an_empty_text_are_no_trouble() {
    assert!(compared(&[], &[]).is_empty());
    let changes = compared(&["# Annex", "## Part"], &["# Annex"]);
    assert_eq!(changes.len(), 2);
    assert_eq!(changes[0].kind, ChangeKind::Same);
    assert_eq!(changes[1].kind, ChangeKind::Removed);
}

#[test]
fn the_marks_of_markdown_are_no_words() {
    let changes = compared(
        &[
            "# ## 2 Liability",
            "Liability is limited.",
            "- - (a) to the fees",
        ],
        &[
            "# 3 Liability =====",
            "Liability is limited.",
            "- * (a) to the fees",
        ],
    );
    let kinds: Vec<_> = changes.iter().map(|change| change.kind).collect();
    assert_eq!(kinds, [ChangeKind::Moved, ChangeKind::Same]);
    assert_eq!(
        changes[1].after.as_ref().unwrap().heading,
        ["3 Liability", "(a)"]
    );
}

#[test]
fn what_was_rewritten_altogether_is_gone_and_new() {
    let changes = compared(
        &["Purple elephants dance slowly under heavy rain."],
        &["The auditor signs each annual report before March."],
    );
    let kinds: Vec<_> = changes.iter().map(|change| change.kind).collect();
    assert_eq!(kinds, [ChangeKind::Removed, ChangeKind::Added]);
}

#[test]
fn more_clauses_than_the_limit_are_refused() {
    let lines: Vec<String> = (0..=MOST_CLAUSES)
        .map(|n| format!("Clause number {n} ends here."))
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let (text, blocks) = document(&lines);
    let written = Written {
        text: &text,
        blocks: &blocks,
    };
    assert_eq!(compare(written, written), Err(TooLong));
}

#[test]
fn both_sides_hold_all_their_words_whatever_was_done() {
    let before = [TERM, NOTICE, LAW, "A last word on nothing at all."];
    let after = [
        LAW,
        "A first word on something else.",
        TERM,
        "7.9 Either party may end it.",
    ];
    let changes = compared(&before, &after);
    for (lines, side) in [
        (
            &before,
            changes
                .iter()
                .filter_map(|c| c.before.as_ref())
                .collect::<Vec<_>>(),
        ),
        (
            &after,
            changes.iter().filter_map(|c| c.after.as_ref()).collect(),
        ),
    ] {
        let mut found: Vec<_> = side.iter().map(|side| text(&side.pieces)).collect();
        let mut wanted: Vec<_> = lines.iter().map(|line| (*line).to_owned()).collect();
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted);
    }
}

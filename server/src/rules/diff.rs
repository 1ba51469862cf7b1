//! What two sets of rules do differently, by rule and by line.

use inhouse_guardrails::RuleSet;
use inhouse_protocol::{DiffLine, LineChange, RulesDiff};
use similar::{Algorithm, ChangeTag, TextDiff};
use std::time::{Duration, Instant};

/// Lines shown around a change.
const AROUND: usize = 3;

/// Past it the cuts are coarser.
const DEADLINE: Duration = Duration::from_secs(2);

/// Stands for what was left out.
const LEFT_OUT: &str = "…";

/// What `new` has otherwise than `old`, both as TOML. Rules are compared where both can be read.
pub(crate) fn diff(old: &str, new: &str) -> RulesDiff {
    let mut diff = RulesDiff {
        lines: diff_lines(old, new),
        ..RulesDiff::default()
    };
    if let (Ok(old), Ok(new)) = (RuleSet::parse(old), RuleSet::parse(new)) {
        let changed = inhouse_guardrails::diff(&old, &new);
        diff.added = changed.added;
        diff.removed = changed.removed;
        diff.changed = changed.changed;
    }
    diff
}

/// The lines that differ, with some around each; none where the texts are the same.
pub(crate) fn diff_lines(old: &str, new: &str) -> Vec<DiffLine> {
    let diff = TextDiff::configure()
        .algorithm(Algorithm::Myers)
        .deadline(Instant::now() + DEADLINE)
        .diff_lines(old, new);
    let (mut lines, mut shown) = (Vec::new(), 0);
    for group in diff.grouped_ops(AROUND) {
        let starts = group.first().map_or(shown, |op| op.old_range().start);
        if starts > shown {
            lines.push(left_out());
        }
        shown = group.last().map_or(shown, |op| op.old_range().end);
        for op in &group {
            lines.extend(diff.iter_changes(op).map(|change| DiffLine {
                change: match change.tag() {
                    ChangeTag::Equal => LineChange::Same,
                    ChangeTag::Insert => LineChange::Added,
                    ChangeTag::Delete => LineChange::Removed,
                },
                text: change.value().trim_end_matches(['\r', '\n']).to_owned(),
            }));
        }
    }
    if !lines.is_empty() && shown < diff.old_slices().len() {
        lines.push(left_out());
    }
    lines
}

fn left_out() -> DiffLine {
    DiffLine {
        change: LineChange::Same,
        text: LEFT_OUT.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &str, new: &str) -> Vec<String> {
        let lines = diff_lines(old, new).into_iter().map(|line| {
            let sign = match line.change {
                LineChange::Same => ' ',
                LineChange::Added => '+',
                LineChange::Removed => '-',
            };
            format!("{sign}{}", line.text)
        });
        lines.collect()
    }

    #[test]
    fn a_changed_line_stands_between_three_around_it_and_the_rest_is_left_out() {
        let old: Vec<_> = (1..=20).map(|n| format!("line {n}\n")).collect();
        let old = old.concat();
        let new = old.replace("line 10\n", "line ten\n");
        assert_eq!(
            shown(&old, &new),
            [
                " …",
                " line 7",
                " line 8",
                " line 9",
                "-line 10",
                "+line ten",
                " line 11",
                " line 12",
                " line 13",
                " …"
            ]
        );
    }

    #[test]
    fn the_same_text_has_no_lines_and_a_new_one_only_added_ones() {
        assert!(shown("a\nb\n", "a\nb\n").is_empty());
        assert_eq!(shown("", "a\nb\n"), ["+a", "+b"]);
    }

    #[test]
    fn rules_are_told_by_their_ids() {
        let rule = |id: &str, condition: &str| {
            format!(
                "[[rule]]\nid = \"{id}\"\ntitle = \"A rule\"\nstage = \"question\"\n\
                 condition = \"{condition}\"\naction = \"decline\"\nmessage = \"No.\"\n"
            )
        };
        let old = rule("kept", "words > 9") + &rule("other", "words > 8") + &rule("gone", "true");
        let new = rule("kept", "words > 9") + &rule("other", "words > 7") + &rule("fresh", "true");
        let diff = diff(&old, &new);
        assert_eq!(diff.added, ["fresh"]);
        assert_eq!(diff.removed, ["gone"]);
        assert_eq!(diff.changed, ["other"]);
    }

    #[test]
    fn what_cannot_be_read_is_compared_by_line_alone() {
        let diff = diff("", "[[rule]");
        assert_eq!(diff.lines.len(), 1);
        assert!(diff.added.is_empty());
    }
}

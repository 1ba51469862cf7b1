//! Texts of one document: its versions, what is known of it, how it was read, and how two versions
//! differ.

use super::phrases::count;
use crate::time::day_text;
use inhouse_protocol::{ChangeKind, Day, Fact, Proposal, Validity, VersionDetail};

// One document
pub(crate) const DELETE_DOCUMENT: &str = "Delete this document";
pub(crate) const SUPERSEDES: &str = "It takes the place of";
pub(crate) const SUPERSEDED_BY: &str = "Its place is taken by";
pub(crate) const PART_OF: &str = "It came out of";
pub(crate) const PARTS: &str = "Files that came out of it";
pub(crate) const HOW_READ: &str = "How it was read";
pub(crate) const PROPOSALS: &str = "Read from the document";
pub(crate) const PROPOSALS_LEAD: &str =
    "What the document says of itself. It counts once you have confirmed it.";
pub(crate) const CONFIRM: &str = "Confirm";
pub(crate) const DISMISS: &str = "Dismiss";
pub(crate) const FACTS: &str = "What is known of it";
pub(crate) const EDIT_FACTS: &str = "Change it";
pub(crate) const OWNER: &str = "Owner";
pub(crate) const OWNER_HINT: &str = "Is told when the review is due.";
pub(crate) const NOBODY: &str = "Nobody";
pub(crate) const NONE: &str = "None";
pub(crate) const REVIEW_ON: &str = "Review on";
pub(crate) const DUE: &str = "Due";
pub(crate) const JURISDICTION: &str = "Jurisdiction";
pub(crate) const JURISDICTION_HINT: &str = "Such as Germany, or State of Delaware.";
pub(crate) const TAGS: &str = "Tags";
pub(crate) const TAGS_HINT: &str = "Up to 20, parted by commas.";
pub(crate) const SUPERSEDES_LABEL: &str = "Takes the place of";
pub(crate) const SUPERSEDES_HINT: &str =
    "The other document stops being in force on the day on which this one begins to be.";
pub(crate) const NEXT_REVIEW: &str = "Review it again on";
pub(crate) const MARK_REVIEWED: &str = "Mark as reviewed";
pub(crate) const REVIEWED: &str = "The review was noted";

// Versions
pub(crate) const VERSIONS: &str = "Versions";
pub(crate) const VERSION: &str = "Version";
pub(crate) const IN_FORCE: &str = "In force";
pub(crate) const READ_BY: &str = "Read by";
pub(crate) const TODAY: &str = "Today";
pub(crate) const TODAY_LINE: &str = "today, the line";
pub(crate) const ALWAYS: &str = "always";
pub(crate) const ON_NO_DAY: &str = "in force on no day";
pub(crate) const ON_NO_DAY_SHORT: &str = "on no day";
pub(crate) const EDIT_DATES: &str = "When it is in force";
pub(crate) const FIRST_DAY: &str = "First day in force";
pub(crate) const FIRST_DAY_HINT: &str =
    "Empty: a first version since ever, a later one from the day on which it was read.";
pub(crate) const LAST_DAY: &str = "Last day in force";
pub(crate) const LAST_DAY_HINT: &str = "Empty: until another version takes its place.";
pub(crate) const SUPERSEDED: &str = "This text isn't in force today. It is the one that was cited.";

// Comparing
pub(crate) const COMPARE_VERSIONS: &str = "Compare two versions";
pub(crate) const COMPARE: &str = "Compare";
pub(crate) const BEFORE: &str = "Before";
pub(crate) const AFTER: &str = "After";
pub(crate) const NOT_THERE: &str = "Not in this version";
pub(crate) const REMOVED_WORDS: &str = "removed words";
pub(crate) const ADDED_WORDS: &str = "added words";
pub(crate) const NEXT_CHANGE: &str = "Next change";
pub(crate) const PREVIOUS_CHANGE: &str = "Previous change";

/// `1 Jan 2025 – 31 Mar 2026`, as far as it has ends: people name the last day.
pub(crate) fn period(validity: Validity) -> Option<String> {
    let from = validity.from.map(day_text);
    let last = validity.until.map(|until| day_text(until.plus(-1)));
    match (from, last) {
        (Some(from), Some(last)) => Some(format!("{from} – {last}")),
        (Some(from), None) => Some(format!("from {from}")),
        (None, Some(last)) => Some(format!("until {last}")),
        (None, None) => None,
    }
}

/// `in force 1 Jan 2025 – 31 Mar 2026`, with what [`period`] says.
pub(crate) fn in_force(period: &str) -> String {
    format!("in force {period}").trim_end().to_owned()
}

/// How an answer about an earlier day begins.
pub(crate) fn as_of(day: Day) -> String {
    format!("As of {}", day_text(day))
}

pub(crate) fn as_of_explained(day: Day) -> String {
    format!(
        "{}: only what was in force on that day was searched.",
        as_of(day)
    )
}

/// `Version 2`
pub(crate) fn version_name(number: u32) -> String {
    format!("Version {number}")
}

/// A version in a list to choose from.
pub(crate) fn version_choice(number: u32, validity: Option<Validity>) -> String {
    let name = version_name(number);
    match validity.map(period) {
        Some(Some(period)) => format!("{name}, in force {period}"),
        Some(None) => name,
        None => format!("{name}, {ON_NO_DAY}"),
    }
}

/// When each version is in force, in words in place of the picture.
pub(crate) fn times(versions: &[VersionDetail]) -> String {
    let times = versions
        .iter()
        .map(|version| version_choice(version.number, version.validity));
    times.collect::<Vec<_>>().join("; ")
}

pub(crate) fn dates_of(number: u32) -> String {
    format!("When version {number} is in force")
}

pub(crate) fn review_due(day: &str, mine: bool) -> String {
    if mine {
        format!("Your review has been due since {day}")
    } else {
        format!("Its review has been due since {day}")
    }
}

/// What read some pages.
pub(crate) fn parser(name: &str) -> String {
    match name {
        "" => "no text".to_owned(),
        "tesseract" => "recognized from the picture (tesseract)".to_owned(),
        name => format!("its own text ({name})"),
    }
}

/// `Pages 3–7`
pub(crate) fn page_range(first: u32, last: u32) -> String {
    if first == last {
        format!("Page {first}")
    } else {
        format!("Pages {first}–{last}")
    }
}

pub(crate) fn fact(fact: Fact) -> &'static str {
    match fact {
        Fact::EffectiveFrom => FIRST_DAY,
        Fact::EffectiveUntil => LAST_DAY,
        Fact::ReviewOn => REVIEW_ON,
        Fact::Jurisdiction => JURISDICTION,
    }
}

/// The value of a proposal as it is read: of an end, the last day.
pub(crate) fn proposed(proposal: &Proposal) -> String {
    let Ok(day) = proposal.value.parse::<Day>() else {
        return proposal.value.clone();
    };
    day_text(match proposal.fact {
        Fact::EffectiveUntil => day.plus(-1),
        _ => day,
    })
}

pub(crate) fn confirm_fact(name: &str) -> String {
    format!("Confirm: {name}")
}

pub(crate) fn dismiss_fact(name: &str) -> String {
    format!("Dismiss: {name}")
}

/// How a clause differs, in a word.
pub(crate) fn change(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Same => "Unchanged",
        ChangeKind::Changed => "Changed",
        ChangeKind::Added => "Added",
        ChangeKind::Removed => "Removed",
        ChangeKind::Moved => "Moved",
    }
}

pub(crate) fn unchanged(clauses: usize) -> String {
    count(clauses as u64, "unchanged clause", "unchanged clauses")
}

/// What a comparison found.
pub(crate) fn tally(
    changed: usize,
    added: usize,
    removed: usize,
    moved: usize,
    same: usize,
) -> String {
    if changed + added + removed + moved == 0 {
        return "The two versions say the same.".to_owned();
    }
    let parts = [
        (changed, "changed"),
        (added, "added"),
        (removed, "removed"),
        (moved, "moved"),
        (same, "unchanged"),
    ];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0);
    let parts: Vec<_> = parts
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    format!("Clauses: {}", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i64, month: u32, of_month: u32) -> Option<Day> {
        Day::of(year, month, of_month)
    }

    #[test]
    fn a_period_names_the_last_day_and_not_the_first_no_more() {
        let time = |from, until| period(Validity { from, until });
        assert_eq!(
            time(day(2025, 1, 1), day(2026, 4, 1)).as_deref(),
            Some("1 Jan 2025 – 31 Mar 2026")
        );
        assert_eq!(
            time(day(2025, 1, 1), None).as_deref(),
            Some("from 1 Jan 2025")
        );
        assert_eq!(
            time(None, day(2026, 1, 1)).as_deref(),
            Some("until 31 Dec 2025")
        );
        assert_eq!(time(None, None), None);
        assert_eq!(in_force(""), "in force");
    }

    #[test]
    fn a_version_in_force_on_no_day_says_so() {
        assert_eq!(version_choice(2, None), "Version 2, in force on no day");
        assert_eq!(version_choice(1, Some(Validity::default())), "Version 1");
    }

    #[test]
    fn a_proposed_end_is_told_as_the_last_day() {
        let mut proposal = Proposal {
            fact: Fact::EffectiveUntil,
            value: "2026-01-01".to_owned(),
            quote: String::new(),
            page: None,
        };
        assert_eq!(proposed(&proposal), "31 Dec 2025");
        proposal.fact = Fact::EffectiveFrom;
        assert_eq!(proposed(&proposal), "1 Jan 2026");
        proposal.fact = Fact::Jurisdiction;
        proposal.value = "Germany".to_owned();
        assert_eq!(proposed(&proposal), "Germany");
    }

    #[test]
    fn versions_that_say_the_same_have_no_tally() {
        assert_eq!(tally(0, 0, 0, 0, 9), "The two versions say the same.");
        assert_eq!(
            tally(2, 0, 1, 0, 9),
            "Clauses: 2 changed, 1 removed, 9 unchanged"
        );
    }
}

//! Texts of the log, a question's story, people's data, the law and the notice of the AI.

use super::phrases::count;
use inhouse_protocol::{Counted, HoldKind, LogState, LogVerdict, Outcome};

// The notice of the AI
pub(crate) const NOTICE_TITLE: &str = "An AI system answers here";
pub(crate) const NOTICE_TEXT: &str = "You ask a machine, not a person. A language model writes the \
     answers from your company's documents; each sentence is checked against the passage it cites, \
     and it can still be wrong or leave something out.";
pub(crate) const NOTICE_READ: &str = "Open the cited passage before you act on an answer.";
pub(crate) const NOTICE_PERSON: &str = "'Send to Legal' reaches a person at any time.";
pub(crate) const NOTICE_FENCE: &str = "It is not for deciding about people: whom to hire, promote, \
     dismiss or watch. Such questions go to Legal.";
pub(crate) const NOTICE_RECORD: &str = "What you ask and what came of it is recorded; under Your \
     account you can download everything held on you.";
pub(crate) const NOTICE_DONE: &str = "I understand";
pub(crate) const WRITTEN_BY_AI: &str = "Written by an AI system";

// Opening the log
pub(crate) const RECORD_LEAD: &str = "Every question, sign-in, document and change of rights, each \
     record chained to the one before it.";
pub(crate) const OPEN_TITLE: &str = "Why do you read it?";
pub(crate) const OPEN_TEXT: &str = "The log holds what your colleagues asked and did. Your reason is \
     kept in it, with everything that you read in the next 60 minutes; those who read the log after \
     you see it.";
pub(crate) const OPEN_AGAIN: &str =
    "That opening has ended, or wasn't yours. Give your reason to go on.";
pub(crate) const OPEN_REASON: &str = "Reason";
pub(crate) const OPEN_REASON_HINT: &str =
    "10 to 500 characters, such as the number of the case or of the request.";
pub(crate) const OPEN_RECORD: &str = "Open the log";

// The chain
pub(crate) const CHAIN: &str = "The chain";
pub(crate) const CHAIN_EMPTY: &str = "There is no record yet.";
pub(crate) const VERIFY: &str = "Verify the whole chain";
pub(crate) const VERIFYING: &str = "Verifying…";
pub(crate) const SIGNED_ON: &str = "Last signed";
pub(crate) const NOT_SIGNED: &str = "No checkpoint was signed yet.";
pub(crate) const PUBLIC_KEY: &str = "Public key";
pub(crate) const PUBLIC_KEY_TEXT: &str = "Keep it outside this machine: with it, exports and \
     checkpoints can be checked by anyone, with 'inhouse audit verify'.";
pub(crate) const COPY_KEY: &str = "Copy the key";
pub(crate) const CHAIN_BROKEN: &str = "Leave everything as it is, and compare with the checkpoints \
     that were kept outside.";

// Searching it
pub(crate) const ANY_PERSON: &str = "Name or e-mail";
pub(crate) const PERSON_LABEL: &str = "Person";
pub(crate) const KIND: &str = "Kind";
pub(crate) const ANY_KIND: &str = "Everything";
pub(crate) const FROM: &str = "From";
pub(crate) const UNTIL: &str = "Until";
pub(crate) const IN_SET: &str = "Document set";
pub(crate) const ANY_SET: &str = "Any";
pub(crate) const DOCUMENT_LABEL: &str = "Document";
pub(crate) const SET_ITSELF: &str = "The set itself";
pub(crate) const APPLY: &str = "Search";
pub(crate) const CLEAR_FILTER: &str = "Show everything";
pub(crate) const EXPORT: &str = "Export what is shown";
pub(crate) const EXPORT_HINT: &str =
    "A zip with the records, the checkpoints and a signed manifest.";
pub(crate) const AS_JSONL: &str = "JSON Lines";
pub(crate) const AS_CSV: &str = "CSV";

// Records
pub(crate) const RECORDS: &str = "Records";
pub(crate) const NO_RECORDS: &str = "No record fits.";
pub(crate) const OLDER: &str = "Older records";
pub(crate) const NEWEST: &str = "Back to the newest";
pub(crate) const WITHHELD: &str = "Withheld";
pub(crate) const WITHHELD_TEXT: &str =
    "It is about a restricted set that you are outside of. Its place in the chain is kept.";
pub(crate) const RECORD_DETAILS: &str = "Details";
pub(crate) const WHOLE_QUESTION: &str = "The whole question";
pub(crate) const ONLY_PERSON: &str = "Only this person";
pub(crate) const ONLY_THIS: &str = "Only records about this";
pub(crate) const ABOUT: &str = "About";
pub(crate) const RECORDED: &str = "Recorded";
pub(crate) const PERSONAL: &str = "Personal";
pub(crate) const PERSONAL_ERASED: &str =
    "Erased: the key of the person it is about was destroyed. The chain holds without it.";
pub(crate) const HASH: &str = "Hash";
pub(crate) const THE_OPERATOR: &str = "The operator, on the command line";
pub(crate) const THE_SYSTEM: &str = "Inhouse itself";
pub(crate) const SOMEBODY: &str = "A person who was erased";
pub(crate) const A_STRANGER: &str = "Somebody who isn't signed in";

// A question's story
pub(crate) const STORY: &str = "A question's story";
pub(crate) const BACK_TO_RECORD: &str = "Log";
pub(crate) const STORY_ASKED: &str = "Asked";
pub(crate) const STORY_UNDERSTOOD: &str = "Understood as";
pub(crate) const STORY_RULES: &str = "The rules";
pub(crate) const STORY_NO_RULES: &str = "No rule was judged.";
pub(crate) const STORY_FOUND: &str = "Found";
pub(crate) const STORY_NOTHING_FOUND: &str = "Nothing was searched, or nothing was found.";
pub(crate) const STORY_MODEL: &str = "The model";
pub(crate) const STORY_NO_MODEL: &str = "No model was asked.";
pub(crate) const STORY_ANSWER: &str = "What the asker read";
pub(crate) const STORY_NO_ANSWER: &str = "No sentence of an answer was shown.";
pub(crate) const STORY_ENDED: &str = "How it ended";
pub(crate) const STORY_WORKING: &str = "It is still being worked on.";
pub(crate) const STORY_RECORDS: &str = "In the log";
pub(crate) const DECIDED_BY: &str = "Decided by the rule";
pub(crate) const TOLD: &str = "The asker was told";
pub(crate) const TASK: &str = "Task";
pub(crate) const ENGINE: &str = "Engine";
pub(crate) const MODEL: &str = "Model";
pub(crate) const PROMPT_HASH: &str = "Prompt, SHA-256";
pub(crate) const PARAMETERS: &str = "Parameters";
pub(crate) const TOKENS_USED: &str = "Tokens";
pub(crate) const TOOK: &str = "Took";
pub(crate) const FAILED_WITH: &str = "Failed";
pub(crate) const TIMINGS: &str = "Time a step took";
pub(crate) const ESCALATION_RECORDS: &str = "What Legal did with it";

// People's data
pub(crate) const PRIVACY_LEAD: &str = "What is held on people: giving it to them, erasing it, how \
     long it is kept, and what must not be removed.";
pub(crate) const SUBJECT: &str = "One person's data";
pub(crate) const SUBJECT_LEAD: &str = "For a request under the GDPR. Answer it within one month of \
     its arrival (Article 12(3)).";
pub(crate) const SHOW_PERSON: &str = "Show";
pub(crate) const EXPORT_PERSON: &str = "Download everything held";
pub(crate) const EXPORT_PERSON_HINT: &str =
    "A zip with data.json and a page that reads in any browser. The download is recorded.";
pub(crate) const ERASE: &str = "Erase";
pub(crate) const PREPARE_ERASURE: &str = "See what erasing would do";
pub(crate) const PREPARING: &str = "Counting…";
pub(crate) const ERASURE_REMOVES: &str = "Would be removed for good";
pub(crate) const ERASURE_REMOVED: &str = "Removed for good";
pub(crate) const ERASURE_KEEPS: &str = "Stays, and why it may";
pub(crate) const ERASURE_ELSEWHERE: &str = "For you to see to elsewhere";
pub(crate) const ERASURE_NOTHING: &str = "Nothing is held.";
pub(crate) const ERASURE_HELD: &str = "A legal hold stands against it";
pub(crate) const ERASURE_REASON: &str = "Reason, for the record";
pub(crate) const ERASURE_REASON_HINT: &str =
    "10 to 500 characters, such as the number of the request. No name: it stays.";
pub(crate) const ERASURE_CONFIRM: &str = "The person's e-mail, typed again";
pub(crate) const ERASURE_CONFIRM_WRONG: &str = "This isn't the person's e-mail.";
pub(crate) const ERASE_FOR_GOOD: &str = "Erase for good";
pub(crate) const ERASING: &str = "Erasing…";
pub(crate) const ERASURE_DONE: &str = "The person was erased";
pub(crate) const ERASURE_DONE_TEXT: &str = "Their key was destroyed; what the log held of them can't \
     be read anymore, and its chain still holds.";
pub(crate) const ERASURE_FINAL: &str = "This can't be undone, by nobody. Backups made before still \
     hold it until they are overwritten.";

// Holds
pub(crate) const HOLDS: &str = "Legal holds";
pub(crate) const HOLDS_LEAD: &str = "What a hold covers is neither erased nor removed by age, until \
     it is lifted.";
pub(crate) const NO_HOLDS: &str = "Nothing is held.";
pub(crate) const LIFTED_HOLDS: &str = "Lifted holds";
pub(crate) const PLACE_HOLD: &str = "Place a hold";
pub(crate) const HOLD_COVERS: &str = "It covers";
pub(crate) const HOLD_REASON: &str = "Reason";
pub(crate) const HOLD_REASON_HINT: &str = "10 to 500 characters, such as the case it is for.";
pub(crate) const HOLD_PLACED: &str = "The hold was placed";
pub(crate) const HOLD_LIFTED: &str = "The hold was lifted";
pub(crate) const LIFT: &str = "Lift";
pub(crate) const LIFT_TITLE: &str = "Lift this hold?";
pub(crate) const LIFT_TEXT: &str = "What is older than its time is then removed at the next run, and \
     a person it covers can be erased.";
pub(crate) const PLACED_BY: &str = "Placed by";
pub(crate) const LIFTED_ON: &str = "lifted";

// Retention
pub(crate) const RETENTION: &str = "How long it is kept";
pub(crate) const RETENTION_LEAD: &str = "Removed by the worker once a day; set in the section \
     [retention] of the configuration. The log is kept at least six months (AI Act 26(6)).";
pub(crate) const RETENTION_WHAT: &str = "What";
pub(crate) const RETENTION_KEPT: &str = "Kept for";
pub(crate) const UNTIL_ERASED: &str = "Until erased";
pub(crate) const RETENTION_RUNS: &str = "The last runs";
pub(crate) const NO_RUNS: &str = "It has not run yet.";
pub(crate) const REMOVED_NOTHING: &str = "Nothing was old enough";

// The law
pub(crate) const LAW_TITLE: &str = "Which law is met by what";
pub(crate) const LAW_LEAD: &str = "What the GDPR and the AI Act ask for, what Inhouse does about it, \
     and what only your company can do. Each reference is checked by a test against the code; it is \
     no legal advice.";
pub(crate) const ARTICLES: &str = "Articles";
pub(crate) const LAW_ASKS: &str = "Asks for";
pub(crate) const LAW_MET_BY: &str = "Inhouse does";
pub(crate) const LAW_LEFT: &str = "Left to your company";
pub(crate) const LAW_EVIDENCE: &str = "Where to see it";
pub(crate) const PREPARED: &str = "Prepared text";
pub(crate) const PREPARED_HINT: &str =
    "A text to begin from. What only your company knows stands in square brackets.";
pub(crate) const COPY_PREPARED: &str = "Copy the text";

/// `1,310`
fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The same for a number of a record.
fn record_number(seq: i64) -> String {
    number(u64::try_from(seq).unwrap_or_default())
}

pub(crate) fn record_place(seq: i64) -> String {
    format!("No. {}", record_number(seq))
}

/// How many there are and how far they are signed.
pub(crate) fn chain(state: &LogState) -> String {
    if state.newest < state.first {
        return CHAIN_EMPTY.to_owned();
    }
    let all = match state.first {
        ..=1 => format!("{} records", record_number(state.newest)),
        first => format!(
            "Records {} to {}; earlier ones were removed by age",
            record_number(first),
            record_number(state.newest)
        ),
    };
    match state.checkpoint {
        Some(signed) if signed >= state.newest => format!("{all}, all signed."),
        Some(signed) => format!(
            "{all}, signed up to no. {}; {} since.",
            record_number(signed),
            record_number(state.newest - signed)
        ),
        None => format!("{all}."),
    }
}

/// What following the chain showed, where it holds.
pub(crate) fn chain_holds(verdict: &LogVerdict) -> String {
    let records = if verdict.records == 1 {
        "The one record fits".to_owned()
    } else {
        format!("All {} records fit", number(verdict.records))
    };
    let signatures = match verdict.checkpoints {
        1 => "one signature".to_owned(),
        many => format!("{} signatures", number(many)),
    };
    format!(
        "{records}; {signatures} checked ({}).",
        duration(verdict.took_ms)
    )
}

pub(crate) fn chain_fault(seq: i64) -> String {
    format!("The chain breaks at no. {}.", record_number(seq))
}

/// `0.8 s`, or `12 ms` below a tenth of a second.
pub(crate) fn duration(ms: u64) -> String {
    if ms < 100 {
        format!("{ms} ms")
    } else {
        format!("{}.{} s", ms / 1000, ms % 1000 / 100)
    }
}

/// How long a step took, in milliseconds: `2.8 ms`, or `1.3 s` from a tenth of a second on.
pub(crate) fn step_time(ms: f64) -> String {
    if ms < 100.0 {
        format!("{ms:.1} ms")
    } else {
        format!("{:.1} s", ms / 1000.0)
    }
}

/// A filter on one thing, as its chip says it.
pub(crate) fn only_about(what: &str) -> String {
    format!("Only about {what}")
}

pub(crate) fn remove_filter(what: &str) -> String {
    format!("Don't narrow to {what}")
}

pub(crate) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "Answered",
        Outcome::Escalated => "With Legal",
        Outcome::Declined => "Declined",
        Outcome::Refused => "Refused",
        Outcome::Stopped => "Stopped",
    }
}

/// A probability in 0..=1.
pub(crate) fn answerability(probability: f32) -> String {
    let hundredths = (probability.clamp(0.0, 1.0) * 100.0).round();
    format!("The documents answer it with a probability of {hundredths} %.")
}

pub(crate) fn passages_withheld(number: u64) -> String {
    let passages = count(number, "passage", "passages");
    format!("{passages} of documents that you may not see.")
}

pub(crate) fn tokens_used(prompt: u32, completion: u32) -> String {
    let [prompt, completion] = [prompt, completion].map(|tokens| number(u64::from(tokens)));
    format!("{prompt} read, {completion} written")
}

/// `12 conversations`
pub(crate) fn counted(counted: &Counted) -> String {
    format!("{} {}", number(counted.count), counted.what)
}

/// `12 conversations, 3 requests`, those of which there were any.
pub(crate) fn removed_in_run(removed: &[Counted]) -> String {
    let some = removed.iter().filter(|counted| counted.count > 0);
    let words: Vec<String> = some.map(self::counted).collect();
    if words.is_empty() {
        REMOVED_NOTHING.to_owned()
    } else {
        words.join(", ")
    }
}

pub(crate) fn held_in_run(number: u64) -> String {
    format!("{} held", self::number(number))
}

pub(crate) fn hold_kind(kind: HoldKind) -> &'static str {
    match kind {
        HoldKind::Everything => "Everything",
        HoldKind::Person => "One person's data",
    }
}

pub(crate) fn lift_hold_of(what: &str) -> String {
    format!("Lift the hold on {what}")
}

/// `Article 12`
pub(crate) fn article(number: &str) -> String {
    format!("Article {number}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::Timestamp;

    fn state(first: i64, newest: i64, checkpoint: Option<i64>) -> LogState {
        LogState {
            newest,
            first,
            checkpoint,
            checkpoint_at: checkpoint.map(Timestamp),
            public_key: String::new(),
            key_id: String::new(),
        }
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (value, text) in [
            (0, "0"),
            (999, "999"),
            (1_310, "1,310"),
            (1_000_000, "1,000,000"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn the_chain_says_how_far_it_is_signed() {
        assert_eq!(chain(&state(1, 0, None)), "There is no record yet.");
        assert_eq!(chain(&state(1, 12, None)), "12 records.");
        assert_eq!(chain(&state(1, 12, Some(12))), "12 records, all signed.");
        assert_eq!(
            chain(&state(1, 1_310, Some(1_204))),
            "1,310 records, signed up to no. 1,204; 106 since."
        );
        assert_eq!(
            chain(&state(5, 9, Some(8))),
            "Records 5 to 9; earlier ones were removed by age, signed up to no. 8; 1 since."
        );
    }

    #[test]
    fn a_verdict_says_how_much_was_followed() {
        let verdict = LogVerdict {
            records: 1_310,
            checkpoints: 1,
            fault: None,
            took_ms: 812,
        };
        assert_eq!(
            chain_holds(&verdict),
            "All 1,310 records fit; one signature checked (0.8 s)."
        );
    }

    #[test]
    fn a_run_of_retention_names_what_it_removed() {
        let counted = |what: &str, count| Counted {
            what: what.to_owned(),
            count,
        };
        let removed = [counted("conversations", 12), counted("requests", 0)];
        assert_eq!(removed_in_run(&removed), "12 conversations");
        assert_eq!(removed_in_run(&removed[1..]), "Nothing was old enough");
    }
}

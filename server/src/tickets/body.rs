//! What an issue says: by default a reference and a link, no word of the question (GDPR 5(1)(c)).
//! As Jira's wiki markup for Data Center, as Atlassian Document Format for Cloud.

use super::Ticket;
use inhouse_guardrails::personal;
use serde_json::{Value, json};

/// How the summary of every issue begins.
pub(super) const SUMMARY: &str = "Question for Legal, reference";
/// Jira's limit for a summary, in characters.
const SUMMARY_MAX: usize = 255;
/// Most of a question that goes into an issue, in characters (Jira's default limit of a text
/// field is 32,767).
const QUESTION_MAX: usize = 4_000;

/// The text of an issue, before its markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) summary: String,
    /// Plain paragraphs.
    paragraphs: Vec<String>,
    /// Where the question can be read by those who may.
    link: String,
    /// Only where `include_question` is set.
    question: Option<String>,
}

/// Says what `ticket` may say. `link` is the address of its page on the desk.
pub(super) fn text(ticket: &Ticket, link: String, include_question: bool) -> Text {
    let mut summary = format!("{SUMMARY} {}", ticket.escalation);
    let mut paragraphs = vec![
        format!("A question waits for a person. {}", ticket.reason),
        format!("Reference: {}", ticket.escalation),
    ];
    let mut question = None;
    if include_question {
        // Whoever works in the tracker has no need of these (GDPR 5(1)(c)).
        let told = personal::mask(&ticket.question);
        summary = format!("{summary}: {}", words(&told));
        if let Some(department) = &ticket.department {
            paragraphs.push(format!("Department: {}", words(department)));
        }
        question = Some(told.chars().take(QUESTION_MAX).collect());
    }
    Text {
        summary: shortened(&summary, SUMMARY_MAX),
        paragraphs,
        link,
        question,
    }
}

impl Text {
    /// As wiki markup. The question stands in `{noformat}`, where no markup is read.
    pub(super) fn wiki(&self) -> Value {
        let mut paragraphs: Vec<_> = self.paragraphs.iter().map(|text| escaped(text)).collect();
        paragraphs.push(format!("[Open it in Inhouse|{}]", self.link));
        if let Some(question) = &self.question {
            let question = question.replace("{noformat", "{ noformat");
            paragraphs.push(format!("{{noformat}}\n{question}\n{{noformat}}"));
        }
        Value::String(paragraphs.join("\n\n"))
    }

    /// As Atlassian Document Format, where text is text.
    /// <https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/>
    pub(super) fn adf(&self) -> Value {
        let mut content: Vec<Value> = self
            .paragraphs
            .iter()
            .map(|text| paragraph(&json!({"type": "text", "text": text})))
            .collect();
        content.push(paragraph(&json!({
            "type": "text",
            "text": "Open it in Inhouse",
            "marks": [{"type": "link", "attrs": {"href": self.link}}],
        })));
        if let Some(question) = &self.question {
            // A text node must not be empty.
            let text = if question.is_empty() {
                " "
            } else {
                question.as_str()
            };
            content.push(json!({"type": "codeBlock", "content": [{"type": "text", "text": text}]}));
        }
        json!({"type": "doc", "version": 1, "content": content})
    }
}

/// Plain text as wiki markup.
pub(super) fn plain_wiki(text: &str) -> Value {
    Value::String(escaped(text))
}

/// Plain text, its paragraphs parted by blank lines, as an Atlassian document.
pub(super) fn plain_adf(text: &str) -> Value {
    let paragraphs = text.split("\n\n").filter(|text| !text.trim().is_empty());
    let content: Vec<Value> = paragraphs
        .map(|text| paragraph(&json!({"type": "text", "text": text})))
        .collect();
    json!({"type": "doc", "version": 1, "content": content})
}

fn paragraph(inline: &Value) -> Value {
    json!({"type": "paragraph", "content": [inline]})
}

/// Without what wiki markup reads as a macro, link, image or mention.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(
            c,
            '{' | '}' | '[' | ']' | '!' | '|' | '\\' | '*' | '~' | '^'
        ) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// On one line, without control characters: a summary with a line break is refused by Jira.
fn words(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket() -> Ticket {
        Ticket {
            escalation: "0192c5f4-0000-7000-8000-000000000001".parse().unwrap(),
            reason: "The documents don't say.".into(),
            question: "May I tell\nSam {noformat} [~admin] !http://x/y.png!?".into(),
            department: Some("Sales".into()),
            queue: "legal".into(),
            priority: inhouse_protocol::Priority::Normal,
            due_at: None,
        }
    }

    #[test]
    fn by_default_no_word_of_the_question_and_no_department_is_told() {
        let text = text(&ticket(), "https://inhouse.example/desk/1".into(), false);
        let told = format!("{} {} {}", text.summary, text.wiki(), text.adf());
        assert!(!told.contains("Sam") && !told.contains("Sales"));
        assert!(told.contains("https://inhouse.example/desk/1"));
        assert!(told.contains("0192c5f4-0000-7000-8000-000000000001"));
    }

    #[test]
    fn personal_data_of_a_question_that_is_told_is_masked() {
        let ticket = Ticket {
            question: "May we pay sam@example.com at DE89 3704 0044 0532 0130 00?".into(),
            ..ticket()
        };
        let text = text(&ticket, String::new(), true);
        let told = format!("{} {} {}", text.summary, text.wiki(), text.adf());
        assert!(
            !told.contains("sam@example") && !told.contains("3704"),
            "{told}"
        );
        assert!(told.contains("May we pay"));
    }

    #[test]
    fn a_question_that_is_told_can_not_end_its_quote() {
        let text = text(&ticket(), "https://inhouse.example/desk/1".into(), true);
        let wiki = text.wiki();
        assert_eq!(wiki.as_str().unwrap().matches("{noformat}").count(), 2);
        assert!(!text.summary.contains('\n'));
    }

    #[test]
    fn a_summary_fits_jiras_limit() {
        let mut ticket = ticket();
        ticket.question = "word ".repeat(400);
        assert_eq!(
            text(&ticket, String::new(), true).summary.chars().count(),
            SUMMARY_MAX
        );
    }
}

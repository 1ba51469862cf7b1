//! What kind of answer a question wants: a period, an amount, a date, a person, a yes or no.

mod another;
mod same;

pub use another::is_of_another;
pub use same::same_subject;

use crate::grounding::{Force, Measure, Side, facts_of, frames_of, subjects};
use crate::statements::without_number;
use crate::text::{Word, is_empty_word, stem, words};
use std::collections::BTreeSet;

/// The kind of answer that a question wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 'How long', 'within how many days'.
    Period,
    /// 'How much', 'up to which value'.
    Amount,
    Percentage,
    /// 'How many'.
    Number,
    /// 'When'.
    Date,
    /// 'How often'.
    Rate,
    /// 'Who'.
    Person,
    /// 'May I', 'is it allowed'.
    Permission,
    /// Anything else.
    Open,
}

/// Words that only ask, and say nothing of what is asked about.
#[rustfmt::skip]
const ASKING: &[&str] = &[
    "allowed", "amount", "apply", "applies", "big", "count", "date", "early", "exactly", "far", "fast", "get", "gets",
    "frequently", "happen", "happens", "have", "high", "large", "late", "latest", "long", "longest", "many",
    "maximum", "mean", "minimum", "need", "needed", "number", "often", "permitted", "possible", "quick", "quickly",
    "rule", "rules", "say", "soon", "time", "use", "used", "using", "value",
    "erlaubt", "gilt", "hoch", "lange", "oft", "schnell", "viel", "viele", "wert",
];

/// What a question asks about: stems, without the words that only ask and those of figures.
pub(crate) fn about(question: &str) -> BTreeSet<String> {
    let asking: BTreeSet<String> = ASKING.iter().map(|word| stem(word)).collect();
    let all = subjects(question);
    let named: BTreeSet<String> = all.difference(&asking).cloned().collect();
    if named.is_empty() { all } else { named }
}

/// The kind of answer that a question wants.
pub(crate) fn kind(question: &str) -> Kind {
    let words = words(question);
    let text = format!(
        " {} ",
        words
            .iter()
            .map(|word| word.lower.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    );
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
    if says(&[
        " how often ",
        " how frequently ",
        " wie oft ",
        " wie häufig ",
    ]) {
        return Kind::Rate;
    }
    if says(&["percent", " interest rate ", " what share ", "prozent"]) {
        return Kind::Percentage;
    }
    if says(PERIOD) {
        return Kind::Period;
    }
    if says(AMOUNT) {
        return Kind::Amount;
    }
    if says(&[" how many ", " wie viele "]) {
        return Kind::Number;
    }
    let first = words.first().map_or("", |word| word.lower.as_str());
    if OPENERS.contains(&first) {
        return Kind::Permission;
    }
    // 'By when', 'to whom': near the head, since a clause further on may begin so too.
    let opens = |list: &[&str]| {
        words
            .iter()
            .take(3)
            .any(|word| list.contains(&word.lower.as_str()))
    };
    if opens(&["when", "wann"]) || says(&[" what date ", " which date ", " which day "]) {
        return Kind::Date;
    }
    if opens(&["who", "whom", "whose", "wer", "wem", "wen"]) || says(&[" which person "]) {
        return Kind::Person;
    }
    by_noun(&words)
}

const PERIOD: &[&str] = &[
    " how long ",
    " how soon ",
    " how quickly ",
    " how fast ",
    " how far in advance ",
    " how early ",
    " how late ",
    " how many minutes ",
    " how many hours ",
    " how many days ",
    " how many working days ",
    " how many business days ",
    " how many calendar days ",
    " how many vacation days ",
    " how many weeks ",
    " how many months ",
    " how many years ",
    " how much notice ",
    " how much time ",
    " how much leave ",
    " how much vacation ",
    " how much holiday ",
    " what period ",
    " which period ",
    " deadline ",
    " time limit ",
    " wie lange ",
    " wie schnell ",
    " wie viele tage ",
    " wie viele wochen ",
    " wie viele monate ",
    " wie viele jahre ",
    " wie viele stunden ",
];

const AMOUNT: &[&str] = &[
    " how much ",
    " what amount ",
    " which amount ",
    " what price ",
    " which value ",
    " what value ",
    " what limit ",
    " which limit ",
    " what fee ",
    " how high ",
    " how large ",
    " wie viel ",
    " wie hoch ",
    " cost ",
    " costs ",
];

/// Words that open a question to be answered with yes or no.
const OPENERS: &[&str] = &[
    "am", "are", "can", "could", "did", "do", "does", "has", "have", "is", "may", "must", "shall",
    "should", "will", "would", "darf", "dürfen", "hat", "ist", "kann", "können", "muss", "müssen",
    "sind",
];

/// 'What is the notice period', 'what is the limit': the last noun that names a measure.
fn by_noun(words: &[Word<'_>]) -> Kind {
    words
        .iter()
        .rev()
        .find_map(|word| match word.lower.as_str() {
            "period" | "periods" | "term" | "duration" | "frist" | "dauer" => Some(Kind::Period),
            "limit" | "limits" | "cap" | "fee" | "fees" | "price" | "amount" | "budget"
            | "rent" | "allowance" | "salary" | "penalty" | "threshold" | "betrag" | "gebühr" => {
                Some(Kind::Amount)
            }
            word if word.ends_with("frist") => Some(Kind::Period),
            _ => None,
        })
        .unwrap_or(Kind::Open)
}

impl Kind {
    /// Whether the answer is a figure.
    pub(crate) const fn is_figure(self) -> bool {
        matches!(
            self,
            Self::Period | Self::Amount | Self::Percentage | Self::Number | Self::Rate
        )
    }

    /// Whether a figure of this measure answers it.
    pub(crate) const fn takes(self, measure: &Measure) -> bool {
        matches!(
            (self, measure),
            (
                Self::Period | Self::Date,
                Measure::Period(_) | Measure::Date(_)
            ) | (Self::Amount, Measure::Money(_) | Measure::Percent)
                | (Self::Percentage, Measure::Percent)
                | (
                    Self::Number,
                    Measure::Plain | Measure::Period(_) | Measure::Percent
                )
                | (Self::Rate, Measure::Rate(..))
        )
    }

    /// Whether a statement holds an answer of this kind; `true` where there is nothing to look
    /// for. `about` is what the question is about: it names nobody new.
    pub(crate) fn stands_in(self, statement: &str, about: &BTreeSet<String>) -> bool {
        let text = without_number(statement);
        match self {
            Self::Open => true,
            Self::Person => names_somebody(text, about),
            Self::Permission => {
                frames_of(text).iter().any(|f| f.force != Force::Denial) || says_need(text)
            }
            _ => facts_of(text, Side::Source)
                .iter()
                .any(|fact| self.takes(&fact.measure)),
        }
    }
}

/// 'Needs approval' permits and forbids as 'may' does.
fn says_need(text: &str) -> bool {
    words(text).iter().any(|word| {
        matches!(
            word.lower.as_str(),
            "need" | "needs" | "needed" | "required" | "requires" | "never" | "not" | "no" | "only"
        )
    })
}

/// A role, a body or a name that the question doesn't give.
fn names_somebody(text: &str, about: &BTreeSet<String>) -> bool {
    #[rustfmt::skip]
    const ROLES: &[&str] = &[
        "board", "committee", "controller", "counsel", "department", "director", "employee", "employer", "finance",
        "function", "head", "hr", "lead", "legal", "manager", "office", "officer", "owner", "party", "president",
        "purchasing", "representative", "supervisor", "supplier", "customer", "buyer", "seller", "team", "abteilung",
        "leiter", "leiterin",
    ];
    let words = words(text);
    words.iter().enumerate().any(|(at, word)| {
        let bare = word.lower.strip_suffix('s').unwrap_or(&word.lower);
        let name = at > 0
            && word.gap == " "
            && word.text.starts_with(char::is_uppercase)
            && word.text.contains(char::is_lowercase)
            && !is_empty_word(&word.lower);
        (name || ROLES.contains(&bare)) && !about.contains(&stem(&word.lower))
    })
}

/// Words by which a sentence answers a question for a figure without one.
#[rustfmt::skip]
const WITHOUT_FIGURE: &[&str] = &[
    "no", "not", "none", "never", "without", "until", "unlimited", "indefinitely", "indefinite", "perpetual",
    "kein", "keine", "keinen", "nicht", "ohne", "bis", "unbegrenzt", "unbefristet",
];

/// Why a true sentence doesn't answer the question by itself, in words; `None` where it may: only
/// what is plain is told, that a figure is missing or that the question is merely repeated.
pub fn beside_the_question(question: &str, sentence: &str) -> Option<&'static str> {
    let says_otherwise = words(sentence)
        .iter()
        .any(|word| WITHOUT_FIGURE.contains(&word.lower.as_str()));
    if says_otherwise {
        return None;
    }
    let kind = kind(question);
    if kind.is_figure() {
        let holds = kind.stands_in(sentence, &BTreeSet::new());
        return (!holds).then_some("a figure is asked for, and it holds none of that kind");
    }
    let asked = subjects(question);
    let repeats = kind != Kind::Permission
        && facts_of(sentence, Side::Source).is_empty()
        && subjects(sentence).is_subset(&asked);
    repeats.then_some("it only repeats the question")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_without_the_figure_asked_for_is_beside_the_question() {
        let question = "How much may a team event cost per person?";
        let beside = "The line manager has to approve in writing beforehand.";
        assert!(beside_the_question(question, beside).is_some());
        let answers = "Team events are reimbursed up to EUR 45 per person.";
        assert_eq!(beside_the_question(question, answers), None);
        let question = "How long does the agreement run?";
        for answers in ["It runs for two years.", "It runs until it is terminated."] {
            assert_eq!(beside_the_question(question, answers), None, "{answers}");
        }
    }

    #[test]
    fn a_sentence_that_repeats_the_question_is_beside_it() {
        let question =
            "When does the Fjordline agreement have to be terminated to prevent its renewal?";
        let repeats = "The Fjordline agreement has to be terminated to prevent its renewal.";
        assert!(beside_the_question(question, repeats).is_some());
        let answers = "It has to be terminated six months before the end of the period.";
        assert_eq!(beside_the_question(question, answers), None);
        let question = "May employees accept gifts?";
        assert_eq!(
            beside_the_question(question, "Employees may accept gifts."),
            None
        );
    }

    #[test]
    fn the_kind_is_told_from_the_words_that_ask() {
        for (question, expected) in [
            ("How long is the notice period?", Kind::Period),
            ("How many vacation days do I have?", Kind::Period),
            ("How much notice do I have to give?", Kind::Period),
            ("What is the notice period for contractors?", Kind::Period),
            (
                "How much may a hotel in Germany cost per night?",
                Kind::Amount,
            ),
            ("Up to which value may I accept a gift?", Kind::Amount),
            ("What is the limit for gifts?", Kind::Amount),
            (
                "What interest rate applies to late payment?",
                Kind::Percentage,
            ),
            ("How many characters does a password need?", Kind::Number),
            ("When may I fly business class?", Kind::Date),
            ("How often is the register reviewed?", Kind::Rate),
            ("Who is the Data Protection Officer?", Kind::Person),
            (
                "May I put source code into a public chatbot?",
                Kind::Permission,
            ),
            ("What is a legal hold?", Kind::Open),
            ("Wie lange ist die Kündigungsfrist?", Kind::Period),
        ] {
            assert_eq!(kind(question), expected, "{question}");
        }
    }

    #[test]
    fn words_that_only_ask_are_no_subject() {
        let about = about("How long is the notice period?");
        assert_eq!(
            about.into_iter().collect::<Vec<_>>(),
            ["notice", "period"].map(stem)
        );
    }

    #[test]
    fn an_answer_of_the_kind_is_seen_in_a_statement() {
        assert!(Kind::Period.stands_in("2.1 Notice is thirty (30) days.", &BTreeSet::new()));
        assert!(!Kind::Period.stands_in("2.1 Notice is given in writing.", &BTreeSet::new()));
        assert!(!Kind::Number.stands_in("2.1 Passwords are secret.", &BTreeSet::new()));
        assert!(
            Kind::Person.stands_in("Questions go to the Compliance Officer.", &BTreeSet::new())
        );
        assert!(Kind::Permission.stands_in("Vouchers may not be accepted.", &BTreeSet::new()));
        assert!(
            !Kind::Permission.stands_in("Vouchers are entered in the register.", &BTreeSet::new())
        );
    }
}

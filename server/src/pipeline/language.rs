//! The language of a question: the model is told to answer in it.

use inhouse_ingest::language::detect;

/// What the prompt, which is English, calls the languages that questions come in.
const NAMES: [(&str, &str); 20] = [
    ("de", "German"),
    ("fr", "French"),
    ("es", "Spanish"),
    ("it", "Italian"),
    ("pt", "Portuguese"),
    ("nl", "Dutch"),
    ("ca", "Catalan"),
    ("ro", "Romanian"),
    ("da", "Danish"),
    ("sv", "Swedish"),
    ("nb", "Norwegian"),
    ("fi", "Finnish"),
    ("pl", "Polish"),
    ("cs", "Czech"),
    ("sk", "Slovak"),
    ("hu", "Hungarian"),
    ("tr", "Turkish"),
    ("el", "Greek"),
    ("ru", "Russian"),
    ("uk", "Ukrainian"),
];

/// The code of a question's language, such as `de`; of the question with those that it follows
/// where it is too short by itself, and empty where neither tells.
pub(super) fn code(question: &str, whole: &str) -> String {
    let code = detect(question).or_else(|| detect(whole));
    code.unwrap_or_default().to_owned()
}

/// The name of the language to answer in; none where the question is English, or too short to
/// tell.
pub(super) fn to_answer_in(question: &str) -> Option<&'static str> {
    let code = detect(question)?;
    NAMES
        .iter()
        .find(|(known, _)| *known == code)
        .map(|(_, name)| *name)
}

/// Whether two texts are surely of different languages: then the words of one can't carry those of
/// the other.
pub(super) fn differ(one: &str, other: &str) -> bool {
    match (detect(one), detect(other)) {
        (Some(one), Some(other)) => one != other,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_is_told_to_answer_in_the_askers_language() {
        assert_eq!(
            to_answer_in("Wie lange ist die Kündigungsfrist für Angestellte?"),
            Some("German")
        );
        assert_eq!(to_answer_in("How long is the notice period?"), None);
        assert_eq!(to_answer_in("NDA?"), None);
    }

    #[test]
    fn a_short_follow_up_is_in_the_language_of_what_it_follows() {
        let whole = "Wie lange ist die Kündigungsfrist für Angestellte? Und AGB?";
        assert_eq!(code("AGB?", whole), "de");
        assert_eq!(code("How long is the notice period?", whole), "en");
        assert_eq!(code("4711", "4711"), "");
    }

    #[test]
    fn texts_of_two_languages_differ_and_figures_do_not() {
        let german = "Die Kündigungsfrist beträgt drei Monate zum Quartalsende.";
        let english = "The notice period is three months to the end of a quarter.";
        assert!(differ(german, english));
        assert!(!differ(english, "The fee is five euros."));
        assert!(!differ(english, "4711"));
    }
}

//! What the asker is told, in each language that the rule has.

use serde::Deserialize;
use std::collections::BTreeMap;

/// The language that stands in where the asker's is missing, and that of a message without one.
const FALLBACK: &str = "en";

/// A message by language code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Entry")]
pub struct Messages(BTreeMap<String, String>);

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a message is a text, or texts by language as in { en = \"…\", de = \"…\" }"
)]
enum Entry {
    One(String),
    Each(BTreeMap<String, String>),
}

impl From<Entry> for Messages {
    fn from(entry: Entry) -> Self {
        let each = match entry {
            Entry::One(text) => BTreeMap::from([(FALLBACK.to_owned(), text)]),
            Entry::Each(each) => each,
        };
        let trimmed = each
            .into_iter()
            .map(|(language, text)| (language, text.trim().to_owned()))
            .filter(|(_, text)| !text.is_empty());
        Self(trimmed.collect())
    }
}

impl Messages {
    /// A message of ours in English and German.
    pub(crate) fn of(en: &str, de: &str) -> Self {
        let each = [(FALLBACK, en), ("de", de)];
        Self(
            each.map(|(code, text)| (code.to_owned(), text.to_owned()))
                .into(),
        )
    }

    /// The message in the language of `code` (`de`, `de-AT`), else in English, else in the first
    /// language that there is; empty where there is none.
    pub fn in_language(&self, code: &str) -> &str {
        let language = code.split(['-', '_']).next().unwrap_or_default();
        self.0
            .get(code)
            .or_else(|| self.0.get(language))
            .or_else(|| self.0.get(FALLBACK))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }

    /// Whether the asker is told nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Codes of the languages that it has.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(toml: &str) -> Messages {
        #[derive(Deserialize)]
        struct File {
            message: Messages,
        }
        let file: File = toml::from_str(&format!("message = {toml}")).unwrap();
        file.message
    }

    #[test]
    fn the_askers_language_is_taken_then_english_then_the_first() {
        let both = messages("{ de = 'Nein.', en = 'No.' }");
        assert_eq!(both.in_language("de"), "Nein.");
        assert_eq!(both.in_language("de-AT"), "Nein.");
        assert_eq!(both.in_language("fr"), "No.");
        assert_eq!(both.in_language(""), "No.");
        assert_eq!(messages("{ de = 'Nein.' }").in_language("fr"), "Nein.");
        assert_eq!(messages("'No.'").in_language("de"), "No.");
        assert_eq!(both.languages().collect::<Vec<_>>(), ["de", "en"]);
    }

    #[test]
    fn a_message_of_white_space_says_nothing() {
        assert!(messages("{ en = ' ' }").is_empty());
        assert_eq!(messages("''").in_language("en"), "");
    }
}

//! How text becomes words, by its language.
//!
//! The index holds a word together with its language: 'die' of a German text isn't 'die' of an
//! English one, and a question's word is looked up once for each language that the index holds.
//! So a passage is matched and scored by the forms of its own language only. English words, and
//! those of texts whose language isn't known, stand without a mark.

use std::ops::Range;
use tantivy::tokenizer::{
    AsciiFoldingFilter, BoxTokenStream, Language as Snowball, LowerCaser, RemoveLongFilter,
    SimpleTokenizer, Stemmer, StopWordFilter, TextAnalyzer, Token, TokenFilter, TokenStream,
    Tokenizer,
};

/// Longer words are no words.
const LONGEST_WORD_BYTES: usize = 48;

/// So many of a language's commonest words say that a question is in that language.
const FEWEST_COMMON: usize = 2;

/// A language as far as its words are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Language {
    English,
    German,
    French,
    Spanish,
    /// Words are kept as they stand, all of them.
    Other,
}

impl Language {
    pub(super) const ALL: [Self; 5] = [
        Self::English,
        Self::German,
        Self::French,
        Self::Spanish,
        Self::Other,
    ];

    /// The language of an ISO 639-1 code; English where there is none.
    pub(super) fn of(code: &str) -> Self {
        match code {
            "" | "en" => Self::English,
            "de" => Self::German,
            "fr" => Self::French,
            "es" => Self::Spanish,
            _ => Self::Other,
        }
    }

    /// As the index names it.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Other => "other",
        }
    }

    /// What stands before its words. No word holds a colon.
    const fn mark(self) -> &'static str {
        match self {
            Self::English => "",
            Self::German => "de:",
            Self::French => "fr:",
            Self::Spanish => "es:",
            Self::Other => "other:",
        }
    }

    fn analyzer(self) -> TextAnalyzer {
        let words = TextAnalyzer::builder(SimpleTokenizer::default())
            .filter(RemoveLongFilter::limit(LONGEST_WORD_BYTES))
            .filter(LowerCaser);
        let stemmed = match self {
            Self::English => {
                return words
                    .filter(AsciiFoldingFilter)
                    .filter(common(Snowball::English))
                    .filter(Stemmer::new(Snowball::English))
                    .build();
            }
            Self::Other => {
                let words = words.filter(AsciiFoldingFilter);
                return words.filter(Mark(self.mark())).build();
            }
            Self::German => Snowball::German,
            Self::French => Snowball::French,
            Self::Spanish => Snowball::Spanish,
        };
        // Accents belong to the endings: they go last. 'ß' becomes 'ss', 'ü' becomes 'u'.
        words
            .filter(common(stemmed))
            .filter(Stemmer::new(stemmed))
            .filter(AsciiFoldingFilter)
            .filter(Mark(self.mark()))
            .build()
    }
}

/// Leaves out the commonest words of a language.
fn common(language: Snowball) -> StopWordFilter {
    StopWordFilter::new(language).unwrap_or_else(|| StopWordFilter::remove(Vec::new()))
}

/// A text with its language, as [`Analyzers`] read it out of a field.
pub(super) fn marked(language: Language, text: &str) -> String {
    format!("{}\n{text}", language.code())
}

/// A word of a question.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    /// As the index holds it, in each language in which it isn't one of the commonest.
    pub(super) forms: Vec<(Language, String)>,
    /// Where it stands, in bytes.
    pub(super) place: Range<usize>,
}

/// What turns text into words, one a language. As the tokenizer of a field it takes what
/// [`marked`] gives.
#[derive(Clone)]
pub(super) struct Analyzers([TextAnalyzer; 5]);

impl Analyzers {
    pub(super) fn new() -> Self {
        Self(Language::ALL.map(Language::analyzer))
    }

    fn of(&mut self, language: Language) -> &mut TextAnalyzer {
        &mut self.0[language as usize]
    }

    /// Hears each word of `text` as the index holds it, and where it stands.
    pub(super) fn each(
        &mut self,
        language: Language,
        text: &str,
        mut hear: impl FnMut(&str, Range<usize>),
    ) {
        let mut stream = self.of(language).token_stream(text);
        while stream.advance() {
            let token = stream.token();
            hear(&token.text, token.offset_from..token.offset_to);
        }
    }

    /// The words of a question that may be in any of `languages`, in order. Those that say
    /// nothing in its own language are left out, where that language can be told.
    pub(super) fn question(&mut self, languages: &[Language], text: &str) -> Vec<Word> {
        let places = places(text);
        let asked = match languages {
            [_] => None,
            _ => self.language_of(text, &places),
        };
        let mut words = Vec::with_capacity(places.len());
        for place in places {
            let word = &text[place.clone()];
            if asked.is_some_and(|asked| self.form(asked, word).is_none()) {
                continue;
            }
            let forms = languages
                .iter()
                .filter_map(|&language| Some((language, self.form(language, word)?)));
            let forms: Vec<_> = forms.collect();
            if !forms.is_empty() {
                words.push(Word { forms, place });
            }
        }
        words
    }

    /// The word as the index holds it; none for one of the commonest.
    fn form(&mut self, language: Language, word: &str) -> Option<String> {
        let mut stream = self.of(language).token_stream(word);
        stream.next().map(|token| token.text.clone())
    }

    /// The language of whose commonest words the text holds most.
    fn language_of(&mut self, text: &str, places: &[Range<usize>]) -> Option<Language> {
        let counts = [
            Language::English,
            Language::German,
            Language::French,
            Language::Spanish,
        ]
        .map(|language| {
            let words = places.iter().map(|place| &text[place.clone()]);
            let common = words.filter(|word| self.form(language, word).is_none());
            (common.count(), language)
        });
        let (most, language) = counts.into_iter().max()?;
        let alone = counts.iter().filter(|(count, _)| *count == most).count() == 1;
        (alone && most >= FEWEST_COMMON).then_some(language)
    }
}

/// Where the words of a text stand, in bytes; overlong ones are none.
fn places(text: &str) -> Vec<Range<usize>> {
    let mut tokenizer = SimpleTokenizer::default();
    let mut stream = tokenizer.token_stream(text);
    let mut places = Vec::new();
    while stream.advance() {
        let place = stream.token().offset_from..stream.token().offset_to;
        if place.len() < LONGEST_WORD_BYTES {
            places.push(place);
        }
    }
    places
}

impl Tokenizer for Analyzers {
    type TokenStream<'a> = BoxTokenStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> BoxTokenStream<'a> {
        let (code, text) = text.split_once('\n').unwrap_or(("", text));
        self.of(Language::of(code)).token_stream(text)
    }
}

/// Puts a language's mark before each word.
#[derive(Clone)]
struct Mark(&'static str);

impl TokenFilter for Mark {
    type Tokenizer<T: Tokenizer> = Marked<T>;

    fn transform<T: Tokenizer>(self, inner: T) -> Marked<T> {
        Marked {
            mark: self.0,
            inner,
        }
    }
}

#[derive(Clone)]
struct Marked<T> {
    mark: &'static str,
    inner: T,
}

impl<T: Tokenizer> Tokenizer for Marked<T> {
    type TokenStream<'a> = MarkedStream<T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        MarkedStream {
            mark: self.mark,
            inner: self.inner.token_stream(text),
        }
    }
}

struct MarkedStream<S> {
    mark: &'static str,
    inner: S,
}

impl<S: TokenStream> TokenStream for MarkedStream<S> {
    fn advance(&mut self) -> bool {
        let more = self.inner.advance();
        if more {
            self.inner.token_mut().text.insert_str(0, self.mark);
        }
        more
    }

    fn token(&self) -> &Token {
        self.inner.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.inner.token_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(language: Language, text: &str) -> Vec<String> {
        let mut words = Vec::new();
        Analyzers::new().each(language, text, |word, _| words.push(word.to_owned()));
        words
    }

    #[test]
    fn forms_of_a_word_are_one_word_in_its_language() {
        for (language, one, other) in [
            (Language::English, "Terminations", "terminated"),
            (Language::German, "Kündigungen", "Kündigung"),
            (Language::German, "STRASSEN", "Straße"),
            (Language::French, "résiliations", "résiliation"),
            (Language::French, "contractuelles", "contractuel"),
            (Language::Spanish, "obligaciones", "obligación"),
            (Language::Spanish, "notificaciones", "notificación"),
        ] {
            let (one, other) = (words(language, one), words(language, other));
            assert_eq!(one, other, "{language:?}");
            assert!(one[0].starts_with(language.mark()), "{one:?}");
        }
        assert_eq!(
            words(Language::Other, "Åbner die Änderung"),
            ["other:abner", "other:die", "other:anderung"]
        );
    }

    #[test]
    fn a_field_is_read_in_the_language_that_it_names() {
        let mut analyzers = Analyzers::new();
        let mut read = |text: &str| {
            let mut found = Vec::new();
            let mut stream = analyzers.token_stream(text);
            while stream.advance() {
                found.push(stream.token().text.clone());
            }
            found
        };
        assert_eq!(read(&marked(Language::German, "die Fristen")), ["de:frist"]);
        assert_eq!(
            read(&marked(Language::English, "de\nthe terms")),
            ["de", "term"]
        );
        assert_eq!(read("no mark"), ["mark"]);
    }

    #[test]
    fn a_question_of_english_texts_has_their_words_alone() {
        let asked = "What is the notice period? Kündigungsfristen?";
        let found = Analyzers::new().question(&[Language::English], asked);
        let found: Vec<_> = found.into_iter().flat_map(|word| word.forms).collect();
        let expected: Vec<_> = words(Language::English, asked)
            .into_iter()
            .map(|word| (Language::English, word))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_question_has_its_words_in_every_language_but_without_its_own_commonest() {
        let languages = [Language::English, Language::German];
        let asked = "Was ist die Kündigungsfrist für den Mieter?";
        let found = Analyzers::new().question(&languages, asked);
        let surface: Vec<_> = found
            .iter()
            .map(|word| &asked[word.place.clone()])
            .collect();
        assert_eq!(surface, ["Kündigungsfrist", "Mieter"]);
        assert_eq!(found[1].forms.len(), 2);
        assert_eq!(found[1].forms[1], (Language::German, "de:miet".to_owned()));

        let unclear = Analyzers::new().question(&languages, "Mieter die");
        assert_eq!(unclear.len(), 2);
        assert_eq!(
            unclear[1].forms,
            [(Language::English, "die".to_owned())],
            "nothing in German, but maybe a word in English"
        );
    }
}

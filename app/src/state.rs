//! What all parts of a page share, through Leptos context.

use crate::shell::{PageReply, PageRequest, Theme};
use inhouse_protocol::{Citation, Conversation, DocumentId, Me, PassageRef, VersionId};
use leptos::prelude::*;

/// The place in a document version that the source panel shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) document: DocumentId,
    pub(crate) version: VersionId,
    pub(crate) title: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Selector of what opened the panel; the focus goes back there.
    pub(crate) opener: String,
}

impl Place {
    pub(crate) fn of_citation(citation: &Citation, opener: String) -> Self {
        Self {
            document: citation.document.clone(),
            version: citation.version.clone(),
            title: citation.title.clone(),
            start: citation.start,
            end: citation.end,
            opener,
        }
    }

    pub(crate) fn of_passage(passage: &PassageRef, opener: String) -> Self {
        Self {
            document: passage.document.clone(),
            version: passage.version.clone(),
            title: passage.title.clone(),
            start: passage.start,
            end: passage.end,
            opener,
        }
    }
}

/// The citation whose card is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Card {
    pub(crate) citation: Citation,
    pub(crate) version_number: Option<u32>,
    /// Selector of the button that the card belongs to.
    pub(crate) anchor: String,
}

/// The state of the whole page.
#[derive(Clone, Copy)]
pub(crate) struct Ui {
    /// False until the page lives in the browser; what needs a script waits for it.
    pub(crate) ready: RwSignal<bool>,
    /// What the live region says.
    pub(crate) said: RwSignal<String>,
    pub(crate) source: RwSignal<Option<Place>>,
    pub(crate) card: RwSignal<Option<Card>>,
    /// The pointer is on the card or the focus at its button.
    pub(crate) card_held: RwSignal<bool>,
    /// Grows when the list of conversations has changed.
    pub(crate) conversations: RwSignal<u32>,
    /// A conversation made a moment ago, so that its page needs no request.
    pub(crate) fresh: RwSignal<Option<Conversation>>,
    /// The reader was just told that an AI system answers.
    pub(crate) notice_seen: RwSignal<bool>,
    pub(crate) menu_open: RwSignal<bool>,
    pub(crate) keys_open: RwSignal<bool>,
    pub(crate) theme: RwSignal<Theme>,
    /// Documents that the reader owns and should look at again.
    pub(crate) reviews_due: RwSignal<u64>,
    /// Notices that the reader has not read.
    pub(crate) unread: RwSignal<u64>,
}

impl Ui {
    pub(crate) fn provide(theme: Theme, reviews_due: u64, unread: u64) -> Self {
        let ui = Self {
            ready: RwSignal::new(false),
            said: RwSignal::new(String::new()),
            source: RwSignal::new(None),
            card: RwSignal::new(None),
            card_held: RwSignal::new(false),
            conversations: RwSignal::new(0),
            fresh: RwSignal::new(None),
            notice_seen: RwSignal::new(false),
            menu_open: RwSignal::new(false),
            keys_open: RwSignal::new(false),
            theme: RwSignal::new(theme),
            reviews_due: RwSignal::new(reviews_due),
            unread: RwSignal::new(unread),
        };
        provide_context(ui);
        ui
    }

    pub(crate) fn of_page() -> Self {
        expect_context()
    }

    /// Tells readers who don't see the screen.
    pub(crate) fn say(self, what: impl Into<String>) {
        self.said.set(what.into());
    }
}

/// Who looks at the page; nobody before sign-in.
#[derive(Clone)]
pub(crate) struct Viewer(pub(crate) Option<Me>);

pub(crate) fn viewer() -> Option<Me> {
    use_context::<Viewer>().and_then(|viewer| viewer.0)
}

/// Answers the page's request with something other than 200; only the server listens.
pub(crate) fn answer_with(reply: PageReply) {
    if let Some(request) = use_context::<PageRequest>() {
        (request.reply)(reply);
    }
}

//! Our icons, drawn in the color of the text around them.

use leptos::prelude::*;

macro_rules! icons {
    ($($name:ident $file:literal)*) => {
        /// An icon of `assets/icons`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Icon {
            $($name,)*
        }

        impl Icon {
            const fn svg(self) -> &'static str {
                match self {
                    $(Self::$name => include_str!(
                        concat!("../../../assets/icons/", $file, ".svg")
                    ),)*
                }
            }
        }
    };
}

icons! {
    Alert "alert"
    Approved "approved"
    Ask "ask"
    Bell "bell"
    Check "check"
    Clock "clock"
    Close "close"
    Copy "copy"
    Desk "desk"
    Document "document"
    Down "down"
    Download "download"
    Folder "folder"
    Group "group"
    High "high"
    Key "key"
    Keyboard "keyboard"
    Law "law"
    Lock "lock"
    Log "log"
    Low "low"
    Mark "mark"
    Menu "menu"
    Missing "missing"
    Moon "moon"
    Normal "normal"
    Note "note"
    Pause "pause"
    People "people"
    Person "person"
    Plus "plus"
    Quality "quality"
    Request "request"
    Rules "rules"
    Search "search"
    Send "send"
    Shield "shield"
    Stop "stop"
    Sun "sun"
    System "system"
    Urgent "urgent"
    Upload "upload"
}

impl Icon {
    /// The icon as a view, hidden from screen readers: what it means stands beside it.
    pub(crate) fn view(self) -> impl IntoView {
        view! { <span class="icon" aria-hidden="true" inner_html=self.svg()></span> }
    }
}

//! The HTML document around the interface, and what the server tells it.

use crate::App;
use crate::text;
use inhouse_protocol::Me;
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// How the page is colored; the reader's choice, kept in the cookie `theme`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    Light,
    Dark,
    /// As the operating system.
    #[default]
    System,
}

impl Theme {
    /// Every theme, in the order the interface lists them.
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::System];

    /// The theme's name in the cookie and the document.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::System => "system",
        }
    }
}

/// A text that names no theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownTheme;

impl fmt::Display for UnknownTheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a theme")
    }
}

impl std::error::Error for UnknownTheme {}

impl FromStr for Theme {
    type Err = UnknownTheme;

    fn from_str(text: &str) -> Result<Self, UnknownTheme> {
        let mut themes = Self::ALL.into_iter();
        themes
            .find(|theme| theme.as_str() == text)
            .ok_or(UnknownTheme)
    }
}

/// What a page says about its response, beyond its HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageReply {
    /// The HTTP status, where it isn't 200.
    Status(u16),
    /// Show this path instead (302); always one of ours, beginning with `/`.
    RedirectTo(String),
}

/// What the server knows of a page's request; provided through Leptos context.
#[derive(Clone)]
pub struct PageRequest {
    /// Who is signed in.
    pub me: Option<Me>,
    /// From the cookie `theme`; `Theme::default()` where it is missing or unknown.
    pub theme: Theme,
    /// Where the page says what its response is.
    pub reply: Arc<dyn Fn(PageReply) + Send + Sync>,
}

/// The document: head with everything from our own origin, body with the interface. Of one plain
/// type, so that the server crate, which renders it, need not be compiled for all that is in it.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape in which leptos_axum hands it over"
)]
pub fn shell(options: LeptosOptions) -> AnyView {
    let request = use_context::<PageRequest>();
    let theme = request.as_ref().map(|r| r.theme).unwrap_or_default();
    let csrf_token = request.and_then(|r| r.me).map(|me| me.csrf_token);
    let package = format!("/{}/{}", options.site_pkg_dir, options.output_name);
    let script = format!("{package}.js");
    let wasm = format!("{package}_bg.wasm");
    let start = format!(
        "import start, {{ hydrate }} from \"{script}\";\
         await start({{ module_or_path: \"{wasm}\" }}); hydrate();"
    );
    view! {
        <!DOCTYPE html>
        <html lang=text::LANGUAGE data-theme=theme.as_str()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="csrf-token" content=csrf_token.unwrap_or_default() />
                <link rel="icon" type="image/svg+xml" href="/icons/favicon.svg" />
                <link rel="stylesheet" href=format!("{package}.css") />
                <link rel="modulepreload" href=script />
                <link
                    rel="preload"
                    href=wasm
                    r#as="fetch"
                    r#type="application/wasm"
                    crossorigin="anonymous"
                />
                <MetaTags />
                <script type="module" nonce=use_nonce()>
                    {start}
                </script>
            </head>
            <body>
                <App />
            </body>
        </html>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_is_read_back_from_its_name() {
        for theme in Theme::ALL {
            assert_eq!(theme.as_str().parse(), Ok(theme));
        }
        assert_eq!("sepia".parse::<Theme>(), Err(UnknownTheme));
    }
}

//! How a document's newest version was read: what to know of it, and what read which page.

use crate::part::{Icon, IntoWhole, IntoWholes};
use crate::text;
use inhouse_protocol::{DocumentDetail, PageInfo};
use leptos::prelude::*;

/// Pages in a row that the same parser read.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    parser: String,
    first: u32,
    last: u32,
}

fn runs(pages: &[PageInfo]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for page in pages {
        match runs.last_mut() {
            Some(run) if run.parser == page.parser && page.page == run.last + 1 => {
                run.last = page.page;
            }
            _ => runs.push(Run {
                parser: page.parser.clone(),
                first: page.page,
                last: page.page,
            }),
        }
    }
    runs
}

/// The section; nothing where there is nothing to say.
pub(super) fn reading(detail: &DocumentDetail) -> Option<AnyView> {
    let newest = detail.versions.first()?;
    if newest.warnings.is_empty() && newest.page_info.is_empty() {
        return None;
    }
    let warnings = newest
        .warnings
        .iter()
        .map(|warning| {
            let warning = warning.clone();
            view! { <li>{Icon::Alert.view()} <span>{warning}</span></li> }
        })
        .wholes();
    let pages = runs(&newest.page_info)
        .into_iter()
        .map(|run| {
            let class = match run.parser.as_str() {
                "" => "run run-empty",
                "tesseract" => "run run-ocr",
                _ => "run",
            };
            let pages = text::page_range(run.first, run.last);
            view! {
                <li class=class>
                    <span>{pages}</span>
                    <span class="hint">{text::parser(&run.parser)}</span>
                </li>
            }
        })
        .wholes();
    let section = view! {
        <section class="panel" aria-labelledby="reading">
            <h2 id="reading">{text::HOW_READ}</h2>
            {(!warnings.is_empty()).then(|| view! { <ul class="warnings">{warnings}</ul> })}
            {(!pages.is_empty()).then(|| view! { <ol class="page-runs">{pages}</ol> })}
        </section>
    };
    Some(section.whole())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_the_same_parser_read_become_one_run() {
        let page = |page, parser: &str| PageInfo {
            page,
            label: None,
            parser: parser.to_owned(),
            width: 0,
            height: 0,
        };
        let runs = runs(&[
            page(1, "pdf-extract"),
            page(2, "pdf-extract"),
            page(3, "tesseract"),
            page(4, ""),
            page(5, "pdf-extract"),
        ]);
        let ends: Vec<_> = runs.iter().map(|run| (run.first, run.last)).collect();
        assert_eq!(ends, [(1, 2), (3, 3), (4, 4), (5, 5)]);
        assert_eq!(runs[1].parser, "tesseract");
    }
}

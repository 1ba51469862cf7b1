//! Which article of the law is met by what, and what is left to the company.

use super::{anyone, only_for};
use crate::api::path;
use crate::part::{
    Icon, IntoWhole, IntoWholes, bodies, copy_button, loaded, only, paragraphs, rows_to_come,
};
use crate::text;
use inhouse_protocol::{LawEntry, PreparedText};
use leptos::prelude::*;
use leptos_meta::Title;

/// For everyone: whose data it is may know.
#[component]
pub(crate) fn LawPage() -> impl IntoView {
    only_for(anyone, |_| view! { <Law /> }.whole())
}

#[component]
fn Law() -> impl IntoView {
    let entries = bodies(|| Some(vec![path::law()]));
    view! {
        <Title text=text::title(text::LAW_TITLE) />
        <div class="page narrow">
            <header class="page-head">
                <h1>{text::LAW_TITLE}</h1>
                <p class="lead">{text::LAW_LEAD}</p>
            </header>
            {loaded(entries, rows_to_come, |bodies| Ok(laws(only(&bodies)?)))}
        </div>
    }
}

/// The entries by law, in their order.
fn by_law(entries: Vec<LawEntry>) -> Vec<(String, Vec<LawEntry>)> {
    let mut laws: Vec<(String, Vec<LawEntry>)> = Vec::new();
    for entry in entries {
        match laws.iter_mut().find(|(law, _)| *law == entry.law) {
            Some((_, entries)) => entries.push(entry),
            None => laws.push((entry.law.clone(), vec![entry])),
        }
    }
    laws
}

/// Where an article stands on the page, such as `ai-act-26`.
fn anchor(entry: &LawEntry) -> String {
    let name = format!("{}-{}", entry.law, entry.article);
    let mut anchor = String::new();
    for character in name.chars() {
        if character.is_ascii_alphanumeric() {
            anchor.push(character.to_ascii_lowercase());
        } else if !anchor.ends_with('-') {
            anchor.push('-');
        }
    }
    anchor.trim_end_matches('-').to_owned()
}

fn laws(entries: Vec<LawEntry>) -> AnyView {
    let laws = by_law(entries);
    let index = laws
        .iter()
        .map(|(law, entries)| {
            let links = entries
                .iter()
                .map(|entry| {
                    let name = text::article(&entry.article);
                    view! {
                        <li>
                            <a
                                href=format!("#{}", anchor(entry))
                                rel="external"
                                aria-label=format!("{law}, {name}, {}", entry.title)
                            >
                                {entry.article.clone()}
                            </a>
                        </li>
                    }
                })
                .wholes();
            view! {
                <div>
                    <span>{law.clone()}</span>
                    <ul>{links}</ul>
                </div>
            }
        })
        .wholes();
    let sections = laws
        .into_iter()
        .map(|(law, entries)| {
            let articles = entries.into_iter().map(article).wholes();
            let label = law.clone();
            view! {
                <section class="law" aria-label=label>
                    <h2>{law}</h2>
                    {articles}
                </section>
            }
        })
        .wholes();
    view! {
        <nav class="law-index" aria-label=text::ARTICLES>
            {index}
        </nav>
        {sections}
    }
    .whole()
}

fn article(entry: LawEntry) -> AnyView {
    let id = anchor(&entry);
    let title = format!("{id}-title");
    let labelled = title.clone();
    let evidence = entry.evidence.into_iter().map(reference).wholes();
    let prepared = (!entry.prepared.is_empty()).then(|| prepared(entry.prepared));
    view! {
        <article class="law-article" id=id aria-labelledby=labelled>
            <h3 id=title>
                <span class="quiet">{text::article(&entry.article)}</span>
                " "
                {entry.title}
            </h3>
            <dl>
                <dt>{text::LAW_ASKS}</dt>
                <dd>{paragraphs(&entry.asks)}</dd>
                <dt>{text::LAW_MET_BY}</dt>
                <dd>{paragraphs(&entry.met_by)}</dd>
                <dt>{text::LAW_LEFT}</dt>
                <dd>{paragraphs(&entry.left_to_you)}</dd>
                <dt>{text::LAW_EVIDENCE}</dt>
                <dd>
                    <ul class="evidence">{evidence}</ul>
                </dd>
            </dl>
            {prepared}
        </article>
    }
    .whole()
}

/// A reference: its kind, and what it names as code.
fn reference(reference: String) -> AnyView {
    let (kind, name) = match reference.split_once(' ') {
        Some((kind, name)) => (kind.to_owned(), name.to_owned()),
        None => (String::new(), reference),
    };
    view! {
        <li>
            <span class="quiet">{kind}</span>
            " "
            <code>{name}</code>
        </li>
    }
    .whole()
}

/// A text to begin from, with a way to take it along.
fn prepared(parts: Vec<PreparedText>) -> AnyView {
    let whole = as_text(&parts);
    let sections = parts
        .into_iter()
        .map(|part| {
            view! {
                <h4>{part.heading}</h4>
                {paragraphs(&part.text)}
            }
        })
        .wholes();
    view! {
        <details class="prepared">
            <summary>{Icon::Document.view()} {text::PREPARED}</summary>
            <p class="hint">{text::PREPARED_HINT}</p>
            {copy_button(text::COPY_PREPARED, move || whole.clone())}
            {sections}
        </details>
    }
    .whole()
}

/// The parts as plain text.
fn as_text(parts: &[PreparedText]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|part| format!("{}\n\n{}", part.heading, part.text.trim()))
        .collect();
    parts.join("\n\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(law: &str, article: &str) -> LawEntry {
        LawEntry {
            law: law.to_owned(),
            article: article.to_owned(),
            title: "Title".to_owned(),
            asks: String::new(),
            met_by: String::new(),
            left_to_you: String::new(),
            evidence: Vec::new(),
            prepared: Vec::new(),
        }
    }

    #[test]
    fn articles_stand_under_their_law_in_their_order() {
        let laws = by_law(vec![
            entry("GDPR", "5"),
            entry("AI Act", "12"),
            entry("GDPR", "12"),
        ]);
        let names: Vec<(&str, Vec<&str>)> = laws
            .iter()
            .map(|(law, entries)| {
                let articles = entries.iter().map(|entry| entry.article.as_str());
                (law.as_str(), articles.collect())
            })
            .collect();
        assert_eq!(names, [("GDPR", vec!["5", "12"]), ("AI Act", vec!["12"])]);
    }

    #[test]
    fn each_article_has_an_anchor_of_plain_letters() {
        assert_eq!(anchor(&entry("GDPR", "5")), "gdpr-5");
        assert_eq!(anchor(&entry("AI Act", "26(6)")), "ai-act-26-6");
    }

    #[test]
    fn a_prepared_text_is_copied_with_its_headings() {
        let part = |heading: &str, text: &str| PreparedText {
            heading: heading.to_owned(),
            text: text.to_owned(),
        };
        assert_eq!(
            as_text(&[part("One", "a\n\nb\n"), part("Two", "c")]),
            "One\n\na\n\nb\n\n\nTwo\n\nc"
        );
    }
}

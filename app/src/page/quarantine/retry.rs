//! Reading a file once more: as before, or in another way.

use super::Shown;
use crate::browser;
use crate::part::{Icon, IntoWhole, IntoWholes, derive};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{DocumentSummary, ParserChoice, Quarantined, ReadSettings};
use leptos::ev::{Event, SubmitEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;

const PDF: &str = "application/pdf";
const CHOICES: [ParserChoice; 4] = [
    ParserChoice::Auto,
    ParserChoice::PdfExtract,
    ParserChoice::Poppler,
    ParserChoice::Ocr,
];

/// What of the settings matters to a kind of file: the parser to a PDF, the languages to whatever
/// may be a picture of text.
fn offers(media_type: &str) -> (bool, bool) {
    let pdf = media_type == PDF;
    (pdf, pdf || media_type.starts_with("image/"))
}

/// The fold with the form.
#[component]
pub(super) fn Retry(file: Quarantined, shown: Shown) -> impl IntoView {
    let ui = Ui::of_page();
    let settings = RwSignal::new(file.settings);
    let busy = RwSignal::new(false);
    let document = StoredValue::new(file.document.clone());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let DocumentSummary { id, name, .. } = document.get_value();
        let (api, settings) = (shown.api.get_value(), settings.get_untracked());
        busy.set(true);
        shown.error.set(None);
        spawn_local(async move {
            let begun = api.retry(&id, &settings).await;
            let _ = busy.try_set(false);
            match begun {
                Ok(()) => {
                    ui.say(text::read_again(&name));
                    browser::focus("#quarantine");
                    shown.take_off(|file| file.id == id);
                }
                Err(wrong) => {
                    let _ = shown.error.try_set(Some(wrong));
                }
            }
        });
    };
    let id = file.document.id.to_string();
    let (parser, languages) = offers(&file.document.media_type);
    let name = text::retry_file(&file.document.name);
    view! {
        <form class="retry" method="post" on:submit=submit>
            <details>
                <summary>{text::READ_OTHERWISE}</summary>
                <div class="fields">
                    {parser.then(|| parsers(&id, settings))}
                    {languages.then(|| languages_of(shown, settings))}
                    <label class="choice">
                        <input
                            type="checkbox"
                            name="patient"
                            checked=settings.with_untracked(|settings| settings.patient)
                            on:change=move |event| {
                                settings
                                    .update(|settings| {
                                        settings.patient = event_target_checked(&event);
                                    });
                            }
                        />
                        <span>
                            {text::PATIENT} <span class="hint">{text::PATIENT_HINT}</span>
                        </span>
                    </label>
                </div>
            </details>
            <button
                type="submit"
                class="small"
                aria-label=name
                disabled=derive(move || !ui.ready.get() || busy.get())
            >
                {text::RETRY}
            </button>
        </form>
    }
}

fn parsers(file: &str, settings: RwSignal<ReadSettings>) -> AnyView {
    let id = format!("parser-{file}");
    let now = settings.with_untracked(|settings| settings.parser);
    let choose = move |event: Event| {
        let chosen: usize = event_target_value(&event).parse().unwrap_or_default();
        let parser = CHOICES.get(chosen).copied().unwrap_or_default();
        settings.update(|settings| settings.parser = parser);
    };
    let options = CHOICES
        .into_iter()
        .enumerate()
        .map(|(at, choice)| {
            view! {
                <option value=at.to_string() selected={choice == now}>
                    {text::parser_choice(choice)}
                </option>
            }
        })
        .wholes();
    view! {
        <div class="field">
            <label for=id.clone()>{text::PARSER}</label>
            <select id=id on:change=choose>
                {options}
            </select>
        </div>
    }
    .whole()
}

/// The languages of pictures of text, or that this server can't read such pictures.
fn languages_of(shown: Shown, settings: RwSignal<ReadSettings>) -> AnyView {
    let known = shown.languages.get_value();
    if known.is_empty() {
        return view! { <p class="note calm">{Icon::Alert.view()} {text::NO_OCR}</p> }.whole();
    }
    let choices = known
        .into_iter()
        .map(|language| {
            let name = text::language(&language);
            let value = language.clone();
            let checked = settings.with_untracked(|now| now.languages.contains(&language));
            let change = move |event: Event| {
                let wanted = event_target_checked(&event);
                settings.update(|settings| {
                    settings.languages.retain(|other| *other != language);
                    if wanted {
                        settings.languages.push(language.clone());
                    }
                });
            };
            view! {
                <label class="choice">
                    <input
                        type="checkbox"
                        name="language"
                        value=value
                        checked=checked
                        on:change=change
                    />
                    <span>{name}</span>
                </label>
            }
        })
        .wholes();
    view! {
        <fieldset class="field">
            <legend>{text::OCR_LANGUAGES}</legend>
            <p class="hint">{text::OCR_LANGUAGES_HINT}</p>
            {choices}
        </fieldset>
    }
    .whole()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_offered_only_settings_that_matter_to_it() {
        assert_eq!(offers("application/pdf"), (true, true));
        assert_eq!(offers("image/png"), (false, true));
        assert_eq!(offers("text/plain"), (false, false));
    }
}

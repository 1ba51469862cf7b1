//! Where somebody is signed in, as a list.

use crate::device::device;
use crate::part::{Icon, IntoWhole, derive};
use crate::state::Ui;
use crate::text;
use crate::time::Moment;
use inhouse_protocol::SessionInfo;
use leptos::prelude::*;

/// The `sessions`; each but the reader's own can be ended where there is an `end`.
pub(super) fn session_list(
    sessions: RwSignal<Vec<SessionInfo>>,
    end: Option<Callback<SessionInfo>>,
) -> AnyView {
    let none = Memo::new(move |_| sessions.with(Vec::is_empty));
    view! {
        <p class="quiet" hidden=derive(move || !none.get())>
            {text::NO_SESSIONS}
        </p>
        <ul class="things" hidden=derive(move || none.get())>
            <For each=move || sessions.get() key=|session| session.id.clone() let(session)>
                {session_row(session, end)}
            </For>
        </ul>
    }
    .whole()
}

fn session_row(session: SessionInfo, end: Option<Callback<SessionInfo>>) -> AnyView {
    let ui = Ui::of_page();
    let name = device(&session.client);
    let end = end.filter(|_| !session.current).map(|end| {
        let ended = session.clone();
        view! {
            <button
                type="button"
                class="small"
                aria-label=text::end_session(&name)
                disabled=derive(move || !ui.ready.get())
                on:click=move |_| end.run(ended.clone())
            >
                {text::END_SESSION}
            </button>
        }
    });
    view! {
        <li>
            {Icon::System.view()}
            <div class="thing">
                <p class="thing-name" title=session.client>
                    {name}
                    {session
                        .current
                        .then(|| view! { <span class="tag tag-resolved">{text::THIS_BROWSER}</span> })}
                </p>
                <p class="hint">
                    {text::SIGNED_IN_AT} " " {text::method(session.method)} ", "
                    <Moment at=session.created_at /> " · " {text::LAST_ACTIVE} " "
                    <Moment at=session.last_seen_at />
                </p>
            </div>
            {end}
        </li>
    }
    .whole()
}

//! The documents that the reader owns and should look at again.

use crate::api::path;
use crate::page::document_page;
use crate::part::{ErrorNote, Icon, IntoWhole, IntoWholes, bodies, only, tried};
use crate::text;
use crate::time::day_text;
use inhouse_protocol::DueReview;
use leptos::prelude::*;

/// The list; nothing where no review is due.
pub(super) fn due() -> AnyView {
    let reviews = bodies(|| Some(vec![path::reviews()]));
    tried(
        reviews,
        || ().whole(),
        |bodies| {
            Ok(match bodies.and_then(|bodies| only(&bodies)) {
                Ok(reviews) => list(reviews),
                Err(error) => view! { <ErrorNote error=error /> }.whole(),
            })
        },
    )
}

fn list(reviews: Vec<DueReview>) -> AnyView {
    if reviews.is_empty() {
        return ().whole();
    }
    let rows = reviews
        .into_iter()
        .map(|review| {
            let page = document_page(&review.set, &review.document.id);
            let since = text::due_since(&day_text(review.review_on));
            view! {
                <li>
                    {Icon::Clock.view()}
                    <div class="thing">
                        <p class="thing-name">
                            <a href=page>{review.document.title}</a>
                        </p>
                        <p class="hint">{review.set_name} " · " {since}</p>
                    </div>
                </li>
            }
        })
        .wholes();
    view! {
        <section class="reviews" aria-labelledby="reviews">
            <h2 id="reviews">{text::REVIEWS}</h2>
            <ul class="things">{rows}</ul>
        </section>
    }
    .whole()
}

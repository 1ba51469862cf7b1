//! The clauses of two versions: those that differ side by side, those that don't folded.

use super::merged::{Fate, merged};
use crate::part::{Icon, IntoWhole, IntoWholes};
use crate::text;
use inhouse_protocol::{ChangeKind, ClauseChange, ClauseSide, Piece};
use leptos::prelude::*;

/// How many clauses there are of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) same: usize,
    pub(super) changed: usize,
    pub(super) added: usize,
    pub(super) removed: usize,
    pub(super) moved: usize,
}

impl Tally {
    pub(super) fn of(clauses: &[ClauseChange]) -> Self {
        let mut tally = Self::default();
        for clause in clauses {
            let kind = match clause.kind {
                ChangeKind::Same => &mut tally.same,
                ChangeKind::Changed => &mut tally.changed,
                ChangeKind::Added => &mut tally.added,
                ChangeKind::Removed => &mut tally.removed,
                ChangeKind::Moved => &mut tally.moved,
            };
            *kind += 1;
        }
        tally
    }

    /// Clauses that differ in some way.
    pub(super) fn changes(self) -> usize {
        self.changed + self.added + self.removed + self.moved
    }
}

/// All clauses, in their order.
pub(super) fn clauses(clauses: Vec<ClauseChange>) -> AnyView {
    let mut views = Vec::new();
    let mut same = Vec::new();
    let mut number = 0;
    for clause in clauses {
        if clause.kind == ChangeKind::Same {
            same.push(clause);
            continue;
        }
        views.extend(folded(std::mem::take(&mut same)));
        number += 1;
        views.push(change(number, clause));
    }
    views.extend(folded(same));
    view! { <div class="clauses">{views}</div> }.whole()
}

/// Clauses in a row that are the same in both.
fn folded(clauses: Vec<ClauseChange>) -> Option<AnyView> {
    if clauses.is_empty() {
        return None;
    }
    let words = text::unchanged(clauses.len());
    let texts = clauses
        .into_iter()
        .filter_map(|clause| clause.after.or(clause.before))
        .map(|side| {
            let head = heading(&side);
            let text: String = side.pieces.into_iter().map(|piece| piece.text).collect();
            view! {
                <div class="clause">
                    {head}
                    <p class="lines">{text}</p>
                </div>
            }
        })
        .wholes();
    let fold = view! {
        <details class="unchanged">
            <summary>{words}</summary>
            {texts}
        </details>
    };
    Some(fold.whole())
}

/// A clause that differs: both sides beside each other, and as one text for a narrow screen.
fn change(number: usize, clause: ClauseChange) -> AnyView {
    let ClauseChange {
        kind,
        before,
        after,
    } = clause;
    let (class, icon) = match kind {
        ChangeKind::Added => ("change change-added", Icon::Plus),
        ChangeKind::Removed => ("change change-removed", Icon::Close),
        ChangeKind::Moved => ("change change-moved", Icon::Down),
        ChangeKind::Same | ChangeKind::Changed => ("change", Icon::Document),
    };
    let head = after.as_ref().or(before.as_ref()).map(heading);
    let one = match (&before, &after) {
        (Some(before), Some(after)) => merged(&before.pieces, &after.pieces).map(one_text),
        _ => None,
    };
    let sides = if one.is_some() {
        "sides wide-only"
    } else {
        "sides"
    };
    view! {
        <article class=class id=format!("change-{number}") tabindex="-1">
            <header class="change-head">
                <span class="tag">{icon.view()} {text::change(kind)}</span>
                {head}
            </header>
            <div class=sides>
                {side(text::BEFORE, before, false)}
                {side(text::AFTER, after, true)}
            </div>
            {one}
        </article>
    }
    .whole()
}

/// The clause's number and title.
fn heading(side: &ClauseSide) -> AnyView {
    let page = side
        .page
        .map(|page| view! { <span class="hint">{text::page(page)}</span> });
    let heading = side.heading.join(" › ");
    view! {
        <p class="clause-head">
            <strong>{heading}</strong>
            " "
            {page}
        </p>
    }
    .whole()
}

/// One side of it, with what the other doesn't have marked.
fn side(name: &'static str, side: Option<ClauseSide>, after: bool) -> AnyView {
    let Some(side) = side else {
        return view! { <div class="side side-none">{text::NOT_THERE}</div> }.whole();
    };
    let pieces = side.pieces.into_iter().map(|piece| {
        let Piece { text, changed } = piece;
        marked(
            match (changed, after) {
                (false, _) => Fate::Stayed,
                (true, false) => Fate::Went,
                (true, true) => Fate::Came,
            },
            text,
        )
    });
    view! {
        <div class="side">
            <p class="side-name">{name}</p>
            <p class="lines">{pieces.wholes()}</p>
        </div>
    }
    .whole()
}

fn one_text(parts: Vec<(Fate, String)>) -> AnyView {
    let parts = parts
        .into_iter()
        .map(|(fate, text)| marked(fate, text))
        .wholes();
    view! { <p class="lines narrow-only">{parts}</p> }.whole()
}

fn marked(fate: Fate, text: String) -> AnyView {
    match fate {
        Fate::Stayed => text.whole(),
        Fate::Went => view! { <del>{text}</del> }.whole(),
        Fate::Came => view! { <ins>{text}</ins> }.whole(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(kind: ChangeKind) -> ClauseChange {
        ClauseChange {
            kind,
            before: None,
            after: None,
        }
    }

    #[test]
    fn what_is_the_same_is_no_change() {
        use ChangeKind::{Added, Changed, Moved, Removed, Same};
        let all = [Same, Changed, Same, Added, Removed, Moved, Changed].map(clause);
        let tally = Tally::of(&all);
        assert_eq!((tally.same, tally.changed), (2, 2));
        assert_eq!(tally.changes(), 5);
    }
}

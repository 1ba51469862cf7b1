//! Which words of a clause differ.

use inhouse_protocol::Piece;
use similar::{Algorithm, DiffTag, TextDiff};
use std::time::Instant;

/// A whole text as one piece.
pub(super) fn whole(text: &str, changed: bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    push(&mut pieces, text, changed);
    pieces
}

/// Both texts, cut where they begin or cease to differ. Past `deadline` the cuts are coarser.
pub(super) fn difference(before: &str, after: &str, deadline: Instant) -> (Vec<Piece>, Vec<Piece>) {
    let diff = TextDiff::configure()
        .algorithm(Algorithm::Myers)
        .deadline(deadline)
        .diff_unicode_words(before, after);
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for op in diff.ops() {
        let same = op.tag() == DiffTag::Equal;
        for (pieces, words) in [
            (&mut old, &diff.old_slices()[op.old_range()]),
            (&mut new, &diff.new_slices()[op.new_range()]),
        ] {
            push(pieces, &words.concat(), !same);
        }
    }
    (joined(old), joined(new))
}

fn push(pieces: &mut Vec<Piece>, text: &str, changed: bool) {
    if text.is_empty() {
        return;
    }
    match pieces.last_mut() {
        Some(last) if last.changed == changed => last.text.push_str(text),
        _ => pieces.push(Piece {
            text: text.to_owned(),
            changed,
        }),
    }
}

/// Words that differ one after the other are one piece with the blanks between them.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut joined = Vec::with_capacity(pieces.len());
    let mut pieces = pieces.into_iter().peekable();
    while let Some(piece) = pieces.next() {
        let blank = piece.text.trim().is_empty();
        let between = joined.last().is_some_and(|last: &Piece| last.changed)
            && pieces.peek().is_some_and(|next| next.changed);
        let changed = piece.changed || blank && between;
        push(&mut joined, &piece.text, changed);
    }
    joined
}

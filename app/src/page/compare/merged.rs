//! The two sides of a changed clause as one text, for a narrow screen: what went and what came in
//! the midst of what stayed.

use inhouse_protocol::Piece;

/// What became of a run of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Stayed,
    Went,
    Came,
}

/// One text of both sides. Nothing where what stayed doesn't read the same in both; then they can
/// only stand beside each other.
pub(super) fn merged(before: &[Piece], after: &[Piece]) -> Option<Vec<(Fate, String)>> {
    let (before, after) = (letters(before), letters(after));
    let (mut before, mut after) = (before.into_iter().peekable(), after.into_iter().peekable());
    let mut out = Vec::<(Fate, String)>::new();
    let mut push = |fate: Fate, letter: char| match out.last_mut() {
        Some((last, text)) if *last == fate => text.push(letter),
        _ => out.push((fate, String::from(letter))),
    };
    loop {
        while let Some((letter, _)) = before.next_if(|(_, changed)| *changed) {
            push(Fate::Went, letter);
        }
        while let Some((letter, _)) = after.next_if(|(_, changed)| *changed) {
            push(Fate::Came, letter);
        }
        match (before.next(), after.next()) {
            (Some((one, _)), Some((other, _))) if one == other => push(Fate::Stayed, one),
            (None, None) => return Some(out),
            _ => return None,
        }
    }
}

/// Each letter and whether it belongs to a change; any run of blanks is one space.
fn letters(pieces: &[Piece]) -> Vec<(char, bool)> {
    let mut letters = Vec::<(char, bool)>::new();
    for piece in pieces {
        for letter in piece.text.chars() {
            let letter = if letter.is_whitespace() { ' ' } else { letter };
            let repeated = letter == ' ' && letters.last() == Some(&(' ', piece.changed));
            if !repeated {
                letters.push((letter, piece.changed));
            }
        }
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(parts: &[(&str, bool)]) -> Vec<Piece> {
        let piece = |(text, changed): &(&str, bool)| Piece {
            text: (*text).to_owned(),
            changed: *changed,
        };
        parts.iter().map(piece).collect()
    }

    fn text(parts: &[(Fate, String)]) -> Vec<(Fate, &str)> {
        parts.iter().map(|(fate, text)| (*fate, &**text)).collect()
    }

    #[test]
    fn what_went_stands_before_what_came_in_its_place() {
        let before = pieces(&[("within ", false), ("thirty", true), (" days", false)]);
        let after = pieces(&[("within ", false), ("sixty", true), (" days", false)]);
        assert_eq!(
            text(&merged(&before, &after).unwrap()),
            [
                (Fate::Stayed, "within "),
                (Fate::Went, "thirty"),
                (Fate::Came, "sixty"),
                (Fate::Stayed, " days"),
            ]
        );
    }

    #[test]
    fn words_that_only_one_side_has_may_stand_inside_a_run_of_the_other() {
        let before = pieces(&[("The Supplier\n shall deliver.", false)]);
        let after = pieces(&[
            ("The Supplier ", false),
            ("promptly ", true),
            ("shall deliver.", false),
        ]);
        assert_eq!(
            text(&merged(&before, &after).unwrap()),
            [
                (Fate::Stayed, "The Supplier "),
                (Fate::Came, "promptly "),
                (Fate::Stayed, "shall deliver."),
            ]
        );
    }

    #[test]
    fn sides_that_differ_in_what_stayed_are_not_put_into_one() {
        let before = pieces(&[("One", false)]);
        let after = pieces(&[("Two", false)]);
        assert_eq!(merged(&before, &after), None);
        assert_eq!(merged(&before, &[]), None);
    }
}

//! Takes a passage apart into statements: sentences, list items and rows of tables.

use crate::sentences;

/// A statement of a text, with the white space around it: byte offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// It is a row of a table.
    pub(crate) row: bool,
}

/// The statements of `text`, in order; together they are the text.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for part in sentences::split(text) {
        if part.contains('|') {
            for line in part.split_inclusive('\n') {
                let end = start + line.len();
                pieces.push(Piece {
                    start,
                    end,
                    row: line.contains('|'),
                });
                start = end;
            }
        } else {
            let end = start + part.len();
            pieces.push(Piece {
                start,
                end,
                row: false,
            });
            start = end;
        }
    }
    pieces
}

/// Byte offsets of `text[start..end]` without the white space around it.
pub(crate) fn trimmed(text: &str, start: usize, end: usize) -> (usize, usize) {
    let part = &text[start..end];
    let from = start + (part.len() - part.trim_start().len());
    (from, from + part.trim().len())
}

/// Characters before a byte offset.
pub(crate) fn characters(text: &str, byte: usize) -> usize {
    text[..byte].chars().count()
}

/// A list mark at the head: '1. ', '(a) ', '- '. Gives what follows it.
pub(crate) fn without_list_mark(text: &str) -> &str {
    let trimmed = text
        .trim_start()
        .trim_start_matches(['-', '•', '*', '–'])
        .trim_start();
    let bare = trimmed.strip_prefix('(').unwrap_or(trimmed);
    let mark = bare.chars().take_while(char::is_ascii_alphanumeric).count();
    let number = bare[..mark].bytes().all(|b| b.is_ascii_digit());
    let fits = (1..=2).contains(&mark) && (number || mark == 1);
    match bare[mark..].strip_prefix([')', '.']) {
        Some(rest) if fits && rest.starts_with(' ') => rest.trim_start(),
        _ => trimmed,
    }
}

/// The number of a clause at the head, after a list mark: '12.2 ', '§ 4 '. Gives what follows it.
pub(crate) fn without_number(text: &str) -> &str {
    let bare = without_list_mark(text).trim_start_matches(['#', '§', ' ']);
    let mark = bare
        .bytes()
        .take_while(|b| b.is_ascii_digit() || *b == b'.')
        .count();
    let clause = bare[..mark].contains('.') && bare[..mark].len() >= 2;
    match bare[mark..].strip_prefix([' ', '\t', '\n']) {
        Some(rest) if clause => rest.trim_start(),
        _ => bare,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_items_and_rows_are_statements() {
        let text =
            "Keep them:\n- invoices\n- contracts\n\nRecord | Years\nInvoices | 7\nContracts | 10";
        let found: Vec<&str> = pieces(text)
            .iter()
            .map(|p| text[p.start..p.end].trim())
            .collect();
        assert_eq!(
            found,
            [
                "Keep them:",
                "- invoices",
                "- contracts",
                "Record | Years",
                "Invoices | 7",
                "Contracts | 10"
            ]
        );
    }

    #[test]
    fn the_pieces_together_are_the_text() {
        let text = " One. Two | three\nfour.\n\nFive ";
        let whole: String = pieces(text).iter().map(|p| &text[p.start..p.end]).collect();
        assert_eq!(whole, text);
    }

    #[test]
    fn marks_and_clause_numbers_are_no_part_of_a_statement() {
        for (text, rest) in [
            ("1. Ask Legal.", "Ask Legal."),
            ("(a) Ask Legal.", "Ask Legal."),
            ("- Ask Legal.", "Ask Legal."),
            ("12.2 Either party may.", "Either party may."),
            ("## 2. Limits", "Limits"),
            ("30 days are enough.", "30 days are enough."),
            ("2.5", "2.5"),
        ] {
            assert_eq!(without_number(text), rest, "{text}");
        }
    }
}

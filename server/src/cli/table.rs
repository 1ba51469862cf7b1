//! Columns for people.

use std::io::{self, Write};

/// Writes rows under headings, each column as wide as its widest cell; the last one runs free.
pub(crate) fn write(
    out: &mut dyn Write,
    headings: &[&str],
    rows: &[Vec<String>],
) -> io::Result<()> {
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .chain([headings[column].chars().count()])
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let headings: Vec<String> = headings
        .iter()
        .map(|&heading| heading.to_uppercase())
        .collect();
    for row in std::iter::once(&headings).chain(rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let pad = width - cell.chars().count().min(*width);
            // A cell that people wrote must not steer the terminal.
            line.extend(cell.chars().map(|c| if c.is_control() { ' ' } else { c }));
            line.extend(std::iter::repeat_n(' ', pad + 2));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_line_up() {
        let mut out = Vec::new();
        let rows = [
            vec!["a".into(), "x\u{1b}y".into()],
            vec!["long".into(), "z".into()],
        ];
        super::write(&mut out, &["id", "what"], &rows).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "ID    WHAT\na     x y\nlong  z\n"
        );
    }
}

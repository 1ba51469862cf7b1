//! The numbers that a PDF gives its pages itself: `iv`, `12`, `A-3`.

use super::decoded;
use crate::parse::numerals::{letters, roman};
use pdf_extract::{Dictionary, Document, Object};
use std::collections::BTreeMap;

/// Entries that are read, over the whole tree.
const MOST_RANGES: usize = 10_000;
/// How deep the tree of entries is followed.
const MOST_DEPTH: usize = 10;
/// Longest label, in characters.
const LONGEST: usize = 20;

/// The label of each of `count` pages; all are `None` where the file gives none.
pub(super) fn labels(document: &Document, count: usize) -> Vec<Option<String>> {
    let mut ranges = BTreeMap::new();
    let root = document
        .catalog()
        .and_then(|catalog| catalog.get_deref(b"PageLabels", document))
        .and_then(Object::as_dict);
    if let Ok(root) = root {
        collect(document, root, 0, &mut ranges);
    }
    (0..count)
        .map(|page| {
            let (first, range) = ranges.range(..=page).next_back()?;
            label(range, page - first)
        })
        .collect()
}

fn collect<'a>(
    document: &'a Document,
    node: &'a Dictionary,
    depth: usize,
    ranges: &mut BTreeMap<usize, &'a Dictionary>,
) {
    if let Ok(entries) = node.get_deref(b"Nums", document).and_then(Object::as_array) {
        for entry in entries.chunks_exact(2) {
            let first = entry[0].as_i64().ok().and_then(|n| usize::try_from(n).ok());
            let range = document
                .dereference(&entry[1])
                .and_then(|(_, range)| range.as_dict());
            if let (Some(first), Ok(range)) = (first, range)
                && ranges.len() < MOST_RANGES
            {
                ranges.insert(first, range);
            }
        }
    }
    if depth >= MOST_DEPTH || ranges.len() >= MOST_RANGES {
        return;
    }
    if let Ok(kids) = node.get_deref(b"Kids", document).and_then(Object::as_array) {
        for kid in kids.iter().take(MOST_RANGES >> depth) {
            let kid = document.dereference(kid).and_then(|(_, kid)| kid.as_dict());
            if let Ok(kid) = kid {
                collect(document, kid, depth + 1, ranges);
            }
        }
    }
}

/// The label of the page that is `offset` after its range's first.
fn label(range: &Dictionary, offset: usize) -> Option<String> {
    let start = range.get(b"St").and_then(Object::as_i64).unwrap_or(1);
    let start = u32::try_from(start.clamp(1, 1_000_000)).unwrap_or(1);
    let number = start.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
    let style = range
        .get(b"S")
        .and_then(Object::as_name)
        .unwrap_or_default();
    let numeral = match style {
        b"D" => number.to_string(),
        b"R" => roman(number),
        b"r" => roman(number).to_lowercase(),
        b"A" => letters(number),
        b"a" => letters(number).to_lowercase(),
        _ => String::new(),
    };
    let label = decoded(range, b"P").unwrap_or_default() + &numeral;
    let label = label.trim();
    (!label.is_empty()).then(|| label.chars().take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::pdf::tests::of_objects;

    #[test]
    fn a_preface_in_roman_a_body_and_an_annex_have_their_labels() {
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R /PageLabels << /Nums [0 << /S /r >> 2 << /S /D >> 4 \
             << /S /D /P (A-) /St 3 >>] >> >>",
            "<< /Type /Pages /Kids [] /Count 0 >>",
        ];
        let pdf = of_objects(&objects.map(str::to_owned));
        let document = Document::load_mem(&pdf).unwrap();
        let found: Vec<String> = labels(&document, 6).into_iter().flatten().collect();
        assert_eq!(found, ["i", "ii", "1", "2", "A-3", "A-4"]);
        let plain = of_objects(&["<< /Type /Catalog >>".to_owned()]);
        let document = Document::load_mem(&plain).unwrap();
        assert_eq!(labels(&document, 1), [None]);
    }
}

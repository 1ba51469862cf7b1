//! Forms, which a page draws like pictures: converters, stamps and printers put text into them.
//! pdf-extract reads each as if it were drawn on an empty page, so that its text would stand in
//! the wrong place: a page with forms is rewritten as the text that it and they draw.

use super::frame::inherited;
use pdf_extract::content::{Content, Operation};
use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How deep a form in a form in a form is followed.
const MOST_DEPTH: u32 = 8;
/// Forms that one page draws, and operations.
const MOST_FORMS: u32 = 2_000;
const MOST_OPERATIONS: usize = 2_000_000;

/// What a rewritten page had before: its content and resources.
pub(super) struct Folded {
    page: ObjectId,
    content: Option<Object>,
    resources: Option<Object>,
}

/// Rewrites the pages that have forms.
pub(super) fn unfold(document: &mut Document) -> Vec<Folded> {
    let pages: Vec<ObjectId> = document.page_iter().collect();
    let mut folded = Vec::new();
    for page in pages {
        // What can't be looked into stays as it is.
        let unfolded = catch_unwind(AssertUnwindSafe(|| unfolded(document, page)));
        let Ok(Some((content, fonts))) = unfolded else {
            continue;
        };
        let content = document.add_object(Stream::new(Dictionary::new(), content));
        let mut resources = Dictionary::new();
        resources.set("Font", fonts);
        folded.push(Folded {
            page,
            content: replace(document, page, b"Contents", Some(content.into())),
            resources: replace(document, page, b"Resources", Some(resources.into())),
        });
    }
    folded
}

/// Gives the pages back what they had.
pub(super) fn fold(document: &mut Document, folded: Vec<Folded>) {
    for one in folded {
        replace(document, one.page, b"Contents", one.content);
        replace(document, one.page, b"Resources", one.resources);
    }
}

/// Sets a page's entry, or removes it; gives what it was.
fn replace(
    document: &mut Document,
    page: ObjectId,
    key: &[u8],
    value: Option<Object>,
) -> Option<Object> {
    let page = document.get_dictionary_mut(page).ok()?;
    let before = page.remove(key);
    if let Some(value) = value {
        page.set(key, value);
    }
    before
}

/// The text that a page with forms draws, in the page's coordinates, and the fonts for it; `None`
/// for a page without.
fn unfolded(document: &Document, id: ObjectId) -> Option<(Vec<u8>, Dictionary)> {
    let page = document.get_dictionary(id).ok()?;
    let resources = inherited(document, page, b"Resources")?.as_dict().ok()?;
    let objects = dictionary(document, resources, b"XObject")?;
    if !objects
        .iter()
        .any(|(_, object)| form(document, object).is_some())
    {
        return None;
    }
    let mut writer = Writer {
        document,
        fonts: Dictionary::new(),
        operations: Vec::new(),
        forms: 0,
    };
    writer.draw(&document.get_page_content(id).ok()?, resources, 0)?;
    let operations = writer.operations;
    let content = Content { operations }.encode().ok()?;
    Some((content, writer.fonts))
}

struct Writer<'a> {
    document: &'a Document,
    /// Under names of their own.
    fonts: Dictionary,
    operations: Vec<Operation>,
    forms: u32,
}

impl Writer<'_> {
    /// Writes what concerns text of a page's or a form's content.
    fn draw(&mut self, content: &[u8], resources: &Dictionary, depth: u32) -> Option<()> {
        // States that were saved here and not yet restored.
        let mut saved = 0_u32;
        for mut operation in Content::decode(content).ok()?.operations {
            if self.operations.len() >= MOST_OPERATIONS {
                return None;
            }
            match operation.operator.as_str() {
                "q" => saved += 1,
                // One too many would restore what is not this form's.
                "Q" if saved == 0 => continue,
                "Q" => saved -= 1,
                "Do" => {
                    self.form(&operation, resources, depth);
                    continue;
                }
                "Tf" => self.name_font(&mut operation, resources),
                "cm" | "BT" | "ET" | "Td" | "TD" | "Tm" | "T*" | "Tj" | "TJ" | "'" | "\""
                | "Tc" | "Tw" | "Tz" | "TL" | "Ts" | "Tr" => {}
                _ => continue,
            }
            self.operations.push(operation);
        }
        for _ in 0..saved {
            self.operations.push(Operation::new("Q", Vec::new()));
        }
        Some(())
    }

    fn form(&mut self, operation: &Operation, resources: &Dictionary, depth: u32) -> Option<()> {
        let name = operation.operands.first()?.as_name().ok()?;
        let objects = dictionary(self.document, resources, b"XObject")?;
        let form = form(self.document, objects.get(name).ok()?)?;
        if depth >= MOST_DEPTH || self.forms >= MOST_FORMS {
            return None;
        }
        self.forms += 1;
        let content = form
            .decompressed_content()
            .unwrap_or_else(|_| form.content.clone());
        let own = dictionary(self.document, &form.dict, b"Resources").unwrap_or(resources);
        self.operations.push(Operation::new("q", Vec::new()));
        if let Some(matrix) = matrix(self.document, &form.dict) {
            self.operations.push(Operation::new("cm", matrix));
        }
        let drawn = self.draw(&content, own, depth + 1);
        self.operations.push(Operation::new("Q", Vec::new()));
        drawn
    }

    /// Puts the font that is chosen among the fonts, under a name that means it alone.
    fn name_font(&mut self, operation: &mut Operation, resources: &Dictionary) {
        let font = operation.operands.first().and_then(|name| {
            let fonts = dictionary(self.document, resources, b"Font")?;
            fonts.get(name.as_name().ok()?).ok()
        });
        let Some(font) = font else { return };
        let name = match font {
            Object::Reference((number, generation)) => format!("R{number}g{generation}"),
            _ => format!("D{}", self.fonts.len()),
        };
        self.fonts.set(name.as_bytes(), font.clone());
        operation.operands[0] = Object::Name(name.into_bytes());
    }
}

fn dictionary<'a>(
    document: &'a Document,
    of: &'a Dictionary,
    key: &[u8],
) -> Option<&'a Dictionary> {
    of.get_deref(key, document).ok()?.as_dict().ok()
}

fn form<'a>(document: &'a Document, object: &'a Object) -> Option<&'a Stream> {
    let (_, object) = document.dereference(object).ok()?;
    let stream = object.as_stream().ok()?;
    (stream.dict.get(b"Subtype").ok()?.as_name().ok()? == b"Form").then_some(stream)
}

/// The six numbers of a form's matrix.
fn matrix(document: &Document, form: &Dictionary) -> Option<Vec<Object>> {
    let matrix = form.get_deref(b"Matrix", document).ok()?.as_array().ok()?;
    let numbers: Vec<Object> = matrix
        .iter()
        .map_while(|number| {
            let (_, number) = document.dereference(number).ok()?;
            number.as_float().ok().filter(|n| n.is_finite())?;
            Some(number.clone())
        })
        .collect();
    (numbers.len() == 6).then_some(numbers)
}

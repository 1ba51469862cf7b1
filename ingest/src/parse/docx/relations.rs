//! Which part of an office file refers to which (ECMA-376 part 2, 'relationships').

use super::archive::Archive;
use super::xml::{Node, walk};
use crate::failure::ParseFailure;

/// One part's reference to another inside the same file.
pub(crate) struct Relation {
    pub(crate) id: String,
    /// The last segment of the relationship's type, such as `footnotes`.
    pub(crate) kind: String,
    /// The other part's name.
    pub(crate) target: String,
}

/// What the part called `name` refers to; the package itself is called ''. References to what
/// lies outside the file are left out.
pub(crate) fn of(archive: &mut Archive<'_>, name: &str) -> Result<Vec<Relation>, ParseFailure> {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    let mut relations = Vec::new();
    let Some(part) = archive.part(&join(folder, &format!("_rels/{file}.rels")))? else {
        return Ok(relations);
    };
    walk(&part, |node| {
        let Node::Open(element) = node else { return };
        let outside = element
            .attribute("TargetMode")
            .is_some_and(|mode| mode.eq_ignore_ascii_case("external"));
        if element.name != "Relationship" || outside {
            return;
        }
        if let (Some(id), Some(kind), Some(target)) = (
            element.attribute("Id"),
            element.attribute("Type"),
            element.attribute("Target"),
        ) {
            relations.push(Relation {
                id: id.to_owned(),
                kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                target: join(folder, target),
            });
        }
    })?;
    Ok(relations)
}

/// The main part by the package's relationships; `custom` where they don't say.
pub(crate) fn main_part(archive: &mut Archive<'_>, custom: &str) -> Result<String, ParseFailure> {
    let main = of(archive, "")?
        .into_iter()
        .find(|relation| relation.kind == "officeDocument");
    Ok(main.map_or_else(|| custom.to_owned(), |relation| relation.target))
}

/// `target` as seen from `folder`: names inside the archive only, `..` goes no further up than
/// its root.
fn join(folder: &str, target: &str) -> String {
    let start = if target.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in start.split('/').chain(target.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_names_inside_the_archive() {
        assert_eq!(join("ppt", "slides/slide1.xml"), "ppt/slides/slide1.xml");
        assert_eq!(
            join("ppt/slides", "../media/../notes/n.xml"),
            "ppt/notes/n.xml"
        );
        assert_eq!(join("ppt", "/word/document.xml"), "word/document.xml");
        assert_eq!(join("", "../../etc/passwd"), "etc/passwd");
        assert_eq!(join("", "_rels/.rels"), "_rels/.rels");
    }
}

//! The numbers of a chart as rows of a table: a row for each category, a column for each series.

use super::super::docx::archive::Part;
use super::super::docx::xml::{Node, walk};
use super::super::draft::squeeze;
use crate::failure::ParseFailure;
use inhouse_protocol::BlockKind;

/// Categories that are read.
const MOST_POINTS: usize = 1000;

#[derive(Default)]
struct Series {
    name: String,
    categories: Vec<String>,
    values: Vec<String>,
}

/// Where in a chart's XML we are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Title,
    Name,
    Categories,
    Values,
}

/// The title and rows of a chart.
pub(super) fn rows(part: &Part) -> Result<Vec<(BlockKind, String)>, ParseFailure> {
    let mut title = String::new();
    let mut all: Vec<Series> = Vec::new();
    let mut place = None;
    let mut point = 0;
    let mut in_value = false;
    walk(part, |node| match node {
        Node::Open(element) => match element.name.as_str() {
            "title" => place = Some(Place::Title),
            "ser" => all.push(Series::default()),
            "tx" if place.is_none() && !all.is_empty() => place = Some(Place::Name),
            "cat" | "xVal" => place = Some(Place::Categories),
            "val" | "yVal" => place = Some(Place::Values),
            "pt" => {
                let index = element.attribute("idx").and_then(|n| n.parse().ok());
                point = index.unwrap_or(MOST_POINTS);
            }
            "v" | "t" => in_value = true,
            _ => {}
        },
        Node::Close(name) => match name.as_str() {
            "title" | "cat" | "xVal" | "val" | "yVal" => place = None,
            "tx" if place == Some(Place::Name) => place = None,
            "v" | "t" => in_value = false,
            _ => {}
        },
        Node::Text(words) if in_value => {
            let points = match (place, all.last_mut()) {
                (Some(Place::Title), _) => {
                    title.push_str(&words);
                    return;
                }
                (Some(Place::Name), Some(series)) => {
                    series.name.push_str(&words);
                    return;
                }
                (Some(Place::Categories), Some(series)) => &mut series.categories,
                (Some(Place::Values), Some(series)) => &mut series.values,
                _ => return,
            };
            if point < MOST_POINTS {
                if points.len() <= point {
                    points.resize(point + 1, String::new());
                }
                points[point].push_str(&words);
            }
        }
        Node::Text(_) => {}
    })?;
    Ok(table(&title, &all))
}

fn table(title: &str, all: &[Series]) -> Vec<(BlockKind, String)> {
    let mut blocks = Vec::new();
    let title = squeeze(title);
    if !title.is_empty() {
        blocks.push((BlockKind::Paragraph, title));
    }
    let cell = |points: &[String], at: usize| squeeze(points.get(at).map_or("", String::as_str));
    let points = all.iter().map(|s| s.values.len()).max().unwrap_or(0);
    if points > 0 {
        let names = all.iter().map(|series| squeeze(&series.name));
        let head: Vec<String> = std::iter::once(String::new()).chain(names).collect();
        blocks.push((BlockKind::TableRow, head.join(" | ")));
    }
    let categories = all.iter().find(|series| !series.categories.is_empty());
    for at in 0..points {
        let first = categories.map_or(String::new(), |series| cell(&series.categories, at));
        let values = all.iter().map(|series| cell(&series.values, at));
        let row: Vec<String> = std::iter::once(first).chain(values).collect();
        blocks.push((BlockKind::TableRow, row.join(" | ")));
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_is_a_table_of_its_numbers() {
        let series = |name: &str, values: [&str; 2]| {
            format!(
                "<c:ser><c:tx><c:strRef><c:strCache><c:pt idx=\"0\"><c:v>{name}</c:v></c:pt>\
                 </c:strCache></c:strRef></c:tx><c:cat><c:pt idx=\"0\"><c:v>2024</c:v></c:pt>\
                 <c:pt idx=\"1\"><c:v>2025</c:v></c:pt></c:cat><c:val><c:pt idx=\"0\"><c:v>{}\
                 </c:v></c:pt><c:pt idx=\"1\"><c:v>{}</c:v></c:pt></c:val></c:ser>",
                values[0], values[1]
            )
        };
        let xml = format!(
            "<c:chart xmlns:c=\"c\"><c:title><c:tx><a:t>Cars lent</a:t></c:tx></c:title>{}{}\
             </c:chart>",
            series("Small", ["3", "4"]),
            series("Large", ["1", ""])
        );
        let rows = rows(&Part::from(xml.as_str())).unwrap();
        let texts: Vec<&str> = rows.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "Cars lent",
                " | Small | Large",
                "2024 | 3 | 1",
                "2025 | 4 | "
            ]
        );
    }
}

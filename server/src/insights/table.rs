//! The figures as a table for a spreadsheet.

use inhouse_protocol::{InsightRow, Insights, MissingTopic};
use inhouse_record::export::cell;

/// One CSV table, RFC 4180: section, name, figure, value, value of the period before. No cell is
/// taken for a formula.
pub(crate) fn csv(insights: &Insights) -> Result<String, csv::Error> {
    let mut table = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    table.write_record(["section", "name", "figure", "value", "before"])?;
    for figure in &insights.figures {
        let number = |value: Option<f64>| value.map_or_else(String::new, |v| format!("{v:.4}"));
        let (value, before) = (number(figure.value), number(figure.before));
        table.write_record(["all", "", figure.metric.as_str(), &value, &before])?;
    }
    for (section, rows) in [
        ("department", &insights.departments),
        ("topic", &insights.topics),
    ] {
        for row in rows {
            write_row(&mut table, section, &row.label, row)?;
        }
    }
    for week in &insights.weeks {
        write_row(&mut table, "week", &week.monday.to_string(), &week.row)?;
    }
    for topic in &insights.missing {
        write_missing(&mut table, topic)?;
    }
    let bytes = table
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn write_row(
    table: &mut csv::Writer<Vec<u8>>,
    section: &str,
    name: &str,
    row: &InsightRow,
) -> Result<(), csv::Error> {
    for (figure, value) in [
        ("questions", row.questions),
        ("answered", row.answered),
        ("escalated", row.escalated),
        ("declined", row.declined),
    ] {
        table.write_record([section, &cell(name), figure, &value.to_string(), ""])?;
    }
    Ok(())
}

fn write_missing(table: &mut csv::Writer<Vec<u8>>, topic: &MissingTopic) -> Result<(), csv::Error> {
    let name = topic.label.as_deref().unwrap_or("fewer than three people");
    let (now, before) = (topic.questions.to_string(), topic.before.to_string());
    table.write_record(["missing", &cell(name), "questions", &now, &before])
}

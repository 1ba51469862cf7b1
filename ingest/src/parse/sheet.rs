//! Workbooks: each sheet a heading, each of its rows a row of a table, values as they are shown
//! where the format says how. Formulas count by their last result; macros are not looked at.

use super::csv::push_row;
use super::docx::archive::Archive;
use super::docx::{MACROS_IGNORED, is_telling};
use super::draft::squeeze;
use super::{Draft, Parsed, odt};
use crate::failure::ParseFailure;
use calamine::{
    Data, ExcelDateTime, Range, Reader, SheetType, SheetVisible, Xls, XlsError, Xlsb, XlsbError,
    Xlsx, XlsxError,
};
use inhouse_protocol::{BlockKind, FailureCause};
use std::fmt::Display;
use std::io::Cursor;

/// Cells with something in them that are read from one workbook.
pub(super) const MOST_CELLS: usize = 200_000;

pub(super) const WHAT: &str = "workbook";

pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, ParseFailure> {
    if !bytes.starts_with(b"PK") {
        return xls(bytes);
    }
    let archive = Archive::open(bytes, WHAT)?;
    if archive.holds("content.xml") {
        return odt::parse_archive(archive);
    }
    let mut book = Book {
        macros: archive.holds_any(|name| name.ends_with("vbaProject.bin")),
        ..Book::default()
    };
    if archive.holds("xl/workbook.bin") {
        xlsb(bytes, &mut book)?;
    } else {
        xlsx(bytes, &mut book)?;
    }
    book.finish()
}

/// A workbook with more cells than are read.
pub(super) fn too_many_cells() -> ParseFailure {
    ParseFailure {
        cause: FailureCause::TooMuchText,
        reason: format!(
            "This workbook has more than {MOST_CELLS} cells, the most that are read from one \
             file. Split it and upload the parts."
        ),
        detail: "cells".to_owned(),
    }
}

/// What is said of a workbook whose hidden sheets were read.
pub(super) fn hidden_sheets(names: &[String]) -> String {
    let mut warning = format!("Its hidden sheets were read too: {}.", names.join(", "));
    if warning.chars().count() > 300 {
        warning = format!("Its {} hidden sheets were read too.", names.len());
    }
    warning
}

fn broken(error: &impl Display) -> ParseFailure {
    ParseFailure::broken(WHAT, error.to_string())
}

fn locked() -> ParseFailure {
    ParseFailure::encrypted(WHAT, "workbook with a password")
}

fn xlsx(bytes: &[u8], book: &mut Book) -> Result<(), ParseFailure> {
    let failed = |e: XlsxError| match e {
        XlsxError::Password => locked(),
        e => broken(&e),
    };
    let mut file = Xlsx::new(Cursor::new(bytes)).map_err(failed)?;
    book.title = file.workbook_properties().ok().and_then(|p| p.title);
    for sheet in file.sheets_metadata().to_vec() {
        if !book.reads(sheet.typ) {
            continue;
        }
        let mut grid = Grid::new(book.cells);
        let mut cells = file.worksheet_cells_reader(&sheet.name).map_err(failed)?;
        while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(failed)? {
            let format = cells
                .styles()
                .get(style)
                .and_then(|style| style.number_format.as_ref());
            let percent = format.is_some_and(|format| format.format_code.contains('%'));
            let value = Data::from(cell.get_value().clone());
            grid.add(cell.get_position(), shown(&value, percent))?;
        }
        book.push(&sheet.name, sheet.visible, grid);
    }
    Ok(())
}

fn xlsb(bytes: &[u8], book: &mut Book) -> Result<(), ParseFailure> {
    let failed = |e: XlsbError| match e {
        XlsbError::Password => locked(),
        e => broken(&e),
    };
    let mut file = Xlsb::new(Cursor::new(bytes)).map_err(failed)?;
    book.title = file.workbook_properties().ok().and_then(|p| p.title);
    for sheet in file.sheets_metadata().to_vec() {
        if !book.reads(sheet.typ) {
            continue;
        }
        let mut grid = Grid::new(book.cells);
        let mut cells = file.worksheet_cells_reader(&sheet.name).map_err(failed)?;
        while let Some(cell) = cells.next_cell().map_err(failed)? {
            let value = Data::from(cell.get_value().clone());
            grid.add(cell.get_position(), shown(&value, false))?;
        }
        book.push(&sheet.name, sheet.visible, grid);
    }
    Ok(())
}

fn xls(bytes: &[u8]) -> Result<Parsed, ParseFailure> {
    let failed = |e: XlsError| match e {
        XlsError::Password => locked(),
        e => broken(&e),
    };
    let mut book = Book::default();
    let mut file = Xls::new(Cursor::new(bytes)).map_err(failed)?;
    book.title = file.workbook_properties().ok().and_then(|p| p.title);
    book.macros = matches!(file.vba_project(), Ok(Some(_)));
    for sheet in file.sheets_metadata().to_vec() {
        if !book.reads(sheet.typ) {
            continue;
        }
        let range: Range<Data> = file.worksheet_range(&sheet.name).map_err(failed)?;
        let mut grid = Grid::new(book.cells);
        for (row, column, value) in range.used_cells() {
            let place = (
                u32::try_from(row).unwrap_or(u32::MAX),
                u32::try_from(column).unwrap_or(u32::MAX),
            );
            grid.add(place, shown(value, false))?;
        }
        book.push(&sheet.name, sheet.visible, grid);
    }
    book.finish()
}

/// The text of a workbook under construction.
#[derive(Default)]
struct Book {
    draft: Draft,
    title: Option<String>,
    /// Cells read so far.
    cells: usize,
    hidden: Vec<String>,
    macros: bool,
}

impl Book {
    /// Whether sheets of this type hold cells to read.
    fn reads(&mut self, kind: SheetType) -> bool {
        match kind {
            SheetType::WorkSheet => true,
            SheetType::MacroSheet | SheetType::Vba => {
                self.macros = true;
                false
            }
            SheetType::DialogSheet | SheetType::ChartSheet => false,
        }
    }

    fn push(&mut self, name: &str, visible: SheetVisible, grid: Grid) {
        self.cells = grid.cells();
        let rows = grid.rows();
        if rows.is_empty() {
            return;
        }
        if visible != SheetVisible::Visible {
            self.hidden.push(squeeze(name));
        }
        let heading = BlockKind::Heading { level: 2 };
        self.draft.push(heading, &squeeze(name), None);
        for row in rows {
            push_row(&mut self.draft, &row);
        }
    }

    fn finish(self) -> Result<Parsed, ParseFailure> {
        let (text, blocks) = self.draft.finish();
        let title = self.title.filter(|title| is_telling(title));
        let mut parsed = Parsed::new("sheet", title, text, blocks)?;
        if !self.hidden.is_empty() {
            parsed.warnings.push(hidden_sheets(&self.hidden));
        }
        if self.macros {
            parsed.warnings.push(MACROS_IGNORED.to_owned());
        }
        Ok(parsed)
    }
}

/// The cells of a sheet that have something in them.
pub(super) struct Grid {
    /// Rows and columns, from 0, and what is shown.
    filled: Vec<(u32, u32, String)>,
    /// Cells of the workbook so far.
    cells: usize,
}

impl Grid {
    /// The grid of a workbook's next sheet, `cells` read before it.
    pub(super) fn new(cells: usize) -> Self {
        Self {
            filled: Vec::new(),
            cells,
        }
    }

    /// Cells of the workbook, with those of this sheet.
    pub(super) fn cells(&self) -> usize {
        self.cells
    }

    pub(super) fn add(
        &mut self,
        (row, column): (u32, u32),
        shown: String,
    ) -> Result<(), ParseFailure> {
        if shown.is_empty() {
            return Ok(());
        }
        self.cells += 1;
        if self.cells > MOST_CELLS {
            return Err(too_many_cells());
        }
        self.filled.push((row, column, shown));
        Ok(())
    }

    /// The rows that have something in them, without columns that are empty in all of them.
    pub(super) fn rows(mut self) -> Vec<Vec<String>> {
        self.filled.sort_by_key(|(row, column, _)| (*row, *column));
        let mut columns: Vec<u32> = self.filled.iter().map(|(_, c, _)| *c).collect();
        columns.sort_unstable();
        columns.dedup();
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut last = None;
        for (row, column, shown) in self.filled {
            if last != Some(row) {
                last = Some(row);
                rows.push(Vec::new());
            }
            let at = columns.partition_point(|c| *c < column);
            if let Some(cells) = rows.last_mut() {
                cells.resize(at.max(cells.len()), String::new());
                cells.push(shown);
            }
        }
        rows
    }
}

/// A value as text; empty where there is none.
fn shown(value: &Data, percent: bool) -> String {
    match value {
        Data::Empty => String::new(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) if percent => format!("{}%", decimal(number * 100.0)),
        Data::Float(number) => decimal(*number),
        Data::String(text) => squeeze(text),
        Data::Bool(true) => "TRUE".to_owned(),
        Data::Bool(false) => "FALSE".to_owned(),
        Data::DateTime(moment) => date(moment),
        Data::DateTimeIso(text) => iso_date(text).to_owned(),
        Data::DurationIso(text) => text.clone(),
        Data::Error(error) => error.to_string(),
    }
}

/// A date as ISO 8601 without a midnight.
pub(super) fn iso_date(text: &str) -> &str {
    match text.split_once('T') {
        Some((day, time)) if time.bytes().all(|b| matches!(b, b'0' | b':' | b'.' | b'Z')) => day,
        _ => text,
    }
}

/// A number with the 15 digits that a spreadsheet keeps.
fn decimal(number: f64) -> String {
    let rounded = format!("{number:.14e}").parse().unwrap_or(number);
    if rounded == 0.0 {
        return "0".to_owned();
    }
    rounded.to_string()
}

fn date(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    if moment.is_duration() {
        // Hours go on beyond a day.
        let days = moment.as_f64().trunc() * 24.0;
        return format!("{}:{minute:02}:{second:02}", days + f64::from(hour));
    }
    let time = match (second, milli) {
        (0, 0) => format!("{hour:02}:{minute:02}"),
        _ => format!("{hour:02}:{minute:02}:{second:02}"),
    };
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (hour, minute, second) {
        // A time of no day.
        _ if (0.0..1.0).contains(&moment.as_f64()) => time,
        (0, 0, 0) => date,
        _ => format!("{date} {time}"),
    }
}

#[cfg(test)]
mod tests;

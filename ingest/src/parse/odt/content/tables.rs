//! Tables of texts, and sheets.

use super::super::super::csv::push_row;
use super::super::super::docx::xml::Element;
use super::super::super::draft::squeeze;
use super::super::super::sheet::Grid;
use super::{Content, Sheet};
use inhouse_protocol::BlockKind;

impl Content {
    pub(super) fn end_cell(&mut self, text: &str, repeated: u32) {
        if let Some(sheet) = &mut self.sheet {
            let from = sheet.column;
            sheet.column = sheet.column.saturating_add(repeated);
            if text.is_empty() {
                return;
            }
            for column in from..sheet.column {
                if sheet
                    .grid
                    .add((sheet.row, column), text.to_owned())
                    .is_err()
                {
                    self.seen.too_many_cells = true;
                    return;
                }
            }
        } else if let Some(row) = self.rows.last_mut() {
            // No table of a text is wider.
            for _ in 0..repeated.min(64) {
                row.push(text.to_owned());
            }
        }
    }

    pub(super) fn end_row(&mut self) {
        let cells = self.rows.pop().unwrap_or_default();
        if let Some(sheet) = &mut self.sheet {
            // A row that is repeated is read once.
            sheet.row = sheet.row.saturating_add(sheet.repeated);
            return;
        }
        let row = cells.join(" | ");
        if cells.iter().all(String::is_empty) {
            return;
        }
        match self.asides.last_mut() {
            // A table inside a cell becomes text of that cell.
            Some(cell) => {
                cell.text.push_str(&row);
                cell.text.push(' ');
                return;
            }
            None if cells.len() == 1 => self.emit(BlockKind::Paragraph, row),
            None => self.emit(BlockKind::TableRow, row),
        }
        self.emit_waiting();
    }

    pub(super) fn begin_table(&mut self, element: &Element) {
        self.tables += 1;
        if self.is_workbook && self.tables == 1 {
            let style = element.attribute("style-name");
            self.sheet = Some(Sheet {
                name: squeeze(element.attribute("name").unwrap_or_default()),
                hidden: self.styles.hides_table(style),
                grid: Grid::new(self.cells),
                row: 0,
                column: 0,
                repeated: 1,
            });
        }
    }

    pub(super) fn end_table(&mut self) {
        self.tables = self.tables.saturating_sub(1);
        if self.tables > 0 {
            return;
        }
        if let Some(sheet) = self.sheet.take() {
            self.cells = sheet.grid.cells();
            let rows = sheet.grid.rows();
            if !rows.is_empty() {
                let heading = BlockKind::Heading { level: 2 };
                self.draft.push(heading, &sheet.name, None);
                if sheet.hidden {
                    self.seen.hidden_sheets.push(sheet.name);
                }
            }
            for row in rows {
                push_row(&mut self.draft, &row);
            }
        }
        if self.asides.is_empty() {
            self.emit_waiting();
        }
    }
}

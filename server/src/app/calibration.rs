//! The calibration in use: what an instance fitted and adopted, else the one that ships.

use super::{App, Search};
use inhouse_guardrails::answerability::Calibration;
use inhouse_protocol::CalibrationId;
use inhouse_store::{CalibrationRow, StoreError};
use std::sync::Arc;

/// A calibration, and which one it is.
#[derive(Clone)]
pub struct CalibrationInUse {
    /// None for the one that ships.
    pub id: Option<CalibrationId>,
    /// Its coefficients and curves.
    pub calibration: Arc<Calibration>,
}

impl CalibrationInUse {
    /// Its id, or 'shipped'.
    pub fn name(&self) -> &str {
        self.id.as_ref().map_or("shipped", CalibrationId::as_str)
    }
}

/// What an instance knows of calibrations.
pub(super) struct Calibrations {
    shipped: Arc<Calibration>,
    /// As the database names it, readable or not.
    adopted: Option<(CalibrationId, Option<Arc<Calibration>>)>,
}

impl Calibrations {
    pub(super) fn new() -> Self {
        Self {
            shipped: Arc::new(Calibration::shipped()),
            adopted: None,
        }
    }
}

impl App {
    /// The calibration that answers: the adopted one where it weighs the scores of the models that
    /// search now, else the one that ships.
    pub fn calibration_in_use(&self) -> CalibrationInUse {
        let known = self.calibrations.borrow();
        let search = self.search();
        if let Some((id, Some(calibration))) = &known.adopted
            && fits(calibration, &search)
        {
            return CalibrationInUse {
                id: Some(id.clone()),
                calibration: Arc::clone(calibration),
            };
        }
        CalibrationInUse {
            id: None,
            calibration: Arc::clone(&known.shipped),
        }
    }

    /// The coefficients of [`Self::calibration_in_use`].
    pub fn calibration(&self) -> Arc<Calibration> {
        self.calibration_in_use().calibration
    }

    /// Whether a calibration weighs the scores of the models that search now.
    pub fn calibration_fits(&self, calibration: &Calibration) -> bool {
        fits(calibration, &self.search())
    }

    /// Takes over which calibration the database says is in use: another process may have adopted
    /// one.
    pub async fn follow_calibration(&self) -> Result<(), StoreError> {
        let row = self.store.calibration_in_use().await?;
        let known = self
            .calibrations
            .borrow()
            .adopted
            .as_ref()
            .map(|(id, _)| id.clone());
        if known.as_ref() == row.as_ref().map(|row| &row.id) {
            return Ok(());
        }
        let adopted = row.map(|row| (row.id.clone(), read(&row)));
        self.calibrations
            .send_modify(|calibrations| calibrations.adopted = adopted);
        Ok(())
    }
}

fn fits(calibration: &Calibration, search: &Search) -> bool {
    calibration.embedding == search.model() && calibration.reranker.as_deref() == search.reranker()
}

/// The row's content; none, said in the log, where this version can't read it.
fn read(row: &CalibrationRow) -> Option<Arc<Calibration>> {
    match serde_json::from_value(row.content.clone()) {
        Ok(calibration) => Some(Arc::new(calibration)),
        Err(error) => {
            let id = &row.id;
            tracing::error!(%id, %error, "a calibration can't be read; the one that ships answers");
            None
        }
    }
}

//! ONNX Runtime: one library and one environment a process, loaded from a path.

use crate::error::{Result, RetrievalError};
use ort::environment::Environment;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The process's environment, made from the library at `library` the first time; later calls
/// get the same one, whatever path they name, since a process holds one ONNX Runtime.
pub(crate) fn environment(library: &Path) -> Result<Environment> {
    static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);

    let mut environment = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = environment.as_ref() {
        return Ok(environment.clone());
    }
    if !library.is_file() {
        return Err(RetrievalError::ModelMissing {
            what: "the library of ONNX Runtime",
            path: library.to_path_buf(),
        });
    }
    let made = ort::init_from(library)
        .map_err(|error| RetrievalError::Load(error.to_string()))?
        .with_name("inhouse")
        .with_telemetry(false)
        .build()
        .map_err(|error| RetrievalError::Load(error.to_string()))?;
    *environment = Some(made.clone());
    Ok(made)
}

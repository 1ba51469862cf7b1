//! What can go wrong in the store.

/// An error of the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// It doesn't exist, or the caller may not know that it does.
    #[error("not found")]
    NotFound,
    /// A name is taken, or it was changed meanwhile. `what` is a sentence for people.
    #[error("{what}")]
    Conflict { what: String },
    /// A value that can't be stored, in a sentence for people.
    #[error("{0}")]
    Invalid(String),
    /// The database refused or didn't answer.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the database's schema could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Personal data could not be sealed or opened, for instance because a master key is missing.
    #[error("personal data could not be sealed or opened: {0}")]
    Seal(#[from] inhouse_record::SealError),
    /// The database holds something that this program didn't write.
    #[error("the database holds what it should not: {0}")]
    Corrupt(String),
}

/// A result of the store.
pub type Result<T> = std::result::Result<T, StoreError>;

impl StoreError {
    pub(crate) fn conflict(what: impl Into<String>) -> Self {
        Self::Conflict { what: what.into() }
    }

    /// A broken unique index as a conflict that says `what`; everything else as it is.
    pub(crate) fn unique(error: sqlx::Error, what: &str) -> Self {
        let unique = error
            .as_database_error()
            .is_some_and(sqlx::error::DatabaseError::is_unique_violation);
        if unique {
            Self::conflict(what)
        } else {
            Self::Database(error)
        }
    }
}

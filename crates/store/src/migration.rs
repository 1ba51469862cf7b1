//! Bringing the schema up to date, and telling whether it is.

use crate::{Result, Store};
use sqlx::SqlSafeStr;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

/// One set for both databases. Migrations only ever add; a released one never changes.
const MIGRATIONS: [(i64, &str, &str); 10] = [
    (
        1,
        "record",
        include_str!("../../../migrations/0001_record.sql"),
    ),
    (
        2,
        "people",
        include_str!("../../../migrations/0002_people.sql"),
    ),
    (
        3,
        "documents",
        include_str!("../../../migrations/0003_documents.sql"),
    ),
    (
        4,
        "asking",
        include_str!("../../../migrations/0004_asking.sql"),
    ),
    (
        5,
        "rights",
        include_str!("../../../migrations/0005_rights.sql"),
    ),
    (
        6,
        "identity",
        include_str!("../../../migrations/0006_identity.sql"),
    ),
    (
        7,
        "privacy",
        include_str!("../../../migrations/0007_privacy.sql"),
    ),
    (
        8,
        "versions",
        include_str!("../../../migrations/0008_versions.sql"),
    ),
    (
        9,
        "evaluation",
        include_str!("../../../migrations/0009_evaluation.sql"),
    ),
    (
        10,
        "desk",
        include_str!("../../../migrations/0010_desk.sql"),
    ),
];

fn migrator() -> Migrator {
    let migrations = MIGRATIONS.into_iter().map(|(version, name, sql)| {
        Migration::new(
            version,
            name.into(),
            MigrationType::Simple,
            sql.into_sql_str(),
            false,
        )
    });
    Migrator::with_migrations(migrations.collect())
}

impl Store {
    /// Applies what is missing; returns how many migrations that were. Several processes may
    /// start at once: one does it, the others wait.
    pub async fn migrate(&self) -> Result<u64> {
        let pending = self.pending_migrations().await?;
        if pending == 0 {
            return Ok(0);
        }
        if self.is_sqlite() {
            // SQLite has no lock for migrations; the write lock is one.
            let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
            migrator().run_direct(None, &mut *tx, false).await?;
            tx.commit().await?;
        } else {
            migrator().run(&self.pool).await?;
        }
        tracing::info!(applied = pending, "the database's schema is up to date");
        Ok(pending)
    }

    /// How many migrations are missing. An error when the database was made by a newer program.
    pub async fn pending_migrations(&self) -> Result<u64> {
        let exists: i64 = if self.is_sqlite() {
            sqlx::query_scalar(
                "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'",
            )
            .fetch_one(&self.pool)
            .await?
        } else {
            sqlx::query_scalar(
                "SELECT COUNT(*) FROM information_schema.tables
                 WHERE table_schema = current_schema() AND table_name = '_sqlx_migrations'",
            )
            .fetch_one(&self.pool)
            .await?
        };
        let applied: Vec<i64> = if exists == 0 {
            Vec::new()
        } else {
            sqlx::query_scalar("SELECT version FROM _sqlx_migrations ORDER BY version")
                .fetch_all(&self.pool)
                .await?
        };
        let known = |version: &i64| MIGRATIONS.iter().any(|(known, ..)| known == version);
        if let Some(newer) = applied.iter().find(|version| !known(version)) {
            return Err(MigrateError::VersionMissing(*newer).into());
        }
        let missing = MIGRATIONS
            .iter()
            .filter(|(version, ..)| !applied.contains(version));
        Ok(u64::try_from(missing.count()).unwrap_or(u64::MAX))
    }
}

//! The migrations, one file per group of tables, up and down, for SQLite and PostgreSQL alike.
//!
//! They are written in SQL, in PostgreSQL's words; [`dialect`] says what SQLite calls the few types that differ. A
//! migration that has been released is never edited: expand first, contract in a later release.

use sea_orm_migration::prelude::*;

mod dialect;
mod m0001_organisation;
mod m0002_people;
mod m0003_identity;
mod m0004_programme;
mod m0005_roster;
mod m0006_platform;
mod m0007_row_level_security;
mod m0008_cohorts;
mod m0009_meetings;
mod m0010_circle;
mod m0011_changes;
mod m0012_calendar;
mod m0013_succession;
mod m0014_narrow_places;
mod m0015_audiences;
mod m0016_partnerships;
mod m0017_announcements;
mod m0018_surveys;
mod m0019_threads;
mod m0020_contact;
mod m0021_booking;
mod m0022_events;
mod m0023_absence_consents;
mod m0024_family_changes;
mod m0025_contact_changes;
mod m0026_notifications;
mod m0027_metrics;
mod m0028_webhooks;
mod m0029_exports;
mod m0030_usage;
mod m0031_access_log;
mod watch;

pub use sea_orm_migration::{MigrationStatus, MigratorTrait};

pub use m0007_row_level_security::{APPLICATION_ROLE, TENANT_TABLES};

/// All migrations, oldest first. Who migrates has to be alone with the database.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let migrations: Vec<Box<dyn MigrationTrait>> = vec![
            Box::new(m0001_organisation::Migration),
            Box::new(m0002_people::Migration),
            Box::new(m0003_identity::Migration),
            Box::new(m0004_programme::Migration),
            Box::new(m0005_roster::Migration),
            Box::new(m0006_platform::Migration),
            Box::new(m0007_row_level_security::Migration),
            Box::new(m0008_cohorts::Migration),
            Box::new(m0009_meetings::Migration),
            Box::new(m0010_circle::Migration),
            Box::new(m0011_changes::Migration),
            Box::new(m0012_calendar::Migration),
            Box::new(m0013_succession::Migration),
            Box::new(m0014_narrow_places::Migration),
            Box::new(m0015_audiences::Migration),
            Box::new(m0016_partnerships::Migration),
            Box::new(m0017_announcements::Migration),
            Box::new(m0018_surveys::Migration),
            Box::new(m0019_threads::Migration),
            Box::new(m0020_contact::Migration),
            Box::new(m0021_booking::Migration),
            Box::new(m0022_events::Migration),
            Box::new(m0023_absence_consents::Migration),
            Box::new(m0024_family_changes::Migration),
            Box::new(m0025_contact_changes::Migration),
            Box::new(m0026_notifications::Migration),
            Box::new(m0027_metrics::Migration),
            Box::new(m0028_webhooks::Migration),
            Box::new(m0029_exports::Migration),
            Box::new(m0030_usage::Migration),
            Box::new(m0031_access_log::Migration),
        ];
        migrations.into_iter().map(|migration| Box::new(Whole(migration)) as Box<dyn MigrationTrait>).collect()
    }
}

/// A migration that is done wholly or not at all, on SQLite too: half of one would be a database that no version opens. So
/// none has what does not go in a transaction, as `VACUUM`, `PRAGMA foreign_keys` or `CREATE INDEX CONCURRENTLY`.
struct Whole(Box<dyn MigrationTrait>);

impl MigrationName for Whole {
    fn name(&self) -> &str {
        self.0.name()
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Whole {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        self.0.up(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        self.0.down(manager).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

//! What is addressed to many, and to whom.

use sea_orm_migration::prelude::*;

use crate::m0007_row_level_security::{raise, tear_down};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 2] = ["audience_target", "recipient"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        raise(manager, UP, &TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tear_down(manager, &TABLES).await
    }
}

/// `recipient` is written by the hundred thousand at once: no foreign keys, and two indexes.
const UP: &str = "
CREATE TABLE audience_target (
    item_id uuid NOT NULL,
    target_id uuid NOT NULL,
    board_id uuid NOT NULL REFERENCES board (id),
    kind text NOT NULL CHECK (kind IN ('BOARD', 'CLUSTER', 'SCHOOL', 'CLASS_GROUP', 'STUDENT')),
    school_id uuid,
    excluded boolean NOT NULL,
    PRIMARY KEY (item_id, target_id),
    FOREIGN KEY (school_id, board_id) REFERENCES school (id, board_id)
);

CREATE INDEX audience_target_by_place ON audience_target (target_id, item_id);

CREATE INDEX audience_target_by_school ON audience_target (school_id, item_id);

CREATE TABLE recipient (
    item_id uuid NOT NULL,
    person_id uuid NOT NULL,
    student_id uuid NOT NULL,
    board_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('ANNOUNCEMENT', 'EVENT', 'SURVEY', 'BOOKING_ROUND', 'THREAD')),
    least text NOT NULL CHECK (least IN ('FULL', 'ON_REQUEST', 'EMERGENCY_ONLY')),
    at timestamptz NOT NULL,
    delivered_at timestamptz,
    read_at timestamptz,
    acknowledged_at timestamptz,
    PRIMARY KEY (item_id, person_id, student_id)
);

CREATE INDEX recipient_by_time ON recipient (person_id, at, item_id, student_id);

";

//! Booking rounds: times that teachers give, and the conversations that guardians book in them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::m0007_row_level_security::{raise, tear_down};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 4] = ["booking_round", "booking_round_group", "slot", "slot_booking"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        raise(manager, UP, &TABLES).await?;
        let db = manager.get_connection();
        if manager.get_database_backend() == DbBackend::Postgres {
            db.execute_unprepared(RELEASE_POSTGRES).await?;
        } else {
            db.execute_unprepared(RELEASE_SQLITE).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        if manager.get_database_backend() == DbBackend::Postgres {
            db.execute_unprepared("DROP FUNCTION glans_slot_release() CASCADE").await?;
        } else {
            db.execute_unprepared("DROP TRIGGER glans_slot_release").await?;
        }
        tear_down(manager, &TABLES).await
    }
}

/// Whoever cancels a conversation gives its slot back, so that no door can forget it.
const RELEASE_SQLITE: &str = "
    CREATE TRIGGER glans_slot_release AFTER UPDATE OF status ON conversation FOR EACH ROW WHEN NEW.status = 'CANCELLED'
    BEGIN DELETE FROM slot_booking WHERE conversation_id = NEW.id; END";
const RELEASE_POSTGRES: &str = "
    CREATE FUNCTION glans_slot_release() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN DELETE FROM slot_booking WHERE conversation_id = NEW.id; RETURN NULL; END $$;
    CREATE TRIGGER glans_slot_release AFTER UPDATE OF status ON conversation FOR EACH ROW
    WHEN (NEW.status = 'CANCELLED') EXECUTE FUNCTION glans_slot_release()";

/// `party_id` is the guardian where the family talks apart, and zero where it comes together: one booking per child,
/// teacher and party.
const UP: &str = "
CREATE TABLE booking_round (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    school_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('INTAKE', 'EXPECTATIONS', 'PROGRESS', 'CLOSING')),
    opens_at timestamptz NOT NULL,
    siblings_early_hours integer NOT NULL CHECK (siblings_early_hours BETWEEN 0 AND 168),
    closes_at timestamptz NOT NULL,
    slot_minutes integer NOT NULL CHECK (slot_minutes BETWEEN 5 AND 120),
    mode text NOT NULL CHECK (mode IN ('AT_SCHOOL', 'PHONE', 'VIDEO', 'HOME_VISIT')),
    location text,
    status text NOT NULL CHECK (status IN ('OPEN', 'CANCELLED')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK (opens_at < closes_at),
    UNIQUE (id, board_id),
    FOREIGN KEY (school_id, board_id) REFERENCES school (id, board_id)
);

CREATE INDEX booking_round_by_school ON booking_round (school_id, opens_at, id);

CREATE TABLE booking_round_group (
    round_id uuid NOT NULL,
    class_group_id uuid NOT NULL,
    board_id uuid NOT NULL REFERENCES board (id),
    PRIMARY KEY (round_id, class_group_id),
    FOREIGN KEY (round_id, board_id) REFERENCES booking_round (id, board_id),
    FOREIGN KEY (class_group_id, board_id) REFERENCES class_group (id, board_id)
);

CREATE INDEX booking_round_group_by_group ON booking_round_group (class_group_id, round_id);

CREATE TABLE slot (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    round_id uuid NOT NULL,
    teacher_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    CHECK (starts_at < ends_at),
    UNIQUE (id, board_id),
    UNIQUE (teacher_id, starts_at),
    FOREIGN KEY (round_id, board_id) REFERENCES booking_round (id, board_id),
    FOREIGN KEY (teacher_id, board_id) REFERENCES person (id, board_id)
);

CREATE INDEX slot_by_round ON slot (round_id, starts_at, id);

CREATE TABLE slot_booking (
    slot_id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    round_id uuid NOT NULL,
    student_id uuid NOT NULL,
    teacher_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    party_id uuid NOT NULL,
    conversation_id uuid NOT NULL UNIQUE,
    booked_at timestamptz NOT NULL,
    UNIQUE (round_id, student_id, teacher_id, party_id),
    FOREIGN KEY (slot_id, board_id) REFERENCES slot (id, board_id) ON DELETE CASCADE,
    FOREIGN KEY (round_id, board_id) REFERENCES booking_round (id, board_id),
    FOREIGN KEY (student_id, board_id) REFERENCES student (id, board_id),
    FOREIGN KEY (guardian_id, board_id) REFERENCES person (id, board_id),
    FOREIGN KEY (conversation_id, board_id) REFERENCES conversation (id, board_id)
);

CREATE INDEX slot_booking_by_guardian ON slot_booking (guardian_id, student_id);

CREATE INDEX slot_booking_by_student ON slot_booking (student_id, round_id);

";

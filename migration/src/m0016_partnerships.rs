//! Child, guardians and teacher through a school year: partnerships, conversations, agreements and goals.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::dialect::run;
use crate::m0007_row_level_security::{raise, tear_down};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 9] = [
    "partnership",
    "talk_choice",
    "conversation",
    "conversation_attendee",
    "conversation_note",
    "agreement",
    "agreement_confirmation",
    "goal",
    "goal_agreement",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        raise(manager, UP, &TABLES).await?;
        let db = manager.get_connection();
        if manager.get_database_backend() == DbBackend::Postgres {
            db.execute_unprepared(&trigger_postgres()).await?;
        } else {
            for event in ["INSERT", "UPDATE"] {
                db.execute_unprepared(&trigger_sqlite(event)).await?;
            }
        }
        db.execute_unprepared(&made(manager.get_database_backend(), "true")).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        if manager.get_database_backend() == DbBackend::Postgres {
            db.execute_unprepared("DROP FUNCTION glans_partnership() CASCADE").await?;
        } else {
            for event in ["INSERT", "UPDATE"] {
                db.execute_unprepared(&format!("DROP TRIGGER glans_partnership_{}", event.to_lowercase())).await?;
            }
        }
        for table in ["guardianship", "membership", "enrolment"] {
            run(manager, &format!("DROP INDEX {table}_by_change")).await?;
        }
        tear_down(manager, &TABLES).await
    }
}

/// A `UUIDv7` (RFC 9562, 5.7): milliseconds, version, randomness.
const ID_POSTGRES: &str = "encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing \
    substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), \
    'hex')::uuid";
const ID_SQLITE: &str = "unhex(printf('%012x', CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)) || '7' || \
    substr(hex(randomblob(2)), 2) || printf('%x', 8 + (abs(random()) % 4)) || substr(hex(randomblob(2)), 2) || \
    hex(randomblob(6)))";
const NOW_SQLITE: &str = "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')";

/// Makes the partnerships of the enrolments `e` that meet `condition`. A student is new who is in no group of an earlier
/// year, at a school that had groups then: the first year of a school says nothing of who is new.
fn made(backend: DbBackend, condition: &str) -> String {
    let (id, now) = if backend == DbBackend::Postgres { (ID_POSTGRES, "now()") } else { (ID_SQLITE, NOW_SQLITE) };
    format!(
        "INSERT INTO partnership (id, board_id, student_id, school_year_id, needs_intake, created_at, updated_at, version)
         SELECT {id}, p.board_id, p.student_id, p.school_year_id, p.needs_intake, {now}, {now}, 1 FROM (
             SELECT DISTINCT e.board_id, e.student_id, g.school_year_id,
                 NOT EXISTS (SELECT 1 FROM enrolment o JOIN class_group h ON h.id = o.class_group_id
                     JOIN school_year z ON z.id = h.school_year_id
                     WHERE o.student_id = e.student_id AND z.starts_on < y.starts_on)
                 AND EXISTS (SELECT 1 FROM class_group h JOIN school_year z ON z.id = h.school_year_id
                     WHERE h.school_id = g.school_id AND z.starts_on < y.starts_on
                         AND EXISTS (SELECT 1 FROM enrolment o WHERE o.class_group_id = h.id)) AS needs_intake
             FROM enrolment e JOIN class_group g ON g.id = e.class_group_id JOIN school_year y ON y.id = g.school_year_id
             WHERE {condition}) p
         WHERE true
         ON CONFLICT (student_id, school_year_id) DO NOTHING"
    )
}

/// Whoever writes an enrolment makes the partnership of its year, so that no door can forget it.
fn trigger_sqlite(event: &str) -> String {
    let made = made(DbBackend::Sqlite, "e.id = NEW.id");
    format!(
        "CREATE TRIGGER glans_partnership_{} AFTER {event} ON enrolment FOR EACH ROW BEGIN {made}; END",
        event.to_lowercase()
    )
}

/// As on SQLite, once per statement, so that imports stay fast.
fn trigger_postgres() -> String {
    let made = made(DbBackend::Postgres, "e.id IN (SELECT id FROM new_rows)");
    let on = |event: &str| {
        format!(
            "CREATE TRIGGER glans_partnership_{} AFTER {event} ON enrolment REFERENCING NEW TABLE AS new_rows \
             FOR EACH STATEMENT EXECUTE FUNCTION glans_partnership();",
            event.to_lowercase()
        )
    };
    format!(
        "CREATE FUNCTION glans_partnership() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {made}; RETURN NULL; END $$;
         {} {}",
        on("INSERT"),
        on("UPDATE")
    )
}

const UP: &str = "
CREATE TABLE partnership (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    student_id uuid NOT NULL,
    school_year_id uuid NOT NULL,
    needs_intake boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (id, board_id),
    UNIQUE (student_id, school_year_id),
    FOREIGN KEY (student_id, board_id) REFERENCES student (id, board_id) ON DELETE CASCADE,
    FOREIGN KEY (school_year_id, board_id) REFERENCES school_year (id, board_id) ON DELETE CASCADE
);

CREATE INDEX guardianship_by_change ON guardianship (updated_at);

CREATE INDEX membership_by_change ON membership (updated_at);

CREATE INDEX enrolment_by_change ON enrolment (updated_at);

CREATE TABLE talk_choice (
    student_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    board_id uuid NOT NULL REFERENCES board (id),
    apart boolean NOT NULL,
    chosen_by uuid NOT NULL,
    chosen_at timestamptz NOT NULL,
    PRIMARY KEY (student_id, guardian_id),
    FOREIGN KEY (student_id, board_id) REFERENCES student (id, board_id) ON DELETE CASCADE,
    FOREIGN KEY (guardian_id, board_id) REFERENCES person (id, board_id) ON DELETE CASCADE
);

CREATE TABLE conversation (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    partnership_id uuid NOT NULL,
    student_id uuid NOT NULL,
    school_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('INTAKE', 'EXPECTATIONS', 'PROGRESS', 'CLOSING')),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    mode text NOT NULL CHECK (mode IN ('AT_SCHOOL', 'PHONE', 'VIDEO', 'HOME_VISIT')),
    location text,
    status text NOT NULL CHECK (status IN ('PLANNED', 'HELD', 'CANCELLED')),
    cancel_reason text,
    child_present boolean,
    summary text,
    release_at timestamptz,
    released_at timestamptz,
    recorded_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK (starts_at < ends_at),
    CHECK ((status = 'HELD') = (recorded_at IS NOT NULL)),
    CHECK ((recorded_at IS NULL) = (release_at IS NULL)),
    UNIQUE (id, board_id),
    FOREIGN KEY (partnership_id, board_id) REFERENCES partnership (id, board_id),
    FOREIGN KEY (student_id, board_id) REFERENCES student (id, board_id),
    FOREIGN KEY (school_id, board_id) REFERENCES school (id, board_id),
    FOREIGN KEY (staff_id, board_id) REFERENCES person (id, board_id)
);

CREATE INDEX conversation_by_partnership ON conversation (partnership_id, starts_at);

CREATE INDEX conversation_by_student ON conversation (student_id, starts_at);

CREATE INDEX conversation_to_release ON conversation (release_at) WHERE release_at IS NOT NULL AND released_at IS NULL;

CREATE INDEX conversation_to_come ON conversation (ends_at) WHERE status = 'PLANNED';

CREATE INDEX conversation_by_staff ON conversation (staff_id, starts_at);

CREATE TABLE conversation_attendee (
    conversation_id uuid NOT NULL,
    person_id uuid NOT NULL,
    board_id uuid NOT NULL REFERENCES board (id),
    student_id uuid NOT NULL,
    is_staff boolean NOT NULL,
    status text NOT NULL CHECK (status IN ('INVITED', 'ACCEPTED', 'DECLINED', 'PRESENT', 'ABSENT')),
    responded_at timestamptz,
    PRIMARY KEY (conversation_id, person_id),
    FOREIGN KEY (conversation_id, board_id) REFERENCES conversation (id, board_id),
    FOREIGN KEY (person_id, board_id) REFERENCES person (id, board_id)
);

CREATE INDEX conversation_attendee_by_person ON conversation_attendee (person_id, conversation_id);

CREATE TABLE conversation_note (
    conversation_id uuid NOT NULL,
    author_id uuid NOT NULL,
    board_id uuid NOT NULL REFERENCES board (id),
    text text NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (conversation_id, author_id),
    FOREIGN KEY (conversation_id, board_id) REFERENCES conversation (id, board_id),
    FOREIGN KEY (author_id, board_id) REFERENCES person (id, board_id)
);

CREATE TABLE agreement (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    conversation_id uuid NOT NULL,
    student_id uuid NOT NULL,
    position integer NOT NULL,
    text text NOT NULL,
    due_on date,
    kept boolean,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (id, board_id),
    FOREIGN KEY (conversation_id, board_id) REFERENCES conversation (id, board_id)
);

CREATE INDEX agreement_by_conversation ON agreement (conversation_id, position);

CREATE INDEX agreement_by_student ON agreement (student_id);

CREATE TABLE agreement_confirmation (
    agreement_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    board_id uuid NOT NULL REFERENCES board (id),
    student_id uuid NOT NULL,
    confirmed_at timestamptz,
    comment text,
    commented_at timestamptz,
    PRIMARY KEY (agreement_id, guardian_id),
    CHECK (confirmed_at IS NOT NULL OR comment IS NOT NULL),
    FOREIGN KEY (agreement_id, board_id) REFERENCES agreement (id, board_id) ON DELETE CASCADE,
    FOREIGN KEY (guardian_id, board_id) REFERENCES person (id, board_id)
);

CREATE TABLE goal (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    partnership_id uuid NOT NULL,
    student_id uuid NOT NULL,
    author_id uuid NOT NULL,
    text text NOT NULL,
    achieved boolean,
    marked_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK ((achieved IS NULL) = (marked_at IS NULL)),
    UNIQUE (id, board_id),
    FOREIGN KEY (partnership_id, board_id) REFERENCES partnership (id, board_id),
    FOREIGN KEY (author_id, board_id) REFERENCES person (id, board_id)
);

CREATE INDEX goal_by_partnership ON goal (partnership_id, id);

CREATE INDEX goal_by_student ON goal (student_id);

CREATE TABLE goal_agreement (
    goal_id uuid NOT NULL,
    person_id uuid NOT NULL,
    board_id uuid NOT NULL REFERENCES board (id),
    student_id uuid NOT NULL,
    is_staff boolean NOT NULL,
    agreed_at timestamptz NOT NULL,
    PRIMARY KEY (goal_id, person_id),
    FOREIGN KEY (goal_id, board_id) REFERENCES goal (id, board_id),
    FOREIGN KEY (person_id, board_id) REFERENCES person (id, board_id)
);

";

//! The log of changes that phones follow: which node a committed transaction touched, and where that node was in sight.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect::run;
use crate::watch::{On, Touch, Watched, unwatch, watch};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        match backend {
            DbBackend::Postgres => run(manager, UP_POSTGRES).await?,
            _ => run(manager, UP_SQLITE).await?,
        }
        watch(manager, &WATCHED).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        unwatch(manager, &WATCHED).await?;
        run(manager, "DROP TABLE change").await
    }
}

/// Transactions commit in another order than they write. Whoever reads on waits for all that began before (`xid`), and
/// then nothing comes late. The key has its order of reading.
const UP_POSTGRES: &str = "
CREATE TABLE change (
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    seq bigserial,
    kind text NOT NULL,
    node_id uuid NOT NULL,
    board_id uuid,
    school_id uuid,
    scope_id uuid,
    account_id uuid,
    narrow boolean NOT NULL DEFAULT false,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (xid, seq)
);

CREATE INDEX change_by_age ON change USING brin (at);

ALTER TABLE change ENABLE ROW LEVEL SECURITY;

ALTER TABLE change FORCE ROW LEVEL SECURITY;

CREATE POLICY tenant ON change
    USING (board_id IS NULL OR (SELECT glans_is_system()) OR board_id = ANY ((SELECT glans_boards())::uuid[]))
    WITH CHECK (board_id IS NULL OR (SELECT glans_is_system()) OR board_id = ANY ((SELECT glans_boards())::uuid[]));

";

/// There is one writer, so that the order of writing is that of committing.
const UP_SQLITE: &str = "
CREATE TABLE change (
    seq bigserial PRIMARY KEY,
    xid integer NOT NULL DEFAULT 0,
    kind text NOT NULL,
    node_id uuid NOT NULL,
    board_id uuid,
    school_id uuid,
    scope_id uuid,
    account_id uuid,
    narrow boolean NOT NULL DEFAULT false,
    at timestamptz NOT NULL
);

";

const GUARDIANSHIPS: (&str, &str) = ("guardianship g", "g.student_id = {r}.student_id");
const GUARDIANSHIPS_OF_STUDENT: (&str, &str) = ("guardianship g", "g.student_id = {r}.id");
const STUDENT: (&str, &str) = ("student s", "s.id = {r}.student_id");
const ENROLMENTS: (&str, &str) = ("enrolment e", "e.student_id = {r}.student_id");

const MEETING: (&str, &str) = ("meeting m", "m.id = {r}.meeting_id");
const TEAM_SESSION: (&str, &str) = ("team_session t", "t.id = {r}.team_session_id");
const SHARING_SCHOOL: (&str, &str) = ("school s", "s.id = {r}.school_id AND {r}.visibility = 'BOARD'");
const FOLLOWERS: (&str, &str) = ("cohort_school f", "f.cohort_id = {r}.id");
/// Where others than the staff of the school see who holds the role: the families of a group, a cohort, the schools beside
/// the one that is led.
const SCOPE_OF_ROLE: &str =
    "CASE WHEN {r}.role IN ('TRAINER', 'SCHOOL_LEADER') OR {r}.scope_kind = 'CLASS_GROUP' THEN {r}.scope_id END";
const COHORT_THAT_SEES: &str = "CASE WHEN {r}.visibility <> 'SCHOOL' THEN {r}.cohort_id END";
const COMMENTS: (&str, &str) = ("comment c", "c.experience_id = {r}.id");

/// Which nodes each table touches: its own, and those that are in sight because of it (`glans_entity::scope`). A place
/// is where losing sight of the node matters; what takes nobody's sight away needs none.
pub(crate) const WATCHED: [Watched; 26] = [
    of("board", &[Touch::of("board", "{r}.id").board("{r}.id")]),
    of("cluster", &[Touch::of("cluster", "{r}.id")]),
    of("school", &[Touch::of("school", "{r}.id").school("{r}.id")]),
    of("school_year", &[Touch::of("schoolyear", "{r}.id")]),
    of("class_group", &[Touch::of("group", "{r}.id").school("{r}.school_id")]),
    of("person", &[Touch::of("person", "{r}.id")]),
    of(
        "membership",
        &[
            Touch::of("person", "{r}.person_id").school("{r}.school_id").scope(SCOPE_OF_ROLE),
            Touch::of("membership", "{r}.id").school("{r}.school_id").scope(SCOPE_OF_ROLE),
            Touch::of("membership", "{r}.id").scope("{r}.person_id"),
        ],
    ),
    of(
        "student",
        &[
            Touch::of("student", "{r}.id").school("{r}.school_id").narrow(),
            Touch::of("person", "g.guardian_id")
                .school("{r}.school_id")
                .narrow()
                .join(&[GUARDIANSHIPS_OF_STUDENT])
                .on(On::Moved(&["school_id"])),
            Touch::of("guardianship", "g.id")
                .school("{r}.school_id")
                .narrow()
                .join(&[GUARDIANSHIPS_OF_STUDENT])
                .on(On::Moved(&["school_id"])),
        ],
    ),
    of(
        "enrolment",
        &[
            Touch::of("student", "{r}.student_id").scope("{r}.class_group_id").narrow(),
            Touch::of("person", "g.guardian_id").scope("{r}.class_group_id").narrow().join(&[GUARDIANSHIPS]),
            Touch::of("guardianship", "g.id").scope("{r}.class_group_id").narrow().join(&[GUARDIANSHIPS]),
        ],
    ),
    of(
        "guardianship",
        &[
            Touch::of("student", "{r}.student_id"),
            Touch::of("person", "{r}.guardian_id").on(On::Stored),
            Touch::of("guardianship", "{r}.id").on(On::Stored),
            Touch::of("person", "{r}.guardian_id").school("s.school_id").narrow().join(&[STUDENT]).on(On::Deleted),
            Touch::of("person", "{r}.guardian_id")
                .scope("e.class_group_id")
                .narrow()
                .join(&[ENROLMENTS])
                .on(On::Deleted),
            Touch::of("guardianship", "{r}.id").school("s.school_id").narrow().join(&[STUDENT]).on(On::Deleted),
            Touch::of("guardianship", "{r}.id").scope("e.class_group_id").narrow().join(&[ENROLMENTS]).on(On::Deleted),
            Touch::of("guardianship", "{r}.id").scope("{r}.guardian_id").on(On::Deleted),
        ],
    ),
    of("programme", &[Touch::of("programme", "{r}.id")]),
    of("programme_version", &[Touch::of("edition", "{r}.id").scope("{r}.id")]),
    of("programme_year", &[Touch::of("courseyear", "{r}.id").scope("{r}.programme_version_id")]),
    of("module", &[Touch::of("module", "{r}.id").scope("{r}.programme_version_id")]),
    of("lesson", &[Touch::of("lesson", "{r}.id").scope("{r}.programme_version_id")]),
    of("material", &[Touch::of("material", "{r}.id").scope("{r}.programme_version_id")]),
    of(
        "cohort",
        &[
            Touch::of("cohort", "{r}.id").scope("{r}.id"),
            Touch::of("schoolcohort", "f.id").join(&[FOLLOWERS]).on(On::Moved(&["programme_version_id"])),
        ],
    ),
    of(
        "cohort_school",
        &[
            Touch::of("cohort", "{r}.cohort_id").scope("{r}.cohort_id"),
            Touch::of("schoolcohort", "{r}.id").school("{r}.school_id").scope("{r}.cohort_id"),
        ],
    ),
    of("meeting", &[Touch::of("meeting", "{r}.id").scope("{r}.cohort_id")]),
    of_key("meeting_lesson", &[Touch::of("meeting", "{r}.meeting_id").scope("{r}.cohort_id")]),
    of("team_session", &[Touch::of("teamsession", "{r}.id").school("{r}.school_id")]),
    of(
        "attendance",
        &[
            Touch::of("meeting", "m.id").scope("{r}.cohort_id").join(&[MEETING]),
            Touch::of("teamsession", "t.id").school("{r}.school_id").join(&[TEAM_SESSION]),
            Touch::of("person", "{r}.person_id").on(On::Stored),
            Touch::of("person", "{r}.person_id").school("{r}.school_id").on(On::Deleted),
            Touch::of("person", "{r}.person_id").scope("{r}.cohort_id").narrow().join(&[MEETING]).on(On::Deleted),
        ],
    ),
    of(
        "experience",
        &[
            Touch::of("person", "{r}.author_id"),
            Touch::of("school", "s.id").school("{r}.school_id").join(&[SHARING_SCHOOL]),
            Touch::of("experience", "{r}.id").school("{r}.school_id").scope(COHORT_THAT_SEES),
            Touch::of("person", "c.author_id").join(&[COMMENTS]),
            Touch::of("comment", "c.id").join(&[COMMENTS]),
        ],
    ),
    of("comment", &[Touch::of("person", "{r}.author_id"), Touch::of("comment", "{r}.id").scope("{r}.cohort_id")]),
    of_key(
        "lesson_progress",
        &[Touch::of("schoolcohort", "{r}.cohort_school_id").school("{r}.school_id").scope("{r}.cohort_id")],
    ),
    of_key("material_state", &[Touch::of("material", "{r}.material_id").board("").account("{r}.account_id")]),
];

const fn of(table: &'static str, touches: &'static [Touch]) -> Watched {
    Watched { table, part: "", has_id: true, touches }
}

/// One whose key is what a row is about.
const fn of_key(table: &'static str, touches: &'static [Touch]) -> Watched {
    Watched { has_id: false, ..of(table, touches) }
}

//! Persons, students, guardianships and roles.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, DOWN).await
    }
}

/// The account of a person comes before the people, because persons refer to it.
const UP: &str = "
CREATE TABLE account (
    id uuid NOT NULL PRIMARY KEY,
    email text NOT NULL UNIQUE,
    password_hash text,
    language text NOT NULL,
    first_signed_in_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);

CREATE TABLE person (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    account_id uuid REFERENCES account (id),
    given_name text NOT NULL,
    family_name text NOT NULL,
    display_name text NOT NULL,
    email text,
    language text NOT NULL,
    interpreter_needed boolean NOT NULL,
    source_id text,
    archived_at timestamptz,
    erased_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (id, board_id),
    UNIQUE (account_id, board_id),
    UNIQUE (board_id, source_id)
);

CREATE INDEX person_by_name ON person (board_id, display_name, id);

CREATE INDEX person_by_email ON person (board_id, email);

CREATE TABLE student (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    school_id uuid NOT NULL,
    display_name text NOT NULL,
    number text,
    source_id text,
    left_on date,
    erased_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (id, board_id),
    UNIQUE (school_id, number),
    UNIQUE (board_id, source_id),
    FOREIGN KEY (school_id, board_id) REFERENCES school (id, board_id)
);

CREATE INDEX student_by_school ON student (school_id, display_name, id);

CREATE TABLE enrolment (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    student_id uuid NOT NULL,
    class_group_id uuid NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    source_id text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (student_id, class_group_id),
    UNIQUE (board_id, source_id),
    FOREIGN KEY (student_id, board_id) REFERENCES student (id, board_id),
    FOREIGN KEY (class_group_id, board_id) REFERENCES class_group (id, board_id)
);

CREATE INDEX enrolment_by_class_group ON enrolment (class_group_id, student_id);

CREATE TABLE guardianship (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    guardian_id uuid NOT NULL,
    student_id uuid NOT NULL,
    relationship text NOT NULL CHECK (relationship IN ('PARENT', 'STEP_PARENT', 'FOSTER_PARENT', 'GRANDPARENT', 'LEGAL_GUARDIAN', 'OTHER')),
    access text NOT NULL CHECK (access IN ('FULL', 'ON_REQUEST', 'EMERGENCY_ONLY', 'NONE')),
    status text NOT NULL CHECK (status IN ('INVITED', 'ACTIVE', 'SUSPENDED', 'ENDED')),
    contact_priority integer,
    starts_on date NOT NULL,
    ends_on date,
    source_id text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (id, board_id),
    UNIQUE (student_id, guardian_id),
    UNIQUE (board_id, source_id),
    FOREIGN KEY (guardian_id, board_id) REFERENCES person (id, board_id),
    FOREIGN KEY (student_id, board_id) REFERENCES student (id, board_id)
);

CREATE INDEX guardianship_by_guardian ON guardianship (guardian_id, student_id);

CREATE TABLE membership (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    person_id uuid NOT NULL,
    role text NOT NULL CHECK (role IN ('BOARD_ADMIN', 'CLUSTER_DIRECTOR', 'SCHOOL_LEADER', 'TEACHER', 'TRAINER')),
    scope_kind text NOT NULL CHECK (scope_kind IN ('BOARD', 'CLUSTER', 'SCHOOL', 'CLASS_GROUP')),
    scope_id uuid NOT NULL,
    school_id uuid,
    starts_on date,
    ends_on date,
    ended_at timestamptz,
    source_id text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (board_id, source_id),
    FOREIGN KEY (person_id, board_id) REFERENCES person (id, board_id),
    FOREIGN KEY (school_id, board_id) REFERENCES school (id, board_id)
);

CREATE UNIQUE INDEX membership_once ON membership (person_id, role, scope_id) WHERE ended_at IS NULL;

CREATE INDEX membership_by_scope ON membership (scope_id, role);

CREATE INDEX membership_by_school ON membership (school_id, person_id);

";

const DOWN: &str = "
DROP TABLE membership;

DROP TABLE guardianship;

DROP TABLE enrolment;

DROP TABLE student;

DROP TABLE person;

DROP TABLE account;

";

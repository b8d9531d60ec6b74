//! What people are told of, on which devices, and what became of telling them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect::run;
use crate::m0007_row_level_security::{raise, tear_down};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const OF_ACCOUNTS: [&str; 3] = ["device", "channel_preference", "notification_settings"];
const OF_BOARDS: [&str; 3] = ["notification", "notification_student", "delivery"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, ACCOUNTS).await?;
        raise(manager, BOARDS, &OF_BOARDS).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            manager.get_connection().execute_unprepared(DIGESTS_IN_SIGHT).await?;
        }
        run(manager, OUTBOX).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, OUTBOX_DOWN).await?;
        tear_down(manager, &OF_BOARDS).await?;
        tear_down(manager, &OF_ACCOUNTS).await
    }
}

/// A digest is of no board. Each board of its login may know what became of it, and no more.
const DIGESTS_IN_SIGHT: &str = "
CREATE POLICY digest ON delivery FOR SELECT USING (
    digest_until IS NOT NULL AND EXISTS (SELECT 1 FROM person WHERE person.account_id = delivery.account_id)
);
";

/// A token is of one device, whoever is signed in there: the last who registers it has it. Minutes are of the day.
const ACCOUNTS: &str = "
CREATE TABLE device (
    id uuid NOT NULL PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    session_id uuid NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    platform text NOT NULL CHECK (platform IN ('FCM', 'APNS', 'WEB_PUSH')),
    token text NOT NULL,
    name text,
    registered_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    UNIQUE (platform, token)
);

CREATE INDEX device_by_account ON device (account_id, id);

CREATE INDEX device_by_session ON device (session_id);

CREATE TABLE channel_preference (
    account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    category text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('PUSH', 'EMAIL')),
    enabled boolean NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, category, channel)
);

CREATE TABLE notification_settings (
    account_id uuid NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    quiet_from integer CHECK (quiet_from BETWEEN 0 AND 1439),
    quiet_until integer CHECK (quiet_until BETWEEN 0 AND 1439),
    time_zone text NOT NULL,
    digest text NOT NULL CHECK (digest IN ('IMMEDIATE', 'DAILY', 'WEEKLY')),
    digest_hour integer NOT NULL CHECK (digest_hour BETWEEN 0 AND 23),
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK ((quiet_from IS NULL) = (quiet_until IS NULL))
);

";

/// A delivery is of a notification, of a digest, or of a letter with a secret to somebody who perhaps has no account yet.
/// Where it goes (`address_id`) is a device, an account, or what the letter is about.
const BOARDS: &str = "
CREATE TABLE notification (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid NOT NULL REFERENCES board (id),
    person_id uuid NOT NULL,
    source text NOT NULL,
    text text NOT NULL,
    category text NOT NULL,
    urgent boolean NOT NULL,
    about_kind text,
    about_id uuid,
    as_staff boolean NOT NULL,
    happens_at timestamptz,
    occurred_at timestamptz NOT NULL,
    event_seq bigint,
    figures text,
    bundled boolean NOT NULL,
    created_at timestamptz NOT NULL,
    read_at timestamptz,
    withdrawn_at timestamptz,
    digested_at timestamptz,
    UNIQUE (source, person_id),
    UNIQUE (id, board_id),
    CHECK ((about_kind IS NULL) = (about_id IS NULL)),
    FOREIGN KEY (person_id, board_id) REFERENCES person (id, board_id)
);

CREATE INDEX notification_by_person ON notification (person_id, created_at, id);

CREATE INDEX notification_unread ON notification (person_id) WHERE read_at IS NULL AND withdrawn_at IS NULL;

CREATE INDEX notification_by_matter ON notification (about_id, person_id);

CREATE INDEX notification_to_bundle ON notification (created_at)
    WHERE bundled AND digested_at IS NULL AND read_at IS NULL AND withdrawn_at IS NULL;

CREATE TABLE notification_student (
    notification_id uuid NOT NULL,
    student_id uuid NOT NULL,
    board_id uuid NOT NULL REFERENCES board (id),
    least text NOT NULL CHECK (least IN ('FULL', 'ON_REQUEST', 'EMERGENCY_ONLY')),
    PRIMARY KEY (notification_id, student_id),
    FOREIGN KEY (notification_id, board_id) REFERENCES notification (id, board_id) ON DELETE CASCADE,
    FOREIGN KEY (student_id, board_id) REFERENCES student (id, board_id)
);

CREATE INDEX notification_student_by_student ON notification_student (student_id);

CREATE TABLE delivery (
    id uuid NOT NULL PRIMARY KEY,
    board_id uuid REFERENCES board (id),
    notification_id uuid REFERENCES notification (id) ON DELETE CASCADE,
    digest_until timestamptz,
    letter text CHECK (letter IN ('INVITATION', 'PASSWORD_RESET')),
    secret text,
    account_id uuid REFERENCES account (id) ON DELETE CASCADE,
    channel text NOT NULL CHECK (channel IN ('PUSH', 'EMAIL')),
    address_id uuid NOT NULL,
    lane integer NOT NULL,
    state text NOT NULL CHECK (state IN ('QUEUED', 'SENDING', 'SENT', 'FAILED', 'DEAD', 'SUPPRESSED')),
    attempts integer NOT NULL,
    cut_off integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    over_at timestamptz,
    lease uuid,
    leased_until timestamptz,
    finished_at timestamptz,
    failure text,
    created_at timestamptz NOT NULL,
    CHECK ((state = 'SENDING') = (lease IS NOT NULL)),
    CHECK ((lease IS NULL) = (leased_until IS NULL)),
    CHECK ((letter IS NULL) = (secret IS NULL) OR state NOT IN ('QUEUED', 'SENDING'))
);

CREATE UNIQUE INDEX delivery_of_notification ON delivery (notification_id, channel, address_id)
    WHERE notification_id IS NOT NULL;

CREATE UNIQUE INDEX delivery_of_digest ON delivery (address_id, digest_until) WHERE digest_until IS NOT NULL;

CREATE UNIQUE INDEX delivery_of_letter ON delivery (address_id, letter) WHERE letter IS NOT NULL;

CREATE INDEX delivery_due ON delivery (board_id, lane, due_at, id) WHERE state = 'QUEUED';

CREATE INDEX delivery_leased ON delivery (leased_until) WHERE state = 'SENDING';

CREATE INDEX delivery_by_account ON delivery (account_id);

CREATE INDEX delivery_by_address ON delivery (address_id);

CREATE INDEX notification_by_time ON notification (created_at);

CREATE INDEX delivery_under_way ON delivery (address_id) WHERE state = 'SENDING';

CREATE INDEX delivery_dead ON delivery (board_id, finished_at, id) WHERE state = 'DEAD';

CREATE INDEX delivery_finished ON delivery (finished_at) WHERE finished_at IS NOT NULL;

";

/// What happened before there was anybody to tell is not told.
const OUTBOX: &str = "
ALTER TABLE outbox ADD COLUMN told_at timestamptz;

ALTER TABLE outbox ADD COLUMN attempts integer NOT NULL DEFAULT 0;

ALTER TABLE outbox ADD COLUMN due_at timestamptz;

ALTER TABLE outbox ADD COLUMN dead_at timestamptz;

ALTER TABLE outbox ADD COLUMN failure text;

UPDATE outbox SET told_at = at;

CREATE INDEX outbox_to_tell ON outbox (board_id, seq) WHERE told_at IS NULL AND dead_at IS NULL;

CREATE INDEX outbox_told ON outbox (told_at) WHERE told_at IS NOT NULL;

CREATE INDEX outbox_dead ON outbox (seq) WHERE dead_at IS NOT NULL;

";

const OUTBOX_DOWN: &str = "
DROP INDEX outbox_dead;

DROP INDEX outbox_told;

DROP INDEX outbox_to_tell;

ALTER TABLE outbox DROP COLUMN failure;

ALTER TABLE outbox DROP COLUMN dead_at;

ALTER TABLE outbox DROP COLUMN due_at;

ALTER TABLE outbox DROP COLUMN attempts;

ALTER TABLE outbox DROP COLUMN told_at;

";

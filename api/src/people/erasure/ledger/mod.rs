//! Where a person is in the database, and what an erasure leaves of it.
//!
//! Every table with a text in it is here, under [`TABLES`] or under [`NOBODY`]: whoever makes a new one decides.

#[cfg(test)]
mod tests;

/// How a row is known to be of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// A column that names the person.
    Person(&'static str),
    /// A column that names the login.
    Account(&'static str),
    /// A column that names a row of that table, of which that column names the person.
    ByPerson(&'static str, &'static str, &'static str),
    /// A column that names a row of that table, of which that column names the login.
    ByAccount(&'static str, &'static str, &'static str),
}

/// What becomes of a text. The columns are those of which one must name the person for it to be theirs; without any it is
/// theirs wherever the row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    /// No free text: a word of the program.
    Plain,
    /// It becomes null.
    Null(&'static [&'static str]),
    /// It becomes [`NOTHING`], where there was any.
    Blank(&'static [&'static str]),
    /// It stays, and why; an export shows it.
    Kept(&'static str),
    /// It stays, and why; it is not of the person, and no export shows it.
    Others(&'static str),
    /// Another statement sees to it: which.
    Apart(&'static str),
}

/// What becomes of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Goes,
    /// Why.
    Stays(&'static str),
}

/// A table in which the person can be.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    pub links: &'static [Link],
    pub fate: Fate,
    /// Whether its rows count their changes.
    pub versioned: bool,
    /// Of a table whose rows stay: each column with a text.
    pub texts: &'static [(&'static str, Text)],
}

/// What stands where a name or a text was.
pub const NOTHING: &str = "–";

const WORD_OF_THE_SCHOOL: &str = "the word of the school to many, whose author shows as erased";
const FILE_OF_THE_CHILD: &str = "of the file of the child, which the school keeps";
const KNOWN_AGAIN: &str = "an import that sends the row again must know it again, and it names nobody by itself";
const COUNTS: &str = "it counts in figures, of a tombstone";
const BOTH_SIDES: &str = "what others did has its other side, a tombstone";

const fn stays(
    name: &'static str,
    links: &'static [Link],
    why: &'static str,
    texts: &'static [(&'static str, Text)],
) -> Table {
    Table { name, links, fate: Fate::Stays(why), versioned: false, texts }
}

const fn goes(name: &'static str, links: &'static [Link]) -> Table {
    Table { name, links, fate: Fate::Goes, versioned: false, texts: &[] }
}

#[expect(clippy::needless_pass_by_value, reason = "a row that becomes another one")]
const fn counted(table: Table) -> Table {
    Table { versioned: true, ..table }
}

use Link::{Account, ByAccount, ByPerson, Person};
use Text::{Apart, Blank, Kept, Null, Others, Plain};

/// The tables in which a person can be. Rows that go are gone in this order.
pub const TABLES: &[Table] = &[
    // What is between a family and the school.
    counted(stays(
        "absence_notice",
        &[Person("guardian_id")],
        "that the child was away is of the register of the school",
        &[("note", Null(&["guardian_id"]))],
    )),
    stays("agreement_confirmation", &[Person("guardian_id")], BOTH_SIDES, &[("comment", Blank(&["guardian_id"]))]),
    counted(stays(
        "announcement",
        &[Person("author_id")],
        WORD_OF_THE_SCHOOL,
        &[
            ("language", Plain),
            ("title", Kept(WORD_OF_THE_SCHOOL)),
            ("body", Kept(WORD_OF_THE_SCHOOL)),
            ("roles", Plain),
            ("urgent_reason", Kept(WORD_OF_THE_SCHOOL)),
            ("correction_note", Kept(WORD_OF_THE_SCHOOL)),
        ],
    )),
    stays(
        "announcement_revision",
        &[Person("author_id")],
        WORD_OF_THE_SCHOOL,
        &[("title", Kept(WORD_OF_THE_SCHOOL)), ("body", Kept(WORD_OF_THE_SCHOOL))],
    ),
    counted(stays(
        "concern",
        &[Person("raised_by"), Person("acknowledged_by"), Person("resolved_by")],
        BOTH_SIDES,
        &[("text", Blank(&["raised_by"])), ("resolution", Blank(&["resolved_by"]))],
    )),
    stays("consent", &[Person("guardian_id")], "what was granted for a child has to be shown later", &[]),
    counted(stays(
        "contact_moment",
        &[Person("guardian_id"), Person("author_id")],
        COUNTS,
        &[("note", Null(&["guardian_id", "author_id"]))],
    )),
    counted(stays(
        "conversation",
        &[Person("staff_id")],
        FILE_OF_THE_CHILD,
        &[
            ("location", Kept(FILE_OF_THE_CHILD)),
            // Whoever cancelled it may be another one than who was to lead it.
            ("cancel_reason", Others(FILE_OF_THE_CHILD)),
            ("summary", Others(FILE_OF_THE_CHILD)),
        ],
    )),
    stays("conversation_attendee", &[Person("person_id")], COUNTS, &[]),
    goes("conversation_note", &[Person("author_id")]),
    counted(stays(
        "event",
        &[Person("author_id")],
        WORD_OF_THE_SCHOOL,
        &[
            ("title", Kept(WORD_OF_THE_SCHOOL)),
            ("description", Kept(WORD_OF_THE_SCHOOL)),
            ("location", Kept(WORD_OF_THE_SCHOOL)),
            ("cancel_reason", Kept(WORD_OF_THE_SCHOOL)),
        ],
    )),
    stays("event_response", &[Person("person_id")], COUNTS, &[]),
    counted(stays("goal", &[Person("author_id")], FILE_OF_THE_CHILD, &[("text", Kept(FILE_OF_THE_CHILD))])),
    stays("goal_agreement", &[Person("person_id")], COUNTS, &[]),
    counted(stays("message", &[Person("author_id")], BOTH_SIDES, &[("body", Blank(&["author_id"]))])),
    stays("recipient", &[Person("person_id")], COUNTS, &[]),
    stays("slot", &[Person("teacher_id")], BOTH_SIDES, &[]),
    stays("slot_booking", &[Person("teacher_id"), Person("guardian_id"), Person("party_id")], BOTH_SIDES, &[]),
    counted(stays(
        "survey",
        &[Person("author_id")],
        WORD_OF_THE_SCHOOL,
        &[("title", Kept(WORD_OF_THE_SCHOOL)), ("intro", Kept(WORD_OF_THE_SCHOOL)), ("roles", Plain)],
    )),
    stays("survey_response", &[Person("person_id")], COUNTS, &[]),
    stays("survey_answer", &[ByPerson("response_id", "survey_response", "person_id")], COUNTS, &[("text", Null(&[]))]),
    stays("talk_choice", &[Person("guardian_id"), Person("chosen_by")], BOTH_SIDES, &[]),
    counted(stays(
        "thread",
        &[Person("started_by"), Person("closed_by")],
        BOTH_SIDES,
        &[("subject", Blank(&["started_by"]))],
    )),
    stays("thread_participant", &[Person("person_id")], BOTH_SIDES, &[]),
    // What is between schools.
    stays("attendance", &[Person("person_id")], COUNTS, &[]),
    counted(stays("comment", &[Person("author_id")], BOTH_SIDES, &[("text", Blank(&["author_id"]))])),
    counted(stays("experience", &[Person("author_id")], COUNTS, &[("text", Blank(&["author_id"]))])),
    stays("lesson_mark", &[Person("made_by")], COUNTS, &[("reason", Blank(&["made_by"]))]),
    stays("lesson_progress", &[], COUNTS, &[("skipped_reason", Apart("with the mark that it was copied from"))]),
    stays("lesson_event", &[], COUNTS, &[("progress", Apart("with the mark that its reason was copied from"))]),
    // Who the person is.
    stays(
        "guardianship",
        &[Person("guardian_id")],
        "it has ended, of a tombstone",
        &[("source_id", Kept(KNOWN_AGAIN))],
    ),
    stays("membership", &[Person("person_id")], "it has ended, of a tombstone", &[("source_id", Kept(KNOWN_AGAIN))]),
    stays(
        "person",
        &[Person("id")],
        "the tombstone",
        &[
            ("given_name", Apart("the tombstone")),
            ("family_name", Apart("the tombstone")),
            ("display_name", Apart("the tombstone")),
            ("email", Apart("the tombstone")),
            ("language", Apart("the tombstone")),
            ("source_id", Kept(KNOWN_AGAIN)),
        ],
    ),
    // Rosters.
    stays(
        "roster_import",
        &[Person("started_by")],
        BOTH_SIDES,
        &[
            ("kind", Plain),
            ("counts", Plain),
            ("left_out", Others("ids of the sending system, of rows that are not here")),
        ],
    ),
    stays(
        "roster_change",
        &[],
        "an import that was done can be told from one that was not",
        &[("table_name", Plain), ("before", Apart("the person as they were gets the names of the tombstone"))],
    ),
    stays(
        "roster_problem",
        &[],
        "the lines of a file are counted",
        &[
            ("file", Plain),
            ("column_name", Plain),
            ("message", Apart("one that quotes the name or the address says nothing")),
        ],
    ),
    // What the person was told. A delivery that is on its way right now is cut loose, and waited for.
    goes("invitation", &[Person("person_id")]),
    stays(
        "delivery",
        &[Account("account_id")],
        "only what is on its way right now, cut loose",
        &[("secret", Apart("letters to the person go")), ("failure", Others("what a gateway answered"))],
    ),
    goes("notification", &[Person("person_id")]),
    // Who looked at a child is of the log of the child, whatever becomes of who looked: a column that names nobody by a key.
    goes("access_log", &[Person("guardian_id")]),
    // Of the program.
    stays(
        "audit",
        &[],
        "append-only; it holds ids",
        &[("actor", Plain), ("action", Plain), ("subject", Plain), ("request_id", Plain)],
    ),
    stays(
        "metric_query",
        &[],
        "append-only, for a year; it holds ids",
        &[("actor", Plain), ("metrics", Plain), ("breakdown", Plain), ("request_id", Plain)],
    ),
    stays("change", &[Account("account_id")], "it holds ids, for seven days", &[("kind", Plain)]),
    stays(
        "idempotency",
        &[],
        "the answers to others",
        &[
            ("actor", Plain),
            ("key", Plain),
            ("field", Plain),
            ("answer", Apart("answers to the person, and those that show the person, go")),
        ],
    ),
    stays(
        "outbox",
        &[],
        "events hold ids",
        &[
            ("kind", Plain),
            ("payload", Apart("events with a sealed code for the person go")),
            ("failure", Others("a fault of the program")),
        ],
    ),
    // The login, when no other board uses it.
    goes("refresh_token", &[ByAccount("session_id", "session", "account_id")]),
    goes("device", &[Account("account_id")]),
    goes("session", &[Account("account_id")]),
    goes("password_reset", &[Account("account_id")]),
    goes("calendar_feed", &[Account("account_id")]),
    goes("channel_preference", &[Account("account_id")]),
    goes("notification_settings", &[Account("account_id")]),
    goes("material_state", &[Account("account_id")]),
    goes("export", &[Account("account_id")]),
    goes("account", &[Account("id")]),
];

/// Tables whose texts are of no person that can be erased, and why.
pub const NOBODY: &[(&str, &str)] = &[
    ("agreement", FILE_OF_THE_CHILD),
    ("announcement_translation", WORD_OF_THE_SCHOOL),
    ("api_client", "the name of a program"),
    ("board", "the organisation"),
    ("booking_round", WORD_OF_THE_SCHOOL),
    ("class_group", "the organisation"),
    ("cluster", "the organisation"),
    ("cohort", "the organisation"),
    ("consent_purpose", WORD_OF_THE_SCHOOL),
    ("enrolment", "of a child"),
    ("lesson", "a course"),
    ("material", "a course"),
    ("meeting", "notes of a meeting have no author"),
    ("metric_cell", "sums"),
    ("metric_fact", "it holds ids; who is erased has another one"),
    ("metric_figure", "sums"),
    ("metric_milestone", "it holds ids and days"),
    ("metric_stretch", "of a child"),
    ("metric_unrecorded", "it holds ids, until they are counted"),
    ("module", "a course"),
    ("persisted_document", "a document of an app"),
    ("programme", "a course"),
    ("programme_version", "a course"),
    ("programme_year", "a course"),
    ("school", "the organisation"),
    ("school_year", "the organisation"),
    ("signing_key", "of the program"),
    ("student", "of a child"),
    ("survey_question", WORD_OF_THE_SCHOOL),
    ("team_session", "notes of a session have no author"),
    ("webhook_delivery", "it holds ids"),
    ("webhook_endpoint", "the address of a program"),
    ("webhook_event", "it holds ids"),
];

/// Tables whose texts are between those who wrote to one another about a child or a lesson: only the person's own export
/// shows the texts, one for an administrator that there was something, and when.
pub const IN_CONFIDENCE: &[&str] =
    &["absence_notice", "agreement_confirmation", "comment", "concern", "contact_moment", "goal", "message", "thread"];

/// Texts that no export shows, not even the person's own: what a member of staff noted for themselves about a family is gone
/// through by the school first. Of rows that go, these stand in no list of texts.
pub const FIRST_REVIEWED: &[(&str, &str)] = &[("conversation_note", "text")];

/// The table of this name, if a person can be in it.
pub fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

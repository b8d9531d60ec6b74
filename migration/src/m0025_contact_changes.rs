//! The log of changes tells of announcements, threads, bookings and all else of every day as well.
//!
//! What reaches many is told once: publishing to a thousand families writes one line. What somebody read is told to the own
//! phones only.

use sea_orm_migration::prelude::*;

use crate::watch::{ENROLLED, On, Touch, Watched, go_with_the_child, unwatch, watch};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        watch(manager, WATCHED.iter().chain(&MOVES).chain(&PARTS).chain(&ADDRESSED)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        unwatch(manager, WATCHED.iter().chain(&MOVES).chain(&PARTS).chain(&ADDRESSED)).await
    }
}

const READER: (&str, &str) = ("person p", "p.id = {r}.person_id AND p.account_id IS NOT NULL");
/// Who did something with what was addressed to them, and that since it took its place: that it was delivered to thousands,
/// or corrected, is told to nobody.
const RECIPIENT: (&str, &str) = (
    "person p",
    "p.id = {r}.person_id AND p.account_id IS NOT NULL AND ({r}.read_at >= {r}.at OR {r}.acknowledged_at >= {r}.at)",
);
/// Of an anonymous survey the log does not say who took part when: beside the answers, in their order, that would name them.
const NAMED: (&str, &str) = ("survey t", "t.id = {r}.item_id AND NOT t.anonymous");
const ENROLMENTS: (&str, &str) = ("enrolment e", "e.student_id = {r}.student_id");
const BOOKED: (&str, &str) = ("slot_booking b", "b.conversation_id = {r}.conversation_id");
const INVITED: (&str, &str) = ("conversation_attendee a", "a.conversation_id = {r}.conversation_id");
const ROUND: (&str, &str) = ("booking_round b", "b.id = {r}.round_id");
const GROUPS: (&str, &str) = ("booking_round_group g", "g.round_id = {r}.round_id");
const TEACHING: (&str, &str) = ("slot t", "t.teacher_id = {r}.person_id AND {r}.role = 'TEACHER'");
const COMPLIMENTED: (&str, &str) = (
    "guardianship g",
    "g.student_id = {r}.student_id AND {r}.tone = 'COMPLIMENT' AND coalesce({r}.guardian_id, g.guardian_id) = g.guardian_id \
     AND g.access = 'FULL' AND g.status = 'ACTIVE'",
);
const GUARDIAN: (&str, &str) = ("person p", "p.id = g.guardian_id AND p.account_id IS NOT NULL");
const RAISED: (&str, &str) = (
    "guardianship g",
    "g.student_id = {r}.student_id AND {r}.is_staff AND {r}.shared AND g.access = 'FULL' AND g.status = 'ACTIVE'",
);
const ACKNOWLEDGED: (&str, &str) = (
    "guardianship g",
    "g.student_id = {r}.student_id AND {r}.acknowledged_by IS NOT NULL AND g.access = 'FULL' AND g.status = 'ACTIVE'",
);
const RESOLVED: (&str, &str) = (
    "guardianship g",
    "g.student_id = {r}.student_id AND {r}.resolved_by IS NOT NULL AND g.access = 'FULL' AND g.status = 'ACTIVE'",
);
const PARTNERSHIP: (&str, &str) = ("partnership t", "t.student_id = {r}.student_id");
/// With a message that arrived, guardians and staff may have come to talk.
const SPOKEN: (&str, &str) = ("partnership t", "t.student_id = {r}.student_id AND {r}.announced_at IS NOT NULL");

const WATCHED: [Watched; 22] = [
    of("announcement", true, &[Touch::of("announcement", "{r}.id")]),
    of("announcement_translation", false, &[Touch::of("announcement", "{r}.announcement_id").on(On::Stored)]),
    of("survey", true, &[Touch::of("survey", "{r}.id")]),
    of("event", true, &[Touch::of("event", "{r}.id")]),
    // That something is held in it is told to nobody.
    of("thread", true, &[Touch::of("thread", "{r}.id").on(On::Placed(&["version"]))]),
    of(
        "message",
        true,
        &[Touch::of("message", "{r}.id"), Touch::of("partnership", "t.id").join(&[SPOKEN]).on(On::Stored)],
    ),
    of("booking_round", true, &[Touch::of("round", "{r}.id")]),
    of(
        "concern",
        true,
        &[
            Touch::of("concern", "{r}.id").on(On::Stored),
            Touch::of("concern", "{r}.id").school("{r}.school_id").narrow().on(On::Deleted),
            Touch::of("partnership", "t.id").join(&[PARTNERSHIP]),
            met("{r}.raised_by").join(&[RAISED, GUARDIAN]),
            met("{r}.acknowledged_by").join(&[ACKNOWLEDGED, GUARDIAN]),
            met("{r}.resolved_by").join(&[RESOLVED, GUARDIAN]),
        ],
    ),
    of("contact_rules", false, &[Touch::of("school", "{r}.school_id").on(On::Stored)]),
    of("absence_notice", true, &[Touch::of("absence", "{r}.id")]),
    of("consent_purpose", true, &[Touch::of("purpose", "{r}.id")]),
    of("consent", true, &[Touch::of("consent", "{r}.id")]),
    // Who was to read a draft, and is not any more.
    of(
        "audience_target",
        false,
        &[
            lost("announcement", &[("announcement t", "t.id = {r}.item_id")]),
            lost("survey", &[("survey t", "t.id = {r}.item_id")]),
        ],
    ),
    of("event_response", false, &[Touch::of("event", "{r}.event_id")]),
    of(
        "survey_response",
        true,
        &[
            own("survey", "{r}.survey_id").join(&[READER]).on(On::Stored),
            own("survey", "{r}.survey_id")
                .join(&[
                    ("survey s", "s.id = {r}.survey_id AND NOT s.anonymous"),
                    ("person p", "p.id = s.author_id AND p.account_id IS NOT NULL"),
                ])
                .on(On::Stored),
            Touch::of("partnership", "t.id").join(&[PARTNERSHIP]).on(On::Stored),
        ],
    ),
    of(
        "recipient",
        false,
        &[
            own("announcement", "t.id").join(&[("announcement t", "t.id = {r}.item_id"), RECIPIENT]).on(On::Changed),
            own("survey", "t.id").join(&[NAMED, RECIPIENT]).on(On::Changed),
            own("event", "t.id").join(&[("event t", "t.id = {r}.item_id"), RECIPIENT]).on(On::Changed),
            own("round", "t.id").join(&[("booking_round t", "t.id = {r}.item_id"), RECIPIENT]).on(On::Changed),
        ],
    ),
    of(
        "thread_participant",
        false,
        &[
            own("thread", "{r}.thread_id").join(&[READER]).on(On::Stored),
            own("message", "m.id").join(&[("message m", "m.thread_id = {r}.thread_id"), READER]).on(On::Added),
            met("{r}.person_id")
                .join(&[
                    (
                        "thread_participant o",
                        "o.thread_id = {r}.thread_id AND {r}.is_staff AND o.person_id <> {r}.person_id",
                    ),
                    ("person p", "p.id = o.person_id AND p.account_id IS NOT NULL"),
                ])
                .on(On::Added),
        ],
    ),
    of(
        "contact_moment",
        true,
        &[
            Touch::of("contact", "{r}.id").on(On::Stored),
            Touch::of("contact", "{r}.id").school("{r}.school_id").narrow().on(On::Deleted),
            Touch::of("contact", "{r}.id").scope("e.class_group_id").narrow().join(&[ENROLMENTS]).on(On::Deleted),
            Touch::of("contact", "{r}.id").scope("g.guardian_id").join(&[COMPLIMENTED]),
            met("{r}.author_id").join(&[COMPLIMENTED, GUARDIAN]),
        ],
    ),
    of(
        "slot",
        true,
        &[
            Touch::of("slot", "{r}.id").on(On::Stored),
            Touch::of("slot", "{r}.id").school("b.school_id").join(&[ROUND]).on(On::Deleted),
            Touch::of("slot", "{r}.id").scope("g.class_group_id").join(&[GROUPS]).on(On::Deleted),
        ],
    ),
    of(
        "slot_booking",
        false,
        &[
            Touch::of("slot", "{r}.slot_id").on(On::Stored),
            Touch::of("slot", "{r}.slot_id").scope("a.person_id").join(&[INVITED]).on(On::Deleted),
            Touch::of("round", "{r}.round_id").scope("a.person_id").join(&[INVITED]).on(On::Deleted),
        ],
    ),
    of(
        "conversation_attendee",
        false,
        &[
            Touch::of("slot", "b.slot_id").scope("{r}.person_id").join(&[BOOKED]),
            Touch::of("round", "b.round_id").scope("{r}.person_id").join(&[BOOKED]),
        ],
    ),
    // Families see the slots of the teachers of their children.
    of("membership", true, &[Touch::of("slot", "t.id").scope("{r}.scope_id").join(&[TEACHING])]),
];

const fn of(table: &'static str, has_id: bool, touches: &'static [Touch]) -> Watched {
    Watched { table, part: "_contact", has_id, touches }
}

/// What changes for a person alone.
const fn own(kind: &'static str, node: &'static str) -> Touch {
    Touch::of(kind, node).board("").account("p.account_id")
}

/// Somebody who comes in sight of a person alone.
const fn met(person: &'static str) -> Touch {
    own("person", person).on(On::Stored)
}

/// A place that a draft is not for any more.
const fn lost(kind: &'static str, item: &'static [(&'static str, &'static str)]) -> Touch {
    Touch::of(kind, "t.id").school("{r}.school_id").narrow().join(item).on(On::Deleted)
}

const MOVES: [Watched; 3] = go_with_the_child!(
    "_contact";
    "contact" in "contact_moment" at its school,
    "concern" in "concern" at its school,
    "absence" in "absence_notice",
    "consent" in "consent",
);

/// Threads do not go with the child: staff who take part have them as long as they have the child.
const PARTS: [Watched; 3] = [
    parts(
        "enrolment",
        &[
            Touch::of("thread", "q.thread_id").scope("q.person_id").join(&[STAFF_OF_CHILD]).on(ENROLLED),
            Touch::of("message", "m.id").scope("q.person_id").join(&[STAFF_OF_CHILD, WRITTEN]).on(ENROLLED),
        ],
    ),
    parts(
        "student",
        &[
            Touch::of("thread", "q.thread_id").scope("q.person_id").join(&[STAFF]).on(MOVED),
            Touch::of("message", "m.id").scope("q.person_id").join(&[STAFF, WRITTEN]).on(MOVED),
        ],
    ),
    parts(
        "guardianship",
        &[
            Touch::of("thread", "q.thread_id").scope("q.person_id").join(&[PARTNER]).on(On::Deleted),
            Touch::of("message", "m.id").scope("q.person_id").join(&[PARTNER, WRITTEN]).on(On::Deleted),
        ],
    ),
];
const STAFF_OF_CHILD: (&str, &str) = ("thread_participant q", "q.student_id = {r}.student_id AND q.is_staff");
const STAFF: (&str, &str) = ("thread_participant q", "q.student_id = {r}.id AND q.is_staff");
const PARTNER: (&str, &str) =
    ("thread_participant q", "q.student_id = {r}.student_id AND q.person_id = {r}.guardian_id AND NOT q.is_staff");
const WRITTEN: (&str, &str) = ("message m", "m.thread_id = q.thread_id");
const MOVED: On = On::Moved(&["school_id"]);

const fn parts(table: &'static str, touches: &'static [Touch]) -> Watched {
    Watched { table, part: "_threads", has_id: true, touches }
}

/// What is for a child alone is in sight of who teaches it.
const ADDRESSED: [Watched; 1] = [Watched {
    table: "enrolment",
    part: "_addressed",
    has_id: true,
    touches: &[
        addressed("announcement", &[TARGETED, ("announcement t", "t.id = a.item_id")]),
        addressed("survey", &[TARGETED, ("survey t", "t.id = a.item_id")]),
        addressed("event", &[TARGETED, ("event t", "t.id = a.item_id")]),
    ],
}];
const TARGETED: (&str, &str) = ("audience_target a", "a.target_id = {r}.student_id");

const fn addressed(kind: &'static str, item: &'static [(&'static str, &'static str)]) -> Touch {
    Touch::of(kind, "t.id").scope("{r}.class_group_id").narrow().join(item).on(ENROLLED)
}

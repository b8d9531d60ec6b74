//! The log of changes tells of what families and schools say to each other as well.
//!
//! What is about a child is in sight of who teaches its group and who leads its school, so that an enrolment or a move
//! touches it too. What a guardian loses with a right is told by the difference of the rights.

use sea_orm_migration::prelude::*;

use crate::watch::{ENROLLED, On, Touch, Watched, go_with_the_child, unwatch, watch};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        watch(manager, WATCHED.iter().chain(&MOVES).chain(&AGREED_ON)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        unwatch(manager, WATCHED.iter().chain(&MOVES).chain(&AGREED_ON)).await
    }
}

const PARTNERSHIP: (&str, &str) = ("partnership p", "p.student_id = {r}.student_id");
const CONVERSATION: (&str, &str) = ("conversation c", "c.id = {r}.conversation_id");
const ATTENDEES: (&str, &str) = ("conversation_attendee a", "a.conversation_id = {r}.conversation_id");
const AGREEMENTS: (&str, &str) = ("agreement a", "a.conversation_id = {r}.id");
const ENROLMENTS: (&str, &str) = ("enrolment e", "e.student_id = {r}.student_id");
const AUTHOR: (&str, &str) = ("person p", "p.id = {r}.author_id");

const HOSTED: (&str, &str) = (
    "conversation_attendee o",
    "o.conversation_id = {r}.conversation_id AND {r}.is_staff AND o.person_id <> {r}.person_id",
);
const HOSTS: (&str, &str) =
    ("conversation_attendee o", "o.conversation_id = {r}.conversation_id AND o.is_staff AND NOT {r}.is_staff");
const AGREED: (&str, &str) =
    ("guardianship g", "g.student_id = {r}.student_id AND {r}.is_staff AND g.access = 'FULL' AND g.status = 'ACTIVE'");
const GUARDIAN: (&str, &str) = ("person p", "p.id = g.guardian_id AND p.account_id IS NOT NULL");

/// Somebody who comes in sight of a person alone.
const fn met(person: &'static str) -> Touch {
    Touch::of("person", person).board("").account("p.account_id").on(On::Added)
}

/// What a table of families touches. Only who loses something is told where it was: rows that stay need no place.
const WATCHED: [Watched; 10] = [
    of("partnership", true, &[Touch::of("partnership", "{r}.id")]),
    // Who is to be met, and whether somebody is missing, follows the rights.
    Watched {
        table: "guardianship",
        part: "_lines",
        has_id: true,
        touches: &[Touch::of("partnership", "p.id").join(&[PARTNERSHIP])],
    },
    of("talk_choice", false, &[Touch::of("partnership", "p.id").join(&[PARTNERSHIP])]),
    of(
        "conversation",
        true,
        &[
            Touch::of("conversation", "{r}.id"),
            Touch::of("partnership", "{r}.partnership_id"),
            Touch::of("agreement", "a.id").join(&[AGREEMENTS]).on(On::Moved(&["released_at"])),
        ],
    ),
    of(
        "conversation_attendee",
        false,
        &[
            Touch::of("conversation", "{r}.conversation_id").scope("{r}.person_id"),
            // Who is talked with comes in sight with the conversation, whoever of the two comes to it first.
            met("{r}.person_id").join(&[HOSTED, ("person p", "p.id = o.person_id AND p.account_id IS NOT NULL")]),
            met("o.person_id").join(&[HOSTS, ("person p", "p.id = {r}.person_id AND p.account_id IS NOT NULL")]),
        ],
    ),
    of(
        "conversation_note",
        false,
        &[Touch::of("conversation", "{r}.conversation_id").board("").account("p.account_id").join(&[AUTHOR])],
    ),
    of(
        "agreement",
        true,
        &[
            Touch::of("agreement", "{r}.id").on(On::Stored),
            Touch::of("conversation", "{r}.conversation_id"),
            Touch::of("agreement", "{r}.id").school("c.school_id").narrow().join(&[CONVERSATION]).on(On::Deleted),
            Touch::of("agreement", "{r}.id").scope("e.class_group_id").narrow().join(&[ENROLMENTS]).on(On::Deleted),
            Touch::of("agreement", "{r}.id").scope("a.person_id").join(&[ATTENDEES]).on(On::Deleted),
        ],
    ),
    of("agreement_confirmation", false, &[Touch::of("agreement", "{r}.agreement_id").on(On::Stored)]),
    of("goal", true, &[Touch::of("goal", "{r}.id"), Touch::of("partnership", "{r}.partnership_id")]),
    of(
        "goal_agreement",
        false,
        &[
            Touch::of("goal", "{r}.goal_id"),
            Touch::of("partnership", "p.id").join(&[PARTNERSHIP]),
            met("{r}.person_id").join(&[AGREED, GUARDIAN]),
        ],
    ),
];

const fn of(table: &'static str, has_id: bool, touches: &'static [Touch]) -> Watched {
    Watched { table, part: "_families", has_id, touches }
}

const MOVES: [Watched; 3] = go_with_the_child!(
    "_families";
    "partnership" in "partnership",
    "goal" in "goal",
    "conversation" in "conversation" at its school,
);

/// Agreements go as their conversation.
const AGREED_ON: [Watched; 3] = [
    agreed(
        "enrolment",
        &[Touch::of("agreement", "t.id").school("g.school_id").scope("{r}.class_group_id").narrow().on(ENROLLED).join(
            &[
                ("agreement t", "t.student_id = {r}.student_id"),
                ("conversation c", "c.id = t.conversation_id"),
                ("class_group g", "g.id = {r}.class_group_id AND g.school_id = c.school_id"),
            ],
        )],
    ),
    agreed(
        "student",
        &[Touch::of("agreement", "t.id").school("{r}.school_id").narrow().on(On::Moved(&["school_id"])).join(&[
            ("agreement t", "t.student_id = {r}.id"),
            ("conversation c", "c.id = t.conversation_id AND c.school_id = {r}.school_id"),
        ])],
    ),
    agreed(
        "guardianship",
        &[Touch::of("agreement", "t.id")
            .scope("{r}.guardian_id")
            .join(&[("agreement t", "t.student_id = {r}.student_id")])
            .on(On::Deleted)],
    ),
];

const fn agreed(table: &'static str, touches: &'static [Touch]) -> Watched {
    Watched { table, part: "_agreements", has_id: true, touches }
}

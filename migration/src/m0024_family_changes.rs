//! The log of changes tells of what families and schools say to each other as well.
//!
//! What is about a child is in sight of who teaches its group and who leads its school, so that an enrolment or a move
//! touches it too. What a guardian loses with a right is told by the difference of the rights.

use sea_orm_migration::prelude::*;

use crate::watch::{On, Touch, Watched, go_with_the_child, unwatch, watch};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        watch(manager, WATCHED.iter().chain(&MOVES)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        unwatch(manager, WATCHED.iter().chain(&MOVES)).await
    }
}

const PARTNERSHIP: (&str, &str) = ("partnership p", "p.student_id = {r}.student_id");
const CONVERSATION: (&str, &str) = ("conversation c", "c.id = {r}.conversation_id");
const ATTENDEES: (&str, &str) = ("conversation_attendee a", "a.conversation_id = {r}.conversation_id");
const AGREEMENTS: (&str, &str) = ("agreement a", "a.conversation_id = {r}.id");
const ENROLMENTS: (&str, &str) = ("enrolment e", "e.student_id = {r}.student_id");
const AUTHOR: (&str, &str) = ("person p", "p.id = {r}.author_id");

/// What a table of families touches. Only who loses something is told where it was: rows that stay need no place.
const WATCHED: [Watched; 9] = [
    of("partnership", true, &[Touch::of("partnership", "{r}.id")]),
    of("talk_choice", false, &[Touch::of("partnership", "p.id").join(&[PARTNERSHIP])]),
    of(
        "conversation",
        true,
        &[
            Touch::of("conversation", "{r}.id"),
            Touch::of("partnership", "{r}.partnership_id"),
            Touch::of("agreement", "a.id").join(&[AGREEMENTS]).on(On::Moved("released_at")),
        ],
    ),
    of("conversation_attendee", false, &[Touch::of("conversation", "{r}.conversation_id").scope("{r}.person_id")]),
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
        &[Touch::of("goal", "{r}.goal_id"), Touch::of("partnership", "p.id").join(&[PARTNERSHIP])],
    ),
];

const fn of(table: &'static str, has_id: bool, touches: &'static [Touch]) -> Watched {
    Watched { table, part: "_families", has_id, touches }
}

const MOVES: [Watched; 3] = go_with_the_child!(
    "_families";
    "partnership" in "partnership",
    "goal" in "goal",
    "conversation" in "conversation",
    "agreement" in "agreement",
);

//! What may happen between families and a school, on the raw tables, told to the facts as the acts tell it.

use chrono::{DateTime, TimeDelta, Utc};
use glans::metrics::facts;
use glans::platform::outbox::Event;
use glans_entity::engagement::{
    AttendeeStatus, ContactKind, ContactTone, ConversationMode, StepKind, contact_moment, conversation,
    conversation_attendee,
};
use glans_entity::ids::{
    AgreementId, ConcernId, ContactMomentId, ConversationId, GoalId, MeetingId, MessageId, PersonId, StudentId,
    TeamSessionId, ThreadId,
};
use glans_entity::people::guardianship;
use glans_entity::practice::OccasionStatus;
use glans_tests::World;
use glans_tests::seed::put;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde_json::json;

use super::calendar::today;
use super::chronicle::Chronicle;
use super::moves::Moves;
use super::town::Town;
use super::year::Year;

/// One history on its way.
pub(super) struct Life<'l> {
    pub world: &'l World,
    pub db: &'l DatabaseTransaction,
    pub town: &'l Town,
    pub year: &'l Year,
    pub chronicle: &'l mut Chronicle,
    pub dice: &'l mut StdRng,
    pub now: DateTime<Utc>,
    pub known: Known,
}

/// What there is already: what a life goes on with in another transaction.
#[derive(Default)]
pub(super) struct Known {
    pub meetings: Vec<MeetingId>,
    pub sessions: Vec<TeamSessionId>,
    pub conversations: Vec<(ConversationId, StudentId)>,
    pub moments: Vec<ContactMomentId>,
    pub threads: Vec<(ThreadId, StudentId)>,
    /// Messages that nobody was told of yet, and when they arrive.
    pub held: Vec<(MessageId, DateTime<Utc>)>,
    pub agreements: Vec<(AgreementId, ConversationId)>,
    pub goals: Vec<GoalId>,
    pub concerns: Vec<ConcernId>,
}

impl<'l> Life<'l> {
    pub(super) fn new(
        world: &'l World,
        db: &'l DatabaseTransaction,
        (town, year, chronicle): (&'l Town, &'l Year, &'l mut Chronicle),
        dice: &'l mut StdRng,
        now: DateTime<Utc>,
    ) -> Self {
        Self { world, db, town, year, chronicle, dice, now, known: Known::default() }
    }

    /// Something happens, some hours later.
    pub(super) async fn go_on(&mut self) {
        let before = today(self.now);
        let later = self.some(7);
        self.now += later;
        if today(self.now) > before {
            self.moves().dawn().await;
        }
        self.happen().await;
    }

    /// Days pass on which nothing happens.
    pub(super) async fn rest(&mut self, days: u64) {
        for _ in 0..days {
            self.now += TimeDelta::days(1);
            self.moves().look().await;
        }
    }

    fn moves(&mut self) -> Moves<'_> {
        Moves {
            world: self.world,
            db: self.db,
            town: self.town,
            chronicle: &mut *self.chronicle,
            dice: &mut *self.dice,
            now: self.now,
        }
    }

    /// Something happens now.
    pub(super) async fn happen(&mut self) {
        self.post().await;
        match self.dice.random_range(0..36) {
            0..=4 => self.talk().await,
            5 => self.correct().await,
            6 | 7 => self.praise().await,
            8 => self.say_otherwise().await,
            9 => self.take_back().await,
            10..=14 => self.write().await,
            15 | 16 => self.agree().await,
            17 => self.mark().await,
            18 => self.leave_out().await,
            19 => self.night().await,
            20 | 21 => self.aim().await,
            22 => self.reach().await,
            23 => self.worry_or_calm().await,
            _ => self.go_round().await,
        }
    }

    async fn worry_or_calm(&mut self) {
        if self.dice.random_bool(0.6) {
            self.worry().await;
        } else {
            self.calm().await;
        }
    }

    /// What runs every day.
    pub(super) async fn night(&mut self) {
        facts::daily_of(self.db, self.world.ours.id, self.now).await.unwrap();
    }

    pub(super) async fn tell(&self, kind: &'static str, id: impl std::fmt::Display) {
        let event = Event { kind, payload: json!({ "id": id.to_string() }) };
        facts::record(self.db, self.world.ours.id, &event, self.now).await.unwrap();
    }

    /// Some time of up to so many hours.
    pub(super) fn some(&mut self, hours: i64) -> TimeDelta {
        TimeDelta::milliseconds(self.dice.random_range(1..hours * 3_600_000))
    }

    /// A conversation was held, which is written down some days later, now and then a week.
    async fn talk(&mut self) {
        use StepKind::{Closing, Expectations, Intake, Progress};
        let Some((student_id, partnership_id)) = self.year.partnerships.choose(self.dice).copied() else { return };
        let kind = *[Intake, Expectations, Expectations, Closing, Progress].choose(self.dice).unwrap();
        let id = ConversationId::new();
        let late = TimeDelta::days(if self.dice.random_bool(0.15) { self.dice.random_range(4..8) } else { 0 });
        let starts_at = self.now - late - self.some(60);
        let row = conversation::Model {
            id,
            board_id: self.world.ours.id,
            partnership_id,
            student_id,
            school_id: self.world.ours.schools[0],
            staff_id: self.world.ours.teacher.person,
            kind,
            starts_at,
            ends_at: starts_at + TimeDelta::minutes(20),
            mode: ConversationMode::AtSchool,
            location: None,
            status: OccasionStatus::Held,
            cancel_reason: None,
            child_present: None,
            summary: None,
            release_at: Some(self.now),
            released_at: None,
            recorded_at: Some(self.now),
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        };
        put::<conversation::Entity>(self.db, row).await;
        self.attend(id, student_id, self.world.ours.teacher.person, true).await;
        let links = guardianship::Entity::find().filter(guardianship::Column::StudentId.eq(student_id));
        for link in links.all(self.db).await.unwrap() {
            self.attend(id, student_id, link.guardian_id, false).await;
        }
        self.known.conversations.push((id, student_id));
        self.tell("conversation.recorded", id).await;
    }

    async fn attend(&mut self, id: ConversationId, student_id: StudentId, person_id: PersonId, is_staff: bool) {
        let came = is_staff || self.dice.random_bool(0.7);
        let row = conversation_attendee::Model {
            conversation_id: id,
            person_id,
            board_id: self.world.ours.id,
            student_id,
            is_staff,
            status: if came { AttendeeStatus::Present } else { AttendeeStatus::Absent },
            responded_at: None,
        };
        put::<conversation_attendee::Entity>(self.db, row).await;
    }

    /// All the guardians came after all, or none did.
    async fn correct(&mut self) {
        let Some((id, _)) = self.known.conversations.choose(self.dice).copied() else { return };
        let status = *[AttendeeStatus::Present, AttendeeStatus::Absent].choose(self.dice).unwrap();
        conversation_attendee::Entity::update_many()
            .col_expr(conversation_attendee::Column::Status, Expr::val(status.to_value()))
            .filter(conversation_attendee::Column::ConversationId.eq(id))
            .filter(conversation_attendee::Column::IsStaff.eq(false))
            .exec(self.db)
            .await
            .unwrap();
        self.tell("conversation.recorded", id).await;
    }

    fn tone(&mut self) -> ContactTone {
        *[ContactTone::Compliment, ContactTone::Compliment, ContactTone::Neutral].choose(self.dice).unwrap()
    }

    /// A compliment, now and then one of last week, or for a child that went to another school since.
    async fn praise(&mut self) {
        let id = ContactMomentId::new();
        let late = TimeDelta::days(if self.dice.random_bool(0.2) { self.dice.random_range(3..8) } else { 0 });
        let gone: Vec<StudentId> =
            self.town.children.iter().copied().filter(|child| self.chronicle.moved.contains(child)).collect();
        let child = gone.choose(self.dice).copied().filter(|_| !late.is_zero());
        let student_id = child.unwrap_or_else(|| *self.town.children.choose(self.dice).unwrap());
        let row = contact_moment::Model {
            id,
            board_id: self.world.ours.id,
            school_id: self.world.ours.schools[0],
            student_id,
            guardian_id: None,
            author_id: self.world.ours.teacher.person,
            kind: ContactKind::AtTheDoor,
            tone: self.tone(),
            note: None,
            occurred_at: self.now - late - self.some(40),
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        };
        put::<contact_moment::Entity>(self.db, row).await;
        self.known.moments.push(id);
        self.tell("contact_moment.logged", id).await;
    }

    /// It was another kind of contact, at another time.
    async fn say_otherwise(&mut self) {
        let Some(id) = self.known.moments.choose(self.dice).copied() else { return };
        let (tone, occurred_at) = (self.tone(), self.now - self.some(60));
        contact_moment::Entity::update_many()
            .col_expr(contact_moment::Column::Tone, Expr::val(tone.to_value()))
            .col_expr(contact_moment::Column::OccurredAt, Expr::val(occurred_at))
            .filter(contact_moment::Column::Id.eq(id))
            .exec(self.db)
            .await
            .unwrap();
        self.tell("contact_moment.updated", id).await;
    }

    async fn take_back(&mut self) {
        let Some(id) = self.known.moments.pop() else { return };
        contact_moment::Entity::delete_by_id(id).exec(self.db).await.unwrap();
        self.tell("contact_moment.deleted", id).await;
    }
}

//! What may happen between families and a school, on the raw tables, told to the facts as the acts tell it.

use chrono::{DateTime, Days, TimeDelta, Utc};
use glans::call::today;
use glans::metrics::facts;
use glans::platform::outbox::Event;
use glans_entity::engagement::{
    AttendeeStatus, ContactKind, ContactTone, ConversationMode, StepKind, ThreadStatus, agreement, contact_moment,
    conversation, conversation_attendee, message, thread,
};
use glans_entity::ids::{
    AgreementId, ContactMomentId, ConversationId, MeetingId, MessageId, PersonId, StudentId, TeamSessionId, ThreadId,
};
use glans_entity::people::guardianship;
use glans_entity::practice::OccasionStatus;
use glans_tests::World;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;

use super::town::{Town, put};
use super::year::Year;

/// One history on its way.
pub(super) struct Life<'l> {
    pub world: &'l World,
    pub db: &'l DatabaseTransaction,
    pub town: &'l Town,
    pub year: &'l Year,
    pub dice: &'l mut StdRng,
    pub now: DateTime<Utc>,
    pub known: Known,
}

/// What there is already: what a life goes on with in another transaction.
#[derive(Default)]
pub(super) struct Known {
    pub meetings: Vec<MeetingId>,
    pub sessions: Vec<TeamSessionId>,
    conversations: Vec<(ConversationId, StudentId)>,
    moments: Vec<ContactMomentId>,
    threads: Vec<(ThreadId, StudentId)>,
    /// Messages that nobody was told of yet, and when they arrive.
    held: Vec<(MessageId, DateTime<Utc>)>,
    agreements: Vec<(AgreementId, ConversationId)>,
}

impl<'l> Life<'l> {
    pub(super) fn new(
        world: &'l World,
        db: &'l DatabaseTransaction,
        (town, year): (&'l Town, &'l Year),
        dice: &'l mut StdRng,
        now: DateTime<Utc>,
    ) -> Self {
        Self { world, db, town, year, dice, now, known: Known::default() }
    }

    /// Something happens, some hours later.
    pub(super) async fn go_on(&mut self) {
        let later = self.some(7);
        self.now += later;
        self.happen().await;
    }

    /// Something happens now.
    pub(super) async fn happen(&mut self) {
        self.post().await;
        match self.dice.random_range(0..32) {
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
            _ => self.go_round().await,
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

    /// A conversation was held, which is written down some days later at most.
    async fn talk(&mut self) {
        use StepKind::{Closing, Expectations, Intake, Progress};
        let Some((student_id, partnership_id)) = self.year.partnerships.choose(self.dice).copied() else { return };
        let kind = *[Intake, Expectations, Expectations, Closing, Progress].choose(self.dice).unwrap();
        let id = ConversationId::new();
        let starts_at = self.now - self.some(60);
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

    async fn praise(&mut self) {
        let id = ContactMomentId::new();
        let row = contact_moment::Model {
            id,
            board_id: self.world.ours.id,
            school_id: self.world.ours.schools[0],
            student_id: *self.town.children.choose(self.dice).unwrap(),
            guardian_id: None,
            author_id: self.world.ours.teacher.person,
            kind: ContactKind::AtTheDoor,
            tone: self.tone(),
            note: None,
            occurred_at: self.now - self.some(40),
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

    /// Somebody writes, and what a guardian writes may be held.
    async fn write(&mut self) {
        if self.known.threads.len() < 2 || self.dice.random_bool(0.1) {
            self.begin().await;
        }
        let (thread_id, student_id) = *self.known.threads.choose(self.dice).unwrap();
        let (id, is_staff) = (MessageId::new(), self.dice.random_bool(0.45));
        let guardian = *self.town.guardians.choose(self.dice).unwrap();
        let is_held = !is_staff && self.dice.random_bool(0.4);
        let arrives_at = if is_held { self.now + self.some(30) } else { self.now };
        // Of a thread no two arrive together.
        let same = message::Entity::find().filter(message::Column::ThreadId.eq(thread_id));
        if same.filter(message::Column::ArrivesAt.eq(arrives_at)).count(self.db).await.unwrap() > 0 {
            return;
        }
        let row = message::Model {
            id,
            board_id: self.world.ours.id,
            thread_id,
            school_id: self.world.ours.schools[0],
            student_id,
            author_id: if is_staff { self.world.ours.teacher.person } else { guardian },
            is_staff,
            body: "Hoe gaat het?".to_owned(),
            sent_at: self.now,
            arrives_at,
            announced_at: None,
            undeliverable_at: None,
            updated_at: self.now,
            version: 1,
        };
        put::<message::Entity>(self.db, row).await;
        self.known.held.push((id, arrives_at));
        self.post().await;
    }

    async fn begin(&mut self) {
        let (id, student_id) = (ThreadId::new(), *self.town.children.choose(self.dice).unwrap());
        let row = thread::Model {
            id,
            board_id: self.world.ours.id,
            school_id: self.world.ours.schools[0],
            student_id,
            subject: "Lezen".to_owned(),
            started_by: self.world.ours.teacher.person,
            status: ThreadStatus::Open,
            closed_at: None,
            closed_by: None,
            opens_at: self.now,
            last_sent_at: self.now,
            last_at: self.now,
            awaits_since: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        };
        put::<thread::Entity>(self.db, row).await;
        self.known.threads.push((id, student_id));
    }

    /// Tells of what has arrived, in whatever order, and mostly at once; some of it reaches nobody.
    async fn post(&mut self) {
        self.known.held.shuffle(self.dice);
        for (id, arrives_at) in std::mem::take(&mut self.known.held) {
            if arrives_at > self.now || self.dice.random_bool(0.1) {
                self.known.held.push((id, arrives_at));
                continue;
            }
            let is_lost = self.dice.random_bool(0.1);
            let column = if is_lost { message::Column::UndeliverableAt } else { message::Column::AnnouncedAt };
            message::Entity::update_many()
                .col_expr(column, Expr::val(self.now))
                .filter(message::Column::Id.eq(id))
                .exec(self.db)
                .await
                .unwrap();
            self.tell(if is_lost { "message.undeliverable" } else { "message.arrived" }, id).await;
        }
    }

    async fn agree(&mut self) {
        let Some((conversation_id, student_id)) = self.known.conversations.choose(self.dice).copied() else { return };
        let (id, day) = (AgreementId::new(), today(self.now) - Days::new(2));
        let row = agreement::Model {
            id,
            board_id: self.world.ours.id,
            conversation_id,
            student_id,
            position: 0,
            text: "Elke avond lezen.".to_owned(),
            due_on: self.dice.random_bool(0.9).then_some(day + Days::new(self.dice.random_range(0..9))),
            kept: self.dice.random_bool(0.1).then_some(true),
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        };
        put::<agreement::Entity>(self.db, row).await;
        self.known.agreements.push((id, conversation_id));
        self.tell("conversation.recorded", conversation_id).await;
    }

    async fn mark(&mut self) {
        let Some((id, _)) = self.known.agreements.choose(self.dice).copied() else { return };
        let kept = *[Some(true), Some(true), Some(false), None].choose(self.dice).unwrap();
        agreement::Entity::update_many()
            .col_expr(agreement::Column::Kept, Expr::val(kept))
            .filter(agreement::Column::Id.eq(id))
            .exec(self.db)
            .await
            .unwrap();
        self.tell("agreement.marked", id).await;
    }

    async fn leave_out(&mut self) {
        let Some((id, conversation)) = self.known.agreements.pop() else { return };
        agreement::Entity::delete_by_id(id).exec(self.db).await.unwrap();
        self.tell("conversation.recorded", conversation).await;
    }
}

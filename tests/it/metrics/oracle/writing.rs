//! Messages between guardians and staff.

use glans_entity::engagement::{ThreadStatus, message, thread};
use glans_entity::ids::{MessageId, ThreadId};
use glans_tests::seed::put;
use rand::Rng;
use rand::seq::{IndexedRandom, SliceRandom};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::life::Life;

impl Life<'_> {
    /// Somebody writes, and what a guardian writes may be held.
    pub(super) async fn write(&mut self) {
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
    pub(super) async fn post(&mut self) {
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
}

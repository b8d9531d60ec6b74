//! Agreements, goals and concerns.

use chrono::{Days, TimeDelta};
use glans_entity::engagement::{ConcernStatus, agreement, concern, goal};
use glans_entity::ids::{AgreementId, ConcernId, GoalId};
use glans_tests::seed::put;
use rand::Rng;
use rand::seq::IndexedRandom;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter};

use super::calendar::today;
use super::life::Life;

impl Life<'_> {
    pub(super) async fn agree(&mut self) {
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

    pub(super) async fn mark(&mut self) {
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

    pub(super) async fn leave_out(&mut self) {
        let Some((id, conversation)) = self.known.agreements.pop() else { return };
        agreement::Entity::delete_by_id(id).exec(self.db).await.unwrap();
        self.tell("conversation.recorded", conversation).await;
    }

    /// A goal of a child is put down.
    pub(super) async fn aim(&mut self) {
        let Some((student_id, partnership_id)) = self.year.partnerships.choose(self.dice).copied() else { return };
        let id = GoalId::new();
        let row = goal::Model {
            id,
            board_id: self.world.ours.id,
            partnership_id,
            student_id,
            author_id: self.world.ours.teacher.person,
            text: "Vlot lezen.".to_owned(),
            achieved: None,
            marked_at: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        };
        put::<goal::Entity>(self.db, row).await;
        self.known.goals.push(id);
    }

    /// One of the goals was reached.
    pub(super) async fn reach(&mut self) {
        let Some(id) = self.known.goals.choose(self.dice).copied() else { return };
        goal::Entity::update_many()
            .col_expr(goal::Column::Achieved, Expr::val(Some(true)))
            .col_expr(goal::Column::MarkedAt, Expr::val(self.now))
            .filter(goal::Column::Id.eq(id))
            .exec(self.db)
            .await
            .unwrap();
    }

    /// Somebody worries about a child, since some weeks ago or since now.
    pub(super) async fn worry(&mut self) {
        let id = ConcernId::new();
        let since = self.now - TimeDelta::days(self.dice.random_range(0..25));
        let row = concern::Model {
            id,
            board_id: self.world.ours.id,
            school_id: self.world.ours.schools[0],
            student_id: *self.town.children.choose(self.dice).unwrap(),
            raised_by: self.world.ours.teacher.person,
            is_staff: true,
            text: "Vaak moe.".to_owned(),
            urgency: None,
            shared: false,
            status: ConcernStatus::Open,
            acknowledged_at: None,
            acknowledged_by: None,
            resolved_at: None,
            resolved_by: None,
            resolution: None,
            created_at: since,
            updated_at: self.now,
            version: 1,
        };
        put::<concern::Entity>(self.db, row).await;
        self.known.concerns.push(id);
    }

    /// One of the concerns is resolved.
    pub(super) async fn calm(&mut self) {
        let Some(id) = self.known.concerns.pop() else { return };
        concern::Entity::update_many()
            .col_expr(concern::Column::Status, Expr::val(ConcernStatus::Resolved.to_value()))
            .col_expr(concern::Column::AcknowledgedAt, Expr::val(self.now))
            .col_expr(concern::Column::ResolvedAt, Expr::val(self.now))
            .col_expr(concern::Column::Resolution, Expr::val("Slaapt weer goed."))
            .filter(concern::Column::Id.eq(id))
            .exec(self.db)
            .await
            .unwrap();
    }
}

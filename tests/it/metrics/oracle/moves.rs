//! Children and schools go elsewhere, on the raw tables, told as the acts tell it. All of it is at the beginning of a
//! day, before anything else happens on it, so that a day is of one place.

use chrono::{DateTime, Days, NaiveDate, Utc};
use glans::metrics::census;
use glans::platform::outbox::Event;
use glans_entity::engagement::message;
use glans_entity::ids::{ClassGroupId, EnrolmentId, PersonId, SchoolId, StudentId};
use glans_entity::metrics::fact;
use glans_entity::organisation::{class_group, school};
use glans_entity::people::{enrolment, guardianship, student};
use glans_tests::World;
use glans_tests::seed::put;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait,
};
use serde_json::json;

use super::calendar::{begin, today};
use super::chronicle::Chronicle;
use super::town::Town;

pub(super) struct Moves<'m> {
    pub world: &'m World,
    pub db: &'m DatabaseTransaction,
    pub town: &'m Town,
    pub chronicle: &'m mut Chronicle,
    pub dice: &'m mut StdRng,
    pub now: DateTime<Utc>,
}

impl Moves<'_> {
    /// A day begins: perhaps something moves, and it is looked where everybody is.
    pub(super) async fn dawn(&mut self) {
        self.perhaps_move().await;
        self.look().await;
    }

    pub(super) async fn perhaps_move(&mut self) {
        match self.dice.random_range(0..14) {
            0 | 1 => self.change_school().await,
            2 => self.change_cluster().await,
            3 => self.leave_late().await,
            _ => {}
        }
    }

    /// As the program does every day.
    pub(super) async fn look(&self) {
        look(self.db, self.world, self.now).await;
    }

    async fn tell(&self, kind: &'static str, payload: serde_json::Value) {
        let event = Event { kind, payload };
        glans::metrics::record(self.db, self.world.ours.id, &event, self.now).await.unwrap();
    }

    /// A child goes to a class group of the other school.
    async fn change_school(&mut self) {
        let (on, ours) = (today(self.now), &self.world.ours);
        let child = *self.town.children.choose(self.dice).unwrap();
        let places = self.places(child).await;
        let here = |row: &&enrolment::Model| row.starts_on < on && row.ends_on.is_none();
        let Some(place) = places.iter().find(here) else { return };
        let at = usize::from(self.school(place.class_group_id).await == ours.schools[1]);
        let (school, group) = (ours.schools[1 - at], ours.groups[1 - at]);
        if self.chronicle.moved.contains(&child) || places.iter().any(|row| row.class_group_id == group) {
            return;
        }
        self.end_places(child, on - Days::new(1)).await;
        let row = enrolment::Model { id: EnrolmentId::new(), class_group_id: group, starts_on: on, ..place.clone() };
        put::<enrolment::Entity>(self.db, row).await;
        student::Entity::update_many()
            .col_expr(student::Column::SchoolId, Expr::val(school))
            .filter(student::Column::Id.eq(child))
            .exec(self.db)
            .await
            .unwrap();
        self.chronicle.moved.push(child);
        self.tell("student.placed", json!({ "id": child })).await;
    }

    async fn places(&self, child: StudentId) -> Vec<enrolment::Model> {
        let own = enrolment::Entity::find().filter(enrolment::Column::StudentId.eq(child));
        own.all(self.db).await.unwrap()
    }

    async fn school(&self, group: ClassGroupId) -> SchoolId {
        class_group::Entity::find_by_id(group).one(self.db).await.unwrap().unwrap().school_id
    }

    async fn end_places(&self, child: StudentId, last: NaiveDate) {
        let later = Condition::any().add(enrolment::Column::EndsOn.is_null()).add(enrolment::Column::EndsOn.gt(last));
        enrolment::Entity::update_many()
            .col_expr(enrolment::Column::EndsOn, Expr::val(last))
            .filter(enrolment::Column::StudentId.eq(child))
            .filter(later)
            .exec(self.db)
            .await
            .unwrap();
    }

    /// A school goes to the other cluster.
    async fn change_cluster(&mut self) {
        let (on, ours) = (today(self.now), &self.world.ours);
        let school = *ours.schools.choose(self.dice).unwrap();
        let at = usize::from(self.chronicle.cluster(school, on) == ours.clusters[1]);
        let cluster = ours.clusters[1 - at];
        school::Entity::update_many()
            .col_expr(school::Column::ClusterId, Expr::val(cluster))
            .filter(school::Column::Id.eq(school))
            .exec(self.db)
            .await
            .unwrap();
        self.chronicle.goes_to(school, on, cluster);
        self.tell("school.moved", json!({ "id": school })).await;
    }

    /// A child had left some days ago, which is known now. Nothing was written down of it or its family since, so that
    /// what is counted then is no matter of when it was; nor has the family another child here.
    async fn leave_late(&mut self) {
        let child = *self.town.children.choose(self.dice).unwrap();
        let last = today(self.now) - Days::new(self.dice.random_range(1..5));
        let places = self.places(child).await;
        let open = || places.iter().filter(|row| row.ends_on.is_none_or(|ends_on| ends_on > last));
        if open().next().is_none() || open().any(|row| row.starts_on > last) || !self.is_quiet(child, last).await {
            return;
        }
        self.end_places(child, last).await;
        let later =
            Condition::any().add(guardianship::Column::EndsOn.is_null()).add(guardianship::Column::EndsOn.gt(last));
        guardianship::Entity::update_many()
            .col_expr(guardianship::Column::EndsOn, Expr::val(last))
            .filter(guardianship::Column::StudentId.eq(child))
            .filter(later)
            .exec(self.db)
            .await
            .unwrap();
        student::Entity::update_many()
            .col_expr(student::Column::LeftOn, Expr::val(last))
            .filter(student::Column::Id.eq(child))
            .exec(self.db)
            .await
            .unwrap();
        self.chronicle.left.push((child, last));
        self.tell("student.left", json!({ "id": child })).await;
    }

    /// There is nothing of the child and its guardians after that day, who have no other child here.
    async fn is_quiet(&self, child: StudentId, last: NaiveDate) -> bool {
        let links = guardianship::Entity::find().filter(guardianship::Column::BoardId.eq(self.world.ours.id));
        let links = links.all(self.db).await.unwrap();
        let own: Vec<PersonId> =
            links.iter().filter(|link| link.student_id == child).map(|link| link.guardian_id).collect();
        let is_other = |link: &guardianship::Model| link.student_id != child && own.contains(&link.guardian_id);
        let whose = own.iter().map(|guardian| guardian.0).chain([child.0]);
        let facts = fact::Entity::find().filter(fact::Column::SubjectId.is_in(whose));
        let facts = facts.filter(fact::Column::Day.gt(last));
        let messages = message::Entity::find()
            .filter(message::Column::StudentId.eq(child))
            .filter(message::Column::ArrivesAt.gte(begin(last + Days::new(1))));
        !links.iter().any(is_other)
            && facts.count(self.db).await.unwrap() == 0
            && messages.count(self.db).await.unwrap() == 0
    }
}

/// It is looked where everybody is.
pub(super) async fn look(db: &DatabaseTransaction, world: &World, now: DateTime<Utc>) {
    let everybody = enrolment::Entity::find()
        .select_only()
        .column(enrolment::Column::StudentId)
        .filter(enrolment::Column::BoardId.eq(world.ours.id));
    let everybody = census::Moved::Selected(Box::new(everybody.into_query()));
    census::take(db, world.ours.id, &everybody, now).await.unwrap();
}

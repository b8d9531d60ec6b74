//! Families and teachers of the first board, and the transaction in which things happen to them.

use chrono::{DateTime, Days, TimeDelta, Utc};
use glans::call::today;
use glans_entity::ids::{ClusterId, MaterialId, PersonId, StudentId};
use glans_entity::metrics::{Engaged, stretch};
use glans_entity::organisation::{class_group, school};
use glans_entity::people::{GuardianAccess, GuardianshipStatus, enrolment, guardianship};
use glans_entity::programme::{Audience, MaterialState, material, material_state};
use glans_tests::World;
use glans_tests::seed::Someone;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
};
use uuid::Uuid;

const CHILDREN: usize = 6;
const FAMILIES: usize = 5;

/// Who lives in one history, besides all who were there before.
pub(super) struct Town {
    pub children: Vec<StudentId>,
    pub guardians: Vec<PersonId>,
    /// Two of each school.
    pub teachers: [Vec<Someone>; 2],
}

impl Town {
    /// They are counted from the first day of each on.
    pub(super) async fn settle(world: &World, dice: &mut StdRng, name: &str, from: DateTime<Utc>) -> Self {
        let town = Self::arrive(world, dice, name, from).await;
        let db = world.writing().await;
        stretches(&db, world).await;
        world.written(db).await;
        town
    }

    /// Nobody has counted them yet.
    pub(super) async fn arrive(world: &World, dice: &mut StdRng, name: &str, from: DateTime<Utc>) -> Self {
        let mut teachers: [Vec<Someone>; 2] = [Vec::new(), Vec::new()];
        for at in [0_usize, 1, 0, 1] {
            let number = teachers[at].len();
            teachers[at].push(world.teacher(&format!("Juf-{name}-{at}-{number}"), at).await);
        }
        let mut children = Vec::new();
        for number in 0..CHILDREN {
            children.push(world.child(&format!("Kind-{name}-{number}"), dice.random_range(0..2)).await);
        }
        let mut guardians = Vec::new();
        for number in 0..FAMILIES {
            let first = dice.random_range(0..CHILDREN);
            let several = dice.random_bool(0.4).then_some((first + 1) % CHILDREN);
            let access = if dice.random_bool(0.8) { GuardianAccess::Full } else { GuardianAccess::OnRequest };
            let own: Vec<_> = [first].into_iter().chain(several).map(|at| (children[at], access)).collect();
            guardians.push(world.guardian(&format!("Ouder-{name}-{number}"), &own).await.person);
        }
        let town = Self { children, guardians, teachers };
        let db = world.writing().await;
        town.unsettle(&db, world, dice, from).await;
        world.written(db).await;
        town
    }

    /// Some leave on the way or were never here, and some relations end or do not hold yet.
    async fn unsettle(&self, db: &DatabaseTransaction, world: &World, dice: &mut StdRng, from: DateTime<Utc>) {
        for child in &self.children {
            if dice.random_bool(0.3) {
                let last = today(from) + Days::new(dice.random_range(0..20)) - Days::new(1);
                let leaves = enrolment::Entity::update_many().col_expr(enrolment::Column::EndsOn, Expr::val(last));
                leaves.filter(enrolment::Column::StudentId.eq(*child)).exec(db).await.unwrap();
            }
        }
        for guardian in &self.guardians {
            let own = guardianship::Column::GuardianId.eq(*guardian);
            let goes = dice.random_bool(0.2);
            if goes {
                let last = today(from) + Days::new(dice.random_range(0..20));
                let ends = guardianship::Entity::update_many().col_expr(guardianship::Column::EndsOn, Expr::val(last));
                ends.filter(own).exec(db).await.unwrap();
            } else if dice.random_bool(0.2) {
                let invited = Expr::val(GuardianshipStatus::Invited.to_value());
                let waits = guardianship::Entity::update_many().col_expr(guardianship::Column::Status, invited);
                waits.filter(own).exec(db).await.unwrap();
            }
        }
        materials(db, world, from).await;
        for teacher in self.teachers.iter().flatten() {
            study(db, world, dice, *teacher, from).await;
        }
    }
}

/// Inserts a row.
pub(super) async fn put<E>(db: &DatabaseTransaction, row: E::Model)
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    E::insert(row.into_active_model().reset_all()).exec_without_returning(db).await.unwrap();
}

/// One material more, for teachers, once.
async fn materials(db: &DatabaseTransaction, world: &World, at: DateTime<Utc>) {
    let known = material::Entity::find().filter(material::Column::LessonId.eq(world.ours.published.lesson));
    let known = known.all(db).await.unwrap();
    if known.iter().any(|row| row.audience == Audience::Teacher) {
        return;
    }
    let row = material::Model {
        id: MaterialId::new(),
        key: "voor-het-team".to_owned(),
        position: 9,
        audience: Audience::Teacher,
        created_at: at,
        updated_at: at,
        ..known[0].clone()
    };
    put::<material::Entity>(db, row).await;
}

/// A teacher completes some materials some time, or begins with them.
async fn study(db: &DatabaseTransaction, world: &World, dice: &mut StdRng, teacher: Someone, from: DateTime<Utc>) {
    let all = material::Entity::find().filter(material::Column::LessonId.eq(world.ours.published.lesson));
    for material in all.all(db).await.unwrap() {
        let states = [MaterialState::Started, MaterialState::Completed, MaterialState::Completed];
        let row = material_state::Model {
            account_id: teacher.account,
            material_id: material.id,
            state: *states.choose(dice).unwrap(),
            updated_at: from + TimeDelta::hours(dice.random_range(-48..200)),
        };
        if dice.random_bool(0.9) {
            put::<material_state::Entity>(db, row).await;
        }
    }
}

/// What the census would have taken day by day: a stretch for each place in a class group.
async fn stretches(db: &DatabaseTransaction, world: &World) {
    let (groups, schools) =
        (class_group::Entity::find().all(db).await.unwrap(), school::Entity::find().all(db).await.unwrap());
    // Others are in the groups of another year, besides.
    let own = enrolment::Entity::find().filter(enrolment::Column::ClassGroupId.is_in(world.ours.groups));
    for row in own.all(db).await.unwrap() {
        let group = groups.iter().find(|group| group.id == row.class_group_id).unwrap();
        let school = schools.iter().find(|school| school.id == group.school_id).unwrap();
        let stretch = stretch::Model {
            student_id: row.student_id,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            board_id: row.board_id,
            cluster_id: school.cluster_id.unwrap_or(ClusterId(Uuid::nil())),
            school_id: school.id,
            class_group_id: group.id,
            language: String::new(),
            is_reachable: false,
            entitled: 0,
            activated: 0,
            engaged: Engaged::Unknown,
        };
        let key = [stretch::Column::StudentId, stretch::Column::StartsOn];
        let again = OnConflict::columns(key).do_nothing().to_owned();
        let insert = stretch::Entity::insert(stretch.into_active_model().reset_all()).on_conflict(again);
        insert.exec_without_returning(db).await.unwrap();
    }
}

//! The SQL of experiences and comments.

use chrono::{DateTime, Utc};
use glans_entity::ids::{CohortId, CommentId, ExperienceId, LessonId, MeetingId, SchoolCohortId, SchoolId};
use glans_entity::people::{guardianship, person, student};
use glans_entity::practice::{comment, experience};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};

use super::names::Names;
use crate::access::Permit;
use crate::listed;
use crate::platform::error::{Result, taken};
use crate::platform::own_id::ID_TAKEN;
use crate::platform::page::{self, By, Order, PageArgs, Rows};

/// The experiences in sight with these ids.
pub(super) async fn by_ids(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[ExperienceId],
) -> Result<Vec<experience::Model>> {
    Ok(experience::Entity::within(scope).filter(experience::Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The comments in sight with these ids.
pub(super) async fn comments_by_ids(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[CommentId],
) -> Result<Vec<comment::Model>> {
    Ok(comment::Entity::within(scope).filter(comment::Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The experience, if it is in sight; nobody else changes it until the transaction ends.
pub(super) async fn lock(
    db: &impl ConnectionTrait,
    scope: &Scope,
    id: ExperienceId,
) -> Result<Option<experience::Model>> {
    Ok(experience::Entity::within(scope).filter(experience::Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

/// The experiences in sight of these schools, oldest first.
pub(super) async fn of_schools(
    db: &impl ConnectionTrait,
    scope: &Scope,
    schools: &[SchoolCohortId],
) -> Result<Vec<experience::Model>> {
    let of_them = experience::Column::CohortSchoolId.is_in(schools.iter().copied());
    let rows = experience::Entity::within(scope).filter(of_them);
    Ok(rows.order_by_asc(experience::Column::CreatedAt).order_by_asc(experience::Column::Id).all(db).await?)
}

/// The experiences in sight of these cohorts that others than the own school see, in the order in which they were shared.
pub async fn shared_in(
    db: &impl ConnectionTrait,
    scope: &Scope,
    cohorts: &[CohortId],
) -> Result<Vec<experience::Model>> {
    let rows = experience::Entity::within(scope)
        .filter(experience::Column::CohortId.is_in(cohorts.iter().copied()))
        .filter(experience::Column::SharedAt.is_not_null());
    Ok(rows.order_by_asc(experience::Column::SharedAt).order_by_asc(experience::Column::Id).all(db).await?)
}

const NEWEST_FIRST: By<experience::Entity, DateTime<Utc>> = Order {
    name: "experience.time",
    columns: (experience::Column::CreatedAt, experience::Column::Id),
    key: |row: &experience::Model| (row.created_at, row.id.0),
    descending: true,
};

listed!(experience::Model, NEWEST_FIRST);

/// One page of the experiences in sight with a lesson, newest first.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    lesson: LessonId,
    cohort: Option<CohortId>,
    args: &PageArgs,
) -> Result<Rows<experience::Model>> {
    let mut select = experience::Entity::within(scope).filter(experience::Column::LessonId.eq(lesson));
    if let Some(cohort) = cohort {
        select = select.filter(experience::Column::CohortId.eq(cohort));
    }
    page::rows(db, select, &NEWEST_FIRST, args).await
}

const OLDEST_FIRST: By<comment::Entity, DateTime<Utc>> = Order {
    name: "comment.time",
    columns: (comment::Column::CreatedAt, comment::Column::Id),
    key: |row: &comment::Model| (row.created_at, row.id.0),
    descending: false,
};

listed!(comment::Model, OLDEST_FIRST);

/// One page of the comments in sight on an experience, oldest first.
pub(super) async fn comments(
    db: &impl ConnectionTrait,
    scope: &Scope,
    experience: ExperienceId,
    args: &PageArgs,
) -> Result<Rows<comment::Model>> {
    let select = comment::Entity::within(scope).filter(comment::Column::ExperienceId.eq(experience));
    page::rows(db, select, &OLDEST_FIRST, args).await
}

/// The names of the children of these schools, and of their guardians.
pub(super) async fn names(db: &impl ConnectionTrait, scope: &Scope, schools: &[SchoolId]) -> Result<Names> {
    let mut names = Names::default();
    let children = student::Entity::within(scope)
        .filter(student::Column::SchoolId.is_in(schools.iter().copied()))
        .filter(student::Column::ErasedAt.is_null());
    let called: Vec<String> =
        children.clone().select_only().column(student::Column::DisplayName).into_tuple().all(db).await?;
    for name in &called {
        names.add_given(name);
    }
    let guardians = guardianship::Entity::within(scope).select_only().column(guardianship::Column::GuardianId).filter(
        guardianship::Column::StudentId.in_subquery(children.select_only().column(student::Column::Id).into_query()),
    );
    let guardians: Vec<(String, String)> = person::Entity::within(scope)
        .select_only()
        .columns([person::Column::GivenName, person::Column::FamilyName])
        .filter(person::Column::Id.in_subquery(guardians.into_query()))
        .into_tuple()
        .all(db)
        .await?;
    for (given, family) in guardians {
        names.add_given(&given);
        names.add_family(&family);
    }
    Ok(names)
}

/// Inserts an experience.
pub(super) async fn insert(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: experience::Model,
) -> Result<experience::Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken("id", ID_TAKEN))
}

/// Inserts a comment.
pub(super) async fn insert_comment(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: comment::Model,
) -> Result<comment::Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken("id", ID_TAKEN))
}

/// Stores the changed fields of `row` as its next version.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    mut row: experience::ActiveModel,
    version: i32,
    now: DateTime<Utc>,
) -> Result<experience::Model> {
    row.version = Set(version + 1);
    row.updated_at = Set(now);
    Ok(row.update(db).await?)
}

/// Stores which meeting took an experience up; none when it was a mistake.
pub async fn set_discussed(
    db: &impl ConnectionTrait,
    permit: &Permit,
    row: experience::Model,
    discussed: Option<(MeetingId, DateTime<Utc>)>,
    now: DateTime<Utc>,
) -> Result<()> {
    let version = row.version;
    let mut row = row.into_active_model();
    row.discussed_meeting_id = Set(discussed.map(|(meeting, _)| meeting));
    row.discussed_at = Set(discussed.map(|(_, at)| at));
    update(db, permit, row, version, now).await?;
    Ok(())
}

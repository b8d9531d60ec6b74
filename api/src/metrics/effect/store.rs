//! The SQL of who got a lesson when, and of the figures round it.

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::{BoardId, ClusterId, LessonId, ProgrammeVersionId, SchoolId};
use glans_entity::metrics::figure::{Column, Entity};
use glans_entity::metrics::{Level, Metric, Span};
use glans_entity::organisation::cluster;
use glans_entity::practice::{OccasionStatus, cohort, cohort_school, lesson_progress, lesson_succession, team_session};
use glans_entity::programme::{lesson, programme_version};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter, QuerySelect, QueryTrait};
use uuid::Uuid;

use crate::platform::error::Result;

/// The place whose schools are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Site {
    pub board: BoardId,
    /// None: all of the board.
    pub cluster: Option<ClusterId>,
}

/// A lesson of a published edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subject {
    pub lesson: LessonId,
    pub edition: ProgrammeVersionId,
}

/// The cluster, if the viewer sees figures of it; they need not see the cluster itself.
pub(super) async fn cluster(db: &impl ConnectionTrait, scope: &Scope, id: ClusterId) -> Result<Option<Site>> {
    let measured = Scope {
        on: scope.on,
        boards: scope.boards.clone(),
        organisation_boards: scope.measured_boards.clone(),
        clusters: scope.measured_clusters.clone(),
        ..Scope::default()
    };
    let found = cluster::Entity::within(&measured).filter(cluster::Column::Id.eq(id)).one(db).await?;
    Ok(found.map(|row| Site { board: row.board_id, cluster: Some(row.id) }))
}

/// The lesson, if it is published and of the platform or of a board in sight.
pub(super) async fn subject(db: &impl ConnectionTrait, scope: &Scope, id: LessonId) -> Result<Option<Subject>> {
    let published = programme_version::Entity::within(scope)
        .select_only()
        .column(programme_version::Column::Id)
        .filter(programme_version::Column::PublishedAt.is_not_null());
    let edition: Option<ProgrammeVersionId> = lesson::Entity::within(scope)
        .select_only()
        .column(lesson::Column::ProgrammeVersionId)
        .filter(lesson::Column::Id.eq(id))
        .filter(lesson::Column::ProgrammeVersionId.in_subquery(published.into_query()))
        .into_tuple()
        .one(db)
        .await?;
    Ok(edition.map(|edition| Subject { lesson: id, edition }))
}

/// The schools that are or were in cohorts that follow the edition of the lesson, or have a successor of it.
pub(super) async fn followers(db: &impl ConnectionTrait, scope: &Scope, of: Subject) -> Result<Vec<SchoolId>> {
    let moved = lesson_succession::Entity::within(scope)
        .select_only()
        .column(lesson_succession::Column::CohortId)
        .filter(lesson_succession::Column::LessonId.eq(of.lesson));
    let following = Condition::any()
        .add(cohort::Column::ProgrammeVersionId.eq(of.edition))
        .add(cohort::Column::Id.in_subquery(moved.into_query()));
    let cohorts = cohort::Entity::within(scope).select_only().column(cohort::Column::Id).filter(following);
    let schools = cohort_school::Entity::within(scope)
        .select_only()
        .column(cohort_school::Column::SchoolId)
        .distinct()
        .filter(cohort_school::Column::CohortId.in_subquery(cohorts.into_query()));
    Ok(schools.into_tuple().all(db).await?)
}

/// When schools got the lesson: the end of the last session.
pub(super) async fn taught(
    db: &impl ConnectionTrait,
    scope: &Scope,
    of: Subject,
) -> Result<Vec<(SchoolId, DateTime<Utc>)>> {
    use lesson_progress::{Column, Entity};
    let taught = Entity::within(scope)
        .select_only()
        .columns([Column::SchoolId, Column::TaughtAt])
        .filter(is_of(Column::LessonId, scope, of))
        .filter(Column::TaughtAt.is_not_null());
    Ok(taught.into_tuple().all(db).await?)
}

/// When sessions with the lesson that were held began.
pub(super) async fn held(
    db: &impl ConnectionTrait,
    scope: &Scope,
    of: Subject,
) -> Result<Vec<(SchoolId, DateTime<Utc>)>> {
    use team_session::{Column, Entity};
    let held = Entity::within(scope)
        .select_only()
        .columns([Column::SchoolId, Column::StartsAt])
        .filter(is_of(Column::LessonId, scope, of))
        .filter(Column::Status.eq(OccasionStatus::Held));
    Ok(held.into_tuple().all(db).await?)
}

/// What is of the lesson, or of one that took its place in a cohort.
fn is_of<C: ColumnTrait>(column: C, scope: &Scope, of: Subject) -> Condition {
    let successors = lesson_succession::Entity::within(scope)
        .select_only()
        .column(lesson_succession::Column::SuccessorId)
        .filter(lesson_succession::Column::LessonId.eq(of.lesson));
    Condition::any().add(column.eq(of.lesson)).add(column.in_subquery(successors.into_query()))
}

/// What was counted at a school in the week that begins on the day: numerator and denominator.
pub(super) type Figure = (Uuid, NaiveDate, i64, i64);

/// The weekly figures of schools in sight that are hidden from nobody, of weeks that begin on `from` to `to`.
pub(super) async fn figures(
    db: &impl ConnectionTrait,
    scope: &Scope,
    site: Site,
    metric: Metric,
    schools: &[SchoolId],
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<Figure>> {
    let mut figures = Entity::within(scope)
        .select_only()
        .columns([Column::PlaceId, Column::StartsOn, Column::Numerator, Column::Denominator])
        .filter(Column::BoardId.eq(site.board))
        .filter(Column::Span.eq(Span::Week))
        .filter(Column::Metric.eq(metric))
        .filter(Column::Level.eq(Level::School))
        .filter(Column::Language.eq(""))
        .filter(Column::Outside.is_null())
        .filter(Column::StartsOn.between(from, to))
        .filter(Column::PlaceId.is_in(schools.iter().map(|school| school.0)));
    if let Some(cluster) = site.cluster {
        figures = figures.filter(Column::ParentId.eq(cluster.0));
    }
    Ok(figures.into_tuple().all(db).await?)
}

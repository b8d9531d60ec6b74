//! The SQL of moving what happened from lessons to their successors.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use glans_entity::ids::{CohortId, LessonId};
use glans_entity::practice::{
    cohort, experience, lesson_mark, lesson_progress, lesson_succession, meeting, meeting_lesson, team_session,
};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect,
};

use super::rules::Succession;
use crate::access::Permit;
use crate::platform::error::Result;

/// The lessons with which something happened, or is to happen, in a cohort.
pub(super) async fn lived(db: &impl ConnectionTrait, scope: &Scope, cohort: CohortId) -> Result<BTreeSet<LessonId>> {
    let mut lived = BTreeSet::new();
    macro_rules! gather {
        ($($table:ident),+) => {$(
            let lessons = $table::Entity::within(scope)
                .select_only()
                .column($table::Column::LessonId)
                .distinct()
                .filter($table::Column::CohortId.eq(cohort));
            lived.extend(lessons.into_tuple::<LessonId>().all(db).await?);
        )+};
    }
    gather!(meeting_lesson, team_session, experience, lesson_mark);
    Ok(lived)
}

/// The lessons of all meetings of a cohort.
pub(super) async fn of_meetings(
    db: &impl ConnectionTrait,
    scope: &Scope,
    cohort: CohortId,
) -> Result<Vec<meeting_lesson::Model>> {
    Ok(meeting_lesson::Entity::within(scope).filter(meeting_lesson::Column::CohortId.eq(cohort)).all(db).await?)
}

/// Stores `rows` for all that is stored of the lessons of meetings of a cohort.
pub(super) async fn set_of_meetings(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    cohort: CohortId,
    rows: Vec<meeting_lesson::Model>,
    now: DateTime<Utc>,
) -> Result<()> {
    meeting_lesson::Entity::delete_many().filter(meeting_lesson::Column::CohortId.eq(cohort)).exec(db).await?;
    if !rows.is_empty() {
        let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
        meeting_lesson::Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    meeting::Entity::update_many()
        .col_expr(meeting::Column::UpdatedAt, Expr::value(now))
        .col_expr(meeting::Column::Version, Expr::col(meeting::Column::Version).add(1))
        .filter(meeting::Column::CohortId.eq(cohort))
        .exec(db)
        .await?;
    Ok(())
}

/// Lets the sessions, experiences and decisions of a cohort be about the successors.
pub(super) async fn hand_over(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    cohort: CohortId,
    succession: &Succession,
    now: DateTime<Utc>,
) -> Result<()> {
    macro_rules! versioned {
        ($($table:ident),+) => {$(
            $table::Entity::update_many()
                .col_expr($table::Column::LessonId, successor($table::Column::LessonId, succession))
                .col_expr($table::Column::UpdatedAt, Expr::value(now))
                .col_expr($table::Column::Version, Expr::col($table::Column::Version).add(1))
                .filter($table::Column::CohortId.eq(cohort))
                .filter($table::Column::LessonId.is_in(succession.keys().copied()))
                .exec(db)
                .await?;
        )+};
    }
    versioned!(team_session, experience);
    lesson_mark::Entity::update_many()
        .col_expr(lesson_mark::Column::LessonId, successor(lesson_mark::Column::LessonId, succession))
        .filter(lesson_mark::Column::CohortId.eq(cohort))
        .filter(lesson_mark::Column::LessonId.is_in(succession.keys().copied()))
        .exec(db)
        .await?;
    lesson_progress::Entity::delete_many()
        .filter(lesson_progress::Column::CohortId.eq(cohort))
        .filter(lesson_progress::Column::LessonId.is_in(succession.keys().copied()))
        .exec(db)
        .await?;
    Ok(())
}

fn successor(lesson: impl ColumnTrait, succession: &Succession) -> SimpleExpr {
    let all = CaseStatement::new();
    succession.iter().fold(all, |case, (from, to)| case.case(lesson.eq(*from), *to)).into()
}

/// Keeps which lesson took the place of which, over all moves of the cohort.
pub(super) async fn keep(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    cohort: &cohort::Model,
    succession: &Succession,
) -> Result<()> {
    use lesson_succession::{ActiveModel, Column, Entity};
    // Back again: the successor is the lesson itself. What was said on a way there before holds no more.
    Entity::delete_many()
        .filter(Column::CohortId.eq(cohort.id))
        .filter(Column::LessonId.is_in(succession.values().chain(succession.keys()).copied()))
        .exec(db)
        .await?;
    Entity::update_many()
        .col_expr(Column::SuccessorId, successor(Column::SuccessorId, succession))
        .filter(Column::CohortId.eq(cohort.id))
        .filter(Column::SuccessorId.is_in(succession.keys().copied()))
        .exec(db)
        .await?;
    // Of a lesson whose successor ended, nothing goes on.
    Entity::delete_many()
        .filter(Column::CohortId.eq(cohort.id))
        .filter(Column::SuccessorId.is_not_in(succession.values().copied()))
        .exec(db)
        .await?;
    let rows = succession.iter().map(|(from, to)| ActiveModel {
        cohort_id: Set(cohort.id),
        lesson_id: Set(*from),
        successor_id: Set(*to),
        board_id: Set(cohort.board_id),
    });
    Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// The lesson that took the place of `lesson` in a cohort in sight.
pub(in crate::practice) async fn successor_of(
    db: &impl ConnectionTrait,
    scope: &Scope,
    cohort: CohortId,
    lesson: LessonId,
) -> Result<Option<LessonId>> {
    use lesson_succession::{Column, Entity};
    let of_it = Entity::within(scope).filter(Column::CohortId.eq(cohort)).filter(Column::LessonId.eq(lesson));
    Ok(of_it.one(db).await?.map(|row| row.successor_id))
}

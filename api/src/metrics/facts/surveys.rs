//! Surveys: who took part, and how much trust pulses tell of.
//!
//! `SURVEY_RESPONSE`: guardians who were asked, each once, at the first of their active children concerned, and those of
//! them who took part; of a pulse, who answered about one child at least. That somebody took part stands in
//! `recipient`, of anonymous surveys too; what they answered is not looked at.
//!
//! `GUARDIAN_TRUST` and `TEACHER_TRUST`: answers to pulses, and those of them of 4 or 5, summed up for each child that they
//! are about. The facts name the child, and nobody who answered.
//!
//! The day is that of opening. All of it is written down once the survey is closed, in one statement for each metric: a
//! response is written down with no other act than that by which the survey closes, so that nothing beside an anonymous
//! answer tells when somebody took part, and no two readings of a figure differ by one answer.

use chrono::TimeDelta;
use glans_entity::engagement::{SurveyKind, SurveyStatus, survey, survey_answer, survey_response};
use glans_entity::ids::SurveyId;
use glans_entity::metrics::Metric;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::recorder::{About, Recorder};
use super::{addressed, known};
use crate::call::today;
use crate::platform::error::Result;
use crate::platform::outbox::Event;

/// The scores that tell of trust, of 1 to 5.
const TRUST_FROM: i32 = 4;

const METRICS: [Metric; 3] = [Metric::SurveyResponse, Metric::GuardianTrust, Metric::TeacherTrust];

pub(super) async fn record(rec: &Recorder<'_>, event: &Event) -> Result<()> {
    if event.kind != "survey.closed" {
        return Ok(());
    }
    let row = closed(rec).filter(survey::Column::Id.eq(event.id::<SurveyId>()?)).one(rec.db).await?;
    match row {
        Some(row) => write(rec, &row).await,
        None => Ok(()),
    }
}

pub(super) async fn daily(rec: &Recorder<'_>) -> Result<()> {
    use survey::Column;
    let id = Expr::col((survey::Entity, Column::Id));
    let rows = closed(rec)
        .filter(Column::ClosesAt.gt(rec.now - TimeDelta::days(known::STOOD_STILL)))
        .filter(known::is_new(&METRICS, id));
    for row in rows.all(rec.db).await? {
        write(rec, &row).await?;
    }
    Ok(())
}

pub(super) async fn page(rec: &Recorder<'_>, after: Uuid) -> Result<Option<Uuid>> {
    use survey::Column;
    let next = closed(rec).filter(Column::Id.gt(after)).order_by_asc(Column::Id).limit(known::AT_ONCE);
    let rows = next.all(rec.db).await?;
    for row in &rows {
        write(rec, row).await?;
    }
    Ok(rows.last().map(|row| row.id.0))
}

/// Surveys of the board that were open and take no more answers.
fn closed(rec: &Recorder<'_>) -> Select<survey::Entity> {
    use survey::Column;
    survey::Entity::within(&Scope::system(rec.today()))
        .filter(Column::BoardId.eq(rec.board))
        .filter(Column::Status.ne(SurveyStatus::Draft))
        .filter(Column::ClosesAt.lte(rec.now))
}

async fn write(rec: &Recorder<'_>, row: &survey::Model) -> Result<()> {
    if known::is_known(rec, &METRICS, row.id.0).await? {
        return Ok(());
    }
    let about = |metric| About { metric, item: row.id.0, day: today(row.opens_at), counts_at: row.closes_at };
    let response = about(Metric::SurveyResponse);
    rec.of_students(response, addressed::guardians(response, row.closes_at, None)).await?;
    if row.kind == SurveyKind::Pulse {
        rec.of_students(about(Metric::GuardianTrust), trust(row.id, false)).await?;
        rec.of_students(about(Metric::TeacherTrust), trust(row.id, true)).await?;
    }
    Ok(())
}

/// A row per child about whom guardians or teachers answered the pulse. It has one question, on a scale.
fn trust(pulse: SurveyId, as_staff: bool) -> SelectStatement {
    use survey_response::Column;
    let own = |column: Column| Expr::col((survey_response::Entity, column));
    let answer = |column: survey_answer::Column| Expr::col((survey_answer::Entity, column));
    let trusts = addressed::flag(answer(survey_answer::Column::Value).gte(TRUST_FROM));
    Query::select()
        .expr_as(own(Column::StudentId), Alias::new("subject_id"))
        .expr_as(own(Column::StudentId), Alias::new("student_id"))
        .expr_as(Func::sum(trusts), Alias::new("numerator"))
        .expr_as(Func::count(answer(survey_answer::Column::ResponseId)), Alias::new("denominator"))
        .expr_as(Expr::val(0), Alias::new("unknown"))
        .from(survey_response::Entity)
        .inner_join(survey_answer::Entity, answer(survey_answer::Column::ResponseId).eq(own(Column::Id)))
        .and_where(own(Column::SurveyId).eq(pulse))
        .and_where(own(Column::AsStaff).eq(as_staff))
        .and_where(own(Column::StudentId).is_not_null())
        .group_by_col((survey_response::Entity, Column::StudentId))
        .to_owned()
}

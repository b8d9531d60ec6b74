//! The SQL of surveys and of what is answered to them.

use chrono::{DateTime, Utc};
use glans_entity::engagement::{SurveyStatus, recipient, survey, survey_answer, survey_question, survey_response};
use glans_entity::ids::{PersonId, StudentId, SurveyId, SurveyQuestionId, SurveyResponseId};
use glans_entity::people::student;
use glans_entity::scope::{Scope, Scoped, items_for_oneself, surveys_of_staff, surveys_to_change};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect,
};

use super::rules::{Question, Value};
use crate::access::Permit;
use crate::listed;
use crate::platform::error::{Result, taken};
use crate::platform::own_id::ID_TAKEN;
use crate::platform::page::{self, By, Order, PageArgs, Rows};

/// Which surveys of those in sight.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub status: Option<SurveyStatus>,
    /// That reached the viewer.
    pub addressed: bool,
}

/// The surveys in sight with these ids.
pub(super) async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[SurveyId]) -> Result<Vec<survey::Model>> {
    Ok(survey::Entity::within(scope).filter(survey::Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The survey, if it is in sight; nobody else changes it until the transaction ends.
pub(super) async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: SurveyId) -> Result<Option<survey::Model>> {
    Ok(survey::Entity::within(scope).filter(survey::Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

/// The survey, if it is in sight, to answer it: it is not closed until the transaction ends, and to an anonymous one nobody
/// else answers until then.
pub(super) async fn lock_to_answer(
    db: &impl ConnectionTrait,
    scope: &Scope,
    row: &survey::Model,
) -> Result<Option<survey::Model>> {
    let lock = if row.anonymous { LockType::Update } else { LockType::Share };
    Ok(survey::Entity::within(scope).filter(survey::Column::Id.eq(row.id)).lock(lock).one(db).await?)
}

const NEWEST_FIRST: By<survey::Entity, DateTime<Utc>> = Order {
    name: "survey.time",
    columns: (survey::Column::OpensAt, survey::Column::Id),
    key: |row: &survey::Model| (row.opens_at, row.id.0),
    descending: true,
};

listed!(survey::Model, NEWEST_FIRST);

/// One page of the surveys in sight, newest first.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    wanted: &Wanted,
    now: DateTime<Utc>,
    args: &PageArgs,
) -> Result<Rows<survey::Model>> {
    use survey::Column;
    let mut select = survey::Entity::within(scope);
    if let Some(status) = wanted.status {
        let over = Condition::all().add(Column::Status.eq(SurveyStatus::Open)).add(Column::ClosesAt.lte(now));
        select = select.filter(match status {
            SurveyStatus::Draft => Condition::all().add(Column::Status.eq(status)),
            SurveyStatus::Open => Condition::all().add(Column::Status.eq(status)).add(Column::ClosesAt.gt(now)),
            SurveyStatus::Closed => Condition::any().add(Column::Status.eq(status)).add(over),
        });
    }
    if wanted.addressed {
        select = select
            .filter(Column::Status.ne(SurveyStatus::Draft))
            .filter(Column::Id.in_subquery(items_for_oneself(scope)));
    }
    page::rows(db, select, &NEWEST_FIRST, args).await
}

/// How the viewer stands to a survey, besides having received it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Sees it as a member of staff.
    Staff,
    /// May change it, as teacher of the groups too.
    Author,
    /// Leads, directs or administers all of its places.
    Leader,
}

/// Those of these surveys to which the viewer stands so.
pub(super) async fn with_part(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[SurveyId],
    part: Part,
) -> Result<Vec<SurveyId>> {
    let condition = match part {
        Part::Staff => surveys_of_staff(scope),
        Part::Author => surveys_to_change(scope, true),
        Part::Leader => surveys_to_change(scope, false),
    };
    let rows = survey::Entity::within(scope)
        .select_only()
        .column(survey::Column::Id)
        .filter(survey::Column::Id.is_in(ids.iter().copied()))
        .filter(condition);
    Ok(rows.into_tuple().all(db).await?)
}

/// The questions in sight of these surveys, in their order.
pub(super) async fn questions(
    db: &impl ConnectionTrait,
    scope: &Scope,
    surveys: &[SurveyId],
) -> Result<Vec<survey_question::Model>> {
    use survey_question::Column;
    let rows = survey_question::Entity::within(scope).filter(Column::SurveyId.is_in(surveys.iter().copied()));
    Ok(rows.order_by_asc(Column::Position).all(db).await?)
}

/// The questions in sight with these ids.
pub(super) async fn questions_by_ids(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[SurveyQuestionId],
) -> Result<Vec<survey_question::Model>> {
    let rows = survey_question::Entity::within(scope);
    Ok(rows.filter(survey_question::Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// What the viewer answered to these surveys, as far as that is known.
pub(super) async fn own_responses(
    db: &impl ConnectionTrait,
    scope: &Scope,
    surveys: &[SurveyId],
) -> Result<Vec<survey_response::Model>> {
    use survey_response::Column;
    let rows = survey_response::Entity::within(scope)
        .filter(Column::PersonId.is_in(scope.persons.iter().copied()))
        .filter(Column::SurveyId.is_in(surveys.iter().copied()));
    Ok(rows.order_by_asc(Column::Id).all(db).await?)
}

/// The answers in sight of these responses.
pub(super) async fn answers(
    db: &impl ConnectionTrait,
    scope: &Scope,
    responses: &[SurveyResponseId],
) -> Result<Vec<survey_answer::Model>> {
    use survey_answer::Column;
    let rows = survey_answer::Entity::within(scope).filter(Column::ResponseId.is_in(responses.iter().copied()));
    Ok(rows.order_by_asc(Column::QuestionId).order_by_asc(Column::Value).all(db).await?)
}

/// The rows by which a survey was addressed to a person, whatever is open of them today; nobody else changes them until the
/// transaction ends.
pub(super) async fn lock_invitations(
    db: &impl ConnectionTrait,
    scope: &Scope,
    survey: SurveyId,
    person: PersonId,
) -> Result<Vec<recipient::Model>> {
    use recipient::Column;
    let rows = recipient::Entity::within(scope).filter(Column::ItemId.eq(survey.0)).filter(Column::PersonId.eq(person));
    Ok(rows.order_by_asc(Column::StudentId).lock_exclusive().all(db).await?)
}

/// Stores that a person took part in a survey, about one child or all of them, at a time or on a day.
pub(super) async fn took_part(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    survey: SurveyId,
    person: PersonId,
    student: Option<StudentId>,
    at: DateTime<Utc>,
) -> Result<()> {
    use recipient::Column;
    let mut update = recipient::Entity::update_many()
        .col_expr(Column::AcknowledgedAt, Expr::val(at))
        .filter(Column::ItemId.eq(survey.0))
        .filter(Column::PersonId.eq(person))
        .filter(Column::AcknowledgedAt.is_null());
    if let Some(student) = student {
        update = update.filter(Column::StudentId.eq(student));
    }
    update.exec(db).await?;
    Ok(())
}

/// Whether a pulse asks about this child.
pub(super) async fn asks_about(
    db: &impl ConnectionTrait,
    scope: &Scope,
    survey: SurveyId,
    child: StudentId,
) -> Result<bool> {
    use recipient::Column;
    let rows = recipient::Entity::within(scope).filter(Column::ItemId.eq(survey.0)).filter(Column::StudentId.eq(child));
    Ok(rows.limit(1).one(db).await?.is_some())
}

/// The child, if it is in a class group that the viewer teaches today.
pub(super) async fn taught(db: &impl ConnectionTrait, scope: &Scope, child: StudentId) -> Result<bool> {
    if scope.taught_groups.is_empty() {
        return Ok(false);
    }
    let of_teacher = Scope {
        boards: scope.boards.clone(),
        taught_groups: scope.taught_groups.clone(),
        on: scope.on,
        ..Scope::default()
    };
    Ok(student::Entity::within(&of_teacher).filter(student::Column::Id.eq(child)).one(db).await?.is_some())
}

/// Inserts a survey.
pub(super) async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: survey::Model) -> Result<survey::Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken("id", ID_TAKEN))
}

/// Stores the changed fields of `row` as its next version.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    mut row: survey::ActiveModel,
    version: i32,
    now: DateTime<Utc>,
) -> Result<survey::Model> {
    row.version = Set(version + 1);
    row.updated_at = Set(now);
    Ok(row.update(db).await?)
}

/// Stores the questions of a draft, in place of those that it had.
pub(super) async fn replace_questions(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: &survey::Model,
    questions: Vec<Question>,
) -> Result<()> {
    use survey_question::{Column, Entity, Model};
    Entity::delete_many().filter(Column::SurveyId.eq(row.id)).exec(db).await?;
    let rows = questions.into_iter().zip(0..).map(|(question, position)| Model {
        id: SurveyQuestionId::new(),
        board_id: row.board_id,
        survey_id: row.id,
        position,
        kind: question.kind,
        text: question.text,
        required: question.required,
        options: glans_entity::localized::Strings(question.options),
    });
    let rows: Vec<_> = rows.map(|row| row.into_active_model().reset_all()).collect();
    Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// The response of a person about this child, or about none; of whoever asks, because it is replaced.
pub(super) async fn response_of(
    db: &impl ConnectionTrait,
    scope: &Scope,
    survey: SurveyId,
    person: PersonId,
    student: Option<StudentId>,
) -> Result<Option<survey_response::Model>> {
    use survey_response::Column;
    let about = match student {
        Some(student) => Column::StudentId.eq(student),
        None => Column::StudentId.is_null(),
    };
    let rows = survey_response::Entity::within(scope)
        .filter(Column::SurveyId.eq(survey))
        .filter(Column::PersonId.eq(person))
        .filter(about);
    Ok(rows.one(db).await?)
}

/// The rows of what is answered in a response.
pub(super) fn answer_rows(of: &survey_response::Model, values: Vec<Value>) -> Vec<survey_answer::ActiveModel> {
    let row = |(question_id, value, text): Value| survey_answer::Model {
        response_id: of.id,
        question_id,
        value,
        board_id: of.board_id,
        survey_id: of.survey_id,
        text,
    };
    values.into_iter().map(|value| row(value).into_active_model().reset_all()).collect()
}

/// Stores a response with its values, in place of the one that it was before.
pub(super) async fn put_response(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: survey_response::Model,
    before: bool,
    values: Vec<Value>,
) -> Result<()> {
    use survey_answer::{Column, Entity};
    let answers = answer_rows(&row, values);
    if before {
        Entity::delete_many().filter(Column::ResponseId.eq(row.id)).exec(db).await?;
        row.into_active_model().reset_all().update(db).await?;
    } else {
        let row = row.into_active_model().reset_all();
        survey_response::Entity::insert(row).exec_without_returning(db).await?;
    }
    if !answers.is_empty() {
        Entity::insert_many(answers).exec_without_returning(db).await?;
    }
    Ok(())
}

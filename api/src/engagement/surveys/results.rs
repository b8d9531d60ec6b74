//! The SQL of results: counts and texts, never rows.

use glans_entity::engagement::{recipient, survey_answer, survey_question, survey_response};
use glans_entity::ids::{SurveyId, SurveyQuestionId};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationDef,
};

use super::rules;
use crate::platform::error::Result;
use crate::platform::page::{self, PageArgs, Rows, TotalCount};

const TEXTS: &str = "survey.texts";

/// How many answered a survey, and as what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Responses {
    pub survey_id: SurveyId,
    pub as_staff: bool,
    pub count: i64,
}

/// How often a value was given to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ValueCount {
    pub question_id: SurveyQuestionId,
    pub value: i32,
    pub count: i64,
}

/// How many gave any answer to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct AnswerCount {
    pub question_id: SurveyQuestionId,
    pub count: i64,
}

/// What was answered to a question, by nobody in particular.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OfQuestion {
    pub answers: i64,
    /// Values with their counts, by value; empty below the threshold.
    pub counts: Vec<(i32, i64)>,
}

/// How many answered each of these surveys. It looks past what the viewer sees, and tells counts alone.
pub(super) async fn responses(
    db: &impl ConnectionTrait,
    scope: &Scope,
    surveys: &[SurveyId],
) -> Result<Vec<Responses>> {
    use survey_response::Column;
    let rows = survey_response::Entity::within(&Scope::system(scope.on))
        .select_only()
        .columns([Column::SurveyId, Column::AsStaff])
        .column_as(Column::Id.count(), "count")
        .filter(Column::SurveyId.is_in(surveys.iter().copied()))
        .group_by(Column::SurveyId)
        .group_by(Column::AsStaff);
    Ok(rows.into_model().all(db).await?)
}

/// How many persons each of these surveys was addressed to.
pub(super) async fn invited(
    db: &impl ConnectionTrait,
    scope: &Scope,
    surveys: &[SurveyId],
) -> Result<Vec<(uuid::Uuid, i64)>> {
    use recipient::Column;
    let rows = recipient::Entity::within(&Scope::system(scope.on))
        .select_only()
        .column(Column::ItemId)
        .column_as(sea_orm::sea_query::Expr::cust("COUNT(DISTINCT person_id)"), "count")
        .filter(Column::ItemId.is_in(surveys.iter().map(|id| id.0)))
        .group_by(Column::ItemId);
    Ok(rows.into_tuple().all(db).await?)
}

fn answered(scope: &Scope, surveys: &[SurveyId], as_staff: bool) -> sea_orm::Select<survey_answer::Entity> {
    use survey_answer::Column;
    let response = RelationDef::from(
        survey_answer::Entity::belongs_to(survey_response::Entity)
            .from(Column::ResponseId)
            .to(survey_response::Column::Id),
    );
    survey_answer::Entity::within(&Scope::system(scope.on))
        .join(JoinType::InnerJoin, response)
        .filter(Column::SurveyId.is_in(surveys.iter().copied()))
        .filter(survey_response::Column::AsStaff.eq(as_staff))
}

/// What was answered to each question of these surveys, as far as enough answered it.
pub(super) async fn of_questions(
    db: &impl ConnectionTrait,
    scope: &Scope,
    surveys: &[SurveyId],
    as_staff: bool,
) -> Result<std::collections::HashMap<SurveyQuestionId, OfQuestion>> {
    use survey_answer::Column;
    let totals: Vec<AnswerCount> = answered(scope, surveys, as_staff)
        .select_only()
        .column(Column::QuestionId)
        .column_as(sea_orm::sea_query::Expr::cust("COUNT(DISTINCT response_id)"), "count")
        .group_by(Column::QuestionId)
        .into_model()
        .all(db)
        .await?;
    let counts: Vec<ValueCount> = answered(scope, surveys, as_staff)
        .select_only()
        .columns([Column::QuestionId, Column::Value])
        .column_as(Column::ResponseId.count(), "count")
        .group_by(Column::QuestionId)
        .group_by(Column::Value)
        .order_by_asc(Column::Value)
        .into_model()
        .all(db)
        .await?;
    let mut all: std::collections::HashMap<SurveyQuestionId, OfQuestion> = totals
        .into_iter()
        .map(|total| (total.question_id, OfQuestion { answers: total.count, ..OfQuestion::default() }))
        .collect();
    for count in counts {
        if let Some(of) = all.get_mut(&count.question_id).filter(|of| rules::are_enough(of.answers)) {
            of.counts.push((count.value, count.count));
        }
    }
    Ok(all)
}

/// One page of the `total` texts that were answered to a question of a closed survey, by their own letters: the order in
/// which they came is nobody's to know. They stay where they are, so a cursor is a place in the list; with the id of a
/// response in it, it would tell which texts to several questions are of one hand.
pub(super) async fn texts(
    db: &impl ConnectionTrait,
    scope: &Scope,
    question: &survey_question::Model,
    as_staff: bool,
    total: usize,
    args: &PageArgs,
) -> Result<Rows<(usize, String)>> {
    use survey_answer::Column;
    let place = |cursor: Option<&str>| cursor.map(|at| page::position(at, TEXTS)).transpose();
    let (after, before) = (place(args.after.as_deref())?, place(args.before.as_deref())?);
    let span = rules::span(args.window()?, after, before, total);
    let found: Vec<String> = if span.is_empty() {
        Vec::new()
    } else {
        answered(scope, &[question.survey_id], as_staff)
            .select_only()
            .column(Column::Text)
            .filter(Column::QuestionId.eq(question.id))
            .filter(Column::Text.is_not_null())
            .order_by_asc(Column::Text)
            .order_by_asc(Column::ResponseId)
            .offset(span.start as u64)
            .limit(span.len() as u64)
            .into_tuple()
            .all(db)
            .await?
    };
    page::of_found(span.zip(found).collect(), TEXTS, |(at, _)| *at, args, TotalCount::Known(total))
}

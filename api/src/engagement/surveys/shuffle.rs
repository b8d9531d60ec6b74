//! What keeps a transaction from telling what somebody answered to an anonymous survey.
//!
//! PostgreSQL keeps beside each row which transaction wrote it (`xmin`), and rows lie about in the order of their coming. An
//! answer is stored in one transaction with the row that says who took part, so both would lead from the one to the other.
//! So others, chosen at random, are written anew with each answer, under new ids and in an order of no meaning. Who took
//! part in a transaction gave one of the answers that were written in it: of [`OTHERS`] and one, or of all there are as long
//! as there are fewer. Below the database, on its disk, what was deleted is found until it is vacuumed, and its log as long
//! as that is kept.

use glans_entity::engagement::{survey, survey_answer, survey_response};
use glans_entity::ids::{SurveyId, SurveyResponseId};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::Func;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Order, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Builder;

use super::rules::Value;
use super::store;
use crate::access::Permit;
use crate::loaders::group;
use crate::platform::chance;
use crate::platform::error::{Error, Result};

/// Answers that are written anew with another one, if there are as many.
const OTHERS: u64 = 20;
/// Rows of one statement: six values each, of which SQLite takes 32,766.
const BATCH: usize = 1_000;

/// Stores `values` as somebody's response to the anonymous survey `row`, among others. It is locked to answer it: who answers
/// at the same time waits, and finds all that were stored before.
pub(super) async fn put(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    everywhere: &Scope,
    row: &survey::Model,
    values: Vec<Value>,
) -> Result<()> {
    let mut all = taken_out(db, everywhere, row.id).await?;
    all.push(values);
    let mut all = all.into_iter().map(|values| Ok((random_id()?, values))).collect::<Result<Vec<_>>>()?;
    all.sort_unstable_by_key(|(id, _)| id.0);
    let (mut responses, mut answers) = (Vec::new(), Vec::new());
    for (id, values) in all {
        let response = response(row, id);
        answers.extend(store::answer_rows(&response, values));
        responses.push(response.into_active_model().reset_all());
    }
    survey_response::Entity::insert_many(responses).exec_without_returning(db).await?;
    for rows in answers.chunks(BATCH) {
        survey_answer::Entity::insert_many(rows.to_vec()).exec_without_returning(db).await?;
    }
    Ok(())
}

/// What others answered, chosen at random. It is stored no more.
async fn taken_out(db: &impl ConnectionTrait, everywhere: &Scope, survey: SurveyId) -> Result<Vec<Vec<Value>>> {
    use survey_response::Column;
    let others: Vec<SurveyResponseId> = survey_response::Entity::within(everywhere)
        .select_only()
        .column(Column::Id)
        .filter(Column::SurveyId.eq(survey))
        .order_by(Func::random(), Order::Asc)
        .limit(OTHERS)
        .into_tuple()
        .all(db)
        .await?;
    let mut answers = group(store::answers(db, everywhere, &others).await?, |row| row.response_id);
    let of_others = survey_answer::Column::ResponseId.is_in(others.iter().copied());
    survey_answer::Entity::delete_many().filter(of_others).exec(db).await?;
    survey_response::Entity::delete_many().filter(Column::Id.is_in(others.iter().copied())).exec(db).await?;
    let values = |row: survey_answer::Model| (row.question_id, row.value, row.text);
    let of = |id: SurveyResponseId| answers.remove(&id).unwrap_or_default().into_iter().map(values).collect();
    Ok(others.into_iter().map(of).collect())
}

fn response(row: &survey::Model, id: SurveyResponseId) -> survey_response::Model {
    survey_response::Model {
        id,
        board_id: row.board_id,
        survey_id: row.id,
        person_id: None,
        student_id: None,
        as_staff: false,
        submitted_at: None,
    }
}

/// An id without a time in it.
fn random_id() -> Result<SurveyResponseId> {
    let mut bytes = [0; 16];
    chance::fill(&mut bytes).map_err(|_| Error::fault("no randomness"))?;
    Ok(SurveyResponseId(Builder::from_random_bytes(bytes).into_uuid()))
}

//! Pulses: how much trust guardians and the teacher of a child say there is.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::engagement::{SurveyKind, survey, survey_answer, survey_response};
use glans_entity::ids::{PersonId, StudentId};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef};

use crate::call::today;
use crate::loaders::group;
use crate::platform::error::Result;

/// A score from 1 to 5, and when it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Score {
    pub value: i32,
    pub at: DateTime<Utc>,
}

/// The latest scores about a child. They are for the program to reckon with, and shown to nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Latest {
    /// One per guardian.
    pub guardians: Vec<(PersonId, Score)>,
    /// Of all teachers of the child, the latest one.
    pub teacher: Option<Score>,
}

/// The latest scores about each of these children that were given by that day, as far as `scope` sees them: with
/// [`Scope::system`] all of them. Children about whom nobody said anything are left out.
pub async fn latest(
    db: &impl ConnectionTrait,
    scope: &Scope,
    asked: &[(StudentId, NaiveDate)],
) -> Result<HashMap<(StudentId, NaiveDate), Latest>> {
    use survey_response::Column;
    let of_pulse = RelationDef::from(
        survey_response::Entity::belongs_to(survey::Entity).from(Column::SurveyId).to(survey::Column::Id),
    );
    let answers = RelationDef::from(
        survey_response::Entity::belongs_to(survey_answer::Entity)
            .from(Column::Id)
            .to(survey_answer::Column::ResponseId),
    );
    let rows: Vec<(StudentId, PersonId, bool, DateTime<Utc>, i32)> = survey_response::Entity::within(scope)
        .select_only()
        .columns([Column::StudentId, Column::PersonId, Column::AsStaff, Column::SubmittedAt])
        .column(survey_answer::Column::Value)
        .join(JoinType::InnerJoin, of_pulse)
        .join(JoinType::InnerJoin, answers)
        .filter(survey::Column::Kind.eq(SurveyKind::Pulse))
        .filter(Column::StudentId.is_in(asked.iter().map(|(student, _)| *student)))
        .order_by_asc(Column::SubmittedAt)
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let given = group(rows, |(student, ..)| *student);
    let mut latest: HashMap<(StudentId, NaiveDate), Latest> = HashMap::new();
    for of in asked {
        let by_then = given.get(&of.0).into_iter().flatten().filter(|(.., at, _)| today(*at) <= of.1);
        for (_, person, as_staff, at, value) in by_then {
            let of = latest.entry(*of).or_default();
            let given = Score { value: *value, at: *at };
            if *as_staff {
                of.teacher = Some(given);
            } else {
                of.guardians.retain(|(guardian, _)| guardian != person);
                of.guardians.push((*person, given));
            }
        }
    }
    Ok(latest)
}

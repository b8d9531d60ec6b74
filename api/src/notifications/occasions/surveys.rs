//! Surveys and consents: what people are asked.

use glans_entity::engagement::{SurveyStatus, consent, consent_purpose, survey};
use glans_entity::ids::{ConsentId, ConsentPurposeId, SurveyId};
use glans_entity::notifications::Category;
use glans_entity::scope::Scoped;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter};

use super::fact::Fact;
use super::{Notice, Text, Told, people};
use crate::platform::error::Result;

/// A word about a survey to those who are asked.
pub(in crate::notifications) fn notice(text: Text, row: &survey::Model, to: SelectStatement) -> Notice {
    Notice::new(text, Category::Survey, (SurveyId::PREFIX, row.id.0), to).at(row.closes_at).until(row.closes_at)
}

pub(super) async fn opened(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    use survey::Column;
    let everywhere = fact.everywhere();
    let row = survey::Entity::within(&everywhere)
        .filter(Column::Id.eq(fact.id::<SurveyId>()?))
        .filter(Column::Status.eq(SurveyStatus::Open))
        .one(db)
        .await?;
    let Some(row) = row else { return Ok(Told::nothing()) };
    let to = people::but(people::addressed(&everywhere, row.id.0), fact.by());
    Ok(Told::telling([notice(Text::SurveyOpened, &row, to)]))
}

pub(super) fn closed(fact: Fact<'_>) -> Result<Told> {
    Ok(Told::nothing().taking_back(fact.id::<SurveyId>()?.0))
}

/// A question of a school to the guardians of its children.
pub(in crate::notifications) fn question(row: &consent_purpose::Model, to: SelectStatement) -> Notice {
    Notice::new(Text::ConsentAsked, Category::Survey, (ConsentPurposeId::PREFIX, row.id.0), to)
}

/// What is asked from a later day on is told on that day.
pub(super) async fn purpose_created(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    use consent_purpose::Column;
    let everywhere = fact.everywhere();
    let row = consent_purpose::Entity::within(&everywhere)
        .filter(Column::Id.eq(fact.id::<ConsentPurposeId>()?))
        .filter(Column::ArchivedAt.is_null())
        .filter(Column::AskedFrom.lte(fact.on()))
        .one(db)
        .await?;
    let Some(row) = row else { return Ok(Told::nothing()) };
    let to = people::but(people::guardians_at(&everywhere, row.school_id, Condition::all()), fact.by());
    Ok(Told::telling([question(&row, to)]))
}

pub(super) fn purpose_archived(fact: Fact<'_>) -> Result<Told> {
    Ok(Told::nothing().taking_back(fact.id::<ConsentPurposeId>()?.0))
}

/// The question is read by who answered it.
pub(super) async fn consent_answered(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let id = consent::Column::Id.eq(fact.id::<ConsentId>()?);
    let row = consent::Entity::within(&fact.everywhere()).filter(id).one(db).await?;
    Ok(row.map_or_else(Told::nothing, |row| Told::reading([row.purpose_id.0], Some(row.guardian_id))))
}

//! What a lesson of the team has for home.

use glans_entity::ids::{LessonId, MaterialId, SchoolId};
use glans_entity::notifications::{Category, notification};
use glans_entity::people::guardianship;
use glans_entity::programme::{Audience, material};
use glans_entity::scope::Scoped;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::fact::Fact;
use super::{Notice, Text, Told, people};
use crate::platform::error::Result;

/// To the guardians of the children of the school, about the first of what is for them. A lesson can be taught anew: who was told
/// of it is not told again.
pub(super) async fn taught(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    use material::Column;
    let (school, lesson) = (fact.named::<SchoolId>("school")?, fact.named::<LessonId>("lesson")?);
    let everywhere = fact.everywhere();
    let for_home = material::Entity::within(&everywhere)
        .filter(Column::LessonId.eq(lesson))
        .filter(Column::Audience.eq(Audience::Guardian))
        .order_by_asc(Column::Position)
        .one(db)
        .await?;
    let Some(material) = for_home else { return Ok(Told::nothing()) };
    // What comes from this event does not count: it is asked for again when the children are noted.
    let told = notification::Entity::within(&everywhere)
        .select_only()
        .column(notification::Column::PersonId)
        .filter(notification::Column::AboutId.eq(material.id.0))
        .filter(notification::Column::Source.ne(fact.source()));
    let new = Condition::all().add(guardianship::Column::GuardianId.not_in_subquery(told.into_query()));
    let to = people::guardians_at(&everywhere, school, new);
    let about = (MaterialId::PREFIX, material.id.0);
    Ok(Told::telling([Notice::new(Text::LessonForHome, Category::LessonForHome, about, to)]))
}

//! Concerns and compliments.

use glans_entity::engagement::{ContactTone, concern, contact_moment};
use glans_entity::ids::{ConcernId, ContactMomentId, PersonId};
use glans_entity::notifications::{Category, notification};
use glans_entity::people::{guardianship, person};
use glans_entity::scope::Scoped;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter};

use super::fact::Fact;
use super::{Notice, Text, Told, people};
use crate::platform::error::Result;

async fn concern_of(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Option<concern::Model>> {
    let id = concern::Column::Id.eq(fact.id::<ConcernId>()?);
    Ok(concern::Entity::within(&fact.everywhere()).filter(id).one(db).await?)
}

fn about(text: Text, row: &concern::Model, to: SelectStatement) -> Notice {
    Notice::new(text, Category::Message, (ConcernId::PREFIX, row.id.0), to)
}

/// To who teaches the child and who leads its school. What staff shares is told to the guardians, in other words.
pub(super) async fn raised(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let Some(row) = concern_of(db, fact).await? else { return Ok(Told::nothing()) };
    let everywhere = fact.everywhere();
    let confidants = people::but(people::confidants_of(&everywhere, row.student_id, row.school_id), [row.raised_by]);
    if !row.is_staff {
        return Ok(Told::telling([about(Text::ConcernRaised, &row, confidants)]));
    }
    let mut notices = vec![about(Text::ConcernNoted, &row, confidants)];
    if row.shared {
        let guardians = people::but(people::guardians_of(&everywhere, row.student_id), [row.raised_by]);
        notices.push(about(Text::ConcernShared, &row, guardians));
    }
    Ok(Told::telling(notices))
}

/// To who raised it. Who saw to it has read of it.
fn seen_to(row: &concern::Model, fact: Fact<'_>, by: Option<PersonId>) -> Told {
    let everywhere = fact.everywhere();
    let to = if row.is_staff {
        people::colleagues(&everywhere, Condition::all().add(person::Column::Id.eq(row.raised_by)))
    } else {
        let own = Condition::all()
            .add(guardianship::Column::StudentId.eq(row.student_id))
            .add(guardianship::Column::GuardianId.eq(row.raised_by));
        people::guardians(&everywhere, own)
    };
    let notice = about(Text::ConcernAcknowledged, row, people::but(to, by));
    Told { notices: vec![notice], ..Told::reading([row.id.0], by) }
}

pub(super) async fn acknowledged(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let row = concern_of(db, fact).await?;
    Ok(row.map_or_else(Told::nothing, |row| seen_to(&row, fact, row.acknowledged_by)))
}

/// Who raised it heard that it was seen to when somebody acknowledged it, unless nobody had.
pub(super) async fn resolved(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let Some(row) = concern_of(db, fact).await? else { return Ok(Told::nothing()) };
    if row.acknowledged_at == row.resolved_at {
        return Ok(seen_to(&row, fact, row.resolved_by));
    }
    Ok(Told::reading([row.id.0], row.resolved_by))
}

async fn moment_of(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Option<contact_moment::Model>> {
    let id = contact_moment::Column::Id.eq(fact.id::<ContactMomentId>()?);
    Ok(contact_moment::Entity::within(&fact.everywhere()).filter(id).one(db).await?)
}

/// To the guardian who is named, or to all who have everything of the child, but for those who have it already.
fn compliment(row: &contact_moment::Model, fact: Fact<'_>, had: &[PersonId]) -> Notice {
    let mut named = Condition::all().add(guardianship::Column::StudentId.eq(row.student_id));
    if let Some(guardian) = row.guardian_id {
        named = named.add(guardianship::Column::GuardianId.eq(guardian));
    }
    let others = had.iter().copied().chain([row.author_id]);
    let to = people::but(people::guardians(&fact.everywhere(), named), others);
    Notice::new(Text::ComplimentGiven, Category::Message, (ContactMomentId::PREFIX, row.id.0), to)
}

/// Those who were told of the moment, but for those from whom it was taken back.
async fn who_has(db: &impl ConnectionTrait, fact: Fact<'_>, id: ContactMomentId) -> Result<Vec<PersonId>> {
    use notification::Column;
    let rows = notification::Entity::within(&fact.everywhere())
        .filter(Column::AboutId.eq(id.0))
        .filter(Column::WithdrawnAt.is_null());
    Ok(rows.all(db).await?.into_iter().map(|row| row.person_id).collect())
}

pub(super) async fn logged(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let row = moment_of(db, fact).await?.filter(|row| row.tone == ContactTone::Compliment);
    Ok(row.map_or_else(Told::nothing, |row| Told::telling([compliment(&row, fact, &[])])))
}

/// What is no compliment after all is nobody's at home. A compliment is taken back from whom it is not for any more, and
/// told to whom it is for now.
pub(super) async fn updated(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let row = moment_of(db, fact).await?.filter(|row| row.tone == ContactTone::Compliment);
    let Some(row) = row else { return deleted(fact) };
    let had = who_has(db, fact, row.id).await?;
    let told = Told::telling([compliment(&row, fact, &had)]);
    let not_for = had.into_iter().filter(|person| row.guardian_id.is_some_and(|named| named != *person));
    Ok(not_for.fold(told, |told, person| told.taking_back_from(row.id.0, person)))
}

pub(super) fn deleted(fact: Fact<'_>) -> Result<Told> {
    Ok(Told::nothing().taking_back(fact.id::<ContactMomentId>()?.0))
}

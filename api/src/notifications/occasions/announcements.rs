//! Announcements, and what is read in the feed.

use glans_entity::engagement::{AnnouncementStatus, Priority, announcement, recipient};
use glans_entity::ids::{AnnouncementId, PersonId};
use glans_entity::notifications::{Category, notification};
use glans_entity::scope::Scoped;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter};
use uuid::Uuid;

use super::fact::Fact;
use super::{Notice, Text, Told, people};
use crate::platform::error::Result;

/// What an announcement is to those whom it reaches: whether it is urgent, and its category.
fn category(row: &announcement::Model) -> (bool, Category) {
    match row.priority {
        Priority::Urgent => (true, Category::Alert),
        Priority::Normal if row.requires_acknowledgement => (false, Category::Confirmation),
        Priority::Normal => (false, Category::Announcement),
    }
}

/// As it is now; none where it was withdrawn since.
async fn published_still(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Option<announcement::Model>> {
    use announcement::Column;
    let row = announcement::Entity::within(&fact.everywhere())
        .filter(Column::Id.eq(fact.id::<AnnouncementId>()?))
        .filter(Column::Status.eq(AnnouncementStatus::Published));
    Ok(row.one(db).await?)
}

fn notice(text: Text, row: &announcement::Model, to: SelectStatement) -> Notice {
    let (urgent, category) = category(row);
    let notice = Notice::new(text, category, (AnnouncementId::PREFIX, row.id.0), to);
    Notice { urgent, ..notice.at(row.acknowledge_by).until(row.expires_at) }
}

/// To all whom it reaches.
pub(super) async fn published(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let Some(row) = published_still(db, fact).await? else { return Ok(Told::nothing()) };
    let to = people::but(people::addressed(&fact.everywhere(), row.id.0), fact.by().into_iter().chain([row.author_id]));
    Ok(Told::telling([notice(Text::AnnouncementPublished, &row, to)]))
}

/// To those who had read what it said before; the others have yet to open it.
pub(super) async fn corrected(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let Some(row) = published_still(db, fact).await? else { return Ok(Told::nothing()) };
    let had_read = Condition::all().add(recipient::Column::ReadAt.lt(fact.at()));
    let to = people::but(people::addressed_where(&fact.everywhere(), row.id.0, had_read), fact.by());
    Ok(Told::telling([notice(Text::AnnouncementCorrected, &row, to)]))
}

pub(super) fn withdrawn(fact: Fact<'_>) -> Result<Told> {
    Ok(Told::nothing().taking_back(fact.id::<AnnouncementId>()?.0))
}

pub(super) fn acknowledged(fact: Fact<'_>) -> Result<Told> {
    let ids = fact.all::<AnnouncementId>("ids")?;
    Ok(Told::reading(ids.into_iter().map(|id| id.0), fact.perhaps("person")))
}

/// Who read it without a connection, before it was corrected, is told of the correction now: nobody knew of it when it
/// was corrected.
pub(super) async fn read(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    use announcement::Column;
    let (ids, person) = (fact.all::<AnnouncementId>("ids")?, fact.perhaps::<PersonId>("person"));
    let (Some(person), Some(read_at)) = (person, fact.moment("read_at")) else { return acknowledged(fact) };
    let corrected = announcement::Entity::within(&fact.everywhere())
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::Status.eq(AnnouncementStatus::Published))
        .filter(Column::CorrectedAt.gt(read_at));
    let Some(row) = corrected.one(db).await? else { return acknowledged(fact) };
    let itself = Condition::all().add(recipient::Column::PersonId.eq(person));
    let to = people::addressed_where(&fact.everywhere(), row.id.0, itself);
    let is_told = is_told_of_correction(db, fact, &row, person).await?;
    let told = Told::telling((!is_told).then(|| notice(Text::AnnouncementCorrected, &row, to)));
    Ok(Told { read: Told::reading_up_to(row.id.0, person, read_at).read, ..told })
}

/// Whether the reading was known already when the correction was told.
async fn is_told_of_correction(
    db: &impl ConnectionTrait,
    fact: Fact<'_>,
    row: &announcement::Model,
    person: PersonId,
) -> Result<bool> {
    use notification::Column;
    let told = notification::Entity::within(&fact.everywhere())
        .filter(Column::AboutId.eq(row.id.0))
        .filter(Column::PersonId.eq(person))
        .filter(Column::Text.eq(Text::AnnouncementCorrected.key()))
        .filter(Column::OccurredAt.gte(row.corrected_at));
    Ok(told.one(db).await?.is_some())
}

pub(super) fn read_in_feed(fact: Fact<'_>) -> Result<Told> {
    Ok(Told::reading(fact.all::<Uuid>("items")?, fact.perhaps("person")))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use glans_entity::ids::BoardId;
    use glans_entity::localized::Strings;

    use super::*;

    fn row(priority: Priority, requires_acknowledgement: bool) -> announcement::Model {
        let at = DateTime::UNIX_EPOCH;
        announcement::Model {
            id: AnnouncementId::new(),
            board_id: BoardId::new(),
            school_id: None,
            author_id: PersonId::new(),
            language: "nl".to_owned(),
            title: "Ijsvrij".to_owned(),
            body: "Morgen.".to_owned(),
            roles: Strings(Vec::new()),
            priority,
            urgent_reason: None,
            important_facts: false,
            requires_acknowledgement,
            acknowledge_by: None,
            status: AnnouncementStatus::Published,
            publish_at: at,
            published_at: Some(at),
            expires_at: None,
            corrected_at: None,
            correction_note: None,
            withdrawn_at: None,
            created_at: at,
            updated_at: at,
            version: 1,
        }
    }

    #[test]
    fn what_is_urgent_is_an_alert_whatever_else_it_is() {
        assert_eq!(category(&row(Priority::Urgent, true)), (true, Category::Alert));
        assert_eq!(category(&row(Priority::Normal, true)), (false, Category::Confirmation));
        assert_eq!(category(&row(Priority::Normal, false)), (false, Category::Announcement));
    }
}

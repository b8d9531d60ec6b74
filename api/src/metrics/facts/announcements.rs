//! Announcements: whether somebody at home read them in time, and who confirmed them.
//!
//! REACH: pairs of an announcement and a student whom it concerns. Those are the students about whom guardians received
//! it, and those active ones of its places, so that who has no guardian to receive it stays as not reached. A pair is
//! reached where a guardian who is entitled on the day of publishing read or confirmed it within 72 hours, by the time
//! at which it was read: a phone that was offline may tell of that later. What was reached stays so, whatever is
//! corrected and read again.
//!
//! CONFIRMATION: guardians who received an announcement that asks for it, each once, at the first of their active
//! children whom it concerns. It counts by `acknowledge_by`, or after a week where none is set.
//!
//! The day is that of publishing. An announcement that is withdrawn before it counts for a metric does not count for
//! it; one that is withdrawn later stays as it was. What is for staff alone counts for nobody.

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::engagement::{announcement, recipient};
use glans_entity::ids::{AnnouncementId, PersonId};
use glans_entity::metrics::Metric;
use glans_entity::people::Role;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveEnum, ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::recorder::{About, Recorder};
use super::{addressed, known};
use crate::call::today;
use crate::platform::error::Result;
use crate::platform::outbox::Event;

/// From publishing on, in hours: three days, with a weekend in them or not.
const READ_WITHIN: TimeDelta = TimeDelta::hours(72);
/// From publishing on, where the announcement does not say until when.
const CONFIRMED_WITHIN: TimeDelta = TimeDelta::days(7);

pub(super) async fn record(rec: &Recorder<'_>, event: &Event) -> Result<()> {
    let ids: Vec<AnnouncementId> = match event.kind {
        "announcement.published" | "announcement.withdrawn" => vec![event.id()?],
        "announcement.read" | "announcement.acknowledged" => event.all("ids")?,
        // What else stands in the feed is no announcement and not found.
        "feed.read" => event.all::<Uuid>("items")?.into_iter().map(AnnouncementId).collect(),
        _ => return Ok(()),
    };
    for row in held(rec).filter(announcement::Column::Id.is_in(ids)).all(rec.db).await? {
        if event.kind == "announcement.withdrawn" {
            take_back(rec, &row).await?;
        } else {
            write(rec, &row, event.perhaps("person")).await?;
        }
    }
    Ok(())
}

pub(super) async fn page(rec: &Recorder<'_>, after: Uuid) -> Result<Option<Uuid>> {
    use announcement::Column;
    let next = held(rec).filter(Column::PublishedAt.is_not_null()).filter(Column::Id.gt(after));
    let rows = next.limit(known::AT_ONCE).all(rec.db).await?;
    for row in &rows {
        write(rec, row, None).await?;
    }
    Ok(rows.last().map(|row| row.id.0))
}

/// Announcements of the board, which nobody withdraws until the transaction ends: what is written of one that is
/// withdrawn meanwhile would stay. In the order of their ids, so that nobody waits for each other in a ring.
fn held(rec: &Recorder<'_>) -> Select<announcement::Entity> {
    use announcement::Column;
    announcement::Entity::within(&Scope::system(rec.today()))
        .filter(Column::BoardId.eq(rec.board))
        .order_by_asc(Column::Id)
        .lock_shared()
}

/// What an announcement counts for, and until when.
fn counts_for(row: &announcement::Model) -> Vec<About> {
    let guardians = Role::Guardian.to_value();
    let Some(published_at) = row.published_at.filter(|_| row.roles.0.contains(&guardians)) else { return Vec::new() };
    let about = |metric, counts_at| About { metric, item: row.id.0, day: today(published_at), counts_at };
    let mut all = vec![about(Metric::Reach, published_at + READ_WITHIN)];
    if row.requires_acknowledgement {
        let until = row.acknowledge_by.unwrap_or(published_at + CONFIRMED_WITHIN);
        all.push(about(Metric::Confirmation, until));
    }
    all
}

/// It was withdrawn before it counted.
fn is_taken_back(row: &announcement::Model, about: &About) -> bool {
    row.withdrawn_at.is_some_and(|at| at < about.counts_at)
}

/// Writes down what the announcement is worth, and of one that is known what the guardian `by` adds to it.
async fn write(rec: &Recorder<'_>, row: &announcement::Model, by: Option<PersonId>) -> Result<()> {
    for about in counts_for(row).into_iter().filter(|about| !is_taken_back(row, about)) {
        let is_known = known::is_known(rec, &[about.metric], about.item).await?;
        if is_known && by.is_none() {
            continue;
        }
        let newly = by.filter(|_| is_known);
        let select = match (about.metric, newly) {
            (Metric::Confirmation, newly) => addressed::guardians(about, about.counts_at, newly),
            (_, Some(_)) => addressed::newly_met(about, addressed::met(about, seen(about.counts_at, newly))),
            (_, None) => {
                let concerned = addressed::concerned(rec, about.item, about.day).await?;
                addressed::students(concerned, addressed::met(about, seen(about.counts_at, None)))
            }
        };
        rec.of_students(about, select).await?;
    }
    Ok(())
}

/// A receipt that was read or confirmed by then, of one guardian or of any.
fn seen(until: DateTime<Utc>, by: Option<PersonId>) -> Condition {
    use recipient::Column;
    let own = |column: Column| Expr::col((recipient::Entity, column));
    let either = Condition::any().add(own(Column::ReadAt).lte(until)).add(own(Column::AcknowledgedAt).lte(until));
    let all = Condition::all().add(either);
    match by {
        Some(person) => all.add(own(Column::PersonId).eq(person)),
        None => all,
    }
}

async fn take_back(rec: &Recorder<'_>, row: &announcement::Model) -> Result<()> {
    for about in counts_for(row).into_iter().filter(|about| is_taken_back(row, about)) {
        rec.forget(about.metric, about.item, Condition::all()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use glans_entity::engagement::{AnnouncementStatus, Priority};
    use glans_entity::ids::BoardId;
    use glans_entity::localized::Strings;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn row(roles: &[&str], requires_acknowledgement: bool, acknowledge_by: Option<&str>) -> announcement::Model {
        let published = at("2026-10-20T22:30:00Z");
        announcement::Model {
            id: AnnouncementId::new(),
            board_id: BoardId::new(),
            school_id: None,
            author_id: PersonId::new(),
            language: "nl".to_owned(),
            title: "Schoolreis".to_owned(),
            body: "Vrijdag.".to_owned(),
            roles: Strings(roles.iter().map(|role| (*role).to_owned()).collect()),
            priority: Priority::Normal,
            urgent_reason: None,
            important_facts: false,
            requires_acknowledgement,
            acknowledge_by: acknowledge_by.map(at),
            status: AnnouncementStatus::Published,
            publish_at: published,
            published_at: Some(published),
            expires_at: None,
            corrected_at: None,
            correction_note: None,
            withdrawn_at: None,
            created_at: published,
            updated_at: published,
            version: 1,
        }
    }

    fn told(row: &announcement::Model) -> Vec<(Metric, DateTime<Utc>)> {
        counts_for(row).iter().map(|about| (about.metric, about.counts_at)).collect()
    }

    #[test]
    fn an_announcement_counts_when_its_time_is_over() {
        let reach = (Metric::Reach, at("2026-10-23T22:30:00Z"));
        assert_eq!(told(&row(&["GUARDIAN"], false, None)), [reach]);
        let week = (Metric::Confirmation, at("2026-10-27T22:30:00Z"));
        assert_eq!(told(&row(&["GUARDIAN", "TEACHER"], true, None)), [reach, week]);
        let set = (Metric::Confirmation, at("2026-10-22T10:00:00Z"));
        assert_eq!(told(&row(&["GUARDIAN"], true, Some("2026-10-22T10:00:00Z"))), [reach, set]);
        assert_eq!(told(&row(&["TEACHER"], true, None)), []);
        let days = counts_for(&row(&["GUARDIAN"], false, None)).into_iter().map(|about| about.day.to_string());
        assert_eq!(days.collect::<Vec<_>>(), ["2026-10-21"], "the day in the Netherlands");
    }

    #[test]
    fn what_is_withdrawn_after_it_counted_stays() {
        let row =
            announcement::Model { withdrawn_at: Some(at("2026-10-24T00:00:00Z")), ..row(&["GUARDIAN"], true, None) };
        let taken_back: Vec<_> = counts_for(&row).iter().map(|about| is_taken_back(&row, about)).collect();
        assert_eq!(taken_back, [false, true]);
    }
}

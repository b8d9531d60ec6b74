//! What a digest says, once it was claimed.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use glans_entity::identity::account;
use glans_entity::ids::{AccountId, NotificationId};
use glans_entity::notifications::{Channel, delivery};
use glans_entity::people::person;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait};
use uuid::Uuid;

use super::store;
use crate::call::today;
use crate::loaders::group;
use crate::notifications::categories::Audience;
use crate::notifications::channels::letter::{Letter, Matter};
use crate::notifications::deliveries::bundles::{Piece, by_school};
use crate::notifications::deliveries::contents::{Parcel, Step};
use crate::notifications::deliveries::look::{self, Seen};
use crate::notifications::deliveries::rules::{self, Outcome, Reason};
use crate::notifications::deliveries::store as lookup;
use crate::notifications::preferences::Wishes;
use crate::platform::error::Result;

/// How long a digest waits before it looks again for an earlier one of the same person.
const BESIDE: TimeDelta = TimeDelta::seconds(10);

/// What a claimed digest says: how much waits at which school about which children, as far as the person wants to hear of it
/// and still may.
pub(in crate::notifications::deliveries) async fn contents(
    db: &impl ConnectionTrait,
    row: &delivery::Model,
    login: &account::Model,
    wishes: &Wishes,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Step> {
    if let Some(outcome) = beside(db, row, login.id, until, now).await? {
        return Ok(Step::Done(outcome));
    }
    let of_login = Expr::col((person::Entity, person::Column::AccountId)).eq(login.id);
    let all = look::seen(db, store::waiting(until).add(of_login), today(now)).await?;
    let ids: Vec<NotificationId> = all.iter().map(|seen| seen.id).collect();
    let wanted = |seen: &Seen| wishes.wants(seen.category, Channel::Email, Audience::of(seen.as_staff));
    let mut told = all;
    told.retain(|seen| seen.may_know && !seen.read_there && !seen.taken_back && wanted(seen));
    if told.is_empty() {
        return Ok(Step::Skip(ids));
    }
    let schools = by_school(pieces(db, told, today(now)).await?);
    let letter = Letter {
        delivery: row.id,
        to: login.email.clone(),
        language: login.language.clone(),
        account: Some(login.id),
        matter: Matter::Digest { schools },
    };
    Ok(Step::Send(Parcel::Digest(Box::new(letter), ids)))
}

/// What becomes of a digest beside another one of the same person, made while the person changed the settings: nothing is
/// told by both. An earlier one that is tried for the first time leaves it all to the later one. One that was tried before
/// may have arrived, though nobody heard of it, and goes on under its own name. The later one goes out when no earlier one
/// is left, and tells the rest. Each was claimed before this looks, so of two that are under way one sees the other.
async fn beside(
    db: &impl ConnectionTrait,
    row: &delivery::Model,
    account: AccountId,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Option<Outcome>> {
    // The claim counted it; a claim after which nothing was tried does not count.
    let is_first_try = row.attempts <= 1;
    let mut waits = None;
    for its_end in store::other_ends(db, row, account).await? {
        if its_end < until {
            waits = Some(rules::wait(now + BESIDE, row.expires_at, "ANOTHER_DIGEST"));
        } else if is_first_try {
            return Ok(Some(Outcome::Suppressed(Reason::Nothing)));
        }
    }
    Ok(waits)
}

/// What is told of, each with its place and its children: in two statements, however much it is.
async fn pieces(db: &impl ConnectionTrait, told: Vec<Seen>, on: NaiveDate) -> Result<Vec<Piece>> {
    let ids: Vec<NotificationId> = told.iter().map(|seen| seen.id).collect();
    let mut children = group(lookup::concerned(db, &ids, on).await?, |row| row.notification_id);
    let of_none = told.iter().filter(|seen| !children.contains_key(&seen.id));
    let matters: Vec<Uuid> = of_none.filter_map(|seen| seen.about_id).collect();
    let schools = lookup::schools(db, &matters).await?;
    let piece = |seen: Seen| {
        let mut piece = Piece::of(seen.category);
        for row in children.remove(&seen.id).unwrap_or_default() {
            piece.places.insert((row.school, row.school_id.0));
            piece.children.insert(row.student_id);
            piece.groups.insert(row.class_group);
        }
        if piece.children.is_empty() {
            let school = seen.about_id.and_then(|matter| schools.get(&matter).cloned());
            piece.places.insert(school.unwrap_or((seen.board, seen.board_id.0)));
        }
        piece
    };
    Ok(told.into_iter().map(piece).collect())
}

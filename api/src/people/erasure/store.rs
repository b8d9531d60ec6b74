//! The SQL of forgetting a person, as the [`ledger`](super::ledger) says.
#![expect(clippy::disallowed_methods, reason = "all there is of one person, in a transaction that sees all boards")]

use chrono::{DateTime, Utc};
use glans_entity::identity::invitation;
use glans_entity::ids::{AccountId, BoardId, DeliveryId, InvitationId, PersonId};
use glans_entity::notifications::{DeliveryState, LetterKind, delivery, notification};
use glans_entity::people::person;
use glans_entity::platform::{idempotency, outbox};
use glans_entity::practice::{lesson_event, lesson_mark, lesson_progress};
use glans_entity::roster::{roster_change, roster_problem};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};
use serde_json::Value;
use uuid::Uuid;

use super::ledger::{Fate, Link, NOTHING, TABLES, Table, Text};
use super::rules;
use crate::access::Permit;
use crate::identity::{invitations, passwords};
use crate::platform::error::Result;

/// Whose rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whose {
    pub person: PersonId,
    /// The login, where its rows are theirs as well.
    pub account: Option<AccountId>,
}

/// The rows of the table that are of the person; none where no row can be.
pub(super) fn linked(table: &Table, whose: Whose) -> Option<Condition> {
    let named = table.links.iter().filter_map(|link| names(*link, whose));
    let any = named.fold(Condition::any(), Condition::add);
    (!any.is_empty()).then_some(any)
}

fn names(link: Link, whose: Whose) -> Option<Expr> {
    let is = |column: &'static str, id: Uuid| Expr::col(column).eq(id);
    let by = |column: &'static str, table: &'static str, key: &'static str, id: Uuid| {
        let rows = Query::select().column("id").from(table).and_where(Expr::col(key).eq(id)).to_owned();
        Expr::col(column).in_subquery(rows)
    };
    Some(match link {
        Link::Person(column) => is(column, whose.person.0),
        Link::Account(column) => is(column, whose.account?.0),
        Link::ByPerson(column, table, key) => by(column, table, key, whose.person.0),
        Link::ByAccount(column, table, key) => by(column, table, key, whose.account?.0),
    })
}

/// Removes the rows that go, and the texts of those that stay. Call it when no person has the login any more that goes.
pub(super) async fn scrub(db: &DatabaseTransaction, _permit: &Permit, whose: Whose, now: DateTime<Utc>) -> Result<()> {
    for table in TABLES {
        let Some(linked) = linked(table, whose) else { continue };
        match table.fate {
            Fate::Goes => {
                let gone = Query::delete().from_table(table.name).cond_where(linked).to_owned();
                db.execute(&gone).await?;
            }
            Fate::Stays(_) => silence(db, table, &linked, whose.person, now).await?,
        }
    }
    Ok(())
}

/// Takes the texts of the person out of the rows of a table.
async fn silence(
    db: &DatabaseTransaction,
    table: &Table,
    linked: &Condition,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<()> {
    for &(column, text) in table.texts {
        let (by, left) = match text {
            Text::Null(by) => (by, Expr::value(None::<String>)),
            Text::Blank(by) => (by, Expr::value(NOTHING)),
            Text::Plain | Text::Kept(_) | Text::Others(_) | Text::Apart(_) => continue,
        };
        let own = by.iter().fold(Condition::any(), |any, by| any.add(Expr::col(*by).eq(person.0)));
        let mut update = Query::update();
        update.table(table.name).value(column, left).and_where(Expr::col(column).is_not_null());
        update.cond_where(if by.is_empty() { linked.clone() } else { own });
        if table.versioned {
            update.value("version", Expr::col("version").add(1)).value("updated_at", Expr::value(now));
        }
        db.execute(&update).await?;
    }
    Ok(())
}

/// Whether another person has the login.
pub(super) async fn is_shared(db: &DatabaseTransaction, account: AccountId, person: PersonId) -> Result<bool> {
    let other =
        person::Entity::find().filter(person::Column::AccountId.eq(account)).filter(person::Column::Id.ne(person));
    Ok(other.one(db).await?.is_some())
}

/// Takes reasons that the person gave for skipping a lesson out of the copies of them. Before [`scrub`], which takes them
/// out of the marks.
pub(super) async fn forget_reasons(db: &DatabaseTransaction, _permit: &Permit, person: PersonId) -> Result<()> {
    let marks = lesson_mark::Entity::find().filter(lesson_mark::Column::MadeBy.eq(person)).all(db).await?;
    for mark in marks {
        use lesson_progress::Column;
        lesson_progress::Entity::update_many()
            .col_expr(Column::SkippedReason, Expr::value(NOTHING))
            .filter(Column::CohortSchoolId.eq(mark.cohort_school_id))
            .filter(Column::LessonId.eq(mark.lesson_id))
            .filter(Column::SkippedReason.eq(mark.reason.clone()))
            .exec(db)
            .await?;
        let told = lesson_event::Entity::find()
            .filter(lesson_event::Column::CohortSchoolId.eq(mark.cohort_school_id))
            .filter(lesson_event::Column::LessonId.eq(mark.lesson_id))
            .all(db)
            .await?;
        for mut event in told {
            if event.progress.get("skipped_reason").and_then(Value::as_str) != Some(mark.reason.as_str()) {
                continue;
            }
            event.progress["skipped_reason"] = NOTHING.into();
            lesson_event::Entity::update_many()
                .col_expr(lesson_event::Column::Progress, Expr::value(event.progress))
                .filter(lesson_event::Column::Seq.eq(event.seq))
                .exec(db)
                .await?;
        }
    }
    Ok(())
}

/// Takes the person out of what imports keep: out of the row as it was before, and out of what was wrong with a file.
pub(super) async fn forget_in_rosters(
    db: &DatabaseTransaction,
    _permit: &Permit,
    person: &person::Model,
) -> Result<()> {
    use roster_change::Column;
    let kept = changes(db, person.id).await?;
    for change in kept {
        let Some(before) = change.before else { continue };
        roster_change::Entity::update_many()
            .col_expr(Column::Before, Expr::value(rules::nameless(before)))
            .filter(Column::ImportId.eq(change.import_id))
            .filter(Column::Position.eq(change.position))
            .exec(db)
            .await?;
    }
    forget_problems(db, person.board_id, &rules::telling(person)).await
}

async fn forget_problems(db: &DatabaseTransaction, board: BoardId, words: &[String]) -> Result<()> {
    use roster_problem::Column;
    for word in words {
        roster_problem::Entity::update_many()
            .col_expr(Column::Message, Expr::value(NOTHING))
            .filter(Column::BoardId.eq(board))
            .filter(Column::Message.contains(word))
            .exec(db)
            .await?;
    }
    Ok(())
}

/// The person as imports found them before they changed the record.
pub(super) async fn changes(db: &DatabaseTransaction, person: PersonId) -> Result<Vec<roster_change::Model>> {
    use roster_change::Column;
    let own = roster_change::Entity::find().filter(Column::TableName.eq("person")).filter(Column::RowId.eq(person.0));
    Ok(own.all(db).await?)
}

/// Removes the letters that invite the person, sent or not, and the events that asked for them: they hold a code. Before
/// [`scrub`], which removes the invitations.
pub(super) async fn forget_invitations(
    db: &DatabaseTransaction,
    permit: &Permit,
    person: PersonId,
) -> Result<Vec<Uuid>> {
    use invitation::Column;
    let ids: Vec<InvitationId> = invitation::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::PersonId.eq(person))
        .into_tuple()
        .all(db)
        .await?;
    for id in &ids {
        forget_events(db, invitations::CREATED, &id.to_string()).await?;
    }
    let letters = Condition::all()
        .add(delivery::Column::AddressId.is_in(ids.iter().map(|id| id.0)))
        .add(delivery::Column::Letter.eq(LetterKind::Invitation));
    forget_deliveries(db, permit, letters).await
}

/// As [`forget_invitations`], of letters with a code for a new password. Before [`scrub`], which removes the requests.
pub(super) async fn forget_resets(db: &DatabaseTransaction, _permit: &Permit, requests: &[String]) -> Result<()> {
    for id in requests {
        forget_events(db, passwords::RESET_REQUESTED, id).await?;
    }
    Ok(())
}

async fn forget_events(db: &DatabaseTransaction, kind: &str, id: &str) -> Result<()> {
    use outbox::Column;
    outbox::Entity::delete_many().filter(Column::Kind.eq(kind)).filter(as_text(Column::Payload, id)).exec(db).await?;
    Ok(())
}

/// That the JSON in the column mentions the id.
fn as_text(column: impl ColumnTrait, id: &str) -> Expr {
    Expr::col(column).cast_as("text").like(format!("%{id}%"))
}

/// Removes deliveries. What is on its way this moment is cut loose instead: it says nothing any more and can be waited for, and
/// is not tried again. In this order, so that what is claimed meanwhile is cut loose as well. The login stays in it: by that it
/// is waited for where the login stays, too. The leases under which something is on its way.
pub(super) async fn forget_deliveries(
    db: &DatabaseTransaction,
    _permit: &Permit,
    which: Condition,
) -> Result<Vec<Uuid>> {
    use delivery::Column;
    // In the order in which a sender takes them that writes what became of them: so neither has what the other waits for.
    let of_person = delivery::Entity::find().select_only().column(Column::Id).filter(which.clone());
    let _: Vec<DeliveryId> = of_person.order_by_asc(Column::Id).lock_exclusive().into_tuple().all(db).await?;
    let waiting = Condition::all().add(which.clone()).add(Column::State.ne(DeliveryState::Sending));
    delivery::Entity::delete_many().filter(waiting).exec(db).await?;
    let cut_loose = delivery::Entity::update_many()
        .col_expr(Column::NotificationId, Expr::value(None::<Uuid>))
        .col_expr(Column::DigestUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::Letter, Expr::value(None::<String>))
        .col_expr(Column::Secret, Expr::value(None::<String>))
        .col_expr(Column::Failure, Expr::value(None::<String>))
        .filter(which)
        .filter(Column::State.eq(DeliveryState::Sending))
        .exec_with_returning(db)
        .await?;
    Ok(cut_loose.into_iter().filter_map(|row| row.lease).collect())
}

/// Takes a login that goes out of what is on its way to it. After [`forget_deliveries`]; it is waited for by the
/// leases.
pub(super) async fn forget_login(db: &DatabaseTransaction, _permit: &Permit, id: AccountId) -> Result<()> {
    use delivery::Column;
    delivery::Entity::update_many()
        .col_expr(Column::AccountId, Expr::value(None::<Uuid>))
        .filter(Column::AccountId.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Removes what the person was to be told, or was told. Before [`scrub`], which removes the notifications.
pub(super) async fn forget_notices(db: &DatabaseTransaction, permit: &Permit, person: PersonId) -> Result<Vec<Uuid>> {
    let told = notification::Entity::find()
        .select_only()
        .column(notification::Column::Id)
        .filter(notification::Column::PersonId.eq(person))
        .into_query();
    forget_deliveries(db, permit, Condition::all().add(delivery::Column::NotificationId.in_subquery(told))).await
}

/// Removes the answers that the login got, and those to others that show the person.
pub(super) async fn forget_answers(db: &DatabaseTransaction, _permit: &Permit, whose: Whose) -> Result<()> {
    use idempotency::Column;
    let mut any = Condition::any().add(as_text(Column::Answer, &whose.person.to_string()));
    if let Some(account) = whose.account {
        any = any.add(Column::Actor.eq(account.to_string()));
    }
    idempotency::Entity::delete_many().filter(any).exec(db).await?;
    Ok(())
}

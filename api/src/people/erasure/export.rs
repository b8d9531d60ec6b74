//! All that is kept of a person, as JSON.

use std::collections::BTreeSet;

use glans_entity::identity::audit;
use glans_entity::ids::PersonId;
use glans_entity::metrics::query;
use glans_entity::people::person;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityName, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use serde_json::{Map, Value};

use super::rules::Reader;
use super::store::{self, Whose};
use super::types::PersonExport;
use super::{ledger, rules};
use crate::access::{Action, Permit, Place};
use crate::call::{Call, Write};
use crate::identity::audit::{self as log, Deed};
use crate::people::access_log::{Opens, Subject};
use crate::people::{guardianships, persons};
use crate::platform::error::{Error, Result, not_found};

/// Whom to show, where the caller may be shown it. All that is kept of an answer under its `clientMutationId` is this id.
pub(super) async fn asked(write: &Write<'_>, id: &str) -> Result<PersonId> {
    let id = id.parse().map_err(|_| not_found("id"))?;
    permitted(write, id).await.map(|(person, _)| person.id)
}

/// The person, and the right to be shown what is kept; none where it is the caller.
async fn permitted(write: &Write<'_>, id: PersonId) -> Result<(person::Model, Option<Permit>)> {
    let person = persons::store::by_id(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    let standing = write.call().standing();
    if standing.actor.person().is_some_and(|actor| actor.at(person.board_id) == Some(id)) {
        return Ok((person, None));
    }
    let permit = write.authorize(Action::PersonExport, Place::board(person.board_id))?;
    guardianships::refuse_own_family(write, &permit, id).await?;
    Ok((person, Some(permit)))
}

/// Shows what is kept of the person `id` by now, to who may be shown it by now. That it was shown is written down first, each
/// time.
pub(super) async fn of(call: &Call, id: PersonId) -> Result<PersonExport> {
    let write = call.write_as_system().await?;
    let (person, permit) = permitted(&write, id).await?;
    let is_own = permit.is_none();
    if !is_own {
        Opens::guardian(person.board_id, person.id).note(call)?;
    }
    log::record(&write, Some(person.board_id), Deed::PersonExported, Some(id.to_string())).await?;
    write.commit().await?;

    let everywhere = Scope::system(call.today());
    let db = call.app().db.read_soon(&everywhere).await?;
    let account = match person.account_id {
        Some(account) if is_own || !store::is_shared(&db, account, id).await? => Some(account),
        _ => None,
    };
    let whose = Whose { person: id, account };
    let reader = if is_own { Reader::Oneself } else { Reader::Administrator };
    let hidden = person.account_id.filter(|_| account.is_none()).map(|login| login.to_string());
    let mut document = Document { db: &db, whose, reader, hidden, found: Map::new(), named: BTreeSet::new() };
    fill(&mut document).await?;
    document.add_imports().await?;
    document.add_deeds(&person, &everywhere).await?;
    document.add_queries(&person, &everywhere).await?;
    for subject in &document.named {
        Opens::record(person.board_id, *subject).note(call)?;
    }
    let document = serde_json::to_string_pretty(&document.found).map_err(Error::fault)?;
    Ok(PersonExport { document, made_at: call.now() })
}

struct Document<'d> {
    db: &'d DatabaseTransaction,
    whose: Whose,
    reader: Reader,
    /// The login, where nothing may tell which it is.
    hidden: Option<String>,
    found: Map<String, Value>,
    /// Of whose records something stands in it: of a member of staff, the children and guardians whom they worked with.
    named: BTreeSet<Subject>,
}

impl Document<'_> {
    /// Adds the rows of one table.
    #[expect(clippy::disallowed_methods, reason = "all there is of one person, in a transaction that sees all boards")]
    async fn add<E>(&mut self) -> Result<()>
    where
        E: EntityTrait,
        E::Model: Serialize,
    {
        let name = E::default().table_name();
        let table = ledger::table(name).ok_or_else(|| Error::fault(format!("nobody wrote down the table {name}")))?;
        let Some(linked) = store::linked(table, self.whose) else { return Ok(()) };
        let rows = E::find().filter(linked).all(self.db).await?;
        let person = self.whose.person.to_string();
        let mut shown = Vec::with_capacity(rows.len());
        for row in &rows {
            let row = serde_json::to_value(row).map_err(Error::fault)?;
            shown.push(rules::shown(table, row, &person, self.reader));
        }
        self.put(name, shown);
        Ok(())
    }

    fn put(&mut self, name: &str, mut rows: Vec<Value>) {
        if let Some(login) = &self.hidden {
            rows = rows.into_iter().map(|row| rules::without_login(row, login)).collect();
        }
        self.named.extend(rows.iter().flat_map(rules::named));
        if !rows.is_empty() {
            self.found.insert(name.to_owned(), Value::Array(rows));
        }
    }

    /// The person as they were before an import changed the record.
    async fn add_imports(&mut self) -> Result<()> {
        let before: Vec<Value> =
            store::changes(self.db, self.whose.person).await?.into_iter().filter_map(|change| change.before).collect();
        self.put("roster_change", before);
        Ok(())
    }

    /// What the person did in the board, and what was done to them, as the audit log has it. What a login did in no board may
    /// have been done for another one: it stands here with the login.
    async fn add_deeds(&mut self, person: &person::Model, everywhere: &Scope) -> Result<()> {
        use audit::Column;
        let mut any = Condition::any().add(Column::Subject.eq(person.id.to_string()));
        if let Some(account) = person.account_id {
            let mut in_sight = Condition::any().add(Column::BoardId.eq(person.board_id));
            if self.whose.account.is_some() {
                in_sight = in_sight.add(Column::BoardId.is_null());
            }
            let own = Condition::all().add(Column::Actor.eq(account.to_string()));
            any = any.add(own.add(in_sight));
        }
        let rows = audit::Entity::within(everywhere).filter(any).order_by_asc(Column::Id).all(self.db).await?;
        let mut shown = Vec::with_capacity(rows.len());
        for row in &rows {
            shown.push(serde_json::to_value(row).map_err(Error::fault)?);
        }
        self.put(audit::Entity.table_name(), shown);
        Ok(())
    }

    /// What the person asked of the metrics of the board.
    async fn add_queries(&mut self, person: &person::Model, everywhere: &Scope) -> Result<()> {
        use query::Column;
        let Some(account) = person.account_id else { return Ok(()) };
        let own = query::Entity::within(everywhere)
            .filter(Column::BoardId.eq(person.board_id))
            .filter(Column::Actor.eq(account.to_string()));
        let rows = own.order_by_asc(Column::Id).all(self.db).await?;
        let mut shown = Vec::with_capacity(rows.len());
        for row in &rows {
            shown.push(serde_json::to_value(row).map_err(Error::fault)?);
        }
        self.put(query::Entity.table_name(), shown);
        Ok(())
    }
}

/// The tables with rows that are of a person.
macro_rules! tables {
    ($($($module:ident)::+),+ $(,)?) => {
        async fn fill(document: &mut Document<'_>) -> Result<()> {
            $(Box::pin(document.add::<glans_entity::$($module)::+::Entity>()).await?;)+
            Ok(())
        }

        #[cfg(test)]
        fn names() -> Vec<&'static str> {
            vec![$(glans_entity::$($module)::+::Entity.table_name()),+]
        }
    };
}

tables!(
    people::access_log,
    people::person,
    people::guardianship,
    people::membership,
    identity::account,
    identity::session,
    identity::refresh_token,
    identity::password_reset,
    identity::calendar_feed,
    identity::invitation,
    notifications::device,
    notifications::channel_preference,
    notifications::notification_settings,
    notifications::notification,
    notifications::delivery,
    engagement::absence_notice,
    engagement::agreement_confirmation,
    engagement::announcement,
    engagement::announcement_revision,
    engagement::concern,
    engagement::consent,
    engagement::contact_moment,
    engagement::conversation,
    engagement::conversation_attendee,
    engagement::conversation_note,
    engagement::event,
    engagement::event_response,
    engagement::goal,
    engagement::goal_agreement,
    engagement::message,
    engagement::recipient,
    engagement::slot,
    engagement::slot_booking,
    engagement::survey,
    engagement::survey_response,
    engagement::survey_answer,
    engagement::talk_choice,
    engagement::thread,
    engagement::thread_participant,
    practice::attendance,
    practice::comment,
    practice::experience,
    practice::lesson_mark,
    programme::material_state,
    platform::change,
    roster::roster_import,
    metrics::export,
);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_table_with_rows_of_a_person_is_shown() {
        let linked = ledger::TABLES.iter().filter(|table| !table.links.is_empty()).map(|table| table.name);
        let shown: BTreeSet<&str> = names().into_iter().collect();
        assert_eq!(shown, linked.collect());
    }
}

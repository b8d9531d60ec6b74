//! Ids that apps make, so that what was made offline keeps its id.

use std::str::FromStr;

use async_graphql::ID;
use glans_entity::ids::{NotAnId, TABLES, parse_any};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{Condition, DatabaseTransaction, DbErr, SqlErr};
use uuid::Uuid;

use super::alone;
use super::db::finds_anywhere;
use super::error::{Error, Result, UserErrorCode, refuse, taken};
use super::text::Checks;
use crate::access::Permit;

/// What the violation of a primary key means: apps make their ids at random.
pub const ID_TAKEN: &str = "This id is in use. Make a new one.";

/// An id for something new: of a sound form, and not looked up yet. The id comes out by [`OwnId::free`] alone.
pub struct OwnId<I> {
    id: I,
    /// As a client gave it. A number of our own making is in use nowhere.
    given: Option<ID>,
}

impl Checks {
    /// The id that a client gave to what it makes, a TypeID over a UUIDv7, or a new one. A wrong form is told with the
    /// rest.
    pub fn own_id<I: FromStr<Err = NotAnId>>(&mut self, given: Option<&ID>, new: fn() -> I) -> OwnId<I> {
        match given.map(|given| of_sound_form(given)).transpose() {
            Ok(Some(id)) => OwnId { id, given: given.cloned() },
            Ok(None) => OwnId { id: new(), given: None },
            Err(message) => {
                self.add(UserErrorCode::Invalid, "id", message);
                OwnId { id: new(), given: None }
            }
        }
    }
}

/// What stands in `text`, or what to do about its form.
fn of_sound_form<I: FromStr<Err = NotAnId>>(text: &str) -> Result<I, String> {
    if parse_any(text).is_some_and(|(_, uuid)| uuid.get_version_num() != 7) {
        return Err("Make the id over a UUIDv7, or leave it out.".to_owned());
    }
    text.parse()
        .map_err(|wrong: NotAnId| format!("Give an id that starts with `{}_`, or leave the id out.", wrong.expected))
}

impl<I> OwnId<I> {
    /// The id, where no other kind of thing has its number, in whatever board: much is looked up by the number alone.
    /// Only who may make something may ask that. Whether something of the same kind has it, its table says.
    pub async fn free(self, db: &DatabaseTransaction, _: &Permit) -> Result<I> {
        if let Some((kind, uuid)) = self.given.as_ref().and_then(|given| parse_any(given)) {
            // Boxed: it lies in the future of every act that makes something.
            Box::pin(must_be_of_no_other(db, kind, uuid)).await?;
        }
        Ok(self.id)
    }
}

/// Refuses a number that something of another kind has, in any board: work without a request looks at all of them. Whoever
/// makes something else under it at the same moment comes first or waits.
async fn must_be_of_no_other(db: &DatabaseTransaction, kind: &str, uuid: Uuid) -> Result<()> {
    alone::wait(db, &format!("the id {uuid}")).await?;
    let others = TABLES.iter().filter(|(other, _)| *other != kind);
    let found = others.fold(Condition::any(), |any, &(_, table)| any.add(Expr::exists(row_of(table, uuid))));
    let first = Query::select().expr(Expr::val(1)).cond_where(found).to_owned();
    if finds_anywhere(db, &first).await? {
        return Err(refuse(UserErrorCode::Taken, "id", ID_TAKEN));
    }
    Ok(())
}

fn row_of(table: &'static str, uuid: Uuid) -> SelectStatement {
    Query::select().expr(Expr::val(1)).from(table).and_where(Expr::col("id").eq(uuid)).to_owned()
}

/// Turns the violation of a primary key into a refusal of `id`, wherever the id is in use; anything else stays a fault.
pub fn id_taken(cause: DbErr) -> Error {
    if is_taken(&cause) { refuse(UserErrorCode::Taken, "id", ID_TAKEN) } else { cause.into() }
}

/// As [`id_taken`], of what is unique by something else as well: the violation of that is a refusal of `field`.
pub fn taken_or_id(field: &'static str, message: &'static str) -> impl FnOnce(DbErr) -> Error {
    move |cause| if is_taken(&cause) { id_taken(cause) } else { taken(field, message)(cause) }
}

fn is_taken(cause: &DbErr) -> bool {
    matches!(cause.sql_err(), Some(SqlErr::UniqueConstraintViolation(told)) if is_of_id(&told))
}

/// Whether a violated constraint is one of the id. PostgreSQL names the constraint, `"school_pkey"`, which comes before
/// the others of its table; SQLite the columns, `school.id` or `school.id, school.board_id`.
fn is_of_id(told: &str) -> bool {
    let columns = told.rsplit_once(": ").map_or("", |(_, columns)| columns);
    let first = columns.split(", ").next().unwrap_or_default();
    told.contains("_pkey") || first.rsplit_once('.').is_some_and(|(_, column)| column == "id")
}

#[cfg(test)]
mod tests {
    use glans_entity::ids::{BoardId, SchoolId};

    use super::*;

    #[test]
    fn the_form_of_an_id_is_told_with_the_rest() {
        let refused = |given: &str| {
            let mut checks = Checks::default();
            checks.own_id(Some(&ID::from(given)), SchoolId::new);
            checks.line("name", " ", 20);
            let Err(Error::Refused(problems)) = checks.done(()) else { panic!("refused") };
            problems.iter().map(|problem| (problem.code, problem.field[0].clone())).collect::<Vec<_>>()
        };
        let name = (UserErrorCode::Required, "name".to_owned());
        let random = SchoolId(Uuid::from_u128(0x1b4e_28ba_2fa1_41d2_883f_0016_d3cc_a427));
        for wrong in [String::new(), "x".to_owned(), BoardId::new().to_string(), random.to_string()] {
            assert_eq!(refused(&wrong), [(UserErrorCode::Invalid, "id".to_owned()), name.clone()], "{wrong}");
        }
        assert_eq!(refused(&SchoolId::new().to_string()), [name]);
    }

    #[test]
    fn the_constraint_of_an_id_is_told_from_others() {
        for of_id in [
            "UNIQUE constraint failed: school.id",
            "UNIQUE constraint failed: school.id, school.board_id",
            "duplicate key value violates unique constraint \"school_pkey\"",
        ] {
            assert!(is_of_id(of_id), "{of_id}");
        }
        for other in [
            "UNIQUE constraint failed: school.board_id, school.brin, school.location_code",
            "UNIQUE constraint failed: membership.person_id, membership.role, membership.scope_id",
            "UNIQUE constraint failed: index 'membership_once'",
            "duplicate key value violates unique constraint \"school_board_id_brin_location_code_key\"",
        ] {
            assert!(!is_of_id(other), "{other}");
        }
    }
}

//! A person who is everywhere: each text that the ledger says is theirs bears a canary.

mod deeds;
mod login;
mod told;

use std::collections::BTreeSet;

use glans::people::erasure::ledger::{Link, TABLES, Text};
use glans_entity::ids::PersonId;
use glans_tests::World;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{Condition, ConnectionTrait};

pub(super) use self::deeds::{copy, did, work};
pub(super) use self::login::{name, sign_in};
pub(super) use self::told::{arrived, claimed, says_something, tell, under_way};

/// Stands in every text of the person and in no other.
pub(super) const CANARY: &str = "Zilverreiger";

/// Marks every text that is of the person; which they are, as `table.column`.
pub(super) async fn mark(world: &World, person: PersonId) -> BTreeSet<String> {
    let db = world.writing().await;
    let mut marked = BTreeSet::new();
    for table in TABLES {
        for &(column, text) in table.texts {
            let (Text::Null(by) | Text::Blank(by)) = text else { continue };
            let mut own = Condition::any();
            for by in by {
                own = own.add(Expr::col(*by).eq(person.0));
            }
            for link in table.links.iter().filter(|_| by.is_empty()) {
                let Link::ByPerson(key, of, owner) = *link else { panic!("{}: {link:?}", table.name) };
                let rows = Query::select().column("id").from(of).and_where(Expr::col(owner).eq(person.0)).to_owned();
                own = own.add(Expr::col(key).in_subquery(rows));
            }
            let name = format!("{}.{column}", table.name);
            let canary = Expr::value(format!("{CANARY} {name}"));
            let update = Query::update().table(table.name).value(column, canary).cond_where(own).to_owned();
            if db.execute(&update).await.unwrap().rows_affected() > 0 {
                marked.insert(name);
            }
        }
    }
    world.written(db).await;
    marked
}

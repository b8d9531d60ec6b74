//! The SQL of telling. Whatever the number of people, a notice takes the same few statements.

mod deliveries;
mod events;
mod notices;
mod readings;

use glans_entity::notifications::notification;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, InsertStatement, SelectStatement, SimpleExpr};
use sea_orm::{Condition, ConnectionTrait, DatabaseTransaction, DbBackend};

use crate::notifications::occasions::Notice;
use crate::platform::error::{Error, Result};

pub use deliveries::*;
pub use events::*;
pub use notices::*;
pub use readings::*;

/// The notifications that `notice` made.
fn of_notice(source: &str, notice: &Notice) -> Condition {
    Condition::all()
        .add(Expr::col((notification::Entity, notification::Column::Source)).eq(source))
        .add(Expr::col((notification::Entity, notification::Column::Text)).eq(<&'static str>::from(notice.text)))
}

/// A null has no type of its own in a `SELECT`; PostgreSQL takes it for text.
fn typed(db: &DatabaseTransaction, value: SimpleExpr, name: &'static str) -> SimpleExpr {
    match db.get_database_backend() {
        DbBackend::Postgres => value.cast_as(Alias::new(name)),
        _ => value,
    }
}

async fn insert(db: &DatabaseTransaction, statement: &mut InsertStatement, select: SelectStatement) -> Result<u64> {
    let statement = statement.select_from(select).map_err(Error::fault)?;
    Ok(db.execute(&*statement).await?.rows_affected())
}

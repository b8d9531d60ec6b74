//! Making the first keys, and rotating them.

use chrono::{DateTime, Utc};
use glans_entity::identity::SigningKeyState::{Current, Next, Retired};
use glans_entity::identity::signing_key::Model;
use sea_orm::DatabaseTransaction;

use super::pair::Pair;
use super::{rules, store};
use crate::identity::master_key::MasterKey;
use crate::platform::alone;
use crate::platform::error::{Error, Result};

/// What a rotation did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The key that signs from now on.
    pub current: String,
    /// Whether it had been published for long enough that everybody who caches the keys has seen it.
    pub known: bool,
    /// The key that is published now and will sign after the next rotation.
    pub next: String,
}

/// Makes CURRENT and NEXT where there are none yet. Who makes or rotates keys is alone with them until the transaction ends.
pub async fn ensure(db: &DatabaseTransaction, master: &MasterKey, now: DateTime<Utc>) -> Result<()> {
    alone::wait(db, "signing keys").await?;
    let rows = store::all(db).await?;
    for state in [Current, Next] {
        if !rows.iter().any(|row| row.state == state) {
            store::insert(db, Pair::random(master).map_err(Error::fault)?, state, now).await?;
        }
    }
    Ok(())
}

/// Whether the keys that sign, now or next, open with the secret key.
///
/// # Errors
/// When one was sealed with another, or was changed since.
pub(super) fn check_sealed(rows: &[Model], master: &MasterKey) -> Result<()> {
    for row in rows.iter().filter(|row| row.state != Retired) {
        master.open(&row.kid, &row.sealed_private_key).map_err(Error::fault)?;
    }
    Ok(())
}

/// CURRENT becomes RETIRED, NEXT becomes CURRENT, a fresh key becomes NEXT, spent ones go.
pub async fn rotate(db: &DatabaseTransaction, master: &MasterKey, now: DateTime<Utc>) -> Result<Rotation> {
    ensure(db, master, now).await?;
    // With another secret key this rotation would work, and no server could sign after the next one.
    check_sealed(&store::all(db).await?, master)?;
    store::advance(db, Current, now).await?;
    store::advance(db, Next, now).await?;
    let pair = Pair::random(master).map_err(Error::fault)?;
    let next = pair.kid.clone();
    store::insert(db, pair, Next, now).await?;
    let rows = store::all(db).await?;
    for row in rows.iter().filter(|row| row.retired_at.is_some_and(|at| rules::is_spent(at, now))) {
        store::delete(db, &row.kid).await?;
    }
    let current = rows.into_iter().find(|row| row.state == Current);
    let current = current.ok_or_else(|| Error::fault("a rotation left no current key"))?;
    Ok(Rotation { known: rules::is_known(current.created_at, now), current: current.kid, next })
}

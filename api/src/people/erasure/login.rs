//! The login of who is erased.
#![expect(clippy::disallowed_methods, reason = "logins belong to no board")]

use glans_entity::identity::{account, password_reset};
use glans_entity::ids::{AccountId, PasswordResetId};
use glans_entity::notifications::delivery;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::store;
use crate::access::Permit;
use crate::call::Write;
use crate::identity::{sessions, throttle};
use crate::platform::error::Result;

/// Prepares that the login goes: it is signed out everywhere, its devices are unbound, and what hangs on it and holds a code
/// or is on its way is taken away. The leases under which something is: settle them after the commit.
pub(super) async fn close(write: &Write<'_>, permit: &Permit, id: AccountId) -> Result<Vec<Uuid>> {
    sessions::store::revoke_others(write.db(), id, None, write.now()).await?;
    let requests: Vec<PasswordResetId> = password_reset::Entity::find()
        .select_only()
        .column(password_reset::Column::Id)
        .filter(password_reset::Column::AccountId.eq(id))
        .into_tuple()
        .all(write.db())
        .await?;
    let named: Vec<String> = requests.iter().map(ToString::to_string).collect();
    store::forget_resets(write.db(), permit, &named).await?;
    let own = Condition::any()
        .add(delivery::Column::AccountId.eq(id))
        .add(delivery::Column::AddressId.is_in(requests.iter().map(|request| request.0)))
        .add(delivery::Column::AddressId.eq(id.0));
    let leases = store::forget_deliveries(write.db(), permit, own).await?;
    store::forget_login(write.db(), permit, id).await?;
    if let Some(account) = account::Entity::find_by_id(id).one(write.db()).await? {
        throttle::forget(write, &account.email).await?;
    }
    Ok(leases)
}

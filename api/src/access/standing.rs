//! Who calls and what they may see, worked out from the database and kept for a moment.

use std::sync::Arc;
use std::time::Duration;

use glans_entity::ids::{AccountId, BoardId, SessionId};
use glans_entity::scope::Scope;
use moka::future::Cache;

use super::{Actor, ClientActor};
use crate::app::App;
use crate::call::today;
use crate::people::rights::{self, Rights};
use crate::platform::error::Result;
use crate::platform::opaque::Boxed;

const LARGEST: u64 = 20_000;

/// Who calls, and what they may see.
#[derive(Clone, Debug)]
pub struct Standing {
    pub actor: Actor,
    pub scope: Arc<Scope>,
}

/// The rights of those who called lately.
#[derive(Clone, Debug)]
pub struct Standings {
    rights: Cache<AccountId, Arc<Rights>>,
}

impl Default for Standings {
    fn default() -> Self {
        Self { rights: Cache::builder().max_capacity(LARGEST).time_to_live(Self::KEPT).build() }
    }
}

impl Standings {
    /// How long rights are kept. What is revoked elsewhere is void within this time on every replica.
    pub(crate) const KEPT: Duration = Duration::from_secs(2);

    /// Nobody in particular.
    pub fn anonymous(app: &App) -> Arc<Standing> {
        let scope = Arc::new(Scope::nothing(today(app.clock.now())));
        Arc::new(Standing { actor: Actor::Anonymous, scope })
    }

    /// An account, in all its boards or in `board` only.
    pub fn of_account<'a>(
        &'a self,
        app: &'a App,
        account: AccountId,
        session: Option<SessionId>,
        board: Option<BoardId>,
    ) -> Boxed<'a, Result<Arc<Standing>>> {
        Box::pin(async move {
            let rights = if let Some(rights) = self.rights.get(&account).await {
                rights
            } else {
                let rights = Arc::new(rights::load(app, account).await?);
                self.rights.insert(account, Arc::clone(&rights)).await;
                rights
            };
            Ok(Arc::new(rights.standing(session, board)))
        })
    }

    /// A client of an integrator.
    pub fn of_client(app: &App, client: ClientActor) -> Arc<Standing> {
        let scope = rights::scope_of_client(&client, today(app.clock.now()));
        Arc::new(Standing { actor: Actor::Client(Arc::new(client)), scope: Arc::new(scope) })
    }

    /// Rights changed: work them out again.
    pub fn forget_all(&self) {
        self.rights.invalidate_all();
    }
}

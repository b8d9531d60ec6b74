//! What somebody may do in a world, and as whom they speak to it.

use std::sync::Arc;

use glans::access::{ClientActor, Standing, Standings};
use glans::identity::tokens::issue::{Subject, access_token};
use glans_entity::ids::AccountId;

use super::{Who, World};
use crate::actor::Actor;
use crate::seed::{Board, CLIENT_SCOPES, Someone};

impl World {
    /// What `who` of the first board may do and see.
    pub async fn standing(&self, who: Who) -> Arc<Standing> {
        self.standing_in(&self.ours, who).await
    }

    /// What `who` of `board` may do and see.
    pub async fn standing_in(&self, board: &Board, who: Who) -> Arc<Standing> {
        match who.account(board) {
            Some(account) => self.standing_of(account).await,
            None if who == Who::Client => {
                let scopes = CLIENT_SCOPES.iter().filter_map(|scope| scope.parse().ok()).collect();
                let client = ClientActor { id: board.client, board: board.id, scopes, schools: None };
                Standings::of_client(&self.app, client)
            }
            None => Standings::anonymous(&self.app),
        }
    }

    /// What `account` may do and see.
    pub async fn standing_of(&self, account: impl Into<AccountId>) -> Arc<Standing> {
        let account = account.into();
        let standing = self.app.standings.of_account(&self.app, account, None, None).await;
        standing.unwrap_or_else(|error| panic!("the rights of {account}: {error}"))
    }

    /// `who` of the first board, signed in and speaking HTTP to a server over this world.
    pub async fn actor(&self, who: Who) -> Actor {
        self.actor_in(&self.ours, who).await
    }

    /// `who` of `board`, signed in and speaking HTTP to a server over this world.
    pub async fn actor_in(&self, board: &Board, who: Who) -> Actor {
        let subject = match who.account(board) {
            Some(id) => Subject::Account { id, session: None },
            None if who == Who::Client => Subject::Client { id: board.client, scope: CLIENT_SCOPES.join(" ") },
            None => return self.stranger(who.name()).await,
        };
        self.signed_in(who.name(), subject).await
    }

    /// Somebody who is not one of [`Who`], signed in and speaking HTTP.
    pub async fn actor_of(&self, name: &str, someone: Someone) -> Actor {
        self.signed_in(name, Subject::Account { id: someone.account, session: None }).await
    }

    async fn signed_in(&self, name: &str, subject: Subject) -> Actor {
        let token = access_token(&self.app, subject).await.unwrap_or_else(|error| panic!("no token: {error:?}"));
        self.stranger(name).await.with_token(&token.text)
    }

    async fn stranger(&self, name: &str) -> Actor {
        Actor::anonymous(name, &self.server().await.address)
    }
}
